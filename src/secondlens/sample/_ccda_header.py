"""The head of a C-CDA document (US Realm Header), and the whole around its sections."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from secondlens.domain.coding import Coding
from secondlens.sample._ccda_elements import (
    TEMPLATE,
    Element,
    address,
    at,
    code,
    doctor_author,
    doctor_entity,
    fixed,
    identifier,
    organization,
    person_name,
    phone,
    stamp,
    tag,
    templates,
)
from secondlens.sample.story.people import DISCLAIMER, DOCTORS, MARK, NORA, Doctor

_ABSENT = {"nullFlavor": "NI"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a document says of itself. `covers` is the first and the last day it speaks of."""

    template: str
    coding: Coding
    title: str
    day: str
    author: Doctor
    covers: tuple[str, str]


def document(head: Head, sections: Sequence[Element]) -> bytes:
    """A whole document, UTF-8."""
    root = tag(
        "ClinicalDocument",
        {},
        tag("realmCode", {"code": "US"}),
        tag("typeId", {"root": "2.16.840.1.113883.1.3", "extension": "POCD_HD000040"}),
        *templates(f"{TEMPLATE}.1.1", "2015-08-01"),
        *templates(head.template, "2015-08-01"),
        identifier(f"document-{head.coding.code}"),
        code(head.coding),
        tag("title", {}, f"{MARK}: {head.title}"),
        at(f"{head.day}T17:00-06:00"),
        fixed("confidentialityCode", "N", "2.16.840.1.113883.5.25", "normal"),
        tag("languageCode", {"code": "en-US"}),
        _patient(head.author),
        doctor_author(head.author, head.day),
        _custodian(head.author),
        _care_team(head.covers),
        tag("component", {}, tag("structuredBody", {}, *sections)),
    )
    root.insert(0, etree.Comment(f" {DISCLAIMER} "))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xsi", "sdtc"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _patient(doctor: Doctor) -> Element:
    return tag(
        "recordTarget",
        {},
        tag(
            "patientRole",
            {},
            identifier(f"nora-{doctor.clinic.key}"),
            address(NORA.address, "HP"),
            phone(NORA.phone, "HP"),
            tag(
                "patient",
                {},
                person_name(NORA.given, NORA.family),
                fixed("administrativeGenderCode", "F", "2.16.840.1.113883.5.1", "Female"),
                tag("birthTime", {"value": stamp(NORA.birth)}),
                tag("raceCode", _ABSENT),
                tag("ethnicGroupCode", _ABSENT),
                tag("languageCommunication", {}, tag("languageCode", {"code": "en-US"})),
            ),
            organization("providerOrganization", doctor.clinic),
        ),
    )


def _custodian(doctor: Doctor) -> Element:
    return tag(
        "custodian",
        {},
        tag("assignedCustodian", {}, organization("representedCustodianOrganization", doctor.clinic)),
    )


def _care_team(covers: tuple[str, str]) -> Element:
    first, last = covers
    return tag(
        "documentationOf",
        {},
        tag(
            "serviceEvent",
            {"classCode": "PCPR"},
            tag("effectiveTime", {}, tag("low", {"value": stamp(first)}), tag("high", {"value": stamp(last)})),
            *(_member(doctor) for doctor in DOCTORS),
        ),
    )


def _member(doctor: Doctor) -> Element:
    return tag(
        "performer",
        {"typeCode": "PRF"},
        tag("functionCode", _ABSENT, tag("originalText", {}, doctor.specialty)),
        doctor_entity(doctor),
    )
