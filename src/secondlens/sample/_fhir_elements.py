"""The small parts every FHIR R4 resource is made of. Numbers are Decimal, so that "63.0" stays "63.0"."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.sample.story.people import EXAMPLE_ARC, Address

Resource = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def resource(kind: str, name: str, /, **elements: Any) -> Resource:
    """A resource with its id and an identifier under HL7's example arc; elements that are None are left out."""
    head = {
        "resourceType": kind,
        "id": name,
        "identifier": [{"system": f"urn:oid:{EXAMPLE_ARC}", "value": name}],
    }
    return head | {key: value for key, value in elements.items() if value is not None}


def reference(kind: str, name: str, display: str | None = None) -> Resource:
    """A reference to another resource of the bundle."""
    return {"reference": f"{kind}/{name}"} | ({"display": display} if display else {})


def concept(text: str, *codes: Coding) -> Resource:
    """A CodeableConcept."""
    coded = {"coding": [{"system": code.system, "code": code.code, "display": code.display} for code in codes]}
    return (coded if codes else {}) | {"text": text}


def term(system: str, code: str) -> Resource:
    """A CodeableConcept of one of HL7's own small lists, such as "condition-clinical"."""
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}


def quantity(value: str, unit: str) -> Resource:
    """A Quantity; "<0.41" becomes a comparator and a number."""
    comparator = {"comparator": value[0]} if value.startswith("<") else {}
    return {"value": Decimal(value.lstrip("<")), "unit": unit, "system": UCUM, "code": unit} | comparator


def measured(value: str, unit: str | None) -> Resource:
    """The value[x] of a result: a Quantity for numbers and limits, else the words as they are."""
    if unit and Quantity(value.lstrip("<")).number is not None:
        return {"valueQuantity": quantity(value, unit)}
    return {"valueString": value}


def reference_range(
    low: str | None, high: str | None, unit: str | None, text: str | None
) -> Sequence[Resource] | None:
    """A reference range with its numbers where it has any, and as printed."""
    limits = {name: quantity(limit, unit) for name, limit in (("low", low), ("high", high)) if limit and unit}
    return [limits | {"text": text}] if text else None


def telecom(number: str) -> Sequence[Resource]:
    """A telephone number."""
    return [{"system": "phone", "value": number}]


def address(where: Address) -> Sequence[Resource]:
    """A postal address."""
    return [
        {
            "line": [where.line],
            "city": where.city,
            "postalCode": where.postal_code,
            "country": where.country,
        }
    ]


def instant(when: str) -> str:
    """A time with its seconds, which FHIR asks for: "2026-05-12T11:00-05:00" gets ":00"."""
    return f"{when[:16]}:00{when[16:]}"
