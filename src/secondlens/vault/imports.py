"""Imports as a person made them, one run over many files; and taking a whole one back.

Nothing is deleted. What only this import brought goes out of sight; what another file says too stays, with that
file as its source; what it had changed reads as before; what the person wrote since stays as they wrote it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from secondlens.domain.record import Kept
from secondlens.domain.source import Source
from secondlens.errors import NotAllowed, NotFound
from secondlens.vault.gathering import Readings
from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import SELECT, kept_of, row_of
from secondlens.vault.series_keeping import keep_samples, take_back_samples
from secondlens.vault.tellings import rows_behind, see_again
from secondlens.vault.writing import write_versions

WHY = "import taken back"

_Row = tuple[Any, ...]


class TakenBack(NotAllowed):
    """An import was taken back already."""


class NotReadAgain(NotAllowed):
    """A file that shares readings with an import was not read again, so they would be lost with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One run: its files, when (UTC, ISO 8601), and what it brought; `taken_back_at` or None.

    `records` counts versions of records that it wrote, `readings` those that were new, summaries left out.
    """

    run: str
    at: str
    files: tuple[str, ...]
    records: int
    readings: int
    taken_back_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What taking an import back came to.

    Records that went out of sight, that another file still tells, that read as before, that stay because the
    person or a later file changed them since; and readings that went.
    """

    gone: int = 0
    told_elsewhere: int = 0
    as_before: int = 0
    changed_since: int = 0
    readings: int = 0


def write_run(database: Any, about: tuple[int, str, str, int, int], ledger: Ledger, at: str) -> None:
    """Write which run a batch belongs to: batch, run, name of the file, readings new and here already."""
    database.execute("INSERT INTO import_run (batch, run, name, added, shared) VALUES (?, ?, ?, ?, ?)", about)
    ledger.enter(database, "import_run", about[0], at)


def list_imports(database: Any) -> tuple[Import, ...]:
    """List the runs, the newest first."""
    rows = database.execute(
        "SELECT run, min(imported_at), json_group_array(name ORDER BY batch), max(taken_back.at), "
        "sum((SELECT count(*) FROM record WHERE record.batch = import_batch.batch)), sum(added) "
        "FROM import_run JOIN import_batch USING (batch) LEFT JOIN taken_back USING (batch) "
        "GROUP BY run ORDER BY max(batch) DESC"
    )
    return tuple(
        Import(
            run=run,
            at=at,
            files=tuple(json.loads(names)),
            records=records,
            readings=readings,
            taken_back_at=taken_back,
        )
        for run, at, names, taken_back, records, readings in rows
    )


def files_to_read_again(database: Any, run: str) -> tuple[str, ...]:
    """Give the originals (SHA-256) of other imports that hold readings which were here when they came.

    Such a reading is kept once, as brought by the first: who takes that back must read the others again. None when
    this run brought no readings that were new.
    """
    rows = database.execute(
        "SELECT DISTINCT document FROM import_run JOIN import_batch USING (batch) "
        "WHERE shared AND run != ?1 AND batch NOT IN (SELECT batch FROM taken_back) "
        "AND EXISTS (SELECT 1 FROM import_run WHERE run = ?1 AND added) ORDER BY batch",
        (run,),
    )
    return tuple(row[0] for row in rows)


