"""`secondlens demo`: the sample person's vault from real files, her packet, and the app over it."""

from pathlib import Path

import click

from secondlens.actions.demo import build_sample
from secondlens.actions.today import today
from secondlens.cli._serve import no_open_option, port_option, serve_door
from secondlens.vault import open_vault
from secondlens.web.door import Door


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    help="Where to put it (default: demo).",
)
@click.option("--once", is_flag=True, help="Stop after building.")
@port_option
@no_open_option
def command(folder: Path, port: int, *, once: bool, no_open: bool) -> None:
    """Look at the sample person: a made-up vault from real files, her packet, and the app over it."""
    made = build_sample(folder, today())
    for receipt in made.receipts:
        readings = f", {receipt.samples} readings" if receipt.samples else ""
        kept = f"{receipt.new + receipt.as_text} kept{readings}, {len(receipt.unread)} not read"
        click.echo(f"  {Path(receipt.path).name}: {receipt.problem or kept}")
    click.echo(f"Made-up sample person. Vault: {made.vault_folder}")
    click.echo(f"Its passphrase, public on purpose: {made.passphrase}")
    click.echo(f"Packet: {made.packet}")
    if not once:
        door = Door(port=port)
        door.take(open_vault(made.vault_folder, passphrase=made.passphrase), sample=True)
        serve_door(door, no_open=no_open)
