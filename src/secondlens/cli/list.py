"""`secondlens list VAULT`: the records, a line each."""

from pathlib import Path

import click

from secondlens.cli._lines import json_line, plain_line
from secondlens.cli._vault import json_option, open_asking, passphrase_option, vault_argument


@click.command("list")
@vault_argument
@click.option("--kind", help="Only one kind, by its FHIR name: Condition, Observation, Immunization...")
@passphrase_option
@json_option
def command(vault: Path, kind: str | None, passphrase_file: Path | None, *, as_json: bool) -> None:
    """List the records of a vault, newest first within each kind."""
    with open_asking(vault, passphrase_file) as opened:
        for kept in opened.list(kind):
            click.echo(json_line(kept) if as_json else plain_line(kept))
