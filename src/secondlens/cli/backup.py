"""`secondlens backup VAULT FOLDER`: a locked copy, verified, and on demand proven by restoring it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.vault import list_backups, prune


@click.command("backup")
@vault_argument
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--prove", is_flag=True, help="Also restore it into a fresh folder, and check all of it there.")
@click.option(
    "--prune", "thin", is_flag=True, help="Keep one for each of 7 days, 4 weeks and 12 months; remove the rest."
)
@secret_options
@json_option
def command(vault: Path, folder: Path, secret: Secret, *, prove: bool, thin: bool, as_json: bool) -> None:
    """Write a locked copy of a vault into FOLDER, and check all of it."""
    with open_asking(vault, secret) as opened:
        made = opened.back_up(folder.absolute())
        proof = opened.prove_backup(made) if prove else None
        proven = next((line.object for line in opened.audit(1, "restore-proven")), None)
    mine = list_backups(folder.absolute(), made.vault_id)
    gone = prune(mine, datetime.now(UTC).date(), proven) if thin else ()
    if as_json:
        facts = {"backup": str(made.folder), "records": made.records, "documents": made.documents}
        click.echo(json.dumps(facts | {"proven": proof is not None, "removed": [one.name for one in gone]}))
        return
    click.echo(
        f"Backup made and checked: {made.folder}\n  {made.records} records, {made.documents} original files"
    )
    if proof:
        click.echo("Restored into a fresh folder, and all of it came back.")
    for one in gone:
        click.echo(f"Removed, no longer needed: {one.name}")
