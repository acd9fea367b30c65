"""FHIR's clinical resources as typed views of JSON, for the types that become records of their own.

Only the fields we read, all optional; see _fhir_types for why numbers stay raw.
"""

from typing import Any

from msgspec import Raw

from secondlens.importers._fhir_types import (
    CLASS,
    NOTHING,
    Actors,
    Attachment,
    Concept,
    Concepts,
    Datatype,
    Dosage,
    Notes,
    ObservationComponent,
    Period,
    Quantity,
    Range,
    Reference,
    ReferenceRange,
    References,
    Resource,
    Timing,
    ValueHolder,
)


class Condition(Resource):
    """A problem or diagnosis."""

    clinical_status: Concept | str | None = None
    verification_status: Concept | str | None = None
    category: Concepts = None
    severity: Concept | None = None
    code: Concept | None = None
    body_site: Concepts = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    onset_age: Quantity | None = None
    onset_range: Range | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    abatement_age: Quantity | None = None
    abatement_range: Range | None = None
    abatement_boolean: bool | None = None
    onset_quantity: Quantity | None = None
    abatement_quantity: Quantity | None = None
    recorded_date: str | None = None
    asserted_date: str | None = None
    date_recorded: str | None = None
    recorder: Actors = None
    asserter: Actors = None
    notes: str | None = None


class AllergyReaction(Datatype):
    """One reaction. DSTU2 calls severity the same."""

    substance: Concept | None = None
    manifestation: list[Concept | None] | None = None
    description: str | None = None
    severity: str | None = None
    note: Notes = None


class AllergyIntolerance(Resource):
    """An allergy, an intolerance, or the statement that there is none."""

    clinical_status: Concept | str | None = None
    verification_status: Concept | str | None = None
    status: str | None = None
    category: Concepts = None
    criticality: str | None = None
    code: Concept | None = None
    substance: Concept | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    onset_age: Quantity | None = None
    onset_range: Range | None = None
    onset: str | None = None
    recorded_date: str | None = None
    asserted_date: str | None = None
    recorder: Actors = None
    asserter: Actors = None
    reaction: list[AllergyReaction | None] | None = None


class Adherence(Datatype):
    """Whether a medicine is really taken (R5)."""

    code: Concept | None = None


class Medicine(Resource):
    """Statement, request, dispense and administration of a medicine, of every version."""

    status: str | None = None
    category: Concepts = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    medication: Concept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    occurence_date_time: str | None = None
    occurence_period: Period | None = None
    effective_time_date_time: str | None = None
    effective_time_period: Period | None = None
    authored_on: str | None = None
    date_written: str | None = None
    date_ended: str | None = None
    when_handed_over: str | None = None
    when_prepared: str | None = None
    dosage: list[Dosage | None] | Dosage | None = None
    dosage_instruction: list[Dosage | None] | None = None
    reason_code: Concepts = None
    reason_reference: References = None
    reason_codeable_concept: Concept | None = None
    reason_for_use_codeable_concept: Concept | None = None
    reason: Concepts = None
    status_reason: Concepts = None
    status_reason_codeable_concept: Concept | None = None
    do_not_perform: bool | None = None
    not_given: bool | None = None
    was_not_given: bool | None = None
    was_not_taken: bool | None = None
    reason_not_taken: Concepts = None
    reason_not_given: Concepts = None
    reason_ended: Concept | None = None
    taken: str | None = None
    adherence: Adherence | None = None
    intent: str | None = None
    requester: Actors = None
    prescriber: Reference | None = None
    performer: Actors = None
    information_source: References = None


class Explanation(Datatype):
    """Why a vaccine was given or not (DSTU2, STU3)."""

    reason: Concepts = None
    reason_not_given: Concepts = None


class Immunization(Resource):
    """A vaccination, given or not."""

    status: str | None = None
    vaccine_code: Concept | None = None
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    date: str | None = None
    dose_quantity: Quantity | None = None
    route: Concept | None = None
    lot_number: str | None = None
    manufacturer: Concept | None = None
    status_reason: Concepts = None
    explanation: Explanation | None = None
    was_not_given: bool | None = None
    not_given: bool | None = None
    performer: Actors = None
    practitioner: Actors = None


