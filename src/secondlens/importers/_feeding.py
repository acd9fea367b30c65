"""Giving a reader the parts of a large file that it asks for, beside listening to what it says."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import IO, Self

from secondlens.errors import SecondlensError
from secondlens.importers._messages import PIECE, Wanted
from secondlens.importers.incoming import Lying

# A reader asks for one part ahead; one that asks for many without reading any is up to something else.
_MOST_WANTED = 4


class Feeding:
    """A thread that writes, so that a reader that talks never waits for a program that has not stopped writing.

    `stop` ends the reader. `problem` is what kept a part from being read.
    """

    def __init__(self, questions: IO[bytes], lying: Lying, stop: Callable[[], None]) -> None:
        self.problem: SecondlensError | None = None
        self._questions, self._lying, self._stop = questions, lying, stop
        self._wanted: SimpleQueue[Wanted | None] = SimpleQueue()
        self._thread = Thread(target=self._feed, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop()
        self._wanted.put(None)
        self._thread.join()

    def want(self, wanted: Wanted) -> bool:
        """Take a wish; tell whether it is one that a reader may have."""
        may = wanted.offset >= 0 and 0 < wanted.size <= PIECE and wanted.offset + wanted.size <= self._lying.size
        if may and self._wanted.qsize() < _MOST_WANTED:
            self._wanted.put(wanted)
            return True
        return False

    def _feed(self) -> None:
        whole = False
        try:
            while (wanted := self._wanted.get()) is not None:
                part = self._lying.read_at(wanted.offset, wanted.size)
                self._questions.write(part)
                self._questions.flush()
            whole = True
        except SecondlensError as error:
            self.problem = error
        except (OSError, ValueError):  # the reader is gone, and whoever listens to it finds out why
            pass
        finally:
            if not whole:  # or it would wait for ever
                self._stop()
