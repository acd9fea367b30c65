"""The small parts every C-CDA document is made of: elements, codes, times, people, readable tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from secondlens.domain.coding import CVX, ICD_10_CM, LOINC, RXNORM, SNOMED, Coding
from secondlens.sample.story.chart import CPT
from secondlens.sample.story.people import EXAMPLE_ARC, Address, Clinic, Doctor

Element = etree._Element  # noqa: SLF001 - lxml's only name for the type of an element
NAMESPACE = "urn:hl7-org:v3"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TEMPLATE = "2.16.840.1.113883.10.20.22"
ACT_CODE = "2.16.840.1.113883.5.4"

# lxml types the names of namespaces as text, yet the default one has the name None.
_NAMESPACES: dict[Any, str] = {
    None: NAMESPACE,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "sdtc": "urn:hl7-org:sdtc",
}
# HL7's identifiers of the code systems, with the names C-CDA gives them.
_SYSTEMS = {
    LOINC: ("2.16.840.1.113883.6.1", "LOINC"),
    SNOMED: ("2.16.840.1.113883.6.96", "SNOMED CT"),
    RXNORM: ("2.16.840.1.113883.6.88", "RxNorm"),
    CVX: ("2.16.840.1.113883.12.292", "CVX"),
    ICD_10_CM: ("2.16.840.1.113883.6.90", "ICD-10-CM"),
    CPT: ("2.16.840.1.113883.6.12", "CPT"),
}


def tag(name: str, attributes: Mapping[str, str] | None = None, *children: Element | str | None) -> Element:
    """Make an element; text among the children becomes its text, None is left out."""
    element = etree.Element(f"{{{NAMESPACE}}}{name}", dict(attributes or {}), nsmap=_NAMESPACES)
    for child in children:
        if isinstance(child, str):
            element.text = child
        elif child is not None:
            element.append(child)
    return element


def templates(root: str, extension: str | None = None) -> tuple[Element, ...]:
    """The template of R2.1, and the R1.1 one it stays compatible with."""
    plain = tag("templateId", {"root": root})
    return (tag("templateId", {"root": root, "extension": extension}), plain) if extension else (plain,)


def identifier(name: str) -> Element:
    """An identifier under HL7's example arc."""
    return tag("id", {"root": EXAMPLE_ARC, "extension": name})


def code(coding: Coding, *children: Element | None, name: str = "code", kind: str | None = None) -> Element:
    """A coded value; `kind` is its xsi:type where the schema wants one."""
    system, system_name = _SYSTEMS[coding.system or ""]
    attributes = {
        "code": coding.code,
        "displayName": coding.display or "",
        "codeSystem": system,
        "codeSystemName": system_name,
    }
    return tag(name, attributes | ({XSI_TYPE: kind} if kind else {}), *children)


def fixed(name: str, value: str, system: str, display: str | None = None) -> Element:
    """A code of one of HL7's own small lists, by the list's identifier."""
    return tag(
        name,
        {"code": value, "codeSystem": system} | ({"displayName": display} if display else {}),
    )


def original(place: str) -> Element:
    """The originalText that points at the words of the readable part."""
    return tag("originalText", {}, tag("reference", {"value": f"#{place}"}))


def text(place: str) -> Element:
    """The text that points at the words of the readable part."""
    return tag("text", {}, tag("reference", {"value": f"#{place}"}))


def stamp(iso: str) -> str:
    """An ISO 8601 time as HL7 writes it: "2026-05-12T11:00-05:00" is "202605121100-0500"."""
    day, _, clock = iso.partition("T")
    digits = day.replace("-", "")
    return digits + clock[:5].replace(":", "") + clock[5:].replace(":", "") if clock else digits


def at(iso: str) -> Element:
    """A moment."""
    return tag("effectiveTime", {"value": stamp(iso)})


def span(low: str | None, high: str | None = None, *, kind: str | None = None) -> Element:
    """A stretch of time, open where nothing is known."""
    return tag(
        "effectiveTime",
        {XSI_TYPE: kind} if kind else {},
        tag("low", {"value": stamp(low)} if low else {"nullFlavor": "UNK"}),
        tag("high", {"value": stamp(high)}) if high else None,
    )


