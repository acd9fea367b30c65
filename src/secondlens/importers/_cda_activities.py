"""What was done, planned or written: procedures, visits, orders, notes, and the statements we only keep."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from secondlens.domain.clinical import DocumentReference, Encounter, OtherResource, Procedure, ServiceRequest
from secondlens.domain.record import Record
from secondlens.importers._cda_codes import ENCOUNTER, PROCEDURE, REQUEST
from secondlens.importers._cda_common import CCDA, common, reason_of, said
from secondlens.importers._cda_media import embedded_text
from secondlens.importers._cda_narrative import one_line
from secondlens.importers._cda_people import person_name
from secondlens.importers._cda_place import Statement, every, first, inner_statements, own_words
from secondlens.importers._cda_values import code_or_words, codings, quantity, value_of

_DIAGNOSES = (CCDA + "80", CCDA + "4")


def procedure(statement: Statement) -> Iterator[Record]:
    """Read something done; planned is "preparation" and refused is "not-done", so neither reads as done."""
    code = statement.status
    status = "not-done" if statement.negated else "preparation" if statement.planned else PROCEDURE.get(code or "")
    sites = [code_or_words(site, statement) for site in every(statement.element, "targetSiteCode")]
    value, when = value_of(first(statement.element, "value"), statement)
    yield Procedure(
        **common(statement, first(statement.element, "code"), notes=tuple(_procedure_notes(statement))),
        status=status,
        body_site="; ".join(dict.fromkeys(site for site in sites if site)) or None,
        reason=reason_of(statement),
        outcome=value.plain() if value else when.plain() if when else None,
    )


def _procedure_notes(statement: Statement) -> Iterator[str]:
    for tag, label in (("methodCode", "Method"), ("approachSiteCode", "Approach"), ("priorityCode", "Priority")):
        for code in every(statement.element, tag):
            words = code_or_words(code, statement)
            if words:
                yield f"{label}: {words}"
    for role in every(statement.element, "specimen", "specimenRole", "specimenPlayingEntity"):
        words = code_or_words(first(role, "code"), statement)
        if words:
            yield f"Specimen: {words}"
    for participant in every(statement.element, "participant"):
        if participant.get("typeCode") in ("DEV", "PRD"):
            yield from _device_lines(first(participant, "participantRole"), statement)
        elif participant.get("typeCode") == "LOC" and (place := _place_name(participant, statement)):
            yield f"Place: {place}"


def _device_lines(role: etree._Element | None, statement: Statement) -> Iterator[str]:
    device = first(role, "playingDevice")
    words = code_or_words(first(device, "code"), statement)
    model = own_words(first(device, "manufacturerModelName"), statement)
    told = [word for word in dict.fromkeys((words, model)) if word]
    ids = every(role, "id") if device is not None else []
    told += [f"id {one_line(name.get('extension'))}" for name in ids if name.get("extension")]
    if told:
        yield f"Device: {', '.join(told)}"


def encounter(statement: Statement) -> Iterator[Record]:
    """Read a visit or a stay. Its diagnoses stand in the note, and are records of their own."""
    places = [
        _place_name(participant, statement)
        for participant in every(statement.element, "participant")
        if participant.get("typeCode") == "LOC"
    ]
    leaving = code_or_words(first(statement.element, "dischargeDispositionCode"), statement)
    notes = tuple(f"Diagnosis: {name}" for name in dict.fromkeys(_diagnoses(statement)))
    notes += (f"Discharged to: {leaving}",) if leaving else ()
    yield Encounter(
        **common(statement, first(statement.element, "code"), notes=notes),
        status="planned" if statement.planned else ENCOUNTER.get(statement.status or ""),
        place="; ".join(dict.fromkeys(place for place in places if place)) or None,
        reason=reason_of(statement),
    )


def _diagnoses(statement: Statement) -> Iterator[str]:
    for inner in inner_statements(statement):
        if not inner.has_template(*_DIAGNOSES):
            continue
        if inner.element.tag == "observation" and (words := said(inner)):
            yield f"not {words}" if inner.negated else words
        yield from _diagnoses(inner)


def _place_name(participant: etree._Element, statement: Statement) -> str | None:
    role = first(participant, "participantRole")
    name = person_name(first(role, "playingEntity", "name")) or person_name(first(role, "scopingEntity", "desc"))
    return name or code_or_words(first(role, "code"), statement)


def request(statement: Statement) -> Iterator[Record]:
    """Read something planned or ordered. The source's "completed" tells of the order, not of the thing."""
    code = statement.status
    notes = ["The source calls this order completed."] if code == "completed" else []
    value, when = value_of(first(statement.element, "value"), statement)
    told = value.plain() if value else when.plain() if when else None
    notes += [f"Value: {told}"] if told else []
    sites = [code_or_words(site, statement) for site in every(statement.element, "targetSiteCode")]
    notes += [f"Site: {site}" for site in sites if site]
    yield ServiceRequest(
        **common(statement, _named(statement), notes=(*notes, *_procedure_notes(statement), *_numbers(statement))),
        status=REQUEST.get(code or ""),
        category=statement.section.title,
        reason=reason_of(statement),
    )


