"""`secondlens packet VAULT --out FILE.pdf`: print the packet of a case."""

import os
from pathlib import Path

import click

from secondlens.actions.packets import print_packet
from secondlens.actions.today import today
from secondlens.cli._vault import Secret, open_asking, secret_options, vault_argument
from secondlens.errors import NotAllowed


@click.command("packet")
@vault_argument
@click.option("--case", "case_id", help="Which case, by its id; needed only when there is more than one.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The PDF file to write.")
@secret_options
def command(vault: Path, case_id: str | None, out: Path, secret: Secret) -> None:
    """Print the packet of a case as PDF. A file that is there already is never written over."""
    _refuse_place(vault, out)
    with open_asking(vault, secret) as opened:
        printed = print_packet(opened, case_id, today())
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(printed.pdf)
    except OSError as error:
        raise NotAllowed(f"The packet could not be written to {out}. Choose another folder.") from error
    click.echo(f"Your packet is ready: {out}")


def _refuse_place(vault: Path, out: Path) -> None:
    """Refuse before anything is made: the vault's own folder, a file that is there, a folder that is not."""
    if vault.resolve() in out.resolve().parents:
        raise NotAllowed("This place is inside the vault. Choose another folder for the packet.")
    if out.exists():
        raise NotAllowed(f"There is a file at {out} already. Choose another name.")
    if not out.parent.is_dir():
        raise NotAllowed(f"There is no folder {out.parent}. Make it first, or choose another.")
