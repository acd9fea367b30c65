import gzip
import io
import stat
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers import archive
from secondlens.importers.archive import is_archive, open_archive, printable
from secondlens.importers.incoming import IncomingFile

Members = dict[str, bytes]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def opened(content: bytes) -> list[IncomingFile | Unread]:
    return list(open_archive(IncomingFile("a.zip", content)))


def names(found: list[IncomingFile | Unread]) -> list[str]:
    return [part.where if isinstance(part, Unread) else part.name for part in found]


def sentence(content: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        opened(content)
    return str(caught.value)


def why(content: bytes) -> str:
    (found,) = opened(content)
    assert isinstance(found, Unread)
    return found.why


def test_members_come_out_in_the_order_of_their_names_with_their_bytes() -> None:
    found = opened(zipped({"b.txt": b"two", "a/c.txt": b"one", "a/": b""}))
    assert [(part.name, part.content) for part in found if isinstance(part, IncomingFile)] == [
        ("a/c.txt", b"one"),
        ("b.txt", b"two"),
    ]
    assert len(found) == 2


def test_a_zip_is_known_by_its_bytes_and_an_office_document_is_not_one() -> None:
    assert is_archive(IncomingFile("x.pdf", zipped({"a": b""})))
    assert is_archive(IncomingFile("x", zipped({})))
    assert not is_archive(IncomingFile("a.zip", b"PKnothing"))
    assert not is_archive(
        IncomingFile("a.docx", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    )


def test_a_zip_inside_is_opened_once() -> None:
    inner = zipped({"deep.txt": b"here", "deeper.zip": zipped({"x": b"1"})})
    found = opened(zipped({"inner.zip": inner}))
    assert names(found) == ["inner.zip/deep.txt", "inner.zip/deeper.zip"]
    assert isinstance(found[0], IncomingFile)
    assert isinstance(found[1], Unread)


def test_a_hundred_zips_in_each_other_are_one_sentence() -> None:
    content = zipped({"x": b"1"})
    for _ in range(100):
        content = zipped({"more.zip": content}, zipfile.ZIP_STORED)
    assert "zip inside a zip" in why(content)


def test_a_broken_zip_inside_costs_only_itself() -> None:
    found = opened(zipped({"bad.zip": b"PK\x03\x04nothing", "good.txt": b"1"}))
    assert [type(part) for part in found] == [Unread, IncomingFile]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("../../up.txt", "up.txt"),
        ("a/../b", "a/b"),
        ("C:\\Users\\x.txt", "Users/x.txt"),
        ("c:evil", "evil"),
        ("\\\\server\\share\\f", "server/share/f"),
        ("a\0b", "a_b"),
        ("line\nbreak\u202etxt", "line_break_txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("Zoë.txt", "Zoë.txt"),
    ],
)
def test_names_are_made_safe_to_show(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_a_hostile_name_in_a_zip_is_only_shown() -> None:
    assert names(opened(zipped({"../../etc/cron.d/x": b"1", "/abs": b"2"}))) == ["etc/cron.d/x", "abs"]


def test_a_directory_with_something_in_it_is_not_passed_over() -> None:
    assert names(opened(zipped({"folder/": b"hidden", "empty/": b""}))) == ["folder"]


def test_a_member_without_a_name_is_read() -> None:
    content = zipped({"a": b"words"}, zipfile.ZIP_STORED).replace(b"a", b"\0")
    assert names(opened(content)) == ["unnamed"]


def test_leftovers_are_named_and_not_opened() -> None:
    found = opened(zipped({"__MACOSX/._a.xml": b"x", ".DS_Store": b"x", "a/Thumbs.db": b"x"}))
    assert [type(part) for part in found] == [Unread] * 3


def test_pages_of_a_package_are_passed_over_only_in_a_package() -> None:
    pages = {"INDEX.HTM": b"x", "README.TXT": b"x", "IHE_XDM/S/STYLE.XSL": b"x"}
    package = opened(zipped({**pages, "IHE_XDM/S/METADATA.XML": b"x", "IHE_XDM/S/DOC.XML": b"<x/>"}))
    assert [part.name for part in package if isinstance(part, IncomingFile)] == [
        "IHE_XDM/S/DOC.XML",
        "IHE_XDM/S/METADATA.XML",
    ]
    assert len(package) == 5
    assert all(isinstance(part, IncomingFile) for part in opened(zipped(pages)))


def test_a_link_is_not_followed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert "link" in why(out.getvalue())


def test_a_locked_member_says_so() -> None:
    content = bytearray(zipped({"secret.txt": b"words"}))
    directory = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1
    assert "password" in why(bytes(content))


def test_a_member_with_wrong_checksum_costs_only_itself() -> None:
    content = zipped({"a.txt": b"first words", "b.txt": b"second"}, zipfile.ZIP_STORED).replace(
        b"first words", b"First words"
    )
    found = opened(content)
    assert [type(part) for part in found] == [Unread, IncomingFile]


def test_an_unknown_packing_method_costs_only_itself() -> None:
    content = bytearray(zipped({"a.txt": b"x"}))
    directory = content.index(b"PK\x01\x02")
    content[8:10] = content[directory + 10 : directory + 12] = struct.pack("<H", 97)
    assert "packed in a way" in why(bytes(content))


def test_a_size_that_lies_is_found_by_counting() -> None:
    content = bytearray(zipped({"a.txt": b"x" * 5000}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)
    assert "damaged" in why(bytes(content))


def test_a_bomb_is_refused() -> None:
    assert "far more" in sentence(zipped({"a": bytes(30 * 1024 * 1024)}))


def test_a_bomb_inside_a_zip_is_refused() -> None:
    bomb = zipped({"a": bytes(30 * 1024 * 1024)})
    assert "far more" in sentence(zipped({"inner.zip": bomb}))


def test_small_files_that_pack_well_are_no_bomb() -> None:
    assert len(opened(zipped({"a": bytes(5 * 1024 * 1024)}))) == 1


def test_overlapping_members_are_refused() -> None:
    assert "on top of each other" in sentence(overlapping(50))


def overlapping(count: int) -> bytes:
    """Many directory entries for the same packed bytes."""
    plain = zlib.compressobj(9, zlib.DEFLATED, -15)
    words = bytes(100_000)
    packed = plain.compress(words) + plain.flush()
    sizes = struct.pack("<III", zlib.crc32(words), len(packed), len(words))
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", 1, 0) + b"a"
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    entry += struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    body = local + packed
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(entry) * count, len(body), 0)
    return body + entry * count + b"PK\x05\x06" + end


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 5)
    assert len(opened(zipped({str(n): b"" for n in range(5)}))) == 5
    assert "files" in sentence(zipped({str(n): b"" for n in range(6)}))
    inner = zipped({str(n): b"" for n in range(4)})
    assert "files" in sentence(zipped({"1.zip": inner, "2.zip": inner}))


def test_too_large_a_total_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1000)
    assert "2 GB" in sentence(zipped({"a": b"x" * 600, "b": b"y" * 600}))


