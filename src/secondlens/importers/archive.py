"""Zip files, opened in memory and with limits: what comes in by mail or from a portal may be hostile or broken.

Every member comes out as a file or as Unread with the reason; directories are not entries. Nothing is written to
disk, no link is followed, and a member's name is only ever shown. Sizes are counted on real bytes while they
stream, because a zip may lie about them. A zip inside the zip is opened once; one inside that is not.

The export of Apple Health can be larger than the memory: of a zip that can be read part by part, such a member is
only named, for somebody who reads it piece by piece.

A file packed by itself with gzip, alone or inside a zip, comes out unpacked.

Leftovers of computers (.DS_Store, __MACOSX) come out as Unread, and so do, in a package that has a METADATA.XML
(IHE XDM), the pages that only show the others: INDEX.HTM, STYLE.XSL, README.TXT. They hold no health facts.
"""

import gzip
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import pairwise

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._apple_root import WITHIN, root_of
from secondlens.importers._messages import PIECE, LargeMember
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.keepsake import is_office_document

MOST_ENTRIES = 20_000
LARGEST_TOTAL = 2 * 1024**3
LARGEST_MEMBER = 512 * 1024**2
# Text packs about 10 times smaller, rarely 50; a bomb 1000 times. Small files are left out of the reckoning.
STEEPEST_RATIO = 200
RATIO_FROM = 10 * 1024**2
CHUNK = 64 * 1024
# Above this an export of Apple Health is not taken into memory; nothing else may be above LARGEST_MEMBER.
LARGE = 16 * 1024**2
LARGEST_OF_ALL = 16 * 1024**3

BROKEN = "This zip is damaged. Download or copy it again, then try once more."
TOO_MANY = f"This zip holds more than {MOST_ENTRIES:,} files. Unpack it and choose the ones you need."
TOO_LARGE = "This zip unpacks to more than 2 GB. Unpack it and choose the files you need."
BOMB = "This zip unpacks to far more than a health record could hold, so it was not opened."
OVERLAPPING = "This zip is built to mislead: its files lie on top of each other. It was not opened."

ENCRYPTED = "This file is locked with a password. Unpack the zip with its password, then choose the file."
MEMBER_TOO_LARGE = "This file is larger than 512 MB. Unpack the zip and choose the file by itself."
DAMAGED = "This file is damaged inside the zip. Download the zip again."
UNKNOWN_METHOD = "This file is packed in a way that cannot be opened here. Unpack the zip and choose the file."
FAR_TOO_LARGE = "This file is larger than 16 GB, so it was not opened. Ask for a smaller export."
LINK = "This is only a link to another file, so there is nothing to read."
NESTED = "This is a zip inside a zip inside a zip. Unpack it and choose the files in it."
LEFTOVER = "This file was made by a computer for itself. It holds no health record."
VIEWER_PAGE = "This page only helps to show the other files. It holds no health record."

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)
_EMPTY_ZIP = b"PK\x05\x06"
_ZIP = (b"PK\x03\x04", _EMPTY_ZIP, b"PK\x07\x08PK\x03\x04")
_GZIP = b"\x1f\x8b\x08"
_HEADER = 30  # bytes of a member's own header before its name
_LEFTOVERS = {".ds_store", "thumbs.db", "desktop.ini"}
_VIEWER_PAGES = {"index.htm", "index.html", "style.xsl", "readme.txt"}


def is_archive(file: IncomingFile) -> bool:
    """Tell a zip, or one file packed with gzip, by its first bytes."""
    return is_zip(file.content) or _is_gzip(file.content)


def is_zip(content: bytes) -> bool:
    """Tell a zip by its first bytes. An office document is none."""
    return content.startswith(_ZIP) and not is_office_document(content)


def _is_gzip(content: bytes) -> bool:
    return content.startswith(_GZIP)


def open_archive(file: IncomingFile) -> Iterator[IncomingFile | Unread]:
    """Yield the members of a zip in the order of their names. Raises BadInput when the zip itself cannot be used.

    Members of a zip inside are named "inner.zip/member".
    """
    budget = Budget(packed=len(file.content))
    if _is_gzip(file.content):
        yield _gunzipped(file.content, printable(file.name.replace("\\", "/").rpartition("/")[2]), budget)
    else:
        yield from _small_members(BytesIO(file.content), "", budget)


def look_into(lying: BufferedReader, size: int) -> Iterator[IncomingFile | LargeMember | Unread]:
    """Yield the members of a zip that lies somewhere, as `open_archive` does; large exports are only named."""
    yield from _members(lying, "", Budget(packed=size), by_parts=True)


def unpack_member(lying: BufferedReader, place: int) -> Iterator[bytes]:
    """Yield the bytes of the member at a place, no more than the directory says. Raises BadInput when damaged."""
    try:
        with zipfile.ZipFile(lying) as archive, archive.open(archive.infolist()[place]) as stream:
            while piece := stream.read(PIECE):
                yield piece
    except (*_DAMAGED, NotImplementedError, RuntimeError, IndexError):
        raise BadInput(DAMAGED) from None


@dataclass(slots=True)
class Budget:
    """What one archive of `packed` bytes may still cost, a nested zip included."""

    packed: int
    entries: int = 0
    unpacked: int = 0

    def spend(self, size: int) -> None:
        """Count unpacked bytes as they come."""
        self.unpacked += size
        if self.unpacked > LARGEST_TOTAL:
            raise BadInput(TOO_LARGE)
        if self.unpacked > RATIO_FROM and self.unpacked > STEEPEST_RATIO * self.packed:
            raise BadInput(BOMB)

    def count(self, entries: int) -> None:
        """Count members before any is opened."""
        self.entries += entries
        if self.entries > MOST_ENTRIES:
            raise BadInput(TOO_MANY)