def address(where: Address, use: str = "WP") -> Element:
    """A postal address."""
    return tag(
        "addr",
        {"use": use},
        tag("streetAddressLine", {}, where.line),
        tag("city", {}, where.city),
        tag("postalCode", {}, where.postal_code),
        tag("country", {}, where.country),
    )


def phone(number: str, use: str = "WP") -> Element:
    """A telephone number."""
    return tag("telecom", {"use": use, "value": f"tel:{number}"})


def person_name(given: str, family: str, prefix: str | None = None) -> Element:
    """A name in its parts."""
    return tag(
        "name",
        {},
        tag("prefix", {}, prefix) if prefix else None,
        tag("given", {}, given),
        tag("family", {}, family),
    )


def organization(name: str, clinic: Clinic) -> Element:
    """A clinic, under the element the schema wants here."""
    return tag(
        name,
        {},
        identifier(clinic.key),
        tag("name", {}, clinic.name),
        phone(clinic.phone),
        address(clinic.address),
    )


def doctor_entity(doctor: Doctor) -> Element:
    """A doctor as an assignedEntity."""
    return tag("assignedEntity", {}, *_doctor_parts(doctor))


def doctor_author(doctor: Doctor, iso: str) -> Element:
    """A doctor as the author of something."""
    return tag(
        "author",
        {},
        tag("time", {"value": stamp(iso)}),
        tag("assignedAuthor", {}, *_doctor_parts(doctor)),
    )


def _doctor_parts(doctor: Doctor) -> tuple[Element, ...]:
    return (
        identifier(f"doctor-{doctor.key}"),
        address(doctor.clinic.address),
        phone(doctor.clinic.phone),
        tag("assignedPerson", {}, person_name(doctor.given, doctor.family, "Dr")),
        organization("representedOrganization", doctor.clinic),
    )


def clinic_performer(clinic: Clinic) -> Element:
    """A clinic or laboratory as the one who did it."""
    return tag(
        "performer",
        {},
        tag(
            "assignedEntity",
            {},
            identifier(clinic.key),
            address(clinic.address),
            phone(clinic.phone),
            organization("representedOrganization", clinic),
        ),
    )


def comment(place: str) -> Element:
    """A remark on the entry around it, as a Comment Activity."""
    return tag(
        "entryRelationship",
        {"typeCode": "SUBJ", "inversionInd": "true"},
        tag(
            "act",
            {"classCode": "ACT", "moodCode": "EVN"},
            *templates(f"{TEMPLATE}.4.64"),
            code(Coding(LOINC, "48767-8", "Annotation comment")),
            text(place),
        ),
    )


def product(coding: Coding, place: str, template: str, lot: str | None = None) -> Element:
    """The medicine or vaccine itself."""
    return tag(
        "consumable",
        {},
        tag(
            "manufacturedProduct",
            {"classCode": "MANU"},
            *templates(template, "2014-06-09"),
            tag(
                "manufacturedMaterial",
                {},
                code(coding, original(place)),
                tag("lotNumberText", {}, lot) if lot else None,
            ),
        ),
    )


# A cell of a readable table: its words, or its words with the name that entries refer to.
Cell = str | tuple[str, str]


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Element:
    """A readable table."""
    head = tag("tr", {}, *(tag("th", {}, heading) for heading in headings))
    body = (tag("tr", {}, *(_cell(cell) for cell in row)) for row in rows)
    return tag("table", {"border": "1"}, tag("thead", {}, head), tag("tbody", {}, *body))


def _cell(cell: Cell) -> Element:
    if isinstance(cell, str):
        return tag("td", {}, cell)
    words, place = cell
    return tag("td", {}, tag("content", {"ID": place}, words))


def paragraphs(*words: Cell) -> tuple[Element, ...]:
    """Readable paragraphs."""
    return tuple(
        tag("paragraph", {}, part) if isinstance(part, str) else tag("paragraph", {"ID": part[1]}, part[0])
        for part in words
    )


def section(
    template: tuple[Element, ...],
    coding: Coding,
    title: str,
    words: Sequence[Element],
    entries: Sequence[Element] = (),
) -> Element:
    """A section: its readable part, then its entries."""
    return tag(
        "component",
        {},
        tag(
            "section",
            {},
            *template,
            code(coding),
            tag("title", {}, title),
            tag("text", {}, *words),
            *(tag("entry", {"typeCode": "DRIV"}, entry) for entry in entries),
        ),
    )
