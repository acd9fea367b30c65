"""What came together on each local day, as columns: as objects, the days of ten years would fill the memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from secondlens.vault._columns import Columns

_DAY = 24 * 3600

_Column = npt.NDArray[Any]
Rolled = tuple[int, float | None, float | None, float]  # count, least, most, sum
NO_DAY: Rolled = (0, None, None, 0.0)


@dataclass(frozen=True, slots=True)
class Days:
    """The figures of each day (counted since 1970), or of each code on it; codes have no `lows` and `highs`."""

    days: _Column
    places: _Column
    counts: _Column
    lows: _Column
    highs: _Column
    totals: _Column
    codes: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[str, str, Rolled]]:
        names = self.days.astype("datetime64[D]").astype(str).tolist()
        counts, totals = self.counts.tolist(), self.totals.tolist()
        if self.codes:
            for day, place, count, total in zip(names, self.places.tolist(), counts, totals, strict=True):
                yield day, self.codes[place], (count, None, None, total)
        else:
            lows, highs = self.lows.tolist(), self.highs.tolist()
            for day, count, low, high, total in zip(names, counts, lows, highs, totals, strict=True):
                yield day, "", (count, low, high, total)


def roll_up(columns: Columns) -> Days:
    """Give the figures of each local day; of codes, `totals` are the seconds that each lasted."""
    days = local_days(columns)
    codes = columns.values.astype(np.int64) if columns.codes else np.zeros(len(columns), np.int64)
    figures = (columns.ends - columns.starts).astype(np.float64) if columns.codes else columns.values
    order = np.lexsort((codes, days))
    days, codes, figures = days[order], codes[order], figures[order]
    another = np.ones(len(days), bool)
    another[1:] = (days[1:] != days[:-1]) | (codes[1:] != codes[:-1])
    begins = np.flatnonzero(another)
    counts = np.diff(begins, append=len(days))
    lows, highs, totals = (
        ufunc.reduceat(figures, begins) if len(days) else figures for ufunc in (np.minimum, np.maximum, np.add)
    )
    return Days(days[begins], codes[begins], counts, lows, highs, totals, columns.codes)


def local_days(columns: Columns) -> _Column:
    """Number the day of the local clock that each reading began on, from 1970."""
    days: _Column = (columns.starts + columns.offsets.astype(np.int64) * 60) // _DAY
    return days


def together(one: Rolled, other: Sequence[Any]) -> Rolled:
    """Give the figures of readings in two parts."""
    if not other[0]:
        return one
    low = None if one[1] is None else min(one[1], other[1])
    high = None if one[2] is None else max(one[2], other[2])
    return one[0] + other[0], low, high, one[3] + other[3]
