"""Read an untrusted XML file as far as it can be read: bounded, without entities, without any outside look-up.

Portals send XML with wrong encodings, missing namespace declarations, bare ampersands and cut-off ends. A
person should still get what is in it, and be told what is missing.
"""

import codecs
import re
from dataclasses import dataclass
from html.entities import html5

from lxml import etree

from secondlens.errors import BadInput

_TYPE_ATTRIBUTES = ("{http://www.w3.org/2001/XMLSchema-instance}type", "xsi:type", "type")

MAX_BYTES = 40 * 1024 * 1024
# Each element costs about 200 bytes in memory and has at least one "<"; a 20 MB portal export holds 300,000.
MAX_TAGS = 600_000
MAX_DEPTH = 200

_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(r"\ufeff?\s*(?:(?:<\?.*?\?>|<!--.*?-->)\s*)*", re.DOTALL)
# Without its declaration the usual namespace costs nothing; renaming 5000 elements costs as much as reading them.
_USUAL_NAMESPACE = ' xmlns="urn:hl7-org:v3"'
_STILL_NAMED_TWICE = etree.XPath("boolean(//*[namespace-uri() or contains(name(), ':')])")
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\b.*?\?>", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7};|#x[0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?")
_CLOSING_TAG = re.compile(r"</(?:[\w.-]+:)?([\w.-]+)\s*>")
_REPLACEMENT = "\ufffd".encode()
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_HARMLESS = frozenset({"NS_ERR_UNDEFINED_NAMESPACE", "NS_ERR_XML_NAMESPACE", "WAR_NS_URI", "WAR_NS_URI_RELATIVE"})


class NotXml(BadInput):
    """The file could not be read as XML."""


class CutOff(NotXml):
    """The file has a beginning and no end: half a record would look like a whole one."""


class UnsafeXml(BadInput):
    """The file is built in a way that no medical file needs and that can harm a computer."""


@dataclass(frozen=True, slots=True)
class XmlText:
    """A root element whose tags are bare names without namespace, and a sentence for each kind of damage."""

    root: etree._Element
    faults: tuple[str, ...] = ()


def decode_xml(content: bytes) -> str:
    """Give the text of an XML file, by its mark, its declaration, or the best guess; never fails."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if content[:200].count(0) > len(content[:200]) // 4:
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace")
    declared = _DECLARED.search(content[:400])
    for encoding in (declared[1].decode("ascii") if declared else "utf-8", "utf-8"):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def after_prolog(text: str) -> str:
    """Give the text from its first real tag on: no declaration, comments or instructions before it."""
    match = _PROLOG.match(text)
    return text[match.end() :] if match else text


def read_xml(content: bytes) -> XmlText:
    """Read an XML file. Raises NotXml when nothing can be read, UnsafeXml when it is not safe to read."""
    if len(content) > MAX_BYTES:
        raise UnsafeXml("This file is larger than 40 MB. Ask for it in smaller parts, for example year by year.")
    text = decode_xml(content).replace(_USUAL_NAMESPACE, "")
    _refuse_floods(text)
    root, errors = _parse(text)
    if root is None or errors:
        text = _mend(text)
        root, errors = _parse(text)
    if any(error == "ERR_DOCUMENT_END" for error, _ in errors):
        root, errors = _parse(f"<fragments>{_DECLARATION.sub('', text, count=1)}</fragments>")
    elif errors and root is not None and not _ends_as_it_began(text, root):
        raise CutOff(
            "This file stops early or is damaged. Download it again from the portal. Nothing of it was kept."
        )
    if root is None:
        raise NotXml("This file could not be read as XML. Ask for it again, or ask for a PDF.")
    if _TOO_DEEP(root):
        raise _too_deep()
    _use_bare_names(root)
    return XmlText(root, _say(errors, replaced="\ufffd" in text and _REPLACEMENT not in content))


def value_type(element: etree._Element) -> str:
    """The xsi:type without its prefix, also where the prefix was never declared; "" when there is none."""
    for name in _TYPE_ATTRIBUTES:
        found = element.get(name)
        if found:
            return found.rpartition(":")[2]
    return ""


def _ends_as_it_began(text: str, root: etree._Element) -> bool:
    closed = _CLOSING_TAG.findall(text, max(0, len(text) - 4000))
    return bool(closed) and closed[-1] == _bare(root.tag)


def _refuse_floods(text: str) -> None:
    if text.count("<") > MAX_TAGS:
        raise UnsafeXml("This file has more parts than any medical file needs. Ask for it in smaller parts.")
    if after_prolog(text)[:9].upper() == "<!DOCTYPE":
        raise UnsafeXml(
            "This file tries to define its own codes (a DTD). Medical files never need that. Ask for a new copy."
        )


def _parse(text: str) -> tuple[etree._Element | None, list[tuple[str, int]]]:
    """Parse once with the library's limits; again without its 10 MB limit on one text, for embedded files."""
    encoded = text.encode("utf-8", "replace")
    root, errors = _parse_bytes(encoded, huge=False)
    if any(error == "ERR_RESOURCE_LIMIT" for error, _ in errors):
        root, errors = _parse_bytes(encoded, huge=True)
        if root is None or any(error == "ERR_RESOURCE_LIMIT" for error, _ in errors):
            raise _too_deep()
    return root, errors


def _parse_bytes(encoded: bytes, *, huge: bool) -> tuple[etree._Element | None, list[tuple[str, int]]]:
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: etree._Element | None = etree.fromstring(encoded, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    errors = [(error.type_name, error.line) for error in parser.error_log if error.type_name not in _HARMLESS]
    if any(error == "ERR_NO_MEMORY" for error, _ in errors):
        raise MemoryError  # what is there by then may be half of the file
    return root, errors


def _too_deep() -> UnsafeXml:
    return UnsafeXml("This file is nested deeper than any medical file. Ask for a new copy.")


def _mend(text: str) -> str:
    """Mend what can be mended without guessing: bare "&", named characters of HTML, forbidden characters."""
    mended = _ENTITY.sub(_mend_entity, text)
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", mended)


def _mend_entity(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;" if match[0] == "&" else match[0]
    if name in _XML_ENTITIES:
        return match[0]
    character = html5.get(f"{name};")
    return character or f"&amp;{name};"


def _use_bare_names(root: etree._Element) -> None:
    for element in root.iter("*") if _STILL_NAMED_TWICE(root) else ():
        try:
            element.tag = _bare(element.tag)
        except ValueError:  # "a:.1" is a name with its prefix only, and "a:" has none at all
            element.tag = "unnamed"


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _say(errors: list[tuple[str, int]], *, replaced: bool) -> tuple[str, ...]:
    """One sentence for damage to the structure, one for characters that could not be read."""
    said = []
    if errors:
        said.append(
            f"The file is damaged near line {errors[0][1]}. What could be read is here; "
            "something after it may be missing.",
        )
    if replaced:
        said.append("Some characters could not be read. Each is shown as \ufffd.")
    return tuple(said)
