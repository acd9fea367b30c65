"""Which version of a fact is current: comparing what a file brings with what is here."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from secondlens.domain.matching import same_content
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Record
from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import SELECT, ids_of, read_body
from secondlens.vault.tellings import facts_of, told_before

_AMONG_IDS = " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY version"

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one record would become: its id, how it compares, and the version it would be written as.

    `fact` names what it tells in any file. A record that is `written` and yet the same tells a fact that another
    file told before. `seen_in` is the version that says the same under the same id, when its file is a new one.
    """

    id: str
    ending: Ending
    version: int
    fact: bytes | None = None
    written: bool = False
    seen_in: int | None = None


def compare_records(database: Any, records: Sequence[Record], salt: bytes) -> tuple[Comparison, ...]:
    """Compare the records of one file with the vault, in order. Writes nothing."""
    ids = ids_of(records, salt)
    named = facts_of(records, salt)
    earlier = _rows_by_id(database, ids)
    known = _known_files(database, records)
    starts = (record.start.text if record.start else None for record in records)
    told = told_before(database, tuple(zip(named, starts, strict=True)))

    def compare(record_id: str, record: Record, fact: bytes | None, *, told: bool) -> Comparison:
        rows = earlier.get(record_id, [])
        again = record.source is not None and record.source.sha256 in known
        ending, said_in = _ending(record, rows, again=again)
        if ending is Ending.SAME:
            return Comparison(record_id, ending, said_in, seen_in=None if again else said_in)
        same = Ending.SAME if ending is Ending.NEW and told else ending
        return Comparison(record_id, same, rows[-1][1] + 1 if rows else 1, fact, written=True)

    return tuple(
        compare(record_id, record, fact, told=before)
        for record_id, record, fact, before in zip(ids, records, named, told, strict=True)
    )


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
    """Give the files among the records' sources that are kept; not those whose imports were all taken back."""
    fingerprints = {record.source.sha256 for record in records if record.source}
    return frozenset(
        row[0]
        for row in database.execute(
            "SELECT sha256 FROM document WHERE sha256 IN (SELECT value FROM json_each(?)) AND NOT ("
            "EXISTS (SELECT 1 FROM import_batch WHERE document = sha256) AND NOT EXISTS ("
            "SELECT 1 FROM import_batch WHERE document = sha256 AND batch NOT IN (SELECT batch FROM taken_back)))",
            (json.dumps(sorted(fingerprints)),),
        )
    )


def _ending(record: Record, rows: Sequence[_Row], *, again: bool) -> tuple[Ending, int]:
    """Compare with what files said, not with the person's own corrections: those stand until a file says more.

    A file read again (`again`) brings nothing new, even when a later file has changed the fact since. Gives the
    version that says the same, too.
    """
    removals = [place for place, row in enumerate(rows) if row[7]]
    since = rows[removals[-1] + 1 :] if removals else rows
    if not since:
        return Ending.NEW, 0
    told = [row for row in since if row[8] is not None] or list(since)
    for _, version, shape, kind, body, *_ in told if again else told[-1:]:
        if same_content(read_body(shape, kind, body), record):
            return Ending.SAME, version
    return Ending.CHANGED, 0
