"""`secondlens new VAULT`: make a vault, and show its recovery code once."""

import json
from pathlib import Path

import click

from secondlens.cli._vault import json_option, passphrase_option, read_passphrase, vault_argument
from secondlens.vault import create_vault


@click.command("new")
@vault_argument
@passphrase_option
@json_option
def command(vault: Path, passphrase_file: Path | None, *, as_json: bool) -> None:
    """Make a vault, and show its recovery code once."""
    passphrase = read_passphrase(passphrase_file) if passphrase_file else _ask()
    made = create_vault(vault, passphrase)
    made.vault.close()
    if as_json:
        click.echo(json.dumps({"vault": str(made.vault.folder), "recovery_code": made.recovery_code}))
        return
    click.echo(f"Your vault is ready: {made.vault.folder}\n")
    click.echo("Recovery code. Write it on paper now; it is shown only this once:\n")
    click.echo(f"    {made.recovery_code}\n")
    click.echo("It opens the vault if you forget the passphrase. Keep it away from this computer.")
    click.echo("Without both, nobody can open the vault, and neither can we.")


def _ask() -> str:
    click.echo("Choose a passphrase of four words or more. You need it each time you open the vault.")
    passphrase: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt="The same again")
    return passphrase
