"""Hostile and damaged XML: refused with a sentence, or read as far as it goes, with a word on what is missing."""

import subprocess
import sys

import pytest

from secondlens.importers import _xml
from secondlens.importers._xml import CutOff, NotXml, UnsafeXml, read_xml, value_type

LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))


@pytest.mark.parametrize(
    "content",
    [
        f"<!DOCTYPE ClinicalDocument [{LAUGHS}]><ClinicalDocument>&a11;</ClinicalDocument>".encode(),
        f"<?xml version='1.0'?>\n<!-- x --><!DOCTYPE a [<!ENTITY q '{'x' * 9999}'>]><a>{'&q;' * 99}</a>".encode(),
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
        b"<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]><a/>",
        b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode("utf-16"),
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode("utf-16-be"),
        b"<a>" * 100_000 + b"</a>" * 100_000,
        b"<a>" * 201 + b"</a>" * 201,
        b"<a>" + b"<b/>" * 700_000 + b"</a>",
    ],
    ids=[
        "laughs",
        "quadratic",
        "file",
        "parameter",
        "outside",
        "utf-16",
        "utf-16-be",
        "depth",
        "just too deep",
        "flood",
    ],
)
def test_what_no_medical_file_needs_is_refused(content: bytes) -> None:
    with pytest.raises(UnsafeXml):
        read_xml(content)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_xml, "MAX_BYTES", 10)
    with pytest.raises(UnsafeXml, match="40 MB"):
        read_xml(b"<a>0123456789</a>")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"no mark-up at all", b"\xff\xfe"])
def test_what_is_not_xml_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NotXml, match="could not be read as XML"):
        read_xml(content)


@pytest.mark.parametrize(
    "content",
    [
        "<a>caf\u00e9</a>".encode(),
        b"\xef\xbb\xbf" + "<?xml version='1.0' encoding='utf-8'?><a>caf\u00e9</a>".encode(),
        "<?xml version='1.0' encoding='utf-16'?><a>caf\u00e9</a>".encode("utf-16"),
        "<a>caf\u00e9</a>".encode("utf-16-be"),
        "<?xml version='1.0' encoding='iso-8859-1'?><a>caf\u00e9</a>".encode("latin-1"),
        "<?xml version='1.0' encoding='utf-8'?><a>caf\u00e9</a>".encode("cp1252"),
        "<?xml version='1.0' encoding='no-such-code'?><a>caf\u00e9</a>".encode(),
        b"<?xml-stylesheet href='http://127.0.0.1:9/s.xsl'?><a>caf&eacute;</a>",
    ],
)
def test_any_encoding_gives_the_same_words(content: bytes) -> None:
    document = read_xml(content)
    assert document.root.text == "caf\u00e9"
    assert document.faults == ()


def test_namespaces_prefixes_and_missing_declarations_make_no_difference() -> None:
    for content in (
        b"<a xmlns='urn:hl7-org:v3' xmlns:x='http://www.w3.org/2001/XMLSchema-instance'><b x:type='PQ'/></a>",
        b'<a xmlns="urn:hl7-org:v3"><b xsi:type="PQ"/></a>',
        b"<h:a xmlns:h='urn:hl7-org:v3'><h:b xsi:type='h:PQ'/></h:a>",
        b"<h:a><h:b type='PQ'/></h:a>",
    ):
        document = read_xml(content)
        assert document.root.tag == "a"
        assert [(child.tag, value_type(child)) for child in document.root] == [("b", "PQ")]
        assert document.faults == ()


def test_bare_ampersands_are_read_without_loss() -> None:
    document = read_xml(b"<a>salt & pepper &lt; 5 &nbsp;&#233;</a>")
    assert document.root.text == "salt & pepper < 5 \u00a0\u00e9"
    assert document.faults == ()


@pytest.mark.parametrize("content", [b"<a><b>kept</b>\n<c>half", b"<a><b>kept</b></a", b"<a><b>kept</b>", b"<a"])
def test_a_cut_off_file_is_refused_whole(content: bytes) -> None:
    with pytest.raises(CutOff, match="stops early"):
        read_xml(content)


def test_a_wrong_end_tag_in_the_middle_costs_only_its_place() -> None:
    document = read_xml(b"<a><b>kept</b>\n<c>half</d><e>after</e></a>")
    assert "line 2" in document.faults[0]
    assert "after" in "".join(map(str, document.root.itertext()))


def test_forbidden_characters_are_shown_and_said() -> None:
    document = read_xml(b"<a>one\x0btwo</a>")
    assert document.root.text == "one\ufffdtwo"
    assert "characters" in document.faults[0]


def test_an_unreadable_sign_that_the_source_itself_holds_is_no_damage() -> None:
    assert read_xml("<a>one\ufffdtwo</a>".encode()).faults == ()


def test_several_roots_are_all_kept() -> None:
    document = read_xml(b"<?xml version='1.0'?><a/><b/>")
    assert [child.tag for child in document.root] == ["a", "b"]
    assert document.faults == ()


def test_an_embedded_file_larger_than_ten_megabytes_is_read() -> None:
    document = read_xml(b"<a>" + b"A" * 11_000_000 + b"</a>")
    assert len(document.root.text or "") == 11_000_000


@pytest.mark.parametrize("name", ["a:.1", "a:", "a:b:1"])
def test_a_tag_that_is_no_name_without_its_prefix_costs_only_its_name(name: str) -> None:
    document = read_xml(f"<d><{name}>kept</{name}></d>".encode())
    assert [child.tag for child in document.root] == ["unnamed"]
    assert [*document.root.itertext()] == ["kept"]


_WITH_LITTLE_MEMORY = """
import resource
from secondlens.importers._xml import read_xml
content = b"<d>" + b"<paragraph>word word word</paragraph>" * 160_000 + b"</d>"
pages = int(open("/proc/self/statm").read().split()[0])
room = pages * resource.getpagesize() + 30_000_000
resource.setrlimit(resource.RLIMIT_AS, (room, room))
try:
    read_xml(content)
except MemoryError:
    print("MemoryError")
"""


def test_a_document_is_never_read_in_part_because_memory_ran_out() -> None:
    ran = subprocess.run([sys.executable, "-c", _WITH_LITTLE_MEMORY], capture_output=True, check=True, text=True)
    assert ran.stdout == "MemoryError\n"
