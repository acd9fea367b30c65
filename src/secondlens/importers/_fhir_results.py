"""Results, readings and the reports over them. What was not measured has no value."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec.json import Decoder

from secondlens.domain import clinical
from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record, Unread
from secondlens.domain.when import When
from secondlens.importers import _fhir_resources as resources
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._absence import no_value
from secondlens.importers._attachment import file_bytes, is_own_file
from secondlens.importers._fhir_narrative import attached_text, plain
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_problems import UNNAMED
from secondlens.importers._fhir_words import (
    LONGEST_NUMBER,
    all_words,
    code_of,
    codes,
    date,
    first_code,
    first_date,
    many,
    measured,
    number,
    ratio,
    remarks,
    spread,
    words,
)

CURVE = "A recorded curve is kept in the original file. Secondlens does not show it yet."
TOO_LONG = "This number is longer than any measured value, so it is not shown."
INSIDE = "A document inside this record is kept whole. The words in it are not read."
LONGEST_CURVE = 400


def observation(found: resources.Observation, place: Place) -> Iterable[Record | Unread]:
    """Map an Observation with its components."""
    period = found.effective_period
    title, named = _name(bytes(found.code))
    record = clinical.Observation(
        title=title,
        codes=named,
        category=_category(bytes(found.category)),
        start=date(found.effective_date_time) or _less_usual_start(found),
        end=date(period.end) if period else None,
        status=found.status,
        note=_note(found, place),
        participants=place.participants(("performer", found.performer)) if found.performer else (),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        value=value(found),
        value_when=value_when(found),
        interpretation=_interpretation(bytes(found.interpretation)),
        reference_range=_reference_range(bytes(found.reference_range)),
        method=words(found.method) if found.method else None,
        body_site=words(found.body_site) if found.body_site else None,
        components=tuple(_component(part) for part in many(found.component)) if found.component else (),
    )
    has_value = record.value is not None or found.value_quantity is None
    if has_value and found.value_sampled_data is None and found.component is None:
        return (record,)
    return (record, *_left_out(found, place))


def _note(found: resources.Observation, place: Place) -> str | None:
    said = (found.note, found.comment, found.comments, found.data_absent_reason, found.value_codeable_concept)
    if said == _NOTHING_SAID and not found.component and not found.related:  # most results
        return None
    return remarks(found.note, found.comment, found.comments, why_no_value(found), *_added(found, place))


_NOTHING_SAID = (None,) * 5


def _less_usual_start(found: resources.Observation) -> When | None:
    period, timing = found.effective_period, found.effective_timing
    return first_date(
        period.start if period else None, found.effective_instant, *(many(timing.event) if timing else ())
    )


_decoders = {name: Decoder(kind) for name, kind in resources.REPEATED.items()}


@lru_cache(maxsize=1024)
def _name(raw: bytes) -> tuple[str, tuple[Coding, ...]]:
    concept = _decoders["code"].decode(raw) if raw else None
    return words(concept) or UNNAMED, codes(concept)


@lru_cache(maxsize=256)
def _category(raw: bytes) -> str | None:
    return first_code(_decoders["category"].decode(raw)) if raw else None


@lru_cache(maxsize=256)
def _interpretation(raw: bytes) -> str | None:
    return all_words(_decoders["interpretation"].decode(raw)) if raw else None


@lru_cache(maxsize=1024)
def _reference_range(raw: bytes) -> str | None:
    return usual(_decoders["reference_range"].decode(raw)) if raw else None


def forget() -> None:
    """Empty what was remembered while reading a file: health facts stay in memory no longer than needed."""
    for remembered in (_name, _category, _interpretation, _reference_range):
        remembered.cache_clear()


def _component(part: fhir.ObservationComponent) -> clinical.Component:
    said, when = value(part), value_when(part)
    return clinical.Component(
        title=words(part.code) or UNNAMED,
        codes=codes(part.code),
        value=said or (Quantity(when.text) if when else None),
        interpretation=all_words(part.interpretation),
        reference_range=usual(part.reference_range),
    )


def _left_out(found: resources.Observation, place: Place) -> Iterator[Unread]:
    for where, part in (("", found), *((f".component[{n}]", c) for n, c in enumerate(many(found.component)))):
        if part.value_quantity and len(bytes(part.value_quantity.value)) > LONGEST_NUMBER:
            yield Unread(f"{place.part.where}{where}.valueQuantity".removeprefix("."), TOO_LONG)
        curve = part.value_sampled_data
        if curve and curve.data and len(curve.data) > LONGEST_CURVE:
            yield Unread(f"{place.part.where}{where}.valueSampledData".removeprefix("."), CURVE)


def value(found: fhir.ValueHolder) -> Quantity | None:
    """Give the value as printed; None when there is none, or the source says only why there is none."""
    if found.value_quantity is not None:
        return measured(found.value_quantity)
    concept = found.value_codeable_concept
    if concept is not None:
        said = None if no_value(codes(concept)) else words(concept)
        return Quantity(said) if said else None
    if found.value_string:
        return Quantity(found.value_string)
    if found.value_boolean is not None:
        return Quantity("true" if found.value_boolean else "false")
    return _rarer_value(found)


def _rarer_value(found: fhir.ValueHolder) -> Quantity | None:
    if whole := number(found.value_integer):
        return Quantity(whole)
    if found.value_range is not None:
        return spread(found.value_range)
    if found.value_ratio is not None:
        return ratio(found.value_ratio)
    period, curve, file = found.value_period, found.value_sampled_data, found.value_attachment
    said = (
        found.value_time
        or (period and " to ".join(day for day in (period.start, period.end) if day))
        or (curve.data if curve and curve.data and len(curve.data) <= LONGEST_CURVE else None)
        or (file and (attached_text(file.content_type, file.data) or file.title))
        or (found.value_reference and found.value_reference.display)
    )
    return Quantity(said) if said else None


def value_when(found: fhir.ValueHolder) -> When | None:
    """Give a value that is a date."""
    if found.value_date_time is None and found.value_period is None:
        return None
    return first_date(found.value_date_time, found.value_period.start if found.value_period else None)


def why_no_value(found: fhir.ValueHolder) -> str | None:
    """Give the source's reason for a missing value, in its words."""
    concept = found.value_codeable_concept
    return words(found.data_absent_reason) or (words(concept) if concept and no_value(codes(concept)) else None)


