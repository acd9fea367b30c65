"""METADATA.XML of an IHE XDM package: what the sender says about each document beside it.

https://profiles.ihe.net/ITI/TF/Volume3/ch-4.2.html (attributes), Volume 2 ITI-32 (the package)
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha1
from urllib.parse import unquote

from lxml import etree

from secondlens.domain.coding import Coding
from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._cda_place import every, first
from secondlens.importers._messages import LargeMember
from secondlens.importers._xml import after_prolog, decode_xml, read_xml
from secondlens.importers.archive import printable
from secondlens.importers.incoming import IncomingFile

MISSING = "The package says that this file is in it, but it is not there. Ask the sender for the package again."
ANOTHER_SIZE = (
    "This file has {found:,} bytes; the package says {said}. It is read as it is. "
    "It may be cut off or changed: compare it with what the sender has."
)
ANOTHER_HASH = (
    "This file is not the one the package was made with: its check number (SHA-1) differs. It is read as it is. "
    "Compare it with what the sender has."
)
UNREADABLE_LIST = "The list of contents of this package cannot be read. Its files are read without it."

_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_SYSTEMS = {"LOINC": "http://loinc.org", "2.16.840.1.113883.6.1": "http://loinc.org"}
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:SubmitObjectsRequest|ProvideAndRegisterDocumentSetRequest)[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One document as the package lists it; every part None or empty when not said."""

    where: str
    path: str | None = None
    title: str | None = None
    comment: str | None = None
    media_type: str | None = None
    created: str | None = None
    started: str | None = None
    ended: str | None = None
    status: str | None = None
    size: str | None = None
    hash: str | None = None
    authors: tuple[tuple[str, str], ...] = ()
    codes: tuple[Coding, ...] = ()
    category: str | None = None
    identifiers: tuple[str, ...] = ()


def is_list_of_contents(content: bytes) -> bool:
    """Tell METADATA.XML by its outermost element."""
    return bool(_ROOT.match(after_prolog(decode_xml(content[:4096]))))


def listed(content: bytes) -> tuple[Listed, ...]:
    """Give every document the list names. Raises BadInput when it cannot be read as XML."""
    root = read_xml(content).root
    return tuple(_listed(found, number) for number, found in enumerate(root.iter("ExtrinsicObject"), 1))


def compared(
    members: Iterable[IncomingFile | LargeMember | Unread],
) -> Iterator[IncomingFile | LargeMember | Unread]:
    """Pass the members of a zip on, and then say what of a package is not as its list of contents says."""
    lists: list[IncomingFile] = []
    checks: dict[str, tuple[int, str | None] | None] = {}
    for member in members:
        yield member
        if isinstance(member, Unread):
            checks[member.where.casefold()] = None
            continue
        if isinstance(member, LargeMember):  # its bytes pass by themselves later
            checks[member.name.casefold()] = (member.size, None)
            continue
        checks[member.name.casefold()] = (
            len(member.content),
            sha1(member.content, usedforsecurity=False).hexdigest(),
        )
        if is_list_of_contents(member.content):
            lists.append(member)
    for metadata in lists:
        yield from _differences(metadata, checks)


def _differences(metadata: IncomingFile, checks: dict[str, tuple[int, str | None] | None]) -> Iterator[Unread]:
    folder = metadata.name[: metadata.name.rfind("/") + 1]
    try:
        documents = listed(metadata.content)
    except BadInput:
        yield Unread(metadata.name, UNREADABLE_LIST)
        return
    for document in documents:
        if document.path is None:
            continue
        name = printable(f"{folder}{unquote(document.path)}")
        if name.casefold() not in checks:
            yield Unread(name, MISSING)
        elif found := checks[name.casefold()]:  # what could not be unpacked has its sentence already
            size, number = found
            if document.size and document.size.isdecimal() and document.size.lstrip("0") != str(size):
                yield Unread(name, ANOTHER_SIZE.format(found=size, said=document.size[:20]))
            elif document.hash and number and document.hash.casefold() != number:
                yield Unread(name, ANOTHER_HASH)


def _listed(found: etree._Element, number: int) -> Listed:
    slots = _slots(found)
    classified = [(one.get("classificationScheme") or "", one) for one in found.iterchildren("Classification")]
    authors = [_slots(one) for scheme, one in classified if scheme == _AUTHOR]
    names = [
        (_person(value), role)
        for author in authors
        for slot, role in (("authorPerson", "author"), ("authorInstitution", "author"))
        for value in author.get(slot, ())
    ]
    paths = slots.get("URI", ())
    return Listed(
        where=f"ExtrinsicObject[{number}]",
        path="".join(part.partition("|")[2] if "|" in part[:3] else part for part in paths) or None,
        title=_localized(first(found, "Name")),
        comment=_localized(first(found, "Description")),
        media_type=found.get("mimeType") or None,
        created=_single(slots, "creationTime"),
        started=_single(slots, "serviceStartTime"),
        ended=_single(slots, "serviceStopTime"),
        status=(found.get("status") or "").rpartition(":")[2] or None,
        size=_single(slots, "size"),
        hash=_single(slots, "hash"),
        authors=tuple(dict.fromkeys((name, role) for name, role in names if name)),
        codes=tuple(code for scheme, one in classified if scheme == _TYPE for code in _code(one)),
        category=next((_localized(first(one, "Name")) for scheme, one in classified if scheme == _CLASS), None),
        identifiers=tuple(
            f"urn:oid:{one.get('value')}"
            for one in found.iterchildren("ExternalIdentifier")
            if one.get("identificationScheme") == _UNIQUE_ID and one.get("value")
        ),
    )


def _slots(element: etree._Element) -> dict[str, tuple[str, ...]]:
    return {
        slot.get("name") or "": tuple(
            text
            for value in every(slot, "ValueList", "Value")
            if (text := " ".join("".join(map(str, value.itertext())).split()))
        )
        for slot in element.iterchildren("Slot")
    }


def _single(slots: dict[str, tuple[str, ...]], name: str) -> str | None:
    return next(iter(slots.get(name, ())), None)


def _localized(element: etree._Element | None) -> str | None:
    return next(
        (text for one in every(element, "LocalizedString") if (text := (one.get("value") or "").strip())), None
    )


def _person(value: str) -> str:
    """Give a name out of HL7's XCN ("id^family^given^further^suffix^prefix") or XON ("name^^^")."""
    parts = value.split("^")
    if len(parts) < 3 or not any(parts[1:3]):
        return next((part for part in parts[1:2] if part), "") or parts[0]
    family, given, further, suffix, prefix = (*parts[1:6], *[""] * 5)[:5]
    return " ".join(part.strip() for part in (prefix, given, further, family, suffix) if part.strip())


def _code(found: etree._Element) -> Iterator[Coding]:
    code = found.get("nodeRepresentation")
    scheme = _single(_slots(found), "codingScheme")
    if code:
        display = _localized(first(found, "Name"))
        yield Coding(_SYSTEMS.get(scheme or "", scheme), code, None if display == "name" else display)
