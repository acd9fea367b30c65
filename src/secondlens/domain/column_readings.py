"""The rows of a table as readings, by a mapping of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from secondlens.domain.column_times import DAY, Moment, read_number, read_time
from secondlens.domain.columns import Decimals, Order, TableMapping, ValueColumn, same_name
from secondlens.domain.samples import LONGEST_CODE, LONGEST_NAME

NO_TIME = "This row has no time that can be read, so it was not kept as a reading."
NO_VALUE = "This row holds no reading that is known here. It stays in the original file."
ENDS_BEFORE = "This row ends before it begins, so it was not kept as a reading."
TOO_LONG = "This row says more than a reading should, so it was not kept as a reading."
# What makers write into a cell that holds nothing.
NOTHING = frozenset({"", "-", "--", "---", "n/a", "na", "nan", "null", "none"})
_LONGEST_NOTHING = 4
ZONE_NOT_WRITTEN = ("zone", "not written")

PRESSURES = ("HKQuantityTypeIdentifierBloodPressureSystolic", "HKQuantityTypeIdentifierBloodPressureDiastolic")
PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"

About = tuple[tuple[str, str], ...]


class RowReading(NamedTuple):
    """One reading of one row. `about` is what else the row says, the maker's own name of the column first.

    `summary` marks what is put together here out of the others. A tuple, because there are millions.
    """

    metric: str
    unit: str
    source: str
    start: int
    end: int
    offset: int
    value: float | str
    about: About
    summary: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping laid over one header: the places of its columns. `others` are kept beside each reading."""

    mapping: TableMapping
    order: Order
    decimals: Decimals
    width: int
    pressure: bool
    time: tuple[int, ...]
    end: tuple[int, ...]
    device: tuple[int, ...]
    sort: int | None
    values: tuple[tuple[int, ValueColumn], ...]
    numbers: tuple[int, ...]
    others: tuple[tuple[int, str], ...]
    left: tuple[str, ...]


def plan_of(mapping: TableMapping, names: Sequence[str], order: Order, decimals: Decimals) -> Plan:
    """Lay a mapping that fits over a header."""
    places = {same_name(name): place for place, name in reversed(tuple(enumerate(names)))}

    def where(columns: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(places[name] for name in map(same_name, columns) if name in places)

    time, end, device, left = map(where, (mapping.time, mapping.end, mapping.device, mapping.left))
    values = tuple(
        (places[same_name(value.column)], value) for value in mapping.values if same_name(value.column) in places
    )
    read = {*time, *end, *device, *left, *(place for place, _ in values)}
    return Plan(
        mapping=mapping,
        order=order,
        decimals=decimals,
        width=len(names),
        pressure={*PRESSURES} <= {value.metric for _, value in values},
        time=time,
        end=end,
        device=device,
        sort=places.get(same_name(mapping.sort)) if mapping.sort else None,
        values=values,
        numbers=(*(place for place, _ in values), *where(mapping.numbers)),
        others=tuple((place, name) for place, name in enumerate(names) if name and place not in read),
        left=tuple(names[place] for place in sorted(left)),
    )


def readings_of(row: Sequence[str], plan: Plan) -> tuple[RowReading, ...] | str:
    """Give the readings of a row, or the sentence on why there are none."""
    cells = _cells(row, plan)
    values = _values(cells, plan)
    if not values:
        return NO_VALUE
    started = read_time(_joined(cells, plan.time), plan.order, utc=plan.mapping.utc)
    ended = read_time(_joined(cells, plan.end), plan.order, utc=plan.mapping.utc) if plan.end else started
    if started is None or ended is None:
        return NO_TIME
    start, end = _span(started, ended, whole_day=plan.mapping.whole_day)
    if end < start:
        return ENDS_BEFORE
    source = _source(cells, plan)
    beside = tuple((name, cells[place]) for place, name in plan.others if _says_something(cells[place]))
    if not started.zoned:
        beside = (*beside, ZONE_NOT_WRITTEN)
    texts = (*(text for _, text in beside), *(value for _, value in values if isinstance(value, str)))
    if len(source) > LONGEST_NAME or sum(map(len, texts)) > LONGEST_CODE:
        return TOO_LONG
    found = tuple(
        RowReading(
            column.metric,
            column.unit,
            source,
            start,
            end,
            started.offset,
            value,
            (("column", column.column), *beside),
        )
        for column, value in values
    )
    return (*found, *_pressure(found)) if plan.pressure else found


def time_text(row: Sequence[str], plan: Plan) -> str:
    """Give the time of a row as it is written."""
    return _joined(_cells(row, plan), plan.time)


def number_texts(row: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """Give what shows how the numbers of a row are written."""
    cells = _cells(row, plan)
    return tuple(cells[place] for place in plan.numbers)


def _cells(row: Sequence[str], plan: Plan) -> list[str]:
    """Give the cells without blanks around them, as many as the header has: rows may end early."""
    cells = [cell.strip() for cell in row]
    return cells + [""] * (plan.width - len(cells)) if len(cells) < plan.width else cells


def _says_something(text: str) -> bool:
    return bool(text) and (len(text) > _LONGEST_NOTHING or text.casefold() not in NOTHING)


def _values(cells: Sequence[str], plan: Plan) -> "list[tuple[ValueColumn, float | str]]":
    sort = cells[plan.sort].casefold() if plan.sort is not None else ""
    return [
        (column, read_number(cells[place], plan.decimals))
        for place, column in plan.values
        if _says_something(cells[place]) and (not column.only or sort in map(str.casefold, column.only))
    ]


def _pressure(found: tuple[RowReading, ...]) -> tuple[RowReading, ...]:
    """Give both numbers of one blood pressure together, as Apple Health does."""
    members = [one for one in found if one.metric in PRESSURES]
    if {one.metric for one in members} != set(PRESSURES):
        return ()
    first = members[0]
    together = sorted(f"{one.metric} {_written(one.value)} {one.unit}".strip() for one in members)
    about = tuple(pair for pair in first.about if pair[0] != "column")
    return (first._replace(metric=PRESSURE, unit="", value="; ".join(together), about=about, summary=True),)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


def _span(started: Moment, ended: Moment, *, whole_day: bool) -> tuple[int, int]:
    """Give the first and last second; a day without a time of day is all of that day."""
    if ended is started and (whole_day or started.day_only):
        start = started.seconds - (started.seconds + 60 * started.offset) % DAY
        return start, start + DAY
    return started.seconds, ended.seconds


def _source(cells: Sequence[str], plan: Plan) -> str:
    said = (cells[place] for place in plan.device if _says_something(cells[place]))
    return " ".join(dict.fromkeys((*((plan.mapping.maker,) if plan.mapping.maker else ()), *said)))


def _joined(cells: Sequence[str], places: tuple[int, ...]) -> str:
    return cells[places[0]] if len(places) == 1 else " ".join(cells[place] for place in places).strip()
