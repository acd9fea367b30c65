"""Nothing lost, nothing invented: every record of every open document against its own element in the XML."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from secondlens.domain.clinical import Composition, MedicationStatement, Observation, OtherResource
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record, Unread, searchable
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile

FIXTURES = Path(__file__).parent.parent / "fixtures" / "ccda"
FILES = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.rglob("*")
    if path.suffix.lower() in (".xml", ".ccda") and path.is_file()
)
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
DONE = {"completed", "final", "finished", "in-progress", "given"}


@cache
def _records(name: str) -> tuple[Record | Unread, ...]:
    return tuple(CCDA.read(IncomingFile(name, (FIXTURES / name).read_bytes())))


@cache
def _tree(name: str) -> etree._Element:
    """Parse by the library alone, then drop the namespaces."""
    parser = etree.XMLParser(recover=True, remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring((FIXTURES / name).read_bytes(), parser)
    for element in root.iter("*"):
        element.tag = element.tag.rpartition("}")[2].rpartition(":")[2]
    return root


def _element(root: etree._Element, where: str) -> etree._Element:
    """Follow a record's place by plain XPath."""
    here: list[etree._Element] = [root]
    for number, step in enumerate(where.split("/")):
        tag, place = step.rstrip("]").split("[")
        if number == 0 and tag == "section" and root.tag == "ClinicalDocument":
            path = f"component/structuredBody/component[{place}]/section"
        elif number == 0:
            path = "."
        else:
            nested = tag == "section" and here[0].tag == "section"
            path = f"(component/section)[{place}]" if nested else f"{tag}[{place}]"
        here = here[0].xpath(path)  # type: ignore[assignment]
    (found,) = here
    return found


def _pairs(name: str) -> Iterator[tuple[Record, etree._Element]]:
    for record in _records(name):
        if isinstance(record, Record) and record.source and not record.source.where.startswith("header"):
            yield record, _element(_tree(name), record.source.where)


def _inside_entry(element: etree._Element) -> list[etree._Element]:
    """The element and those around it, up to its entry."""
    around = [element]
    for parent in element.iterancestors():
        if parent.tag in ("section", "ClinicalDocument"):
            break
        around.append(parent)
    return around


def test_the_open_documents_are_all_here() -> None:
    assert len(FILES) == 295


@pytest.mark.parametrize("name", FILES)
def test_every_entry_ends_as_a_record_or_as_unread(name: str) -> None:
    found = [_place(part) for part in _records(name)]
    places = [where for where in found if where]
    assert places
    root = _tree(name)
    path = root.getroottree().getpath
    kept = {path(around) for where in places if "[" in where for around in _inside_entry(_element(root, where))}
    for entry in root.iter("entry"):
        assert path(entry) in kept, etree.tostring(entry)[:200]


def _place(part: Record | Unread) -> str:
    """The place of a part inside the document's body; "" for its head and for the file as a whole."""
    where = part.where if isinstance(part, Unread) else part.source.where if part.source else ""
    return "" if where == "file" or where.startswith("header/") else where


@pytest.mark.parametrize("name", FILES)
def test_no_entry_of_the_open_documents_makes_a_reader_fail(name: str) -> None:
    assert not [part for part in _records(name) if isinstance(part, Unread) and "cannot read" in part.why]


@pytest.mark.parametrize("name", FILES)
def test_what_the_source_negates_is_negated(name: str) -> None:
    for record, element in _pairs(name):
        if any(around.get("negationInd") == "true" for around in _inside_entry(element)):
            assert record.negated, record.source
            assert record.status not in DONE or isinstance(record, Observation | OtherResource), record.source


@pytest.mark.parametrize("name", FILES)
def test_no_negated_statement_is_lost(name: str) -> None:
    path = _tree(name).getroottree().getpath
    own = [path(element) for _, element in _pairs(name)]
    for element in _tree(name).iter("observation", "act", "procedure", "substanceAdministration", "supply"):
        link = element.getparent()
        qualifies = link is not None and link.get("typeCode") in ("MFST", "RSON")
        if element.get("negationInd") == "true" and not qualifies:
            assert any(place.startswith(path(element)) for place in own), etree.tostring(element)[:300]


@pytest.mark.parametrize("name", FILES)
def test_what_is_unknown_in_the_source_has_no_value(name: str) -> None:
    for record, element in _pairs(name):
        if isinstance(record, Observation) and all(_says_nothing(value) for value in element.findall("value")):
            assert record.value is None
            assert record.value_when is None


def _says_nothing(value: etree._Element) -> bool:
    attributes = set(value.attrib) - {"nullFlavor", TYPE, "xsi:type", "codeSystem", "codeSystemName", "unit"}
    return (
        value.get("nullFlavor") is not None
        and not attributes
        and not len(value)
        and not (value.text or "").strip()
    )


@pytest.mark.parametrize("name", FILES)
def test_every_measured_value_is_carried_exactly(name: str) -> None:
    for record, element in _pairs(name):
        values = [
            value for value in element.findall("value") if (value.get(TYPE) or value.get("xsi:type")) == "PQ"
        ]
        if isinstance(record, Observation) and len(values) == 1 and values[0].get("value"):
            assert record.value == Quantity(values[0].get("value") or "", values[0].get("unit"))


@pytest.mark.parametrize("name", FILES)
def test_no_measured_value_of_an_entry_is_lost(name: str) -> None:
    words = " ".join(searchable(record) for record in _records(name) if isinstance(record, Record))
    for value in _tree(name).iter("value"):
        around = value.getparent()
        if around is None or around.tag != "observation" or value.get("nullFlavor") or _as_date(value):
            continue
        assert (value.get("value") or "") in words, etree.tostring(value)


def _as_date(value: etree._Element) -> bool:
    return (value.get(TYPE) or value.get("xsi:type")) in ("TS", "IVL_TS")


@pytest.mark.parametrize("name", FILES)
def test_what_is_planned_never_reads_as_done(name: str) -> None:
    for record, element in _pairs(name):
        # A medicine list holds prescriptions in mood "intended"; its records say what was prescribed, not given.
        if element.get("moodCode") in (None, "EVN", "DEF") or isinstance(record, MedicationStatement):
            continue
        assert record.status not in DONE, record.source
        assert not isinstance(record, Observation), record.source


@pytest.mark.parametrize("name", FILES)
def test_every_word_of_every_section_is_kept(name: str) -> None:
    texts = [record for record, _ in _pairs(name) if isinstance(record, Composition)]
    sections = list(_tree(name).iter("section"))
    assert len(texts) == len(sections)
    for section, record in zip(sections, texts, strict=True):
        narrative = section.find("text")
        said = " ".join(map(str, narrative.itertext())).split() if narrative is not None else []
        kept = "".join(record.text.split())
        assert all(word in kept for word in said)


def test_a_narrative_table_reads_line_by_line() -> None:
    name = "hl7_examples/Problems/Patient_Does_Not_Have_Diabetes/Patient_Does_Not_Have_Diabetes_C-CDA2.1_.xml"
    (section,) = [record for record in _records(name) if isinstance(record, Composition)]
    assert section.text.splitlines() == [
        "Start Time: | End Time: | Status: | Problem:",
        "12/01/2015 16:05:06 | | Active | No Diabetes (ruled out)",
    ]
