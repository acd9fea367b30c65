"""H6 of the battery: slow, endless, too many and too much."""

import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

from secondlens.web.connection import MOST_CONNECTIONS, SECONDS_TO_ASK
from secondlens.web.security import IMPORT
from tests.web.running import Reply, Running, parse, read_reply

MOST_GROWTH = 64 * 1024 * 1024


class Tally(Protocol):
    """What a row of the battery counts with."""

    wrong: list[str]

    def refuse(self, what: str, reply: Reply, *statuses: int) -> None:
        """Count a request that must be refused."""

    def look(self, what: str, reply: Reply) -> None:
        """Count a request that may be answered."""


def slow_headers(it: Running, row: Tally, *, short: bool) -> None:
    """Headers that never end, also in a second request, keep nobody out."""
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\n".encode()
    with ExitStack() as stack:
        began = time.monotonic()
        slow = [stack.enter_context(it.connect()) for _ in range(MOST_CONNECTIONS if short else 300)]
        for connection in slow:
            with suppress(OSError):  # some have made room already
                connection.sendall(head)
        row.look("while many are slow", it.ask("GET", "/"))
        second = stack.enter_context(it.connect())
        second.sendall(head + b"\r\n")
        answer = second.recv(65536)
        row.look("a first request", parse(answer))
        slow.append(second)
        while time.monotonic() < began + SECONDS_TO_ASK + 3:
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b"X")
            time.sleep(0.5)  # the slowness itself
        for connection in slow:
            row.refuse("slow headers", _ended(connection), 0)


def many_connections(it: Running, row: Tally, *, short: bool) -> None:  # noqa: ARG001  (all attacks take it)
    """The connection after the last place is told so, and unfinished forms give theirs back."""
    head = f"POST /unlock HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\nOrigin: http://127.0.0.1:{it.port}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
    with ExitStack() as stack:
        held = [stack.enter_context(it.connect(20)) for _ in range(MOST_CONNECTIONS)]
        for connection in held:
            connection.sendall((head + kind).encode())
            if not connection.recv(100).startswith(b"HTTP/1.1 100 "):  # now its form is waited for
                row.wrong.append("no place was given")
        with it.connect() as connection:
            row.refuse("one too many", read_reply(connection), 503)
        for connection in held:
            row.refuse("unfinished form", read_reply(connection), 408)
    row.look("afterwards", it.ask("GET", "/"))


def floods(it: Running, row: Tally, *, short: bool) -> None:
    """Ten thousand headers, pipelines and ranges are refused or answered small."""
    many = "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 10_000
    row.refuse("10,000 headers", it.say(f"GET / HTTP/1.1\r\n{many}\r\n".encode()), 0, 400)
    row.refuse("one long header", it.say(b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000), 0, 400)
    row.refuse("one long line", it.say(b"GET /" + b"a" * 1_000_000), 0, 400)
    times = 50 if short else 2000
    one = f"GET /s/wrong/records HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\n"
    answer = it.say((f"{one}\r\n" * (times - 1) + f"{one}Connection: close\r\n\r\n").encode())
    whole = answer.status == 403 and answer.body.count(b"HTTP/1.1 403 ") == times - 1
    if not whole:
        row.wrong.append(f"{times} requests in one go: {answer.body.count(b'HTTP/1.1 403 ') + 1} refused")
    size = len(it.ask("GET", "/static/layout.css").body)
    for ranges in ("0-0," * 5000 + "1-1", "-1," * 3000 + "-2", "0-," * 3000 + "0-"):
        reply = it.ask("GET", "/static/layout.css", {"Range": f"bytes={ranges}"})
        row.refuse("range flood", reply, 200, 206, 400, 416)
        if len(reply.body) > 2 * size:
            row.wrong.append(f"ranges made {len(reply.body)} bytes of {size}")


def too_much(it: Running, row: Tally, *, short: bool) -> None:
    """Bodies past the cap are refused before they are read, with no more than 64 MB of memory."""
    before = _peak(it)
    session = it.unlock()
    own = {"Origin": f"http://127.0.0.1:{it.port}", "Sec-Fetch-Site": "same-origin"}
    for path, most in (("/unlock", 16 * 1024 + 1), (f"/s/{session}/records/search", 256 * 1024 + 1)):
        row.refuse(path, it.ask("POST", path, {**own, "Content-Length": str(most)}, wait=5), 413)
    sizes = (str(IMPORT + 1), "9" * 30, "-1", "1e9", "0x10", "+5", "5, 6")
    for size in sizes:
        reply = it.ask("POST", f"/s/{session}/importing", {**own, "Content-Length": size}, wait=5)
        row.refuse(f"length {size}", reply, 400, 413)
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Transfer-Encoding": "chunked"}
    parts = {"Content-Type": "multipart/form-data; boundary=b", "Transfer-Encoding": "chunked"}
    megabytes = 20 if short else 200
    for path, told in (("/unlock", kind), (f"/s/{session}/importing", parts), ("/s/wrong/importing", parts)):
        reply = _endless(it, path, {**own, **told}, megabytes)
        row.refuse(f"endless {path.split('/')[-1]}", reply, 413, 403, 400, 0)
    growth = _peak(it) - before
    if growth > MOST_GROWTH:
        row.wrong.append(f"memory grew by {growth >> 20} MB")


def _endless(it: Running, path: str, headers: dict[str, str], megabytes: int) -> Reply:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\n{told}\r\n".encode()
    first = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\n'
    piece = first.ljust(1 << 20, b"x")
    with it.connect() as connection:
        with suppress(OSError):
            connection.sendall(head)
            for _ in range(megabytes):
                connection.sendall(b"100000\r\n" + piece + b"\r\n")
            connection.shutdown(socket.SHUT_WR)
        return read_reply(connection)


def _peak(it: Running) -> int:
    """The most memory the server ever held, bytes; 0 where the system does not tell."""
    status = Path(f"/proc/{it.process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _ended(connection: socket.socket) -> Reply:
    """What is left to read, when the other side has ended it; status 999 when it has not."""
    connection.settimeout(0.5)
    try:
        return read_reply(connection)
    except TimeoutError:
        return Reply(status=999, headers=(), body=b"")


ATTACKS: tuple[Any, ...] = (slow_headers, many_connections, floods, too_much)
