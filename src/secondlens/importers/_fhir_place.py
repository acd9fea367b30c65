"""Where one resource stands in its file, and what its references lead to: people, places, medicines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from secondlens.domain.coding import Coding
from secondlens.domain.record import Participant
from secondlens.domain.source import Source
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._fhir_part import Part
from secondlens.importers._fhir_words import all_words, codes, full_name, many, words

# A role leads to a clinician, a clinician to nobody: two steps reach every name.
FARTHEST_STEP = 3


class _DeviceName(fhir.Datatype):
    name: str | None = None


class _Ingredient(fhir.Datatype):
    item_codeable_concept: fhir.Concept | None = None
    item: fhir.Concept | None = None


class _Target(fhir.Datatype):
    """What gives a resource of any type its name."""

    id: str | None = None
    name: list[fhir.HumanName | None] | fhir.HumanName | str | None = None
    device_name: list[_DeviceName | None] | None = None
    code: fhir.Concepts = None
    type: fhir.Concepts = None
    ingredient: list[_Ingredient | None] | None = None
    practitioner: fhir.Reference | None = None
    organization: fhir.Reference | None = None


_target = Decoder(_Target)


@dataclass(slots=True)
class Contents:
    """All of one file: its fingerprint, its resources by address, the headings a document puts over them.

    `marked` unless it is certain that no entry carries a modifierExtension.
    """

    sha256: str
    links: dict[str, Part]
    headings: dict[str, str] = field(default_factory=dict)
    found: dict[str, _Target | None] = field(default_factory=dict)
    marked: bool = True


def contents(sha256: str, parts: Iterable[Part]) -> Contents:
    """Put the resources of a file where references find them: by address and by "Type/id"."""
    links: dict[str, Part] = {}
    for part in parts:
        if part.url:
            links[part.url] = part
        if part.id:
            links[f"{part.type}/{part.id}"] = part
    return Contents(sha256, links)


@dataclass(slots=True)
class Place:
    """One resource of a file, with what it carries inside itself."""

    file: Contents
    part: Part
    contained: list[Raw] | None = None

    def source(self, inside: str = "") -> Source:
        """Tell where a record comes from; `inside` is the place inside the resource."""
        part, headings = self.part, self.file.headings
        heading = None
        if headings:
            heading = headings.get(part.url or "") or headings.get(f"{part.type}/{part.id}")
        where = f"{part.where}{inside}".removeprefix(".") if inside else part.where
        return Source(self.file.sha256, where, "fhir", heading)

    def own_names(self, business: fhir.Identifiers) -> tuple[str, ...]:
        """Give "Type/id" (or the bundle's address) first, then the identifiers people use."""
        part = self.part
        first = f"{part.type}/{part.id}" if part.id else part.url
        if business is None:
            return (first,) if first else ()
        named = (
            f"{name.system}|{name.value}" if name.system else name.value for name in many(business) if name.value
        )
        return (*((first,) if first else ()), *named)

    def address(self, reference: str) -> Part | None:
        """Find what an address leads to in this file: whole, relative, or the relative end of a whole one."""
        links, current = self.file.links, reference.partition("/_history/")[0]
        return links.get(reference) or links.get(current) or links.get("/".join(current.split("/")[-2:]))

    def called(self, reference: fhir.Reference | str | None) -> str | None:
        """Give the name of what a reference leads to; None when only an address is known."""
        if reference is None or isinstance(reference, str):
            return None
        if reference.display:
            return reference.display
        return self._name(self._target(reference.reference)) if reference.reference else None

    def medicine(self, reference: fhir.Reference | None) -> tuple[str | None, tuple[Coding, ...]]:
        """Give the name and the codes of a medicine that is described elsewhere in the file."""
        if reference is None:
            return None, ()
        target = self._target(reference.reference) if reference.reference else None
        described = target.code if target and isinstance(target.code, fhir.Concept) else None
        return self._name(target) or reference.display, codes(described)

    def participants(self, *roles: tuple[str, fhir.Actors]) -> tuple[Participant, ...]:
        """Give everybody who can be named, once each; `roles` pairs a FHIR word with those who had it."""
        found: list[Participant] = []
        for role, actors in roles:
            if actors is not None:
                found += self._named(role, actors)
        return tuple(dict.fromkeys(found)) if found else ()

    def _named(self, role: str, actors: fhir.Actors) -> Iterator[Participant]:
        for actor in many(actors):
            inner = actor.actor or actor.individual or actor.agent or actor.party
            if inner is None:
                inner = actor.reference if isinstance(actor.reference, fhir.Reference) else None
            plain = actor.reference if isinstance(actor.reference, str) else None
            name = self.called(inner) or self.called(fhir.Reference(reference=plain, display=actor.display))
            if name:
                yield Participant(name, role)

    def _target(self, address: str) -> _Target | None:
        if address.startswith("#"):
            return self._inside(address[1:])
        known = self.file.found
        if address not in known:
            part = self.address(address)
            known[address] = _decoded(part.raw) if part else None
        return known[address]

    def _inside(self, name: str) -> _Target | None:
        for raw in self.contained or ():
            target = _decoded(raw)
            if target and target.id == name:
                return target
        return None

    def _name(self, target: _Target | None, step: int = 0) -> str | None:
        if target is None or step == FARTHEST_STEP:
            return None
        if isinstance(target.name, str):
            return target.name or None
        person = target.practitioner or target.organization
        return (
            full_name(many(target.name))
            or next((device.name for device in many(target.device_name) if device.name), None)
            or (person and (person.display or self._name(self._target(person.reference or ""), step + 1)))
            or all_words(target.code)
            or _made_of(target)
            or all_words(target.type)
        )


def _made_of(target: _Target) -> str | None:
    parts = (words(part.item_codeable_concept) or words(part.item) for part in many(target.ingredient))
    return ", ".join(part for part in parts if part) or None


def _decoded(raw: Raw) -> _Target | None:
    try:
        return _target.decode(raw)
    except (DecodeError, RecursionError):
        return None
