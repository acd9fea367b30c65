"""How often a medicine is taken, put plainly from FHIR's codes.

https://hl7.org/fhir/R4/datatypes.html#Timing
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Raw

from secondlens.importers import _fhir_types as fhir
from secondlens.importers._fhir_words import many, number, words

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
_WHEN = {
    "MORN": "in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "EVE": "in the evening",
    "NIGHT": "at night",
    "HS": "at bedtime",
    "WAKE": "after waking up",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
}
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def how_often(dosage: fhir.Dosage) -> str | None:
    """Give timing and "as needed" in one line; None when the source gives neither."""
    timing = dosage.timing
    pieces = [words(timing.code)] if timing and timing.code else []
    if timing and timing.repeat and not any(pieces):
        pieces = list(_repeated(timing.repeat))
    pieces += list(_as_needed(dosage))
    return ", ".join(piece for piece in pieces if piece) or None


def _repeated(repeat: fhir.Repeat) -> Iterator[str | None]:
    yield _rate(repeat)
    yield from (_WHEN.get(code, code) for code in many(repeat.when))
    if days := [_DAYS.get(day, day) for day in many(repeat.day_of_week)]:
        yield f"on {', '.join(days)}"
    if times := [time.removesuffix(":00") for time in many(repeat.time_of_day)]:
        yield f"at {', '.join(times)}"


def _rate(repeat: fhir.Repeat) -> str | None:
    unit = _UNITS.get(repeat.period_unit or repeat.period_units or "")
    period = _from_to(repeat.period, repeat.period_max)
    if not unit or not period:
        return None
    times = _from_to(repeat.frequency, repeat.frequency_max) or "1"
    if period == "1":
        return f"once a {unit}" if times == "1" else f"{times} times {'an' if unit == 'hour' else 'a'} {unit}"
    return f"every {period} {unit}s" if times == "1" else f"{times} times every {period} {unit}s"


def _from_to(low: Raw, high: Raw) -> str | None:
    first, last = _short(low), _short(high)
    return f"{first} to {last}" if first and last and first != last else first or last


def _short(raw: Raw) -> str | None:
    """Give a count without idle zeros: some systems write 1.0 times every 8.0 hours."""
    text = number(raw)
    if text is None or not text.replace(".", "", 1).isdigit():
        return None
    return f"{Decimal(text).normalize():f}"


def _as_needed(dosage: fhir.Dosage) -> Iterator[str]:
    cause = words(dosage.as_needed_codeable_concept) or next(
        (text for concept in many(dosage.as_needed_for) if (text := words(concept))), None
    )
    if cause:
        yield f"as needed for {cause}"
    elif dosage.as_needed or dosage.as_needed_boolean:
        yield "as needed"
