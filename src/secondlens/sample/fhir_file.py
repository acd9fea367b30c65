"""A FHIR R4 bundle as the heart clinic's portal gives it, with the laboratory's results of the last two years."""

from base64 import b64encode
from collections.abc import Iterator

import msgspec

from secondlens.domain.coding import ICD_10_CM, LOINC, Coding
from secondlens.sample._fhir_elements import (
    Resource,
    concept,
    instant,
    quantity,
    reference,
    resource,
    term,
)
from secondlens.sample._fhir_measurements import laboratory_resources, standing_resources, vital_resources
from secondlens.sample._fhir_people import organization, patient, practitioner
from secondlens.sample.story.chart import (
    DYSAUTONOMIA,
    ECHOCARDIOGRAM,
    NERVE_TEST,
    SULFONAMIDE,
    VACCINATIONS,
    Procedure,
)
from secondlens.sample.story.medicines import HYDROXYCHLOROQUINE_NOW, MIDODRINE, Medicine
from secondlens.sample.story.people import (
    CLINICS,
    DISCLAIMER,
    DOCTORS,
    DR_MODEL,
    HEART,
    LABORATORY,
    MARK,
    NORA,
)
from secondlens.sample.story.visits import SUMMARY_DAY, Visit, visits_of

# HL7's own mark for records that are nobody's.
_TEST_DATA = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
_NORA = reference("Patient", "nora", NORA.name)
_DR_MODEL = reference("Practitioner", DR_MODEL.key, DR_MODEL.name)


def heart_clinic_bundle() -> bytes:
    """The bundle, as indented JSON."""
    bundle = {
        "resourceType": "Bundle",
        "id": "made-up-sample-heart-clinic",
        "meta": {"security": [_TEST_DATA], "tag": [{"display": f"{MARK}. {DISCLAIMER}"}]},
        "type": "collection",
        "timestamp": f"{SUMMARY_DAY}T12:00:00-06:00",
        "entry": [
            {"fullUrl": f"urn:made-up-sample:{each['resourceType']}/{each['id']}", "resource": each}
            for each in _resources()
        ],
    }
    # Numbers, not text: FHIR wants 63.0 as it was measured.
    encoded = msgspec.json.Encoder(decimal_format="number").encode(bundle)
    return msgspec.json.format(encoded, indent=1) + b"\n"


def _resources() -> Iterator[Resource]:
    yield patient()
    yield from (organization(clinic) for clinic in CLINICS if clinic in {HEART, LABORATORY})
    yield from (practitioner(doctor) for doctor in DOCTORS)
    yield from (_encounter(visit) for visit in visits_of(DR_MODEL))
    yield _suspected()
    yield _allergy()
    yield _taken(HYDROXYCHLOROQUINE_NOW, "active")
    yield _taken(MIDODRINE, "not-taken")
    yield _prescription(MIDODRINE)
    yield _missed_vaccination()
    yield _procedure(ECHOCARDIOGRAM, "echocardiogram", "completed")
    yield _procedure(NERVE_TEST, "nerve-test", "not-done")
    yield _order()
    yield _cancelled_day()
    yield _echo_report()
    yield from (_note(visit) for visit in visits_of(DR_MODEL))
    yield from laboratory_resources()
    yield from vital_resources()
    yield from standing_resources()


