"""Problems and allergies, and the statements that there are none."""

from secondlens.domain import clinical
from secondlens.domain.record import Record
from secondlens.importers import _fhir_resources as resources
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._absence import none_known, nothing_said, unnamed
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_words import (
    all_words,
    code_of,
    codes,
    first_code,
    first_date,
    many,
    measured,
    remarks,
    spread,
    words,
)

UNNAMED = "Name not given"


def condition(found: resources.Condition, place: Place) -> Record:
    """Map a Condition. A date of writing it down is no onset: it becomes a remark."""
    named = codes(found.code)
    title = words(found.code) or UNNAMED
    if nothing_said(named) or unnamed(title, named):
        return unsaid(found, place, title)
    verification = verified(found.verification_status)
    status = clinical_status(found.clinical_status)
    if status is None and _ended(found):
        status = "resolved"
    start = first_date(found.onset_date_time, found.onset_period.start if found.onset_period else None)
    return clinical.Condition(
        title=title,
        codes=named,
        category=first_code(found.category),
        start=start,
        end=first_date(found.abatement_date_time, found.abatement_period.end if found.abatement_period else None),
        status=status,
        negated=verification == "refuted" or none_known(title, named),
        note=remarks(
            found.note,
            found.notes,
            vague("Onset", found.onset_string, found.onset_age or found.onset_quantity, found.onset_range),
            vague(
                "Ended",
                found.abatement_string,
                found.abatement_age or found.abatement_quantity,
                found.abatement_range,
            ),
            None if start else written(found.recorded_date or found.asserted_date or found.date_recorded),
        ),
        participants=place.participants(("recorder", found.recorder), ("asserter", found.asserter)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        verification=verification,
        severity=words(found.severity),
        body_site=all_words(found.body_site),
    )


def allergy(found: resources.AllergyIntolerance, place: Place) -> Record:
    """Map an AllergyIntolerance; "no known allergies" is negated, "no information" is kept as words only."""
    concept = found.code or found.substance
    named = codes(concept)
    reactions = tuple(many(found.reaction))
    title = words(concept) or next((text for part in reactions if (text := words(part.substance))), UNNAMED)
    if nothing_said(named) or unnamed(title, named):
        return unsaid(found, place, title)
    # DSTU2 keeps both statuses in one word.
    verification = verified(found.verification_status) or _verifying(found.status)
    start = first_date(
        found.onset_date_time, found.onset_period.start if found.onset_period else None, found.onset
    )
    return clinical.AllergyIntolerance(
        title=title,
        codes=named,
        category=all_words(found.category),
        start=start,
        status=clinical_status(found.clinical_status) or (None if verification == found.status else found.status),
        negated=verification == "refuted" or none_known(title, named),
        note=remarks(
            found.note,
            vague("Onset", found.onset_string, found.onset_age, found.onset_range),
            None if start else written(found.recorded_date or found.asserted_date),
            *(remarks(part.note, part.description) for part in reactions),
        ),
        participants=place.participants(("recorder", found.recorder), ("asserter", found.asserter)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        verification=verification,
        criticality=_CRITICALITY.get(found.criticality or "", found.criticality),
        reactions=tuple(_reaction(part) for part in reactions if part.manifestation),
    )


_WITHDRAWN = ("entered-in-error", "refuted")
_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")


# DSTU2 has codes of its own.
_CRITICALITY = {"CRITL": "low", "CRITH": "high", "CRITU": "unable-to-assess"}


def verified(concept: fhir.Concept | str | None) -> str | None:
    """Give how sure it is. Where any code or the words take it back, that counts before all others."""
    return next((code for code in _WITHDRAWN if code in _said(concept)), None) or code_of(concept)


def clinical_status(concept: fhir.Concept | str | None) -> str | None:
    """Give the status, FHIR's own word before a system's private one."""
    said = _said(concept)
    return next((code for code in _CLINICAL if code in said), None) or code_of(concept)


def _said(concept: fhir.Concept | str | None) -> set[str]:
    """Give every code of a concept, and its words put as a code."""
    named = codes(concept) if isinstance(concept, fhir.Concept) else ()
    said = (words(concept), *(word for code in named for word in (code.code, code.display)))
    return {"-".join(word.casefold().split()) for word in said if word}


def _ended(found: resources.Condition) -> bool:
    return bool(
        found.abatement_date_time
        or found.abatement_period
        or found.abatement_string
        or found.abatement_age
        or found.abatement_quantity
        or found.abatement_range
        or found.abatement_boolean
    )


def unsaid(found: fhir.Resource, place: Place, title: str) -> Record:
    """Keep "no information about ..." as words: it claims neither that something is so nor that it is not."""
    return clinical.Composition(
        title=title,
        text=remarks(found.note) or title,
        identifiers=place.own_names(found.identifier),
        source=place.source(),
    )


def vague(word: str, text: str | None, age: fhir.Quantity | None, span: fhir.Range | None) -> str | None:
    """Put a time that is no date into words: "Onset: at 35 years"."""
    number = measured(age) or spread(span)
    if text or number is None:
        return f"{word}: {text}" if text else None
    return f"{word}: at {number.text} {_AGES.get(number.unit or '', number.unit or 'years')}"


_AGES = {"a": "years", "mo": "months", "wk": "weeks", "d": "days"}


def written(day: str | None) -> str | None:
    """Put the day of recording into words."""
    return f"Recorded: {day}" if day else None


def _reaction(part: resources.AllergyReaction) -> clinical.Reaction:
    return clinical.Reaction(manifestation=all_words(part.manifestation) or UNNAMED, severity=part.severity)


def _verifying(status: str | None) -> str | None:
    return status if status in ("unconfirmed", "confirmed", "refuted", "entered-in-error") else None
