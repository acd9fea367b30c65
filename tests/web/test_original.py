"""The place a record came from, cut out of the original file."""

import pytest

from secondlens.web._original import around

CCDA = b"""<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>
<component/>
<component><section><title>Problems</title>
<entry><act><id root="a"/></act></entry><entry><act><id root="b"/></act></entry>
<component><section><title>Inner</title></section></component></section></component>
<component><section><title>Results</title><entry><organizer><component><observation><id root="c"/></observation>
</component></organizer></entry></section></component>
</structuredBody></component></ClinicalDocument>"""
BUNDLE = b'{"entry": [{"fullUrl": "one"}, {"fullUrl": "two", "value": 5.40}]}'


@pytest.mark.parametrize(
    ("content", "where", "there", "not_there"),
    [
        (CCDA, "section[2]/entry[2]/act[1]", 'root="b"', 'root="a"'),
        (CCDA, "section[2]/section[1]", "Inner", "Problems"),
        (CCDA, "section[3]/entry[1]/organizer[1]/component[1]/observation[1]", 'root="c"', "organizer"),
        (BUNDLE, "Bundle.entry[1].resource", "5.40", "one"),
        (b"first\nsecond\nthird", "line 2", "second", "third"),
    ],
)
def test_exactly_the_named_place_is_cut_out(content: bytes, where: str, there: str, not_there: str) -> None:
    text, whole = around(content, where)
    assert text is not None
    assert (there in text, not_there in text, whole) == (True, False, False)


@pytest.mark.parametrize(
    "where", ["section[1]", "section[9]", "section[2]/entry[0]", "header/author[1]", "", "line 0"]
)
def test_a_place_that_cannot_be_found_shows_the_beginning(where: str) -> None:
    assert around(CCDA, where) == (CCDA.decode(), True)


def test_a_long_file_is_cut() -> None:
    text, whole = around(b"a" * 50_000, "")
    assert (len(text or ""), whole) == (20_000, False)


@pytest.mark.parametrize("content", [b"%PDF-1.7\x00\x01", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\x00"])
def test_what_is_no_text_is_not_shown(content: bytes) -> None:
    assert around(content, "") == (None, False)


def test_entities_are_never_followed() -> None:
    hostile = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><section>&x;</section></a>'
    text, _ = around(hostile, "section[1]")
    assert "root:" not in (text or "")
