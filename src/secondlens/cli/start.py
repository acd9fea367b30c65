"""`secondlens` alone: the start page, to make a vault, open a recent one or look at the sample."""

from secondlens.cli._serve import serve_door
from secondlens.web.door import Door


def start() -> None:
    """Serve the start page and open the browser on it."""
    serve_door(Door(port=0), no_open=False)
