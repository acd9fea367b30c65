"""The readings of one file, gathered by series and month and packed as they come.

Ten years of a watch are six million readings: loose they would fill the memory, packed they are thirty megabytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.vault._columns import Columns, columns_of, different, joined, pack, unpack

Name = tuple[str, str, str, int, int]  # metric, unit, source, coded, summary

_MOST_OF_ONE = 100_000  # readings of a series that wait to be packed
_MOST_OF_ALL = 500_000
_MOST_HELD = 256 * 1024**2  # bytes packed: two hundred years of a watch, or words without end


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
        self._packed: defaultdict[Name, defaultdict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        for one in samples:
            self.take(one)

    def __bool__(self) -> bool:
        return bool(self._waiting or self._packed)

    def take(self, samples: Samples) -> None:
        """Take the next. Raises TooManyReadings."""
        name = (samples.metric, samples.unit, samples.source, int(bool(samples.codes)), int(samples.summary))
        self.count += 0 if samples.summary else samples.count
        self._waiting[name].append(columns_of(samples))
        self._of_one[name] += samples.count
        self._of_all += samples.count
        if self._of_one[name] > _MOST_OF_ONE:
            self._settle(name)
        if self._of_all > _MOST_OF_ALL:
            self._settle_all()

    def by_series(self, batch: int = 0) -> Iterator[tuple[Name, Iterator[tuple[str, Columns]]]]:
        """Give each series with its readings month by month (UTC), as brought by a batch.

        Months are unpacked as they are asked for. In each every reading is there once, in the order of time.
        """
        self._settle_all()
        for name in self._packed:
            yield name, self._months(name, batch)

    def _months(self, name: Name, batch: int) -> Iterator[tuple[str, Columns]]:
        for month, parts in sorted(self._packed[name].items()):
            columns = unpack(parts[0]) if len(parts) == 1 else different(joined([*map(unpack, parts)]))[0]
            yield month, replace(columns, batches=np.full(len(columns), batch, np.uint32))

    def _settle_all(self) -> None:
        for name in tuple(self._waiting):
            self._settle(name)

    def _settle(self, name: Name) -> None:
        for month, columns in _by_month(joined(self._waiting.pop(name))):
            content = pack(columns)
            self._packed[name][month].append(content)
            self._held += len(content)
        self._of_all -= self._of_one.pop(name)
        if self._held > _MOST_HELD:
            raise TooManyReadings


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
