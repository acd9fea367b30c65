"""What every record has in common, whoever wrote it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.source import Source
from secondlens.domain.when import When


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who did, said or wrote it. `role` is a FHIR or HL7 word ("performer", "author") or None."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A fact or a wish. A subclass's name is its kind; clinical kinds carry their FHIR R4 names.

    `title` is the name as the source printed it. `start` and `end` are when it was true in the person's life,
    None when unknown. `status` is the FHIR R4 code of the kind, or the source's word. `negated` means the
    source says it is NOT so: not given, denied, absent. `identifiers` are the source's own names for it.
    `source` is None for what the person wrote.
    """

    title: str
    codes: tuple[Coding, ...] = ()
    category: str | None = None
    start: When | None = None
    end: When | None = None
    status: str | None = None
    negated: bool = False
    note: str | None = None
    participants: tuple[Participant, ...] = ()
    identifiers: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def kind(self) -> str:
        """The FHIR R4 name, or ours where FHIR has none."""
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a file that could not be read: the place inside the file, and why, in plain words."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as the vault keeps it. `version` counts from 1; `recorded_at` is UTC, ISO 8601, of this version.

    `id` stays the same over all versions and is safe to show in an address: it says nothing about the fact.
    """

    id: str
    version: int
    recorded_at: str
    record: Record


def searchable(record: Record) -> str:
    """Every word of a record that a person might look for, in one line: no codes' addresses, no source."""
    words: list[str] = []
    for value in _searched(type(record))(record):  # type: ignore[arg-type]  # every class can be hashed
        if value:
            _collect(value, words)
    once = dict.fromkeys(words)
    once.pop("", None)
    return " ".join(once)


_NOT_SEARCHED = {"source", "identifiers", "start", "end", "negated"}


@cache
def _searched(kind: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    # Looked up once a kind: an import of 29,000 records spends a fifth of its time on this otherwise.
    return attrgetter(*(field.name for field in fields(kind) if field.name not in _NOT_SEARCHED))


def _collect(value: Any, words: list[str]) -> None:
    if isinstance(value, str):
        words.append(value)
    elif isinstance(value, tuple):
        for part in value:
            _collect(part, words)
    elif isinstance(value, Coding):
        words += (value.display or "", value.code)
    elif isinstance(value, Quantity):
        words.append(value.plain())
    elif isinstance(value, Participant):
        words.append(value.name)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, When):
        for field in fields(value):
            _collect(getattr(value, field.name), words)
