"""New rows of records into the table, the index of words and the ledger, on both cores.

The database lets Python go on while it works on one long statement. So rows go in by the thousand, from a thread
of their own, and the next ones are made and marked meanwhile. Never two statements at once, and none after one
that failed: the database may have ended the transaction by itself then, and what came later would stay.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Any

from secondlens.vault.ledger import Ledger
from secondlens.vault.rows import INSERT, VALUES

# A statement takes 32,766 values at most, and a row has eleven.
_TOGETHER = 2_000

_Row = tuple[Any, ...]


def insert_rows(database: Any, rows: Iterable[_Row], ledger: Ledger, at: str) -> None:
    """Write rows of INSERT as the newest, and enter them in one line; the caller began the transaction."""
    coming = iter(rows)
    first = place = int(database.execute("SELECT coalesce(max(row), 0) + 1 FROM record").fetchone()[0])
    marks: list[bytes] = []
    with ThreadPoolExecutor(max_workers=1) as beside:
        going: Future[None] | None = None
        while batch := list(islice(coming, _TOGETHER)):
            if going:
                going.result()
            going = beside.submit(_insert, database, batch, place)
            marks.append(ledger.marks((number, *row) for number, row in enumerate(batch, place)))
            place += len(batch)
        if going:
            going.result()
            ledger.write_marks(database, "record", first, b"".join(marks), at)


def _insert(database: Any, batch: list[_Row], place: int) -> None:
    database.execute(INSERT + ", ".join([VALUES] * len(batch)), tuple(chain.from_iterable(batch)))
    database.execute(
        "INSERT INTO record_words (rowid, text) SELECT row, text FROM live_record WHERE row >= ?",
        (place,),
    )
