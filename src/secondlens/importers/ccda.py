"""C-CDA: the medical summary that patient portals and hospitals hand out (HL7 CDA R2, C-CDA R1.1 and R2.1).

Real documents break the rules in many ways, so each entry is read by itself and the printed words of every
section are kept as well: what we do not understand is still there to be read.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from secondlens.domain.record import Record, Unread
from secondlens.errors import BadInput
from secondlens.importers._cda_header import read_header, read_header_part, unstructured
from secondlens.importers._cda_place import STATEMENTS, Section, first, narrative_ids
from secondlens.importers._cda_sections import read_entry, read_section, read_top_statement
from secondlens.importers._xml import after_prolog, decode_xml, read_xml
from secondlens.importers.incoming import IncomingFile

_HEADER_PARTS = (
    *("recordTarget", "author", "informant", "custodian", "dataEnterer", "authenticator", "legalAuthenticator"),
    *("informationRecipient", "participant", "componentOf", "documentationOf", "inFulfillmentOf", "authorization"),
    *("performer", "encounterParticipant", "responsibleParty"),
)
_PARTS = (
    *(*STATEMENTS, *_HEADER_PARTS, "section", "entry", "component", "entryRelationship", "structuredBody"),
    *("nonXMLBody", "criterion", "precondition", "participantRole", "externalDocument", "reference", "specimen"),
)
_DOCUMENT = re.compile(r"<(?:[\w.-]+:)?ClinicalDocument[\s/>]")
_PART = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(_PARTS)})[\s/>]")
_HL7_MARKS = ("2.16.840.1.113883", "urn:hl7-org:v3", "classCode=", "nonXMLBody", "assignedPerson", "patientRole")


class EmptyDocument(BadInput):
    """The file looks like a medical summary, but there is nothing in it that can be read."""


class _Ccda:
    name = "ccda"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell whether this is a clinical document, or a part of one as the published examples are."""
        if file.content[:4] in (b"PK\x03\x04", b"%PDF"):
            return False
        start = after_prolog(decode_xml(file.content[:200_000]))
        if not start.startswith("<"):
            return False
        return bool(_DOCUMENT.search(start)) or (
            bool(_PART.match(start)) and any(mark in start for mark in _HL7_MARKS)
        )

    def read(self, file: IncomingFile) -> Iterator[Record | Unread]:
        """Yield the document, the person, and each section and entry. Raises BadInput when nothing is readable."""
        document = read_xml(file.content)
        found = 0
        for record in _read_tree(document.root, file.sha256):
            found += 1
            yield record
        if not found:
            raise EmptyDocument("This looks like a medical summary, but it is empty. Ask for a new copy.")
        yield from (Unread("file", fault) for fault in document.faults)


CCDA = _Ccda()


def _read_tree(root: etree._Element, sha256: str) -> Iterator[Record | Unread]:
    documents = list(root.iter("ClinicalDocument"))
    for number, document in enumerate(documents, 1):
        prefix = "" if len(documents) == 1 else f"ClinicalDocument[{number}]/"
        yield from _read_document(document, prefix, sha256)
    if not documents:
        roots = list(root) if root.tag == "fragments" else [root]
        ids = narrative_ids(root)
        for number, part in enumerate(roots, 1):
            where = f"{part.tag}[{number}]"
            yield from _read_part(part, where, sha256, ids)


def _read_document(document: etree._Element, prefix: str, sha256: str) -> Iterator[Record | Unread]:
    ids = narrative_ids(document)
    if len(document):
        yield from read_header(document, f"{prefix}header", sha256)
    number = 0
    for component in document.iterchildren("component"):
        for body in component.iterchildren("structuredBody"):
            for part in body.iterchildren("component", "section"):
                section = part if part.tag == "section" else first(part, "section")
                number += 1
                if section is not None:
                    yield from read_section(section, f"{prefix}section[{number}]", sha256, ids)


def _read_part(
    part: etree._Element,
    where: str,
    sha256: str,
    ids: dict[str, etree._Element],
) -> Iterator[Record | Unread]:
    """Read a part of a document that stands alone."""
    if part.tag == "section":
        yield from read_section(part, where, sha256, ids)
    elif part.tag in STATEMENTS:
        yield from read_top_statement(part, where, sha256, Section(), ids)
    elif part.tag == "entry":
        yield from read_entry(part, where, sha256, Section(), ids)
    elif part.tag in _HEADER_PARTS:
        yield from read_header_part(part, where, sha256)
    elif part.tag == "nonXMLBody":
        yield unstructured(part, where, sha256)
    elif part.tag in ("component", "structuredBody", "entryRelationship"):
        counted: Counter[str] = Counter()
        for child in part:
            counted[child.tag] += 1
            yield from _read_part(child, f"{where}/{child.tag}[{counted[child.tag]}]", sha256, ids)
    else:
        yield Unread(where, "This is a small part of a document that says nothing by itself.")
