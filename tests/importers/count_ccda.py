"""The quantities and denials of a C-CDA file, found in the XML alone: nothing of the reader is used here."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

STATEMENTS = {
    *("observation", "organizer", "act", "procedure", "encounter", "substanceAdministration", "supply"),
    *("observationMedia", "regionOfInterest"),
}
LINKS = ("entryRelationship", "component", "entry")
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
AMOUNTS = ("doseQuantity", "rateQuantity", "maxDoseQuantity", "quantity", "repeatNumber")
NUMBERS = {"PQ", "INT", "REAL", "MO"}
_HEAD = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)


class Amount(NamedTuple):
    """One number of a statement: its place, what it is there, and the text and unit as they stand in the XML."""

    where: str
    sort: str
    text: str
    unit: str | None


def name_of(element: etree._Element) -> str:
    """The tag without namespace and prefix."""
    return re.sub(r".*[}:]", "", element.tag) if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    return [child for child in element if name_of(child) in names]


def statements(path: Path) -> Iterator[tuple[str, etree._Element, bool]]:
    """Every statement of a file with its place, and whether it or anything around it is denied."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    parser = etree.XMLParser(recover=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<fragments>{_HEAD.sub('', text)}</fragments>".encode(), parser)
    tops = children(root, *(name_of(child) for child in root))
    if tops and name_of(tops[0]) == "ClinicalDocument":
        bodies = [body for one in children(tops[0], "component") for body in children(one, "structuredBody")]
        parts = [section for body in bodies for one in children(body, "component") for section in
                 children(one, "section")[:1]]  # fmt: skip
        for number, section in enumerate(parts, 1):
            yield from _in_section(section, f"section[{number}]")
    else:
        for number, part in enumerate(tops, 1):
            yield from _in_part(part, f"{name_of(part)}[{number}]")


def _in_part(part: etree._Element, where: str) -> Iterator[tuple[str, etree._Element, bool]]:
    if name_of(part) == "section":
        yield from _in_section(part, where)
    elif name_of(part) in STATEMENTS:
        yield from _in_statement(part, where, denied=is_denied(part))
    elif name_of(part) == "entry":
        yield from _in_entry(part, where)
    elif name_of(part) in ("component", "structuredBody", "entryRelationship"):
        counted: Counter[str] = Counter()
        for child in part:
            counted[name_of(child)] += 1
            yield from _in_part(child, f"{where}/{name_of(child)}[{counted[name_of(child)]}]")


def _in_section(section: etree._Element, where: str) -> Iterator[tuple[str, etree._Element, bool]]:
    for number, entry in enumerate(children(section, "entry"), 1):
        yield from _in_entry(entry, f"{where}/entry[{number}]")
    inner = [one for part in children(section, "component") for one in children(part, "section")]
    for number, one in enumerate(inner, 1):
        yield from _in_section(one, f"{where}/section[{number}]")


def _in_entry(entry: etree._Element, where: str) -> Iterator[tuple[str, etree._Element, bool]]:
    counted: Counter[str] = Counter()
    for child in children(entry, *STATEMENTS):
        counted[name_of(child)] += 1
        place = f"{where}/{name_of(child)}[{counted[name_of(child)]}]"
        yield from _in_statement(child, place, denied=is_denied(entry) or is_denied(child))


def _in_statement(
    element: etree._Element, where: str, *, denied: bool
) -> Iterator[tuple[str, etree._Element, bool]]:
    yield where, element, denied
    for name in LINKS:
        for number, link in enumerate(children(element, name), 1):
            for child in children(link, *STATEMENTS):
                place = f"{where}/{name}[{number}]/{name_of(child)}[1]"
                yield from _in_statement(child, place, denied=denied or is_denied(link) or is_denied(child))


def is_denied(element: etree._Element) -> bool:
    return element.get("negationInd", "").strip().lower() in ("true", "1")


def amounts(path: Path) -> Iterator[Amount]:
    """Every number a statement gives: values of observations with their bounds, doses, rates, counts."""
    for where, element, _ in statements(path):
        ranges = [
            one for part in children(element, "referenceRange") for one in children(part, "observationRange")
        ]
        bounds = [value for one in ranges if not children(one, "text") for value in children(one, "value")]
        for value in (*children(element, "value", *AMOUNTS), *bounds):
            sort = "range" if value in bounds else name_of(value)
            kind = re.sub(r".*:", "", value.get(TYPE) or value.get("xsi:type") or value.get("type") or "")
            for one in (value, *children(value, "low", "high", "center")):
                text = " ".join((one.get("value") or "").split())
                measured = sort not in ("value", "range") or kind in NUMBERS | {"IVL_PQ", "IVL_INT", "IVL_REAL"}
                if text and measured and not one.get("nullFlavor") and not value.get("nullFlavor"):
                    inside = "" if one is value else f" {name_of(one)}"
                    yield Amount(where, f"{sort}{inside}", text, " ".join((one.get("unit") or "").split()) or None)
