"""The rows of a table out of the bytes of a file: separated text in any usual encoding, or JSON objects."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO

import msgspec

from secondlens.domain.columns import MOST_COLUMNS

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 128 * 1024
_HEAD = 64 * 1024
_MOST_NESTED = 4
_LOOKED_AT = 4096
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

csv.field_size_limit(LONGEST_CELL)

Row = list[str] | None  # None: a row that cannot be taken apart


def text_of(content: bytes) -> str | None:
    """Read the bytes as text: by their mark, as UTF-8, or as Windows writes; None when they are no text."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None and 2 * content[1:_LOOKED_AT:2].count(0) > len(content[1:_LOOKED_AT:2]):
        encoding = "utf-16-le"
    # Looked at before the whole is decoded: most files that come this far are no text at all.
    if _BINARY.search(content[:_LOOKED_AT].decode(encoding or "latin-1", "replace")):
        return None
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return content.decode(encoding or "cp1252", "replace")


def is_json(text: str) -> bool:
    """Tell whether a text may be a list in JSON."""
    return text[:64].lstrip().startswith("[")


def separated_rows(text: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    """Give each row with the line it begins at. A row that is built to break readers is None."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            row: Row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        yield line, row if row is None or len(row) <= MOST_COLUMNS else None


def head_of(text: str) -> str:
    """Give the first lines, whole ones."""
    if len(text) <= _HEAD:
        return text
    return text[: text.rfind("\n", 0, _HEAD) + 1] or text[:_HEAD]


def json_rows(text: str) -> tuple[list[str], list[list[str]]] | None:
    """Give the names and rows of a list of objects, nested names with a dot between; None when it is none."""
    try:
        objects = msgspec.json.Decoder(list[dict[str, object]], float_hook=str).decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
    rows = [dict(_flat(one)) for one in objects]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names or len(names) > MOST_COLUMNS:
        return None
    return names, [[row.get(name, "") for name in names] for row in rows]


def _flat(value: dict[str, object], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, part in value.items():
        if isinstance(part, dict) and depth < _MOST_NESTED:
            yield from _flat(part, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", _plain(part)


def _plain(part: object) -> str:
    if part is None:
        return ""
    return part if isinstance(part, str) else msgspec.json.encode(part).decode()
