"""Results by name over time: the same test stands together, newest first, as each laboratory printed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from secondlens.domain.clinical import Component, Observation
from secondlens.domain.coding import LOINC
from secondlens.domain.packet_parts import Numbering
from secondlens.domain.packet_words import describe, is_denied, period
from secondlens.domain.record import Kept, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value as printed. `range` and `flag` are the laboratory's own; `day` is ISO, "" when unknown."""

    text: str
    when: str
    day: str
    range: str | None
    flag: str | None
    note: str | None
    sources: tuple[int, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All readings of one test, newest first. `category` is the FHIR code, or None."""

    title: str
    category: str | None
    readings: tuple[Reading, ...]


_FLAGGED = {"h", "hh", "hu", "l", "ll", "lu", "a", "aa", "high", "low", "abnormal"}
_CATEGORIES = ("laboratory", "vital-signs", "imaging", "exam", "procedure", "survey", "social-history")


def results_over_time(records: Iterable[Kept], number: Numbering, words: Mapping[str, str]) -> tuple[Result, ...]:
    """Group observations by test: the same LOINC code, or the same name where there is none.

    A name alone never joins two tests with different codes: glucose in blood is not glucose in urine. A code
    alone never joins what one file keeps apart by name: a pulse lying down is not a pulse standing up.
    """
    tests = [kept for kept in records if type(kept.record) is Observation and not is_denied(kept.record)]
    names: dict[tuple[str | None, str | None], set[str]] = {}
    for kept in tests:
        names.setdefault((_loinc(kept.record), _file(kept.record)), set()).add(_name(kept.record))
    split = {loinc for (loinc, _), under in names.items() if loinc is None or len(under) > 1}
    groups: dict[object, list[Kept]] = {}
    for kept in tests:
        loinc = _loinc(kept.record)
        groups.setdefault((loinc, _name(kept.record) if loinc in split else None), []).append(kept)
    results = [_result(group, number, words) for group in groups.values()]
    return tuple(sorted(results, key=lambda result: (_rank(result.category), result.title.casefold())))


def key_results(results: Iterable[Result]) -> tuple[Result, ...]:
    """The order for page one: laboratory first, the newest value flagged by the laboratory first, then newest."""
    newest_first = sorted(results, key=lambda result: result.readings[0].day, reverse=True)
    return tuple(sorted(newest_first, key=lambda result: (_rank(result.category) > 0, not _flagged(result))))


def _loinc(record: Record) -> str | None:
    return next((code.code for code in record.codes if code.system == LOINC), None)


def _name(record: Record) -> str:
    return " ".join(record.title.casefold().split())


def _file(record: Record) -> str | None:
    return record.source.sha256 if record.source else None


def _result(group: list[Kept], number: Numbering, words: Mapping[str, str]) -> Result:
    newest_first = sorted(group, key=lambda kept: _day(kept.record), reverse=True)
    newest = newest_first[0].record
    readings: dict[Reading, list[Kept]] = {}
    for kept in newest_first:
        if isinstance(kept.record, Observation):
            readings.setdefault(_reading(kept.record, newest.title, words), []).append(kept)
    return Result(
        title=newest.title,
        category=newest.category,
        readings=tuple(
            replace(
                reading,
                sources=tuple(sorted({number(kept) for kept in kepts})),
                records=tuple(kept.id for kept in kepts),
            )
            for reading, kepts in readings.items()
        ),
    )


def _reading(record: Observation, title: str, words: Mapping[str, str]) -> Reading:
    own_name = record.title if record.title.casefold() != title.casefold() else None
    bare = replace(record, value=None, interpretation=None, reference_range=None, components=(), category=None)
    notes = (own_name, *(_component_note(part) for part in record.components), describe(bare, words))
    return Reading(
        text=_value(record),
        when=period(record),
        day=_day(record),
        range=record.reference_range,
        flag=record.interpretation,
        note=", ".join(note for note in notes if note) or None,
        sources=(),
        records=(),
    )


def _value(record: Observation) -> str:
    whole = record.value.plain() if record.value else record.value_when.plain() if record.value_when else None
    parts = (
        f"{part.title} {part.value.plain() if part.value else 'no value given'}" for part in record.components
    )
    return "; ".join(text for text in (whole, *parts) if text) or "no value given"


def _component_note(part: Component) -> str | None:
    said = (part.interpretation, part.reference_range and f"range {part.reference_range}")
    text = ", ".join(piece for piece in said if piece)
    return f"{part.title}: {text}" if text else None


def _day(record: Record) -> str:
    return record.start.day if record.start else ""


def _rank(category: str | None) -> int:
    return _CATEGORIES.index(category) if category in _CATEGORIES else len(_CATEGORIES)


def _flagged(result: Result) -> bool:
    return (result.readings[0].flag or "").strip().casefold() in _FLAGGED
