"""`secondlens packet VAULT --out FILE.pdf`: print the packet of a case."""

from datetime import date
from pathlib import Path

import click

from secondlens.actions.packets import print_packet
from secondlens.cli._vault import open_asking, passphrase_option, vault_argument
from secondlens.errors import NotAllowed


@click.command("packet")
@vault_argument
@click.option("--case", "case_id", help="Which case, by its id; needed only when there is more than one.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The PDF file to write.")
@passphrase_option
def command(vault: Path, case_id: str | None, out: Path, passphrase_file: Path | None) -> None:
    """Print the packet of a case as PDF."""
    with open_asking(vault, passphrase_file) as opened:
        printed = print_packet(opened, case_id, date.today())  # noqa: DTZ011  (the person's own calendar day)
    try:
        out.write_bytes(printed.pdf)
    except OSError as error:
        raise NotAllowed(f"The packet could not be written to {out}. Choose another folder.") from error
    click.echo(f"Your packet is ready: {out}")
