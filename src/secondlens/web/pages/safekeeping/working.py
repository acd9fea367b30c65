"""Long work: it goes on in a thread while this page looks again every few seconds, also without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from secondlens.web.keeping import keeping_of
from secondlens.web.rendering import Visit, go, render

_SECONDS_TO_WAIT = 1.0
_SECONDS_TO_NEXT_LOOK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What goes on, or why it did not work."""

    title: str
    trouble: str | None
    back: str


def begin(visit: Visit, job: Callable[[], Any], *, title: str, then: str) -> Response:
    """Start long work, and go to the page that shows how it stands. Raises Busy."""
    keeping_of(visit).bench.begin(job, title=title, then=then)
    return go(visit, "working")


def show(visit: Visit) -> Response:
    """How the work stands; when it is done, the page it leads to."""
    work = keeping_of(visit).bench.work
    if work is None:
        return go(visit)
    # Most work on a small vault is over within a second: then nobody needs to see this page.
    if work.wait(_SECONDS_TO_WAIT) and work.trouble is None:
        return go(visit, work.then)
    page = Working(title=work.title, trouble=work.trouble, back=visit.url(work.then))
    answer = render(visit, "safekeeping/working.html", page)
    if work.running:
        answer.headers["refresh"] = str(_SECONDS_TO_NEXT_LOOK)
    return answer
