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


# What devices and portals write where they do not know the name.
_NO_NAMES = {"", "me", "name not given"}


def has_name(patient: Patient) -> bool:
    """Tell whether the source says who it is."""
    return _folded(patient.title) not in _NO_NAMES or patient.birth is not None


def may_be_one(one: Patient, other: Patient) -> bool:
    """Tell whether two descriptions can be of the same person: by the day of birth, else by name.

    Who gives no name, as a watch that calls its owner "Me", is somebody else only by another birth date.
    """
    if one.birth and other.birth:
        short, long = sorted((one.birth.day, other.birth.day), key=len)
        if len(short) == len("2024-03-02") or not long.startswith(short):
            return short == long
    names = {_folded(one.title), _folded(other.title)}
    return len(names) == 1 or bool(names & _NO_NAMES)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
