"""Where files do not agree: two doses of one medicine, two birth dates. Shown, never settled here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, cast

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Condition,
    Immunization,
    MedicationRequest,
    MedicationStatement,
    Observation,
)
from secondlens.domain.matching import main_name, plain_number
from secondlens.domain.people import Patient
from secondlens.domain.record import Kept, Record
from secondlens.domain.when import When

What = Literal["dose", "rhythm", "taken", "so", "over", "value", "birth"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts from different files of which at least two cannot both be right. `what` says in what they differ."""

    what: What
    records: tuple[Kept, ...]


def conflicts(kept: Iterable[Kept]) -> tuple[Conflict, ...]:
    """Find what files do not agree on, in the order of the records. What the person wrote is left out."""
    things: defaultdict[tuple[str, str], list[Kept]] = defaultdict(list)
    for one in kept:
        family = _FAMILIES.get(type(one.record))
        if family and one.record.source and one.record.status != "entered-in-error":
            things[family, "" if family == "Patient" else main_name(one.record)].append(one)
    return tuple(
        Conflict(what, members)
        for (family, _), records in things.items()
        if len(records) > 1
        for what, differs in _RULES[family]
        if (members := _differing(records, differs))
    )


def _differing(records: Sequence[Kept], differs: Callable[[Record, Record], bool]) -> tuple[Kept, ...]:
    """Give the records that differ from at least one of another file, in their order."""
    found = {
        place
        for (first, one), (second, other) in combinations(enumerate(records), 2)
        if _file(one) != _file(other) and differs(one.record, other.record)
        for place in (first, second)
    }
    return tuple(records[place] for place in sorted(found))


def _file(kept: Kept) -> str:
    return kept.record.source.sha256 if kept.record.source else ""


def _doses_differ(one: Record, other: Record) -> bool:
    return all(map(_is_taken, (one, other))) and _differ(_dose(one), _dose(other))


def _rhythms_differ(one: Record, other: Record) -> bool:
    same_dose = not _differ(_dose(one), _dose(other))
    return all(map(_is_taken, (one, other))) and same_dose and _differ(_rhythm(one), _rhythm(other))


def _one_is_taken(one: Record, other: Record) -> bool:
    # Stopped years ago and begun again is no contradiction, nor is a prescription that was used up.
    return type(one) is type(other) and _begin_together(one, other) and _is_taken(one) != _is_taken(other)


def _one_is_denied(one: Record, other: Record) -> bool:
    return _begin_together(one, other) and one.negated != other.negated


def _one_is_over(one: Record, other: Record) -> bool:
    over = [record.status in _OVER or record.end is not None for record in (one, other) if record.status]
    return (
        _begin_together(one, other)
        and not (one.negated or other.negated)
        and over in ([True, False], [False, True])
    )


def _values_differ(one: Record, other: Record) -> bool:
    first, second = cast("Observation", one), cast("Observation", other)
    if not (first.start and second.start and first.value and second.value):
        return False
    # On one day much is measured twice: only the very same moment can contradict itself.
    same_moment = first.start.text == second.start.text and "T" in first.start.text
    return (
        same_moment
        and first.value.unit == second.value.unit
        and _differ(plain_number(first.value), plain_number(second.value))
    )


def _births_differ(one: Record, other: Record) -> bool:
    births = [birth for record in (one, other) if (birth := cast("Patient", record).birth)]
    return len(births) == 2 and not _may_be_one(*births)


def _differ(one: str, other: str) -> bool:
    """Tell whether both say something, and not the same."""
    return bool(one and other) and one != other


def _may_be_one(one: When, other: When) -> bool:
    """Tell whether one date is only vaguer than the other."""
    return one.day.startswith(other.day) or other.day.startswith(one.day)


def _dose(record: Record) -> str:
    dose = cast("MedicationStatement", record).dose
    return f"{plain_number(dose)} {dose.unit or ''}" if dose else ""


def _rhythm(record: Record) -> str:
    return " ".join((cast("MedicationStatement", record).timing or "").casefold().split())


def _is_taken(record: Record) -> bool:
    return not record.negated and record.end is None and record.status in _TAKEN


def _begin_together(one: Record, other: Record) -> bool:
    """Tell whether two records can be of one course: not when one was over before the other began."""
    if one.start and other.start:
        return _may_be_one(one.start, other.start)
    turns = ((one, other), (other, one))
    return not any(first.end and last.start and first.end.day < last.start.day for first, last in turns)


_TAKEN = {None, "active", "intended", "on-hold"}
_OVER = {"resolved", "remission", "inactive"}
_FAMILIES: dict[type[Record], str] = {
    MedicationStatement: "Medication",
    MedicationRequest: "Medication",
    Condition: "Condition",
    AllergyIntolerance: "Allergy",
    Immunization: "Immunization",
    Observation: "Observation",
    Patient: "Patient",
}
_RULES: dict[str, tuple[tuple[What, Callable[[Record, Record], bool]], ...]] = {
    "Medication": (("dose", _doses_differ), ("rhythm", _rhythms_differ), ("taken", _one_is_taken)),
    "Condition": (("so", _one_is_denied), ("over", _one_is_over)),
    "Allergy": (("so", _one_is_denied),),
    "Immunization": (("so", _one_is_denied),),
    "Observation": (("value", _values_differ),),
    "Patient": (("birth", _births_differ),),
}
