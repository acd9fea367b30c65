"""What somebody says of each column of a table, made into a mapping; and what is still missing, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from secondlens.domain.column_readings import RowReading, plan_of, readings_of
from secondlens.domain.columns import (
    Decimals,
    Order,
    TableMapping,
    ValueColumn,
    file_kind,
    same_name,
    tells_itself,
)

TIME, END, DEVICE, BESIDE, LEAVE = "time", "end", "device", "note", "leave"
ROLES = (TIME, END, DEVICE, BESIDE, LEAVE)

NO_TIME_SAID = "Say which column is the time. Without a time no reading can be kept."
NO_VALUE_SAID = "Say which column holds readings, and what they measure."
ORDER_ASKED = "Say whether the day or the month comes first. The dates in this file leave it open."
DECIMALS_ASKED = "Say what parts a number from its decimals. The numbers in this file leave it open."


_Way = TypeVar("_Way", Order, Decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """A column of a table: its values look like "time", "number" or "text".

    `orders` and `decimals` are the ways to read all of it: more than one means that it must be asked.
    """

    name: str
    looks: str
    orders: tuple[Order, ...] = ()
    decimals: tuple[Decimals, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said: for each column a role of ROLES or "METRIC:UNIT", and what the file leaves open.

    `device` is what measured it, where no column says so.
    """

    uses: Mapping[str, str]
    order: Order | None = None
    decimals: Decimals | None = None
    utc: bool = False
    device: str = ""


def missing_from(said: Said, columns: Sequence[ColumnFacts]) -> tuple[tuple[str, str], ...]:
    """Give what must still be said, as (subject, sentence)."""
    times, values = _times(said, columns), _values(said, columns)
    found = [] if times else [(TIME, NO_TIME_SAID)]
    if not values:
        found.append(("values", NO_VALUE_SAID))
    if said.order is None and open_orders(said, columns):
        found.append(("order", ORDER_ASKED))
    if said.decimals is None and open_decimals(said, columns):
        found.append(("decimals", DECIMALS_ASKED))
    return tuple(found)


def open_orders(said: Said, columns: Sequence[ColumnFacts]) -> tuple[Order, ...]:
    """Give the ways to read the dates, when there are several and no column of them settles it."""
    return _open([column.orders for column in _times(said, columns)])


def open_decimals(said: Said, columns: Sequence[ColumnFacts]) -> tuple[Decimals, ...]:
    """Give the ways to read the numbers, when there are several and no column of them settles it."""
    return _open([column.decimals for column in _values(said, columns)])


def mapping_of(
    said: Said, columns: Sequence[ColumnFacts], *, file_name: str, known: TableMapping | None = None
) -> TableMapping:
    """Make the mapping of a table nothing is missing from. It fits files with the very same columns.

    Where the header does not say what it holds, the file must also be named alike. A mapping that is `known` stays
    as it is when nothing else was said of the columns than it says: then only what the file left open is added.
    """
    if known and said.uses == known_uses(known, columns):
        return _answered(known, said, columns)
    names = [column.name for column in columns]
    times, values = _times(said, columns), _values(said, columns)
    kind = file_kind(file_name)
    return TableMapping(
        name=kind or names[0],
        columns=tuple(names),
        exact=True,
        file_named=None if tells_itself(names, (column.name for column in values)) else kind,
        time=tuple(column.name for column in times),
        end=_with(END, said, columns),
        order=said.order or _settled([column.orders for column in times]),
        decimals=said.decimals or _settled([column.decimals for column in values]),
        utc=said.utc,
        maker=said.device,
        device=_with(DEVICE, said, columns),
        left=tuple(name for name in names if said.uses.get(name, LEAVE) == LEAVE and name),
        values=tuple(_value(column.name, said.uses[column.name]) for column in values),
    )


def _answered(mapping: TableMapping, said: Said, columns: Sequence[ColumnFacts]) -> TableMapping:
    """Give a mapping that fits, with what the file left open; from now on for the very same columns."""
    return replace(
        mapping,
        columns=tuple(column.name for column in columns),
        exact=True,
        order=said.order or mapping.order,
        decimals=said.decimals or mapping.decimals,
        maker=said.device or mapping.maker,
    )


def known_uses(mapping: TableMapping, columns: Sequence[ColumnFacts]) -> dict[str, str]:
    """Give what a mapping that fits says of each column, in the words of `Said`."""
    roles = ((mapping.time, TIME), (mapping.end, END), (mapping.device, DEVICE), (mapping.left, LEAVE))
    said = {same_name(name): role for names, role in roles for name in names}
    said |= {same_name(value.column): f"{value.metric}:{value.unit}" for value in mapping.values}
    return {column.name: said.get(same_name(column.name), BESIDE) for column in columns if column.name}


def first_readings(
    mapping: TableMapping, names: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[RowReading, ...]:
    """Give the readings of the first rows as they would be understood."""
    plan = plan_of(mapping, names, mapping.order or Order.YEAR_FIRST, mapping.decimals or Decimals.POINT)
    found = (readings_of(row, plan) for row in rows)
    return tuple(one for readings in found if not isinstance(readings, str) for one in readings if not one.summary)


def _times(said: Said, columns: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """Give the columns of the time, dates before times of day."""
    found = [column for column in columns if said.uses.get(column.name) == TIME]
    return sorted(found, key=lambda column: column.looks != "time")


def _values(said: Said, columns: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    return [column for column in columns if column.name and said.uses.get(column.name, LEAVE) not in ROLES]


def _settled(ways: Sequence[tuple[_Way, ...]]) -> _Way | None:
    return next((one[0] for one in ways if len(one) == 1), None)


def _open(ways: Sequence[tuple[_Way, ...]]) -> tuple[_Way, ...]:
    return () if _settled(ways) else next((one for one in ways if len(one) > 1), ())


def _with(role: str, said: Said, columns: Sequence[ColumnFacts]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if said.uses.get(column.name) == role)


def _value(column: str, use: str) -> ValueColumn:
    metric, _, unit = use.partition(":")
    return ValueColumn(column=column, metric=metric.strip() or column, unit=unit.strip())
