"""FHIR in JSON: bundles of every kind, one resource a line (NDJSON), lists, and single resources.

R4 is read whole; DSTU2, STU3 and R5 where their fields have the same meaning. Every entry ends as a record or
as Unread. https://hl7.org/fhir/R4
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from msgspec import DecodeError, Raw
from msgspec.json import Decoder
from msgspec.structs import fields

from secondlens.domain.clinical import Composition
from secondlens.domain.record import Record, Unread
from secondlens.importers import _fhir_care as care
from secondlens.importers import _fhir_document_resources as document_resources
from secondlens.importers import _fhir_documents as documents
from secondlens.importers import _fhir_medicines as medicines
from secondlens.importers import _fhir_orders as orders
from secondlens.importers import _fhir_people as people
from secondlens.importers import _fhir_problems as problems
from secondlens.importers import _fhir_resources as resources
from secondlens.importers import _fhir_results as results
from secondlens.importers._fhir_history import DELETED
from secondlens.importers._fhir_other import decoded, other
from secondlens.importers._fhir_part import Part
from secondlens.importers._fhir_people_resources import Organization, Patient, Practitioner
from secondlens.importers._fhir_place import Contents, Place, contents
from secondlens.importers._fhir_read import (
    NOT_A_RECORD,
    TOO_DEEP_INSIDE,
    looks_like_fhir,
    parts,
)
from secondlens.importers._fhir_types import Resource
from secondlens.importers._fhir_words import forget
from secondlens.importers.incoming import IncomingFile

FIELD_UNREAD = "This detail is not written as FHIR asks, so it is not read. The rest of the entry is kept."
CAN_CHANGE = "This entry holds a mark that can change its meaning, so it is kept as words only."
# Read wrongly or not at all, each of these can turn an entry into its opposite.
_MARKS = {
    *("status", "verificationStatus", "clinicalStatus", "wasNotGiven", "notGiven", "wasNotTaken", "taken"),
    *("notDone", "notPerformed", "doNotPerform"),
}


_MODIFIER = b'"modifierExtension"'


class Fhir:
    """The importer for FHIR JSON."""

    name = "fhir"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell FHIR from other JSON by a resource type at its outermost level."""
        return looks_like_fhir(file.content)

    def read(self, file: IncomingFile) -> Iterator[Record | Unread]:
        """Yield every resource; a part of one that does not fit costs only itself."""
        found = list(parts(file.content))
        whole = contents(file.sha256, (part for part in found if isinstance(part, Part)))
        whole.headings.update(documents.headings(whole))
        # Looked for once: in each of 30,000 entries it takes a tenth of the time. UTF-16 has zeros in between.
        whole.marked = _MODIFIER in file.content.replace(b"\0", b"")
        try:
            for part in found:
                yield from (part,) if isinstance(part, Unread) else _read_part(part, whole)
        finally:
            forget()
            results.forget()


FHIR = Fhir()


class _Reader(NamedTuple):
    shape: type[Resource]
    decoder: Decoder[Any]
    map: Callable[[Any, Place], Record | Iterable[Record | Unread]]


def _reader(shape: type[Resource], mapping: Callable[[Any, Place], Record | Iterable[Record | Unread]]) -> _Reader:
    return _Reader(shape, Decoder(shape), mapping)


_READERS = {
    "Patient": _reader(Patient, people.patient),
    "Practitioner": _reader(Practitioner, people.practitioner),
    "Organization": _reader(Organization, people.organization),
    "Condition": _reader(resources.Condition, problems.condition),
    "AllergyIntolerance": _reader(resources.AllergyIntolerance, problems.allergy),
    "MedicationStatement": _reader(resources.Medicine, medicines.medicine),
    "MedicationUsage": _reader(resources.Medicine, medicines.medicine),
    "MedicationRequest": _reader(resources.Medicine, medicines.medicine),
    "MedicationOrder": _reader(resources.Medicine, medicines.medicine),
    "MedicationDispense": _reader(resources.Medicine, medicines.medicine),
    "MedicationAdministration": _reader(resources.Medicine, medicines.medicine),
    "Immunization": _reader(resources.Immunization, medicines.immunization),
    "Observation": _reader(resources.Observation, results.observation),
    "DiagnosticReport": _reader(resources.DiagnosticReport, results.report),
    "Procedure": _reader(resources.Procedure, care.procedure),
    "Encounter": _reader(resources.Encounter, care.encounter),
    "ServiceRequest": _reader(resources.ServiceRequest, orders.request),
    "ProcedureRequest": _reader(resources.ServiceRequest, orders.request),
    "ReferralRequest": _reader(resources.Referral, orders.referral),
    "DiagnosticOrder": _reader(resources.DiagnosticOrder, orders.diagnostic_order),
    "DocumentReference": _reader(document_resources.DocumentReference, documents.document),
    "Composition": _reader(document_resources.Composition, documents.composition),
}


