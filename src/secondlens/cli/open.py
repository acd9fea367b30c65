"""`secondlens open VAULT`: the app in the browser."""

from pathlib import Path

import click

from secondlens.cli._serve import no_open_option, port_option, serve_door
from secondlens.cli._vault import passphrase_option, read_passphrase, vault_argument
from secondlens.errors import NotFound
from secondlens.vault import open_vault
from secondlens.web.door import Door


@click.command("open")
@vault_argument
@port_option
@no_open_option
@passphrase_option
def command(vault: Path, port: int, passphrase_file: Path | None, *, no_open: bool) -> None:
    """Open a vault in the browser. The passphrase is asked for there, unless it comes from a file."""
    if not vault.exists():
        raise NotFound(f"There is no vault at {vault}. Check the name and the folder.")
    door = Door(port=port, folder=vault)
    if passphrase_file:
        door.take(open_vault(vault, passphrase=read_passphrase(passphrase_file)))
    serve_door(door, no_open=no_open)
