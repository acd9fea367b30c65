"""Whole documents, and the sections of those that are written in FHIR."""

from collections.abc import Iterator
from dataclasses import replace

from msgspec import DecodeError
from msgspec.json import Decoder

from secondlens.domain import clinical
from secondlens.domain.record import Record, Unread
from secondlens.importers import _fhir_document_resources as resources
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._fhir_narrative import attached_text, plain
from secondlens.importers._fhir_place import Contents, Place
from secondlens.importers._fhir_problems import UNNAMED
from secondlens.importers._fhir_results import sealed
from secondlens.importers._fhir_words import codes, first_code, first_date, many, words

# No document has more levels of headings; JSON itself could have hundreds.
DEEPEST_SECTION = 12

_composition = Decoder(resources.Composition)
_binary = Decoder(fhir.Attachment)


def document(found: resources.DocumentReference, place: Place) -> Iterator[Record | Unread]:
    """Map a DocumentReference with the text inside it, or inside the Binary it leads to."""
    files = [(number, _fetched(part.attachment, place)) for number, part in enumerate(many(found.content))]
    attached = [(number, file) for number, file in files if file]
    texts = [text for _, file in attached if (text := attached_text(file.content_type, file.data))]
    titles = (file.title for _, file in attached if file.title)
    yield clinical.DocumentReference(
        title=found.description or next(titles, None) or words(found.type) or UNNAMED,
        codes=codes(found.type),
        category=first_code(found.category),
        start=first_date(found.date, found.created, found.indexed),
        status=found.status,
        participants=place.participants(
            ("author", found.author),
            ("authenticator", found.authenticator),
            ("custodian", fhir.Actor(reference=found.custodian) if found.custodian else None),
        ),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        media_type=next((file.content_type for _, file in attached if file.content_type), None),
        text="\n\n".join(dict.fromkeys(texts)) or None,
    )
    for number, file in attached:
        yield from sealed(file, f"{place.source().where}.content[{number}].attachment")


def _fetched(attachment: fhir.Attachment | None, place: Place) -> fhir.Attachment | None:
    """Take the words of an attachment from the Binary in the same file, where it leads to one."""
    if attachment is None or attachment.data or not attachment.url:
        return attachment
    part = place.address(attachment.url)
    if part is None or part.type != "Binary":
        return attachment
    try:
        binary = _binary.decode(part.raw)
    except DecodeError:
        return attachment
    kind = binary.content_type or attachment.content_type
    text = attached_text(kind, binary.data)  # a Binary that is not text speaks for itself
    return fhir.Attachment(content_type=kind, data=binary.data if text else None, title=attachment.title)


def composition(found: resources.Composition, place: Place) -> Iterator[Record]:
    """Map a document: each section with words of its own becomes a record of those words."""
    title = found.title or words(found.type) or UNNAMED
    sections = list(_sections(found, found, place, "", title))
    if sections:
        yield from sections
    else:
        whole = plain(found.text.div if found.text else None) or title
        yield _words_of(found, place, "", title, whole)


def _sections(
    found: resources.Composition,
    parent: resources.Composition | resources.Section,
    place: Place,
    inside: str,
    above: str,
) -> Iterator[Record]:
    for number, section in enumerate(parent.section or ()):
        if section is None:
            continue
        where = f"{inside}.section[{number}]"
        title = section.title or words(section.code) or above
        text = plain(section.text.div if section.text else None) or words(section.empty_reason)
        if text:
            record = _words_of(found, place, where, title, text)
            yield replace(record, codes=codes(section.code) or record.codes)
        if where.count(".") < DEEPEST_SECTION:
            yield from _sections(found, section, place, where, title)


def _words_of(
    found: resources.Composition, place: Place, inside: str, title: str, text: str
) -> clinical.Composition:
    names = place.own_names(found.identifier)
    if inside:  # each section is a record of its own, so each has a name of its own
        names = tuple(f"{name}#{inside.removeprefix('.')}" for name in names[:1])
    return clinical.Composition(
        title=title,
        codes=codes(found.type),
        start=first_date(found.date),
        status=found.status,
        participants=place.participants(("author", found.author)),
        identifiers=names,
        source=place.source(inside),
        text=text,
    )


def headings(file: Contents) -> dict[str, str]:
    """Give the heading that documents of this file put over each address they list."""
    found: dict[str, str] = {}
    for part in {part.where: part for part in file.links.values() if part.type == "Composition"}.values():
        try:
            _collect(_composition.decode(part.raw).section, found, 0)
        except (DecodeError, RecursionError):
            continue
    return found


def _collect(sections: list[resources.Section | None] | None, found: dict[str, str], depth: int) -> None:
    for section in sections or ():
        title = (section.title or words(section.code)) if section else None
        if section is None or depth == DEEPEST_SECTION:
            continue
        for entry in many(section.entry):
            if title and entry.reference:
                found.setdefault(entry.reference, title)
        _collect(section.section, found, depth + 1)
