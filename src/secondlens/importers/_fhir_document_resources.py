"""FHIR's documents as typed views of JSON; see _fhir_resources."""

from secondlens.importers._fhir_types import (
    Actors,
    Attachment,
    Concept,
    Concepts,
    Datatype,
    Narrative,
    Reference,
    Resource,
)


class DocumentContent(Datatype):
    """One rendering of a document."""

    attachment: Attachment | None = None


class DocumentReference(Resource):
    """A whole document, or the pointer to one."""

    status: str | None = None
    doc_status: str | None = None
    type: Concept | None = None
    category: Concepts = None
    description: str | None = None
    date: str | None = None
    created: str | None = None
    indexed: str | None = None
    author: Actors = None
    authenticator: Actors = None
    custodian: Reference | None = None
    content: list[DocumentContent | None] | None = None


class Section(Datatype):
    """A section of a document."""

    title: str | None = None
    code: Concept | None = None
    text: Narrative | None = None
    entry: list[Reference | None] | None = None
    empty_reason: Concept | None = None
    section: list["Section | None"] | None = None


class Composition(Resource):
    """A document put together from sections."""

    status: str | None = None
    type: Concept | None = None
    title: str | None = None
    date: str | None = None
    author: Actors = None
    section: list[Section | None] | None = None
