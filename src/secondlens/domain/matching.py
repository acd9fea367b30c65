"""When two entries are the same fact, and when a fact has changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Component,
    Composition,
    Condition,
    DocumentReference,
    MedicationStatement,
    OtherResource,
)
from secondlens.domain.coding import CVX, ICD_10_CM, LOINC, RXNORM, SNOMED
from secondlens.domain.people import Organization, Patient, Practitioner
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When


def identity(record: Record) -> tuple[str, ...]:
    """Name the fact a record is about; equal names are versions of one fact.

    With the source's own identifier: kind, first identifier, main code (or title). Without one there is
    nothing to hold on to, so everything that says *which* fact it is counts: dates, value, words, negation.
    Then two facts that only look alike both stay, at the price that a corrected date reads as a new fact.
    """
    main = f"{record.codes[0].system or ''}|{record.codes[0].code}" if record.codes else _folded(record.title)
    if record.identifiers:
        return (record.kind, "named", record.identifiers[0], main, *_place_bound(record))
    return (
        record.kind,
        "unnamed",
        main,
        _folded(record.title),
        record.start.text if record.start else "",
        record.end.text if record.end else "",
        "not" if record.negated else "",
        *_said(record),
    )


def identities(records: Sequence[Record]) -> tuple[tuple[str, ...], ...]:
    """Name every record of one file. The n-th entry with an equal identity is a fact of its own.

    So entries a file holds twice are all kept, and reading the file again finds each of them. Whom the file is
    about is part of every name: facts of two people never become versions of each other.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    named = []
    about = _about(records)
    for record in records:
        name = (*identity(record), about)
        seen[name] += 1
        named.append((*name, str(seen[name])))
    return tuple(named)


def facts(records: Sequence[Record]) -> tuple[tuple[str, ...] | None, ...]:
    """Name the fact each record of one file tells, so that another file that tells it gives the same name.

    Two portals have no identifiers in common, so all that says something counts: whom it is about, kind, main
    code, days, value, dose, status, negation. A time of day is left out, because many files give none; who
    compares must look at it. The n-th record of a file with a name has its own. None for what says too little.
    """
    about = _about(records)
    seen: Counter[tuple[str, ...]] = Counter()
    told: list[tuple[str, ...] | None] = [None] * len(records)
    for place in sorted(range(len(records)), key=lambda place: _time_of(records[place])):
        name = _fact(records[place])
        if name is not None:
            whole = (*name, about)
            seen[whole] += 1
            told[place] = (*whole, str(seen[whole]))
    return tuple(told)


def may_be_one_moment(one: str | None, other: str | None) -> bool:
    """Tell whether two starts (`When.text`) of a fact can be the same: a day holds every time of that day."""
    return one == other or not (_has_time(one) and _has_time(other))


def _has_time(text: str | None) -> bool:
    return text is not None and len(text) > len("YYYY-MM-DD")


def _time_of(record: Record) -> str:
    return record.start.text if record.start else ""


def _fact(record: Record) -> tuple[str, ...] | None:
    main = main_name(record)
    said = tuple(_told(record))
    if not main or not _says_enough(record):
        return None
    return (
        record.kind,
        main,
        record.start.day if record.start else "",
        record.end.day if record.end else "",
        "not" if record.negated else "",
        _DONE.get(record.status or "", record.status or ""),
        *said,
    )


def _says_enough(record: Record) -> bool:
    """Tell whether an equal name and day are enough to know a fact again in another file."""
    match record:
        case OtherResource():
            return False
        case DocumentReference() | Composition():
            return bool(record.text)
        case _:
            return record.start is not None or isinstance(record, _LASTING)


def main_name(record: Record | Component) -> str:
    """Name what a record is about: by the code that most sources give, else by its title."""
    codes = {one.system: one.code for one in reversed(record.codes) if one.code not in _GENERAL}
    for system in _COMMON_SYSTEMS:
        if system in codes:
            return f"{system}|{codes[system]}"
    return _folded(record.title)


