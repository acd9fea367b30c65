"""`secondlens read FILE...`: what files hold, without a vault."""

import json
import sys
from pathlib import Path

import click

from secondlens.actions.importing import ReadFile, holdings, read_paths
from secondlens.cli._bar import bar
from secondlens.cli._lines import facts_of, plain_facts
from secondlens.cli._receipts import json_of, lines_of
from secondlens.cli._vault import json_option


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Show what files hold, record by record, then a receipt for each file. Nothing is kept."""
    problem = False
    # Where the records themselves are seen coming, a bar would only stand between them.
    with bar("Reading", wanted=not sys.stdout.isatty()) as watch:
        for read in read_paths(files, watch=watch):
            problem = problem or read.problem is not None
            click.echo(_as_json(read) if as_json else _as_text(read))
    if problem:
        sys.exit(3)


def _as_json(read: ReadFile) -> str:
    told = [*map(facts_of, read.records), {"receipt": json_of(holdings(read))}]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in told)


def _as_text(read: ReadFile) -> str:
    return "\n".join((*map(plain_facts, read.records), *lines_of(holdings(read))))
