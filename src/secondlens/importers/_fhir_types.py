"""FHIR datatypes as typed views of JSON: only the fields we read, all of them optional.

Numbers stay raw bytes, so that 5.40 never becomes 5.4. Where versions of FHIR differ (DSTU2, STU3, R4, R5)
a field takes each shape. https://hl7.org/fhir/R4/datatypes.html
"""

from collections.abc import Sequence

from msgspec import Raw, Struct, field

NOTHING = Raw(b"")


class Datatype(Struct, rename="camel", gc=False):
    """A part of a resource. JSON has no cycles, so the garbage collector need not look at these."""


class Coding(Datatype):
    """A code from a list."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(Datatype):
    """CodeableConcept, and R5's CodeableReference around it."""

    text: str | None = None
    coding: list[Coding | None] | None = None
    concept: "Concept | None" = None
    reference: "Reference | str | None" = None
    # A bare Coding stands where later versions have a CodeableConcept (Encounter.class).
    system: str | None = None
    code: str | None = None
    display: str | None = None


class Identifier(Datatype):
    """A business identifier."""

    system: str | None = None
    value: str | None = None


class Reference(Datatype):
    """A link to another resource."""

    reference: str | None = None
    display: str | None = None


class Period(Datatype):
    """A stretch of time."""

    start: str | None = None
    end: str | None = None


class Quantity(Datatype):
    """A number with a unit."""

    value: Raw = NOTHING
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Range(Datatype):
    """From low to high; either may be open."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Datatype):
    """One quantity to another, such as a titre."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class SampledData(Datatype):
    """A recorded curve."""

    data: str | None = None


class Annotation(Datatype):
    """A remark."""

    text: str | None = None


class Narrative(Datatype):
    """The words of a resource as XHTML."""

    div: str | None = None
    status: str | None = None


class Attachment(Datatype):
    """A document, inside (base64) or elsewhere (address)."""

    content_type: str | None = None
    data: str | None = None
    url: str | None = None
    title: str | None = None
    creation: str | None = None


class HumanName(Datatype):
    """A person's name. `family` is a list in DSTU2."""

    use: str | None = None
    text: str | None = None
    family: list[str | None] | str | None = None
    given: list[str | None] | None = None
    prefix: list[str | None] | None = None
    suffix: list[str | None] | None = None


class Address(Datatype):
    """A postal address."""

    use: str | None = None
    text: str | None = None
    line: list[str | None] | None = None
    city: str | None = None
    district: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class ContactPoint(Datatype):
    """A telephone number, an e-mail address."""

    system: str | None = None
    value: str | None = None
    use: str | None = None


class Repeat(Datatype):
    """When and how often, in codes."""

    frequency: Raw = NOTHING
    frequency_max: Raw = NOTHING
    period: Raw = NOTHING
    period_max: Raw = NOTHING
    period_unit: str | None = None
    period_units: str | None = None
    day_of_week: list[str | None] | None = None
    time_of_day: list[str | None] | None = None
    when: list[str | None] | str | None = None
    bounds_period: Period | None = None


class Timing(Datatype):
    """When something happens or is to happen."""

    event: list[str | None] | None = None
    repeat: Repeat | None = None
    code: Concept | None = None


# One or many, as versions differ.
Several = Sequence[Concept | str | None] | Concept | str | None
Concepts = list[Concept | str | None] | Concept | str | None


class DoseAndRate(Datatype):
    """How much at a time."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_quantity: Quantity | None = None
    rate_range: Range | None = None
    rate_ratio: Ratio | None = None


class Dosage(Datatype):
    """How a medicine is taken. The last fields are those of older versions and of administrations."""

    text: str | None = None
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed: bool | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: Concept | None = None
    as_needed_for: list[Concept | None] | None = None
    route: Concept | None = None
    dose_and_rate: list[DoseAndRate | None] | None = None
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    quantity_quantity: Quantity | None = None
    quantity_range: Range | None = None
    quantity: Quantity | None = None
    dose: Quantity | None = None
    rate_quantity: Quantity | None = None
    rate_range: Range | None = None
    rate_ratio: Ratio | None = None
    max_dose_per_period: list[Ratio | None] | Ratio | None = None
    additional_instruction: Concepts = None
    additional_instructions: Concepts = None


class Actor(Datatype):
    """Someone who took part: a plain Reference, or a backbone element around one."""

    reference: Reference | str | None = None
    display: str | None = None
    actor: Reference | None = None
    individual: Reference | None = None
    agent: Reference | None = None
    role: list[Concept | None] | Concept | None = None
    function: Concept | None = None
    type: list[Concept | None] | Concept | str | None = None
    party: Reference | None = None


# One or many, as versions differ.
Notes = list[Annotation | str | None] | Annotation | str | None
References = list[Reference | None] | Reference | None
Actors = list[Actor | None] | Actor | None
Identifiers = list[Identifier | None] | Identifier | None


class Resource(Datatype):
    """What every resource has."""

    id: str | None = None
    identifier: Identifiers = None
    text: Narrative | None = None
    contained: list[Raw] | None = None
    modifier_extension: Raw = NOTHING
    note: Notes = None


class ValueHolder(Resource):
    """The value[x] of an observation or a component. A Struct has one parent: a component's `id` stays empty."""

    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: Raw = NOTHING
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: SampledData | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_attachment: Attachment | None = None
    value_reference: Reference | None = None
    data_absent_reason: Concept | None = None


class ReferenceRange(Datatype):
    """What the laboratory calls usual."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: Concept | None = None
    meaning: Concept | None = None
    applies_to: list[Concept | None] | None = None
    text: str | None = None


class ObservationComponent(ValueHolder):
    """One part of an observation."""

    code: Concept | None = None
    interpretation: Concepts = None
    reference_range: list[ReferenceRange | None] | None = None


CLASS = field(name="class", default=None)
