"""`secondlens columns VAULT FILE`: see the columns of a table, and say once what they are."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from secondlens.actions.columns import look_at_table, own_tables, remember
from secondlens.actions.importing import open_path
from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.content import measurable, metrics
from secondlens.domain.column_readings import RowReading
from secondlens.domain.column_times import moment_text
from secondlens.domain.column_uses import (
    ROLES,
    Said,
    first_readings,
    known_uses,
    mapping_of,
    missing_from,
)
from secondlens.domain.columns import Decimals, Order, TableMapping, described, same_name, short_metric
from secondlens.errors import BadInput
from secondlens.importers.table_seen import TableSeen


class ColumnsUnclear(BadInput):
    """What was said of the columns is not enough to read the table."""


@click.command("columns")
@vault_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "said",
    multiple=True,
    metavar="COLUMN=WHAT",
    help="WHAT is time, end, device, note or leave, or METRIC:UNIT such as BloodGlucose:mg/dL.",
)
@click.option(
    "--order",
    type=click.Choice([one.value for one in Order]),
    help="Order of dates, where the file leaves it open.",
)
@click.option(
    "--decimals",
    type=click.Choice([one.value for one in Decimals]),
    help="What parts decimals, where the file leaves it open.",
)
@click.option("--utc", is_flag=True, help="Times without a zone are UTC, not the clock of the place.")
@click.option("--device", default="", help="What measured it, where no column says so.")
@secret_options
@json_option
def command(
    vault: Path,
    file: Path,
    secret: Secret,
    *,
    said: tuple[str, ...],
    order: str | None,
    decimals: str | None,
    utc: bool,
    device: str,
    as_json: bool,
) -> None:
    """See the columns of a table, or say what they are with --map. It is used for files with the same columns."""
    with open_asking(vault, secret) as opened:
        found = look_at_table(open_path(file), own_tables(opened))
        if not said and not order and not decimals:
            click.echo(json.dumps(_as_json(found), ensure_ascii=False) if as_json else "\n".join(_as_text(found)))
            return
        answers = Said(
            uses=_uses(said, found),
            order=Order(order) if order else None,
            decimals=Decimals(decimals) if decimals else None,
            utc=utc,
            device=device,
        )
        missing = missing_from(answers, found.columns)
        if missing:
            raise ColumnsUnclear(" ".join(sentence for _, sentence in missing))
        mapping = mapping_of(answers, found.columns, file_name=file.name, known=found.mapping)
        remember(opened, mapping)
    readings = first_readings(mapping, found.names, found.rows)
    if as_json:
        saved = {"saved": asdict(mapping), "readings": [one._asdict() for one in readings]}
        click.echo(json.dumps(saved, ensure_ascii=False))
    else:
        click.echo("\n".join(_told(mapping, readings)))


def _uses(said: tuple[str, ...], found: TableSeen) -> dict[str, str]:
    """Read COLUMN=WHAT; with none at all, what is known of the table already. Raises ColumnsUnclear."""
    names = {same_name(name): name for name in found.names}
    uses = known_uses(found.mapping, found.columns) if found.mapping and not said else {}
    for one in said:
        column, equals, what = one.rpartition("=")
        if not equals or same_name(column) not in names:
            there = printable(", ".join(filter(None, found.names)))
            raise ColumnsUnclear(f"There is no such column: {printable(column or one)}. Columns: {there}.")
        uses[names[same_name(column)]] = what if what in ROLES else _metric(what)
    return uses


def _metric(what: str) -> str:
    """Give the whole name of a metric for the end of it that a person types."""
    metric, _, unit = what.partition(":")
    whole = {short_metric(one.metric).casefold(): one.metric for one in measurable()}
    return f"{whole.get(metric.casefold(), metric)}:{unit}"


def _as_json(found: TableSeen) -> dict[str, Any]:
    return {
        "columns": [asdict(column) for column in found.columns],
        "rows": found.rows,
        "mapping": found.mapping and asdict(found.mapping),
        "metrics": [
            {"metric": one.metric, "units": one.units, "name": metrics().metric(one.metric).name}
            for one in measurable()
        ],
    }


def _as_text(found: TableSeen) -> Iterator[str]:
    for place, column in enumerate(found.columns):
        first = [row[place] for row in found.rows if row[place]]
        yield printable(
            f"{column.name or '(no name)'}: {column.looks}, such as {', '.join(first[:3]) or 'nothing'}"
        )
    if found.mapping:
        yield f"\nThese columns are known: {printable(found.mapping.name)}"
        yield from map(printable, described(found.mapping))
    else:
        yield "\nThese columns are not known yet. Say what they are, for example:"
        yield '  --map "COLUMN=time" --map "COLUMN=BloodGlucose:mg/dL" --map "COLUMN=note"'
        yield f"Metrics: {', '.join(dict.fromkeys(short_metric(one.metric) for one in measurable()))}"


def _told(mapping: TableMapping, readings: tuple[RowReading, ...]) -> Iterator[str]:
    yield "Remembered for files with these columns:"
    yield from (f"  {printable(line)}" for line in described(mapping))
    yield "The first readings, as they are understood:"
    for one in readings:
        name = short_metric(one.metric)
        yield printable(f"  {moment_text(one.start, one.offset)}  {name}  {one.value} {one.unit}".rstrip())
    if not readings:
        yield "  None. Look at what you said of the columns."
