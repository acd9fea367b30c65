"""The first page behind the lock: what is next, and little else."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from secondlens.actions.cases import case_files
from secondlens.content import words
from secondlens.domain.case import CaseFile, next_step
from secondlens.domain.people import Patient
from secondlens.web.facts import OF_THE_CASE
from secondlens.web.keeping import keeping_of
from secondlens.web.pages import start
from secondlens.web.pages.safekeeping.older import OLDER
from secondlens.web.pages.safekeeping.reminders import Waiting, proof_line, waiting
from secondlens.web.rendering import Visit, go, render

# A tired person sees three things, not thirty.
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The one thing that comes next."""

    title: str
    text: str
    action: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """`tiles` are (plural, how many, address) of the first three kinds; `total` counts all records.

    `waits` is the one thing about the vault itself that waits; `safe` is (sentence, action, address), None for the
    made-up sample.
    """

    next: Next
    question: str | None
    tiles: tuple[tuple[str, str, str], ...]
    total: int
    waits: Waiting | None
    safe: tuple[str, str, str] | None


def show(visit: Visit) -> Response:
    """Home with an open vault; the front door or the start page without one."""
    if visit.door.vault is None:
        return RedirectResponse("/", status_code=303) if visit.door.folder else start.show(visit)
    if visit.vault.older and not keeping_of(visit).was_told(visit.vault, OLDER):
        return go(visit, "older")
    cases = case_files(visit.vault)
    counts = [(kind, number) for kind, number in visit.vault.counts() if kind not in OF_THE_CASE and number]
    first = [count for count in counts if count[0] != Patient.__name__][:_FEW]
    total = sum(number for _, number in counts)
    page = Home(
        next=_next(visit, cases, total),
        question=cases[0].case.record.title if cases else None,
        tiles=tuple(
            (words().kind(kind).plural, str(number), visit.url(f"records?kind={kind}")) for kind, number in first
        ),
        total=total,
        waits=waiting(visit),
        safe=proof_line(visit),
    )
    return render(visit, "home.html", page)


def _next(visit: Visit, cases: tuple[CaseFile, ...], total: int) -> Next:
    if not cases and not total:
        return Next(
            title="Bring in your records",
            text="Choose the files you have from a portal, a clinic or a lab. About 5 minutes, stop any time.",
            action="Choose files",
            href=visit.url("importing"),
        )
    if not cases:
        return Next(
            title="Start your case",
            text="One question you want answered. About 5 minutes, stop any time.",
            action="Start",
            href=visit.url("case"),
        )
    step = next_step(cases[0])
    if step is None:
        return Next(
            title="Nothing waits for you",
            text="Your case rests. You can open it again at any time.",
            action="Open my case",
            href=visit.url(f"case/{cases[0].case.id}"),
        )
    word = words().step(step)
    return Next(
        title=f"Next: {word.name}",
        text=f"{word.leaves} It takes {word.takes}.",
        action=f"Go to {word.name}",
        href=visit.url(f"case/{cases[0].case.id}/{step}"),
    )
