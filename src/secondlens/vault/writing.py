"""New versions of records into the table, the index of words and the ledger, on both cores.

The database lets Python go on while it works on one long statement. So rows go in by the thousand, from a thread
of their own, and the next ones are made and marked meanwhile. Never two statements at once, and none after one
that failed: the database may have ended the transaction by itself then, and what came later would stay.
"""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Any

from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import INSERT, VALUES

# A statement takes 32,766 values at most, and a row has fourteen.
_TOGETHER = 2_000

_AMONG_IDS = "current AND id IN (SELECT value FROM json_each(?))"

_Row = tuple[Any, ...]


def write_versions(
    database: Any, rows: Iterable[_Row], ledger: Ledger, at: str, named: Sequence[bytes | None] = ()
) -> None:
    """Make each row of `row_of` the current version of its id, and enter it; the caller began the transaction.

    No id comes twice. `named` are the facts that the rows tell. Without them each row goes on telling what its
    record told.
    """
    coming = iter(rows)
    first = place = int(database.execute("SELECT coalesce(max(row), 0) + 1 FROM record").fetchone()[0])
    marks: list[bytes] = []
    with ThreadPoolExecutor(max_workers=1) as beside:
        going: Future[None] | None = None
        while batch := list(islice(coming, _TOGETHER)):
            placed = [(number, *row) for number, row in enumerate(batch, place)]
            if going:
                going.result()
            going = beside.submit(_write, database, placed, named[place - first : place - first + len(batch)])
            marks.append(ledger.marks(placed))
            place += len(batch)
        if going:
            going.result()
            ledger.write_marks(database, "record", first, b"".join(marks), at)


def _write(database: Any, placed: list[_Row], named: Sequence[bytes | None]) -> None:
    before = _supersede(database, [row[1] for row in placed if row[2] > 1])
    told = named or [before.get(row[1], (None, 0))[0] for row in placed]
    whole = (
        (*row, fact, before[row[1]][1] if row[1] in before else row[0])
        for row, fact in zip(placed, told, strict=True)
    )
    database.execute(INSERT + ", ".join([VALUES] * len(placed)), tuple(chain.from_iterable(whole)))
    database.execute(
        "INSERT INTO record_words (rowid, text) SELECT row, text FROM live_record WHERE row >= ?",
        (placed[0][0],),
    )


def _supersede(database: Any, ids: list[str]) -> dict[str, tuple[bytes | None, int]]:
    """End the versions that were current; give for each id the fact it told, and the row since when."""
    if not ids:
        return {}
    among = (json.dumps(ids),)
    # The index of words must be told the very text it holds in order to forget it.
    database.execute(
        "INSERT INTO record_words (record_words, rowid, text) "  # noqa: S608 - our own words
        f"SELECT 'delete', row, text FROM record WHERE {_AMONG_IDS} AND NOT removed",
        among,
    )
    ended = database.execute(
        f"UPDATE record SET current = 0 WHERE {_AMONG_IDS} RETURNING id, fact, coalesce(since, row)",  # noqa: S608 - our own words
        among,
    ).fetchall()
    return {record_id: (fact, since) for record_id, fact, since in ended}
