"""What was done, and where: procedures and visits."""

from secondlens.domain import clinical
from secondlens.domain.record import Record
from secondlens.importers import _fhir_resources as resources
from secondlens.importers._absence import none_known, nothing_said
from secondlens.importers._fhir_medicines import reasons
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_problems import UNNAMED, unsaid, vague
from secondlens.importers._fhir_words import (
    all_words,
    codes,
    concepts,
    first_code,
    first_date,
    many,
    remarks,
    words,
)


def procedure(found: resources.Procedure, place: Place) -> Record:
    """Map a Procedure; one that was not done is negated."""
    named = codes(found.code)
    title = words(found.code) or UNNAMED
    if nothing_said(named):
        return unsaid(found, place, title)
    period = found.performed_period or found.occurrence_period
    denied = found.status == "not-done" or bool(found.not_performed or found.not_done)
    said = found.performed_string or found.occurrence_string
    return clinical.Procedure(
        title=title,
        codes=named,
        category=first_code(found.category),
        start=first_date(found.performed_date_time, found.occurrence_date_time, period.start if period else None),
        end=first_date(period.end) if period else None,
        status=found.status,
        negated=denied or none_known(title, named),
        note=remarks(
            found.note, remarks(found.notes), vague("Done", said, found.performed_age, found.performed_range)
        ),
        participants=place.participants(("performer", found.performer)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        body_site=all_words(found.body_site),
        reason=(all_words(found.reason_not_performed or found.not_done_reason) if denied else None)
        or reasons(
            place, found.reason_code or found.reason or found.reason_codeable_concept, found.reason_reference
        )
        or all_words(found.status_reason),
        outcome=words(found.outcome),
    )


def encounter(found: resources.Encounter, place: Place) -> Record:
    """Map an Encounter. Its name is the type of visit, else the class (AMB, IMP...) as written."""
    period = found.period or found.actual_period
    first_type = next(iter(concepts(found.type)), None)
    places = (place.called(where.location) for where in many(found.location))
    return clinical.Encounter(
        title=all_words(found.type) or all_words(found.class_) or UNNAMED,
        codes=() if first_type is None or isinstance(first_type, str) else codes(first_type),
        category=first_code(found.class_),
        start=first_date(period.start) if period else None,
        end=first_date(period.end) if period else None,
        status=found.status,
        note=remarks(found.note),
        participants=place.participants(("participant", found.participant)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        place=next((name for name in places if name), None) or place.called(found.service_provider),
        reason=reasons(place, found.reason_code or found.reason, found.reason_reference or found.indication),
    )
