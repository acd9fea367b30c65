"""Serve the app on this computer alone, and open the browser on it."""

import webbrowser

import click

from secondlens.web.app import serve
from secondlens.web.door import Door

port_option = click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes any free one.")
no_open_option = click.option("--no-open", is_flag=True, help="Print the address; open no browser.")


def serve_door(door: Door, *, no_open: bool) -> None:
    """Serve until Ctrl+C. Prints the address; with a browser opens it."""

    def ready(address: str) -> None:
        click.echo(f"Secondlens is open at {address}\nKeep this window open. Press Ctrl+C to lock and leave.")
        if not no_open:
            webbrowser.open(address)

    serve(door, ready)
