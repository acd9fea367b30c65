"""A file inside an entry becomes an original of its own that knows the entry around it."""

import gzip
import json
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from secondlens.actions.importing import DEEPEST_FILE, ReadFile, keep, read_files, read_paths
from secondlens.domain.clinical import DocumentReference
from secondlens.domain.source import Source
from secondlens.importers.incoming import IncomingFile
from secondlens.sample.ccda_file import summary
from secondlens.vault import LEAST_COST, create_vault

FIXTURES = Path(__file__).parents[1] / "fixtures"
PDF = b"%PDF-1.4\n% a made-up letter\n%%EOF\n"
PICTURE = b"\x89PNG\r\n\x1a\n made up"
PASSPHRASE = "four calm words here"


def base64(content: bytes) -> str:
    return b64encode(content).decode()


def bundle(*resources: dict[str, Any]) -> IncomingFile:
    found = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    return IncomingFile("portal.json", json.dumps(found).encode())


def document(number: str, kind: str, content: bytes, title: str | None = None) -> dict[str, Any]:
    attachment = {"contentType": kind, "data": base64(content)} | ({"title": title} if title else {})
    return {
        "resourceType": "DocumentReference",
        "id": number,
        "status": "current",
        "description": "Letter / of a clinic",
        "content": [{"attachment": attachment}],
    }


ATTACHED = bundle(
    document("pdf", "application/pdf", PDF, "Discharge letter"),
    document("text", "text/plain", b"Only words."),
    document("summary", "text/xml", summary()),
    {"resourceType": "Patient", "name": [{"text": "Nora Sample"}], "photo": [{"data": base64(PICTURE)}]},
    {
        "resourceType": "DocumentReference",
        "content": [{"attachment": {"url": "https://portal.example/fhir/Binary/b1", "title": "X-ray report"}}],
    },
    {"resourceType": "Binary", "id": "b1", "contentType": "application/pdf", "content": base64(PDF + b"2")},
    {
        "resourceType": "DiagnosticReport",
        "code": {"text": "Chest X-ray"},
        "presentedForm": [{"contentType": "application/pdf", "data": base64(PDF + b"3")}],
    },
    {
        "resourceType": "Media",
        "content": {"contentType": "image/png", "data": base64(PICTURE + b"2"), "title": "Strip"},
    },
    {
        "resourceType": "Observation",
        "code": {"text": "ECG"},
        "valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": base64(PDF)},
    },
)
AT = "Bundle.entry[{}].resource{}"


@pytest.fixture(scope="module")
def attached() -> dict[str, ReadFile]:
    return {read.path: read for read in read_files([ATTACHED])}


def test_each_file_inside_an_entry_is_named_as_its_entry_names_it(attached: dict[str, ReadFile]) -> None:
    assert list(attached) == [
        "portal.json",
        "portal.json/Discharge letter.pdf",
        "portal.json/Letter of a clinic.xml",
        "portal.json/Nora Sample.png",
        "portal.json/X-ray report.pdf",
        "portal.json/Chest X-ray.pdf",
        "portal.json/Strip.png",
    ]
    assert [read.importer for read in attached.values()] == ["fhir", "keepsake", "ccda", *["keepsake"] * 4]
    assert all(read.problem is None for read in attached.values())


def test_its_bytes_are_whole_and_its_records_tell_the_file_and_place_around_it(
    attached: dict[str, ReadFile],
) -> None:
    places = {path: {record.source and record.source.within for record in read.records}
              for path, read in attached.items()}  # fmt: skip
    assert places.pop("portal.json") == {None}
    expected = (
        (0, ".content[0].attachment"), (2, ".content[0].attachment"), (3, ".photo[0]"), (5, ""),
        (6, ".presentedForm[0]"), (7, ".content"),
    )  # fmt: skip
    assert list(places.values()) == [
        {Source(ATTACHED.sha256, AT.format(number, inside), "fhir")} for number, inside in expected
    ]
    letter = attached["portal.json/Discharge letter.pdf"].file
    assert letter
    assert letter.content == PDF


