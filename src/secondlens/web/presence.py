"""How long nobody has used the open vault: what the lock by time goes by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic, time


@dataclass(slots=True)
class Presence:
    """Counts in seconds. A request that still runs, such as a long import, is not idleness.

    Two clocks, and the later one counts: `clock` stands still while some computers sleep, `wall` may be set back.
    """

    clock: Callable[[], float] = monotonic
    wall: Callable[[], float] = time
    _began: tuple[float, float] = (0.0, 0.0)
    _seen: tuple[float, float] = (0.0, 0.0)
    _at_work: int = 0
    _turn: Lock = field(default_factory=Lock)

    def begin(self) -> None:
        """A visit begins now."""
        self._began = self._seen = self._now()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a request of the person runs: they are there now, and they were there when it ends."""
        with self._turn:
            self._at_work += 1
            self._seen = self._now()
        try:
            yield
        finally:
            with self._turn:
                self._at_work -= 1
                self._seen = self._now()

    def quiet_for(self) -> float:
        """Since when nothing was asked; 0 while a request runs."""
        return 0.0 if self._at_work else self._since(self._seen)

    def lasts(self) -> float:
        """How long this visit lasts already."""
        return self._since(self._began)

    def _since(self, then: tuple[float, float]) -> float:
        clock, wall = self._now()
        return max(clock - then[0], wall - then[1])

    def _now(self) -> tuple[float, float]:
        return self.clock(), self.wall()