def take_back(database: Any, run: str, again: Mapping[str, Readings], ledger: Ledger, at: str) -> Withdrawn:
    """Take a whole run back; the caller began the transaction. Raises NotFound, TakenBack, NotReadAgain.

    `again` holds the readings of what `files_to_read_again` named, by the fingerprint of each original.
    """
    batches = _batches_of(database, run)
    if set(files_to_read_again(database, run)) - again.keys():
        raise NotReadAgain("Another import came in just now, so nothing was changed. Try once more.")
    database.executemany("INSERT INTO taken_back (batch, at) VALUES (?, ?)", [(batch, at) for batch in batches])
    for batch in batches:
        ledger.enter(database, "taken_back", batch, at)
    gone_before = {row[0] for row in database.execute("SELECT batch FROM taken_back")}
    tally: Counter[str] = Counter()
    left = []
    for versions in _touched(database, batches):
        what, one = _withdrawn(database, versions, frozenset(batches), gone_before, at)
        tally[what] += 1
        left += [one] if one else []
    write_versions(database, [one.row for one in left], ledger, at, [one.fact for one in left])
    for one in left:
        see_again(database, one.says, one.row[1], ledger, at)
    gone = take_back_samples(database, batches, ledger, at)
    back = sum(
        keep_samples(database, samples, _live_batch(database, sha256), ledger, at)
        for sha256, samples in again.items()
    )
    return Withdrawn(**tally, readings=gone - back)


def _batches_of(database: Any, run: str) -> tuple[int, ...]:
    rows = database.execute(
        "SELECT batch, at FROM import_run LEFT JOIN taken_back USING (batch) WHERE run = ? ORDER BY batch", (run,)
    ).fetchall()
    if not rows:
        raise NotFound("This import is not in the vault. Go back to the list of imports and choose it there.")
    if any(at for _, at in rows):
        raise TakenBack("This import was taken back already. Nothing was changed.")
    return tuple(batch for batch, _ in rows)


def _live_batch(database: Any, sha256: str) -> int:
    row = database.execute(
        "SELECT max(batch) FROM import_batch WHERE document = ? AND batch NOT IN (SELECT batch FROM taken_back)",
        (sha256,),
    ).fetchone()
    return int(row[0])


def _touched(database: Any, batches: Sequence[int]) -> list[list[_Row]]:
    """Give all versions, oldest first, of each record that these batches wrote a version of."""
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in database.execute(
        f"{SELECT} WHERE id IN (SELECT id FROM record WHERE batch IN (SELECT value FROM json_each(?))) "  # noqa: S608 - our own words
        "ORDER BY id, version",
        (json.dumps(batches),),
    ):
        found[row[0]].append(row)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left of a record: the new version, the fact it tells, and the older version that said the same."""

    row: _Row
    fact: bytes | None
    says: _Row


def _withdrawn(
    database: Any, versions: list[_Row], batches: frozenset[int], gone: set[int], at: str
) -> tuple[str, _Left | None]:
    """Tell what becomes of one record, and give the version that says so; None when it stays as it is."""
    last = versions[-1]
    if last[8] not in batches:
        return "changed_since", None
    number = last[1] + 1
    other = _seen_elsewhere(database, last)
    if other:
        batch, source = other
        kept = Kept(last[0], number, at, replace(kept_of(last).record, source=source))
        return "told_elsewhere", _Left(row_of(kept, why=WHY, batch=batch), _fact_of(database, last), last)
    before = next((row for row in reversed(versions) if row[8] not in gone), None)
    if before is None or before[7]:
        elsewhere = any(row[8] not in batches for row in rows_behind(database, last[0]))
        kept = Kept(last[0], number, at, kept_of(last).record)
        removed = row_of(kept, why=WHY, batch=last[8], removed=True)
        return "told_elsewhere" if elsewhere else "gone", _Left(removed, _fact_of(database, last), last)
    kept = Kept(last[0], number, at, kept_of(before).record)
    return "as_before", _Left(row_of(kept, why=WHY, batch=before[8]), _fact_of(database, before), before)


def _fact_of(database: Any, row: _Row) -> bytes | None:
    fact: bytes | None = database.execute(
        "SELECT fact FROM record WHERE id = ? AND version = ?", row[:2]
    ).fetchone()[0]
    return fact


def _seen_elsewhere(database: Any, row: _Row) -> tuple[int, Source] | None:
    found = database.execute(
        "SELECT batch, source FROM sighting WHERE id = ? AND version = ? "
        "AND batch NOT IN (SELECT batch FROM taken_back) ORDER BY row LIMIT 1",
        row[:2],
    ).fetchone()
    return (found[0], msgspec.json.decode(found[1], type=Source)) if found else None
