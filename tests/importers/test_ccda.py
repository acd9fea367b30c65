"""The C-CDA reader as a whole: what it recognises, what it says of bad files, and single promises."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondlens.domain import clinical
from secondlens.domain.record import Record, Unread
from secondlens.errors import BadInput
from secondlens.importers import _cda_problems
from secondlens.importers.ccda import CCDA, EmptyDocument
from secondlens.importers.incoming import IncomingFile

FIXTURES = Path(__file__).parent.parent / "fixtures" / "ccda"
SMALL = FIXTURES / "hl7_examples/Medications/Med_every_4-6_hours/Med_every_4-6_hours_C-CDA2.1_.xml"
WHOLE = FIXTURES / "sample_ccdas/Cerner_Samples/problems-and-medications.xml"


def _read(content: bytes) -> list[Record | Unread]:
    return list(CCDA.read(IncomingFile("file.xml", content)))


def _results(inner: str, *, attributes: str = 'moodCode="EVN"') -> bytes:
    return (
        '<section xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<code code="30954-2"/><title>Results</title><text><content ID="r1">printed</content></text>'
        f'<entry><organizer><component><observation classCode="OBS" {attributes}>'
        f'<code code="2345-7" codeSystem="2.16.840.1.113883.6.1"/>{inner}</observation></component></organizer>'
        "</entry></section>"
    ).encode()


def _observation(inner: str) -> clinical.Observation:
    (found,) = (record for record in _read(_results(inner)) if isinstance(record, clinical.Observation))
    return found


@pytest.mark.parametrize(
    ("value", "text", "unit"),
    [
        ('<value xsi:type="PQ" value="5.40" unit="mmol/L"/>', "5.40", "mmol/L"),
        ('<value xsi:type="IVL_PQ"><high value="0.41" unit="ng/mL" inclusive="false"/></value>', "<0.41", "ng/mL"),
        ('<value xsi:type="IVL_PQ"><low value="60" unit="mL/min"/></value>', ">=60", "mL/min"),
        ('<value xsi:type="IVL_PQ"><low value="1" unit="g"/><high value="2" unit="g"/></value>', "1 - 2", "g"),
        (
            '<value xsi:type="RTO"><numerator value="1"/><denominator value="640"/></value>',
            "1:640",
            None,
        ),
        ('<value xsi:type="ST">1:640 speckled</value>', "1:640 speckled", None),
        ('<value xsi:type="ED"><reference value="#r1"/></value>', "printed", None),
        ('<value xsi:type="INT" value="0"/>', "0", None),
        ('<value xsi:type="BL" value="false"/>', "false", None),
        ('<value xsi:type="CD" code="10828004" displayName="Positive"/>', "Positive", None),
        ('<value xsi:type="CD" nullFlavor="OTH"><originalText>trace</originalText></value>', "trace", None),
        ('<value xsi:type="PQ" nullFlavor="OTH"><translation value="7" unit="x"/></value>', "7", "x"),
    ],
)
def test_a_value_keeps_its_exact_text_and_unit(value: str, text: str, unit: str | None) -> None:
    found = _observation(value).value
    assert found is not None
    assert (found.text, found.unit) == (text, unit)


@pytest.mark.parametrize(
    "value", ['<value xsi:type="PQ" nullFlavor="UNK" value="0"/>', '<value xsi:type="CD" nullFlavor="NI"/>', ""]
)
def test_an_unknown_value_stays_unknown(value: str) -> None:
    assert _observation(value).value is None


def test_a_value_that_is_a_date_is_a_date() -> None:
    found = _observation('<value xsi:type="TS" value="202403"/>')
    assert found.value is None
    assert found.value_when is not None
    assert found.value_when.text == "2024-03"


def test_a_planned_result_is_a_request() -> None:
    records = _read(_results('<statusCode code="completed"/>', attributes='moodCode="RQO"'))
    (request,) = (record for record in records if isinstance(record, clinical.ServiceRequest))
    assert request.status is None
    assert not [record for record in records if isinstance(record, clinical.Observation)]


def test_a_planned_vaccine_is_never_given() -> None:
    (record,) = _read(
        b'<substanceAdministration moodCode="INT"><templateId root="2.16.840.1.113883.10.20.22.4.52"/>'
        b'<statusCode code="completed"/></substanceAdministration>',
    )
    assert isinstance(record, clinical.Immunization)
    assert record.status == "planned"


def test_timing_codes_are_put_plainly() -> None:
    (medicine,) = (
        record for record in _read(SMALL.read_bytes()) if isinstance(record, clinical.MedicationStatement)
    )
    assert medicine.timing is not None
    assert "every 4 to 6 hours" in medicine.timing


def test_an_entry_that_makes_a_reader_fail_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _read(WHOLE.read_bytes())
    lost = [part for part in before if isinstance(part, clinical.Condition)]

    def fail(_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(_cda_problems, "condition", fail)
    after = _read(WHOLE.read_bytes())
    unread = [part for part in after if isinstance(part, Unread)]
    assert len(unread) == len(lost) > 1
    assert len(after) == len(before)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b'{"resourceType": "Bundle"}',
        b"<HealthData/>",
        b"<html><body/></html>",
        b"a,b\n1,2",
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not CCDA.recognises(IncomingFile("summary.xml", content))


@pytest.mark.parametrize(
    "content",
    [
        b"<ClinicalDocument/>",
        b"\xef\xbb\xbf<?xml version='1.0'?><?xml-stylesheet href='x'?><!----><c:ClinicalDocument xmlns:c='x'/>",
        "<?xml version='1.0' encoding='utf-16'?><ClinicalDocument xmlns='urn:hl7-org:v3'/>".encode("utf-16"),
        b"<section><templateId root='2.16.840.1.113883.10.20.22.2.5.1'/></section>",
    ],
)
def test_clinical_documents_are_recognised_by_their_content(content: bytes) -> None:
    assert CCDA.recognises(IncomingFile("no-name", content))


def test_an_empty_document_is_refused_with_a_sentence() -> None:
    with pytest.raises(EmptyDocument, match="empty"):
        _read(b"<ClinicalDocument/>")


def test_an_embedded_file_is_named_and_its_words_are_read() -> None:
    records = _read(
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Letter</title><component><nonXMLBody>'
        b'<text mediaType="text/plain" representation="B64">RGVhciBkb2N0b3I=</text></nonXMLBody></component>'
        b"</ClinicalDocument>",
    )
    (document,) = (record for record in records if isinstance(record, clinical.DocumentReference))
    assert (document.title, document.media_type, document.text) == ("Letter", "text/plain", "Dear doctor")


def test_a_damaged_document_says_what_may_be_missing() -> None:
    records = _read(WHOLE.read_bytes().replace(b"</section>", b"</sect>", 1))
    assert any(isinstance(part, Unread) and "damaged" in part.why for part in records)
    assert any(isinstance(part, clinical.Condition) for part in records)


def test_a_document_that_was_cut_off_is_refused() -> None:
    content = WHOLE.read_bytes()
    with pytest.raises(BadInput, match="stops early"):
        _read(content[: len(content) * 9 // 10])


def test_lists_and_paragraphs_of_a_section_read_as_lines() -> None:
    (section,) = _read(
        b"<section><templateId root='2.16.840.1.113883.10.20.22.2.65'/><title>Notes</title><text>Before"
        b"<list><item><paragraph>one</paragraph></item><item>two<br/>more</item></list><paragraph>after</paragraph>"
        b"<footnote>small</footnote></text></section>",
    )
    assert isinstance(section, clinical.Composition)
    assert section.text.splitlines() == ["Before", "- one", "- two", "more", "after", "small"]


def test_many_pointers_at_one_long_text_do_not_multiply_it() -> None:
    entry = '<entry><act classCode="ACT" moodCode="EVN"><text><reference value="#r"/></text></act></entry>'
    content = (
        f'<section><templateId root="2.16.840.1.113883.10"/><text><p ID="r">{"x" * 50_000}</p></text>{entry * 50}'
    )
    records = _read(f"{content}</section>".encode())
    assert len(records) == 51
    assert sum(len(record.title) for record in records if isinstance(record, Record)) < 50_000


def test_a_zip_of_documents_is_left_to_its_own_reader() -> None:
    content = (FIXTURES / "onc_cures/XDM/XDM_LIM.ZIP").read_bytes()
    assert not CCDA.recognises(IncomingFile("summary.xml", content))


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_in_records_or_a_sentence(content: bytes) -> None:
    _survives(content)
    _survives(b"<ClinicalDocument>" + content + b"</ClinicalDocument>")


@given(st.integers(0, 2**32), st.integers(1, 30))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_document_ends_in_records_or_a_sentence(seed: int, changes: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable damage, no secret
    content = bytearray(SMALL.read_bytes())
    for _ in range(changes):
        start = chance.randrange(len(content))
        length = chance.choice((0, 1, 1, 5, 80))
        content[start : start + length] = chance.choice(
            (b"<", b">", b'"', b"&", b"", chance.randbytes(3), content[:40])
        )
    _survives(bytes(content))


def _survives(content: bytes) -> None:
    file = IncomingFile("any", content)
    CCDA.recognises(file)
    with suppress(BadInput):
        records = list(CCDA.read(file))
        assert records
        assert not [part for part in records if isinstance(part, Unread) and "cannot read" in part.why]
