"""Write it down: what a person knows by heart or has on paper, one short form for each kind of record."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.today import today
from secondlens.content import words
from secondlens.domain.clinical import Observation
from secondlens.domain.handwriting import WRITTEN, Answers, kind_named, write
from secondlens.domain.record import Record
from secondlens.errors import NotFound
from secondlens.web.asked import Fields, answers_in, fields_of
from secondlens.web.forms import Mistakes
from secondlens.web.rendering import Visit, go, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """What one can write down: (name, hint, address)."""

    tiles: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The form of one kind of record; `here` is where it goes."""

    name: str
    here: str
    fields: Fields
    mistakes: Mistakes


def show_choice(visit: Visit) -> Response:
    """Choose what it is."""
    tiles = [(words().written_as[kind.__name__], "", visit.url(_path(kind))) for kind in WRITTEN]
    report = ("Many test results", "from one paper report", visit.url("records/write/report"))
    tiles.insert(WRITTEN.index(Observation) + 1, report)
    return render(visit, "writing/choose.html", Choose(tiles=tuple(tiles)))


def show(visit: Visit) -> Response:
    """An empty form."""
    return _page(visit, _kind(visit), {}, Mistakes())


def add(visit: Visit) -> Response:
    """Keep what was written, as the person's own word."""
    kind = _kind(visit)
    answers = answers_in(visit.form, kind)
    written = write(kind, answers, today())
    if written.record is None:
        return _page(visit, kind, answers, Mistakes(written.mistakes))
    kept = visit.vault.add(written.record)
    return go(visit, f"records/{kept.id}?done=written")


def _kind(visit: Visit) -> type[Record]:
    kind = kind_named(visit.part("kind"))
    if kind is None:
        raise NotFound("There is no form of this kind. Go back and choose what you want to write down.")
    return kind


def _path(kind: type[Record]) -> str:
    return f"records/write/{kind.__name__}"


def _page(visit: Visit, kind: type[Record], answers: Answers, mistakes: Mistakes) -> Response:
    page = Writing(
        name=words().written_as[kind.__name__],
        here=visit.url(_path(kind)),
        fields=fields_of(visit.vault, kind, answers),
        mistakes=mistakes,
    )
    return render(visit, "writing/write.html", page, status=422 if mistakes else 200)
