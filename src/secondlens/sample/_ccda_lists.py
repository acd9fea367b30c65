"""The C-CDA R2.1 sections of what clinicians listed: problems, medicines, allergies."""

from collections.abc import Sequence

from secondlens.domain.coding import LOINC, SNOMED, Coding
from secondlens.sample._ccda_elements import (
    ACT_CODE,
    TEMPLATE,
    XSI_TYPE,
    Cell,
    Element,
    code,
    comment,
    doctor_author,
    fixed,
    identifier,
    original,
    product,
    section,
    span,
    table,
    tag,
    templates,
    text,
)
from secondlens.sample.story.chart import Allergy, Problem
from secondlens.sample.story.medicines import Medicine

_OBSERVATION = {"classCode": "OBS", "moodCode": "EVN"}
_ACT = {"classCode": "ACT", "moodCode": "EVN"}
_NEGATED = {"negationInd": "true"}


def problems_section(problems: Sequence[Problem]) -> Element:
    """Problem list; an absent problem is a negated observation."""
    rows: list[tuple[Cell, ...]] = [
        (
            (problem.name, f"problem{number}"),
            problem.onset,
            _problem_status(problem),
            (problem.note or "", f"problemnote{number}"),
        )
        for number, problem in enumerate(problems, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.5.1", "2015-08-01"),
        Coding(LOINC, "11450-4", "Problem list"),
        "Problems",
        (table(("Problem", "Since", "Status", "Note"), rows),),
        [_problem(problem, number) for number, problem in enumerate(problems, 1)],
    )


def _problem_status(problem: Problem) -> str:
    return "Ruled out" if problem.absent else f"Resolved {problem.end}" if problem.end else "Active"


def _problem(problem: Problem, number: int) -> Element:
    done = bool(problem.end or problem.absent)
    observation = tag(
        "observation",
        _OBSERVATION | (_NEGATED if problem.absent else {}),
        *templates(f"{TEMPLATE}.4.4", "2015-08-01"),
        identifier(f"problem-{number}"),
        code(Coding(SNOMED, "55607006", "Problem"), code(Coding(LOINC, "75326-9", "Problem"), name="translation")),
        text(f"problem{number}"),
        tag("statusCode", {"code": "completed"}),
        span(problem.onset, problem.end),
        _coded_value(problem.codes, f"problem{number}"),
        comment(f"problemnote{number}") if problem.note else None,
    )
    return tag(
        "act",
        _ACT,
        *templates(f"{TEMPLATE}.4.3", "2015-08-01"),
        identifier(f"problem-concern-{number}"),
        fixed("code", "CONC", "2.16.840.1.113883.5.6"),
        tag("statusCode", {"code": "completed" if done else "active"}),
        span(problem.onset, problem.end),
        tag("entryRelationship", {"typeCode": "SUBJ"}, observation),
    )


def _coded_value(codes: Sequence[Coding], place: str) -> Element:
    """A SNOMED CT value with its translations; without one, the translations stand alone."""
    main = codes[0] if codes[0].system == SNOMED else None
    others = [code(coding, name="translation") for coding in codes if coding is not main]
    if main:
        return code(main, original(place), *others, name="value", kind="CD")
    return tag("value", {XSI_TYPE: "CD", "nullFlavor": "OTH"}, original(place), *others)


def medications_section(medicines: Sequence[Medicine]) -> Element:
    """Medicines; one that was never taken is negated."""
    rows: list[tuple[Cell, ...]] = [
        (
            (medicine.name, f"medicine{number}"),
            (medicine.instruction, f"sig{number}"),
            medicine.start,
            medicine.end or "",
            _medicine_status(medicine),
            (medicine.note or "", f"medicinenote{number}"),
        )
        for number, medicine in enumerate(medicines, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.1.1", "2014-06-09"),
        Coding(LOINC, "10160-0", "History of medication use"),
        "Medications",
        (table(("Medication", "Instructions", "Start", "End", "Status", "Note"), rows),),
        [_medicine(medicine, number) for number, medicine in enumerate(medicines, 1)],
    )


def _medicine_status(medicine: Medicine) -> str:
    return "NOT taken" if medicine.not_taken else "Stopped" if medicine.end else "Active"


def _act_status(medicine: Medicine) -> str:
    if medicine.stopped_early:
        return "aborted"
    return "completed" if medicine.end else "active"


def _medicine(medicine: Medicine, number: int) -> Element:
    hours = medicine.every_hours
    period = tag("period", {"value": str(hours), "unit": "h"}) if hours else None
    return tag(
        "substanceAdministration",
        {"classCode": "SBADM", "moodCode": "EVN"} | (_NEGATED if medicine.not_taken else {}),
        *templates(f"{TEMPLATE}.4.16", "2014-06-09"),
        identifier(f"medicine-{number}"),
        text(f"sig{number}"),
        tag("statusCode", {"code": _act_status(medicine)}),
        span(medicine.start, medicine.end, kind="IVL_TS"),
        tag("effectiveTime", {XSI_TYPE: "PIVL_TS", "operator": "A"}, period) if hours else None,
        fixed("routeCode", "C38288", "2.16.840.1.113883.3.26.1.1", "Oral"),
        tag("doseQuantity", {"value": medicine.dose, "unit": medicine.dose_unit}),
        product(medicine.code, f"medicine{number}", f"{TEMPLATE}.4.23"),
        doctor_author(medicine.prescriber, medicine.start),
        comment(f"medicinenote{number}") if medicine.note else None,
        None if hours else _as_needed(medicine.why),
    )


def _as_needed(why: str) -> Element:
    criterion = tag(
        "criterion",
        {},
        *templates(f"{TEMPLATE}.4.25", "2014-06-09"),
        fixed("code", "ASSERTION", ACT_CODE),
        tag("text", {}, why),
    )
    return tag("precondition", {"typeCode": "PRCN"}, criterion)


def allergies_section(allergies: Sequence[Allergy]) -> Element:
    """Allergies; "no known food allergy" is a negated observation."""
    rows: list[tuple[Cell, ...]] = [
        (
            (allergy.substance, f"allergy{number}"),
            ((allergy.reaction and allergy.reaction.display) or "", f"reaction{number}"),
            ((allergy.severity and allergy.severity.display) or "", f"severity{number}"),
            "Active",
        )
        for number, allergy in enumerate(allergies, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.6.1", "2015-08-01"),
        Coding(LOINC, "48765-2", "Allergies and adverse reactions"),
        "Allergies",
        (table(("Substance", "Reaction", "Severity", "Status"), rows),),
        [_allergy(allergy, number) for number, allergy in enumerate(allergies, 1)],
    )


def _allergy(allergy: Allergy, number: int) -> Element:
    place = f"allergy{number}"
    substance = (
        code(allergy.code, original(place)) if allergy.code else tag("code", {"nullFlavor": "NA"}, original(place))
    )
    entity = tag("playingEntity", {"classCode": "MMAT"}, substance)
    observation = tag(
        "observation",
        _OBSERVATION | (_NEGATED if allergy.absent else {}),
        *templates(f"{TEMPLATE}.4.7", "2014-06-09"),
        identifier(f"allergy-{number}"),
        fixed("code", "ASSERTION", ACT_CODE),
        text(place),
        tag("statusCode", {"code": "completed"}),
        span(allergy.start),
        code(allergy.type_code, name="value", kind="CD"),
        tag(
            "participant",
            {"typeCode": "CSM"},
            tag("participantRole", {"classCode": "MANU"}, entity),
        ),
        _reaction(allergy, allergy.reaction, number) if allergy.reaction else None,
    )
    return tag(
        "act",
        _ACT,
        *templates(f"{TEMPLATE}.4.30", "2015-08-01"),
        identifier(f"allergy-concern-{number}"),
        fixed("code", "CONC", "2.16.840.1.113883.5.6"),
        tag("statusCode", {"code": "active"}),
        span(allergy.start),
        tag("entryRelationship", {"typeCode": "SUBJ"}, observation),
    )


def _reaction(allergy: Allergy, reaction: Coding, number: int) -> Element:
    observation = tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.9", "2014-06-09"),
        identifier(f"reaction-{number}"),
        fixed("code", "ASSERTION", ACT_CODE),
        text(f"reaction{number}"),
        tag("statusCode", {"code": "completed"}),
        span(allergy.start),
        code(reaction, name="value", kind="CD"),
        _severity(allergy.severity, number) if allergy.severity else None,
    )
    return tag("entryRelationship", {"typeCode": "MFST", "inversionInd": "true"}, observation)


def _severity(severity: Coding, number: int) -> Element:
    observation = tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.8", "2014-06-09"),
        fixed("code", "SEV", ACT_CODE, "Severity"),
        text(f"severity{number}"),
        tag("statusCode", {"code": "completed"}),
        code(severity, name="value", kind="CD"),
    )
    return tag("entryRelationship", {"typeCode": "SUBJ", "inversionInd": "true"}, observation)
