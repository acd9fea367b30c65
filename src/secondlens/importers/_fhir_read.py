"""Bytes to the single resources inside them: bundles, lists, one a line, or one alone.

Entries are only cut apart here, not decoded, so that a bad one never costs the others. A key that stands twice
in one object counts the last time, as in every JSON reader; the original bytes are kept with the file.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._fhir_history import deletions, newest
from secondlens.importers._fhir_part import Entry, Part

# Bundles inside bundles: a search result may hold documents; more than this is no health record.
DEEPEST_BUNDLE = 4
TYPE_NAME = re.compile(r"[A-Z][A-Za-z]{1,60}")

NOT_JSON = "This file is not complete: it stops early or is damaged. Download it again from the portal."
TOO_DEEP = "This file is nested too deeply to be a health record. Ask for it again as a FHIR file."
NOT_FHIR = "This file holds no FHIR health record. Ask the portal for a FHIR or C-CDA file."
REPLACED = "Some letters in this file could not be read. They show as \N{REPLACEMENT CHARACTER}."
NO_RESOURCE = "This entry holds no record."
NO_TYPE = "This entry does not say what kind of record it is."
NOT_A_RECORD = "This entry is not a record."
BAD_LINE = "This line is not complete or is damaged."
TOO_DEEP_INSIDE = "This entry is nested too deeply to be a health record."


class _Head(Struct, gc=False):
    resourceType: str | None = None  # noqa: N815  (the key as FHIR writes it)
    id: Raw = Raw(b"")


class _Bundle(Struct, gc=False):
    resourceType: str | None = None  # noqa: N815  (the key as FHIR writes it)
    entry: list[Entry] | None = None
    type: Raw = Raw(b"")


_NULL = Raw(b"null")
_raw = Decoder(Raw)
_top = Decoder(_Bundle)
_head = Decoder(_Head)
_entry = Decoder(Entry)
_list = Decoder(list[Raw])
_fields = Decoder(dict[str, Raw])
_text = Decoder(str)


def looks_like_fhir(content: bytes) -> bool:
    """Tell whether the bytes are FHIR JSON, by what stands at the outermost level."""
    start = _as_utf8(content[:4096], cut=True)
    if not start.startswith((b"{", b"[")):
        return False
    if _OPENING.match(start):
        return True
    text = _as_utf8(content)
    return b'"resourceType"' in text and _outermost_is_a_resource(text)


# The usual beginning: resourceType first, after nothing but an opening bracket and plain members.
_OPENING = re.compile(
    rb'(?:\[\s*)?\{\s*(?:"(?:id|fullUrl)"\s*:\s*"[^"\\]{0,200}"\s*,\s*)?"resourceType"\s*:\s*"[A-Z][A-Za-z]{1,60}"',
)


def _outermost_is_a_resource(content: bytes) -> bool:
    try:
        first = _list.decode(content)[0] if content.startswith(b"[") else content
        return _is_type(_head.decode(first).resourceType)
    except (DecodeError, UnicodeDecodeError, IndexError, RecursionError):
        return _first_line_is_a_resource(content)


def _first_line_is_a_resource(content: bytes) -> bool:
    try:
        return _is_type(_head.decode(content.partition(b"\n")[0]).resourceType)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return False


@lru_cache(maxsize=256)
def _is_type(name: str | None) -> bool:
    return name is not None and TYPE_NAME.fullmatch(name) is not None


def parts(content: bytes) -> Iterator[Part | Unread]:
    """Yield every resource of a file, with its place. Raises BadInput when the file as a whole is not JSON."""
    text = _as_utf8(content)
    whole = _with_whole_letters(text)
    if whole != text:
        yield Unread("whole file", REPLACED)
    try:
        yield from _whole(whole)
    except RecursionError:
        raise BadInput(TOO_DEEP) from None


def _with_whole_letters(text: bytes) -> bytes:
    """Replace broken UTF-8 and halves of letters (lone surrogates), which no file or screen can hold."""
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode(errors="replace").encode()
    # Most files have no escape at all, and one byte is found twenty times faster than three.
    if b"\\" in text and (b"\\ud" in text or b"\\uD" in text):
        return _ESCAPE.sub(_whole_letter, text)
    return text


# One escape of a JSON string: a pair of halves (12 bytes), a half (6), any other (its first 2).
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2}|.)",
)


def _whole_letter(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if len(escape[0]) == 6 else escape[0]


def _whole(text: bytes) -> Iterator[Part | Unread]:
    try:
        bundle = _top.decode(text)
    except ValidationError:
        yield from _unusual(text)
    except DecodeError:
        yield from _lines(text)
    else:
        if bundle.resourceType == "Bundle":
            entries = bundle.entry or ()
            found = _each(entries, "Bundle", 0)
            yield from newest(found, deletions(entries)) if bytes(bundle.type) == b'"history"' else found
        else:
            yield from _unusual(text)


def _unusual(text: bytes) -> Iterator[Part | Unread]:
    """Open what is not a well-formed bundle: a list, one resource, or a bundle with a spoilt entry."""
    try:
        outermost = _raw.decode(text)
    except DecodeError:
        yield from _lines(text)
        return
    if text.startswith(b"["):
        for number, element in enumerate(_list.decode(outermost)):
            yield from _open(element, f"[{number}]", None)
        return
    found = list(_open(outermost, "", None))
    if len(found) == 1 and isinstance(found[0], Unread) and not found[0].where:
        raise BadInput(NOT_FHIR)
    yield from found


def _lines(text: bytes) -> Iterator[Part | Unread]:
    """One resource a line (NDJSON). The first line must be whole; a later bad line costs only itself."""
    lines = text.split(b"\n")
    if len(lines) < 2 or not _first_line_is_a_resource(text):
        raise BadInput(NOT_JSON)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield from _open(_raw.decode(line), f"line {number}", None)
            except (DecodeError, RecursionError):
                yield Unread(f"line {number}", BAD_LINE)


def _open(raw: Raw, where: str, url: str | None, depth: int = 0) -> Iterable[Part | Unread]:
    """Give the resource itself, or for a bundle what is in it."""
    try:
        head = _head.decode(raw)
    except DecodeError:
        return (Unread(where, NOT_A_RECORD),)
    name = head.resourceType
    if name is None or not _is_type(name):
        return (Unread(where, NO_TYPE),)
    if name != "Bundle":
        return (Part(where, name, _identity(head.id), url, raw),)
    if depth == DEEPEST_BUNDLE:
        return (Unread(where, TOO_DEEP_INSIDE),)
    return _entries(raw, where or "Bundle", depth)


def _entries(raw: Raw, where: str, depth: int) -> Iterator[Part | Unread]:
    try:
        entries: Iterable[Entry | Unread] = _top.decode(raw).entry or ()
    except DecodeError:
        entries = _one_by_one(raw, where)
    yield from _each(entries, where, depth)


def _each(entries: Iterable[Entry | Unread], where: str, depth: int) -> Iterator[Part | Unread]:
    for number, entry in enumerate(entries):
        if isinstance(entry, Unread):
            yield entry
        elif not len(entry.resource) or entry.resource == _NULL:
            yield Unread(f"{where}.entry[{number}]", NO_RESOURCE)
        else:
            yield from _open(entry.resource, f"{where}.entry[{number}].resource", entry.fullUrl, depth + 1)


def _one_by_one(raw: Raw, where: str) -> Iterator[Entry | Unread]:
    """Read the entries of a bundle in which some entry has not the shape of one."""
    entries = _fields.decode(raw)["entry"]
    try:
        single = _list.decode(entries)
    except DecodeError:
        single = [entries]
    for number, entry in enumerate(single):
        try:
            yield _entry.decode(entry)
        except DecodeError:
            yield _without_address(entry) or Unread(f"{where}.entry[{number}]", NOT_A_RECORD)


def _without_address(entry: Raw) -> Entry | None:
    """Keep the resource of an entry whose address alone is spoilt."""
    try:
        return Entry(resource=_fields.decode(entry).get("resource", Raw(b"")))
    except DecodeError:
        return None


def _identity(raw: Raw) -> str | None:
    """The id as text; some systems write it as a number."""
    try:
        return _text.decode(raw)
    except DecodeError:
        text = bytes(raw)
        return text.decode() if text.isdigit() and len(text) <= 64 else None


_MARKS = (
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF8, "utf-8-sig"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
    (b"{\0", "utf-16-le"),
    (b"[\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
    (b"\0[", "utf-16-be"),
)


def _as_utf8(content: bytes, *, cut: bool = False) -> bytes:
    """Give the text as UTF-8 without mark or outer space. `cut`: the end may lie inside a letter."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding == "utf-8-sig":
        content = content[len(BOM_UTF8) :]
    elif encoding:
        content = content.decode(encoding, errors="ignore" if cut else "replace").encode(errors="replace")
    return content.strip()
