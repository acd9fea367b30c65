"""Undoing what the person did to a record: an older version comes in front again, and a removed one comes back.

Nothing is rewritten. What is put back is one more version that says what the older one said, told by the same
batch and the same files, so that an import taken back later finds it as if nothing had happened in between.
"""

from typing import Any

from secondlens.domain.record import Kept
from secondlens.errors import NotFound
from secondlens.vault.ledger import Ledger, now
from secondlens.vault.rows import SELECT, Version, kept_of, row_of, version_of
from secondlens.vault.tellings import see_again
from secondlens.vault.writing import write_versions

_Row = tuple[Any, ...]
_BY_THE_PERSON = "current AND removed AND batch IS NULL"


def removed_records(database: Any) -> tuple[Version, ...]:
    """Give what the person removed, the last removal first. What other files said of it is not listed again."""
    rows = database.execute(
        f"{SELECT} WHERE {_BY_THE_PERSON} AND NOT EXISTS ("  # noqa: S608 - our own words
        "SELECT 1 FROM record AS first WHERE first.fact = record.fact AND first.recorded_at = record.recorded_at "
        "AND first.current AND first.removed AND first.since < record.since) ORDER BY row DESC"
    )
    return tuple(map(version_of, rows))


def put_back(database: Any, record_id: str, number: int, why: str | None, ledger: Ledger) -> Kept:
    """Put version `number` in front; the caller began the transaction. Raises NotFound.

    Of a removed record, what other files said of it and went out of sight in the same step comes back too.
    """
    versions = database.execute(f"{SELECT} WHERE id = ? ORDER BY version", (record_id,)).fetchall()
    chosen = next((row for row in versions if row[1] == number and not row[7]), None)
    if chosen is None:
        raise NotFound("This version is not in the vault. Open the record again and choose it there.")
    back = [(chosen, versions[-1][1] + 1), *_gone_with(database, versions[-1])]
    at = now()
    rows = [row_of(_again(row, version, at), why=why, batch=row[8]) for row, version in back]
    write_versions(database, rows, ledger, at)
    for row, version in back:
        see_again(database, row, version, ledger, at)
    return _again(*back[0], at)


def _again(row: _Row, version: int, at: str) -> Kept:
    return Kept(row[0], version, at, kept_of(row).record)


def _gone_with(database: Any, last: _Row) -> list[tuple[_Row, int]]:
    """Give the last word of each file that stood behind a record when it was removed, and its next version."""
    if not last[7]:
        return []
    gone = database.execute(
        f"{SELECT} WHERE {_BY_THE_PERSON} AND recorded_at = ?2 AND id != ?1 "  # noqa: S608 - our own words
        "AND fact = (SELECT fact FROM record WHERE id = ?1 AND current) ORDER BY since",
        (last[0], last[5]),
    ).fetchall()
    return [
        (database.execute(f"{SELECT} WHERE id = ? AND version = ?", (row[0], row[1] - 1)).fetchone(), row[1] + 1)
        for row in gone
    ]
