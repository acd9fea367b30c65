"""`secondlens search VAULT WORDS`: find records by words, best first."""

from pathlib import Path

import click

from secondlens.cli._lines import json_line, plain_line
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument


@click.command("search")
@vault_argument
@click.argument("words", nargs=-1, required=True)
@secret_options
@json_option
def command(vault: Path, words: tuple[str, ...], secret: Secret, *, as_json: bool) -> None:
    """Find records by words, best first."""
    with open_asking(vault, secret) as opened:
        found = opened.search(" ".join(words))
        for hit in found:
            click.echo(json_line(hit.kept) if as_json else plain_line(hit.kept))
    if not found and not as_json:
        click.echo("Nothing found. Try fewer words, or another word for the same thing.", err=True)
