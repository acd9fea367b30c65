"""The words of RTF notes, and nothing of their marks."""

from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.domain.clinical import DocumentReference
from secondlens.importers._fhir_narrative import attached_text
from secondlens.importers._rtf import rtf_words
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile

NOTE = Path(__file__).parents[1] / "fixtures/ccda/hl7_examples/Notes/RTF_Note/RTF_Note__C-CDA_R2.1_.xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0\b Pulse\b0 : 72\par No fever.}", "Pulse: 72\nNo fever."),
        (rb"{\rtf1 caf\'e9 \u8805?5 \{x\} a\~b}", "caf\u00e9 \u22655 {x} a b"),
        (rb"{\rtf1{\*\hidden secret}{\pict 89504e}seen}", "seen"),
        (rb"{\rtf1 a\cell b\row}", "a | b"),
        (rb"{\rtf1 \u-10179?}", "\N{REPLACEMENT CHARACTER}"),
        (rb"{\rtf1 }", None),
        (b"no rtf", None),
    ],
)
def test_words_without_marks(content: bytes, words: str | None) -> None:
    assert rtf_words(content) == words


def test_a_real_note_can_be_read() -> None:
    file = IncomingFile(NOTE.name, NOTE.read_bytes())
    texts = [part.text or "" for part in CCDA.read(file) if isinstance(part, DocumentReference)]
    assert any("0700-1900 Nursing Note: Patient\u2019s vital signs were stable" in text for text in texts)
    assert not any("\\par" in text or "Calibri" in text for text in texts)


def test_a_note_in_fhir_can_be_read() -> None:
    data = b64encode(rb"{\rtf1 Stable.}").decode()
    assert attached_text("application/rtf", data) == attached_text("text/rtf", data) == "Stable."


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_words_that_can_be_kept(content: bytes) -> None:
    (rtf_words(b"{\\rtf" + content) or "").encode()
