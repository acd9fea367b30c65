"""Observations - results, vital signs and other findings - and the panels they come in."""

from collections.abc import Iterator

from lxml import etree

from secondlens.domain.clinical import DiagnosticReport, Observation
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When
from secondlens.importers._cda_codes import OBSERVATION
from secondlens.importers._cda_common import CCD, CCDA, common, statement_text
from secondlens.importers._cda_place import Statement, every, first, own_words
from secondlens.importers._cda_values import code_or_words, code_words, codings, quantity, value_of

_CATEGORIES = {
    "results": "laboratory",
    "vitals": "vital-signs",
    "social": "social-history",
    "functional": "functional-status",
    "mental": "cognitive-status",
    "exam": "exam",
    "procedures": "procedure",
    "pregnancy": "social-history",
}
_BY_TEMPLATE = (
    ((CCDA + "2", CCD + "31"), "laboratory"),
    ((CCDA + "27", CCDA + "26"), "vital-signs"),
    ((CCDA + "69", CCDA + "86"), "survey"),
    ((CCDA + "78", CCDA + "85", CCDA + "38", CCDA + "200", CCD + "33"), "social-history"),
    ((CCDA + "1",), "laboratory"),
)
# HL7 and SNOMED CT codes that only say "this is a finding"; the finding itself is in `value`.
_ONLY_A_SORT = frozenset({"ASSERTION", "404684003", "409586006", "55607006", "282291009", "64572001", "418799008"})


def observation(statement: Statement) -> Iterator[Record]:
    """Read a result, a reading or a finding with its exact value."""
    element = statement.element
    values = every(element, "value")
    named = _named(statement, values)
    value, value_when = _value(values, statement)
    yield Observation(
        **common(statement, named, notes=_details(statement, values, named)),
        category=category_of(statement),
        status=OBSERVATION.get(statement.status or ""),
        value=value,
        value_when=value_when,
        interpretation=_joined(every(element, "interpretationCode"), statement),
        reference_range=_ranges(statement),
        method=_joined(every(element, "methodCode"), statement),
        body_site=_joined(every(element, "targetSiteCode"), statement),
    )


def category_of(statement: Statement) -> str | None:
    """FHIR's category, by template first and section second; else the heading the source put it under."""
    for templates, category in _BY_TEMPLATE:
        if statement.has_template(*templates):
            return category
    return _CATEGORIES.get(statement.section.topic) or statement.section.title


def panel(statement: Statement) -> Iterator[Record]:
    """Read an organizer as a report over the results inside it, which are records of their own."""
    code = first(statement.element, "code")
    yield DiagnosticReport(
        **common(statement, code, notes=_specimens(statement)),
        category=category_of(statement),
        status=OBSERVATION.get(statement.status or ""),
        text=statement_text(statement),
    )


def _named(statement: Statement, values: list[etree._Element]) -> etree._Element | None:
    """The element that names what was observed: the code, or the value where the code only says "finding"."""
    code = first(statement.element, "code")
    bare = code is None or (code.get("code") or "ASSERTION") in _ONLY_A_SORT
    if bare and values and (code is None or not code_words(code, statement) or code.get("code")):
        return values[0] if codings(values[0]) else code
    return code


def _value(values: list[etree._Element], statement: Statement) -> tuple[Quantity | None, When | None]:
    """All values of an observation; more than one stand side by side as text."""
    found = [value_of(value, statement) for value in values]
    told = [value for value, _ in found if value]
    when = next((when for _, when in found if when), None)
    if len(told) > 1:
        return Quantity("; ".join(value.plain() for value in told)), when
    return (told[0] if told else None), when


def _ranges(statement: Statement) -> str | None:
    """The laboratory's own words for what is usual, else its numbers."""
    said = []
    for usual in every(statement.element, "referenceRange", "observationRange"):
        value, when = value_of(first(usual, "value"), statement)
        numbers = value.plain() if value else when.plain() if when else None
        words = own_words(first(usual, "text"), statement) or numbers
        sort = code_words(first(usual, "code"), statement)
        grade = code_or_words(first(usual, "interpretationCode"), statement) if words is None else None
        said.append(f"{sort}: {words}" if sort and words else words or grade)
    return "; ".join(dict.fromkeys(word for word in said if word)) or None


def _details(statement: Statement, values: list[etree._Element], named: etree._Element | None) -> tuple[str, ...]:
    """The code behind a coded answer, other units, and the specimen, a line each."""
    lines = []
    for value in values:
        if value is not named:
            answers = (
                f"{coding.code} ({coding.system})" if coding.system else coding.code for coding in codings(value)
            )
            lines += [f"Code of the answer: {answer}" for answer in answers]
        if value.get("value"):
            others = (quantity(other) for other in value.iterchildren("translation"))
            lines += [f"Also written as: {other.plain()}" for other in others if other]
        if value.get("representation") == "B64":
            lines.append(f"An embedded file ({value.get('mediaType') or 'type not given'}) is in the original.")
    return (*lines, *_specimens(statement))


def _specimens(statement: Statement) -> tuple[str, ...]:
    roles = every(statement.element, "specimen", "specimenRole", "specimenPlayingEntity")
    names = (code_or_words(first(role, "code"), statement) for role in roles)
    return tuple(f"Specimen: {name}" for name in names if name)


def _joined(codes: list[etree._Element], statement: Statement) -> str | None:
    words = (code_or_words(code, statement) for code in codes)
    return "; ".join(dict.fromkeys(word for word in words if word)) or None
