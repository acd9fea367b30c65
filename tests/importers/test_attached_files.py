"""Looking for files inside entries ends well, whatever the file is."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers import attached
from secondlens.importers.attached import attached_files
from secondlens.importers.incoming import IncomingFile

FIXTURES = Path(__file__).parents[1] / "fixtures"
PDF = b64encode(b"%PDF-1.4").decode()
SEEDS = (
    (FIXTURES / "golden" / "fhir" / "documents.json").read_bytes(),
    (FIXTURES / "ccda" / "ms_converter" / "Unstructured_Document_embed.ccda").read_bytes()[:4000]
    + b"</text></nonXMLBody></component></ClinicalDocument>",
)


def found(content: bytes) -> list[IncomingFile | Unread]:
    return list(attached_files(IncomingFile("file", content)))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_changed_bytes_end_in_files_or_one_typed_error(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert all(isinstance(one, IncomingFile | Unread) for one in found(bytes(content)))
    except BadInput:
        return


@pytest.mark.parametrize(
    "odd",
    [
        {"data": PDF[:-2]},
        {"data": 5},
        {"data": PDF, "title": 7},
        {"data": PDF, "title": "../../etc/pass\u202ewd"},
        {"data": PDF, "title": "x" * 5_000},
        {"data": ""},
    ],
)
def test_odd_attachments_cost_nothing_and_never_name_a_path(odd: dict[str, object]) -> None:
    resource = {"resourceType": "DocumentReference", "content": [{"attachment": odd}]}
    for one in found(json.dumps(resource).encode()):
        assert isinstance(one, IncomingFile)
        assert one.name.isprintable()
        assert "/" not in one.name
        assert len(one.name) < 200


def test_a_curve_and_a_signature_are_no_files() -> None:
    curve = {"resourceType": "Observation", "valueSampledData": {"origin": {"value": 0}, "data": PDF}}
    signed = {"resourceType": "Provenance", "signature": [{"sigFormat": "application/jose", "data": PDF}]}
    assert found(json.dumps([curve, signed]).encode()) == []


def test_too_many_files_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "MOST_FILES", 3)
    photos = [{"data": PDF}] * 10
    *files, last = found(json.dumps({"resourceType": "Patient", "photo": photos}).encode())
    assert len(files) == 3
    assert last == Unread("photo[3]", attached.TOO_MANY)


def test_the_same_in_utf_16_and_one_a_line() -> None:
    one = {"resourceType": "Patient", "photo": [{"data": PDF}]}
    lines = "\n".join([json.dumps(one)] * 2).encode()
    assert [part.place for part in found(lines) if isinstance(part, IncomingFile)] == [
        "line 1.photo[0]",
        "line 2.photo[0]",
    ]
    assert len(found(json.dumps(one).encode("utf-16"))) == 1
