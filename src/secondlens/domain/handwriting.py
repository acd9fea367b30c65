"""What a person writes about each kind of record: which answers are asked for, and the record made of them.

Only the name is needed. Answers come and go as text, so that what was typed is never lost, and a field that was
not touched keeps exactly what it held.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from secondlens.domain import clinical, people
from secondlens.domain.clinical import Component, Observation, Reaction
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Participant, Record
from secondlens.domain.said_when import SaidWhen, read_said_when
from secondlens.domain.when import When

_MEDICINE = ("dose", "timing", "start", "end", "status", "reason", "route", "participants", "note")

# What is asked for, in the order of the form; the name comes first everywhere.
ASKED: Mapping[type[Record], tuple[str, ...]] = {
    clinical.Condition: ("start", "end", "status", "severity", "body_site", "participants", "note"),
    clinical.MedicationStatement: _MEDICINE,
    clinical.MedicationRequest: _MEDICINE,
    clinical.MedicationDispense: _MEDICINE,
    clinical.MedicationAdministration: _MEDICINE,
    clinical.AllergyIntolerance: ("reactions", "start", "status", "note"),
    clinical.Observation: ("value", "unit", "reference_range", "start", "participants", "note"),
    clinical.Procedure: ("start", "status", "body_site", "reason", "outcome", "participants", "note"),
    clinical.Immunization: ("start", "status", "lot", "participants", "note"),
    clinical.Encounter: ("start", "end", "place", "participants", "reason", "note"),
    clinical.DiagnosticReport: ("start", "text", "participants", "note"),
    clinical.ServiceRequest: ("start", "status", "reason", "participants", "note"),
    clinical.DocumentReference: ("text", "start", "participants"),
    clinical.Composition: ("text", "start"),
    clinical.OtherResource: ("start", "end", "text", "note"),
    people.Patient: ("birth", "sex", "address", "telecom", "language", "note"),
    people.Practitioner: ("specialty", "organization", "telecom", "note"),
    people.Organization: ("address", "telecom", "note"),
}
# The kinds a person starts from nothing; the others come from files and can be corrected.
WRITTEN: tuple[type[Record], ...] = (
    clinical.Condition,
    clinical.MedicationStatement,
    clinical.AllergyIntolerance,
    clinical.Observation,
    clinical.Procedure,
    clinical.Immunization,
    clinical.Encounter,
    people.Practitioner,
    people.Organization,
    clinical.DocumentReference,
)
# How it stands, as FHIR R4 codes; leaving it open is always one of the choices.
STATUSES: Mapping[type[Record], tuple[str, ...]] = {
    clinical.Condition: ("active", "remission", "resolved"),
    clinical.MedicationStatement: ("active", "on-hold", "completed", "intended"),
    clinical.MedicationRequest: ("active", "stopped", "completed", "cancelled"),
    clinical.MedicationDispense: ("completed", "cancelled"),
    clinical.MedicationAdministration: ("completed", "not-done"),
    clinical.AllergyIntolerance: ("active", "inactive"),
    clinical.Procedure: ("completed", "preparation", "not-done"),
    clinical.Immunization: ("completed", "not-done"),
    clinical.ServiceRequest: ("active", "completed", "cancelled"),
}
# What can be so or not so, and what a source may say wrongly of a person.
DENIABLE = frozenset((clinical.Condition, clinical.AllergyIntolerance, clinical.MedicationStatement))

WHENS = frozenset(("start", "end", "birth", "value_when"))
LISTS = frozenset(("participants", "reactions", "telecom"))
# One part of a result that has several, such as part-0.
PART = "part-"
NOT_A_DATE = (
    "Write when as you would say it, such as 2019, spring 2019, March 2019 or 2 March 2019. "
    "If that does not fit, leave this empty and put your words in the note."
)
# What keeps the words of a date: a line each, at the end of the note.
_AS_SAID = {"start": "Start, as remembered: ", "end": "End, as remembered: "}
_VALUE_AND_UNIT = re.compile(r"((?:<=|>=|<|>)? ?[+-]?(?:\d+(?:\.\d*)?|\.\d+)) ([^\W\d].*|%.*)")
_DENIALS = frozenset(("not-done", "not-taken", "refuted"))
# Codes of a source, which nobody types: a correction keeps them, or drops what it makes untrue (`_outdated`).
_CODED = frozenset(("category", "verification", "criticality", "interpretation", "media_type", "resource_type"))
_COMMON = frozenset(field.name for field in fields(Record)) - {"start", "end", "note"}

Answers = Mapping[str, str]
Dates = Mapping[str, SaidWhen | None]


@dataclass(frozen=True, slots=True)
class Written:
    """The record that the answers make; None when something is wrong with them, as (field, sentence)."""

    record: Record | None
    mistakes: tuple[tuple[str, str], ...] = ()


def kind_named(name: str) -> type[Record] | None:
    """The kind with a name, among those a person can start from nothing."""
    return next((kind for kind in WRITTEN if kind.__name__ == name), None)


def asked(kind: type[Record], before: Record | None = None) -> tuple[str, ...]:
    """The fields to ask for: those of the kind, and any more that the record to be corrected holds."""
    usual = ASKED[kind]
    if before is None:
        return usual
    parts = tuple(f"{PART}{place}" for place, _ in enumerate(_components(before)))
    more = tuple(
        field.name
        for field in fields(before)
        if field.name not in {*usual, *_COMMON, *_CODED}
        and isinstance(getattr(before, field.name), str | When | Quantity)
    )
    return (*parts, *usual, *more)


def answers_of(record: Record) -> dict[str, str]:
    """A record as the answers that make it."""
    names = asked(type(record), record)
    found = {name: _text(getattr(record, name, None)) for name in names}
    found |= {f"{PART}{place}": _text(part.value) for place, part in enumerate(_components(record))}
    if isinstance(record, Observation) and record.value:
        found |= {"value": record.value.text, "unit": record.value.unit or ""}
    note, said = _note_and_said(record)
    return found | said | {"title": record.title, "note": note, "negated": "yes" if record.negated else ""}


def write(kind: type[Record], answers: Answers, today: date, before: Record | None = None) -> Written:
    """Make a record of answers: a new one, or `before` corrected. It is the person's own word: no source."""
    shown = answers_of(before) if before else {}
    touched = frozenset(
        name
        for name in {"title", "negated", "note", *asked(kind, before)}
        if answers.get(name, "").split() != shown.get(name, "").split()
    )
    dates = {name: read_said_when(answers.get(name, ""), today) for name in WHENS & touched}
    mistakes = tuple(_mistakes(kind, answers, dates))
    if mistakes:
        return Written(None, mistakes)
    made: dict[str, Any] = {name: said and said.when for name, said in dates.items()}
    made |= {name: _value(name, answers, before) for name in touched - WHENS if _is_field(kind, name)}
    made |= _measured(answers, touched, before)
    if touched & {"note", *_AS_SAID}:
        made["note"] = _note(answers, dates, before)
    record = replace(before, source=None, **made, **_outdated(before, touched)) if before else kind(**made)
    if touched & _AS_SAID.keys() and _ends_first(record):
        return Written(None, (("end", "The end is before the start. Check both dates."),))
    return Written(record)


