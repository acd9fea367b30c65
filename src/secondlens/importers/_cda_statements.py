"""Which reader a statement gets: by what it claims to be, else by the section it stands in."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from secondlens.domain.clinical import AllergyIntolerance, Condition
from secondlens.domain.record import Record, Unread
from secondlens.importers import _cda_activities as activities
from secondlens.importers import _cda_medicines as medicines
from secondlens.importers import _cda_problems as problems
from secondlens.importers import _cda_results as results
from secondlens.importers._cda_common import CCD, CCDA, is_qualifier
from secondlens.importers._cda_place import Statement, every, first, inner_statements

_Reader = Callable[[Statement], Iterator[Record]]

_ALLERGY = (CCDA + "7", CCDA + "90", CCD + "18")
_PROBLEM = (CCDA + "4", CCD + "28")
_FAMILY = (CCDA + "46", CCD + "22")
_IMMUNIZATION = (CCDA + "52", CCDA + "120")
_PROCEDURE = (CCDA + "12", CCDA + "13", CCDA + "14", CCD + "29")
_GOAL = (CCDA + "121",)
_NOTE = (CCDA + "202",)
# Acts that only hold other statements together, when they do hold some.
_WRAPPERS = (
    *(CCDA + "3", CCDA + "30", CCD + "27", CCDA + "80", CCDA + "34", CCDA + "33", CCDA + "35", CCDA + "36"),
    *(CCDA + "65", CCDA + "51", CCDA + "132", CCDA + "136", CCDA + "42.1"),
)
_KEPT_TEMPLATES = (
    ((CCDA + "60", CCDA + "61", CCD + "20", CCD + "26"), "Coverage"),
    ((CCDA + "500", CCDA + "500.1"), "CareTeam"),
    ((CCDA + "48", CCDA + "108", CCD + "17"), "Consent"),
    ((CCDA + "135", CCDA + "50", CCDA + "37", CCDA + "115"), "Device"),
    ((CCDA + "131", CCDA + "146", CCDA + "132", CCDA + "136"), "CarePlan"),
)
_KEPT_TOPICS = {
    "goals": "Goal",
    "payers": "Coverage",
    "directives": "Consent",
    "devices": "Device",
    "care-team": "CareTeam",
    "concerns": "CarePlan",
    "plan": "CarePlan",
    "family": "FamilyMemberHistory",
}


def read_statement(statement: Statement) -> Iterator[Record | Unread]:
    """Read a statement and everything linked below it; a reader that fails costs its own statement only."""
    inner = [child for child in inner_statements(statement) if not is_qualifier(child)]
    if not (inner and _only_holds_others(statement)):
        yield from _read_own(statement)
    for child in inner:
        yield from read_statement(child)


def _read_own(statement: Statement) -> Iterator[Record | Unread]:
    try:
        reader = activities.unsaid if statement.unsaid else _reader_of(statement)
        records = tuple(reader(statement))
        yield from map(_taken_back, records) if statement.in_error else records
    except Exception:  # noqa: BLE001 - one entry that no code foresaw must never cost the others
        yield Unread(statement.where, "This entry is written in a way we cannot read. It is in the original.")


def _taken_back(record: Record) -> Record:
    """Mark a record as entered in error, whatever else the source says of it."""
    if isinstance(record, Condition | AllergyIntolerance):
        record = replace(record, verification="entered-in-error")
    return replace(record, status="entered-in-error")


def _only_holds_others(statement: Statement) -> bool:
    if statement.element.tag == "act":
        code = first(statement.element, "code")
        return statement.has_template(*_WRAPPERS) or code is None or code.get("code") in (None, "CONC")
    return statement.element.tag == "organizer" and (
        statement.section.topic == "family" or statement.has_template(CCDA + "45", CCD + "23", CCDA + "135")
    )


def _reader_of(statement: Statement) -> _Reader:
    tag = statement.element.tag
    if tag == "substanceAdministration":
        return _intake_reader(statement)
    if tag == "supply":
        return _supply_reader(statement)
    if tag == "encounter":
        return (
            activities.request if statement.planned and not _in(statement, "encounters") else activities.encounter
        )
    if tag == "organizer":
        return _organizer_reader(statement)
    if tag == "observation":
        return _observation_reader(statement)
    return _act_reader(statement)


def _in(statement: Statement, *topics: str) -> bool:
    return statement.section.topic in topics


def _intake_reader(statement: Statement) -> _Reader:
    vaccine = statement.has_template(*_IMMUNIZATION) or _in(statement, "immunizations")
    if vaccine:
        return medicines.immunization
    prescribed = statement.element.get("moodCode") == "INT" and _in(statement, "medications", "")
    if statement.planned and (statement.has_template(CCDA + "42") or not prescribed):
        return medicines.planned_medication
    return medicines.medication


def _supply_reader(statement: Statement) -> _Reader:
    if statement.has_template(CCDA + "17", CCDA + "18") or _in(statement, "medications"):
        return medicines.supply
    return activities.request if statement.planned else _kept_as("Device")


def _organizer_reader(statement: Statement) -> _Reader:
    resource = _kept_type(statement)
    if resource:
        return _kept_as(resource)
    return activities.request if statement.planned else results.panel


def _observation_reader(statement: Statement) -> _Reader:
    by_template = (
        (_ALLERGY, problems.allergy),
        (_FAMILY, activities.family_finding),
        (_PROBLEM, problems.condition),
    )
    for templates, reader in by_template:
        if statement.has_template(*templates):
            return reader
    if statement.element.get("moodCode") == "GOL" or statement.has_template(*_GOAL):
        return _kept_as("Goal")
    if statement.has_template(CCDA + "13") or (_in(statement, "procedures") and statement.parent is None):
        return activities.procedure
    if statement.planned:
        return activities.request
    return _finding_reader(statement)


def _finding_reader(statement: Statement) -> _Reader:
    """Choose by the section alone: vendors leave templates out."""
    substances = every(statement.element, "participant", "participantRole", "playingEntity")
    if _in(statement, "allergies") and (substances or _is_main(statement)):
        return problems.allergy
    if _in(statement, "problems", "diagnoses") and _is_main(statement):
        return problems.condition
    if _in(statement, "family"):
        return activities.family_finding
    resource = _kept_type(statement) if _in(statement, "payers", "directives", "care-team") else None
    return _kept_as(resource) if resource else results.observation


def _is_main(statement: Statement) -> bool:
    return statement.parent is None or statement.parent.element.tag == "act"


def _act_reader(statement: Statement) -> _Reader:
    if statement.has_template(*_NOTE):
        return activities.note
    if statement.element.tag == "procedure":
        ordered = statement.planned and not _in(statement, "procedures")
        return activities.request if ordered else activities.procedure
    if statement.has_template(*_PROCEDURE) or (_in(statement, "procedures") and statement.parent is None):
        return activities.procedure
    resource = _kept_type(statement)
    if statement.planned and resource not in ("Coverage", "CareTeam"):
        return activities.request
    if _in(statement, "notes"):
        return activities.note
    return _kept_as(resource or _by_tag(statement))


def _by_tag(statement: Statement) -> str:
    return {"observationMedia": "Media", "regionOfInterest": "ImagingStudy"}.get(statement.element.tag, "Basic")


def _kept_type(statement: Statement) -> str | None:
    for templates, resource_type in _KEPT_TEMPLATES:
        if statement.has_template(*templates):
            return resource_type
    return _KEPT_TOPICS.get(statement.section.topic)


def _kept_as(resource_type: str) -> _Reader:
    return lambda statement: activities.kept(statement, resource_type)
