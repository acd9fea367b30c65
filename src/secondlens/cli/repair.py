"""`secondlens repair VAULT`: mend a damaged vault from what can be read and the newest backup."""

import json
from pathlib import Path

import click

from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, secret_options, vault_argument
from secondlens.errors import NotAllowed
from secondlens.vault import repair_vault


@click.command("repair")
@vault_argument
@click.option("--backups", type=click.Path(path_type=Path), help="Where its backups are, usually NAME.backups.")
@secret_options
@json_option
def command(vault: Path, backups: Path | None, secret: Secret, *, as_json: bool) -> None:
    """Mend a damaged vault. The damaged folder is copied aside first; what cannot be saved is named."""
    if secret.identity:
        raise NotAllowed("Only the owner can mend this vault: use the passphrase or the recovery code.")
    mended = repair_vault(vault, backups=backups and backups.absolute(), **secret.read())
    if as_json:
        facts = {"aside": str(mended.aside), "healed": mended.healed, "lost": list(mended.lost)}
        click.echo(json.dumps(facts | {"records": mended.records, "documents": mended.documents}))
        return
    click.echo(f"Mended and checked: {mended.records} records, {mended.documents} original files")
    click.echo(f"The damaged folder as it was: {mended.aside}")
    if mended.healed:
        click.echo(f"Brought back from a backup: {mended.healed} parts")
    for name in mended.lost:
        click.echo(f"Lost: {printable(name)}")
    if not mended.lost:
        click.echo("Nothing was lost.")