def _added(found: resources.Observation, place: Place) -> Iterator[str]:
    """Name the parts without a value and, in older versions, the results this one belongs to."""
    yield from _why_no_parts(found)
    for link in found.related or ():
        if link and (name := place.called(link.target)):
            yield f"Related ({link.type or 'result'}): {name}"


def _why_no_parts(found: resources.Observation) -> Iterator[str]:
    for part in found.component or ():
        if part and (reason := why_no_value(part)):
            yield f"{words(part.code) or UNNAMED}: {reason}"


def usual(ranges: list[fhir.ReferenceRange | None] | None) -> str | None:
    """Give the laboratory's own range: its text, else its bounds with their unit."""
    if not ranges:
        return None
    return "; ".join(text for part in many(ranges) if (text := _one_range(part, named=len(ranges) > 1))) or None


def _one_range(part: fhir.ReferenceRange, *, named: bool) -> str | None:
    bounds = None if part.text else spread(fhir.Range(low=part.low, high=part.high))
    text = part.text or (bounds.plain() if bounds else None)
    kind = words(part.type) or words(part.meaning) if named else None
    people = all_words(part.applies_to)
    pieces = (f"{kind}:" if kind and text else kind, text, f"({people})" if people else None)
    return " ".join(piece for piece in pieces if piece) or None


def report(found: resources.DiagnosticReport, place: Place) -> Iterator[Record | Unread]:
    """Map a DiagnosticReport; its words are the conclusion and the printed text, else the narrative."""
    period = found.effective_period
    forms = tuple(many(found.presented_form))
    said = (
        found.conclusion,
        all_words(found.conclusion_code) or all_words(found.coded_diagnosis),
        *(attached_text(form.content_type, form.data) for form in forms),
    )
    texts = tuple(dict.fromkeys(text.strip() for text in said if text and text.strip()))
    yield clinical.DiagnosticReport(
        title=words(found.code) or UNNAMED,
        codes=codes(found.code),
        category=first_code(found.category),
        start=first_date(found.effective_date_time, period.start if period else None),
        end=first_date(period.end) if period else None,
        status=code_of(found.status),
        note=remarks(found.note),
        participants=place.participants(
            ("performer", found.performer), ("resultsInterpreter", found.results_interpreter)
        ),
        identifiers=place.own_names(found.identifier),
        source=place.source(),
        text="\n\n".join(texts) or plain(found.text.div if found.text else None),
    )
    for position, form in enumerate(forms):
        yield from sealed(form, f"{place.source().where}.presentedForm[{position}]")


def sealed(form: fhir.Attachment, where: str) -> Iterator[Unread]:
    """Name a document inside a record that is neither text nor can stand as a file of its own."""
    if not form.data or attached_text(form.content_type, form.data) is not None:
        return
    if not is_own_file(file_bytes(form.data)):
        yield Unread(where.removeprefix("."), INSIDE)
