"""FHIR's people and places as typed views of JSON; see _fhir_resources."""

from secondlens.importers._fhir_types import (
    Address,
    Concept,
    Concepts,
    ContactPoint,
    Datatype,
    HumanName,
    Resource,
)


class Communication(Datatype):
    """A language the person speaks."""

    language: Concept | None = None
    preferred: bool | None = None


class Patient(Resource):
    """The person."""

    name: list[HumanName | None] | HumanName | None = None
    birth_date: str | None = None
    gender: str | None = None
    address: list[Address | None] | None = None
    telecom: list[ContactPoint | None] | None = None
    communication: list[Communication | None] | None = None
    deceased_date_time: str | None = None


class Qualification(Datatype):
    """What a clinician may do."""

    code: Concept | None = None


class PractitionerRole(Datatype):
    """DSTU2 kept the role inside Practitioner."""

    specialty: Concepts = None


class Practitioner(Resource):
    """A clinician."""

    name: list[HumanName | None] | HumanName | None = None
    telecom: list[ContactPoint | None] | None = None
    qualification: list[Qualification | None] | None = None
    practitioner_role: list[PractitionerRole | None] | None = None


class Organization(Resource):
    """A practice, hospital, laboratory or insurer."""

    name: str | None = None
    address: list[Address | None] | None = None
    telecom: list[ContactPoint | None] | None = None
