"""The rows of a table as readings, by a mapping of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from secondlens.domain.column_times import DAY, Moment, read_number, read_time
from secondlens.domain.columns import Decimals, Order, TableMapping, ValueColumn, same_name
from secondlens.domain.samples import LONGEST_CODE, LONGEST_NAME

NO_TIME = "This row has no time that can be read, so it was not kept as a reading."
NO_VALUE = "This row holds no reading that is known here. It stays in the original file."
ENDS_BEFORE = "This row ends before it begins, so it was not kept as a reading."
TOO_LONG = "This row says more than a reading should, so it was not kept as a reading."
# What makers write into a cell that holds nothing.
NOTHING = frozenset({"", "-", "--", "---", "n/a", "na", "nan", "null", "none"})
ZONE_NOT_WRITTEN = ("zone", "not written")

PRESSURES = ("HKQuantityTypeIdentifierBloodPressureSystolic", "HKQuantityTypeIdentifierBloodPressureDiastolic")
PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"

About = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowReading:
    """One reading of one row. `about` is what else the row says, the maker's own name of the column first.

    `summary` marks what is put together here out of the others.
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
    mapping = plan.mapping
    started = read_time(time_text(row, plan), plan.order, utc=mapping.utc)
    ended = read_time(_text(row, plan.end), plan.order, utc=mapping.utc) if plan.end else started
    values = tuple(_values(row, plan))
    if not values:
        return NO_VALUE
    if started is None or ended is None:
        return NO_TIME
    start, end = _span(started, ended, whole_day=mapping.whole_day)
    if end < start:
        return ENDS_BEFORE
    source = _source(row, plan)
    beside = tuple((name, text) for place, name in plan.others if (text := _cell(row, place)) not in NOTHING)
    if not started.zoned:
        beside = (*beside, ZONE_NOT_WRITTEN)
    if len(source) > LONGEST_NAME or sum(len(text) for _, text in beside) > LONGEST_CODE:
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
    if any(isinstance(one.value, str) and len(one.value) > LONGEST_CODE for one in found):
        return TOO_LONG
    return (*found, *_pressure(found))


def time_text(row: Sequence[str], plan: Plan) -> str:
    """Give the time of a row as it is written."""
    return _text(row, plan.time)


def number_texts(row: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """Give what shows how the numbers of a row are written."""
    return tuple(_cell(row, place) for place in plan.numbers)


def _values(row: Sequence[str], plan: Plan) -> "list[tuple[ValueColumn, float | str]]":
    sort = _cell(row, plan.sort).casefold() if plan.sort is not None else ""
    found = []
    for place, column in plan.values:
        text = _cell(row, place)
        if text.casefold() in NOTHING or (column.only and sort not in map(str.casefold, column.only)):
            continue
        found.append((column, read_number(text, plan.decimals)))
    return found


def _pressure(found: tuple[RowReading, ...]) -> tuple[RowReading, ...]:
    """Give both numbers of one blood pressure together, as Apple Health does."""
    members = [one for one in found if one.metric in PRESSURES]
    if {one.metric for one in members} != set(PRESSURES):
        return ()
    first = members[0]
    together = sorted(f"{one.metric} {_written(one.value)} {one.unit}".strip() for one in members)
    about = tuple(pair for pair in first.about if pair[0] != "column")
    whole = replace(first, metric=PRESSURE, unit="", value="; ".join(together), about=about, summary=True)
    return (whole,)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


def _span(started: Moment, ended: Moment, *, whole_day: bool) -> tuple[int, int]:
    """Give the first and last second; a day without a time of day is all of that day."""
    if ended is started and (whole_day or started.day_only):
        start = started.seconds - (started.seconds + 60 * started.offset) % DAY
        return start, start + DAY
    return started.seconds, ended.seconds


def _source(row: Sequence[str], plan: Plan) -> str:
    said = (text for place in plan.device if (text := _cell(row, place)).casefold() not in NOTHING)
    return " ".join(dict.fromkeys((*((plan.mapping.maker,) if plan.mapping.maker else ()), *said)))


def _text(row: Sequence[str], places: tuple[int, ...]) -> str:
    return " ".join(_cell(row, place) for place in places).strip()


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
