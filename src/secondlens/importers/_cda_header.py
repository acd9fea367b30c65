"""The head of a document: what it is, whose it is, who wrote it, which visit it tells of."""

from collections.abc import Iterator

from lxml import etree

from secondlens.domain.clinical import DocumentReference, Encounter, OtherResource, ServiceRequest
from secondlens.domain.people import Organization, Patient, Practitioner
from secondlens.domain.record import Participant, Record, Unread
from secondlens.domain.source import Source
from secondlens.domain.when import read_hl7
from secondlens.importers._cda_media import embedded_text
from secondlens.importers._cda_narrative import all_words, narrative_text
from secondlens.importers._cda_people import address, identifiers, name_in, participants_of, person_name, telecoms
from secondlens.importers._cda_place import Section, Statement, every, first
from secondlens.importers._cda_values import Span, code_or_words, code_words, codings, span_of

_SIGNERS = (
    *("author", "dataEnterer", "informant", "custodian", "informationRecipient", "legalAuthenticator"),
    *("authenticator", "participant"),
)


def read_header(document: etree._Element, where: str, sha256: str) -> Iterator[Record | Unread]:
    """Read the document as a whole, then the person, then the visit, orders and consents it names."""
    yield _document(document, where, sha256)
    for tag in ("recordTarget", "componentOf", "inFulfillmentOf", "authorization"):
        for number, part in enumerate(document.iterchildren(tag), 1):
            yield from read_header_part(part, f"{where}/{tag}[{number}]", sha256)


def read_header_part(part: etree._Element, where: str, sha256: str) -> Iterator[Record | Unread]:
    """Read one part of a header, alone or within its document."""
    source = Source(sha256=sha256, where=where, importer="ccda")
    at = Statement(element=part, where=where, sha256=sha256, section=Section(), ids={})
    inner = first(part, _INSIDE.get(part.tag, "-"))
    if part.tag == "recordTarget":
        roles = every(part, "patientRole")
        yield from (_patient(role, at, source) for role in roles)
        found = bool(roles)
    else:
        found = inner is not None
        if inner is not None:
            yield _act(inner, at, source)
    name = None if found else name_in(part)
    if name:
        yield from _somebody(part, name, source)
    elif not found:
        yield Unread(where, "This part of the document's head names nobody and nothing we can read.")


_INSIDE = {
    "componentOf": "encompassingEncounter",
    "inFulfillmentOf": "order",
    "authorization": "consent",
    "documentationOf": "serviceEvent",
}


def _document(document: etree._Element, where: str, sha256: str) -> DocumentReference:
    at = Statement(element=document, where=where, sha256=sha256, section=Section(), ids={})
    code, title = first(document, "code"), first(document, "title")
    printed = all_words(title)
    body = first(document, "component", "nonXMLBody", "text")
    signers = [(child, name_in(child)) for child in document.iterchildren(*_SIGNERS)]
    people = [Participant(name, child.tag) for child, name in signers if name]
    people += [
        person for event in every(document, "documentationOf", "serviceEvent") for person in participants_of(event)
    ]
    names = identifiers([*every(document, "id"), *every(document, "setId")])
    return DocumentReference(
        title=printed or code_or_words(code, at) or "Medical document",
        codes=codings(code),
        start=span_of(every(document, "effectiveTime")).start,
        status="current",
        note="\n".join(_document_notes(document, at)) or None,
        participants=tuple(dict.fromkeys(people)),
        identifiers=names,
        source=Source(sha256=sha256, where=where, importer="ccda"),
        media_type=(body.get("mediaType") or "text/plain") if body is not None else "text/xml",
        text=_body_text(body),
    )


def unstructured(body: etree._Element, where: str, sha256: str) -> DocumentReference:
    """Read the body of a document that is a file of another kind, where it stands alone."""
    text = first(body, "text")
    return DocumentReference(
        title="Medical document",
        status="current",
        source=Source(sha256=sha256, where=where, importer="ccda"),
        media_type=(text.get("mediaType") or "text/plain") if text is not None else None,
        text=_body_text(text),
    )


def _body_text(body: etree._Element | None) -> str | None:
    """The words of a body that is not XML; a file's bytes stay in the original."""
    if body is None or body.get("representation") == "B64":
        return embedded_text(body)
    reference = first(body, "reference")
    if reference is not None and reference.get("value"):
        return f"The document is a separate file: {reference.get('value')}"
    return narrative_text(body) or None


