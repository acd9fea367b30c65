"""The export_cda.xml that lies beside every Apple Health export: a few readings as an HL7 document."""

from lxml import etree

from secondlens.domain.coding import LOINC, Coding
from secondlens.sample._ccda_elements import (
    TEMPLATE,
    XSI_TYPE,
    Element,
    at,
    code,
    identifier,
    person_name,
    stamp,
    tag,
    templates,
)
from secondlens.sample.story.people import MARK, NORA

_READINGS = (
    ("2026-11-16T07:31-06:00", "82"),
    ("2026-11-17T07:28-06:00", "84"),
    ("2026-11-18T07:35-06:00", "83"),
)


def clinical_document() -> bytes:
    """The document, UTF-8."""
    patient = tag(
        "patient",
        {},
        person_name(NORA.given, NORA.family),
        tag("birthTime", {"value": stamp(NORA.birth)}),
    )
    organizer = tag(
        "organizer",
        {"classCode": "CLUSTER", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.26"),
        identifier("apple-vitals"),
        tag("statusCode", {"code": "completed"}),
        *(tag("component", {}, _reading(when, rate)) for when, rate in _READINGS),
    )
    root = tag(
        "ClinicalDocument",
        {},
        tag("typeId", {"root": "2.16.840.1.113883.1.3", "extension": "POCD_HD000040"}),
        *templates(f"{TEMPLATE}.1.2"),
        identifier("apple-document"),
        code(Coding(LOINC, "34109-9", "Note")),
        tag("title", {}, f"{MARK}: Health Data Export"),
        at("2026-11-19T09:00-06:00"),
        tag("recordTarget", {}, tag("patientRole", {}, identifier("apple-patient"), patient)),
        tag("component", {}, tag("structuredBody", {}, tag("component", {}, _section(organizer)))),
    )
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _section(organizer: Element) -> Element:
    return tag(
        "section",
        {},
        *templates(f"{TEMPLATE}.2.4.1"),
        code(Coding(LOINC, "8716-3", "Vital signs")),
        tag("title", {}, "Vital signs"),
        tag("text", {}, "Heart rate from watch and phone"),
        tag("entry", {"typeCode": "DRIV"}, organizer),
    )


def _reading(when: str, rate: str) -> Element:
    return tag(
        "observation",
        {"classCode": "OBS", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.27"),
        identifier(f"apple-{when[:10]}"),
        code(Coding(LOINC, "8867-4", "Heart rate")),
        tag("statusCode", {"code": "completed"}),
        at(when),
        tag("value", {XSI_TYPE: "PQ", "value": rate, "unit": "/min"}),
    )
