"""`secondlens check VAULT`: tell whether every byte is still what was written."""

import json
from pathlib import Path

import click

from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.errors import Damaged


@click.command("check")
@vault_argument
@click.option("--quick", is_flag=True, help="Only the key files, and whether an older copy was put back.")
@click.option("--full", is_flag=True, help="Also read every original file and compare its fingerprint.")
@click.option("--accept-copy", is_flag=True, help="Go on with this copy although another one went further.")
@secret_options
@json_option
def command(vault: Path, secret: Secret, *, quick: bool, full: bool, accept_copy: bool, as_json: bool) -> None:
    """Check that a vault is whole: its keys, every page, every record, and the list of all that was written."""
    if quick and full:
        raise click.UsageError("--quick and --full do not go together.")
    with open_asking(vault, secret) as opened:
        if accept_copy:
            opened.accept_copy()
        report = opened.check_quickly() if quick else opened.check(full=full)
    if as_json:
        facts = {"ok": report.ok, "records": report.records, "documents": report.documents}
        click.echo(json.dumps(facts | {"findings": list(report.findings), "affected": list(report.affected)}))
    elif report.ok and quick:
        click.echo("The keys of your vault are whole, and nothing is older than it should be.")
    elif report.ok:
        click.echo(
            f"Your vault is whole: {report.records} records and {report.documents} original files, all readable."
        )
    if not report.ok:
        for name in () if as_json else report.affected:
            click.echo(f"Affected: {printable(name)}")
        raise Damaged("\n".join(report.findings))
