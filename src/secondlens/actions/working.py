"""Long work beside the pages: one job at a time in a thread, so that a page can say how it stands."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from secondlens.errors import NotAllowed, SecondlensError

_REFUSED = "The disk refused to be read or written. Check that it is plugged in and has room, then try again."
_OURS = "Something went wrong in Secondlens. This is our fault, not yours. What you kept is safe."


class Busy(NotAllowed):
    """Another long piece of work is not finished."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One job. `title` says what it is, `then` is the page to go to after it, `outcome` what it gave.

    `trouble` says why it did not work; None as long as nothing is known to be wrong.
    """

    title: str
    then: str
    outcome: Any = None
    trouble: str | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Tell whether it still goes on."""
        return not self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long. Tells whether it is."""
        return self._over.wait(seconds)

    def do(self, job: Callable[[], Any]) -> None:
        """Run the job here, and put what went wrong into words."""
        try:
            self.outcome = job()
        except SecondlensError as error:
            self.trouble = str(error)
        except OSError:
            self.trouble = _REFUSED
        except Exception:  # noqa: BLE001  (the door of a thread: nobody above could say it, and it may quote a record)
            self.trouble = _OURS
        finally:
            self._over.set()


class Workbench:
    """Room for one job. The last one stays to be asked about; a lock ends the process, and it with it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._work: Work | None = None

    @property
    def work(self) -> Work | None:
        """The job that is running, or the last one."""
        return self._work

    def begin(self, job: Callable[[], Any], *, title: str, then: str) -> Work:
        """Start a job in a thread. Raises Busy."""
        with self._guard:
            if self._work is not None and self._work.running:
                raise Busy(f"This is not finished yet: {self._work.title}. Wait for it, then try again.")
            work = self._work = Work(title=title, then=then)
        threading.Thread(target=work.do, args=(job,), daemon=True).start()
        return work

    def clear(self) -> None:
        """Forget the last job, unless it is running."""
        with self._guard:
            if self._work is not None and not self._work.running:
                self._work = None
