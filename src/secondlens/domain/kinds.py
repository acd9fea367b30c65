"""Every kind of record, in the order a reader wants them. Adding one: its class, its line here, its word."""

from secondlens.domain import case, clinical, columns, people
from secondlens.domain.record import Record

KINDS: tuple[type[Record], ...] = (
    people.Patient,
    clinical.Condition,
    clinical.AllergyIntolerance,
    clinical.MedicationStatement,
    clinical.MedicationRequest,
    clinical.MedicationDispense,
    clinical.MedicationAdministration,
    clinical.Immunization,
    clinical.Observation,
    clinical.DiagnosticReport,
    clinical.Procedure,
    clinical.Encounter,
    clinical.ServiceRequest,
    clinical.DocumentReference,
    clinical.Composition,
    people.Practitioner,
    people.Organization,
    clinical.OtherResource,
    case.Case,
    case.Reason,
    case.Decision,
    case.Opinion,
    case.Script,
    case.Question,
    case.PacketChoice,
    case.PacketMade,
    case.VisitNote,
    case.Outcome,
    columns.ColumnMapping,
)
