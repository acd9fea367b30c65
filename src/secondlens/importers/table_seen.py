"""What a table looks like to somebody who says what its columns are: said by the reader, shown on a page."""

import msgspec

from secondlens.domain.columns import Decimals, Order, TableMapping

MOST_ROWS_SHOWN = 5
MOST_LETTERS_SHOWN = 200


class ColumnSeen(msgspec.Struct, frozen=True):
    """A column of a table: its values look like "time", "number" or "text".

    `orders` and `decimals` are the ways to read all of it: more than one means that it must be asked.
    """

    name: str
    looks: str
    orders: tuple[Order, ...] = ()
    decimals: tuple[Decimals, ...] = ()


class TableSeen(msgspec.Struct, tag=True, frozen=True):
    """The columns of a table and its first rows, cut to what fits a page. `mapping` is the one that fits it.

    `delimiter` is None for JSON.
    """

    columns: tuple[ColumnSeen, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str | None = None
    mapping: TableMapping | None = None
