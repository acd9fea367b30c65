"""Readings that a device takes by the thousand: columns of numbers instead of a record for each."""

from array import array
from dataclasses import dataclass

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


def is_time(seconds: int) -> bool:
    """Tell whether a time is one that readings are kept of: from 1900 to 2199."""
    return _FIRST_SECOND <= seconds <= _LAST_SECOND
