"""The running server, asked over real sockets by things that are no browser."""

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from secondlens.web.app import serve
from secondlens.web.connection import MOST_CONNECTIONS
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from secondlens.web.security import HEADERS
from secondlens.web.serving import PortTaken
from tests.web.running import make_vault, parse, program

PROGRAM = """
import sys
from pathlib import Path
from secondlens.web import app, connection, security
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
connection.SECONDS_TO_ASK = security.SECONDS_TO_SEND = 0.5
door = Door(port=0, remembered=Remembered(Path(sys.argv[1])))
app.serve(door, lambda address: print(door.let_in_once(), flush=True))
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server and give its launch address."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path_factory.mktemp("state"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        out, errors = server.communicate(timeout=10)
        assert "/s/" not in out + errors


def port_of(address: str) -> int:
    return int(address.split(":")[2].split("/", maxsplit=1)[0])


def say(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_the_launch_address_leads_in(address: str) -> None:
    port = port_of(address)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", address.removeprefix(f"http://127.0.0.1:{port}"))
    entered = connection.getresponse()
    entered_page = entered.read().decode()
    assert entered.status == 200
    connection.request("GET", re.findall(r"url=(/s/[^\"]+)", entered_page)[0])
    page = connection.getresponse()
    assert (page.status, b"Make a vault" in page.read()) == (200, True)
    assert page.headers["server"] is None
    connection.close()


@pytest.mark.parametrize(
    "request_line_and_host",
    [
        b"GET / HTTP/1.1\r\nHost: evil.com\r\n",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.com\r\n",
        b"GET http://evil.com/ HTTP/1.1\r\nHost: evil.com\r\n",
    ],
)
def test_any_other_host_is_refused_on_the_wire(request_line_and_host: bytes, address: str) -> None:
    port = port_of(address)
    request = request_line_and_host.replace(b"PORT", str(port).encode()) + b"Connection: close\r\n\r\n"
    assert b" 400 " in say(port, request).split(b"\r\n")[0]


def test_an_address_of_another_host_in_the_request_line_is_not_here(address: str) -> None:
    port = port_of(address)
    line = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    assert b" 404 " in say(port, line.encode()).split(b"\r\n")[0]


def test_whoever_asks_nothing_is_hung_up_on(address: str) -> None:
    assert say(port_of(address), b"GET / HTTP/1.1\r\nX-Slow: ") == b""


def test_a_second_request_has_no_more_time_than_the_first(address: str) -> None:
    port = port_of(address)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET /blank HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert b" 200 " in connection.recv(65536).split(b"\r\n")[0]
        connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        ended = False
        for _ in range(40):  # a letter now and then, so that the connection is never silent
            try:
                connection.sendall(b"a")
                connection.settimeout(0.1)
                ended = connection.recv(65536) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended


def test_whoever_sends_on_after_the_answer_is_hung_up_on(address: str) -> None:
    port = port_of(address)
    head = f"POST /unlock HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 999999999\r\n\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head.encode())
        with suppress(OSError):
            while sent < 999_999_999:
                sent += connection.send(b"x" * 1000)
    assert sent < 999_999_999


@pytest.mark.parametrize("request_bytes", [b"\x16\x03\x01", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
def test_what_is_no_http_gets_our_headers(request_bytes: bytes, address: str) -> None:
    reply = parse(say(port_of(address), request_bytes + b"\r\n\r\n"))
    assert reply.status == 400
    assert set(HEADERS) <= set(reply.headers)


def test_one_connection_too_many_is_told_so_and_an_idle_one_makes_room(address: str) -> None:
    port = port_of(address)
    head = f"POST /unlock HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    with ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            for _ in range(MOST_CONNECTIONS + 3)
        ]
        plain = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        assert b" 200 " in say(port, plain.encode())
        for connection in held:
            connection.close()
        busy: list[socket.socket] = []
        while len(busy) < MOST_CONNECTIONS:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            connection.sendall(f"{head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode())
            if connection.recv(100).startswith(b"HTTP/1.1 100 "):
                busy.append(connection)
        reply = parse(say(port, b""))
        assert reply.status == 503
        assert set(HEADERS) <= set(reply.headers)


def test_whoever_never_finishes_a_form_gives_the_place_back(address: str) -> None:
    port = port_of(address)
    head = f"POST /unlock HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\npass"
    answer = say(port, (head + kind).encode())
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b"took too long" in answer


def test_endless_headers_are_cut_off(address: str) -> None:
    port = port_of(address)
    flood = b"GET / HTTP/1.1\r\n" + b"X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 10_000
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            connection.sendall(flood)
            answer = connection.recv(65536)
        except OSError:
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 2")


def test_only_this_computer_is_listened_to(address: str) -> None:
    port = port_of(address)
    listening = Path("/proc/net/tcp")
    if listening.exists():
        local = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert [place for place in local if place.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=1)


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path, address: str) -> None:
    door = Door(port=port_of(address), remembered=Remembered(tmp_path))
    with pytest.raises(PortTaken, match="--port"):
        serve(door, print)


def test_a_program_that_is_stopped_while_it_locks_ends(tmp_path: Path) -> None:
    make_vault(tmp_path / "Papers.vault").close()
    with program("open", str(tmp_path / "Papers.vault"), "--no-open", place=tmp_path) as it:
        session = it.unlock()
        assert it.post(f"/s/{session}/lock").status == 303
        it.process.terminate()
        assert it.process.wait(20) != 0
