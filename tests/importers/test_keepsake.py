import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.clinical import DocumentReference
from secondlens.domain.record import Unread
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.keepsake import KEEPSAKE, is_office_document

WHOLE = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/tiff": b"II*\0\x08\0\0\0",
    "image/heic": b"\0\0\0\x18ftypheic\0\0\0\0",
    "application/dicom": b"\0" * 128 + b"DICM\x02\0",
    "application/rtf": b"{\\rtf1\\ansi Hello}",
    "application/zip": b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",
}


@pytest.mark.parametrize(("media_type", "content"), WHOLE.items())
def test_a_file_is_kept_whole_and_says_what_is_not_read(media_type: str, content: bytes) -> None:
    file = IncomingFile("2024/Scan of letter.v2.bin", content)
    assert KEEPSAKE.recognises(file)
    document, unread = KEEPSAKE.read(file)
    assert isinstance(document, DocumentReference)
    assert (document.title, document.media_type, document.text) == ("Scan of letter.v2", media_type, None)
    assert document.start is None
    assert document.source
    assert document.source.sha256 == file.sha256
    assert isinstance(unread, Unread)
    assert unread.where == "whole file"
    assert "kept whole" in unread.why


def test_a_pdf_may_begin_with_leftovers() -> None:
    assert KEEPSAKE.recognises(IncomingFile("x", b"\r\n\0leftover" + b"%PDF-1.4"))


ROUTE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a walk -->\n'
    b'<gpx version="1.1" creator="Apple Health Export"><metadata/></gpx>'
)
HEAD = "Nom,Nora\nDate de naissance,1 mars 1990\nClassification,Rythme sinusal\nFr\u00e9quence,512 hertz\n\n\n"
CURVE = (HEAD + "D\u00e9rivation,D\u00e9rivation I\nUnit\u00e9,\u00b5V\n\n" + "-12.5\n3\n" * 40).encode()


@pytest.mark.parametrize(("content", "what"), [(ROUTE, "route"), (CURVE, "heart recording")])
def test_a_route_and_a_heart_recording_are_kept_whole_in_any_language(content: bytes, what: str) -> None:
    document, unread = KEEPSAKE.read(IncomingFile("x", content))
    assert isinstance(document, DocumentReference)
    assert isinstance(unread, Unread)
    assert what in unread.why


@pytest.mark.parametrize(
    "content", [HEAD.encode(), b"a,b\n" + b"1\n" * 100, b"<html><gpx></gpx></html>", b"<HealthData>"]
)
def test_what_only_looks_a_little_like_one_is_left_alone(content: bytes) -> None:
    assert not KEEPSAKE.recognises(IncomingFile("x", content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b'{"a": 1}',
        b"[1, 2]",
        b"<html><body>x</body></html>",
        b"<?xml version='1.0'?><ClinicalDocument/>",
        "Dear Zoë,\r\nall well.\n".encode(),
        b"MZ\x90\0\x03",
        b"\x7fELF\x02\x01",
        "Zoë".encode("latin-1"),
        b"words\x07\x01with bells",
        b"PK\x03\x04" + b"\0" * 26 + b"letter.txt",
        # A search for the head of a heart recording once took minutes on these.
        b"," * 4096,
        b"1," * 2048,
        b"a,1 b\n" + b"\n" * 4000,
    ],
)
def test_other_files_are_left_to_others(content: bytes) -> None:
    assert not KEEPSAKE.recognises(IncomingFile("x.pdf", content))


def test_only_an_office_document_is_a_zip_that_is_kept_whole() -> None:
    assert is_office_document(WHOLE["application/zip"])
    assert not is_office_document(b"PK\x03\x04" + b"\0" * 26 + b"IHE_XDM/")


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_under_any_name_end_well(content: bytes, name: str) -> None:
    file = IncomingFile(name, content)
    if KEEPSAKE.recognises(file):
        document = next(KEEPSAKE.read(file))
        assert isinstance(document, DocumentReference)
        assert document.title
