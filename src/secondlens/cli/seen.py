"""`secondlens seen VAULT`: who saw what."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument


@click.command("seen")
@vault_argument
@click.option("--most", type=click.IntRange(1), default=200, help="How many lines, the newest first (200).")
@secret_options
@json_option
def command(vault: Path, most: int, secret: Secret, *, as_json: bool) -> None:
    """List who saw what: openings, failed tries, what was taken out, key changes, and what helpers read."""
    with open_asking(vault, secret) as opened:
        lines = opened.audit(most)
    for line in lines:
        if as_json:
            click.echo(json.dumps(asdict(line), ensure_ascii=False))
        else:
            parts = (line.at[:19].replace("T", " "), line.action, line.who, line.object, f"on {line.device}")
            click.echo(printable("  ".join(part for part in parts if part)))
