"""`secondlens search VAULT WORDS`: find records by words, best first."""

from pathlib import Path

import click

from secondlens.cli._lines import json_line, plain_line
from secondlens.cli._vault import json_option, open_asking, passphrase_option, vault_argument


@click.command("search")
@vault_argument
@click.argument("words", nargs=-1, required=True)
@passphrase_option
@json_option
def command(vault: Path, words: tuple[str, ...], passphrase_file: Path | None, *, as_json: bool) -> None:
    """Find records by words, best first."""
    with open_asking(vault, passphrase_file) as opened:
        found = opened.search(" ".join(words))
        for hit in found:
            click.echo(json_line(hit.kept) if as_json else plain_line(hit.kept))
    if not found and not as_json:
        click.echo("Nothing found. Try fewer words, or another word for the same thing.", err=True)
