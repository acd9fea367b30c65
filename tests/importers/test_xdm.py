"""What a portal package says about its documents is read, and compared with the files that are there."""

import zipfile
from collections.abc import Mapping
from hashlib import sha1
from io import BytesIO

import pytest

from secondlens.actions.importing import read_files
from secondlens.domain.record import Record, Unread
from secondlens.importers._xdm_contents import ANOTHER_HASH, ANOTHER_SIZE, MISSING, UNREADABLE_LIST
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.xdm import NOTHING_LISTED, XDM
from secondlens.sample.ccda_file import summary
from tests.importers.golden import GOLDEN

FOLDER = GOLDEN / "xdm"
PDF = b"%PDF-1.4\n%%EOF\n"
PICTURE = b"\x89PNG\r\n\x1a\n made up"
SUMMARY = summary()
CHECK = sha1(SUMMARY, usedforsecurity=False).hexdigest()


def metadata(size: int = len(SUMMARY), check: str = CHECK) -> bytes:
    text = (FOLDER / "METADATA.XML").read_text("utf-8")
    return text.replace("SIZE1", str(size)).replace("HASH1", check).encode()


def package(files: Mapping[str, bytes]) -> IncomingFile:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return IncomingFile("portal.zip", packed.getvalue())


def whole(inside: str = "IHE_XDM/SUBSET01/", **changed: bytes) -> dict[str, bytes]:
    return {
        "INDEX.HTM": b"<html>",
        f"{inside}METADATA.XML": changed.get("metadata", metadata()),
        f"{inside}DOC0001.XML": changed.get("summary", SUMMARY),
        f"{inside}doc0002.pdf": PDF,
        f"{inside}PICS/SCAN ONE.PNG": PICTURE,
    }


def differences(files: Mapping[str, bytes]) -> dict[str, str]:
    *_, account = read_files([package(files)])
    return {one.where: one.why for one in account.unread if one.where != "INDEX.HTM"}


def test_documents_are_named_as_the_package_names_them() -> None:
    read = list(XDM.read(IncomingFile("METADATA.XML", (FOLDER / "METADATA.XML").read_bytes())))
    assert [part.identifiers for part in read if isinstance(part, Record)][:2] == [("urn:oid:1.2.3.4.5",), ()]


def test_every_file_of_a_package_goes_to_its_own_importer() -> None:
    reads = list(read_files([package(whole())]))
    assert [(read.path.rpartition("/")[2], read.importer) for read in reads] == [
        ("DOC0001.XML", "ccda"),
        ("METADATA.XML", "xdm"),
        ("SCAN ONE.PNG", "keepsake"),
        ("doc0002.pdf", "keepsake"),
        ("portal.zip", "zip"),
    ]


@pytest.mark.parametrize("inside", ["IHE_XDM/SUBSET01/", ""])
def test_what_is_not_as_the_list_says_is_named(inside: str) -> None:
    assert differences(whole(inside)) == {
        f"{inside}DOC0002.PDF": ANOTHER_HASH,
        f"{inside}PICS/SCAN ONE.PNG": ANOTHER_SIZE.format(found=len(PICTURE), said="99"),
        f"{inside}LOST.PDF": MISSING,
    }


def test_a_file_changed_on_the_way_is_told_by_its_check_number_even_at_the_same_size() -> None:
    changed = SUMMARY.replace(b"Sample", b"Simple", 1)
    assert differences(whole(summary=changed))["IHE_XDM/SUBSET01/DOC0001.XML"] == ANOTHER_HASH
    *reads, _ = read_files([package(whole(summary=changed))])
    assert reads[0].records


def test_a_file_that_was_cut_is_told_by_its_size() -> None:
    found = differences(whole(metadata=metadata(size=len(SUMMARY) + 1)))
    assert found["IHE_XDM/SUBSET01/DOC0001.XML"].startswith("This file has")


def test_a_package_inside_a_zip_is_compared_too() -> None:
    inner = package(whole())
    assert "inner.zip/IHE_XDM/SUBSET01/LOST.PDF" in differences({"inner.zip": inner.content})


def test_a_list_that_cannot_be_read_costs_only_itself() -> None:
    found = list(read_files([package(whole(metadata=b"<SubmitObjectsRequest><a>"))]))
    unread = {one.where: one.why for one in found[-1].unread}
    assert unread["IHE_XDM/SUBSET01/METADATA.XML"] == UNREADABLE_LIST
    assert [read.importer for read in found if read.records] == ["ccda", "keepsake", "keepsake"]


def test_a_list_without_documents_says_so() -> None:
    assert list(XDM.read(IncomingFile("m", b"<SubmitObjectsRequest/>"))) == [Unread("whole file", NOTHING_LISTED)]