def _document_notes(document: etree._Element, at: Statement) -> Iterator[str]:
    version = first(document, "versionNumber")
    if version is not None and version.get("value"):
        yield f"Version: {version.get('value')}"
    for code in every(document, "confidentialityCode"):
        words = code_words(code, at)
        if words:
            yield f"Confidentiality: {words}"
    for event in every(document, "documentationOf", "serviceEvent"):
        span = span_of(every(event, "effectiveTime"))
        if span.start or span.end:
            yield _covers(span)
        words = code_or_words(first(event, "code"), at)
        if words:
            yield f"About: {words}"
    for parent in every(document, "relatedDocument", "parentDocument"):
        for name in identifiers(parent.iterchildren("id", "setId")):
            yield f"Related document: {name}"


def _covers(span: Span) -> str:
    if span.start and span.end:
        return f"Covers {span.start.plain()} to {span.end.plain()}"
    if span.start:
        return f"Covers the time from {span.start.plain()}"
    return f"Covers the time to {span.end.plain()}" if span.end else ""


def _patient(role: etree._Element, at: Statement, source: Source) -> Patient:
    patient = first(role, "patient")
    names = [name for name in map(person_name, every(patient, "name")) if name]
    birth, language = first(patient, "birthTime"), first(patient, "languageCommunication", "languageCode")
    return Patient(
        title=names[0] if names else "Name not given",
        birth=read_hl7(birth.get("value")) if birth is not None else None,
        sex=code_or_words(first(patient, "administrativeGenderCode"), at),
        address=address(first(role, "addr")),
        telecom=telecoms(role),
        language=language.get("code") if language is not None else None,
        note="\n".join(_patient_notes(role, patient, at, names[1:])) or None,
        participants=_around(role, patient),
        identifiers=identifiers(every(role, "id")),
        source=source,
    )


def _patient_notes(
    role: etree._Element,
    patient: etree._Element | None,
    at: Statement,
    other_names: list[str],
) -> Iterator[str]:
    yield from (f"Also called: {name}" for name in dict.fromkeys(other_names))
    for tag, label in (
        *(("maritalStatusCode", "Marital status"), ("religiousAffiliationCode", "Religion")),
        *(("raceCode", "Race"), ("ethnicGroupCode", "Ethnic group")),
    ):
        words = (code_or_words(code, at) for code in every(patient, tag))
        yield from (f"{label}: {word}" for word in dict.fromkeys(words) if word)
    for tag, label in (("deceasedTime", "Died"), ("deceasedInd", "Has died")):
        found = first(patient, tag)
        if found is not None and found.get("value"):
            when = read_hl7(found.get("value"))
            yield f"{label}: {when.plain() if when else found.get('value')}"
    born = address(first(patient, "birthplace", "place", "addr"))
    if born:
        yield f"Born in: {born}"
    yield from (f"Other address: {text}" for text in map(address, every(role, "addr")[1:]) if text)


def _around(role: etree._Element, patient: etree._Element | None) -> tuple[Participant, ...]:
    guardians = [Participant(name, "guardian") for one in every(patient, "guardian") if (name := name_in(one))]
    provider = person_name(first(role, "providerOrganization", "name"))
    return (*guardians, *((Participant(provider, "providerOrganization"),) if provider else ()))


def _act(element: etree._Element, at: Statement, source: Source) -> Record:
    """The visit, order, consent or service a header names."""
    code, span = first(element, "code"), span_of(every(element, "effectiveTime"))
    names = identifiers(every(element, "id"))
    if element.tag == "encompassingEncounter":
        return Encounter(
            title=code_or_words(code, at) or "Visit",
            codes=codings(code),
            start=span.start,
            end=span.end,
            participants=participants_of(element),
            identifiers=names,
            place=_facility(element, at),
            source=source,
        )
    title = code_or_words(code, at) or (names[0] if names else element.tag)
    kind = {"consent": "Consent", "serviceEvent": "CareTeam"}.get(element.tag)
    people = participants_of(element)
    if kind is None:
        return ServiceRequest(
            title=title, codes=codings(code), participants=people, identifiers=names, source=source
        )
    return OtherResource(
        title=title,
        codes=codings(code),
        start=span.start,
        end=span.end,
        participants=people,
        identifiers=names,
        source=source,
        resource_type=kind,
    )


def _facility(element: etree._Element, at: Statement) -> str | None:
    facility = first(element, "location", "healthCareFacility")
    names = (
        person_name(first(facility, *path))
        for path in (("location", "name"), ("serviceProviderOrganization", "name"))
    )
    return next((name for name in names if name), None) or code_or_words(first(facility, "code"), at)


def _somebody(part: etree._Element, name: str, source: Source) -> Iterator[Record]:
    """A person or organization that stands alone, outside a document."""
    role = next((child for child in part if len(child)), part)
    names = identifiers(every(role, "id"))
    if part.tag == "custodian":
        yield Organization(title=name, identifiers=names, source=source)
    else:
        yield Practitioner(
            title=name,
            category=part.tag,
            start=span_of(every(part, "time")).start,
            telecom=telecoms(role),
            identifiers=names,
            source=source,
        )