def _mistakes(kind: type[Record], answers: Answers, dates: Dates) -> Iterator[tuple[str, str]]:
    if not answers.get("title"):
        yield "title", "Write what it is. This is the only answer needed."
    if answers.get("unit") and not answers.get("value"):
        yield "value", "There is a unit here and no result. Write the result, or empty the unit."
    if kind is clinical.Composition and not answers.get("text"):
        yield "text", "Write the text. To take it away, go back and remove it."
    for name, said in dates.items():
        # A date of birth has no place for words beside it.
        if answers.get(name) and (said is None or (name not in _AS_SAID and said.words)):
            yield name, NOT_A_DATE


def _is_field(kind: type[Record], name: str) -> bool:
    return name not in ("value", "note") and name in kind.__dataclass_fields__


def _value(name: str, answers: Answers, before: Record | None) -> Any:
    """Read an answer. A line of a list that stayed keeps what else the source said of it, such as a role."""
    text = answers.get(name, "")
    if name in LISTS:
        known = {_text(one): one for one in getattr(before, name, ())}
        return tuple(known.get(line) or _one_of(name, line) for line in _lines(text))
    typed = {"title": text, "negated": bool(text), "dose": quantity(text)}
    return typed.get(name, text or None)


def _one_of(name: str, line: str) -> Participant | Reaction | str:
    if name == "participants":
        return Participant(line)
    return Reaction(manifestation=line) if name == "reactions" else line