def _told(record: Record) -> Iterator[str]:
    """Spell what a record says beyond its name and days, so that two ways of writing it come out equal."""
    for name in _telling(type(record)):  # type: ignore[arg-type]  # every class can be hashed
        value = getattr(record, name)
        if isinstance(value, Quantity):
            yield f"{name}: {plain_number(value)} {value.unit or ''}"
        elif isinstance(value, When):
            yield f"{name}: {value.day}"
        elif isinstance(value, str) and _DONE.get(value, value):
            yield f"{name}: {_folded(value)}"
        elif isinstance(value, tuple):
            for part in value:
                unit = part.value.unit if part.value else None
                yield f"{name}: {main_name(part)} {plain_number(part.value)} {unit or ''}"
    # An instruction in words is written anew by each portal; dose and rhythm are what it says.
    if isinstance(record, MedicationStatement) and not (record.dose or record.timing) and record.sig:
        yield f"sig: {_folded(record.sig)}"


@cache
def _telling(kind: type[Record]) -> tuple[str, ...]:
    # Asking 30,000 records for what their kind does not have takes as long as spelling what they have.
    return tuple(name for name in _TELLING if hasattr(kind, name))


def plain_number(value: Quantity | None) -> str:
    """Spell a value so that two ways of writing it come out equal: "7.20" and "7.2"."""
    if value is None:
        return ""
    number = value.number
    return _folded(value.text) if number is None else format(number.normalize(), "f")


def _place_bound(record: Record) -> tuple[str, ...]:
    """Give the date too where the name is good on one server only: two hospitals both have an "Observation/1"."""
    kind, _, number = record.identifiers[0].partition("/")
    bare = kind.isalpha() and bool(number) and "/" not in number
    return (record.start.text if record.start else "",) if bare else ()


def _about(records: Sequence[Record]) -> str:
    """Whom a file is about, by birth date, else by name; "" when it does not say."""
    patient = next((record for record in records if isinstance(record, Patient)), None)
    if patient is None:
        return ""
    return patient.birth.day if patient.birth else _folded(patient.title)


def same_content(one: Record, other: Record) -> bool:
    """Tell whether two records say the same, wherever each of them comes from."""
    kind: Any = type(one)
    content = _content_of(kind)
    return kind is type(other) and bool(content(one) == content(other))


# Systems of codes that portals have in common, the one that says most first.
_COMMON_SYSTEMS = (LOINC, RXNORM, CVX, SNOMED, ICD_10_CM)

# What is known again by its name alone, because it does not happen on a day.
_LASTING = (Condition, AllergyIntolerance, MedicationStatement, Patient, Practitioner, Organization)

# Codes that say of what sort an entry is, and not what it is about: the sorts of problems and allergies in C-CDA
# (value sets 2.16.840.1.113883.3.88.12.3221.7.2 and .6.2), and vaccines that are not known (CVX).
_GENERAL = frozenset(
    (
        *("404684003", "64572001", "55607006", "282291009", "409586006", "418799008", "248536006", "373930000"),
        *("419199007", "416098002", "414285001", "426232007", "420134006", "418038007", "419511003", "418471000"),
        *("59037007", "235719002", "998", "999"),
    )
)

# Words for "it happened and stands", which one standard says and the other leaves out.
_DONE = dict.fromkeys(("final", "completed", "amended", "corrected", "finished", "confirmed", "unknown"), "")

# What tells two facts of one name and day apart, where a kind has it.
_TELLING = (
    *("value", "value_when", "components", "dose", "timing", "verification"),
    *("birth", "specialty", "media_type", "text"),
)

# The fields that hold what an entry says, where a kind has them.
_SAYING = ("value", "value_when", "components", "dose", "sig", "text", "case", "sha256")


def _said(record: Record) -> tuple[str, ...]:
    words: list[str] = []
    for name in _SAYING:
        value = getattr(record, name, None)
        if value:
            words.append(name)
            _spell(value, words)
    return tuple(words)


def _spell(value: Any, words: list[str]) -> None:
    if isinstance(value, str):
        words.append(value)
    elif isinstance(value, When):
        words.append(value.text)
    elif isinstance(value, Quantity):
        words += (value.text, value.unit or "")
    elif isinstance(value, tuple):
        for part in value:
            # A component is told apart by its name and value; its codes and ranges may be refined later.
            words.append(_folded(part.title))
            _spell(part.value or "", words)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def _content_of(kind: Any) -> Callable[[Record], Any]:
    return attrgetter(*(field.name for field in fields(kind) if field.name != "source"))
