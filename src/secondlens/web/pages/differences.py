"""Where files do not agree: each file's word side by side, and nobody is told who is right."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import words
from secondlens.domain.conflicts import Conflict, conflicts
from secondlens.web.facts import Fact, fact
from secondlens.web.rendering import Visit, render


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
    documents = {document.sha256: document.name for document in visit.vault.documents()}
    found = conflicts(visit.vault.list())
    page = Differences(differences=tuple(_shown(visit, one, documents) for one in found))
    return render(visit, "records/differences.html", page)


def _shown(visit: Visit, conflict: Conflict, documents: dict[str, str]) -> Difference:
    first = conflict.records[0].record
    return Difference(
        title=first.title or words().kind(first.kind).plain,
        differs=words().difference(conflict.what),
        facts=tuple(fact(one, visit.url, documents) for one in conflict.records),
    )
