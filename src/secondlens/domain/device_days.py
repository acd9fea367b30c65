"""What devices measured, day by day: marks for a chart, and the sentence that says what it shows.

Nothing here adds up over sources, and a day without readings is not a day of zero.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median
from typing import Literal

from secondlens.domain.measure import Best, Measure

Grain = Literal["day", "week", "month", "year"]
_SPANS: tuple[tuple[int, Grain], ...] = ((100, "day"), (800, "week"), (366 * 20, "month"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDay:
    """The readings of one source on one day; of a coded metric, those of one code, and `total` is in seconds.

    `last` is the value of the last reading where that is known.
    """

    day: date
    count: int
    low: float | None
    high: float | None
    total: float
    last: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of a chart, for a day or for several: `days` of them have readings.

    Of a metric that is added up, `low`, `middle` and `high` are those of the days; of another, `low` and `high`
    are of the readings, and `middle` is that of the averages (or last values) of the days. Of codes that are
    counted, all three are how often they were noted.
    """

    first: date
    last: date
    low: float
    middle: float
    high: float
    count: int
    days: int


def grain_of(days: int) -> Grain:
    """How long one mark stands for, so that a chart never has more than some hundred."""
    return next((grain for most, grain in _SPANS if days <= most), "year")


def best_of(days: Sequence[OneDay], best: Best) -> Best:
    """The way that fits what there is: codes cannot be added up, and numbers have no length."""
    coded = any(one.low is None for one in days)
    if coded and best not in ("time", "count"):
        return "time" if any(one.total for one in days) else "count"
    return best if coded or best not in ("time", "count") else "range"


def marks(days: Iterable[OneDay], best: Best, grain: Grain) -> tuple[Mark, ...]:
    """Put the days of one source together, in the order of time."""
    in_order = sorted(days, key=lambda one: one.day)
    return tuple(
        _mark(list(group), best, grain) for _, group in groupby(in_order, lambda one: _first(one.day, grain))
    )


def whole(days: Sequence[OneDay], best: Best) -> Mark:
    """Put all the days together."""
    return _together(days, best, min(one.day for one in days), max(one.day for one in days))


def figure(one: OneDay, best: Best) -> float:
    """The one figure of a day."""
    if best in ("sum", "time"):
        return one.total
    if best == "count":
        return one.count
    return one.last if best == "last" and one.last is not None else one.total / one.count


def said(mark: Mark, measure: Measure, of: int) -> str:
    """The sentences that say what a chart of one source shows. `of` is how many days it could show."""
    there = f"There are readings on {mark.days:,} of {of:,} days."
    if measure.best == "count":
        noted = "once" if mark.count == 1 else f"{mark.count:,} times"
        return f"Noted {noted}, on {mark.days:,} of {of:,} days."
    if mark.count == 1:
        return f"There is one reading: {measure.amount(mark.middle)}."
    if mark.days == 1:
        text = measure.amount(mark.middle) if _adds(measure.best) else measure.between(mark.low, mark.high)
        return f"There are {mark.count:,} readings on one day: {text}."
    if _adds(measure.best):
        span = measure.between(mark.low, mark.high)
        return f"On the middle day it was {measure.amount(mark.middle)}. The days ran from {span}. {there}"
    what = "the last reading" if measure.best == "last" else "the average"
    return (
        f"The readings ran from {measure.between(mark.low, mark.high)}. "
        f"On the middle day {what} was {measure.amount(mark.middle)}. {there}"
    )


def overlap(days: Iterable[tuple[str, date]]) -> int:
    """On how many days more than one source has readings. `days` are (source, day)."""
    sources: dict[date, set[str]] = {}
    for source, day in days:
        sources.setdefault(day, set()).add(source)
    return sum(len(found) > 1 for found in sources.values())


def _mark(days: Sequence[OneDay], best: Best, grain: Grain) -> Mark:
    first = _first(days[0].day, grain)
    return _together(days, best, first, _last(first, grain))


def _together(days: Sequence[OneDay], best: Best, first: date, last: date) -> Mark:
    figures = [figure(one, best) for one in days]
    if best == "count":
        figures = [sum(figures)]
    lows = figures if _adds(best) else [one.low for one in days if one.low is not None]
    highs = figures if _adds(best) else [one.high for one in days if one.high is not None]
    return Mark(
        first=first,
        last=last,
        low=min(lows),
        middle=median(figures),
        high=max(highs),
        count=sum(one.count for one in days),
        days=len(days),
    )


def _adds(best: Best) -> bool:
    return best in ("sum", "time", "count")


_FIRST: dict[Grain, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
_DAYS: dict[Grain, int] = {"day": 1, "week": 7, "month": 31, "year": 366}


def _first(day: date, grain: Grain) -> date:
    return _FIRST[grain](day)


def _last(first: date, grain: Grain) -> date:
    """The day before the next mark begins: a month and a year are found by going past their end and back."""
    return _first(first + timedelta(days=_DAYS[grain]), grain) - timedelta(days=1)
