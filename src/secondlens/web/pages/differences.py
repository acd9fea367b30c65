"""Where files do not agree: each file's word side by side, and nobody is told who is right."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from secondlens.content import words
from secondlens.domain.conflicts import Conflict, conflicts
from secondlens.domain.record import Kept
from secondlens.web.facts import Fact, fact, said
from secondlens.web.rendering import Visit, render

# What rows of a list do not show by themselves.
_FIELDS = {"dose": "dose", "rhythm": "timing", "birth": "birth"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that files say differently: its name, in what they differ, and each file's word."""

    title: str
    differs: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """All of them."""

    differences: tuple[Difference, ...]


def show(visit: Visit) -> Response:
    """List what files say differently."""
    documents = visit.vault.document_names()
    found = conflicts(visit.vault.list())
    page = Differences(differences=tuple(_shown(visit, one, documents) for one in found))
    return render(visit, "records/differences.html", page)


def _shown(visit: Visit, conflict: Conflict, documents: dict[str, str]) -> Difference:
    first = conflict.records[0].record
    return Difference(
        title=first.title or words().kind(first.kind).plain,
        differs=words().difference(conflict.what),
        facts=tuple(_fact(visit, one, conflict.what, documents) for one in conflict.records),
    )


def _fact(visit: Visit, kept: Kept, what: str, documents: dict[str, str]) -> Fact:
    """A record as a row that says what it is about here, also where rows usually leave that out."""
    row = fact(kept, visit.url, documents)
    return replace(row, value=said(kept.record, _FIELDS[what])) if what in _FIELDS else row
