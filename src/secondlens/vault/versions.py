"""Which version of a fact is current: comparing what a file brings, and writing what changes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from secondlens.domain.matching import same_content
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Record
from secondlens.vault._insertion import insert_rows
from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import SELECT, ids_of, read_body

_AMONG_IDS = " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY version"

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one record would become: its id, how it compares, and the version it would be written as."""

    id: str
    ending: Ending
    version: int


def compare_records(database: Any, records: Sequence[Record], salt: bytes) -> tuple[Comparison, ...]:
    """Compare the records of one file with the vault, in order. Writes nothing."""
    ids = ids_of(records, salt)
    earlier = _rows_by_id(database, ids)
    known = _known_files(database, records)

    def compare(record_id: str, record: Record) -> Comparison:
        rows = earlier.get(record_id, [])
        again = record.source is not None and record.source.sha256 in known
        return Comparison(record_id, _ending(record, rows, again=again), rows[-1][1] + 1 if rows else 1)

    return tuple(starmap(compare, zip(ids, records, strict=True)))


def write_versions(
    database: Any, rows: Iterable[_Row], superseded: Sequence[str], ledger: Ledger, at: str
) -> None:
    """Make each row of INSERT the current version of its id, and enter it; the caller began the transaction.

    `superseded` are the ids that have a version already.
    """
    earlier = json.dumps(superseded)
    # The index of words must be told the very text it holds in order to forget it.
    database.execute(
        "INSERT INTO record_words (record_words, rowid, text) "
        "SELECT 'delete', row, text FROM record "
        "WHERE current AND NOT removed AND id IN (SELECT value FROM json_each(?))",
        (earlier,),
    )
    database.execute(
        "UPDATE record SET current = 0 WHERE current AND id IN (SELECT value FROM json_each(?))",
        (earlier,),
    )
    insert_rows(database, rows, ledger, at)


def new_batch(database: Any, sha256: str, ledger: Ledger, at: str) -> int:
    """Begin a batch for what an original brings, and enter it; the caller began the transaction."""
    cursor = database.execute("INSERT INTO import_batch (document, imported_at) VALUES (?, ?)", (sha256, at))
    ledger.enter(database, "import_batch", int(cursor.lastrowid), at)
    return int(cursor.lastrowid)


def _rows_by_id(database: Any, ids: Sequence[str]) -> dict[str, list[_Row]]:
    rows: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in database.execute(SELECT + _AMONG_IDS, (json.dumps(ids),)):
        rows[row[0]].append(row)
    return rows


def _known_files(database: Any, records: Sequence[Record]) -> frozenset[str]:
    fingerprints = {record.source.sha256 for record in records if record.source}
    return frozenset(
        row[0]
        for row in database.execute(
            "SELECT sha256 FROM document WHERE sha256 IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(fingerprints)),),
        )
    )


def _ending(record: Record, rows: Sequence[_Row], *, again: bool) -> Ending:
    """Compare with what files said, not with the person's own corrections: those stand until a file says more.

    A file read again (`again`) brings nothing new, even when a later file has changed the fact since.
    """
    removals = [place for place, row in enumerate(rows) if row[7]]
    since = rows[removals[-1] + 1 :] if removals else rows
    if not since:
        return Ending.NEW
    told = [row for row in since if row[8] is not None] or list(since)
    for _, _, shape, kind, body, *_ in told if again else told[-1:]:
        if same_content(read_body(shape, kind, body), record):
            return Ending.SAME
    return Ending.CHANGED
