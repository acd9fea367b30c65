"""Single fields against what a person read in the XML of different vendors' documents, without the reader."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from secondlens.domain.clinical import Reaction
from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile
from tests.importers.count_ccda import statements

FIXTURES = Path(__file__).parent.parent / "fixtures" / "ccda"
READ_BY_HAND = json.loads((FIXTURES / "read_by_hand.json").read_text("utf-8"))


@pytest.mark.parametrize("entry", READ_BY_HAND, ids=lambda entry: f"{entry['kind']} {entry['code']}")
def test_an_entry_carries_what_a_person_reads_in_the_source(entry: dict[str, Any]) -> None:
    file = IncomingFile(entry["file"], (FIXTURES / entry["file"]).read_bytes())
    read = [_plain(record, entry["fields"]) for record in CCDA.read(file) if _is_meant(record, entry)]
    assert entry["fields"] in read


@pytest.mark.parametrize("entry", READ_BY_HAND, ids=lambda entry: f"{entry['kind']} {entry['code']}")
def test_the_place_leads_to_that_entry_in_the_xml(entry: dict[str, Any]) -> None:
    places = {where: element for where, element, _ in statements(FIXTURES / entry["file"])}
    assert (entry["code"] or "") in etree.tostring(places[entry["place"]], encoding="unicode")


def test_the_entries_read_by_hand_come_from_every_collection_and_vendor() -> None:
    folders = {
        "/".join(Path(entry["file"]).parts[: 2 if "sample" in entry["file"][:8] else 1]) for entry in READ_BY_HAND
    }
    vendors = {f"sample_ccdas/{path.name}" for path in (FIXTURES / "sample_ccdas").iterdir() if path.is_dir()}
    assert folders == vendors | {"hl7_examples", "ms_converter", "onc_cures"}
    assert len(READ_BY_HAND) >= 60
    assert len({entry["kind"] for entry in READ_BY_HAND}) >= 9


def _is_meant(record: object, entry: dict[str, Any]) -> bool:
    if not isinstance(record, Record) or record.kind != entry["kind"]:
        return False
    codes = {code.code for code in record.codes}
    if record.source is None or record.source.where != entry["place"]:
        return False
    same_code = entry["code"] in codes if entry["code"] else not codes
    return same_code and (record.start.text if record.start else None) == entry["start"]


def _plain(record: Record | object, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _simple(getattr(record, name)) for name in fields}


def _simple(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_simple(part) for part in value]
    if isinstance(value, Quantity):
        return [value.text, value.unit]
    if isinstance(value, Reaction):
        return [value.manifestation, value.severity]
    if isinstance(value, When):
        return value.text
    return value.code if isinstance(value, Coding) else value
