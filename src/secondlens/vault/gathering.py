"""The readings of one file, gathered by series and month and packed as they come.

Ten years of a watch are six million readings: loose they would fill the memory, packed they are thirty megabytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.vault._columns import Columns, columns_of, different, ends_of, joined, pack, shown
from secondlens.vault._days import Days, roll_up

Name = tuple[str, str, str, int, int]  # metric, unit, source, coded, summary

_MOST_OF_ONE = 100_000  # readings of a series that wait to be packed
_MOST_OF_ALL = 500_000
_MOST_HELD = 256 * 1024**2  # bytes packed: two hundred years of a watch, or words without end


def is_told_anew(name: Name) -> bool:
    """Tell whether a later import may correct what is in a series: figures that sum up, not readings or codes."""
    _, _, _, coded, summary = name
    return bool(summary and not coded)


@dataclass(frozen=True, slots=True)
class Part:
    """Readings of one month, each there once: packed, without a batch; how many of them, and their days.

    `ends` are count, first start and last of those that are shown.
    """

    content: bytes
    ends: tuple[int, int, int]
    days: Days
    count: int


class TooManyReadings(BadInput):
    """A file brings more than can be gathered."""

    def __init__(self) -> None:
        super().__init__(
            "This file holds more readings than a lifetime brings, so nothing of it was kept. "
            "Ask for it in smaller parts, for example year by year."
        )


class Gathered:
    """The readings of one file. `count` leaves out summaries."""

    def __init__(self, samples: Iterable[Samples] = ()) -> None:
        self.count = 0
        self._waiting: defaultdict[Name, list[Columns]] = defaultdict(list)
        self._of_one: defaultdict[Name, int] = defaultdict(int)
        self._of_all = self._held = 0
        self._packed: defaultdict[Name, defaultdict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
        for one in samples:
            self.take(one)

    def __bool__(self) -> bool:
        return bool(self._waiting or self._packed)

    def take(self, samples: Samples) -> None:
        """Take the next. Raises TooManyReadings."""
        name = (samples.metric, samples.unit, samples.source, int(bool(samples.codes)), int(samples.summary))
        self.count += 0 if samples.summary else samples.count
        self._wait(name, columns_of(samples))
        if self._of_one[name] > _MOST_OF_ONE:
            self._settle(name)
        if self._of_all > _MOST_OF_ALL:
            for each in tuple(self._waiting):
                self._settle(each, last=True)

    def by_series(self) -> Iterator[tuple[Name, Iterator[tuple[str, tuple[Part, ...]]]]]:
        """Give each series month by month (UTC, "2026-11"), most of them in one part."""
        for name in tuple(self._waiting):
            self._settle(name, last=True)
        for name, months in self._packed.items():
            yield name, ((month, tuple(months[month])) for month in sorted(months))

    def _settle(self, name: Name, *, last: bool = False) -> None:
        """Pack what waits. The newest month goes on waiting, because more of it may come."""
        waiting = self._waiting.pop(name)
        self._of_all -= self._of_one.pop(name)
        months = list(_by_month(joined(waiting)))
        if not last and len(months) > 1:
            _, columns = months.pop()
            self._wait(name, columns)
        for month, columns in months:
            believed = shown(columns, told_anew=is_told_anew(name))
            part = Part(pack(columns), ends_of(believed), roll_up(believed), len(columns))
            self._packed[name][month].append(part)
            self._held += len(part.content)
        if self._held > _MOST_HELD:
            raise TooManyReadings

    def _wait(self, name: Name, columns: Columns) -> None:
        self._waiting[name].append(columns)
        self._of_one[name] += len(columns)
        self._of_all += len(columns)


Readings = Gathered | Sequence[Samples]


def gathered(readings: Readings) -> Gathered:
    """Give readings that may be loose as gathered ones."""
    return readings if isinstance(readings, Gathered) else Gathered(readings)


def _by_month(columns: Columns) -> Iterator[tuple[str, Columns]]:
    """Give different readings in the order of time, for each month in UTC ("2026-11")."""
    columns, _ = different(columns)
    months = columns.starts.astype("datetime64[s]").astype("datetime64[M]")
    names, begins = np.unique(months, return_index=True)
    for name, begin, end in zip(names, begins, [*begins[1:], len(columns)], strict=True):
        yield str(name), columns.at(slice(begin, end))
