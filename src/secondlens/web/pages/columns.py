"""Saying once what the columns of a table are, while its file waits to be kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from secondlens.actions.columns import look_at_table, own_tables, remember
from secondlens.actions.importing import ReadFile, read_files
from secondlens.actions.reading import Reading
from secondlens.content import measurable, metrics
from secondlens.domain.column_times import day_text, moment_text, read_time
from secondlens.domain.column_uses import (
    BESIDE,
    DEVICE,
    END,
    LEAVE,
    ROLES,
    TIME,
    Said,
    first_readings,
    known_uses,
    mapping_of,
    missing_from,
    open_decimals,
    open_orders,
)
from secondlens.domain.columns import Decimals, Order, TableMapping
from secondlens.errors import NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.table_seen import TableSeen
from secondlens.web.forms import NO_MISTAKES, Form, Mistakes
from secondlens.web.rendering import Visit, go, render

_OTHER = ":"
_CLOCK, _UTC = "clock", "utc"
_LETTERS_OF_A_CELL = 40
_FIRST_FEW = 6
_ROLE_WORDS = (
    (LEAVE, "Leave it in the file"),
    (TIME, "The time, or a part of it"),
    (END, "The end of a time"),
    (DEVICE, "What measured it"),
    (BESIDE, "A note beside the reading"),
)
_ZONES = ((_CLOCK, "The clock of the place where I was", None), (_UTC, "World time (UTC)", None))

Options = tuple[tuple[str, str], ...]
Choices = tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the name of its answer, its own name, its first values, and what is chosen."""

    field: str
    label: str
    like: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The page. `readings` are there once somebody looked, `orders` and `decimals` when they are open."""

    name: str
    back: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, Options], ...]
    device: str
    orders: Choices
    order: str | None
    decimals: Choices
    decimal: str | None
    asks_zone: bool
    zone: str
    zones: Choices = _ZONES
    readings: tuple[tuple[str, ...], ...] = ()
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The columns with their first values, and what is known of them."""
    one, file = _waiting(visit)
    seen = look_at_table(file, own_tables(visit.vault))
    return render(visit, "importing/columns.html", _page(visit, one.path, seen, _from_start(seen)))


def say(visit: Visit) -> Response:
    """Show the first readings as they would be understood, or remember what was said and read the file with it."""
    one, file = _waiting(visit)
    seen = look_at_table(file, own_tables(visit.vault))
    said = _said(visit.form, seen)
    page = _page(visit, one.path, seen, said)
    missing = missing_from(said, seen.columns)
    if missing:
        return render(
            visit, "importing/columns.html", replace(page, mistakes=_mistakes(missing, seen)), status=422
        )
    mapping = mapping_of(said, seen.columns, file_name=file.name, known=seen.mapping)
    if visit.form.text("answer") != "save":
        readings = tuple(_readings(mapping, seen))[:_FIRST_FEW]
        return render(visit, "importing/columns.html", replace(page, readings=readings))
    remember(visit.vault, mapping)
    _read_again(visit, one, file)
    return go(visit, f"importing/{visit.part('key')}")


def _waiting(visit: Visit) -> tuple[ReadFile, IncomingFile]:
    """Give the waiting file that the address names. Raises NotFound."""
    files = visit.door.imports.get(visit.part("key"), Reading).reads
    number = visit.part("number")
    one = dict(zip(map(str, range(len(files))), files, strict=True)).get(number)
    if one is None or not isinstance(one.file, IncomingFile):
        raise NotFound("This file no longer waits to be kept. Nothing was lost from your vault. Choose it again.")
    return one, one.file


def _read_again(visit: Visit, one: ReadFile, file: IncomingFile) -> None:
    """Read a waiting file anew, with what is known now."""
    again = tuple(replace(read, path=one.path) for read in read_files([file], own_tables(visit.vault)))
    visit.door.imports.get(visit.part("key"), Reading).put_instead(int(visit.part("number")), again)


def _from_start(seen: TableSeen) -> Said:
    """What is known already; of an unknown table, only which column is the time, where there is no doubt."""
    if seen.mapping:
        return Said(
            uses=known_uses(seen.mapping, seen.columns),
            order=seen.mapping.order,
            decimals=seen.mapping.decimals,
            utc=seen.mapping.utc,
            device=seen.mapping.maker,
        )
    times = [column.name for column in seen.columns if column.looks == "time"]
    return Said(uses=dict.fromkeys(times, TIME) if len(times) == 1 else {})


