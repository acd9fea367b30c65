"""When two entries are the same fact, and when a fact has changed."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from secondlens.domain.people import Patient
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
