"""Readings that a device takes by the thousand: columns of numbers instead of a record for each."""

from array import array
from dataclasses import dataclass
from math import isfinite

# A column is the bytes of an array of one of these types, in this computer's order.
WHOLE, NUMBER, MINUTES, PLACE = "q", "d", "h", "I"
_FIRST_SECOND, _LAST_SECOND = -2_208_988_800, 7_258_118_400  # the years 1900 to 2199
MOST_MINUTES = 18 * 60
LONGEST_NAME = 500
LONGEST_CODE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Readings of one metric by one source, one after another: the n-th of every column is the n-th reading.

    `metric`, `unit` and `source` are the source's own words. `starts` and `ends` are seconds since 1970 UTC,
    `offsets` the minutes that the local clock was ahead of UTC. `values` are numbers, or places in `codes` when
    there are any: a category, or a value that is no number. `notes` are places in `abouts`, which hold the rest
    of what the source says of a reading, as JSON objects. `summary` marks what a device made out of readings that
    are here by themselves, so that nobody counts them twice.
    """

    metric: str
    starts: bytes
    ends: bytes
    offsets: bytes
    values: bytes
    notes: bytes
    abouts: tuple[str, ...]
    unit: str = ""
    source: str = ""
    codes: tuple[str, ...] = ()
    summary: bool = False

    @property
    def count(self) -> int:
        """How many readings these are."""
        return len(self.starts) // array(WHOLE).itemsize


def is_sound(samples: Samples) -> bool:
    """Tell whether the columns are equally long, and every time, number and place is one that can be."""
    if not samples.metric or max(map(len, (samples.metric, samples.unit, samples.source))) > LONGEST_NAME:
        return False
    if any(len(code) > LONGEST_CODE for code in samples.codes) or len(set(samples.codes)) != len(samples.codes):
        return False
    try:
        starts, ends, offsets, values, notes = (
            _column(type_, content)
            for type_, content in (
                (WHOLE, samples.starts),
                (WHOLE, samples.ends),
                (MINUTES, samples.offsets),
                (NUMBER, samples.values),
                (PLACE, samples.notes),
            )
        )
    except ValueError:
        return False
    return (
        len(starts) == len(ends) == len(offsets) == len(values) == len(notes) > 0
        and min(starts) >= _FIRST_SECOND
        and max(*ends, *starts) <= _LAST_SECOND
        and all(start <= end for start, end in zip(starts, ends, strict=True))
        and -MOST_MINUTES <= min(offsets) <= max(offsets) <= MOST_MINUTES
        and max(notes) < len(samples.abouts)
        and _are_values(values, len(samples.codes))
    )


def is_time(seconds: int) -> bool:
    """Tell whether a time is one that readings are kept of: from 1900 to 2199."""
    return _FIRST_SECOND <= seconds <= _LAST_SECOND


def _column(type_: str, content: bytes) -> "array[int] | array[float]":
    column = array(type_)
    column.frombytes(content)
    return column


def _are_values(values: "array[int] | array[float]", codes: int) -> bool:
    if codes:
        return all(value.is_integer() and 0 <= value < codes for value in map(float, values))
    return all(map(isfinite, values))
