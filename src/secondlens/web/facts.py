"""A record in plain words: as a row of a list, and as a page with everything it holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from secondlens.content import words
from secondlens.domain.case import Case, CasePart
from secondlens.domain.clinical import AllergyIntolerance, Component, Condition, Observation, Reaction
from secondlens.domain.coding import Coding
from secondlens.domain.columns import TableMapping, described
from secondlens.domain.kinds import KINDS
from secondlens.domain.packet_words import is_denied, is_error
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Kept, Participant, Record
from secondlens.domain.when import When
from secondlens.web.rendering import plain_when

# Parts of the case are worked on in its own pages, so they are not shown among the records.
OF_THE_CASE = frozenset(kind.__name__ for kind in KINDS if issubclass(kind, Case | CasePart))
_SHOWN_ELSEWHERE = {"title", "source", "negated", "resource_type", "case", "start", "end"}
_COMMON = tuple(field.name for field in fields(Record))
_FOR_CLINICIANS = {"codes", "identifiers"}
# Nearly every result and document is final; saying so on every line would hide the few that are not.
_USUAL = {"final", "current"}
_UNSURE = {"unconfirmed", "provisional", "differential"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A record as a row of the `facts` component."""

    id: str
    title: str
    value: str | None = None
    when: str | None = None
    note: str | None = None
    source: str | None = None
    href: str | None = None
    tag: str | None = None


def fact(kept: Kept, url: Callable[[str], str], documents: Mapping[str, str]) -> Fact:
    """One record as a row. `documents` gives the file name of each fingerprint."""
    return shown(kept.record, documents, id_=kept.id, href=url(f"records/{kept.id}"))


def shown(record: Record, documents: Mapping[str, str], *, id_: str = "", href: str | None = None) -> Fact:
    """A record as a row, kept or not."""
    return Fact(
        id=id_,
        title=record.title or words().kind(record.kind).plain,
        value=_value(record),
        when=plain_when(record.start, record.end),
        note="The record says this is not so." if record.negated else _mark(record),
        source=documents.get(record.source.sha256, "a file") if record.source else "your own words",
        href=href,
        tag=_tag(record),
    )


def _tag(record: Record) -> str | None:
    """How it stands, where that is not the usual. What was taken back or is denied never looks current."""
    verification = getattr(record, "verification", None)
    if is_error(record):
        return words().verification("entered-in-error")
    if is_denied(record) and isinstance(record, Condition | AllergyIntolerance):
        return words().verification("refuted")
    if verification in _UNSURE:
        return words().verification(verification)
    return words().status(record.status, record.kind) if record.status and record.status not in _USUAL else None


def parts(record: Record) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What one reads first, as (label, lines): when, then what only this kind has, then the rest."""
    own = [field.name for field in fields(record) if field.name not in _COMMON]
    when = " to ".join(_exactly(moment) for moment in (record.start, record.end) if moment)
    if record.end and not record.start:
        when = f"until {when}"
    named = _named(record, (*own, *(name for name in _COMMON if name not in _FOR_CLINICIANS)))
    return ((("When", (when,)),) if when else ()) + named


def codes(record: Record) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The codes and numbers that only another system or a clinician needs, as (label, lines)."""
    return _named(record, tuple(sorted(_FOR_CLINICIANS)))


def said(record: Record, name: str) -> str:
    """What one field of a record says, in plain words; "" when it says nothing."""
    return ", ".join(_lines(record.kind, name, getattr(record, name)))


def _named(record: Record, names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (words().field(name), lines)
        for name in names
        if name not in _SHOWN_ELSEWHERE and (lines := tuple(_lines(record.kind, name, getattr(record, name))))
    )


def _value(record: Record) -> str | None:
    if not isinstance(record, Observation):
        return None
    if record.value:
        return record.value.plain()
    if record.value_when:
        return record.value_when.plain()
    return ", ".join(_component(part) for part in record.components) or None


def _mark(record: Record) -> str | None:
    mark = record.interpretation if isinstance(record, Observation) else None
    return words().interpretation(mark) if mark else None


def _lines(kind: str, name: str, value: Any) -> Iterator[str]:
    if value is None or value == "":
        return
    if isinstance(value, tuple):
        for part in value:
            yield from _lines(kind, name, part)
    elif isinstance(value, TableMapping):
        yield from described(value)
    else:
        yield _line(kind, name, value)


def _line(kind: str, name: str, value: Any) -> str:
    match value:
        case When():
            line = _exactly(value)
        case Quantity():
            line = value.plain()
        case Coding():
            line = " ".join(
                part for part in (value.display, value.code, value.system and f"({value.system})") if part
            )
        case Participant():
            line = f"{value.name} ({value.role})" if value.role else value.name
        case Reaction():
            line = f"{value.manifestation} ({value.severity})" if value.severity else value.manifestation
        case Component():
            line = _component(value)
        case _:
            line = _word(kind, name, str(value))
    return line


def _word(kind: str, name: str, code: str) -> str:
    plain = {
        "status": lambda: words().status(code, kind),
        "verification": lambda: words().verification(code),
        "criticality": lambda: words().criticality(code),
        "interpretation": lambda: words().interpretation(code),
        "category": lambda: words().category(code),
    }.get(name)
    return plain() if plain else code


def _component(part: Component) -> str:
    value = part.value.plain() if part.value else "no value given"
    return f"{part.title}: {value}"


def _exactly(when: When) -> str:
    """With the time of day where the source gave one."""
    return f"{when.plain()}, {when.text[11:]}" if len(when.text) > 10 else when.plain()
