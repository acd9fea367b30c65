"""Readings of devices: chunks for each series and month, and what came together on each day.

A series is one metric in one unit by one source: watch and phone count the same steps, so nothing here adds up
over sources. Chunks go by months in UTC, days by the local clock of each reading.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from secondlens.vault._columns import DamagedSeries, different, ends_of, joined, pack, shown, stamped, unpack
from secondlens.vault._days import NO_DAY, Days, Rolled, roll_up, together
from secondlens.vault.gathering import Name, Part, Readings, gathered, is_told_anew
from secondlens.vault.ledger import Ledger

_ANEW = "(summary AND NOT coded)"
_NAMES = "metric, unit, source, coded, summary"


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


@dataclass(frozen=True, slots=True)
class _Merged:
    """What one month of a series becomes: `chunk` is the row it has, `content` the readings in all of it.

    `fresh` tells how many of them are new, and `days` when those were.
    """

    chunk: int | None
    content: bytes
    ends: tuple[int, int, int]
    fresh: int
    days: Days


def count_new(database: Any, samples: Readings) -> int:
    """Tell how many readings keeping these would add, summaries left out. Writes nothing."""
    added = 0
    for name, months in gathered(samples).by_series():
        if not name[-1]:
            row = _row_of(database, name)
            added += sum(_merge(database, row, *one, batch=0, told_anew=False).fresh for one in months)
    return added


def keep_samples(database: Any, samples: Readings, batch: int, ledger: Ledger, at: str) -> int:
    """Write the readings that are not here yet as brought by a batch; the caller began the transaction.

    Gives how many were added, summaries left out.
    """
    added = 0
    for name, months in gathered(samples).by_series():
        row = _row_of(database, name)
        anew = is_told_anew(name)
        chunks: list[tuple[Any, ...]] = []
        days: dict[tuple[str, str], Rolled] = {}
        for month, parts in months:
            merged = _merge(database, row, month, parts, batch=batch, told_anew=anew)
            if not merged.fresh:
                continue
            if row is None:
                row = _insert(database, ledger, "series", [name], at)
            if merged.chunk is None:
                chunks.append((row, month, *merged.ends, merged.content))
            else:
                _rewrite(database, merged.chunk, merged.ends, merged.content, ledger, at)
            for day, code, rolled in merged.days:
                days[day, code] = together(rolled, days.get((day, code), NO_DAY))
            added += 0 if name[-1] else merged.fresh
        if row is not None and days:
            _insert(database, ledger, "series_chunk", chunks, at)
            if anew:
                days = _days_believed(database, row, days)
            _write_days(database, row, days, ledger, at, anew=anew)
    return added


def take_back_samples(database: Any, batches: Sequence[int], ledger: Ledger, at: str) -> int:
    """Take away the readings that these batches brought; the caller began the transaction.

    Rows stay, empty if need be, because the ledger knows them. Gives how many went, summaries left out.
    """
    gone = 0
    for row, summary, anew in database.execute(f"SELECT series, summary, {_ANEW} FROM series").fetchall():  # noqa: S608 - our own words
        left, went = [], []
        for chunk, content in database.execute(
            "SELECT chunk, content FROM series_chunk WHERE series = ?", (row,)
        ).fetchall():
            columns = unpack(content)
            theirs = np.isin(columns.batches, batches)
            left.append(columns.at(~theirs))
            if theirs.any():
                ends = ends_of(shown(left[-1], told_anew=anew))
                _rewrite(database, chunk, ends, pack(left[-1]), ledger, at)
                went.append(columns.at(theirs))
        if went:
            believed = shown(joined(left), told_anew=anew)
            rolled = {(day, code): figures for day, code, figures in roll_up(believed)}
            known = _days_of(database, row)
            for day, code, _ in roll_up(joined(went)):
                if (day, code) in known:  # not a day of what was told anew since
                    figures = rolled.get((day, code), NO_DAY)
                    _rewrite_day(database, known[day, code][0], figures, ledger, at)
            gone += 0 if summary else sum(map(len, went))
    return gone


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


def list_days(database: Any, metric: str | None = None) -> tuple[Day, ...]:
    """List what came together on each day, source by source."""
    rows = database.execute(
        "SELECT metric, unit, source, day, code, count, low, high, total "
        "FROM series JOIN series_day USING (series) WHERE count AND (?1 IS NULL OR metric = ?1) "
        "ORDER BY metric, day, source, unit, code",
        (metric,),
    )
    names = tuple(Day.__dataclass_fields__)
    return tuple(Day(**dict(zip(names, row, strict=True))) for row in rows)


def list_readings(database: Any, metric: str) -> Iterator[Reading]:
    """Give every reading of a metric, source by source in the order of time. Raises DamagedSeries."""
    rows = database.execute(
        f"SELECT metric, unit, source, content, {_ANEW} FROM series JOIN series_chunk USING (series) "  # noqa: S608 - our own words
        "WHERE metric = ? "
        "ORDER BY source, unit, coded, month",
        (metric,),
    ).fetchall()
    # Unpacked as they are asked for: as objects, the readings of years would fill the memory.
    return chain.from_iterable(map(_unpacked, rows))


def count_unsound(database: Any) -> int:
    """Read every chunk; tell how many are not whole or do not agree with what is said of their series."""
    bad = 0
    for row in database.execute(
        f"SELECT count, first, last, content, {_ANEW} FROM series_chunk JOIN series USING (series)"  # noqa: S608 - our own words
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


def _unpacked(row: tuple[str, str, str, bytes, int]) -> Iterator[Reading]:
    metric, unit, source, content, anew = row
    columns = shown(unpack(content), told_anew=bool(anew))
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


def _row_of(database: Any, name: Name) -> int | None:
    where = " AND ".join(f"{column} = ?" for column in _NAMES.split(", "))
    row = database.execute(f"SELECT series FROM series WHERE {where}", name).fetchone()  # noqa: S608 - our own names
    return None if row is None else int(row[0])


def _merge(  # noqa: PLR0913  (a place, what comes there, and how)
    database: Any, row: int | None, month: str, parts: Sequence[Part], *, batch: int, told_anew: bool
) -> _Merged:
    """Put the readings of a month, brought by a batch, to what is there."""
    found = database.execute(
        "SELECT chunk, content FROM series_chunk WHERE series = ? AND month = ?", (row, month)
    ).fetchone()
    if found is None and len(parts) == 1:
        part = parts[0]
        return _Merged(None, stamped(part.content, batch), part.ends, part.count, part.days)
    coming = [unpack(stamped(part.content, batch)) for part in parts]
    there = unpack(found[1] if found else b"")
    both = joined([there, *coming])
    whole, places = different(both)
    fresh = both.at(places[places >= len(there)])
    chunk = found[0] if found else None
    ends = ends_of(shown(whole, told_anew=told_anew))
    return _Merged(chunk, pack(whole) if len(fresh) else b"", ends, len(fresh), roll_up(fresh))


def _rewrite(  # noqa: PLR0913, PLR0917  (a row, what is in it and who wrote it)
    database: Any, chunk: int, ends: tuple[int, int, int], content: bytes, ledger: Ledger, at: str
) -> None:
    database.execute(
        "UPDATE series_chunk SET count = ?, first = ?, last = ?, content = ? WHERE chunk = ?",
        (*ends, content, chunk),
    )
    ledger.enter(database, "series_chunk", chunk, at)


def _write_days(  # noqa: PLR0913  (figures, where they go and who wrote them)
    database: Any,
    row: int,
    days: Mapping[tuple[str, str], Rolled],
    ledger: Ledger,
    at: str,
    *,
    anew: bool,
) -> None:
    """Add the figures of days to what is there, or with `anew` put them in its place."""
    known = _days_of(database, row)
    new = []
    for (day, code), rolled in days.items():
        if (day, code) in known:
            place, *before = known[day, code]
            _rewrite_day(database, place, rolled if anew else together(rolled, before), ledger, at)
        else:
            new.append((row, day, code, *rolled))
    _insert(database, ledger, "series_day", new, at)


def _days_believed(
    database: Any, row: int, touched: Mapping[tuple[str, str], Rolled]
) -> dict[tuple[str, str], Rolled]:
    """Give what days that were touched come to, when figures that were told anew are left out."""
    chunks = database.execute("SELECT content FROM series_chunk WHERE series = ?", (row,)).fetchall()
    believed = shown(joined([unpack(content) for (content,) in chunks]), told_anew=True)
    whole = {(day, code): rolled for day, code, rolled in roll_up(believed)}
    return {name: whole.get(name, NO_DAY) for name in touched}


def _days_of(database: Any, row: int) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (day, code): (place, *figures)
        for place, day, code, *figures in database.execute(
            "SELECT row, day, code, count, low, high, total FROM series_day WHERE series = ?", (row,)
        )
    }


def _rewrite_day(database: Any, place: int, rolled: Rolled, ledger: Ledger, at: str) -> None:
    database.execute(
        "UPDATE series_day SET count = ?, low = ?, high = ?, total = ? WHERE row = ?", (*rolled, place)
    )
    ledger.enter(database, "series_day", place, at)


_INSERTS = {
    "series": "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?)",
    "series_chunk": "INSERT INTO series_chunk VALUES (?, ?, ?, ?, ?, ?, ?)",
    "series_day": "INSERT INTO series_day VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
}


def _insert(database: Any, ledger: Ledger, table: str, rows: Sequence[tuple[Any, ...]], at: str) -> int:
    """Add rows after the last, enter them together, and give the place of the last."""
    last = int(database.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our own names
    placed = [(place, *row) for place, row in enumerate(rows, last + 1)]
    database.executemany(_INSERTS[table], placed)
    ledger.write(database, table, placed, at)
    return last + len(placed)


def _moment(seconds: int, offset: int) -> str:
    zone = timezone(timedelta(minutes=offset)) if offset else UTC
    return datetime.fromtimestamp(seconds, zone).isoformat()