def test_too_large_a_member_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 1000)
    found = opened(zipped({"a": b"x" * 1001, "b": b"y"}))
    assert [type(part) for part in found] == [Unread, IncomingFile]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", zipped({"a": b"x"})[:-30], b"PK\x05\x06" + b"\0" * 10],
    ids=["begun", "cut", "empty and cut"],  # a zip holds the time, so two workers would name it differently
)
def test_a_cut_zip_is_one_sentence(content: bytes) -> None:
    assert "damaged" in sentence(content)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_zip_with_changed_bytes_ends_well(data: st.DataObject) -> None:
    content = bytearray(zipped({"a.txt": b"words" * 20, "b/c.zip": zipped({"d": b"x"})}))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = opened(bytes(content))
    except BadInput:
        return
    assert all(isinstance(part, IncomingFile | Unread) for part in found)


def test_a_file_packed_by_itself_comes_out_unpacked_alone_and_inside_a_zip() -> None:
    packed = gzip.compress(b"a line")
    assert is_archive(IncomingFile("Patient.ndjson.gz", packed))
    (alone,) = open_archive(IncomingFile("Patient.ndjson.gz", packed))
    assert alone == IncomingFile("Patient.ndjson", b"a line")
    assert opened(zipped({"bulk/Patient.ndjson.gz": packed})) == [IncomingFile("bulk/Patient.ndjson", b"a line")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"a line")[:-6], archive.DAMAGED),
        (gzip.compress(gzip.compress(b"x")), archive.NESTED),
        (gzip.compress(zipped({"a": b"x"})), archive.NESTED),
    ],
    ids=["cut", "packed twice", "a zip inside"],  # the bytes hold the time they were made
)
def test_a_file_packed_by_itself_that_cannot_be_used_is_a_sentence(content: bytes, said: str) -> None:
    assert opened(content) == [Unread("a.zip", said)]


def test_a_gzip_bomb_is_refused() -> None:
    assert sentence(gzip.compress(bytes(100 * 1024**2))) == archive.BOMB
