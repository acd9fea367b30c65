"""A record as one line: JSON for programs, plain words for people."""

import json
from typing import Any

from secondlens.content import words
from secondlens.domain.clinical import Immunization, MedicationStatement, Observation
from secondlens.domain.packet_words import is_error
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Kept, Record


def json_line(kept: Kept) -> str:
    """One record of `list --json`."""
    return json.dumps({"id": kept.id} | facts_of(kept.record), ensure_ascii=False)


def facts_of(record: Record) -> dict[str, Any]:
    """The stable fields of a record, as the command-line contract names them."""
    value = value_of(record)
    source = record.source
    return {
        "kind": record.kind,
        "category": record.category,
        "title": record.title,
        "codes": [{"system": code.system, "code": code.code, "display": code.display} for code in record.codes],
        "start": record.start and record.start.text,
        "end": record.end and record.end.text,
        "value": value and value.text,
        "unit": value and value.unit,
        "status": "entered-in-error" if is_error(record) else record.status,
        "negated": record.negated,
        "source": source and {"sha256": source.sha256, "where": source.where},
    } | _components(record)


def value_of(record: Record) -> Quantity | None:
    """What was measured, or the dose of a medicine or vaccine."""
    match record:
        case Observation(value_when=when) if when:
            return Quantity(when.text)
        case Observation(value=value):
            return value
        case MedicationStatement(dose=dose) | Immunization(dose=dose):
            return dose
        case _:
            return None


def plain_line(kept: Kept) -> str:
    """One kept record for people: what it is, when, its value, and its id."""
    return f"{plain_facts(kept.record)}  [{kept.id}]"


def plain_facts(record: Record) -> str:
    """One record for people: what it is, when, and its value."""
    value = value_of(record)
    parts = (
        record.start.plain() if record.start else "date unknown",
        words().kind(record.kind).plain,
        ("NOT: " if record.negated else "") + record.title,
        value.plain() if value else "",
    )
    return printable("  ".join(part for part in parts if part))


def printable(text: str) -> str:
    """One line that a terminal prints and does not obey: text of a file may hold its commands."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _components(record: Record) -> dict[str, Any]:
    if not (isinstance(record, Observation) and record.components):
        return {}
    return {
        "components": [
            {
                "title": part.title,
                "codes": [
                    {"system": code.system, "code": code.code, "display": code.display} for code in part.codes
                ],
                "value": part.value and part.value.text,
                "unit": part.value and part.value.unit,
            }
            for part in record.components
        ]
    }
