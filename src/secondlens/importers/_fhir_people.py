"""The person and those around them."""

from secondlens.domain import people
from secondlens.domain.record import Record
from secondlens.importers import _fhir_people_resources as resources
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_problems import UNNAMED
from secondlens.importers._fhir_words import (
    all_words,
    concepts,
    first_date,
    full_name,
    many,
    postal,
    reachable,
    remarks,
    words,
)


def patient(found: resources.Patient, place: Place) -> Record:
    """Map a Patient as this source describes them. `end` is the day of death where the source gives one."""
    spoken = sorted(many(found.communication), key=lambda language: not language.preferred)
    return people.Patient(
        title=full_name(many(found.name)) or UNNAMED,
        end=first_date(found.deceased_date_time),
        note=remarks(found.note),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        birth=first_date(found.birth_date),
        sex=found.gender,
        address=postal(found.address),
        telecom=reachable(found.telecom),
        language=next((text for language in spoken if (text := words(language.language))), None),
    )


def practitioner(found: resources.Practitioner, place: Place) -> Record:
    """Map a Practitioner."""
    specialties = [concept for role in many(found.practitioner_role) for concept in concepts(role.specialty)]
    return people.Practitioner(
        title=full_name(many(found.name)) or UNNAMED,
        note=remarks(found.note),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        specialty=all_words(specialties) or all_words([part.code for part in many(found.qualification)]),
        telecom=reachable(found.telecom),
    )


def organization(found: resources.Organization, place: Place) -> Record:
    """Map an Organization."""
    return people.Organization(
        title=found.name or UNNAMED,
        note=remarks(found.note),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        address=postal(found.address),
        telecom=reachable(found.telecom),
    )
