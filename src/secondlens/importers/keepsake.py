"""Files kept whole: scans, pictures, letters, device exports. What is inside them is not parsed here.

A file is known by its first bytes. Other plain text is left alone: nothing in it tells whether it is about health.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import PurePath

from secondlens.domain.clinical import DocumentReference
from secondlens.domain.record import Record, Unread
from secondlens.domain.source import Source
from secondlens.importers.incoming import IncomingFile

WORDS_UNREAD = "This file is kept whole. The words in it are not read, so search does not find them."
PICTURE_UNREAD = "This picture is kept whole. What it shows is not read, so search does not find it."
ROUTE_UNREAD = "This route is kept whole. The places in it are not read."
CURVE_UNREAD = "This heart recording (ECG) is kept whole. The curve in it is not read."

_PDF = "application/pdf"
_ROUTE = "application/gpx+xml"
_CURVE = "text/csv"
# First bytes, and what they begin. https://www.iana.org/assignments/media-types
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
)
_OFFICE_FIRST = (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"mimetypeapplication/vnd.")
_OFFICE = "application/zip"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ROUTE_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<gpx[\s>]", re.DOTALL)
# An ECG of Apple Health begins with a dozen lines in the words of the phone's language. In every language it names
# the rate in hertz and the unit of the curve, which follows: one number a line.
# No part can match what the next one matches: else a line of nothing but commas takes minutes.
_BLANKS = r"[^\S\n]*"
_CURVE_HEAD = re.compile(
    rf"^[^,\n]*,{_BLANKS}\d[\d.,]* ?[^\s\d.,]\S*{_BLANKS}\n(?:.*\n){{0,8}}?[^,\n]+,{_BLANKS}[µμ]V{_BLANKS}\n"
    rf"(?:{_BLANKS}\n)*(?:-?\d+(?:[.,]\d+)?{_BLANKS}\n){{20}}",
    re.MULTILINE,
)
# A PDF may have a few bytes of mail or scanner leftovers before its mark.
_PDF_WITHIN = 1024
_HEAD = 4 * 1024


class Keepsake:
    """The importer for files that are kept as they are."""

    name = "keepsake"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell by the first bytes."""
        return _media_type(file.content) is not None

    def read(self, file: IncomingFile) -> Iterator[Record | Unread]:
        """Yield one DocumentReference, and what of it is not read."""
        media_type = _media_type(file.content)
        yield DocumentReference(
            title=_title(file.name),
            source=Source(file.sha256, "", self.name),
            media_type=media_type,
        )
        yield Unread("whole file", _why_unread(media_type))


KEEPSAKE = Keepsake()


def is_office_document(content: bytes) -> bool:
    """Tell a letter or table of an office program, which is a zip inside, by the zip's first member."""
    return content.startswith(b"PK\x03\x04") and content[30:].startswith(_OFFICE_FIRST)


def _media_type(content: bytes) -> str | None:
    known = next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)
    if known:
        return known
    if is_office_document(content):
        return _OFFICE
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return _PDF
    if (content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS) or content[128:132] == b"DICM":
        return "image/heic" if content[4:8] == b"ftyp" else "application/dicom"
    return _media_type_of_text(content[:_HEAD].removeprefix(BOM_UTF8))


def _media_type_of_text(head: bytes) -> str | None:
    if _ROUTE_ROOT.match(head):
        return _ROUTE
    return _CURVE if _CURVE_HEAD.search(head.decode("utf-8", "ignore")) else None


def _title(name: str) -> str:
    """Give the file's name without folders and ending."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return PurePath(last).stem.strip() or last or "Document"


def _why_unread(media_type: str | None) -> str:
    if media_type in (_ROUTE, _CURVE):
        return ROUTE_UNREAD if media_type == _ROUTE else CURVE_UNREAD
    is_picture = media_type is not None and (media_type.startswith("image/") or media_type == "application/dicom")
    return PICTURE_UNREAD if is_picture else WORDS_UNREAD