def _small_members(stream: BytesIO, above: str, budget: Budget) -> Iterator[IncomingFile | Unread]:
    return (one for one in _members(stream, above, budget) if not isinstance(one, LargeMember))


def _members(
    stream: BytesIO | BufferedReader, above: str, budget: Budget, *, by_parts: bool = False
) -> Iterator[IncomingFile | LargeMember | Unread]:
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            budget.count(len(infos))
            _refuse_overlap(infos, archive.start_dir)
            is_xdm = any(_last(info.filename) == "metadata.xml" for info in infos)
            for info in sorted(infos, key=lambda info: info.filename):
                if by_parts and (large := _large_export(archive, info)):
                    yield large
                elif info.file_size or not info.filename.endswith("/"):
                    yield from _member(archive, info, above, budget, is_xdm=is_xdm)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        raise BadInput(BROKEN) from None


def _refuse_overlap(infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Refuse members that share bytes: one small block then unpacks to thousands of files."""
    spans = sorted((info.header_offset, info.header_offset + _HEADER + info.compress_size) for info in infos)
    if any(start < end for (_, end), (start, _) in pairwise((*spans, (directory, directory)))):
        raise BadInput(OVERLAPPING)


def _large_export(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> LargeMember | Unread | None:
    """Tell of a large export of Apple Health by its head; None for any other member."""
    if info.file_size <= LARGE or info.flag_bits & 0x1:
        return None
    try:
        with archive.open(info) as stream:
            head = stream.read(WITHIN)
    except (*_DAMAGED, NotImplementedError, RuntimeError):
        return None
    if root_of(head) is None:
        return None
    name = printable(info.filename)
    if info.file_size > LARGEST_OF_ALL:
        return Unread(name, FAR_TOO_LARGE)
    # zipfile gives no more bytes than the directory says there are.
    if info.file_size > STEEPEST_RATIO * info.compress_size:
        raise BadInput(BOMB)
    return LargeMember(name, info.file_size, archive.infolist().index(info))


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, above: str, budget: Budget, *, is_xdm: bool
) -> Iterator[IncomingFile | Unread]:
    name = above + printable(info.filename)
    content = _refusal(info, is_xdm=is_xdm) or _unpacked(archive, info, budget)
    if isinstance(content, str):
        yield Unread(name, content)
    elif _is_gzip(content):
        yield _gunzipped(content, name, budget)
    elif not is_zip(content):
        yield IncomingFile(name=name, content=content)
    elif above:
        yield Unread(name, NESTED)
    else:
        yield from _inner(content, name, budget)


def _gunzipped(content: bytes, name: str, budget: Budget) -> IncomingFile | Unread:
    """Unpack a file packed by itself, as bulk exports are. What is in it may not be packed again."""
    pieces = bytearray()
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
            while piece := stream.read(CHUNK):
                budget.spend(len(piece))
                pieces += piece
                if len(pieces) > LARGEST_MEMBER:
                    return Unread(name, MEMBER_TOO_LARGE)
    except (zlib.error, OSError, EOFError):
        return Unread(name, DAMAGED)
    unpacked = bytes(pieces)
    if is_zip(unpacked) or _is_gzip(unpacked):
        return Unread(name, NESTED)
    shorter = name[:-3] if name.casefold().endswith(".gz") else name
    return IncomingFile(name=printable(shorter), content=unpacked)


def _inner(content: bytes, name: str, budget: Budget) -> Iterator[IncomingFile | Unread]:
    """Open a zip inside the zip; a broken one costs only itself, a bomb everything."""
    try:
        yield from _small_members(BytesIO(content), f"{name}/", budget)
    except BadInput as error:
        if str(error) != BROKEN:
            raise
        yield Unread(name, BROKEN)


def _refusal(info: zipfile.ZipInfo, *, is_xdm: bool) -> str | None:
    """Say why a member is not worth opening, from what the directory says about it."""
    last = _last(info.filename)
    if "__macosx/" in info.filename.casefold() or last in _LEFTOVERS:
        return LEFTOVER
    if is_xdm and last in _VIEWER_PAGES:
        return VIEWER_PAGE
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    if info.flag_bits & 0x1:
        return ENCRYPTED
    return MEMBER_TOO_LARGE if info.file_size > LARGEST_MEMBER else None


def _last(name: str) -> str:
    return name.replace("\\", "/").casefold().rpartition("/")[2]


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes | str:
    """Give the bytes of a member, or the sentence that says why not.

    zipfile stops at the size the directory gives, and the checksum then tells a lie.
    """
    pieces = bytearray()
    try:
        with archive.open(info) as stream:
            while piece := stream.read(CHUNK):
                budget.spend(len(piece))
                pieces += piece
    except _DAMAGED:
        return DAMAGED
    except (NotImplementedError, RuntimeError):
        return UNKNOWN_METHOD
    return bytes(pieces)


def printable(name: str) -> str:
    """Make a name from a zip safe to show: relative, no "..", no drive, no control or invisible characters."""
    parts = re.sub(r"^[A-Za-z]:", "", name.replace("\\", "/")).split("/")
    kept = ("".join(letter if letter.isprintable() else "_" for letter in part).strip() for part in parts)
    return "/".join(part for part in kept if part not in ("", ".", "..")) or "unnamed"