def note(statement: Statement) -> Iterator[Record]:
    """Read a note: its words, or the words of the file inside it where it is plain text."""
    text = first(statement.element, "text")
    words = (
        own_words(text, statement, lines=True)
        if text is not None and text.get("representation") != "B64"
        else None
    )
    yield DocumentReference(
        **common(statement, first(statement.element, "code")),
        status="current",
        category=statement.section.title,
        media_type=text.get("mediaType") if text is not None else None,
        text=embedded_text(text) or words,
    )


def kept(statement: Statement, resource_type: str) -> Iterator[OtherResource]:
    """Keep a statement we do not interpret: its name, its text, its value."""
    value, when = value_of(first(statement.element, "value"), statement)
    told = value.plain() if value else when.plain() if when else None
    words = own_words(first(statement.element, "text"), statement)
    lines = [line for line in dict.fromkeys((words, told, *_device_and_people(statement))) if line]
    yield OtherResource(
        **common(statement, _named(statement), notes=tuple(_numbers(statement))),
        resource_type=resource_type,
        status=None if statement.planned and statement.status == "completed" else statement.status,
        category=statement.section.title,
        text="\n".join(lines) or None,
    )


def _numbers(statement: Statement) -> Iterator[str]:
    """How many or how much was handed out: two canes are not one."""
    for tag, label in (("quantity", "Amount"), ("repeatNumber", "Number")):
        amount = quantity(first(statement.element, tag))
        if amount:
            yield f"{label}: {amount.plain()}"


def unsaid(statement: Statement) -> Iterator[Record]:
    """Keep as words what the source itself marks as not known: it claims nothing."""
    for record in kept(statement, "Basic"):
        text = "\n".join(line for line in ("The source marks this entry as not known.", record.text) if line)
        yield replace(record, codes=(), status=None, text=text)


def _named(statement: Statement) -> etree._Element | None:
    """The code, the device's code, or the value where the code only says that something is asserted."""
    devices = every(statement.element, "participant", "participantRole", "playingDevice", "code")
    products = every(statement.element, "product", "manufacturedProduct", "manufacturedMaterial", "code")
    code, value = first(statement.element, "code"), first(statement.element, "value")
    if devices or products:
        return (devices + products)[0]
    if codings(value) and (code is None or code.get("code") in (None, "ASSERTION")):
        return value
    return code


def _device_and_people(statement: Statement) -> Iterator[str]:
    for participant in every(statement.element, "participant"):
        role = first(participant, "participantRole")
        yield from _device_lines(role, statement)
        words = code_or_words(first(role, "code"), statement)
        if words:
            yield f"Role: {words}"


def family_finding(statement: Statement) -> Iterator[Record]:
    """Read what a relative had. The relative's words come first in the text, so it never reads as the person's."""
    around = statement.parent
    while around and around.parent and first(around.element, "subject") is None:
        around = around.parent
    relative = first(around.element if around else None, "subject", "relatedSubject")
    who = code_or_words(first(relative, "code"), statement)
    subject = first(relative, "subject")
    lines = [f"Relative: {who}" if who else "A relative"]
    for tag, label in (("administrativeGenderCode", "Sex"),):
        words = code_or_words(first(subject, tag), statement)
        lines += [f"{label}: {words}"] if words else []
    for tag, label in (("birthTime", "Born"), ("deceasedTime", "Died"), ("deceasedInd", "Has died")):
        found = first(subject, tag)
        lines += [f"{label}: {found.get('value')}"] if found is not None and found.get("value") else []
    value = first(statement.element, "value")
    yield OtherResource(
        **common(statement, value if value is not None else first(statement.element, "code")),
        resource_type="FamilyMemberHistory",
        status=statement.status,
        category=statement.section.title,
        text="\n".join(lines),
    )
