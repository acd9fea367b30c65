"""`secondlens restore BACKUP NEWVAULT`: a vault from a backup, checked before it is there."""

import json
from pathlib import Path

import click

from secondlens.cli._vault import Secret, json_option, secret_options
from secondlens.vault import restore_vault


@click.command("restore")
@click.argument("copy", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("vault", metavar="NEWVAULT", type=click.Path(path_type=Path))
@secret_options
@json_option
def command(copy: Path, vault: Path, secret: Secret, *, as_json: bool) -> None:
    """Make a vault in a new place from a backup. No other vault is touched."""
    with restore_vault(copy.absolute(), vault, **secret.read()) as opened:
        report = opened.check()
    facts = {"vault": str(opened.folder), "records": report.records, "documents": report.documents}
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(
            f"Restored and checked: {opened.folder}\n  {report.records} records, {report.documents} original files"
        )
