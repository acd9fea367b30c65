"""The sample person, her clinicians and their clinics."""

from dataclasses import dataclass

MARK = "MADE-UP SAMPLE"
DISCLAIMER = "This is a made-up sample. Nora Sample is not a real person, and nobody in this file is."
# HL7's arc for examples, with a branch of our own.
EXAMPLE_ARC = "2.16.840.1.113883.19.5.1984"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody would live, in a town that is not on any map."""

    line: str
    city: str = "Sampleville"
    postal_code: str = "00000"
    country: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """A practice, hospital or laboratory."""

    key: str
    name: str
    address: Address
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A clinician; `name` is as she is called."""

    key: str
    given: str
    family: str
    specialty: str
    clinic: Clinic

    @property
    def name(self) -> str:
        """The name as printed under a letter."""
        return f"Dr {self.given} {self.family}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The sample person. `birth` is ISO 8601."""

    given: str
    family: str
    birth: str
    address: Address
    phone: str

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given} {self.family}"


NORA = Person(
    given="Nora",
    family="Sample",
    birth="1984-04-12",
    address=Address(line="1 Made-Up Lane"),
    phone="555-0142",
)

PRACTICE = Clinic(
    key="practice",
    name="Sample Valley Family Practice",
    address=Address(line="20 Placeholder Road"),
    phone="555-0110",
)
RHEUMATOLOGY = Clinic(
    key="rheumatology",
    name="Example Rheumatology Center",
    address=Address(line="31 Example Street"),
    phone="555-0121",
)
HEART = Clinic(
    key="heart",
    name="Placeholder Heart Clinic",
    address=Address(line="42 Model Avenue"),
    phone="555-0132",
)
LABORATORY = Clinic(
    key="laboratory",
    name="Made-Up Laboratory",
    address=Address(line="53 Sample Square"),
    phone="555-0153",
)
CLINICS = (PRACTICE, RHEUMATOLOGY, HEART, LABORATORY)

DR_PLACEHOLDER = Doctor(
    key="placeholder", given="Paul", family="Placeholder", specialty="Family medicine", clinic=PRACTICE
)
DR_EXAMPLE = Doctor(key="example", given="Ines", family="Example", specialty="Rheumatology", clinic=RHEUMATOLOGY)
DR_MODEL = Doctor(key="model", given="Alma", family="Model", specialty="Cardiology", clinic=HEART)
DOCTORS = (DR_PLACEHOLDER, DR_EXAMPLE, DR_MODEL)
