"""Sections: what each is about, its words as text, and its entries one by one."""

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from secondlens.domain.clinical import Composition
from secondlens.domain.record import Record, Unread
from secondlens.domain.source import Source
from secondlens.importers._cda_media import embedded_text
from secondlens.importers._cda_narrative import all_words, narrative_text, one_line
from secondlens.importers._cda_people import identifiers, participants_of
from secondlens.importers._cda_place import Section, Statement, first, is_negated, narrative_ids, statements_of
from secondlens.importers._cda_statements import read_statement
from secondlens.importers._cda_values import codings

_SECTION = "2.16.840.1.113883.10.20.22.2."
_R1 = "2.16.840.1.113883.10.20.1."

# What a section is about, by its LOINC code (C-CDA R2.1 section templates).
TOPICS = {
    "11450-4": "problems",
    **dict.fromkeys(("11348-0", "46241-6", "42347-5", "11535-2", "78375-3", "10219-4", "10218-6"), "diagnoses"),
    **dict.fromkeys(("55109-3", "59769-0", "59768-2", "29308-4"), "diagnoses"),
    "48765-2": "allergies",
    **dict.fromkeys(("10160-0", "29549-3", "10183-2", "42346-7", "75311-1"), "medications"),
    "11369-6": "immunizations",
    **dict.fromkeys(("30954-2", "11493-4"), "results"),
    "8716-3": "vitals",
    "47519-4": "procedures",
    "46240-8": "encounters",
    "29762-2": "social",
    "47420-5": "functional",
    "10190-7": "mental",
    **dict.fromkeys(("18776-5", "59772-4", "62387-6"), "plan"),
    "61146-7": "goals",
    "75310-3": "concerns",
    "10157-6": "family",
    "46264-8": "devices",
    "48768-6": "payers",
    "42348-3": "directives",
    "85847-2": "care-team",
    **dict.fromkeys(("29545-1", "10210-3", "10184-0"), "exam"),
    "34109-9": "notes",
}
# A section whose code is missing or unknown is known by its template.
_TEMPLATE_TOPICS = {
    **dict.fromkeys((_SECTION + "5", _SECTION + "5.1", _R1 + "11"), "problems"),
    **dict.fromkeys((_SECTION + "6", _SECTION + "6.1", _R1 + "2"), "allergies"),
    **dict.fromkeys((_SECTION + "1", _SECTION + "1.1", _R1 + "8"), "medications"),
    **dict.fromkeys((_SECTION + "2", _SECTION + "2.1", _R1 + "6"), "immunizations"),
    **dict.fromkeys((_SECTION + "3", _SECTION + "3.1", _R1 + "14"), "results"),
    **dict.fromkeys((_SECTION + "4", _SECTION + "4.1", _R1 + "16"), "vitals"),
    **dict.fromkeys((_SECTION + "7", _SECTION + "7.1", _R1 + "12"), "procedures"),
    **dict.fromkeys((_SECTION + "22", _SECTION + "22.1", _R1 + "3"), "encounters"),
    **dict.fromkeys((_SECTION + "17", _R1 + "15"), "social"),
    **dict.fromkeys((_SECTION + "10", _R1 + "10"), "plan"),
    **dict.fromkeys((_SECTION + "15", _R1 + "4"), "family"),
    **dict.fromkeys((_SECTION + "18", _R1 + "9"), "payers"),
    **dict.fromkeys((_SECTION + "60",), "goals"),
    **dict.fromkeys((_SECTION + "58",), "concerns"),
    **dict.fromkeys((_SECTION + "23", _R1 + "7"), "devices"),
    **dict.fromkeys((_SECTION + "21", _SECTION + "21.1", _R1 + "1"), "directives"),
    **dict.fromkeys((_SECTION + "500",), "care-team"),
    **dict.fromkeys((_SECTION + "65",), "notes"),
}


def read_section(
    element: etree._Element,
    where: str,
    sha256: str,
    ids: Mapping[str, etree._Element],
) -> Iterator[Record | Unread]:
    """Read a section: its words first, then its entries and the sections inside it, in document order."""
    section = _about(element, where)
    yield _words(element, section, sha256)
    yield from _attachments(element, section)
    entries = sections = 0
    for child in element:
        if child.tag == "entry":
            entries += 1
            yield from read_entry(child, f"{where}/entry[{entries}]", sha256, section, ids)
        elif child.tag == "component":
            for inner in child.iterchildren("section"):
                sections += 1
                yield from read_section(inner, f"{where}/section[{sections}]", sha256, ids)


def read_entry(
    element: etree._Element,
    where: str,
    sha256: str,
    section: Section,
    ids: Mapping[str, etree._Element],
) -> Iterator[Record | Unread]:
    """Read one entry: at least one record, or the reason why there is none."""
    statements = statements_of(element)
    counted: Counter[str] = Counter()
    for child in statements:
        counted[child.tag] += 1
        place = f"{where}/{child.tag}[{counted[child.tag]}]"
        yield from read_top_statement(child, place, sha256, section, ids, negated=is_negated(element))
    if not statements:
        yield Unread(where, "This entry holds no statement that we can read. It is in the original.")


def read_top_statement(  # noqa: PLR0913 - each is one coordinate of the place, and a class for them would hold nothing else
    element: etree._Element,
    where: str,
    sha256: str,
    section: Section,
    ids: Mapping[str, etree._Element],
    *,
    negated: bool = False,
) -> Iterator[Record | Unread]:
    """Read a statement that stands directly in an entry, or alone."""
    yield from read_statement(
        Statement(
            element=element,
            where=where,
            sha256=sha256,
            section=section,
            ids=ids,
            negated=negated or is_negated(element),
        ),
    )


def _about(element: etree._Element, where: str) -> Section:
    code = first(element, "code")
    topic = TOPICS.get(one_line(code.get("code"))) if code is not None else None
    if topic is None:
        roots = (template.get("root") or "" for template in element.iterchildren("templateId"))
        topic = next((_TEMPLATE_TOPICS[root] for root in roots if root in _TEMPLATE_TOPICS), "")
    text = first(element, "text")
    ids = narrative_ids(text) if text is not None else {}
    return Section(where=where, title=_title(element), topic=topic, ids=ids)


def _title(element: etree._Element) -> str | None:
    title, code = first(element, "title"), first(element, "code")
    printed = all_words(title)
    return printed or (one_line(code.get("displayName")) or None if code is not None else None)


def _words(element: etree._Element, section: Section, sha256: str) -> Composition:
    text, code = first(element, "text"), first(element, "code")
    return Composition(
        title=section.title
        or (one_line(code.get("code")) if code is not None else "")
        or "Section without a heading",
        codes=codings(code),
        text=narrative_text(text) if text is not None else "",
        participants=participants_of(element),
        identifiers=identifiers(element.iterchildren("id")),
        source=Source(sha256=sha256, where=section.where, importer="ccda", section=section.title),
    )


def _attachments(element: etree._Element, section: Section) -> Iterator[Unread]:
    """A section whose text is a file, which the rules do not allow but some systems write."""
    text = first(element, "text")
    if text is not None and text.get("representation") == "B64" and embedded_text(text) is None:
        yield Unread(f"{section.where}/text[1]", "This section is a file of its own. It is in the original.")
