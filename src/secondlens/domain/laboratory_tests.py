"""What we know of a laboratory test: its LOINC code, its plain name, and the ways laboratories print it."""

from dataclasses import dataclass
from enum import Enum


class ResultKind(Enum):
    """What a test's result looks like."""

    NUMBER = "number"
    TITRE = "titre"
    PRESENCE = "presence"
    TEXT = "text"


class Specimen(Enum):
    """What was examined. Serum stands for plasma too, as LOINC mostly has it; blood is whole blood."""

    BLOOD = "blood"
    SERUM = "serum"
    URINE = "urine"
    URINE_OF_A_DAY = "urine of a day"
    SPINAL_FLUID = "spinal fluid"
    STOOL = "stool"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTest:
    """A LOINC code with the names it goes by.

    `official` is LOINC's long common name: component, [property], specimen. `units` are UCUM, the usual ones.
    `also` are codes of the same measurement by another method, or from an artery; a printed name does not tell
    them apart. `seen` names the sources in which we saw the code beside its name.
    """

    code: str
    official: str
    plain: str
    kind: ResultKind
    specimens: tuple[Specimen, ...]
    spellings: tuple[str, ...]
    seen: tuple[str, ...]
    units: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedUnit:
    """A UCUM unit, what it measures ("mass/volume"), and other ways it is printed.

    Units with the same `equals` are the same size: 10*3/uL and 10*9/L.
    """

    ucum: str
    measures: str
    printed: tuple[str, ...] = ()
    equals: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenWords:
    """Words beside a name, and headings above it, that say which specimens it may be from."""

    fits: tuple[Specimen, ...]
    words: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


def check_digit_holds(code: str) -> bool:
    """Tell whether the last digit of a LOINC code is the one the others ask for (mod 10, Luhn)."""
    digits, dash, check = code.partition("-")
    if not (dash and digits.isascii() and digits.isdigit() and len(check) == 1 and check.isdigit()):
        return False
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )
    return (total + int(check)) % 10 == 0
