"""What the columns of a table mean: said once for each maker's export, or by the person for another table."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from secondlens.domain.record import Record
from secondlens.domain.samples import LONGEST_NAME

MOST_COLUMNS = 500
MOST_NAMED = 100
_SAYS_NOTHING = {"value", "wert", "reading", "messwert", "valor", "valeur", "result", "data"}
_BLANKS = re.compile(r"\s+")
# What stands behind the name of a kind of file: a date, a number of a copy, the ending.
_NOT_THE_NAME = re.compile(r"[\W_]*(\d{4}.*|\(\d+\))?(\.[a-z]{1,5})?$", re.IGNORECASE)


class Order(StrEnum):
    """In which order a date names its parts."""

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"


class Decimals(StrEnum):
    """What parts a number from its decimals."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumn:
    """A column of readings: `metric` as Apple Health names it where it does, `unit` as UCUM or the maker has it.

    `only` are the words in the column `sort` for which this column holds such readings; empty for every row.
    """

    column: str
    metric: str
    unit: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """How the rows of one sort of table are read.

    It fits a header that has all of `columns`, and no other when `exact`; `file_named` and `delimiter` can only
    narrow that, where a maker gives several tables the same header. `time` are columns that make up the time
    together, such as a date and a time of day; `end` likewise. `order` and `decimals` are what holds when the file
    itself leaves them open. `utc` says that times without a zone are UTC; else they are by the clock of the place.
    `whole_day` marks readings that stand for a day. `device` are columns that
    say what measured, after `maker`. `numbers` are columns beside the values that show how numbers are written.
    Columns in `left` stay in the file; all others are kept beside each reading.
    """

    name: str
    columns: tuple[str, ...]
    time: tuple[str, ...]
    values: tuple[ValueColumn, ...]
    exact: bool = False
    file_named: str | None = None
    delimiter: str | None = None
    end: tuple[str, ...] = ()
    order: Order | None = None
    decimals: Decimals | None = None
    utc: bool = False
    whole_day: bool = False
    sort: str | None = None
    maker: str = ""
    device: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping(Record):
    """What the person said the columns of a table are. `title` is the name they gave it."""

    table: TableMapping


def is_sound(mapping: TableMapping) -> bool:
    """Tell whether a mapping can be used: it reads columns it asks for, and its names are of a usual length."""
    read = (
        *mapping.time,
        *mapping.end,
        *mapping.device,
        *mapping.numbers,
        *mapping.left,
        *(value.column for value in mapping.values),
        *((mapping.sort,) if mapping.sort else ()),
    )
    names = (
        mapping.name,
        mapping.maker,
        *read,
        *mapping.columns,
        *(part for value in mapping.values for part in (value.metric, value.unit)),
    )
    return (
        bool(mapping.time and mapping.values)
        and all(value.metric for value in mapping.values)
        and set(mapping.time) <= set(mapping.columns)
        and any(value.column in mapping.columns for value in mapping.values)
        and len(mapping.columns) <= MOST_COLUMNS
        and len(mapping.values) <= MOST_NAMED
        and max(map(len, names)) <= LONGEST_NAME
    )


def best_fit(
    mappings: Iterable[TableMapping], names: Sequence[str], *, file_name: str, delimiter: str | None
) -> TableMapping | None:
    """Choose the mapping that says most about a header; of equals, the first."""
    header = frozenset(map(same_name, names))
    named = file_kind(file_name)
    fitting = [one for one in mappings if _fits(one, header, named, delimiter)]
    return max(fitting, key=lambda one: (one.exact, len(one.columns), one.file_named is not None), default=None)


def same_name(name: str) -> str:
    """Give the name of a column as it is compared: capitals and blanks do not count."""
    return _BLANKS.sub(" ", name.strip()).casefold()


def file_kind(file_name: str) -> str:
    """Give what the name of a file says of its kind: "heart_rate" of "Fitbit/heart_rate_2026-03-01.csv"."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return _NOT_THE_NAME.sub("", last).casefold()


def tells_itself(names: Sequence[str], values: Iterable[str]) -> bool:
    """Tell whether a header says what it holds: "timestamp, value" is the same over steps and over heart beats."""
    said = {same_name(column) for column in values}
    return len(names) > 2 and not said & _SAYS_NOTHING


def described(mapping: TableMapping) -> Iterator[str]:
    """Say what a mapping makes of each column, a line each."""
    yield f"Time: {' and '.join(mapping.time)}"
    if mapping.end:
        yield f"End: {' and '.join(mapping.end)}"
    for value in mapping.values:
        yield f"{value.column}: {short_metric(value.metric)}{f' in {value.unit}' if value.unit else ''}"
    if mapping.device:
        yield f"Device: {' and '.join(mapping.device)}"
    if mapping.left:
        yield f"Stays in the file: {', '.join(mapping.left)}"


def short_metric(metric: str) -> str:
    """Give the end of an Apple identifier, which is the part that says something."""
    return metric.rpartition("TypeIdentifier")[2]


def _fits(mapping: TableMapping, header: frozenset[str], named: str, delimiter: str | None) -> bool:
    wanted = frozenset(map(same_name, mapping.columns))
    return (
        (wanted == header if mapping.exact else wanted <= header)
        and mapping.file_named in (None, named)
        and mapping.delimiter in (None, delimiter)
    )