def _read_part(part: Part, whole: Contents) -> tuple[Record | Unread, ...]:
    try:
        found = tuple(_read(part, whole))
    except RecursionError:
        return (Unread(part.where, TOO_DEEP_INSIDE),)
    return tuple(map(_taken_back, found)) if part.deleted else found


def _taken_back(entry: Record | Unread) -> Record | Unread:
    """Keep what the source deleted as an error of its own, so that it also changes what was read earlier."""
    if isinstance(entry, Unread):
        return entry
    certain: dict[str, Any] = {"verification": "entered-in-error"} if hasattr(entry, "verification") else {}
    note = "\n".join(text for text in (entry.note, DELETED) if text)
    return replace(entry, status="entered-in-error", note=note, **certain)


def _read(part: Part, whole: Contents) -> Iterable[Record | Unread]:
    reader = _READERS.get(part.type)
    if reader is None:
        return other(Place(whole, part))
    try:
        resource = reader.decoder.decode(part.raw)
        if whole.marked and _changes_meaning(resource, part):
            return _as_words(whole, part)
        mapped = reader.map(resource, Place(whole, part, resource.contained))
    except DecodeError:
        resource, unread = _piece_by_piece(reader.shape, part)
        if resource is None:
            return unread
        marked = {f"{part.where}.{key}".removeprefix(".") for key in _MARKS}
        if _changes_meaning(resource, part) or any(found.where in marked for found in unread):
            return (*_as_words(whole, part), *unread)
        mapped = reader.map(resource, Place(whole, part, resource.contained))
        return (*((mapped,) if isinstance(mapped, Record) else mapped), *unread)
    return (mapped,) if isinstance(mapped, Record) else mapped


def _changes_meaning(resource: Resource, part: Part) -> bool:
    """Tell whether it carries a modifierExtension at any depth; only people are who they are with any of them."""
    people_too = isinstance(resource, Patient | Practitioner | Organization)
    if people_too or _MODIFIER not in bytes(part.raw):
        return False
    waiting: list[Any] = [decoded(part.raw)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("modifierExtension"):
                return True
            # A resource inside is another thing: a marked patient does not change the result that names him.
            waiting += (inner for key, inner in value.items() if key != "contained")
        elif isinstance(value, list):
            waiting += value
    return False


def _as_words(whole: Contents, part: Part) -> Iterable[Record | Unread]:
    """Keep every word of an entry and claim none of it."""
    for found in other(Place(whole, part), words_only=True):
        if isinstance(found, Record):
            text = getattr(found, "text", None) or found.title
            yield Composition(
                title=found.title, text=text, identifiers=found.identifiers, start=found.start, source=found.source
            )
        else:
            yield found
    yield Unread(part.where, CAN_CHANGE)


_members = Decoder(dict[str, Raw])


def _piece_by_piece(shape: type[Resource], part: Part) -> tuple[Resource | None, list[Unread]]:
    """Read each field by itself, so that one bad field costs only itself."""
    try:
        members = _members.decode(part.raw)
    except DecodeError:
        return None, [Unread(part.where, NOT_A_RECORD)]
    raw = resources.REPEATED if shape is resources.Observation else {}
    good: dict[str, Any] = {}
    unread: list[Unread] = []
    for key, (name, decoder) in _field_decoders(shape).items():
        if key in members:
            try:
                value = decoder.decode(members[key])
                good[name] = members[key] if name in raw else value
            except DecodeError:
                unread.append(Unread(f"{part.where}.{key}".removeprefix("."), FIELD_UNREAD))
    return shape(**good), unread


@cache
def _field_decoders(shape: type[Resource]) -> dict[str, tuple[str, Decoder[Any]]]:
    """Give a decoder for each field; a field kept raw is checked as what it holds, then kept raw again."""
    repeated = resources.REPEATED if shape is resources.Observation else {}
    return {
        field.encode_name: (field.name, Decoder(repeated.get(field.name, field.type))) for field in fields(shape)
    }