def _encounter(visit: Visit) -> Resource:
    return resource(
        "Encounter",
        f"visit-{visit.start[:10]}",
        status="finished",
        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
        type=[concept("Visit to the heart clinic")],
        subject=_NORA,
        participant=[{"individual": _DR_MODEL}],
        period={"start": instant(visit.start)},
        length={"value": visit.minutes, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min"},
        reasonCode=[concept(visit.reason)],
        serviceProvider=reference("Organization", HEART.key, HEART.name),
    )


def _suspected() -> Resource:
    return resource(
        "Condition",
        "suspected-dysautonomia",
        clinicalStatus=term("condition-clinical", "active"),
        verificationStatus=term("condition-ver-status", "provisional"),
        category=[term("condition-category", "problem-list-item")],
        code=concept(DYSAUTONOMIA.name, *DYSAUTONOMIA.codes),
        subject=_NORA,
        onsetDateTime=DYSAUTONOMIA.onset,
        recorder=_DR_MODEL,
        note=[{"text": DYSAUTONOMIA.note}],
    )


def _allergy() -> Resource:
    codes = (SULFONAMIDE.code,) if SULFONAMIDE.code else ()
    reactions = (SULFONAMIDE.reaction,) if SULFONAMIDE.reaction else ()
    return resource(
        "AllergyIntolerance",
        "sulfonamide",
        clinicalStatus=term("allergyintolerance-clinical", "active"),
        verificationStatus=term("allergyintolerance-verification", "confirmed"),
        type="allergy",
        category=[SULFONAMIDE.category],
        code=concept(SULFONAMIDE.substance, *codes),
        patient=_NORA,
        onsetDateTime=SULFONAMIDE.start,
        reaction=[{"manifestation": [concept("Rash", *reactions)], "severity": "moderate"}],
    )


def _taken(medicine: Medicine, status: str) -> Resource:
    return resource(
        "MedicationStatement",
        f"taken-{medicine.code.code}",
        status=status,
        medicationCodeableConcept=concept(medicine.name, medicine.code),
        subject=_NORA,
        effectivePeriod={"start": medicine.start},
        reasonCode=[concept(medicine.why)],
        note=[{"text": medicine.note}] if medicine.note else None,
        dosage=[_dosage(medicine)],
    )


def _dosage(medicine: Medicine) -> Resource:
    return {
        "text": medicine.instruction,
        "route": concept("by mouth"),
        "doseAndRate": [{"doseQuantity": quantity(medicine.dose, medicine.dose_unit)}],
    }


def _prescription(medicine: Medicine) -> Resource:
    return resource(
        "MedicationRequest",
        f"prescribed-{medicine.code.code}",
        status="stopped",
        intent="order",
        medicationCodeableConcept=concept(medicine.name, medicine.code),
        subject=_NORA,
        authoredOn=medicine.start,
        requester=_DR_MODEL,
        reasonCode=[concept(medicine.why)],
        dosageInstruction=[_dosage(medicine)],
    )


def _missed_vaccination() -> Resource:
    missed = next(vaccination for vaccination in VACCINATIONS if vaccination.not_given_because)
    return resource(
        "Immunization",
        "vaccination-not-given",
        status="not-done",
        statusReason=concept(missed.not_given_because or ""),
        vaccineCode=concept(missed.name, missed.code),
        patient=_NORA,
        occurrenceDateTime=missed.day,
        primarySource=False,
    )


def _procedure(procedure: Procedure, name: str, status: str) -> Resource:
    codes = (procedure.code,) if procedure.code else ()
    return resource(
        "Procedure",
        name,
        status=status,
        statusReason=concept(procedure.not_done_because) if procedure.not_done_because else None,
        code=concept(procedure.name, *codes),
        subject=_NORA,
        performedDateTime=procedure.day,
        performer=[{"actor": _DR_MODEL}],
        outcome=concept(procedure.outcome) if procedure.outcome else None,
    )


def _order() -> Resource:
    return resource(
        "ServiceRequest",
        "order-nerve-test",
        status="active",
        intent="order",
        code=concept(NERVE_TEST.name),
        subject=_NORA,
        authoredOn="2025-11-20",
        requester=_DR_MODEL,
        reasonCode=[concept(DYSAUTONOMIA.name, Coding(ICD_10_CM, "G90.9"))],
        note=[{"text": "Not done yet."}],
    )


def _cancelled_day() -> Resource:
    return resource(
        "Appointment",
        "appointment-nerve-test",
        status="cancelled",
        cancelationReason=concept(NERVE_TEST.not_done_because or ""),
        description=NERVE_TEST.name,
        start=f"{NERVE_TEST.day}T10:00:00-06:00",
        end=f"{NERVE_TEST.day}T11:30:00-06:00",
        participant=[{"actor": _NORA, "status": "accepted"}],
    )


def _echo_report() -> Resource:
    return resource(
        "DiagnosticReport",
        "report-echocardiogram",
        status="final",
        category=[concept("Cardiac ultrasound")],
        code=concept(ECHOCARDIOGRAM.name),
        subject=_NORA,
        effectiveDateTime=ECHOCARDIOGRAM.day,
        performer=[_DR_MODEL],
        conclusion=ECHOCARDIOGRAM.outcome,
    )


def _note(visit: Visit) -> Resource:
    words = f"{MARK}. {visit.reason}.\n{visit.words}\n{visit.doctor.name}, {visit.doctor.specialty}"
    attachment = {
        "contentType": "text/plain",
        "data": b64encode(words.encode()).decode(),
        "title": f"Note of {visit.start[:10]}",
    }
    return resource(
        "DocumentReference",
        f"note-{visit.start[:10]}",
        status="current",
        type=concept("Progress note", Coding(LOINC, "11506-3", "Progress note")),
        subject=_NORA,
        date=instant(visit.start),
        author=[_DR_MODEL],
        description=f"Note of {visit.start[:10]}",
        content=[{"attachment": attachment}],
    )
