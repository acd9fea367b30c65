"""An older copy of the vault may have been put back: what that can mean, and two calm ways on."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.web.keeping import is_owner, keeping_of
from secondlens.web.rendering import Visit, go, render

OLDER = "older"


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """The sentence that says what is older than it should be; None when nothing is."""

    sentence: str | None
    owner: bool


def show(visit: Visit) -> Response:
    """Say it once before home; home keeps a reminder until one of the ways was chosen."""
    keeping_of(visit).tell(visit.vault, OLDER)
    return render(visit, "safekeeping/older.html", Older(sentence=visit.vault.older, owner=is_owner(visit)))


def go_on(visit: Visit) -> Response:
    """From now on this copy counts."""
    visit.vault.accept_copy()
    return go(visit)
