"""The C-CDA R2.1 sections of what happened on one day: vaccinations, procedures, visits."""

from collections.abc import Sequence

from secondlens.domain.coding import LOINC, SNOMED, Coding
from secondlens.sample._ccda_elements import (
    TEMPLATE,
    XSI_TYPE,
    Cell,
    Element,
    at,
    clinic_performer,
    code,
    comment,
    doctor_entity,
    fixed,
    identifier,
    original,
    product,
    section,
    table,
    tag,
    templates,
    text,
)
from secondlens.sample.story.chart import CPT, Procedure, Vaccination
from secondlens.sample.story.visits import Visit

_OBSERVATION = {"classCode": "OBS", "moodCode": "EVN"}
_NEGATED = {"negationInd": "true"}


def immunizations_section(vaccinations: Sequence[Vaccination]) -> Element:
    """Vaccinations; one that was not given is negated, with its reason."""
    rows: list[tuple[Cell, ...]] = [
        (
            (vaccination.name, f"vaccine{number}"),
            vaccination.day,
            "NOT given" if vaccination.not_given_because else "Given",
            (vaccination.not_given_because or "", f"vaccinenote{number}"),
        )
        for number, vaccination in enumerate(vaccinations, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.2.1", "2015-08-01"),
        Coding(LOINC, "11369-6", "History of immunization"),
        "Vaccinations",
        (table(("Vaccine", "Date", "Status", "Reason"), rows),),
        [_vaccination(vaccination, number) for number, vaccination in enumerate(vaccinations, 1)],
    )


def _vaccination(vaccination: Vaccination, number: int) -> Element:
    refused = bool(vaccination.not_given_because)
    return tag(
        "substanceAdministration",
        {"classCode": "SBADM", "moodCode": "EVN", "negationInd": str(refused).lower()},
        *templates(f"{TEMPLATE}.4.52", "2015-08-01"),
        identifier(f"vaccination-{number}"),
        text(f"vaccine{number}"),
        tag("statusCode", {"code": "completed"}),
        at(vaccination.day),
        product(vaccination.code, f"vaccine{number}", f"{TEMPLATE}.4.54", vaccination.lot),
        _refusal(number) if refused else None,
    )


def _refusal(number: int) -> Element:
    observation = tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.53"),
        identifier(f"refusal-{number}"),
        fixed("code", "MEDPREC", "2.16.840.1.113883.5.8", "Medical precaution"),
        text(f"vaccinenote{number}"),
        tag("statusCode", {"code": "completed"}),
    )
    return tag("entryRelationship", {"typeCode": "RSON"}, observation)


def procedures_section(procedures: Sequence[Procedure]) -> Element:
    """Procedures; one that was planned and not done is negated."""
    rows: list[tuple[Cell, ...]] = [
        (
            (procedure.name, f"procedure{number}"),
            procedure.day,
            procedure.place.name,
            (
                (f"NOT done. {procedure.not_done_because}." if procedure.not_done_because else procedure.outcome)
                or "",
                f"outcome{number}",
            ),
        )
        for number, procedure in enumerate(procedures, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.7.1", "2014-06-09"),
        Coding(LOINC, "47519-4", "History of procedures"),
        "Procedures",
        (table(("Procedure", "Date", "Where", "Result"), rows),),
        [_procedure(procedure, number) for number, procedure in enumerate(procedures, 1)],
    )


def _procedure(procedure: Procedure, number: int) -> Element:
    place = f"procedure{number}"
    missed = bool(procedure.not_done_because)
    coded = (
        code(procedure.code, original(place))
        if procedure.code
        else tag("code", {"nullFlavor": "OTH"}, original(place))
    )
    return tag(
        "procedure",
        {"classCode": "PROC", "moodCode": "EVN"} | (_NEGATED if missed else {}),
        *templates(f"{TEMPLATE}.4.14", "2014-06-09"),
        identifier(f"procedure-{number}"),
        coded,
        text(place),
        tag("statusCode", {"code": "cancelled" if missed else "completed"}),
        at(procedure.day),
        clinic_performer(procedure.place),
        comment(f"outcome{number}"),
    )


def encounters_section(visits: Sequence[Visit]) -> Element:
    """Visits."""
    rows: list[tuple[Cell, ...]] = [
        (
            (f"Visit to {visit.doctor.name}", f"visit{number}"),
            visit.start[:10],
            visit.doctor.clinic.name,
            (visit.reason, f"reason{number}"),
        )
        for number, visit in enumerate(visits, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.22.1", "2015-08-01"),
        Coding(LOINC, "46240-8", "History of encounters"),
        "Visits",
        (table(("Visit", "Date", "Where", "Reason"), rows),),
        [_visit(visit, number) for number, visit in enumerate(visits, 1)],
    )


def _visit(visit: Visit, number: int) -> Element:
    return tag(
        "encounter",
        {"classCode": "ENC", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.49", "2015-08-01"),
        identifier(f"visit-{visit.start[:10]}"),
        code(Coding(CPT, "99213", "Office visit, established patient"), original(f"visit{number}")),
        text(f"visit{number}"),
        at(visit.start),
        tag("performer", {}, doctor_entity(visit.doctor)),
        _place(visit),
        _reason(visit, number),
    )


def _reason(visit: Visit, number: int) -> Element:
    words = original(f"reason{number}")
    observation = tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.19", "2014-06-09"),
        identifier(f"reason-{visit.start[:10]}"),
        code(Coding(SNOMED, "404684003", "Finding")),
        text(f"reason{number}"),
        tag("statusCode", {"code": "completed"}),
        at(visit.start),
        tag("value", {XSI_TYPE: "CD", "nullFlavor": "OTH"}, words),
    )
    return tag("entryRelationship", {"typeCode": "RSON"}, observation)


def _place(visit: Visit) -> Element:
    entity = tag("playingEntity", {"classCode": "PLC"}, tag("name", {}, visit.doctor.clinic.name))
    role = tag(
        "participantRole",
        {"classCode": "SDLOC"},
        *templates(f"{TEMPLATE}.4.32"),
        tag("code", {"nullFlavor": "UNK"}),
        entity,
    )
    return tag("participant", {"typeCode": "LOC"}, role)
