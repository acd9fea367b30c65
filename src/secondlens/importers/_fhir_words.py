"""FHIR datatypes to the values of a record: names, codes, quantities and dates as the source wrote them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast, overload

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from secondlens.domain import coding, quantity, when
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._absence import IPS_ABSENT

UCUM = "http://unitsofmeasure.org"
LONGEST_NUMBER = 64  # no measured value has more digits; a longer one is an attack or a fault

_T = TypeVar("_T")
_text = Decoder(str)


@overload
def many(value: Sequence[_T | None] | None) -> Sequence[_T]: ...
@overload
def many(value: Sequence[_T | None] | _T | None) -> Sequence[_T]: ...
def many(value: Any) -> Sequence[Any]:
    """Take a field that is one or many, with gaps, as many. A bare string is one."""
    if value is None:
        return ()
    if isinstance(value, list):
        return [part for part in value if part is not None]
    return (value,)


def concepts(value: fhir.Several) -> Sequence[fhir.Concept | str]:
    """Take one or many concepts, or bare words, as many."""
    return many(cast("list[fhir.Concept | str | None] | None", value))


def words(concept: fhir.Concept | str | None) -> str | None:
    """Give a concept as a person reads it: its text, else a code's name, else the code."""
    if concept is None or isinstance(concept, str):
        return concept or None
    if concept.text and (text := concept.text.strip()):
        return text
    named = concept.coding or ()
    for code in named:
        if code is not None and code.display:
            return code.display
    for code in named:
        if code is not None and code.code:
            # The IPS codes are words: "no-known-food-allergies".
            return code.code.replace("-", " ").capitalize() if code.system == IPS_ABSENT else code.code
    inner = words(concept.concept)
    return inner or concept.display or concept.code or _display(concept.reference)


def _display(reference: fhir.Reference | str | None) -> str | None:
    return reference.display if isinstance(reference, fhir.Reference) else None


def all_words(several: fhir.Several, joint: str = ", ") -> str | None:
    """Give several concepts in one line."""
    if several is None:
        return None
    return joint.join(dict.fromkeys(text for concept in concepts(several) if (text := words(concept)))) or None


def code_of(concept: fhir.Concept | str | None) -> str | None:
    """Give the code alone, for statuses: "active"; a bare word is its own code."""
    if concept is None or isinstance(concept, str):
        return concept or None
    for code in concept.coding or ():
        if code is not None and code.code:
            return code.code
    return concept.code or (code_of(concept.concept) if concept.concept else None) or concept.text


def first_code(several: fhir.Several) -> str | None:
    """Give the code of the first concept that has one."""
    return next((code for concept in concepts(several) if (code := code_of(concept))), None)


def codes(concept: fhir.Concept | None) -> tuple[coding.Coding, ...]:
    """Give every code of a concept, in the source's order."""
    if concept is None:
        return ()
    if concept.coding is None:
        return codes(concept.concept) if concept.concept else ()
    return tuple(
        _coding(code.system, code.code, code.display) for code in concept.coding if code is not None and code.code
    )


@lru_cache(maxsize=4096)
def _coding(system: str | None, code: str, display: str | None) -> coding.Coding:
    return coding.Coding(system, code, display)


@lru_cache(maxsize=4096)
def date(text: str | None) -> when.When | None:
    """Read a FHIR date or time with the precision it has."""
    return when.read_iso(text)


def first_date(*texts: str | None) -> when.When | None:
    """Read the first of several dates that is one."""
    return next((found for text in texts if text and (found := date(text))), None)


def number(raw: Raw) -> str | None:
    """Give a number exactly as the source wrote it: "5.40"; None when there is none or it is absurdly long."""
    if not 0 < len(raw) <= LONGEST_NUMBER:
        return None
    text = str(raw, "utf-8")
    if text[0] in "-0123456789":
        return text
    if text[0] != '"':
        return None
    try:
        return _text.decode(text).strip() or None
    except DecodeError:
        return None


def unit(value: fhir.Quantity) -> str | None:
    """Give the UCUM code where there is one, else the unit as written. UCUM's "1" says less than "tablet"."""
    if value.code and value.code != "1" and value.system == UCUM:
        return value.code
    return value.unit or value.code or None


def measured(value: fhir.Quantity | None) -> quantity.Quantity | None:
    """Give a quantity with its comparator: "<5.40 mmol/L"; None when it has no number."""
    if value is None or (text := number(value.value)) is None:
        return None
    return quantity.Quantity(f"{value.comparator}{text}" if value.comparator else text, unit(value))


def spread(value: fhir.Range | None) -> quantity.Quantity | None:
    """Give a range: "5-10 mg"; an open end as ">=5" or "<=10"."""
    low, high = (measured(value.low), measured(value.high)) if value else (None, None)
    if low and high and low.unit in (None, high.unit):
        joint = " to " if "-" in (low.text[0], high.text[0]) else "-"
        return quantity.Quantity(f"{low.text}{joint}{high.text}", high.unit)
    if low and high:
        return quantity.Quantity(f"{low.plain()}-{high.plain()}")
    if low:
        return quantity.Quantity(f">={low.text}", low.unit)
    return quantity.Quantity(f"<={high.text}", high.unit) if high else None


def ratio(value: fhir.Ratio | None) -> quantity.Quantity | None:
    """Give a ratio as printed: "1:640"; with units on both sides "5 mg:10 mL"."""
    top, bottom = (measured(value.numerator), measured(value.denominator)) if value else (None, None)
    return quantity.Quantity(f"{top.plain()}:{bottom.plain()}") if top and bottom else top


def remarks(notes: fhir.Notes, *more: str | None) -> str | None:
    """Give all remarks, a line each."""
    if notes is None and not any(more):
        return None
    listed: Sequence[fhir.Annotation | str] = many(cast("list[fhir.Annotation | str | None] | None", notes))
    texts = [note if isinstance(note, str) else note.text for note in listed]
    return "\n".join(text.strip() for text in (*texts, *more) if text and text.strip()) or None


def full_name(names: Iterable[fhir.HumanName]) -> str | None:
    """Give the name a person goes by: the first that is not an old one."""
    known = sorted(names, key=lambda name: name.use in ("old", "maiden"))
    return next((text for name in known if (text := _spelled(name))), None)


def _spelled(name: fhir.HumanName) -> str | None:
    if name.text and name.text.strip():
        return name.text.strip()
    pieces = (*many(name.prefix), *many(name.given), *many(name.family), *many(name.suffix))
    return " ".join(piece for piece in pieces if piece) or None


def postal(addresses: list[fhir.Address | None] | None) -> str | None:
    """Give the first address in one line."""
    for place in many(addresses):
        region = " ".join(part for part in (place.state, place.postal_code) if part)
        pieces = (*many(place.line), place.city, region, place.country)
        if text := place.text or ", ".join(piece for piece in pieces if piece):
            return text
    return None


def reachable(points: list[fhir.ContactPoint | None] | None) -> tuple[str, ...]:
    """Give telephone numbers and addresses as written."""
    return tuple(point.value for point in many(points) if point.value)


def forget() -> None:
    """Empty what was remembered while reading a file."""
    _coding.cache_clear()
    date.cache_clear()