def test_words_stay_with_their_entry_and_a_summary_is_read_instead_of_shown_as_marks(
    attached: dict[str, ReadFile],
) -> None:
    texts = [record.text for record in attached["portal.json"].records if isinstance(record, DocumentReference)]
    assert texts == [None, "Only words.", None, None]
    kinds = {record.kind for record in attached["portal.json/Letter of a clinic.xml"].records}
    assert {"Condition", "MedicationStatement", "Observation"} <= kinds
    assert attached["portal.json"].unread == ()


def test_kept_twice_nothing_is_new(tmp_path: Path) -> None:
    path = tmp_path / "portal.json"
    path.write_bytes(ATTACHED.content)
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        first = [keep(vault, read) for read in read_paths([path])]
        again = [keep(vault, read) for read in read_paths([path])]
        assert len(vault.documents()) == len(first) == 7
        assert sum(receipt.new + receipt.as_text for receipt in first) > 100
        assert sum(receipt.new + receipt.changed + receipt.as_text for receipt in again) == 0
        sources = {kept.record.title: kept.record.source for kept in vault.list("DocumentReference")}
        report = sources["X-ray report"]
        assert report
        assert report.within == Source(ATTACHED.sha256, AT.format(5, ""), "fhir")
    assert first[1].path == f"{tmp_path}/portal.json/Discharge letter.pdf"


@pytest.mark.parametrize(
    ("compression", "pack"),
    [("", bytes), ("ZL", zlib.compress), ("GZ", gzip.compress), ("DF", lambda body: zlib.compress(body)[2:-4])],
)
def test_the_body_of_an_unstructured_summary_is_a_file_of_its_own(compression: str, pack: Any) -> None:
    packed = f' compression="{compression}"' if compression else ""
    content = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Operation report</title><component><nonXMLBody>'
        f'<text mediaType="application/pdf" representation="B64"{packed}>{base64(pack(PDF))}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    ).encode()
    outer, inner = read_files([IncomingFile("report.xml", content)])
    assert inner.path == "report.xml/Operation report.pdf"
    assert inner.file
    assert inner.file.content == PDF
    (record,) = inner.records
    place = "ClinicalDocument/component/nonXMLBody/text"
    assert record.source
    assert record.source.within == Source(outer.file.sha256 if outer.file else "", place, "ccda")


def test_a_packed_bomb_inside_a_summary_is_a_sentence_and_costs_nothing_else() -> None:
    bomb = base64(zlib.compress(b"%PDF" + bytes(50_000_000)))
    content = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Report</title><component><nonXMLBody>'
        f'<text representation="B64" compression="ZL">{bomb}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    ).encode()
    (read,) = read_files([IncomingFile("report.xml", content)])
    assert read.records
    assert "unpacks to far more" in read.unread[-1].why


def test_files_in_files_in_files_end() -> None:
    file = document("0", "application/pdf", PDF)
    for _ in range(DEEPEST_FILE + 3):
        file = document("0", "application/fhir+json", json.dumps(file).encode())
    reads = list(read_files([bundle(file)]))
    assert len(reads) == DEEPEST_FILE + 1
    nearest = [read.records[0].source for read in reads if read.file]
    assert [source.within and source.within.sha256 for source in nearest if source] == [
        None,
        *(read.file.sha256 for read in reads[:-1] if read.file),
    ]


def test_a_real_unstructured_document_gives_its_pdf() -> None:
    path = FIXTURES / "ccda" / "ms_converter" / "Unstructured_Document_embed.ccda"
    outer, *inner = read_paths([path])
    assert outer.importer == "ccda"
    assert [read.importer for read in inner] == ["keepsake"]
    assert inner[0].file
    assert isinstance(inner[0].file.content, bytes)
    assert inner[0].file.content.startswith(b"%PDF-1.5")
