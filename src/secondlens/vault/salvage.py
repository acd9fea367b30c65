"""Reading what can still be read of a damaged database, row by row around the bad pages.

A connection that met a bad page answers nothing more, so each miss costs a new connection; ranges are halved until
only what is really gone is missed.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged
from secondlens.vault.database import connect, plain_errors
from secondlens.vault.keys import VaultKey
from secondlens.vault.upgrades import UPGRADES

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A database to read from, damaged or whole."""

    path: Path
    key: VaultKey

    @property
    def version(self) -> int:
        """The format of the database; the newest when that cannot be read any more."""
        found = self.ask("PRAGMA user_version")
        return int(found[0][0]) if found else len(UPGRADES)

    def ask(self, statement: str, arguments: tuple[Any, ...] = ()) -> list[_Row] | None:
        """Ask on a connection of its own; None when a bad page stood in the way."""
        try:
            with closing(connect(self.path, self.key, read_only=True)) as database, plain_errors():
                rows: list[_Row] = database.execute(statement, arguments).fetchall()
                return rows
        except Damaged:
            return None

    def numbered(self, table: str, columns: str, place: str, last: int, *, at_once: int = 512) -> Iterator[_Row]:
        """Read the rows of a table whose places are numbers, from 1 to at least `last`, so many in memory."""
        found = self.ask(f"SELECT max({place}) FROM {table}")  # noqa: S608 - our own names
        end = max(last, (found[0][0] or 0) if found else 0)
        for first in range(1, end + 1, at_once):
            yield from self._between(table, columns, place, (first, min(first + at_once - 1, end)))

    def named(self, table: str, columns: str, place: str, names: Iterable[Any]) -> Iterator[_Row]:
        """Read the rows of a table whose places are names: all at once, or those whose names are known."""
        rows = self.ask(f"SELECT {columns} FROM {table}")  # noqa: S608 - our own names
        if rows is not None:
            yield from rows
            return
        for name in names:
            yield from self.ask(f"SELECT {columns} FROM {table} WHERE {place} = ?", (name,)) or ()  # noqa: S608 - our own names

    def _between(self, table: str, columns: str, place: str, ends: tuple[int, int]) -> Iterator[_Row]:
        first, last = ends
        rows = self.ask(
            f"SELECT {columns} FROM {table} WHERE {place} BETWEEN ? AND ? ORDER BY {place}",  # noqa: S608 - our own names
            ends,
        )
        if rows is not None:
            yield from rows
        elif first < last:
            middle = (first + last) // 2
            yield from self._between(table, columns, place, (first, middle))
            yield from self._between(table, columns, place, (middle + 1, last))
