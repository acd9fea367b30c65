"""Taking a way in away, with the truth about what that ends and what it cannot end."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import words
from secondlens.domain.counting import counted
from secondlens.errors import NotAllowed
from secondlens.vault.slots import OWNER, RECOVERY_CODE
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.keeping import backups
from secondlens.web.pages.safekeeping.proof import asked, proven
from secondlens.web.pages.safekeeping.ways import name_of, way_of
from secondlens.web.rendering import Visit, go, plain_day, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Removing:
    """One way in about to go. `copies` are the backups it opens, `taken_out` what left the vault meanwhile."""

    name: str
    kind: str
    since: str
    used: bool
    somebody_else: bool
    is_code: bool
    copies: str | None
    taken_out: str | None
    here: str
    secret: str
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """Say what removing does and does not do."""
    return render(visit, "safekeeping/remove.html", _page(visit, NO_MISTAKES))


def remove(visit: Visit) -> Response:
    """Remove it. Nobody is told."""
    mistakes = proven(visit, NO_MISTAKES)
    if not mistakes:
        try:
            visit.vault.remove_way(visit.part("way"))
        except NotAllowed as error:
            mistakes = mistakes.plus("own", str(error))
    if mistakes:
        return render(visit, "safekeeping/remove.html", _page(visit, mistakes), status=422)
    return go(visit, "ways/replace")


def _page(visit: Visit, mistakes: Mistakes) -> Removing:
    way = way_of(visit)
    since = way.created[:19]
    return Removing(
        name=name_of(way),
        kind=words().way(way.kind).name,
        since=plain_day(way.created),
        used=way.id == visit.vault.way.id,
        somebody_else=way.whose != OWNER,
        is_code=way.kind == RECOVERY_CODE,
        copies=_counted(sum(copy.made_at[:19] >= since for copy in backups(visit)), "backup"),
        taken_out=_counted(sum(line.at[:19] >= since for line in visit.vault.audit(500, "exported")), "copy"),
        here=visit.url(f"ways/{way.id}/remove"),
        secret=asked(visit),
        mistakes=mistakes,
    )


def _counted(number: int, thing: str) -> str | None:
    return counted(number, thing) if number else None
