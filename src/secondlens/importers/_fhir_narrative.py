"""The words of an XHTML narrative or a text attachment, without its marks. Nothing in it is run or fetched."""

import re
from html import unescape

from secondlens.importers._attachment import file_bytes, is_own_file
from secondlens.importers._rtf import rtf_words

# Each pattern stops at the next "<", so that no text makes the search slow.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>|<[!?/][^<>]*>")
_SILENT = re.compile(r"<(/?)(?:script|style)\b[^<>]*>", re.IGNORECASE)
_NEW_LINE = {
    *("address", "article", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}
_CELL = {"td", "th"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


def plain(markup: str | None) -> str | None:
    """Give the words of a narrative, a line for each block, cells of a row parted by " | "."""
    if not markup:
        return None
    text = unescape(_TAG.sub(_between, _without_scripts(markup)))
    lines = (" ".join(line.split()).removesuffix(" |").removeprefix("| ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip(" |")) or None


def _without_scripts(markup: str) -> str:
    """Leave out what stands between the marks of a script or a style sheet; one never closed is kept as words."""
    first, *rest = _SILENT.split(markup)
    if not rest:
        return markup
    marks, texts = rest[::2], rest[1::2]
    following = (*marks[1:], "")
    kept = (text for mark, text, after in zip(marks, texts, following, strict=True) if mark or not after)
    return "".join((first, *kept))


def _between(tag: re.Match[str]) -> str:
    name = (tag[2] or "").lower()
    if name in _CELL:
        return " | " if tag[1] else " "
    return "\n" if name in _NEW_LINE else ""


def attached_text(media_type: str | None, data: str | None) -> str | None:
    """Read a base64 attachment that is text of some kind; None when it is not, is damaged, or a file by itself."""
    kind = (media_type or "").partition(";")[0].strip().lower()
    if not data or not (kind.startswith("text/") or kind in ("application/xhtml+xml", "application/rtf")):
        return None
    content = file_bytes(data)
    if kind.endswith("/rtf"):
        return rtf_words(content or b"")
    # A medical summary sent as "text/xml" is a file of its own: its marks are no words to read.
    if content is None or is_own_file(content):
        return None
    text = _letters(content, media_type or "")
    return plain(text) if "html" in kind else text.strip() or None


def _letters(content: bytes, media_type: str) -> str:
    named = _CHARSET.search(media_type)
    for encoding in (named[1] if named else "utf-8", "utf-8"):
        try:
            return content.decode(encoding).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", errors="replace")
