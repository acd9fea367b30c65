"""One fact told by more than one file: found when a file comes, shown once, and each telling kept as it is.

A file that says what a record says, under the same identifier, leaves a *sighting* of its version. A file that
tells the same fact under an identifier of its own leaves a record of its own: both rows have the same `fact`, and
the one that came first (`since`) is shown; the others stand behind it until it goes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from secondlens.domain.matching import facts, may_be_one_moment
from secondlens.domain.record import Kept, Record
from secondlens.domain.source import Source
from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import SELECT, kept_of, live_row

LIVE = "current AND NOT removed"

# Two times of day that differ are two facts; a day without a time may be any of them (`may_be_one_moment`).
_BEFORE = (
    "first.fact = record.fact AND first.since < record.since AND first.current AND NOT first.removed AND "
    "(coalesce(length(first.start), 0) <= 10 OR coalesce(length(record.start), 0) <= 10 "
    "OR first.start = record.start)"
)
_BEHIND = f"EXISTS (SELECT 1 FROM record AS first WHERE {_BEFORE})"  # noqa: S608 - our own words
_FIRST = f"(SELECT first.id FROM record AS first WHERE {_BEFORE} ORDER BY first.since LIMIT 1)"  # noqa: S608 - our own words
SHOWN = f"{LIVE} AND NOT {_BEHIND}"

_SIGHTING = "INSERT INTO sighting (row, id, version, source, batch) VALUES (?, ?, ?, ?, ?)"
_BYTES = 10
_MOST_TITLES = 100


@dataclass(frozen=True, slots=True)
class Telling:
    """One file's word on a fact: `kept` is what it says, `source` the place where it says so.

    The person's own word has no source. `shown` is the id of the record that is shown for the fact.
    """

    kept: Kept
    source: Source | None
    shown: str


def facts_of(records: Sequence[Record], salt: bytes) -> tuple[bytes | None, ...]:
    """Give every record of one file the name its fact has in this vault; None where it says too little."""
    return tuple(
        None if name is None else blake2b(msgspec.json.encode(name), digest_size=_BYTES, key=salt).digest()
        for name in facts(records)
    )


def told_before(database: Any, told: Sequence[tuple[bytes | None, str | None]]) -> tuple[bool, ...]:
    """Tell of each fact, a name and a start (`When.text`), whether a live record tells it already."""
    names = [name.hex() for name, _ in told if name]
    starts: dict[str, list[str | None]] = {}
    for name, start in database.execute(
        f"SELECT lower(hex(fact)), start FROM record WHERE {LIVE} "  # noqa: S608 - our own words
        "AND fact IN (SELECT unhex(value) FROM json_each(?))",
        (msgspec.json.encode(names).decode(),),
    ):
        starts.setdefault(name, []).append(start)
    return tuple(
        name is not None and any(may_be_one_moment(start, other) for other in starts.get(name.hex(), ()))
        for name, start in told
    )


def keep_sightings(
    database: Any, seen: Sequence[tuple[str, int, Source]], batch: int, ledger: Ledger, at: str
) -> None:
    """Write that one more file says what these versions (id, number) say; the caller began the transaction."""
    last = database.execute("SELECT coalesce(max(row), 0) FROM sighting").fetchone()[0]
    rows = [
        (place, record_id, version, msgspec.json.encode(source).decode(), batch)
        for place, (record_id, version, source) in enumerate(seen, last + 1)
    ]
    database.executemany(_SIGHTING, rows)
    ledger.write(database, "sighting", rows, at)


def see_again(database: Any, row: Sequence[Any], version: int, ledger: Ledger, at: str) -> None:
    """Let the files that said what a version (id, number) says say so of a newer one that says the same.

    The file that the newer one has as its source is not told of twice.
    """
    for source, batch in database.execute(
        "SELECT source, batch FROM sighting WHERE id = ?1 AND version = ?2 "
        "AND batch NOT IN (SELECT batch FROM taken_back) "
        "AND batch IS NOT (SELECT batch FROM record WHERE id = ?1 AND version = ?3) ORDER BY row",
        (*row[:2], version),
    ).fetchall():
        keep_sightings(database, [(row[0], version, msgspec.json.decode(source, type=Source))], batch, ledger, at)


def first_of(database: Any, row: int) -> int:
    """Give the row that is shown for a live row: the one that told its fact first, or itself."""
    found = database.execute(
        f"SELECT first.row FROM record JOIN record AS first ON {_BEFORE} "  # noqa: S608 - our own words
        "WHERE record.row = ? ORDER BY first.since LIMIT 1",
        (row,),
    ).fetchone()
    return int(found[0]) if found else row


def rows_behind(database: Any, record_id: str) -> list[tuple[Any, ...]]:
    """Give the rows of SELECT of the live records that stand behind one: other files' word on the same fact."""
    found: list[tuple[Any, ...]] = database.execute(
        f"{SELECT} WHERE {LIVE} AND fact = (SELECT fact FROM record WHERE id = ?1 AND {LIVE}) AND {_FIRST} = ?1 "  # noqa: S608 - our own words
        "ORDER BY since",
        (record_id,),
    ).fetchall()
    return found


def list_titles(database: Any, kind: str) -> tuple[str, ...]:
    """Give the names of the shown records of a kind, the most frequent first."""
    rows = database.execute(
        f"SELECT body ->> 'title' AS title FROM record WHERE {SHOWN} AND kind = ? "  # noqa: S608 - our own words
        "GROUP BY title ORDER BY count(*) DESC, title LIMIT ?",
        (kind, _MOST_TITLES),
    )
    return tuple(row[0] for row in rows if row[0])


def tellings(database: Any, record_id: str) -> tuple[Telling, ...]:
    """Give what each source says of the fact of a live record, the first to come first. Raises NotFound."""
    kept = [kept_of(row) for row in (live_row(database, record_id), *rows_behind(database, record_id))]
    seen = _sightings(
        database,
        "AND id IN (SELECT value FROM json_each(?))",
        msgspec.json.encode([one.id for one in kept]).decode(),
    )
    return tuple(telling for one in kept for telling in _tellings_of(one, record_id, seen))


def all_tellings(database: Any) -> tuple[Telling, ...]:
    """Give what every source says of every fact: kinds together, newest start first, unknown dates last."""
    seen = _sightings(database, "", None)
    rows = database.execute(
        f"SELECT {_FIRST}, {SELECT.removeprefix('SELECT ')} WHERE {LIVE} ORDER BY kind, start DESC NULLS LAST, row"
    )
    return tuple(
        telling for first, *row in rows for telling in _tellings_of(kept_of(tuple(row)), first or row[0], seen)
    )


_Sightings = dict[tuple[str, int], list[Source]]


def _sightings(database: Any, which: str, ids: str | None) -> _Sightings:
    found: _Sightings = {}
    for record_id, version, source in database.execute(
        "SELECT id, version, source FROM sighting "  # noqa: S608 - our own words
        f"WHERE batch NOT IN (SELECT batch FROM taken_back) {which} ORDER BY row",
        () if ids is None else (ids,),
    ):
        found.setdefault((record_id, version), []).append(msgspec.json.decode(source, type=Source))
    return found


def _tellings_of(kept: Kept, shown: str, seen: _Sightings) -> Iterator[Telling]:
    yield Telling(kept, kept.record.source, shown)
    yield from (Telling(kept, source, shown) for source in seen.get((kept.id, kept.version), ()))