def _said(form: Form, seen: TableSeen) -> Said:
    allowed = {value for _, options in _groups() for value, _ in options}
    known = set(known_uses(seen.mapping, seen.columns).values()) if seen.mapping else set()
    uses = {
        column.name: answer
        for place, column in enumerate(seen.columns)
        if (answer := form.text(f"use-{place}")) in allowed | known and column.name
    }
    order = form.choice("order", tuple(Order))
    decimals = form.choice("decimals", tuple(Decimals))
    return Said(
        uses=uses,
        order=Order(order) if order else None,
        decimals=Decimals(decimals) if decimals else None,
        utc=form.text("zone") == _UTC,
        device=form.text("device")[:100],
    )


def _page(visit: Visit, name: str, seen: TableSeen, said: Said) -> Columns:
    return Columns(
        name=name,
        back=visit.url(f"importing/{visit.part('key')}"),
        columns=tuple(
            Column(
                field=f"use-{place}",
                label=column.name,
                like=_like(seen, place),
                chosen=said.uses.get(column.name, LEAVE),
            )
            for place, column in enumerate(seen.columns)
            if column.name
        ),
        groups=_groups_with(said),
        device=said.device,
        orders=_orders(seen, said),
        order=said.order,
        decimals=_decimals(seen, said),
        decimal=said.decimals,
        asks_zone=_asks_zone(seen),
        zone=_UTC if said.utc else _CLOCK,
    )


def _groups() -> tuple[tuple[str, Options], ...]:
    """What a column can be: its part in the row, something we have a name for, or another number."""
    named: dict[str, list[tuple[str, str]]] = {}
    for one in measurable():
        group = metrics().groups[metrics().metric(one.metric).group]
        for unit in one.units:
            measure = metrics().measure(one.metric, unit)
            words = ", ".join(filter(None, (measure.name, measure.unit)))
            named.setdefault(group, []).append((f"{one.metric}:{unit}", words))
    groups = ((group, tuple(options)) for group, options in named.items())
    return (("", _ROLE_WORDS), *groups, ("Something else", ((_OTHER, "Another reading, named as the column"),)))


def _groups_with(said: Said) -> tuple[tuple[str, Options], ...]:
    """What a column can be, and what is known of these columns besides."""
    offered = {value for _, options in _groups() for value, _ in options}
    others = dict.fromkeys(use for use in said.uses.values() if use not in offered and use not in ROLES)
    if not others:
        return _groups()
    known = tuple((use, metrics().metric(use.partition(":")[0]).name) for use in others)
    return (*_groups(), ("As this maker names it", known))


def _like(seen: TableSeen, place: int) -> str:
    cells = dict.fromkeys(row[place][:_LETTERS_OF_A_CELL] for row in seen.rows if row[place].strip())
    return " · ".join(cells) if cells else "Nothing in the first rows."


def _orders(seen: TableSeen, said: Said) -> Choices:
    """The ways to read the dates, each with what it makes of one of them."""
    orders = open_orders(said, seen.columns)
    place = next((place for place, column in enumerate(seen.columns) if column.orders == orders), 0)
    text = next((row[place] for row in seen.rows if row[place]), "")
    return tuple((order.value, _as_read(text, order), None) for order in orders)


def _as_read(text: str, order: Order) -> str:
    moment = read_time(text, order, utc=True)
    return f"{text} is {day_text(moment.seconds)}" if moment else order.value


def _decimals(seen: TableSeen, said: Said) -> Choices:
    words = {Decimals.POINT: "1,234 is more than a thousand", Decimals.COMMA: "1,234 is a little more than one"}
    return tuple((one.value, words[one], None) for one in open_decimals(said, seen.columns))


def _asks_zone(seen: TableSeen) -> bool:
    for place, column in enumerate(seen.columns):
        if column.looks == "time":
            for row in seen.rows:
                moment = read_time(row[place].strip(), (*column.orders, Order.YEAR_FIRST)[0], utc=False)
                if moment and not moment.zoned:
                    return True
    return False


def _readings(mapping: TableMapping, seen: TableSeen) -> Iterator[tuple[str, ...]]:
    for one in first_readings(mapping, seen.names, seen.rows):
        measure = metrics().measure(one.metric, one.unit)
        value = f"{one.value:.10g}" if isinstance(one.value, float) else one.value
        yield (
            f"{day_text(one.start + 60 * one.offset)}, {moment_text(one.start, one.offset)[11:]}",
            measure.name,
            f"{value} {measure.unit}".strip(),
            dict(one.about).get("column", ""),
        )


def _mistakes(missing: tuple[tuple[str, str], ...], seen: TableSeen) -> Mistakes:
    """Put what is missing at its question; of columns, at the first that looks as if it could be meant."""
    looks = {"values": "number", TIME: "time"}
    mistakes = NO_MISTAKES
    for subject, sentence in missing:
        places = [place for place, column in enumerate(seen.columns) if column.looks == looks.get(subject)]
        named = [place for place, column in enumerate(seen.columns) if column.name]
        mistakes = mistakes.plus(f"use-{(*places, *named)[0]}" if subject in looks else subject, sentence)
    return mistakes
