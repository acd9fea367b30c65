"""How far the reading of many files has come: what the page and the bar are told."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A file begins to be read.

    `chosen` is the place, from 0, of what the person chose that it belongs to. `done` files are over, `known` are
    known of by now: a zip or a folder makes them more when it is opened.
    """

    path: str
    chosen: int
    done: int
    known: int


Watch = Callable[[Step], None]


def unwatched(_: Step) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Count:
    """Counts files and tells `watch`."""

    watch: Watch
    known: int
    chosen: int = -1
    done: int = 0

    def begin(self, path: str, *, chosen: bool = False) -> None:
        """Count a file that begins; one is over when the next begins."""
        self.chosen += chosen
        self.watch(Step(path, self.chosen, self.done, self.known))
        self.done += 1
