"""The ledger: one chained line for every write, so that an old page or an old copy put back does not go unseen.

SQLCipher authenticates each page, and does not know which version of it is the newest. The ledger does: every
row that is written gets a mark (HMAC-SHA256 of its values, 16 bytes), every line holds the marks of the rows
written together, and every head is the HMAC of the head before it and of its own line. Replaying the ledger finds
rows that changed, vanished or came in beside it; comparing its end with an anchor kept elsewhere finds a whole
older copy.

The key of the ledger is random and lies in the database, so the chain goes on when the vault's key is replaced.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from secondlens.errors import Damaged

MARK = 16  # bytes
# Per table: the columns a mark covers; the first is the place of the row. `current` is left out: it follows from
# the versions, changes without a line, and is checked by itself. `fact` and `since` only lead from row to row.
COLUMNS = {
    "record": "row, id, version, kind, shape, start, text, body, batch, recorded_at, why, removed",
    "document": "sha256, name, size, media_type, kept_at",
    "import_batch": "batch, document, imported_at",
    "audit": "row, at, way, who, action, object, device",
    "meta": "name, value",
    "series": "series, metric, unit, source, coded, summary",
    "series_chunk": "chunk, series, month, count, first, last, content",
    "sighting": "row, id, version, source, batch",
    "import_run": "batch, run, name, added, shared",
    "taken_back": "batch, at",
    "series_day": "row, series, day, code, count, low, high, total",
}
_ENCODER = msgspec.json.Encoder()
_NO_HEAD = bytes(32)
_LONGEST_LINE = 10_000  # rows

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where the ledger ended once: its last number, the head there as hex, and when (UTC, ISO 8601)."""

    seq: int
    head: str
    at: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A row that is not as the ledger says: table, place, and whether it is "changed", "missing" or "added"."""

    table: str
    place: int | str
    how: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What replaying found. `broken` is the first line whose head does not fit, None when the chain is whole."""

    strays: tuple[Stray, ...]
    broken: int | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Writes and reads the chain with its key. The caller holds the transaction."""

    key: bytes = field(repr=False)

    def mark(self, row: Sequence[Any]) -> bytes:
        """Give the mark of one row, its values in the order of COLUMNS."""
        return self.marks((row,))

    def write(self, database: Any, table: str, rows: Sequence[_Row], at: str) -> None:
        """Add one line for rows just written together; the places of several are consecutive numbers."""
        if rows:
            self.write_marks(database, table, rows[0][0], self.marks(rows), at)

    def marks(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Give the marks of rows, one after another."""
        keyed = HMAC(self.key, SHA256())  # copied for each row: taking the key in anew is half of the work

        def mark(row: Sequence[Any]) -> bytes:
            one = keyed.copy()
            one.update(_ENCODER.encode(row))
            return one.finalize()[:MARK]

        return b"".join(map(mark, rows))

    def write_marks(self, database: Any, table: str, place: int | str, marks: bytes, at: str) -> None:
        """Add one line for the rows from `place` on, whose marks are made already."""
        last = database.execute("SELECT seq, head FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
        seq, head = (last[0] + 1, last[1]) if last else (1, _NO_HEAD)
        line = (seq, at, table, place, marks)
        database.execute("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", (*line, self._head(head, line)))

    def enter(self, database: Any, table: str, place: int | str, at: str) -> None:
        """Add one line for the row at a place."""
        name = COLUMNS[table].partition(",")[0]
        statement = f"SELECT {COLUMNS[table]} FROM {table} WHERE {name} = ?"  # noqa: S608 - our own names
        self.write(database, table, database.execute(statement, (place,)).fetchall(), at)

    def end(self, database: Any) -> Anchor:
        """Tell where the ledger ends now."""
        row = database.execute("SELECT seq, head, at FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
        return Anchor(seq=row[0], head=row[1].hex(), at=row[2]) if row else Anchor(seq=0, head="", at="")

    def holds(self, database: Any, anchor: Anchor) -> bool:
        """Tell whether this ledger went through an anchor."""
        row = database.execute("SELECT head FROM ledger WHERE seq = ?", (anchor.seq,)).fetchone()
        return row is not None and row[0].hex() == anchor.head

    def replay(self, database: Any) -> Replay:
        """Read every line and every row, and compare them."""
        lines = database.execute("SELECT seq, at, what, place, marks, head FROM ledger ORDER BY seq")
        broken, marks = self._read_chain(lines)
        strays = chain.from_iterable(self._compare(database, table, marks[table]) for table in COLUMNS)
        return Replay(tuple(strays), broken)

    def marks_in(self, lines: Iterable[_Row]) -> dict[str, dict[int | str, bytes]]:
        """Give the newest mark of every row by table and place, from lines in their order, some maybe missing."""
        return self._read_chain(lines)[1]

    def _read_chain(self, lines: Iterable[_Row]) -> tuple[int | None, dict[str, dict[int | str, bytes]]]:
        marks: dict[str, dict[int | str, bytes]] = {table: {} for table in COLUMNS}
        broken: int | None = None
        expected, head = 1, _NO_HEAD
        for *line, said in lines:
            if broken is None and (line[0] != expected or not hmac.compare_digest(self._head(head, line), said)):
                broken = line[0]
            expected, head = line[0] + 1, said
            marks.setdefault(line[2], {}).update(_placed(line[3], line[4]))
        return broken, marks

    def _compare(self, database: Any, table: str, marks: dict[int | str, bytes]) -> Iterator[Stray]:
        rows = _rows_of(database, table)
        missing = dict.fromkeys(marks)
        for row in rows:
            missing.pop(row[0], None)
            if row[0] not in marks:
                yield Stray(table, row[0], "added")
            elif marks[row[0]] != self.mark(row):
                yield Stray(table, row[0], "changed")
        yield from (Stray(table, place, "missing") for place in missing)

    def _head(self, before: bytes, line: Sequence[Any]) -> bytes:
        return hmac.digest(self.key, before + _ENCODER.encode(line), "sha256")


def now() -> str:
    """Give the time for what is written now: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def read_ledger(database: Any) -> Ledger:
    """Give the ledger of a database, which holds its key. Raises Damaged when that is gone."""
    row = database.execute("SELECT value FROM meta WHERE name = 'ledger_key'").fetchone()
    if row is None or len(row[0]) != 32:
        raise Damaged(
            "A part of this vault that tells whether it is whole is missing. "
            "Make a copy of the folder, then put back a backup if you have one.",
        )
    return Ledger(bytes(row[0]))


def begin_ledger(database: Any, ledger: Ledger) -> None:
    """Enter every row there is, as the start of a chain."""
    at = now()
    for table, columns in COLUMNS.items():
        name = columns.partition(",")[0]
        for run in _runs(_rows_of(database, table, order=name)):
            ledger.write(database, table, run, at)


def _rows_of(database: Any, table: str, order: str | None = None) -> Iterable[_Row]:
    """Give every row of a table; none of one that this format of the database does not have yet."""
    if not database.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)).fetchone():
        return ()
    ordered = f" ORDER BY {order}" if order else ""
    rows: Iterable[_Row] = database.execute(f"SELECT {COLUMNS[table]} FROM {table}{ordered}")  # noqa: S608 - our own names
    return rows


def _runs(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Rows whose places follow on each other, in lines of a size that memory bears."""
    run: list[_Row] = []
    for row in rows:
        if run and not (isinstance(row[0], int) and row[0] == run[-1][0] + 1 and len(run) < _LONGEST_LINE):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _placed(place: int | str, marks: bytes) -> Iterator[tuple[int | str, bytes]]:
    pieces = [marks[start : start + MARK] for start in range(0, len(marks), MARK)]
    if isinstance(place, int):
        return zip(range(place, place + len(pieces)), pieces, strict=True)
    return zip((place,), pieces[:1], strict=True)
