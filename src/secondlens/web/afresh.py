"""The program that takes over at the lock (`process.replace`): the same vault on the same port, still closed.

`python -m secondlens.web.afresh PIPE [SOCKET]`, numbers of open files. What it must know comes through the pipe.
"""

import os
import socket
import sys
from pathlib import Path

import msgspec

from secondlens.errors import SecondlensError
from secondlens.web import process
from secondlens.web.app import Told, serve
from secondlens.web.door import Door


def main(pipe: int, listening: socket.socket | None) -> None:
    """Serve the locked vault until stopped."""
    process.keep_memory_private()
    with os.fdopen(pipe, "rb") as reading:
        told = msgspec.json.decode(reading.read(), type=Told)
    door = Door(port=told.port, folder=Path(told.folder), sample=told.sample, wrong_tries=told.wrong_tries)
    serve(door, _say_locked, listening=listening)


def _say_locked(address: str) -> None:
    sys.stdout.write(f"Secondlens is locked. To unlock it, go to {address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])) if len(sys.argv) > 2 else None)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing more was changed.\n")
        sys.exit(130)
    except SecondlensError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(7)
