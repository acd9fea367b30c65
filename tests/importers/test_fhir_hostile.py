"""Any bytes end in records, Unread or one plain sentence: broken, hostile and merely odd FHIR."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.domain.clinical import Composition, Observation, OtherResource
from secondlens.domain.people import Patient
from secondlens.domain.record import Record, Unread, searchable
from secondlens.errors import BadInput
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import IncomingFile

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden" / "fhir"
SEEDS = [path.read_bytes() for path in sorted(GOLDEN.glob("*.json")) if ".expected" not in path.name]


def read(content: bytes | str | dict[str, Any]) -> list[Record | Unread]:
    if isinstance(content, dict):
        content = json.dumps(content)
    return list(FHIR.read(IncomingFile("file.json", content.encode() if isinstance(content, str) else content)))


def bundle(*entries: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries)}


def sentence(content: bytes | str) -> str:
    with pytest.raises(BadInput) as caught:
        read(content)
    return str(caught.value)


def ends_well(content: bytes) -> None:
    """Read in any case to records and Unread that can be stored as UTF-8, or to BadInput."""
    try:
        found = read(content)
    except BadInput:
        return
    for part in found:
        assert isinstance(part, Record | Unread)
        shown = searchable(part) + str(part.source) if isinstance(part, Record) else part.where + part.why
        shown.encode("utf-8")


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_end_well(content: bytes) -> None:
    FHIR.recognises(IncomingFile("x", content))
    ends_well(content)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_fhir_with_changed_bytes_ends_well(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 12))
        content[place : place + length] = data.draw(
            st.sampled_from(
                [b"", b"null", b"{", b"]", b'"', b"[[", b"\xff", b"\\ud800", b"9" * 90, b"1e999", b"NaN"]
            )
        )
    ends_well(bytes(content))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "coding", "value", "start", "reference", "display", "code", "div"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = sorted(
    {key for seed in SEEDS for entry in json.loads(seed)["entry"] for key in entry.get("resource", {})}
)
TYPES = sorted(
    {
        entry["resource"]["resourceType"]
        for seed in SEEDS
        for entry in json.loads(seed)["entry"]
        if entry.get("resource")
    }
)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=6))
def test_fields_of_any_shape_cost_only_themselves(kind: str, fields: dict[str, Any]) -> None:
    good = {"resourceType": "Patient", "id": "p", "name": [{"text": "Ada"}]}
    odd = {**fields, "resourceType": kind}
    content = json.dumps(bundle({"resource": odd}, {"resource": good}))
    ends_well(content.encode("utf-8"))
    if "NaN" not in content and "Infinity" not in content:
        found = read(content)
        assert any(isinstance(part, Patient) and part.title == "Ada" for part in found)
        # At least one record, or one Unread, for the odd entry itself.
        assert any("entry[0]" in (part.where if isinstance(part, Unread) else str(part.source)) for part in found)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"resourceType":"Bundle","entry":[{"resource":' + b'{"a":' * 100_000,
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","a":'
        + b"[" * 5000
        + b"]" * 5000
        + b"}}]}",
    ],
    ids=["list", "object", "cut bundle", "whole bundle"],
)
def test_a_depth_bomb_is_one_sentence(content: bytes) -> None:
    assert sentence(content).startswith("This file is nested too deeply")


@pytest.mark.parametrize(
    "content", [b"", b"null", b"{}", b"7", b'"words"', b"NaN", b'{"a": 1}', b"\xff\xfe", b"\0" * 50]
)
def test_what_is_no_fhir_is_a_sentence(content: bytes) -> None:
    assert not FHIR.recognises(IncomingFile("x", content))
    assert sentence(content).endswith(".")


def test_a_cut_bundle_is_recognised_and_says_so() -> None:
    content = SEEDS[0][:-20]
    assert FHIR.recognises(IncomingFile("x", content))
    assert "not complete" in sentence(content)


@pytest.mark.parametrize(
    "content",
    [
        '{"resourceType": "AWS::S3::Bucket"}',
        '{"resourceType": "Microsoft.Compute/virtualMachines"}',
        '{"items": [{"resourceType": "Patient"}]}',
        '{"note": "\\"resourceType\\": \\"Patient\\""}',
        '["resourceType"]',
        '[{"name": "x"}, {"resourceType": "Patient"}]',
        '<Patient xmlns="http://hl7.org/fhir"><x resourceType="Patient"/></Patient>',
    ],
)
def test_other_json_is_not_mistaken_for_fhir(content: str) -> None:
    assert not FHIR.recognises(IncomingFile("x", content.encode()))


def test_resource_type_may_stand_last() -> None:
    content = json.dumps({"entry": [], "id": "x" * 9000, "resourceType": "Bundle"})
    assert FHIR.recognises(IncomingFile("x", content.encode()))
    assert read(content) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_read(encoding: str) -> None:
    content = json.dumps({"resourceType": "Patient", "name": [{"text": "Zoë"}]}, ensure_ascii=False).encode(
        encoding
    )
    assert FHIR.recognises(IncomingFile("x", content))
    (patient,) = read(content)
    assert isinstance(patient, Patient)
    assert patient.title == "Zoë"


def test_broken_letters_are_shown_as_such_and_told() -> None:
    unread, patient = read(b'{"resourceType": "Patient", "name": [{"text": "Zo\xeb"}]}')
    assert isinstance(unread, Unread)
    assert isinstance(patient, Patient)
    assert patient.title == "Zo\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("half", ["\\ud800", "\\uDC00", "\\udbff\\u0041", "\\udc00\\ud800"])
def test_half_a_letter_is_shown_as_such_and_told(half: str) -> None:
    unread, found = read(f'{{"resourceType":"CareTeam","name":"A{half}B","n":1e999}}')
    assert isinstance(unread, Unread)
    assert isinstance(found, OtherResource)
    assert found.title.startswith("A\N{REPLACEMENT CHARACTER}")
    assert found.title.endswith("B")


@pytest.mark.parametrize(
    ("escape", "letter"),
    [("\\ud83d\\ude00", "\N{GRINNING FACE}"), ("\\\\ud800", "\\ud800"), ("\\ud7ff", "\ud7ff")],
)
def test_whole_letters_stay_as_they_are(escape: str, letter: str) -> None:
    (found,) = read(f'{{"resourceType":"CareTeam","name":"{escape}"}}')
    assert isinstance(found, OtherResource)
    assert found.title == letter


def test_a_number_of_a_million_digits_is_told_and_costs_nothing_else() -> None:
    huge = b"1" * 1_000_000
    content = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":%b}}' % huge
    )
    observation, unread = read(content)
    assert isinstance(observation, Observation)
    assert observation.value is None
    assert unread == Unread("valueQuantity", "This number is longer than any measured value, so it is not shown.")
    (other,) = read(b'{"resourceType":"Basic","n":%b}' % huge)
    assert isinstance(other, OtherResource)


def test_a_bad_field_costs_only_itself() -> None:
    odd = {
        "resourceType": "Observation",
        "code": 7,
        "status": "final",
        "valueQuantity": {"value": 5},
        "category": "x",
    }
    found = read(bundle({"resource": odd}))
    record, unread = found
    assert isinstance(record, Observation)
    assert record.value
    assert record.value.text == "5"
    assert isinstance(unread, Unread)
    assert unread.where == "Bundle.entry[0].resource.code"


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        "x",
        [],
        {},
        {"resource": None},
        {"resource": 7},
        {"resource": {}},
        {"resource": {"resourceType": 3}},
        {"resource": {"resourceType": "a b"}},
    ],
)
def test_an_entry_that_is_no_record_is_one_unread(entry: object) -> None:
    good = {"resource": {"resourceType": "Patient"}}
    found = read(bundle(good, entry, good))
    assert [type(part) for part in found] == [Patient, Unread, Patient]
    assert isinstance(found[1], Unread)
    assert "entry[1]" in found[1].where


def test_a_resource_with_a_spoilt_address_is_kept() -> None:
    (found,) = read(bundle({"fullUrl": 7, "resource": {"resourceType": "Patient"}}))
    assert isinstance(found, Patient)


def test_a_bundle_in_a_bundle_is_opened_and_too_many_are_refused() -> None:
    inner: dict[str, Any] = {"resource": {"resourceType": "Patient"}}
    (found,) = read(bundle({"resource": bundle(inner)}))
    assert isinstance(found, Patient)
    assert found.source
    assert found.source.where == "Bundle.entry[0].resource.entry[0].resource"
    for _ in range(9):
        inner = {"resource": bundle(inner)}
    assert [type(part) for part in read(bundle(inner))] == [Unread]


def test_a_bad_line_costs_only_itself() -> None:
    good = '{"resourceType":"Patient"}'
    found = read("\n".join((good, "", '{"resourceType":"Pat', "nonsense", "[" * 100_000, good)))
    where = [part.where if isinstance(part, Unread) else part.source and part.source.where for part in found]
    assert where == ["line 1", "line 3", "line 4", "line 5", "line 6"]
    assert [type(part) for part in found] == [Patient, Unread, Unread, Unread, Patient]


def test_a_list_of_resources_is_read() -> None:
    found = read('[{"resourceType":"Patient"}, 7]')
    assert [type(part) for part in found] == [Patient, Unread]


@pytest.mark.parametrize("kind", ["Case", "Question", "Opinion", "OtherResource"])
def test_a_file_cannot_write_into_the_persons_case(kind: str) -> None:
    (found,) = read({"resourceType": kind, "title": "x"})
    assert isinstance(found, Unread)


def test_a_key_that_stands_twice_counts_the_last_time() -> None:
    (found,) = read('{"resourceType":"Patient","gender":"male","gender":"female"}')
    assert isinstance(found, Patient)
    assert found.sex == "female"


@pytest.mark.parametrize(
    "narrative",
    ["<" * 200_000, "<style>" * 50_000, "<!--" * 50_000, "&" * 200_000, "<td>" * 100_000, "</a" * 100_000],
)
def test_hostile_narratives_are_read_in_one_pass(narrative: str) -> None:
    content = {"resourceType": "Composition", "title": "x", "section": [{"text": {"div": narrative}}]}
    assert read(content)


@pytest.mark.parametrize("kind", ["Basic", "Observation", "Composition", "Practitioner"])
def test_every_depth_ends_well(kind: str) -> None:
    for depth in range(sys.getrecursionlimit() - 150, sys.getrecursionlimit()):
        nest = "[" * depth + "]" * depth
        ends_well(f'{{"resourceType":"{kind}","id":"1","zzz":{nest}}}'.encode())


@pytest.mark.parametrize("kind", ["Basic", "Observation", "Composition", "Practitioner"])
def test_every_depth_in_a_bundle_ends_well(kind: str) -> None:
    asked = '{"resource":{"resourceType":"Condition","recorder":{"reference":"x"}}}'
    for depth in range(880, 1010, 3):
        nest = "[" * depth + "]" * depth
        odd = f'{{"fullUrl":"x","resource":{{"resourceType":"{kind}","id":"1","zzz":{nest}}}}}'
        ends_well(f'{{"resourceType":"Bundle","entry":[{odd},{asked}]}}'.encode())


@pytest.mark.parametrize("field", ["name", "code"])
def test_a_field_too_deep_to_follow_costs_only_its_entry(field: str) -> None:
    odd = f'{{"resource":{{"resourceType":"Basic","{field}":{"[" * 700}{"]" * 700}}}}}'
    good = '{"resource":{"resourceType":"Patient"}}'
    found = read(f'{{"resourceType":"Bundle","entry":[{odd},{good}]}}')
    assert [type(part) for part in found] == [Unread, Patient]


def test_references_in_a_circle_end() -> None:
    one = {"resourceType": "PractitionerRole", "id": "1", "practitioner": {"reference": "PractitionerRole/2"}}
    two = {"resourceType": "PractitionerRole", "id": "2", "practitioner": {"reference": "PractitionerRole/1"}}
    asked = {"resourceType": "Condition", "code": {"text": "x"}, "asserter": {"reference": "PractitionerRole/1"}}
    found = read(bundle(*({"resource": resource} for resource in (one, two, asked))))
    assert [part.kind for part in found if isinstance(part, Record)] == ["PractitionerRole"] * 2 + ["Condition"]


def deep_sections(depth: int) -> dict[str, Any]:
    section: dict[str, Any] = {"title": "end", "text": {"div": "<p>words</p>"}}
    for _ in range(depth):
        section = {"section": [section]}
    return {"resourceType": "Composition", "title": "x", "section": [section]}


def test_deep_sections_end() -> None:
    (found,) = read(deep_sections(5))
    assert isinstance(found, Composition)
    assert found.text == "words"
    (found,) = read(deep_sections(100))
    assert isinstance(found, Composition)
