"""Medicines and vaccines: taken, ordered, handed out, given - and not."""

from collections.abc import Iterator

from secondlens.domain import clinical
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When
from secondlens.importers import _fhir_resources as resources
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._absence import none_known, nothing_said
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_problems import UNNAMED, unsaid
from secondlens.importers._fhir_timing import how_often
from secondlens.importers._fhir_words import (
    all_words,
    codes,
    concepts,
    first_code,
    first_date,
    many,
    measured,
    ratio,
    remarks,
    spread,
    words,
)

# The kind of record for each type; MedicationOrder is DSTU2's name of the request.
_KINDS: dict[str, type[clinical.MedicationStatement]] = {
    "MedicationStatement": clinical.MedicationStatement,
    "MedicationUsage": clinical.MedicationStatement,
    "MedicationRequest": clinical.MedicationRequest,
    "MedicationOrder": clinical.MedicationRequest,
    "MedicationDispense": clinical.MedicationDispense,
    "MedicationAdministration": clinical.MedicationAdministration,
}
_NOT_ORDERED = {"proposal", "plan", "option"}
_NOT_SO = {"not-taken", "not-done", "declined"}


def medicine(found: resources.Medicine, place: Place) -> Record:
    """Map a statement, request, dispense or administration of a medicine."""
    concept = found.medication_codeable_concept or found.medication
    title, named = words(concept), codes(concept)
    if not named and (reference := _leads_to(found)):
        resolved, named = place.medicine(reference)
        title = title or resolved
    title = title or UNNAMED
    if nothing_said(named):
        return unsaid(found, place, title)
    dosages = tuple(many(found.dosage)) or tuple(many(found.dosage_instruction))
    start, end = _span(found)
    return _KINDS[place.part.type](
        title=title,
        codes=named,
        category=first_code(found.category),
        start=start,
        end=end,
        status=_status(found),
        negated=_denied(found) or none_known(title, named),
        note=remarks(found.note, *_also(dosages), *_limits(dosages)),
        participants=place.participants(
            ("requester", found.requester),
            ("requester", fhir.Actor(reference=found.prescriber) if found.prescriber else None),
            ("performer", found.performer),
        ),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        dose=next((dose for dosage in dosages for dose in _doses(dosage)), None),
        route=all_words([dosage.route for dosage in dosages]),
        timing="; ".join(dict.fromkeys(text for dosage in dosages if (text := how_often(dosage)))) or None,
        sig="; ".join(text for dosage in dosages if (text := dosage.text or dosage.patient_instruction)) or None,
        reason=_reason(found, place),
    )


def _leads_to(found: resources.Medicine) -> fhir.Reference | None:
    if found.medication_reference is not None:
        return found.medication_reference
    inner = found.medication.reference if found.medication else None
    return fhir.Reference(reference=inner) if isinstance(inner, str) else inner


def _span(found: resources.Medicine) -> tuple[When | None, When | None]:
    """Give when it was taken, ordered, handed over or given; never the day it was written down."""
    periods = (found.effective_period, found.effective_time_period, found.occurence_period)
    period = next((period for period in periods if period), None)
    days = (found.effective_date_time, found.effective_time_date_time, found.occurence_date_time)
    written = (found.authored_on, found.date_written, found.when_handed_over)
    start = first_date(*days, period.start if period else None, *written)
    return start, first_date(period.end if period else None, found.date_ended)


def _denied(found: resources.Medicine) -> bool:
    flags = (found.do_not_perform, found.not_given, found.was_not_given, found.was_not_taken)
    adhered = codes(found.adherence.code) if found.adherence else ()
    stopped = any(code.code == "not-taking" for code in adhered)
    return any(flags) or found.status in _NOT_SO or found.taken == "n" or stopped


def _status(found: resources.Medicine) -> str | None:
    """Give the status; what is only proposed or planned is a draft, however active the proposal is."""
    return "draft" if found.intent in _NOT_ORDERED and found.status in (None, "active") else found.status


def _reason(found: resources.Medicine, place: Place) -> str | None:
    return (
        all_words(found.reason_not_taken or found.reason_not_given)
        or all_words(found.reason_code)
        or words(found.reason_codeable_concept)
        or words(found.reason_for_use_codeable_concept)
        or reasons(place, found.reason, found.reason_reference)
        or all_words(found.status_reason)
        or words(found.status_reason_codeable_concept)
        or words(found.reason_ended)
    )


def reasons(place: Place, named: fhir.Concepts, references: fhir.References) -> str | None:
    """Name the reasons, following references to conditions in the same file."""
    linked = [*many(references), *(_linked(concept) for concept in concepts(named))]
    return all_words(named) or ", ".join(name for link in linked if (name := place.called(link))) or None


def _linked(concept: fhir.Concept | str) -> fhir.Reference | None:
    """Take the reference of an R5 CodeableReference, or a concept that is itself a reference."""
    inner = concept.reference if isinstance(concept, fhir.Concept) else None
    return fhir.Reference(reference=inner) if isinstance(inner, str) else inner


def _doses(dosage: fhir.Dosage) -> list[Quantity]:
    """Give every amount of one dosage: it may have one for the weight and one for the tablets."""
    listed = many(dosage.dose_and_rate)
    found = [measured(part.dose_quantity) or spread(part.dose_range) for part in listed]
    older = measured(dosage.dose_quantity or dosage.dose or dosage.quantity_quantity or dosage.quantity)
    return [dose for dose in (*found, older or spread(dosage.dose_range or dosage.quantity_range)) if dose]


def _also(dosages: tuple[fhir.Dosage, ...]) -> Iterator[str]:
    """Put every dose after the first into words: a record has room for one."""
    doses = [(dose, how_often(dosage)) for dosage in dosages for dose in _doses(dosage)]
    for dose, timing in doses[1:]:
        yield f"Also: {dose.plain()} {timing or ''}".strip()


def _limits(dosages: tuple[fhir.Dosage, ...]) -> Iterator[str]:
    """Put how fast, at most how much, and what else to heed into words."""
    for dosage in dosages:
        parts: tuple[fhir.DoseAndRate | fhir.Dosage, ...] = (*many(dosage.dose_and_rate), dosage)
        for part in parts:
            if rate := measured(part.rate_quantity) or spread(part.rate_range) or ratio(part.rate_ratio):
                yield f"Rate: {rate.plain()}"
        for most in many(dosage.max_dose_per_period):
            if amount := ratio(most):
                yield f"At most: {amount.plain()}"
        yield all_words(dosage.additional_instruction or dosage.additional_instructions) or ""


def immunization(found: resources.Immunization, place: Place) -> Record:
    """Map an Immunization; one that was not given is negated, with the reason where known."""
    named = codes(found.vaccine_code)
    title = words(found.vaccine_code) or UNNAMED
    if nothing_said(named):
        return unsaid(found, place, title)
    denied = found.status == "not-done" or bool(found.was_not_given or found.not_given)
    told = found.explanation or resources.Explanation()
    return clinical.Immunization(
        title=title,
        codes=named,
        start=first_date(found.occurrence_date_time, found.date),
        status=found.status,
        negated=denied or none_known(title, named),
        note=remarks(found.note, found.occurrence_string and f"Given: {found.occurrence_string}"),
        participants=place.participants(("performer", found.performer), ("performer", found.practitioner)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        dose=measured(found.dose_quantity),
        route=words(found.route),
        lot=found.lot_number,
        manufacturer=words(found.manufacturer) or place.called(_linked(found.manufacturer or "")),
        reason=all_words(found.status_reason) or all_words(told.reason_not_given or told.reason),
    )
