"""What every statement becomes: time, people, identifiers, notes, and what the small statements inside it add.

Severity, status, comments, reasons and instructions are no facts of their own: they belong to the statement
around them. Everything else inside a statement is read as a record of its own.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TypedDict

from lxml import etree

from secondlens.domain.coding import Coding
from secondlens.domain.record import Participant
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.importers._absence import none_known
from secondlens.importers._cda_people import identifiers, participants_of
from secondlens.importers._cda_place import Statement, every, first, inner_statements, own_words
from secondlens.importers._cda_values import (
    code_or_words,
    code_words,
    codings,
    printed_otherwise,
    span_of,
    unreadable_times,
    value_of,
)

CCDA = "2.16.840.1.113883.10.20.22.4."
CCD = "2.16.840.1.113883.10.20.1."

SEVERITY = (CCDA + "8", CCD + "55")
REACTION = (CCDA + "9", CCD + "54")
CRITICALITY = (CCDA + "145",)
STATUS = (CCDA + "6", CCDA + "28", CCDA + "5", CCD + "50", CCD + "39", CCD + "47", CCD + "57", CCD + "51")
REASON = (CCDA + "19", CCDA + "53")
SIG = (CCDA + "147",)
_QUALIFIERS = (
    *(*SEVERITY, *REACTION, *CRITICALITY, *STATUS, *REASON, *SIG),
    # Comment, age, instruction, priority, adherence, section time range, medication free text (R1.1).
    *(CCDA + "64", CCD + "40", CCDA + "31", CCD + "38", CCDA + "20", CCD + "49", CCDA + "143", CCDA + "508"),
    *(CCDA + "201", CCD + "43", "1.3.6.1.4.1.19376.1.5.3.1.4.3", "1.3.6.1.4.1.19376.1.5.3.1.4.2"),
)
_QUALIFIER_CODES = frozenset(
    {"33999-4", "48766-0", "48767-8", "SEV", "82606-5", "11323-3", "445518008", "PINSTRUCT"}
)
_ENTRY_REFERENCE = CCDA + "122"


class Common(TypedDict):
    """The fields of a record that are read the same way everywhere."""

    title: str
    codes: tuple[Coding, ...]
    start: When | None
    end: When | None
    negated: bool
    note: str | None
    participants: tuple[Participant, ...]
    identifiers: tuple[str, ...]
    source: Source


def common(
    statement: Statement,
    coded: etree._Element | None,
    *,
    title: str | None = None,
    notes: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
) -> Common:
    """The common fields, named by `coded`. `skip` are templates of qualifiers that have a field of their own."""
    span = span_of(every(statement.element, "effectiveTime"))
    printed = printed_otherwise(coded, statement) if title is None else None
    named = title or code_or_words(coded, statement) or _printed(statement) or "Not named in the source"
    lines = (
        f"Printed as: {printed}" if printed else "",
        *notes,
        *unreadable_times(statement),
        *qualifier_notes(statement, skip),
        *_not_so(statement),
    )
    return Common(
        title=named,
        codes=codings(coded),
        start=span.start,
        end=span.end,
        negated=statement.negated or says_none(named, codings(coded)),
        note="\n".join(dict.fromkeys(line for line in lines if line)) or None,
        participants=_people(statement),
        identifiers=identifiers(statement.element.iterchildren("id")),
        source=statement.source,
    )


def _printed(statement: Statement) -> str | None:
    """Name a statement without a code by its text, else by the code that tells its sort, else its section."""
    return (
        own_words(first(statement.element, "text"), statement)
        or code_or_words(first(statement.element, "code"), statement)
        or statement.section.title
    )


def _people(statement: Statement) -> tuple[Participant, ...]:
    """Those the statement names; a statement without any was made by those of the act around it."""
    found = participants_of(statement.element)
    around = statement.parent
    # Looking through a flood of siblings again for each of them would take for ever.
    while not found and around is not None and next(islice(around.element, 1000, None), None) is None:
        found = participants_of(around.element)
        around = around.parent
    return found


def is_qualifier(statement: Statement) -> bool:
    """Tell whether a statement only qualifies the one around it."""
    code = first(statement.element, "code")
    return (
        (statement.link == "RSON" and not statement.has_template(CCDA + "80"))
        or statement.has_template(*_QUALIFIERS, _ENTRY_REFERENCE)
        or (code is not None and code.get("code") in _QUALIFIER_CODES)
        or _only_points(statement)
    )


def _only_points(statement: Statement) -> bool:
    """Tell whether a statement holds nothing but the identifier of another one."""
    return first(statement.element, "id") is not None and all(
        child.tag in ("id", "templateId", "statusCode")
        or (child.tag == "code" and child.get("nullFlavor") and not len(child))
        for child in statement.element
    )


def qualifiers(statement: Statement, *templates: str, code: str | None = None) -> list[Statement]:
    """The qualifiers of one sort, by template or code; none that is denied, taken back or unknown."""
    found = []
    for inner in inner_statements(statement):
        coded = first(inner.element, "code")
        same_code = code is not None and coded is not None and coded.get("code") == code
        if inner.stands and (inner.has_template(*templates) or same_code):
            found.append(inner)
    return found


def said(statement: Statement) -> str | None:
    """What a qualifier says: its value, else its text, else its name."""
    value, when = value_of(first(statement.element, "value"), statement)
    words = value.plain() if value else when.plain() if when else None
    if value and value.unit == "a":
        words = f"{value.text} years"
    code = first(statement.element, "code")
    only_a_sort = code is not None and code.get("code") in _QUALIFIER_CODES
    return (
        words
        or own_words(first(statement.element, "text"), statement)
        or (None if only_a_sort else code_words(code, statement))
    )


def reason_of(statement: Statement) -> str | None:
    """Why: everything linked as a reason, in the source's words."""
    why = [
        said(inner)
        for inner in inner_statements(statement)
        if (inner.link == "RSON" or inner.has_template(*REASON))
        and inner.stands
        and not inner.has_template(CCDA + "80")
    ]
    return "; ".join(dict.fromkeys(word for word in why if word)) or None


def qualifier_notes(statement: Statement, skip: tuple[str, ...] = ()) -> Iterator[str]:
    """What the qualifiers without a field of their own say, a line each: "Status: Active"."""
    for inner in inner_statements(statement):
        skipped = inner.link == "RSON" or inner.has_template(*REASON, *SIG, *skip)
        if not (inner.stands and is_qualifier(inner)) or skipped or inner.has_template(_ENTRY_REFERENCE):
            continue
        words = said(inner)
        name = code_or_words(first(inner.element, "code"), inner)
        if words:
            yield words if name in (None, words) or inner.element.tag == "act" else f"{name}: {words}"
        yield from qualifier_notes(inner)


def _not_so(statement: Statement) -> Iterator[str]:
    """The qualifiers that the source denies, took back or leaves unknown, each marked as such."""
    for inner in filter(is_qualifier, inner_statements(statement)):
        words = None if inner.stands else said(inner)
        if words:
            yield f"{'Not' if inner.denied else 'Entered in error or not known'}: {words}"
        elif inner.stands:
            yield from _not_so(inner)


def says_none(title: str, codes: tuple[Coding, ...]) -> bool:
    """Tell whether a name says that there is none of its kind: "No known allergies", "None known"."""
    return title.strip(" .").casefold() in ("none", "none known") or none_known(title, codes)


def statement_text(statement: Statement) -> str | None:
    """The narrative a statement points at, on one line."""
    return own_words(first(statement.element, "text"), statement)
