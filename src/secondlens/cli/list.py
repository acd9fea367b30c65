"""`secondlens list VAULT`: the records, a line each."""

from pathlib import Path

import click

from secondlens.cli._lines import json_line, plain_line
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.domain.kinds import KINDS
from secondlens.errors import NotFound
from secondlens.vault import Vault


@click.command("list")
@vault_argument
@click.option("--kind", help="Only one kind, by its FHIR name: Condition, Observation, Immunization...")
@secret_options
@json_option
def command(vault: Path, kind: str | None, secret: Secret, *, as_json: bool) -> None:
    """List the records of a vault, newest first within each kind."""
    with open_asking(vault, secret) as opened:
        _refuse_unknown(kind, opened)
        for kept in opened.list(kind):
            click.echo(json_line(kept) if as_json else plain_line(kept))


def _refuse_unknown(kind: str | None, opened: Vault) -> None:
    """Raise NotFound for a word that is no kind, so that a slip does not read as "nothing was kept"."""
    present = [name for name, _ in opened.counts()]
    if kind and kind not in present and kind not in {known.__name__ for known in KINDS}:
        there = f"Kinds in this vault: {', '.join(present)}." if present else "This vault holds no records yet."
        raise NotFound(f"There is no kind with this name. {there}")
