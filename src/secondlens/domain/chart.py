"""Where the marks of a chart over days lie, as parts of its width and height: the same for screen and paper."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from secondlens.domain.device_days import Grain, Mark
from secondlens.domain.measure import HOUR, MINUTE, Best

_STEPS = (1, 2, 2.5, 5, 10)
_STEPS_OF_TIME = (5, 10, 15, 20, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A zero was measured, so it is seen; a day without readings shows nothing.
_LEAST = 0.012
_ROOM_OF_TIME, _LAST_TIME = 0.2, 0.94


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One mark, between 0 and 1: from the left and how wide; from the top its begin, end and middle."""

    left: float
    width: float
    top: float
    bottom: float
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart. `bars` stand on the ground; other shapes are spans with a dot at their middle.

    `levels` are (from the top, value) of its lines, `times` (from the left, words) of the labels below.
    """

    bars: bool
    shapes: tuple[Shape, ...]
    levels: tuple[tuple[float, float], ...]
    times: tuple[tuple[float, str], ...]


def levels_for(low: float, high: float, best: Best, factor: float = 1) -> tuple[float, ...]:
    """Three to six even values that hold all that is drawn; `factor` makes them round as they are read."""
    bars = best in ("sum", "time", "count")
    low, high = (min(0, low) if bars else low) * factor, high * factor
    if low == high:
        low, high = (low, low + 1) if bars else (low - 1, high + 1)
    step = _step(high - low, best)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step / factor for number in range(first, max(last, first + 1) + 1))


def draw(marks: Sequence[Mark], since: date, until: date, levels: Sequence[float], best: Best) -> Drawing:
    """Place marks between two days, both in the chart, and between the lowest and the highest level."""
    bars = best in ("sum", "time", "count")
    return Drawing(
        bars=bars,
        shapes=tuple(_shape(mark, since, until, levels, bars=bars) for mark in marks),
        levels=tuple((_height(level, levels), level) for level in levels),
        times=tuple(_times(since, until)),
    )


def words_of(mark: Mark, grain: Grain) -> str:
    """The days of a mark, as the first cell of its row says them."""
    day = f"{mark.first.day} {_MONTHS[mark.first.month - 1]} {mark.first.year}"
    if grain == "week":
        return f"Week from {day}"
    if grain == "month":
        return day.split(" ", 1)[1]
    return str(mark.first.year) if grain == "year" else day


def _shape(mark: Mark, since: date, until: date, levels: Sequence[float], *, bars: bool) -> Shape:
    days = (until - since).days + 1
    first, last = max(mark.first, since), min(mark.last, until)
    left, width = (first - since).days / days, ((last - first).days + 1) / days
    middle = _height(mark.middle, levels)
    if bars:
        top, bottom = min(middle, 1 - _LEAST), 1.0
    else:
        top, bottom = _height(mark.high, levels), _height(mark.low, levels)
    return Shape(left=left + width * 0.1, width=width * 0.8, top=top, bottom=bottom, middle=middle)


def _height(value: float, levels: Sequence[float]) -> float:
    return 1 - (value - levels[0]) / (levels[-1] - levels[0])


def _step(span: float, best: Best) -> float:
    if best == "time" and span <= 5 * HOUR:
        return next(step for step in _STEPS_OF_TIME if span / step <= 5)
    if best == "time":
        return HOUR * _step(span / HOUR, "count")
    size = 10.0 ** math.floor(math.log10(span / 4))
    step = next(step * size for step in _STEPS if span / (step * size) <= 4.0001)
    return max(1.0, math.ceil(step)) if best == "count" else step


def _times(since: date, until: date) -> Iterator[tuple[float, str]]:
    """Give as many labels as have room beside each other on a phone; one at the very end would stick out."""
    days = (until - since).days + 1
    before = -1.0
    for day in _beginnings(since, until):
        place, words = ((day - since).days + 0.5) / days, _time(day, days)
        if words and place <= _LAST_TIME and place - before >= _ROOM_OF_TIME:
            before = place
            yield place, words
    if before < 0:
        yield 0.5 / days, _time(since, 1)


def _beginnings(since: date, until: date) -> Iterator[date]:
    """Days that a label may stand at: Mondays, or firsts of months."""
    days = (until - since).days + 1
    day = since
    while day <= until:
        if days <= 8 or (day.weekday() == 0 if days <= 45 else day.day == 1):
            yield day
        day += timedelta(days=1)


def _time(day: date, days: int) -> str:
    month = _MONTHS[day.month - 1]
    if days <= 100:
        return f"{day.day} {month}"
    if days <= 800:
        return (str(day.year) if day.month == 1 else month) if days <= 200 or day.month % 3 == 1 else ""
    return str(day.year) if day.month == 1 else ""
