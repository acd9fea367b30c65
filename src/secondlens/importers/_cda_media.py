"""Files inside a document: their words where they are text or RTF; their bytes stay in the original."""

import base64
import binascii

from lxml import etree

from secondlens.importers._rtf import rtf_words
from secondlens.importers._xml import decode_xml

RTF = ("text/rtf", "application/rtf")


def embedded_text(element: etree._Element | None) -> str | None:
    """The words of an embedded text file; None for pictures, PDF, other files, and for damaged ones."""
    if element is None or element.get("representation") != "B64":
        return None
    kind = element.get("mediaType") or ""
    if not kind.startswith("text/") and kind not in RTF:
        return None
    if element.get("compression"):
        return None
    try:
        content = base64.b64decode("".join("".join(map(str, element.itertext())).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if content.startswith(b"{\\rtf"):
        return rtf_words(content)
    return None if kind in RTF else decode_xml(content).strip() or None
