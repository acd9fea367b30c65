"""The place a record came from, cut out of its file by a child, also by one that lies or dies."""

import pytest

from secondlens.errors import BadInput
from secondlens.importers._child import DIED, MISBEHAVED, TOO_LONG, TOO_MUCH, UNCHANGED
from secondlens.importers._excerpt import around
from secondlens.importers._messages import Excerpt
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import NOT_SHOWN, Sandbox
from tests.importers.children import FILE, liar, reader_with

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
    excerpt = around(content, where)
    assert excerpt.text is not None
    assert (there in excerpt.text, not_there in excerpt.text, excerpt.whole) == (True, False, False)


@pytest.mark.parametrize(
    "where",
    ["section[1]", "section[9]", "section[2]/entry[0]", "header/author[1]", "", "line 0", f"line {'9' * 5000}"],
)
def test_a_place_that_cannot_be_found_shows_the_beginning(where: str) -> None:
    assert around(CCDA, where) == Excerpt(CCDA.decode(), whole=True)


def test_a_line_comes_with_the_lines_around_it() -> None:
    text = "".join(f"{number}\n" for number in range(1, 10))
    assert around(text.encode(), "line 5") == Excerpt("5\n", whole=False, before="2\n3\n4\n", after="6\n7\n8\n")
    assert around(text.encode(), "line 1 and 7 more") == Excerpt("1\n", whole=False, after="2\n3\n4\n")
    long = around(b"\n".join([b"a" * 30_000] * 3), "line 2")
    assert (len(long.before), len(long.text or ""), len(long.after)) == (2_000, 16_000, 2_000)


def test_a_long_file_is_cut() -> None:
    assert around(b"a" * 50_000, "") == Excerpt("a" * 20_000, whole=False)


@pytest.mark.parametrize("content", [b"%PDF-1.7\x00\x01", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\x00"])
def test_what_is_no_text_is_not_shown(content: bytes) -> None:
    assert around(content, "") == Excerpt(None, whole=False)


def test_entities_are_never_followed() -> None:
    hostile = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><section>&x;</section></a>'
    assert "root:" not in (around(hostile, "section[1]").text or "")


def test_a_child_cuts_out_what_would_be_cut_out_without_one() -> None:
    marked = b"\xef\xbb\xbfshort"
    asked = (
        (CCDA, "section[2]/entry[2]/act[1]"),
        (BUNDLE, "Bundle.entry[1].resource"),
        (CCDA, "line 3"),
        (CCDA, ""),
        (marked, ""),
        ("\N{SNOWMAN}\N{BRAIN}".encode() * 50_000, ""),
        (b"%PDF-1.7\x00\x01", ""),
    )
    with Sandbox() as sandbox:
        for content, where in asked:
            assert sandbox.excerpt(IncomingFile(name="a", content=content), where) == around(content, where)


HARMS = {
    "a fault": ("raise ZeroDivisionError", NOT_SHOWN),
    "a refusal": ("raise BadInput('Call this number.')", NOT_SHOWN),
    "leaving": ("os._exit(0)", DIED),
    "a broken address": ("ctypes.string_at(0)", DIED),
    "never ending": ("while True: pass", TOO_LONG),
}


@pytest.mark.parametrize(("harm", "sentence"), HARMS.values(), ids=HARMS)
def test_a_harmed_reader_is_a_sentence_and_the_next_place_is_shown(harm: str, sentence: str) -> None:
    with Sandbox(reader_with("pass", around=harm), seconds=3) as sandbox:
        with pytest.raises(BadInput) as error:
            sandbox.excerpt(FILE, "")
        assert sandbox.excerpt(IncomingFile(name="a", content=b"words"), "").text == "words"
    assert str(error.value) == sentence.partition(f" {UNCHANGED}")[0]


LIES = {
    "too many letters": ("say(Excerpt('a' * 20_001, False), Done(0))", MISBEHAVED),
    "too many letters around": ("say(Excerpt('a', False, 'b' * 10_000, 'c' * 10_000), Done(0))", MISBEHAVED),
    "words around nothing": ("say(Excerpt(None, False, 'b'), Done(0))", MISBEHAVED),
    "words around a whole file": ("say(Excerpt(content.decode(), True, after='b'), Done(0))", MISBEHAVED),
    "far too many letters": ("say(Excerpt('a' * 200_000, False), Done(0))", TOO_MUCH),
    "an endless flood": ("while True: say(Excerpt('', False))", MISBEHAVED),
    "two of them": ("say(Excerpt('a', False), Excerpt('b', False), Done(0))", MISBEHAVED),
    "nothing": ("say(Done(0))", MISBEHAVED),
    "a whole file that is another": ("say(Excerpt('harm', True), Done(0))", MISBEHAVED),
    "letters that are none": ("put(b'\\x83\\xa4type\\xa7Excerpt\\xa4text\\xa1\\xff\\xa5whole\\xc2')", MISBEHAVED),
    "bytes": ("say(Excerpt(b'a', False), Done(0))", MISBEHAVED),
    "a record": ("say(entries(composition(content)), Done(1))", MISBEHAVED),
    "a record besides": ("say(entries(composition(content)), Excerpt('a', False), Done(0))", MISBEHAVED),
    "words of its own": ("say(Refused('Call this number.'))", NOT_SHOWN),
}


@pytest.mark.parametrize(("say", "sentence"), LIES.values(), ids=LIES)
def test_what_a_lying_reader_says_of_a_place_is_not_believed(say: str, sentence: str) -> None:
    with Sandbox(liar(say), seconds=3) as sandbox, pytest.raises(BadInput) as error:
        sandbox.excerpt(FILE, "")
    assert str(error.value) == sentence.partition(f" {UNCHANGED}")[0]


def test_words_that_are_all_of_the_file_are_believed() -> None:
    with Sandbox(liar("say(Excerpt(content.decode(), True), Done(0))")) as sandbox:
        assert sandbox.excerpt(FILE, "") == Excerpt(FILE.content.decode(), whole=True)
