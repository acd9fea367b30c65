"""The words of an original file around one place, as plain text. Only the child that reads files loads this."""

import re

import msgspec
from lxml import etree

from secondlens.importers._messages import MOST_LETTERS, Excerpt

_ENTRY = re.compile(r"entry\[(\d{1,9})\]")
_STEPS = re.compile(r"(?:[A-Za-z]+\[\d{1,9}\]/?)+")
_STEP = re.compile(r"([A-Za-z]+)\[(\d+)\]")
_LINE = re.compile(r"line (\d{1,9})")
_LINES_AROUND = 3
_AROUND = 2000  # letters on either side: lines of some files are long


def around(content: bytes, where: str) -> Excerpt:
    """The text at a place of a file; none when the file is not text.

    A place in a bundle ("Bundle.entry[12].resource"), in XML ("section[3]/entry[2]") or a line ("line 12") is cut
    out; of any other text the beginning is shown.
    """
    text = _as_text(content)
    if text is None:
        return Excerpt(None, whole=False)
    cut = _entry(content, where) or _element(content, where)
    if cut:
        return Excerpt(cut[:MOST_LETTERS], whole=False)
    if line := _line(text, where):
        return line
    return Excerpt(text[:MOST_LETTERS], whole=len(text) <= MOST_LETTERS)


def _as_text(content: bytes) -> str | None:
    if b"\x00" in content[:4096]:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _entry(content: bytes, where: str) -> str | None:
    match = _ENTRY.search(where)
    if not match:
        return None
    try:
        bundle = msgspec.json.decode(content, type=_Bundle)
        return msgspec.json.format(bytes(bundle.entry[int(match[1])]), indent=2).decode()
    except (msgspec.MsgspecError, IndexError, RecursionError, UnicodeDecodeError):
        return None


def _element(content: bytes, where: str) -> str | None:
    if not _STEPS.fullmatch(where):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        element: etree._Element | None = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for tag, number in _STEP.findall(where):
        element = _child(element, tag, int(number)) if element is not None else None
    return None if element is None else etree.tostring(element, encoding="unicode", with_tail=False)


def _child(element: etree._Element, tag: str, number: int) -> etree._Element | None:
    """Count as the C-CDA reader does: a document's sections by their place in its body, wrapped or not."""
    parts = element.findall("{*}component/{*}structuredBody/*") if tag == "section" else []
    found = parts or element.findall(f"{{*}}{tag}") or element.findall(f"{{*}}component/{{*}}{tag}")
    part = found[number - 1] if 0 < number <= len(found) else None
    if part is not None and part in parts and etree.QName(part).localname != tag:
        return part.find(f"{{*}}{tag}")
    return part


def _line(text: str, where: str) -> Excerpt | None:
    match = _LINE.search(where)
    lines = text.splitlines(keepends=True)
    number = int(match[1]) if match else 0
    if not 0 < number <= len(lines) or not lines[number - 1].strip():
        return None
    return Excerpt(
        lines[number - 1][: MOST_LETTERS - 2 * _AROUND],
        whole=False,
        before="".join(lines[max(0, number - 1 - _LINES_AROUND) : number - 1])[-_AROUND:],
        after="".join(lines[number : number + _LINES_AROUND])[:_AROUND],
    )


class _Bundle(msgspec.Struct):
    entry: tuple[msgspec.Raw, ...] = ()
