"""What was ordered: the ServiceRequest of R4, and what it was called before.

DSTU2 had the DiagnosticOrder (several tests in one), the ProcedureRequest and the ReferralRequest; STU3 had the
last two.
https://hl7.org/fhir/DSTU2/diagnosticorder.html, https://hl7.org/fhir/STU3/procedurerequest.html
"""

from collections.abc import Iterator
from dataclasses import replace

from secondlens.domain import clinical
from secondlens.domain.record import Record
from secondlens.importers import _fhir_resources as resources
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._fhir_medicines import reasons
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_problems import UNNAMED
from secondlens.importers._fhir_words import (
    all_words,
    codes,
    concepts,
    first_code,
    first_date,
    many,
    remarks,
    words,
)


def request(found: resources.ServiceRequest, place: Place) -> clinical.ServiceRequest:
    """Map a request; one NOT to do it is negated. Without a planned day, the day of the order."""
    period = found.occurrence_period or found.scheduled_period
    timing = found.occurrence_timing or found.scheduled_timing
    event = next(iter(many(timing.event)), None) if timing else None
    return clinical.ServiceRequest(
        title=words(found.code) or UNNAMED,
        codes=codes(found.code),
        category=first_code(found.category),
        start=first_date(
            found.occurrence_date_time or found.scheduled_date_time,
            period.start if period else None,
            event,
            found.authored_on or found.ordered_on,
        ),
        end=first_date(period.end) if period else None,
        status=found.status,
        negated=bool(found.do_not_perform),
        note=remarks(found.note, remarks(found.notes), _named("Body site", found.body_site)),
        participants=place.participants(
            ("requester", found.requester), ("requester", found.orderer), ("performer", found.performer)
        ),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        reason=reasons(place, found.reason_code or found.reason, found.reason_reference)
        or words(found.reason_codeable_concept),
    )


def referral(found: resources.Referral, place: Place) -> Record:
    """Map a referral: to whom, for what, in whose words. Without a planned day, the day of the order."""
    period = found.occurrence_period or found.fulfillment_time
    asked = next((one for one in concepts(found.service_requested) if isinstance(one, fhir.Concept)), None)
    named = asked or found.type or found.specialty
    return clinical.ServiceRequest(
        title=all_words(found.service_requested) or words(found.type) or words(found.specialty) or UNNAMED,
        codes=codes(named),
        start=first_date(
            found.occurrence_date_time,
            period.start if period else None,
            found.authored_on or found.date or found.date_sent,
        ),
        end=first_date(period.end) if period else None,
        status=found.status,
        note=remarks(
            found.note,
            found.description,
            _named("Specialty", found.specialty if found.specialty is not named else None),
        ),
        participants=place.participants(("requester", found.requester), ("performer", found.recipient)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        reason=reasons(place, found.reason_code or found.reason, found.reason_reference),
    )


def _named(word: str, concept: fhir.Several) -> str | None:
    text = all_words(concept)
    return f"{word}: {text}" if text else None


def diagnostic_order(found: resources.DiagnosticOrder, place: Place) -> Iterator[Record]:
    """Map a DiagnosticOrder: each test it asks for is an order of its own, as it has a status of its own."""
    days = [event.date_time for event in sorted(many(found.event), key=lambda event: event.status != "requested")]
    whole = clinical.ServiceRequest(
        title=UNNAMED,
        start=first_date(*days),
        status=found.status,
        note=remarks(found.note),
        participants=place.participants(("requester", found.orderer)),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        reason=reasons(place, found.reason, None),
    )
    items = list(enumerate(found.item or ()))
    for number, item in items:
        if item is not None:
            inside = f".item[{number}]"
            yield replace(
                whole,
                title=words(item.code) or UNNAMED,
                codes=codes(item.code),
                status=item.status or found.status,
                note=remarks(found.note, _named("Body site", item.body_site)),
                # With several, each is a record of its own, so each has a name of its own.
                identifiers=whole.identifiers
                if len(items) == 1
                else tuple(f"{name}#{inside.removeprefix('.')}" for name in whole.identifiers[:1]),
                source=place.source(inside),
            )
    if not any(item is not None for _, item in items):
        yield whole