class Related(Datatype):
    """A link to another observation, and what it is to this one (DSTU2, STU3)."""

    type: str | None = None
    target: Reference | None = None


class Observation(ValueHolder):
    """A result or finding. Raw fields say the same in thousands of entries and are read once: see REPEATED."""

    status: str | None = None
    category: Raw = NOTHING
    code: Raw = NOTHING
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    effective_timing: Timing | None = None
    interpretation: Raw = NOTHING
    reference_range: Raw = NOTHING
    method: Concept | None = None
    body_site: Concept | None = None
    component: list[ObservationComponent | None] | None = None
    performer: Actors = None
    comment: str | None = None
    comments: str | None = None
    related: list[Related | None] | None = None


# What the Raw fields of an Observation hold.
REPEATED: dict[str, Any] = {
    "category": Concepts,
    "code": Concept | None,
    "interpretation": Concepts,
    "reference_range": list[ReferenceRange | None] | None,
}


class DiagnosticReport(Resource):
    """A report over several results."""

    status: str | None = None
    category: Concepts = None
    code: Concept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    conclusion: str | None = None
    conclusion_code: Concepts = None
    coded_diagnosis: Concepts = None
    presented_form: list[Attachment | None] | None = None
    performer: Actors = None
    results_interpreter: Actors = None


class Procedure(Resource):
    """Something done."""

    status: str | None = None
    category: Concepts = None
    code: Concept | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_string: str | None = None
    performed_age: Quantity | None = None
    performed_range: Range | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    occurrence_string: str | None = None
    body_site: Concepts = None
    reason_code: Concepts = None
    reason_reference: References = None
    reason: Concepts = None
    status_reason: Concepts = None
    outcome: Concept | None = None
    not_performed: bool | None = None
    not_done: bool | None = None
    reason_codeable_concept: Concept | None = None
    reason_not_performed: Concepts = None
    not_done_reason: Concepts = None
    notes: Notes = None
    performer: Actors = None


class EncounterPlace(Datatype):
    """Where a visit was."""

    location: Reference | None = None


class Encounter(Resource):
    """A visit or a stay."""

    status: str | None = None
    class_: Concepts = CLASS
    type: Concepts = None
    period: Period | None = None
    actual_period: Period | None = None
    location: list[EncounterPlace | None] | None = None
    service_provider: Reference | None = None
    reason_code: Concepts = None
    reason_reference: References = None
    reason: Concepts = None
    indication: References = None
    participant: Actors = None


class ServiceRequest(Resource):
    """Something ordered; a ProcedureRequest in DSTU2 and STU3."""

    status: str | None = None
    category: Concepts = None
    code: Concept | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    occurrence_timing: Timing | None = None
    authored_on: str | None = None
    do_not_perform: bool | None = None
    reason_code: Concepts = None
    reason_reference: References = None
    reason: Concepts = None
    requester: Actors = None
    performer: Actors = None
    scheduled_date_time: str | None = None
    scheduled_period: Period | None = None
    scheduled_timing: Timing | None = None
    ordered_on: str | None = None
    orderer: Actors = None
    reason_codeable_concept: Concept | None = None
    body_site: Concepts = None
    notes: Notes = None


class Referral(Resource):
    """A ReferralRequest (DSTU2, STU3)."""

    status: str | None = None
    type: Concept | None = None
    specialty: Concept | None = None
    service_requested: Concepts = None
    description: str | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    fulfillment_time: Period | None = None
    authored_on: str | None = None
    date: str | None = None
    date_sent: str | None = None
    requester: Actors = None
    recipient: Actors = None
    reason_code: Concepts = None
    reason: Concepts = None
    reason_reference: References = None


class OrderedTest(Datatype):
    """One test of a DiagnosticOrder."""

    code: Concept | None = None
    body_site: Concept | None = None
    status: str | None = None


class OrderEvent(Datatype):
    """When a DiagnosticOrder was requested, accepted, ..."""

    status: str | None = None
    date_time: str | None = None


class DiagnosticOrder(Resource):
    """Tests ordered together (DSTU2)."""

    status: str | None = None
    orderer: Actors = None
    reason: Concepts = None
    event: list[OrderEvent | None] | None = None
    item: list[OrderedTest | None] | None = None
