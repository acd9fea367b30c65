"""What a table looks like to somebody who says what its columns are: said by the reader, shown on a page."""

import msgspec

from secondlens.domain.column_uses import ColumnFacts
from secondlens.domain.columns import TableMapping

MOST_ROWS_SHOWN = 5
MOST_LETTERS_SHOWN = 200


class TableSeen(msgspec.Struct, tag=True, frozen=True):
    """The columns of a table and its first rows, cut to what fits a page. `mapping` is the one that fits it.

    `delimiter` is None for JSON.
    """

    columns: tuple[ColumnFacts, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str | None = None
    mapping: TableMapping | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)
