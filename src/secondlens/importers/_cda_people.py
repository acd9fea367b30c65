"""People and places as C-CDA names them: names, roles, addresses, telephone numbers, identifiers."""

from collections.abc import Iterable

from lxml import etree

from secondlens.domain.record import Participant
from secondlens.importers._cda_narrative import all_words, one_line
from secondlens.importers._cda_place import every, first

_ROLES = (
    *("assignedEntity", "assignedAuthor", "assignedCustodian", "associatedEntity", "relatedEntity"),
    *("intendedRecipient", "responsibleParty", "healthCareFacility", "participantRole", "patientRole"),
)
_PERSONS = ("assignedPerson", "associatedPerson", "relatedPerson", "informationRecipient", "guardianPerson")
_ORGANIZATIONS = (
    *("representedOrganization", "representedCustodianOrganization", "scopingOrganization"),
    *("receivedOrganization", "serviceProviderOrganization", "guardianOrganization"),
)
_PARTICIPATIONS = ("performer", "author", "informant", "participant", "responsibleParty", "encounterParticipant")


def participants_of(element: etree._Element) -> tuple[Participant, ...]:
    """Everyone an element names as performer, author, informant or other participant, in document order."""
    found = [
        Participant(name, child.get("typeCode") if child.tag == "participant" else child.tag)
        for child in element.iterchildren(*_PARTICIPATIONS)
        if child.get("typeCode") not in ("CSM", "LOC", "DEV", "PRD")
        for name in (name_in(child),)
        if name
    ]
    return tuple(dict.fromkeys(found))


def name_in(participation: etree._Element) -> str | None:
    """The name of whoever takes part: a person, else a device, else an organization."""
    for role in (participation, *participation.iterchildren(*_ROLES)):
        names = [
            *(person_name(first(person, "name")) for person in role.iterchildren(*_PERSONS)),
            *(person_name(first(role, "playingEntity", "name")) for _ in (role,)),
            *(_text(device, "softwareName") for device in role.iterchildren("assignedAuthoringDevice")),
            *(_text(device, "manufacturerModelName") for device in role.iterchildren("assignedAuthoringDevice")),
            *(_text(place, "name") for place in role.iterchildren(*_ORGANIZATIONS)),
        ]
        found = next((name for name in names if name), None)
        if found:
            return found
    return None


def _text(element: etree._Element, tag: str) -> str | None:
    found = first(element, tag)
    return all_words(found) or None


def person_name(name: etree._Element | None) -> str | None:
    """A name as people say it: title, given names, family name, suffix."""
    if name is None:
        return None
    ordered = [part for tag in ("prefix", "given", "family", "suffix") for part in name.iterchildren(tag)]
    if not ordered or one_line(name.text):
        return all_words(name) or None
    return one_line(" ".join(part.text or "" for part in ordered)) or None


def address(element: etree._Element | None) -> str | None:
    """An address on one line, its parts in the order of the source."""
    if element is None:
        return None
    parts = (one_line(part.text) for part in element if part.tag != "useablePeriod")
    return ", ".join(part for part in parts if part) or one_line(element.text) or None


def telecoms(role: etree._Element | None) -> tuple[str, ...]:
    """Telephone numbers and mail addresses, without the "tel:" in front."""
    values = (one_line(telecom.get("value")) for telecom in every(role, "telecom"))
    return tuple(
        dict.fromkeys(value.removeprefix("tel:").removeprefix("mailto:").strip() for value in values if value)
    )


def identifiers(ids: Iterable[etree._Element]) -> tuple[str, ...]:
    """Identifiers as "system|value", or the root alone where that is the whole name."""
    found = []
    for element in ids:
        root, extension = one_line(element.get("root")), one_line(element.get("extension"))
        if root:
            system = f"urn:oid:{root}" if root[0].isdigit() and "." in root else f"urn:uuid:{root}"
            found.append(f"{system}|{extension}" if extension else system)
        elif extension:
            found.append(extension)
    return tuple(dict.fromkeys(found))
