"""Medicines and vaccines: substance administrations and what a pharmacy handed out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypedDict

from lxml import etree

from secondlens.domain.clinical import Immunization, MedicationDispense, MedicationRequest, MedicationStatement
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.importers._cda_codes import IMMUNIZATION, MEDICATION, MEDICATION_WORDS, REQUEST
from secondlens.importers._cda_common import SIG, STATUS, common, qualifiers, reason_of, said
from secondlens.importers._cda_narrative import all_words, one_line
from secondlens.importers._cda_people import name_in
from secondlens.importers._cda_place import Statement, every, first, own_words
from secondlens.importers._cda_timing import timing_of
from secondlens.importers._cda_values import code_or_words, codings, quantity

_PRODUCT = ("manufacturedProduct", "manufacturedMaterial")


class _Intake(TypedDict):
    dose: Quantity | None
    route: str | None
    timing: str | None
    sig: str | None
    reason: str | None


def medication(statement: Statement) -> Iterator[Record]:
    """Read a medication activity: what the person takes, took or was told to take."""
    fields = common(statement, _code(statement), title=product_name(statement), notes=_details(statement))
    # "No known medications" is said like a medicine that is taken; its status word would say that it is.
    status = None if fields["negated"] and not statement.negated else _status(statement)
    yield MedicationStatement(**fields, **_intake(statement), status=status)


def planned_medication(statement: Statement) -> Iterator[Record]:
    """Read a medicine that is planned or ordered: never as taken."""
    yield MedicationRequest(
        **common(statement, _code(statement), title=product_name(statement), notes=_details(statement)),
        **_intake(statement),
        status=REQUEST.get(statement.status or ""),
    )


def supply(statement: Statement) -> Iterator[Record]:
    """Read what a pharmacy handed out (or, planned, was asked to); without a name it is the medicine around it."""
    named, parent = statement, statement.parent
    if _code(statement) is None and parent is not None and parent.element.tag == "substanceAdministration":
        named = replace(statement, element=parent.element)
    fields = common(statement, _code(named), title=product_name(named), notes=_details(statement))
    fields["codes"] = codings(_code(named))
    intake = _Intake(dose=None, route=None, timing=None, sig=None, reason=reason_of(statement))
    if statement.planned:
        yield MedicationRequest(**fields, **intake, status=REQUEST.get(statement.status or ""))
    else:
        yield MedicationDispense(**fields, **intake, status=MEDICATION.get(statement.status or ""))


def immunization(statement: Statement) -> Iterator[Record]:
    """Read a vaccination given, planned, or not given (negated)."""
    product = first(statement.element, "consumable", "manufacturedProduct")
    material = first(product, "manufacturedMaterial")
    code = statement.status
    status = (
        "not-done" if statement.negated else "planned" if statement.planned else IMMUNIZATION.get(code or "", code)
    )
    yield Immunization(
        **common(statement, _code(statement), title=product_name(statement), notes=_details(statement)),
        status=status,
        dose=quantity(first(statement.element, "doseQuantity")),
        route=code_or_words(first(statement.element, "routeCode"), statement),
        lot=_text(first(material, "lotNumberText")),
        manufacturer=_text(first(product, "manufacturerOrganization", "name")),
        reason=reason_of(statement),
    )


def product_name(statement: Statement) -> str | None:
    """What the product is called: as its code is named, else the material's own name."""
    code = _code(statement)
    words = code_or_words(code, statement) if code is not None else None
    name = next((text for material in _materials(statement) if (text := _text(first(material, "name")))), None)
    unnamed = words is None or words in {coding.code for coding in codings(code)}
    return (name or words) if unnamed else words


def _materials(statement: Statement) -> list[etree._Element]:
    element = statement.element
    found = [*every(element, "consumable", *_PRODUCT), *every(element, "product", *_PRODUCT)]
    return found + every(element, "consumable", "manufacturedProduct", "manufacturedLabeledDrug")


def _code(statement: Statement) -> etree._Element | None:
    return next((code for material in _materials(statement) for code in material.iterchildren("code")), None)


def _intake(statement: Statement) -> _Intake:
    return _Intake(
        dose=quantity(first(statement.element, "doseQuantity")),
        route=code_or_words(first(statement.element, "routeCode"), statement),
        timing=timing_of(statement),
        sig=_sig(statement),
        reason=reason_of(statement),
    )


def _sig(statement: Statement) -> str | None:
    """The instruction as printed: the free-text sig, else the narrative the statement points at."""
    free = [said(inner) for inner in qualifiers(statement, *SIG)]
    return next((words for words in free if words), None) or own_words(first(statement.element, "text"), statement)


def _status(statement: Statement) -> str | None:
    """The status said outright in words, else the statement's own."""
    if statement.negated:
        return "not-taken"
    said_outright = [said(inner) for inner in qualifiers(statement, *STATUS, code="33999-4")]
    displays = [
        value.get("displayName")
        for inner in qualifiers(statement, *STATUS, code="33999-4")
        for value in inner.element.iterchildren("value")
        if not value.get("nullFlavor")
    ]
    words = [one_line(word).lower() for word in (*said_outright, *displays) if word]
    found = next((MEDICATION_WORDS[word] for word in words if word in MEDICATION_WORDS), None)
    return found or MEDICATION.get(statement.status or "")


def _details(statement: Statement) -> tuple[str, ...]:
    """What has no field of its own, a line each."""
    element, lines = statement.element, []
    for tag, label in (
        *(("rateQuantity", "Rate"), ("maxDoseQuantity", "Most at a time"), ("quantity", "Amount")),
        *(("repeatNumber", "Number"), ("doseCheckQuantity", "Dose check")),
    ):
        amount = quantity(first(element, tag))
        lines += [f"{label}: {amount.plain()}"] if amount else []
    for tag, label in (
        *(("administrationUnitCode", "Form"), ("approachSiteCode", "Site"), ("methodCode", "Method")),
        *(("priorityCode", "Priority"),),
    ):
        words = [code_or_words(code, statement) for code in every(element, tag)]
        lines += [f"{label}: {word}" for word in words if word]
    return (*lines, *_product_details(statement))


def _product_details(statement: Statement) -> Iterator[str]:
    for material in _materials(statement):
        name, lot = _text(first(material, "name")), _text(first(material, "lotNumberText"))
        if name and name != product_name(statement):
            yield f"Name of the product: {name}"
        if lot and statement.element.tag == "supply":
            yield f"Lot: {lot}"
    for participant in every(statement.element, "participant"):
        vehicle = first(participant, "participantRole", "playingEntity")
        words = code_or_words(first(vehicle, "code"), statement) or name_in(participant)
        if participant.get("typeCode") == "CSM" and words:
            yield f"Given in: {words}"


def _text(element: etree._Element | None) -> str | None:
    return None if element is None or element.get("nullFlavor") else all_words(element) or None
