"""The real server in a process of its own, with clocks that a test can put forward, and raw sockets to ask it.

A page that a test asks for is written out byte by byte: nothing between it and the server mends or refuses it.
"""

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from secondlens.vault import LEAST_COST, Vault, create_vault
from tests.web.conftest import PASSPHRASE

# Serves a vault as the program does. `FOLDER/clock` and `FOLDER/wall` hold the seconds each clock is put forward.
_SERVER = """
import sys
from pathlib import Path
from time import monotonic, time
from secondlens.vault import open_vault
from secondlens.web.app import serve
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
folder, passphrase, place = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
ahead = lambda name: float((place / name).read_text() or 0)
door = Door(port=0, remembered=Remembered(place), clock=lambda: monotonic() + ahead("clock"),
            wall=lambda: time() + ahead("wall"), folder=folder)
if passphrase:
    door.take(open_vault(folder, passphrase=passphrase))
serve(door, lambda address: print(address if not passphrase else door.let_in_once(), flush=True))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer as it came over the wire; status 0 when the connection just ended."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value.decode() for key, value in self.headers if key == name.lower().encode()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started server: process, port, the first address it printed, the folder of its clocks and state."""

    process: subprocess.Popen[str]
    port: int
    address: str
    place: Path

    def put_forward(self, name: str, seconds: float) -> None:
        """Let "clock" or "wall" be so many seconds ahead."""
        new = self.place / f"{name}.new"
        new.write_text(str(seconds))
        new.replace(self.place / name)

    def come_in(self) -> str:
        """Spend the one-use address; gives the session token."""
        page = self.ask("GET", self.address.removeprefix(f"http://127.0.0.1:{self.port}"))
        found = re.search(rb"url=/s/([^/]+)/", page.body)
        assert found, page
        return found[1].decode()

    def unlock(self, passphrase: str = PASSPHRASE) -> str:
        """Unlock at the front door; gives the session token."""
        answer = self.post("/unlock", {"passphrase": passphrase})
        assert answer.status == 303, answer
        return (answer.header("location") or "").split("/")[2]

    def next_line(self) -> str:
        """The next line the program prints, such as that it is locked; waits for it."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if "http" in line)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        wait: float = 15,
    ) -> Reply:
        """Send one whole request."""
        told = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        return self.say(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body, wait=wait)

    def post(self, path: str, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> Reply:
        """Send a form as our own page would."""
        body = urlencode(list(fields.items() if isinstance(fields, Mapping) else fields)).encode()
        own = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        return self.ask("POST", path, own, body)

    def say(self, request: bytes, *, wait: float = 15) -> Reply:
        """Send anything and read until the other side ends it."""
        with self.connect(wait) as connection:
            with suppress(OSError):  # ended while we still talk; what was answered may be there all the same
                connection.sendall(request)
            return read_reply(connection)

    def connect(self, wait: float = 15) -> socket.socket:
        """A raw connection; a silence longer than `wait` seconds raises TimeoutError."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=wait)


def read_reply(connection: socket.socket) -> Reply:
    """Read one answer until the connection ends."""
    answer = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            answer += piece
    return parse(answer)


def parse(answer: bytes) -> Reply:
    """Take an answer apart."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    status = int(first.split()[1]) if first.startswith(b"HTTP/1.1 ") else 0
    pairs = (line.partition(b":")[::2] for line in lines)
    return Reply(status=status, headers=tuple((key.lower(), value.strip()) for key, value in pairs), body=body)


def make_vault(folder: Path) -> Vault:
    """A new vault at the least cost there may be."""
    return create_vault(folder, PASSPHRASE, cost=LEAST_COST).vault


@contextmanager
def serving_vault(
    folder: Path, place: Path, *, opened: bool = True, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Serve a vault, open or locked, with clocks to put forward."""
    for name in ("clock", "wall"):
        (place / name).write_text("0")
    command = [sys.executable, "-c", _SERVER, str(folder), PASSPHRASE if opened else "", str(place)]
    with running(command, place, environment) as it:
        yield it


@contextmanager
def program(*arguments: str, place: Path, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start our own program as a person would."""
    with running([sys.executable, "-m", "secondlens", *arguments], place, environment) as it:
        yield it


@contextmanager
def running(command: list[str], place: Path, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start a command that serves, wait for the address it prints, and stop it at the end."""
    own = {"XDG_STATE_HOME": str(place), "HOME": str(place), "PATH": "/usr/bin:/bin", **(environment or {})}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=own,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        told = ""
        try:
            for line in process.stdout:
                told += line
                if found := re.search(r"http://127\.0\.0\.1:(\d+)/\S*", line):
                    yield Running(process=process, port=int(found[1]), address=found[0], place=place)
                    break
            else:
                raise AssertionError(told)
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End a program as Ctrl+C does, harder when it does not listen."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(sign)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue
    if process.stdout is not None:
        process.stdout.close()


def copy_of(folder: Path, place: Path) -> Path:
    """A copy of a vault folder, to be changed freely."""
    return Path(shutil.copytree(folder, place / folder.name))
