"""Tables of readings: CSV, TSV and JSON lists of any maker, by mappings of their columns that come from outside.

A table whose columns nobody has mapped is recognised and refused, so that the person can be asked about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from secondlens.domain.column_readings import TOO_LONG, Plan, number_texts, plan_of, readings_of, time_text
from secondlens.domain.column_times import decimals_in, orders_in
from secondlens.domain.columns import Decimals, Order, TableMapping, best_fit
from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._apple_columns import Columns, Key
from secondlens.importers._table_head import Table, find_table, names_of
from secondlens.importers._table_rows import Row
from secondlens.importers.incoming import Entry, IncomingFile
from secondlens.importers.open_columns import COLUMNS_UNKNOWN, DECIMALS_OPEN, ORDER_OPEN

LEFT = "These columns stay in the original file and are not read as readings"
ABOVE = "What stands above the names of the columns stays in the original file."
UNKNOWN_PART = "The columns of this part of the table are not known, so it stays in the original file."
NO_ROWS = "This table has a header and no rows, so there is nothing to keep. Export it again with more days."

_MOST_SERIES = 20_000
_LETTERS = 400
_Way = TypeVar("_Way", Order, Decimals)


class TableImporter:
    """The importer for tables. `mappings` are the columns that are known, the person's own first."""

    name = "table"

    def __init__(self, mappings: Sequence[TableMapping] = ()) -> None:
        self.mappings = tuple(mappings)

    def recognises(self, file: IncomingFile) -> bool:
        """Tell by the header, or where it is not known, by a column of times beside one of numbers."""
        return find_table(file, self.mappings) is not None

    def read(self, file: IncomingFile) -> Iterator[Entry]:
        """Yield the readings, and what was not read. Raises BadInput when somebody must be asked first."""
        table = find_table(file, self.mappings)
        if table is None or table.mapping is None:
            raise BadInput(COLUMNS_UNKNOWN)
        yield from _Rows(table, file.name, self.mappings).read(table.mapping)


TABLE = TableImporter()


class _Rows:
    """Takes the rows of one file: `read` gives what is in them."""

    def __init__(self, table: Table, file_name: str, mappings: Sequence[TableMapping]) -> None:
        self._table = table
        self._file_name = file_name
        self._mappings = mappings
        self._columns: dict[Key, Columns] = {}
        self._missed: dict[str, tuple[int, int]] = {}

    def read(self, mapping: TableMapping) -> Iterator[Entry]:
        """Yield what the rows hold. Raises BadInput when there are none, or they can be read in two ways."""
        plan: Plan | None = self._settled(mapping, self._table.names)
        yield from self._above()
        yield from _left(plan)
        after_blank = False
        taken = 0
        for line, row in self._table.rows():
            if row is not None and not any(map(str.strip, row)):
                after_blank = True
                continue
            if after_blank and row is not None and self._table.delimiter:
                after_blank = False
                new = self._new_part(line, row)
                if new is not None:
                    plan = new
                    yield from _left(plan)
                    continue
                if len(row) == 1:  # the title of a part, whose header comes next
                    plan, after_blank = None, True
                    continue
            taken += 1
            yield from self._take(line, row, plan)
        if not taken:
            raise BadInput(NO_ROWS)
        for columns in self._columns.values():
            yield from columns.send()
        yield from self._not_read()

    def _take(self, line: int, row: Row, plan: Plan | None) -> Iterator[Entry]:
        found = UNKNOWN_PART if plan is None else TOO_LONG if row is None else readings_of(row, plan)
        if isinstance(found, str):
            self._miss(line, found)
            return
        for one in found:
            key = (one.metric, one.unit, one.source, isinstance(one.value, str), one.summary)
            columns = self._columns.get(key)
            if columns is None:
                if len(self._columns) >= _MOST_SERIES:
                    self._miss(line, TOO_LONG)
                    return
                columns = self._columns[key] = Columns(key)
            if columns.take(one.start, one.end, one.offset, one.value, (None, None, one.about)):
                yield from columns.send()

    def _miss(self, line: int, why: str) -> None:
        first, count = self._missed.get(why, (line, 0))
        self._missed[why] = (first, count + 1)

    def _not_read(self) -> Iterator[Entry]:
        place = "line" if self._table.delimiter else "row"
        for why, (line, count) in self._missed.items():
            more = f" and {count - 1:,} more" if count > 1 else ""
            yield Unread(f"{place} {line}{more}", why)

    def _above(self) -> Iterator[Unread]:
        if self._table.above:
            first, last = self._table.above[0], self._table.above[-1]
            yield Unread(f"line {first}" if first == last else f"lines {first} to {last}", ABOVE)

    def _new_part(self, line: int, row: list[str]) -> Plan | None:
        names = names_of(row)
        mapping = best_fit(self._mappings, names, file_name=self._file_name, delimiter=self._table.delimiter)
        return self._settled(mapping, names, after=line) if mapping else None

    def _settled(self, mapping: TableMapping, names: list[str], *, after: int = 0) -> Plan:
        """Lay a mapping over a header, with what the whole column says of dates and numbers. Raises BadInput."""
        plan = plan_of(mapping, names, mapping.order or Order.YEAR_FIRST, mapping.decimals or Decimals.POINT)
        if mapping.order is not Order.YEAR_FIRST:
            orders = orders_in(time_text(row, plan) for row in self._rows_after(after))
            plan = replace(plan, order=_chosen(orders, mapping.order, Order.YEAR_FIRST, ORDER_OPEN))
        if self._table.delimiter:
            texts = (text for row in self._rows_after(after) for text in number_texts(row, plan))
            plan = replace(
                plan, decimals=_chosen(decimals_in(texts), mapping.decimals, Decimals.POINT, DECIMALS_OPEN)
            )
        return plan

    def _rows_after(self, line: int) -> Iterator[list[str]]:
        return (row for at, row in self._table.rows() if row and at > line)


def _chosen(left: tuple[_Way, ...], said: _Way | None, none: _Way, why: str) -> _Way:
    """Believe the column before what was said of it; ask when both leave it open. `none`: nothing bears on it."""
    if len(left) == 1:
        return left[0]
    if not left and said is None:
        return none
    if said is not None and (said in left or not left):
        return said
    raise BadInput(why)


def _left(plan: Plan | None) -> Iterator[Unread]:
    if plan and plan.left:
        yield Unread("columns", f"{LEFT}: {', '.join(plan.left)[:_LETTERS]}")
