"""Serve the app on this computer alone, and open the browser on it."""

import webbrowser

import click

from secondlens.web.app import serve
from secondlens.web.door import LAUNCH_SECONDS, Door
from secondlens.web.launch import write_launch_file

port_option = click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes any free one.")
no_open_option = click.option("--no-open", is_flag=True, help="Print the address; open no browser.")
_KEEP = "Keep this window open. Press Ctrl+C to lock and leave."


def serve_door(door: Door, *, no_open: bool) -> None:
    """Serve until Ctrl+C. Prints the address; with a browser opens it."""
    serve(door, lambda address: _show_address(door, address) if no_open else _open_browser(door, address))


def _show_address(door: Door, address: str) -> None:
    """A locked vault is opened at the front door; anything else needs the one-use address, printed here alone."""
    locked = door.folder is not None and door.vault is None
    click.echo(f"Secondlens is open at {address if locked else door.let_in_once()}")
    if not locked:
        click.echo(f"This address works once, within {LAUNCH_SECONDS} seconds. Later, go to {address}")
    click.echo(_KEEP)


def _open_browser(door: Door, address: str) -> None:
    """Open the browser on a file that leads in: what stands on a command line can be read by other accounts."""
    click.echo(f"Secondlens is open at {address}")
    if door.folder is not None and door.vault is None:
        click.echo(_KEEP)
        webbrowser.open(address)
        return
    way_in = door.let_in_once()
    try:
        door.launch_file = write_launch_file(door.remembered.folder, way_in, LAUNCH_SECONDS)
    except OSError:
        door.launch_file = None
    click.echo(_when_nothing_opens(door, address, way_in))
    click.echo(_KEEP)
    if door.launch_file is not None:
        webbrowser.open(door.launch_file.as_uri())


def _when_nothing_opens(door: Door, address: str, way_in: str) -> str:
    """Some packaged browsers may not read the file; a disk may not take it."""
    if door.vault is None:
        return f"If no page opens by itself, go to {way_in} (works once, within {LAUNCH_SECONDS} seconds)."
    return f"If no page opens by itself, go to {address} and type the passphrase."
