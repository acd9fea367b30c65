"""What happened when, oldest first: one line an event, the results of a day on one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from secondlens.domain import clinical
from secondlens.domain.case import Opinion
from secondlens.domain.packet_parts import Numbering
from secondlens.domain.packet_words import is_denied, is_planned, named
from secondlens.domain.record import Kept, Record
from secondlens.domain.when import When

_BEGINNINGS: dict[type[Record], str] = {
    clinical.Condition: "Health problem began",
    clinical.AllergyIntolerance: "Allergy began",
    clinical.MedicationStatement: "Medicine started",
    clinical.MedicationRequest: "Medicine prescribed",
    clinical.MedicationDispense: "Medicine handed out",
    clinical.MedicationAdministration: "Medicine given",
    clinical.Immunization: "Vaccination",
    clinical.Procedure: "Procedure",
    clinical.Encounter: "Visit",
    clinical.DiagnosticReport: "Report",
    clinical.ServiceRequest: "Ordered",
    clinical.DocumentReference: "Document",
}
_ENDINGS: dict[type[Record], str] = {
    clinical.Condition: "Health problem ended",
    clinical.AllergyIntolerance: "Allergy ended",
    clinical.MedicationStatement: "Medicine ended",
    clinical.MedicationRequest: "Prescription ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the timeline. `day` is ISO and as vague as its source; `when` says it in plain words."""

    day: str
    when: str
    text: str
    sources: tuple[int, ...]


def events_of(
    records: Iterable[Kept], opinion: Opinion | None, number: Numbering
) -> tuple[tuple[Event, ...], int]:
    """Give the dated events, oldest first, and how many records could not be placed for want of a date.

    The same event told by several sources is one line with all their numbers.
    """
    dated = [kept for kept in records if type(kept.record) in _DATED]
    told: dict[tuple[When, str], set[int]] = {}
    results = _results_by_day(dated, number)
    for kept in dated:
        for when, text in _moments(kept.record):
            if not _is_cover(kept.record) or When(when.day) not in results:
                told.setdefault((When(when.day), text), set()).add(number(kept))
    for when, names in results.items():
        told[when, _results_line(names)] = set().union(*names.values())
    if opinion and opinion.start:
        told[When(opinion.start.day), f"First opinion: {opinion.doctor}"] = set()
    events = (
        Event(day=when.text, when=when.plain(), text=text, sources=tuple(sorted(sources)))
        for (when, text), sources in told.items()
    )
    undated = len({kept.id for kept in dated if not kept.record.start and not kept.record.end})
    return tuple(sorted(events, key=lambda event: event.day)), undated


def _results_by_day(records: Iterable[Kept], number: Numbering) -> dict[When, dict[str, set[int]]]:
    results: dict[When, dict[str, set[int]]] = {}
    for kept in records:
        if type(kept.record) is clinical.Observation and kept.record.start:
            names = results.setdefault(When(kept.record.start.day), {})
            names.setdefault(named(kept.record), set()).add(number(kept))
    return results


def _is_cover(record: Record) -> bool:
    """Tell whether it is a report that says nothing but what its results say."""
    return isinstance(record, clinical.DiagnosticReport) and not record.text


_DATED = {*_BEGINNINGS, clinical.Observation}


def _moments(record: Record) -> Iterator[tuple[When, str]]:
    """The dated beginnings and ends of one record. What is denied or only planned says so."""
    beginning, ending = _BEGINNINGS.get(type(record)), _ENDINGS.get(type(record))
    name = named(record)
    if beginning and record.start:
        yield record.start, name if is_denied(record) else f"{_doing(record, beginning)}: {name}"
    if ending and record.end and record.end != record.start and not is_denied(record):
        yield record.end, f"{ending}: {name}"


def _doing(record: Record, beginning: str) -> str:
    return f"{beginning}, planned" if is_planned(record) else beginning


def _results_line(names: Iterable[str]) -> str:
    listed = sorted(names, key=str.casefold)
    rest = f" and {len(listed) - 6} more" if len(listed) > 6 else ""
    return f"{len(listed)} {'result' if len(listed) == 1 else 'results'}: {', '.join(listed[:6])}{rest}"
