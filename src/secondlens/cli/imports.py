"""`secondlens imports VAULT`: what was brought in, and taking an import back."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from secondlens.actions.taking_back import take_back
from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.vault import Import, Withdrawn


@click.command("imports")
@vault_argument
@click.option("--take-back", "run", metavar="RUN", help="Take everything back that this import brought.")
@click.option("--yes", is_flag=True, help="Take back without asking.")
@secret_options
@json_option
def command(vault: Path, run: str | None, secret: Secret, *, yes: bool, as_json: bool) -> None:
    """List the imports of a vault, the newest first, each with its name; or take one back.

    What other files say too stays, and what you changed since stays as you wrote it. Nothing is deleted.
    """
    with open_asking(vault, secret) as opened:
        if run is None:
            for one in opened.imports():
                click.echo(json.dumps(asdict(one), ensure_ascii=False) if as_json else printable(_as_text(one)))
            return
        if not yes:
            click.confirm("Take back everything that this import brought?", abort=True, err=as_json)
        withdrawn = take_back(opened, run)
    click.echo(json.dumps(asdict(withdrawn)) if as_json else "\n".join(_lines(withdrawn)))


def _as_text(one: Import) -> str:
    brought = f"{one.records} new or changed, {one.readings} readings"
    state = f"taken back {one.taken_back_at[:16]}" if one.taken_back_at else brought
    return f"{one.run}  {one.at[:16].replace('T', ' ')}  {state}  {', '.join(one.files)}"


def _lines(withdrawn: Withdrawn) -> Iterator[str]:
    yield f"Out of sight: {withdrawn.gone}"
    yield f"Told by another file too, so it stays: {withdrawn.told_elsewhere}"
    yield f"Reads as before: {withdrawn.as_before}"
    yield f"Changed since, so it stays: {withdrawn.changed_since}"
    yield f"Readings of devices that went: {withdrawn.readings}"
