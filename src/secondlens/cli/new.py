"""`secondlens new VAULT`: make a vault, and show its recovery code once."""

import json
import shutil
from pathlib import Path

import click

from secondlens.cli._vault import (
    json_option,
    passphrase_option,
    read_passphrase,
    refuse_no_keyboard,
    vault_argument,
)
from secondlens.cli.keys import confirm_code
from secondlens.errors import NotAllowed
from secondlens.vault import NewVault, create_vault


class CodeNotShown(NotAllowed):
    """The recovery code could not be printed."""


@click.command("new")
@vault_argument
@passphrase_option
@json_option
def command(vault: Path, passphrase_file: Path | None, *, as_json: bool) -> None:
    """Make a vault, and show its recovery code once."""
    passphrase = read_passphrase(passphrase_file) if passphrase_file else _ask()
    made = create_vault(vault, passphrase)
    try:
        click.echo(_as_json(made) if as_json else _as_text(made))
    except OSError as error:
        # A code that nobody saw is a way in that nobody has: better no vault than that one.
        made.vault.close()
        shutil.rmtree(made.vault.folder)
        raise CodeNotShown(
            "The recovery code could not be shown, so no vault was made. Try again in a window."
        ) from error
    with made.vault:
        if not (passphrase_file or as_json):
            confirm_code(made.recovery_code)
            made.vault.check_recovery_code(made.recovery_code)
            click.echo("That is right. Your vault is ready.")


def _as_json(made: NewVault) -> str:
    return json.dumps({"vault": str(made.vault.folder), "recovery_code": made.recovery_code})


def _as_text(made: NewVault) -> str:
    return (
        f"Your vault is made: {made.vault.folder}\n\n"
        "Recovery code. Write it on paper now; it is shown only this once:\n\n"
        f"    {made.recovery_code}\n\n"
        "It opens the vault if you forget the passphrase. Keep it away from this computer.\n"
        "Without both, nobody can open the vault, and neither can we."
    )


def _ask() -> str:
    refuse_no_keyboard()
    click.echo("Choose a passphrase of four words or more. You need it each time you open the vault.")
    passphrase: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt="The same again")
    return passphrase
