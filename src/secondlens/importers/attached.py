"""Files inside the records of a FHIR or C-CDA file: taken out, so that each is kept and read as a file of its own.

A letter, a scan or a whole medical summary often travels as base64 inside one entry. Words that are plain text
stay with their entry; everything another importer knows comes out here, with its place in the file around it.
"""

import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._attachment import file_bytes, is_own_file
from secondlens.importers._cda_narrative import all_words
from secondlens.importers._cda_place import first
from secondlens.importers._fhir_other import decoded, name_of
from secondlens.importers._fhir_part import Part
from secondlens.importers._fhir_read import parts
from secondlens.importers._marks import FHIR_MARK
from secondlens.importers._xml import read_xml
from secondlens.importers.archive import LARGEST_MEMBER, RATIO_FROM, STEEPEST_RATIO, printable
from secondlens.importers.incoming import IncomingFile

MOST_FILES = 5_000
TOO_MANY = (
    f"More than {MOST_FILES:,} files lie in the entries of this file. From here on they stay in the original."
)
UNPACKED_TOO_LARGE = (
    "A packed file inside this entry unpacks to far more than a letter could hold. It is not opened."
)

_NO_FILE = ("origin", "dimensions", "sigFormat")  # a recorded curve, a signature
_POINTING = ("DocumentReference", "DiagnosticReport", "Media")
# deflate, zlib and gzip, as zlib numbers its wrappings. HL7 V3 data types, CompressionAlgorithm.
_PACKED = {"DF": -zlib.MAX_WBITS, "ZL": zlib.MAX_WBITS, "GZ": zlib.MAX_WBITS + 16}
_LONGEST_NAME = 120
_ENDINGS = (
    *((b"%PDF", "pdf"), (b"\xff\xd8", "jpg"), (b"\x89PNG", "png"), (b"II", "tif"), (b"MM", "tif")),
    *((b"{\\rtf", "rtf"), (b"PK", "zip"), (b"{", "json"), (b"[", "json"), (b"<", "xml")),
)


def attached_files(file: IncomingFile) -> Iterator[IncomingFile | Unread]:
    """Yield every file inside the entries of a file that its importer has read; `place` tells where it lies."""
    found = _in_fhir(file.content) if _is_json(file.content) else _in_cda(file.content)
    for number, one in enumerate(found):
        if number == MOST_FILES:
            yield Unread(one.where if isinstance(one, Unread) else one.place, TOO_MANY)
            return
        yield one


def _is_json(content: bytes) -> bool:
    return content[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"["))


def _in_fhir(content: bytes) -> Iterator[IncomingFile | Unread]:
    resources = [part for part in parts(content) if isinstance(part, Part)]
    titles = _titles(resources)
    for part in resources:
        if not FHIR_MARK.search(bytes(part.raw)):
            continue
        found = _opened(part)
        title = titles.get(f"{part.type}/{part.id}") or titles.get(part.url or "")
        title = title or (name_of(found) if part.type != "Binary" else None)
        for place, value in _holders(found):
            data = value.get("data") or value.get("content")
            inside = file_bytes(data) if isinstance(data, str) else None
            if inside and is_own_file(inside):
                said = value.get("title")
                name = _named(said if isinstance(said, str) and said.strip() else title, inside)
                yield IncomingFile(name, inside, f"{part.where}{place}".removeprefix("."))


def _opened(part: Part) -> dict[str, Any]:
    try:
        return decoded(part.raw) or {}
    except (ValueError, RecursionError):  # the importer has said so
        return {}


def _holders(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object that holds base64, with its place, in the file's order."""
    waiting: list[tuple[str, Any]] = [("", found)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("data", value.get("content")), str) and not any(
                key in value for key in _NO_FILE
            ):
                yield place, value
            waiting += reversed([(f"{place}.{key}", inner) for key, inner in value.items()])
        elif isinstance(value, list):
            waiting += reversed([(f"{place}[{number}]", inner) for number, inner in enumerate(value)])


def _titles(resources: list[Part]) -> dict[str, str]:
    """Name each Binary as the document says that leads to it."""
    found: dict[str, str] = {}
    for part in resources:
        if part.type not in _POINTING or b'"url"' not in bytes(part.raw):
            continue
        resource = _opened(part)
        waiting: list[Any] = [resource]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                address, said = value.get("url"), value.get("title")
                title = said if isinstance(said, str) else name_of(resource)
                if isinstance(address, str) and title:
                    found.setdefault("/".join(address.split("/")[-2:]), title)
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
    return found


def _in_cda(content: bytes) -> Iterator[IncomingFile | Unread]:
    root = read_xml(content).root
    for element in root.iter("*"):
        if element.get("representation") != "B64":
            continue
        place = root.getroottree().getpath(element).removeprefix("/")
        try:
            inside = _unpacked(element, file_bytes("".join(map(str, element.itertext()))))
        except BadInput as error:
            yield Unread(place, str(error))
            continue
        if inside and is_own_file(inside):
            yield IncomingFile(_named(_heading(element), inside), inside, place)


def _unpacked(element: etree._Element, content: bytes | None) -> bytes | None:
    wrapping = _PACKED.get(element.get("compression") or "")
    if content is None or wrapping is None:
        return content
    most = min(LARGEST_MEMBER, max(RATIO_FROM, STEEPEST_RATIO * len(content)))
    stream = zlib.decompressobj(wrapping)
    try:
        unpacked = stream.decompress(content, most)
    except zlib.error:
        return None
    if stream.unconsumed_tail:
        raise BadInput(UNPACKED_TOO_LARGE)
    return unpacked if stream.eof else None


def _heading(element: etree._Element) -> str | None:
    """Give the nearest heading above: a title, or what the code around it is called."""
    around: etree._Element | None = element
    while around is not None:
        code = first(around, "code")
        title = all_words(first(around, "title")) or (code.get("displayName") if code is not None else None)
        if title:
            return title
        around = around.getparent()
    return None


def _named(title: str | None, content: bytes) -> str:
    """Make a name for people: the title on one line, and an ending by content."""
    words = " ".join((title or "").replace("/", " ").replace("\\", " ").split())[:_LONGEST_NAME].strip(" .")
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = next((ending for mark, ending in _ENDINGS if start.startswith(mark)), "bin")
    return printable(f"{words or 'Document'}.{ending}")
