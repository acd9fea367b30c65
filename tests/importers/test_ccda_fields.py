"""Single fields against what a person read in the XML of different vendors' documents, without the reader."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondlens.domain.clinical import Reaction
from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile

FIXTURES = Path(__file__).parent.parent / "fixtures" / "ccda"
READ_BY_HAND = json.loads((FIXTURES / "read_by_hand.json").read_text("utf-8"))


@pytest.mark.parametrize("entry", READ_BY_HAND, ids=lambda entry: f"{entry['kind']} {entry['code']}")
def test_an_entry_carries_what_a_person_reads_in_the_source(entry: dict[str, Any]) -> None:
    file = IncomingFile(entry["file"], (FIXTURES / entry["file"]).read_bytes())
    read = [_plain(record, entry["fields"]) for record in CCDA.read(file) if _is_meant(record, entry)]
    assert entry["fields"] in read


def _is_meant(record: object, entry: dict[str, Any]) -> bool:
    if not isinstance(record, Record) or record.kind != entry["kind"]:
        return False
    codes = {code.code for code in record.codes}
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
