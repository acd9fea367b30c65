"""Files inside a document: their words where they are plain text; their bytes stay in the original."""

import base64
import binascii

from lxml import etree

from secondlens.importers._xml import decode_xml


def embedded_text(element: etree._Element | None) -> str | None:
    """The words of an embedded text file; None for pictures, PDF, other files, and for damaged ones."""
    if element is None or element.get("representation") != "B64":
        return None
    if not (element.get("mediaType") or "").startswith("text/") or element.get("mediaType") == "text/rtf":
        return None
    if element.get("compression"):
        return None
    try:
        content = base64.b64decode("".join("".join(map(str, element.itertext())).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return decode_xml(content).strip() or None
