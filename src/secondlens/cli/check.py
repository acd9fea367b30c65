"""`secondlens check VAULT`: tell whether every byte is still what was written."""

import json
from pathlib import Path

import click

from secondlens.cli._vault import json_option, open_asking, passphrase_option, vault_argument
from secondlens.errors import Damaged


@click.command("check")
@vault_argument
@click.option("--full", is_flag=True, help="Also read every original file and compare its fingerprint.")
@passphrase_option
@json_option
def command(vault: Path, passphrase_file: Path | None, *, full: bool, as_json: bool) -> None:
    """Check that a vault is whole. Changes nothing."""
    with open_asking(vault, passphrase_file) as opened:
        report = opened.check(full=full)
    if as_json:
        facts = {"ok": report.ok, "records": report.records, "documents": report.documents}
        click.echo(json.dumps(facts | {"findings": list(report.findings)}))
    elif report.ok:
        click.echo(
            f"Your vault is whole: {report.records} records and {report.documents} original files, all readable."
        )
    if not report.ok:
        raise Damaged("\n".join(report.findings))
