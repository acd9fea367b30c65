"""The person, and everybody around them, by FHIR R4 names."""

from dataclasses import dataclass

from secondlens.domain.record import Record
from secondlens.domain.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Record):
    """The person as one source describes them; two sources may differ, and both stay. `title` is the name."""

    birth: When | None = None
    sex: str | None = None
    address: str | None = None
    telecom: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner(Record):
    """A clinician. `title` is the name."""

    specialty: str | None = None
    organization: str | None = None
    telecom: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Record):
    """A practice, hospital, laboratory or insurer. `title` is the name."""

    address: str | None = None
    telecom: tuple[str, ...] = ()
