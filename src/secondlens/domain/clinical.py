"""What clinicians recorded, by FHIR R4 names (hl7.org/fhir/R4). Every field is as the source wrote it."""

from dataclasses import dataclass

from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Record):
    """A health problem. `start` is onset, `end` abatement, `status` the clinical status (active, resolved...).

    `verification` is FHIR's verificationStatus: "refuted" is also `negated`; "entered-in-error" is kept.
    """

    verification: str | None = None
    severity: str | None = None
    body_site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What happened on contact, and how bad it was."""

    manifestation: str
    severity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyIntolerance(Record):
    """An allergy or intolerance to `title`; negated for "no known allergies". `category`: medication, food..."""

    verification: str | None = None
    criticality: str | None = None
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationStatement(Record):
    """A medicine the person takes, took or was told to take; negated when the source says it is not taken.

    `dose` keeps its exact text; `timing` is how often, in the source's words or put plainly from its codes.
    `sig` is the whole instruction as printed.
    """

    dose: Quantity | None = None
    route: str | None = None
    timing: str | None = None
    sig: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequest(MedicationStatement):
    """A prescription. `status`: active, on-hold, cancelled, completed, entered-in-error, stopped, draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationDispense(MedicationStatement):
    """A medicine handed out by a pharmacy. `start` is when it was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationAdministration(MedicationStatement):
    """A medicine given on the spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Immunization(Record):
    """A vaccination. Negated (status "not-done") when it was NOT given; `reason` says why where known."""

    dose: Quantity | None = None
    route: str | None = None
    lot: str | None = None
    manufacturer: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a panel that is one observation, such as the systolic pressure of a blood pressure."""

    title: str
    codes: tuple[Coding, ...] = ()
    value: Quantity | None = None
    interpretation: str | None = None
    reference_range: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Record):
    """A result, a reading or a finding. `category`: laboratory, vital-signs, social-history, ... (FHIR codes).

    `value` None means none was given. `value_when` is for values that are dates. `interpretation` and
    `reference_range` are the laboratory's own words.
    """

    value: Quantity | None = None
    value_when: When | None = None
    interpretation: str | None = None
    reference_range: str | None = None
    method: str | None = None
    body_site: str | None = None
    components: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Record):
    """Something done, or (status "preparation") planned; "not-done" is also `negated`."""

    body_site: str | None = None
    reason: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter(Record):
    """A visit or a stay. `place` is where; `reason` is why, as recorded."""

    place: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticReport(Record):
    """A report over several results. `text` is its conclusion or narrative."""

    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReference(Record):
    """A whole document: a portal summary, a letter, a scan. `text` is its readable text where there is some."""

    media_type: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition(Record):
    """The words of one section of a document, kept as text. `title` is the section's heading."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest(Record):
    """Something ordered or planned: a test, a referral, a procedure that has not happened."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherResource(Record):
    """A FHIR resource or C-CDA statement of a type we keep but do not interpret. `text` is what it says."""

    resource_type: str
    text: str | None = None

    @property
    def kind(self) -> str:
        """The FHIR R4 name of the type, as the source gave it."""
        return self.resource_type
