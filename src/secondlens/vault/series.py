"""Readings of devices: chunks for each series and month, and what came together on each day.

A series is one metric in one unit by one source: watch and phone count the same steps, so nothing here adds up
over sources. Chunks go by months in UTC, days by the local clock of each reading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from secondlens.vault._columns import Columns, DamagedSeries, ends_of, shown, unpack
from secondlens.vault._days import local_days

# Wider than the times that readings may have (`domain/samples.py`), so they leave nothing out.
FIRST_DAY, LAST_DAY = "1800-01-01", "2300-01-01"
# Whether a later import may correct what is in a series; see `gathering.is_told_anew`.
ANEW = "(summary AND NOT coded)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric by one source. `coded`: its values are codes. `first` and `last` are starts, ISO 8601, UTC.

    `summary` marks what a device made out of readings that are here by themselves.
    """

    metric: str
    unit: str
    source: str
    coded: bool
    summary: bool
    count: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The readings of one series that began on one day of the local clock; of a coded series, those of one code.

    `total` adds up the values, or of a coded series how many seconds the readings lasted.
    """

    metric: str
    unit: str
    source: str
    day: str
    code: str
    count: int
    low: float | None
    high: float | None
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading. `start` and `end` are ISO 8601 by the local clock; `about` is what else the source says."""

    metric: str
    unit: str
    source: str
    start: str
    end: str
    value: float | str
    about: Mapping[str, Any]


def list_series(database: Any, metric: str | None = None) -> tuple[Series, ...]:
    """List the series, of one metric or all, by the names of metric and source."""
    rows = database.execute(
        "SELECT metric, unit, source, coded, summary, sum(count), min(first), max(last) "
        "FROM series JOIN series_chunk USING (series) WHERE count AND (?1 IS NULL OR metric = ?1) "
        "GROUP BY series ORDER BY metric, source, unit, coded",
        (metric,),
    )
    return tuple(
        Series(
            metric=row[0],
            unit=row[1],
            source=row[2],
            coded=bool(row[3]),
            summary=bool(row[4]),
            count=row[5],
            first=_moment(row[6], 0),
            last=_moment(row[7], 0),
        )
        for row in rows
    )


def number_metrics(database: Any) -> dict[int, str]:
    """Give every metric there ever was under a number that stays its own and says nothing about it."""
    return dict(database.execute("SELECT min(series), metric FROM series GROUP BY metric").fetchall())


def count_readings(database: Any) -> int:
    """Tell how many readings there are, summaries left out."""
    rows = database.execute("SELECT total(count) FROM series JOIN series_chunk USING (series) WHERE NOT summary")
    return int(rows.fetchone()[0])


def span_of_days(database: Any, metric: str) -> tuple[str, str] | None:
    """Give the first and the last day that a metric has readings on; None when it has none."""
    first, last = database.execute(
        "SELECT min((SELECT day FROM series_day WHERE series = one.series AND count ORDER BY day LIMIT 1)), "
        "max((SELECT day FROM series_day WHERE series = one.series AND count ORDER BY day DESC LIMIT 1)) "
        "FROM series AS one WHERE metric = ?",
        (metric,),
    ).fetchone()
    return (first, last) if first else None


def list_days(
    database: Any, metric: str | None = None, since: str = FIRST_DAY, until: str = LAST_DAY
) -> tuple[Day, ...]:
    """List what came together on each day from `since` to `until`, source by source."""
    rows = database.execute(
        "SELECT metric, unit, source, day, code, count, low, high, total "
        "FROM series JOIN series_day USING (series) "
        "WHERE count AND (?1 IS NULL OR metric = ?1) AND day BETWEEN ?2 AND ?3 "
        "ORDER BY metric, day, source, unit, code",
        (metric, since, until),
    )
    names = tuple(Day.__dataclass_fields__)
    return tuple(Day(**dict(zip(names, row, strict=True))) for row in rows)


def list_readings(database: Any, metric: str, since: str = FIRST_DAY, until: str = LAST_DAY) -> Iterator[Reading]:
    """Give the readings of a metric that began on these local days, source by source in the order of time.

    Raises DamagedSeries.
    """
    # Unpacked as they are asked for: as objects, the readings of years would fill the memory.
    return chain.from_iterable(_unpacked(*part) for part in _parts(database, metric, since, until))


def list_files(database: Any, metric: str, since: str, until: str) -> tuple[str, ...]:
    """Give the originals (SHA-256) that brought the readings of a metric on these local days, the first first.

    What was kept before format 5 does not say it. Raises DamagedSeries.
    """
    batches = {batch for _, part in _parts(database, metric, since, until) for batch in part.batches.tolist()}
    known = database.execute("SELECT batch, document FROM import_batch ORDER BY batch")
    return tuple(dict.fromkeys(document for batch, document in known if batch in batches))


def _parts(database: Any, metric: str, since: str, until: str) -> Iterator[tuple[tuple[str, str, str], Columns]]:
    """Give (metric, unit, source) and the readings of these local days, chunk by chunk, as they are needed."""
    first, last = int(_day_number(since)), int(_day_number(until))
    # Months are those of UTC: a local day may lie in the month before or after.
    months = (str(np.datetime64(day, "D").astype("datetime64[M]")) for day in (first - 1, last + 1))
    rows = database.execute(
        f"SELECT metric, unit, source, content, {ANEW} FROM series JOIN series_chunk USING (series) "  # noqa: S608 - our own words
        "WHERE metric = ? AND month BETWEEN ? AND ? ORDER BY source, unit, coded, month",
        (metric, *months),
    ).fetchall()
    return (
        ((*names,), _within(shown(unpack(content), told_anew=anew), first, last)) for *names, content, anew in rows
    )


def _within(columns: Columns, first: int, last: int) -> Columns:
    days = local_days(columns)
    within = (days >= first) & (days <= last)
    return columns if within.all() else columns.at(np.flatnonzero(within))


def count_unsound(database: Any) -> int:
    """Read every chunk; tell how many are not whole or do not agree with what is said of their series."""
    bad = 0
    for row in database.execute(
        f"SELECT count, first, last, content, {ANEW} FROM series_chunk JOIN series USING (series)"  # noqa: S608 - our own words
    ):
        try:
            columns = shown(unpack(row[3]), told_anew=row[4])
        except DamagedSeries:
            bad += 1
        else:
            bad += ends_of(columns) != tuple(row[:3])
    days = database.execute(
        "SELECT count(*) FROM series AS one WHERE "
        "(SELECT total(count) FROM series_chunk WHERE series = one.series) != "
        "(SELECT total(count) FROM series_day WHERE series = one.series)"
    ).fetchone()
    return bad + int(days[0])


def _unpacked(names: tuple[str, str, str], columns: Columns) -> Iterator[Reading]:
    metric, unit, source = names
    abouts = [msgspec.json.decode(about) for about in columns.abouts]
    for start, end, offset, value, note in zip(
        columns.starts.tolist(),
        columns.ends.tolist(),
        columns.offsets.tolist(),
        columns.values.tolist(),
        columns.notes.tolist(),
        strict=True,
    ):
        yield Reading(
            metric=metric,
            unit=unit,
            source=source,
            start=_moment(start, offset),
            end=_moment(end, offset),
            value=columns.codes[int(value)] if columns.codes else value,
            about=abouts[note],
        )


def _day_number(day: str) -> Any:
    return np.datetime64(day, "D").astype(np.int64)


def _moment(seconds: int, offset: int) -> str:
    zone = timezone(timedelta(minutes=offset)) if offset else UTC
    return datetime.fromtimestamp(seconds, zone).isoformat()
