"""FHIR written as XML: kept whole, with its words for search. The same record as JSON is read entry by entry."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from secondlens.domain.clinical import DocumentReference
from secondlens.domain.record import Record, Unread
from secondlens.domain.source import Source
from secondlens.importers._cda_narrative import narrative_text
from secondlens.importers._xml import after_prolog, decode_xml, read_xml
from secondlens.importers.incoming import IncomingFile

AS_XML = (
    "This is a FHIR file written as XML. It is kept whole, and search finds its words, but its entries are not "
    "read one by one. Ask the portal for the same record as FHIR JSON or as C-CDA."
)
# Only an outermost element of FHIR's own namespace, with the name of a resource.
_ROOT = re.compile(
    r"""<(?:[\w.-]+:)?[A-Z][A-Za-z]{1,60}\s[^<>]*xmlns(?::[\w.-]+)?\s*=\s*["']http://hl7\.org/fhir["']"""
)
_WORDS = {"display", "text", "title", "description", "conclusion", "comment"}


class FhirXml:
    """The importer for FHIR XML."""

    name = "fhir_xml"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell by the namespace of the outermost element."""
        return bool(_ROOT.match(after_prolog(decode_xml(file.content[: 64 * 1024]))))

    def read(self, file: IncomingFile) -> Iterator[Record | Unread]:
        """Yield one document with every narrative and name in it."""
        document = read_xml(file.content)
        said: list[str] = []
        for element in document.root.iter("*"):
            value = element.get("value")
            if element.tag == "div" and (parent := element.getparent()) is not None and parent.tag == "text":
                said.append(narrative_text(element))
            elif element.tag in _WORDS and value:
                said.append(value)
        yield DocumentReference(
            title=PurePath(file.name.replace("\\", "/")).stem or str(document.root.tag),
            source=Source(file.sha256, "", self.name),
            media_type="application/fhir+xml",
            text="\n".join(dict.fromkeys(words for words in said if words.strip())) or None,
        )
        yield Unread("whole file", AS_XML)
        yield from (Unread("file", fault) for fault in document.faults)


FHIR_XML = FhirXml()