def quantity(text: str, unit: str = "") -> Quantity | None:
    """A value exactly as typed, told apart from its unit where both were typed together: "5.4 mmol/L"."""
    if unit or not text:
        return Quantity(text, unit) if text else None
    match = _VALUE_AND_UNIT.fullmatch(text)
    return Quantity(match[1], match[2]) if match else Quantity(text)


def _measured(answers: Answers, touched: AbstractSet[str], before: Record | None) -> dict[str, Any]:
    """What was measured, where it was touched. The laboratory's mark was on the value before, so it goes."""
    made: dict[str, Any] = {}
    if touched & {"value", "unit"}:
        made |= {"value": quantity(answers.get("value", ""), answers.get("unit", "")), "interpretation": None}
    parts = _components(before)
    if any(name.startswith(PART) for name in touched):
        made["components"] = tuple(
            replace(part, value=quantity(answers.get(f"{PART}{place}", "")), interpretation=None)
            if f"{PART}{place}" in touched
            else part
            for place, part in enumerate(parts)
        )
    return made


def _outdated(before: Record, touched: AbstractSet[str]) -> dict[str, Any]:
    """What the source said that is no longer so: codes of another name, a denial that the person took away."""
    gone: dict[str, Any] = {"codes": ()} if "title" in touched else {}
    if "negated" in touched and before.negated:
        if "status" not in touched and before.status in _DENIALS:
            gone["status"] = None
        if getattr(before, "verification", None) in _DENIALS:
            gone["verification"] = None
    return gone


def _note(answers: Answers, dates: Dates, before: Record | None) -> str | None:
    """The note with the words of its dates; those of a date that was not touched stay."""
    kept = _note_and_said(before)[1] if before else {}
    fresh = {name: said and said.words for name, said in dates.items()}
    words = {**kept, **fresh}
    lines = (
        answers.get("note", ""),
        *(f"{start}{words[name]}" for name, start in _AS_SAID.items() if words.get(name)),
    )
    return "\n".join(line for line in lines if line) or None


def _note_and_said(record: Record) -> tuple[str, dict[str, str]]:
    """Take a note apart: the note itself, and the words of its dates by field."""
    lines = (record.note or "").split("\n")
    said = {
        name: line.removeprefix(start)
        for line in lines
        for name, start in _AS_SAID.items()
        if line.startswith(start)
    }
    return "\n".join(line for line in lines if not line.startswith(tuple(_AS_SAID.values()))), said


def _ends_first(record: Record) -> bool:
    """Tell whether the end is surely before the start: as precise as the vaguer of the two."""
    if not (record.start and record.end):
        return False
    start, end = record.start.day, record.end.day
    shared = min(len(start), len(end))
    return end[:shared] < start[:shared]


def _components(record: Record | None) -> tuple[Component, ...]:
    return record.components if isinstance(record, Observation) else ()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _text(value: Any) -> str:
    match value:
        case tuple():
            return "\n".join(map(_text, value))
        case When() | Quantity():
            return value.plain()
        case Participant():
            return value.name
        case Reaction():
            return value.manifestation
        case _:
            return str(value or "")
