"""Gather: which records are here, which are missing, and which go into the packet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from secondlens.actions.cases import choose_for_packet
from secondlens.content import words
from secondlens.domain.case import PacketChoice, Step
from secondlens.domain.people import Patient
from secondlens.domain.record import Kept
from secondlens.web.pages.case._frame import Frame, back_to, file_of, frame_of, path_of
from secondlens.web.rendering import Visit, plain_day, render

# What a packet can hold, in the order a reader wants it; the first row is chosen unless the person says otherwise.
USUAL = ("Condition", "MedicationStatement", "MedicationRequest", "AllergyIntolerance", "Observation", "Procedure")
MORE = ("DiagnosticReport", "Immunization", "Encounter", "ServiceRequest", "DocumentReference")
# A reader expects these; when none is here the page says so.
_EXPECTED = ("Condition", "AllergyIntolerance", "Observation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Records of one kind and name, ticked together: all values of one test are one line."""

    value: str
    title: str
    note: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One kind: `rows` for the tick boxes, `chosen` those that are ticked."""

    kind: str
    name: str
    rows: tuple[tuple[str, str, str], ...]
    chosen: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherPage:
    """The shelves, and sentences about what is not here."""

    frame: Frame
    here: str
    importing: str
    shelves: tuple[Shelf, ...]
    absent: tuple[str, ...]
    decided: bool


def show(visit: Visit) -> Response:
    """Everything that could go in, ticked as chosen before, or as usual."""
    file = file_of(visit)
    before = file.last(PacketChoice)
    shelves = tuple(_shelf(kind, visit, before) for kind in (*USUAL, *MORE))
    page = GatherPage(
        frame=frame_of(visit, file, Step.GATHER),
        here=visit.url(path_of(file, Step.GATHER)),
        importing=visit.url("importing"),
        shelves=tuple(shelf for shelf in shelves if shelf.rows),
        absent=tuple(
            f"No {words().kind(shelf.kind).plural.lower()} are here yet."
            for shelf in shelves
            if shelf.kind in _EXPECTED and not shelf.rows
        ),
        decided=before is not None,
    )
    return render(visit, "case/gather.html", page)


def save(visit: Visit) -> Response:
    """Keep the choice. Who the person is always goes in."""
    file = file_of(visit)
    ticked = set(visit.form.many("record"))
    chosen = [kept.id for kept in visit.vault.list(Patient.__name__)]
    for kind in (*USUAL, *MORE):
        for bundle in bundles(visit.vault.list(kind)):
            if bundle.value in ticked:
                chosen += bundle.ids
    choose_for_packet(visit.vault, file, tuple(chosen))
    return back_to(visit, file)


def bundles(kept: Iterable[Kept]) -> Iterator[Bundle]:
    """Put records of one kind together by name; a bundle is named by the id of its first record."""
    by_name = sorted(kept, key=lambda one: (one.record.title.casefold(), one.record.negated))
    for _, group in groupby(by_name, key=lambda one: (one.record.title.casefold(), one.record.negated)):
        same = tuple(group)
        newest = max((one.record.start.text for one in same if one.record.start), default="")
        title = same[0].record.title
        yield Bundle(
            value=min(one.id for one in same),
            title=f"Not so: {title}" if same[0].record.negated else title,
            note=_note(len(same), newest),
            ids=tuple(one.id for one in same),
        )


def _note(number: int, newest: str) -> str:
    day = plain_day(newest) if newest else "date unknown"
    return f"{number} times, newest {day}" if number > 1 else day


def _shelf(kind: str, visit: Visit, before: PacketChoice | None) -> Shelf:
    found = tuple(bundles(visit.vault.list(kind)))
    if before:
        chosen = tuple(one.value for one in found if set(one.ids) & set(before.chosen))
    else:
        chosen = tuple(one.value for one in found) if kind in USUAL else ()
    return Shelf(
        kind=kind,
        name=words().kind(kind).plural,
        rows=tuple((one.value, one.title, one.note) for one in found),
        chosen=chosen,
        total=sum(len(one.ids) for one in found),
    )
