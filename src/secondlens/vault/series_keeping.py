"""Writing readings: each month of a series put to what is there, and what came together on its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from secondlens.vault._columns import different, ends_of, joined, pack, shown, stamped, unpack
from secondlens.vault._days import NO_DAY, Days, Rolled, roll_up, together
from secondlens.vault.gathering import Name, Part, Readings, gathered, is_told_anew
from secondlens.vault.ledger import Ledger
from secondlens.vault.series import ANEW

_NAMES = "metric, unit, source, coded, summary"


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
    for row, summary, anew in database.execute(f"SELECT series, summary, {ANEW} FROM series").fetchall():  # noqa: S608 - our own words
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
