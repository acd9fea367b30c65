"""How often a medicine is taken, put plainly from HL7's timing types (PIVL_TS, EIVL_TS, SXPR_TS)."""

from collections.abc import Iterator

from lxml import etree

from secondlens.importers._cda_place import Statement, every, first, own_words
from secondlens.importers._cda_values import code_or_words, quantity
from secondlens.importers._xml import value_type

_UNITS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
    "y": "year",
}
# HL7 v3 TimingEvent.
_EVENTS = {
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before the evening meal",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with the evening meal",
    "IC": "between meals",
    "ICM": "between breakfast and lunch",
    "ICD": "between lunch and the evening meal",
    "ICV": "between the evening meal and bedtime",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after the evening meal",
    "HS": "at bedtime",
    "WAKE": "on waking",
}


def timing_of(statement: Statement) -> str | None:
    """All timings of a medicine as one line, or None."""
    said = [words for time in every(statement.element, "effectiveTime") for words in _timings(time, statement)]
    said += [f"only if: {words}" for words in _preconditions(statement)]
    return "; ".join(dict.fromkeys(said)) or None


def _timings(time: etree._Element, at: Statement) -> Iterator[str]:
    for part in every(time, "comp"):
        yield from _timings(part, at)
    period, event = first(time, "period"), first(time, "event")
    if period is not None:
        yield from _period(period, set_times=time.get("institutionSpecified") == "true")
    if event is not None:
        yield from _event(event, first(time, "offset"))
    if value_type(time) in ("PIVL_TS", "EIVL_TS") or period is not None:
        words = own_words(first(time, "originalText"), at)
        if words:
            yield words


def _period(period: etree._Element, *, set_times: bool) -> Iterator[str]:
    length = quantity(period)
    if not length:
        return
    unit, number = _UNITS.get(length.unit or "", length.unit or ""), length.text
    if number == "1" and unit in _UNITS.values():
        words = f"every {unit}"
    elif unit in _UNITS.values():
        words = f"every {number.replace(' - ', ' to ')} {unit}s"
    else:
        words = f"every {length.plain()}"
    yield words + (", at set times" if set_times else "")


def _event(event: etree._Element, offset: etree._Element | None) -> Iterator[str]:
    code = event.get("code")
    if not code or event.get("nullFlavor"):
        return
    wait = quantity(offset)
    yield _EVENTS.get(code, code) + (f" (offset {wait.plain()})" if wait else "")


def _preconditions(statement: Statement) -> Iterator[str]:
    for criterion in every(statement.element, "precondition", "criterion"):
        words = code_or_words(first(criterion, "value"), statement) or own_words(
            first(criterion, "text"), statement
        )
        words = words or code_or_words(first(criterion, "code"), statement)
        if words:
            yield words
