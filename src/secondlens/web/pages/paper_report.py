"""Test results many at once, as they stand on one paper report: one date, one laboratory, a row for each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from secondlens.actions.today import today
from secondlens.content import suggestions
from secondlens.domain.clinical import Observation
from secondlens.domain.handwriting import write
from secondlens.domain.record import Record
from secondlens.web.asked import names_in_use
from secondlens.web.facts import Fact, fact
from secondlens.web.forms import NO_MISTAKES, Form, Mistakes
from secondlens.web.rendering import Visit, go, render

_ROWS = 10
_MOST_ROWS = 200
# The parts of a row in the form, and the answers they are.
_PARTS = {"name": "title", "value": "value", "unit": "unit", "range": "reference_range"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReport:
    """`rows` holds (number, name, value, unit, range, what is wrong or None), as the component takes them."""

    here: str
    start: str
    laboratory: str
    rows: tuple[tuple[int, str, str, str, str, str | None], ...]
    more: bool
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    mistakes: Mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """The results that were kept together."""

    facts: tuple[Fact, ...]


def show(visit: Visit) -> Response:
    """Empty rows."""
    return _page(visit, _ROWS, NO_MISTAKES)


def save(visit: Visit) -> Response:
    """Keep every row that says something, all or none; or give more rows."""
    rows = _count(visit.form)
    if visit.form.text("more"):
        return _page(visit, min(rows + _ROWS, _MOST_ROWS), NO_MISTAKES)
    records, mistakes = _read(visit.form, rows)
    if mistakes:
        return _page(visit, rows, mistakes)
    kept = visit.vault.add_all(records)
    key = visit.door.shelf.put(tuple(one.id for one in kept))
    return go(visit, f"records/write/report/{key}")


def show_kept(visit: Visit) -> Response:
    """What was kept, to be looked over once more beside the paper."""
    ids = visit.door.shelf.get(visit.part("key"), tuple)
    documents, removed = visit.vault.document_names(), {one.id for one in visit.vault.removed()}
    facts = tuple(fact(visit.vault.get(one), visit.url, documents) for one in ids if one not in removed)
    return render(visit, "writing/report_kept.html", KeptReport(facts=facts))


def _count(form: Form) -> int:
    """How many rows were sent: a browser sends the empty ones too."""
    numbers = [int(number) for name, _ in form.fields if (number := name.removeprefix("name-")).isdecimal()]
    return min(max((_ROWS, *numbers)), _MOST_ROWS)


def _read(form: Form, rows: int) -> tuple[tuple[Record, ...], Mistakes]:
    """Read the rows, and the date and the laboratory that they share. Empty rows are passed over."""
    shared = {"start": form.text("start"), "participants": form.text("laboratory")}
    mistakes = Mistakes(write(Observation, {"title": "any", **shared}, today()).mistakes)
    records: list[Record] = []
    for number in range(1, rows + 1):
        typed = {answer: form.text(f"{part}-{number}") for part, answer in _PARTS.items()}
        if not any(typed.values()):
            continue
        for sentence in _lacks(number, typed):
            mistakes = mistakes.plus(f"name-{number}", sentence)
        record = write(Observation, {**typed, **shared}, today()).record
        records += [replace(record, category="laboratory")] if record else []
    if not records and not mistakes:
        mistakes = mistakes.plus("name-1", "Write at least one result: its name, and what the paper says.")
    return tuple(records), mistakes


def _lacks(number: int, typed: dict[str, str]) -> Iterator[str]:
    if not typed["title"]:
        yield f"Row {number} has no name. Write which test it is, or empty the row."
    elif not typed["value"]:
        yield f"Row {number} has no result. Write it as printed, or empty the row."


def _page(visit: Visit, rows: int, mistakes: Mistakes) -> Response:
    form = visit.form
    page = PaperReport(
        here=visit.url("records/write/report"),
        start=form.text("start"),
        laboratory=form.text("laboratory"),
        rows=tuple(_row(form, number, mistakes) for number in range(1, rows + 1)),
        more=rows < _MOST_ROWS,
        lists=(
            ("tests", names_in_use(visit.vault, Observation)),
            ("units", suggestions().answers["unit"]),
            ("laboratories", visit.vault.titles("Organization")),
        ),
        mistakes=mistakes,
    )
    return render(visit, "writing/report.html", page, status=422 if mistakes else 200)


def _row(form: Form, number: int, mistakes: Mistakes) -> tuple[int, str, str, str, str, str | None]:
    name, value, unit, between = (form.text(f"{part}-{number}") for part in _PARTS)
    return number, name, value, unit, between, mistakes.at(f"name-{number}")
