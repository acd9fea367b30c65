"""HL7 v3 data types as our values: codes, quantities, ranges, times. A nullFlavor never becomes a value."""

from dataclasses import dataclass

from lxml import etree

from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.when import When, read_hl7
from secondlens.importers._cda_codes import system_of
from secondlens.importers._cda_narrative import all_words, one_line
from secondlens.importers._cda_place import Statement, every, first, own_words
from secondlens.importers._xml import value_type

_CODED = frozenset({"CD", "CE", "CO", "CV", "CS", "EIVL.event"})


@dataclass(frozen=True, slots=True)
class Span:
    """When something was so; either end is None when the source does not say."""

    start: When | None = None
    end: When | None = None


def codings(element: etree._Element | None) -> tuple[Coding, ...]:
    """The code and its translations, main code first; codes the source does not know are left out."""
    if element is None:
        return ()
    found = [_coding(code) for code in (element, *element.iterchildren("translation"))]
    return tuple(dict.fromkeys(code for code in found if code))


def _coding(element: etree._Element) -> Coding | None:
    code = one_line(element.get("code"))
    if not code or element.get("nullFlavor"):
        return None
    system = system_of(element.get("codeSystem"), element.get("codeSystemName"))
    return Coding(system, code, one_line(element.get("displayName")) or None)


def code_words(element: etree._Element | None, at: Statement) -> str | None:
    """What a code is called: its original text, its display name, what it points at; never the code itself.

    A display name comes before a pointer into the narrative: real documents point at the wrong cell, so that
    an allergy to penicillin would be called "Hives".
    """
    if element is None:
        return None
    original = first(element, "originalText")
    inline = all_words(original)
    names = (
        one_line(code.get("displayName"))
        for code in (element, *element.iterchildren("translation"))
        if not code.get("nullFlavor")
    )
    shown = next((name for name in names if any(letter.isalnum() for letter in name)), None)
    return inline or shown or own_words(original, at)


def printed_otherwise(element: etree._Element | None, at: Statement) -> str | None:
    """The words a code points at in the narrative, where they differ from what the code is called."""
    original = first(element, "originalText")
    printed, name = own_words(original, at, names=True), code_words(element, at)
    return printed if printed and name and printed.casefold() != name.casefold() else None


def code_or_words(element: etree._Element | None, at: Statement) -> str | None:
    """What a code is called, or the code itself when nothing better was printed."""
    words = code_words(element, at)
    return words or next((coding.code for coding in codings(element)), None)


def value_of(element: etree._Element | None, at: Statement) -> tuple[Quantity | None, When | None]:
    """A result's value as exact text with its unit, or as a date; (None, None) when the source gives none."""
    if element is None:
        return None, None
    if element.get("nullFlavor"):
        return _beside_unknown(element, at), None
    kind = value_type(element) or _guess(element)
    if kind == "TS":
        when = _time(element.get("value"))
        raw = one_line(element.get("value"))
        return (None, when) if when or not raw else (Quantity(raw), None)
    if kind in _CODED:
        return _words(code_or_words(element, at)), None
    if kind in ("IVL_TS", "PIVL_TS"):
        span = span_of([element])
        text = " to ".join(when.text for when in (span.start, span.end) if when)
        return _words(text), None
    return quantity(element) or _words(_text_of(element, at)), None


def _beside_unknown(element: etree._Element, at: Statement) -> Quantity | None:
    """What stands beside a value that the source marks as unknown: its translations and its printed words."""
    others = (quantity(other) for other in element.iterchildren("translation"))
    return next((other for other in others if other), None) or _words(code_or_words(element, at))


def _guess(element: etree._Element) -> str:
    if element.get("code"):
        return "CD"
    return "PQ" if element.get("value") else ""


def _words(text: str | None) -> Quantity | None:
    return Quantity(text) if text else None


def _text_of(element: etree._Element, at: Statement) -> str | None:
    """The words of an ST or ED value. An embedded file is no word: it stays in the original."""
    if element.get("representation") == "B64":
        return None
    if value_type(element) in ("ST", "ED") or not len(element):
        return own_words(element, at)
    return own_words(first(element, "originalText"), at)


def quantity(element: etree._Element | None) -> Quantity | None:
    """A PQ, INT, REAL, MO, BL, RTO or interval as printed; None when the source gives no number."""
    if element is None:
        return None
    value = one_line(element.get("value"))
    if value and not element.get("nullFlavor"):
        return Quantity(value, one_line(element.get("unit") or element.get("currency")) or None)
    ratio = [quantity(first(element, part)) for part in ("numerator", "denominator")]
    if ratio[0] and ratio[1]:
        bare = not (ratio[0].unit or ratio[1].unit)
        return Quantity(f"{ratio[0].plain()}{':' if bare else ' / '}{ratio[1].plain()}")
    center = quantity(first(element, "center"))
    if center:
        return center
    translated = [quantity(other) for other in element.iterchildren("translation")]
    return _interval(element) or next((other for other in translated if other), None)


def _interval(element: etree._Element) -> Quantity | None:
    low_edge, high_edge = first(element, "low"), first(element, "high")
    low, high = quantity(low_edge), quantity(high_edge)
    above = ">" if _is_outside(low_edge) else ">="
    below = "<" if _is_outside(high_edge) else "<="
    if low and high:
        if _is_outside(low_edge) or _is_outside(high_edge):
            return Quantity(f"{above}{low.plain()} and {below}{high.plain()}")
        same = low.unit == high.unit
        text = f"{low.text} - {high.text}" if same else f"{low.plain()} - {high.plain()}"
        return Quantity(text, low.unit if same else None)
    if low:
        not_given = Quantity(f"from {low.plain()}, upper end not given")
        return not_given if _is_not_given(high_edge) else Quantity(above + low.text, low.unit)
    if high:
        not_given = Quantity(f"up to {high.plain()}, lower end not given")
        return not_given if _is_not_given(low_edge) else Quantity(below + high.text, high.unit)
    return None


def _is_outside(edge: etree._Element | None) -> bool:
    return edge is not None and edge.get("inclusive") == "false"


def _is_not_given(edge: etree._Element | None) -> bool:
    return edge is not None and edge.get("nullFlavor") in ("UNK", "NI")


def span_of(times: list[etree._Element]) -> Span:
    """Start and end over one or more effectiveTimes; a single point is the start."""
    for time in times:
        if first(time, "period") is not None or first(time, "event") is not None:
            continue
        low, high = first(time, "low"), first(time, "high")
        point = _time(time.get("value")) or _when(first(time, "center"))
        span = Span(_when(low) or point, _when(high))
        if span != Span():
            return span
    return Span()


def _when(element: etree._Element | None) -> When | None:
    return None if element is None or element.get("nullFlavor") else _time(element.get("value"))


def _time(text: str | None) -> When | None:
    """Read a time; the year 1, which some systems write for "never", is unknown."""
    when = read_hl7(text)
    return when if when and when.year > 1 else None


def unreadable_times(statement: Statement) -> tuple[str, ...]:
    """Times the source wrote in a way that is no date, as they stand, so that they are not lost."""
    written = [
        one_line(edge.get("value"))
        for time in every(statement.element, "effectiveTime")
        for edge in (time, *time.iterchildren("low", "high", "center"))
        if not edge.get("nullFlavor")
    ]
    return tuple(f"Time as written: {text}" for text in written if text and not _time(text))
