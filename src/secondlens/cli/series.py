"""`secondlens series VAULT [METRIC]`: readings of devices, and their figures day by day."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.content import metrics
from secondlens.domain.measure import Measure, plain_time
from secondlens.errors import NotFound
from secondlens.vault import Day, Reading, Series, Vault


@click.command("series")
@vault_argument
@click.argument("metric", required=False)
@click.option("--by", type=click.Choice(["day"]), help="Put the readings of each day together.")
@secret_options
@json_option
def command(vault: Path, metric: str | None, by: str | None, secret: Secret, *, as_json: bool) -> None:
    """List the readings of devices: the metrics there are, every reading of one, or its days.

    METRIC is a plain name as the list shows it ("Heart rate"), or the name the device gives it, or the end of that
    (HeartRate). Each source stands for itself, because a watch and a phone count the same steps.
    """
    with open_asking(vault, secret) as opened:
        name = _name_of(metric, opened) if metric else None
        found: Iterable[Series | Day | Reading]
        if by:
            found = opened.days(name)
        elif name:
            found = opened.readings(name)
        else:
            found = opened.series()
        for one in found:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False) if as_json else printable(_as_text(one)))


def _name_of(said: str, opened: Vault) -> str:
    """Find the metric that is meant. Raises NotFound, so that a slip does not read as "nothing was kept"."""
    names = list(dict.fromkeys(one.metric for one in opened.series()))
    if said in names:
        return said
    found = [name for name in names if said.casefold() in (_short(name).casefold(), _plain(name).casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"More than one metric has this name. Say which: {printable(', '.join(found))}.")
    there = f"Metrics in this vault: {', '.join(map(_plain, names))}." if names else "It holds no readings yet."
    raise NotFound(f"There is no metric with this name in this vault. {printable(there)}")


def _short(metric: str) -> str:
    return metric.rpartition("TypeIdentifier")[2]


def _plain(metric: str) -> str:
    return metrics().metric(metric).name


def _as_json(one: Series | Day | Reading) -> dict[str, Any]:
    return asdict(one)


def _as_text(one: Series | Day | Reading) -> str:
    return "  ".join(part for part in _parts(one) if part)


def _parts(one: Series | Day | Reading) -> Iterator[str]:
    measure = metrics().measure(one.metric, one.unit)
    match one:
        case Series():
            yield measure.name
            yield one.source
            yield f"{one.count} {'summaries' if one.summary else 'readings'}"
            yield f"{one.first[:10]} to {one.last[:10]}"
            yield measure.unit
        case Day():
            code = metrics().code(one.metric, one.code) if one.low is None else ""
            yield from (one.day, measure.name, one.source, code, f"{one.count} readings")
            yield _figures(one, measure)
        case Reading():
            yield from (
                one.start,
                "" if one.end == one.start else f"to {one.end}",
                _value(one, measure),
                one.source,
            )


def _value(one: Reading, measure: Measure) -> str:
    value = one.value
    return metrics().code(one.metric, value) if isinstance(value, str) else measure.exactly(value)


def _figures(one: Day, measure: Measure) -> str:
    if one.low is None or one.high is None:
        return f"{plain_time(one.total)} in all"
    if measure.best == "sum":
        return f"{measure.exactly(one.total)} in all"
    return f"{measure.exactly(one.low)} to {measure.exactly(one.high)}"
