"""H7 of the battery: guessing, and what is left after a lock by time, by sleep and in the middle of work."""

import re
import time
from typing import Any

from secondlens.vault.recovery_code import new_recovery_code
from tests.attack.http_limits import Tally
from tests.web.running import Running, read_reply

_TO_END = 3.0 + 2.0  # what the lock gives to running requests, and a slow machine


def guessing(it: Running, row: Tally, *, short: bool) -> None:
    """Wrong tries hold the schedule of 1, 2, 4 ... 60 seconds."""
    code, ahead = new_recovery_code(), 0.0
    for tries in range(40 if short else 1000):
        first = it.post("/recover", {"code": code})
        row.refuse("wrong", first, 422)
        ahead += min(2**tries, 60)
        it.put_forward("clock", ahead - 1 if tries else ahead - 0.5)
        second = it.post("/recover", {"code": code})
        row.refuse("too soon", second, 422)
        if b"Wait" in first.body or b"Wait" not in second.body:
            row.wrong.append(f"try {tries} did not hold the schedule")
        it.put_forward("clock", ahead)
    it.put_forward("clock", 0)


def left_alone(it: Running, row: Tally, *, short: bool) -> None:  # noqa: ARG001  (all attacks take it)
    """After ten minutes without use a new process answers."""
    _locks(it, row, "clock")


def slept(it: Running, row: Tally, *, short: bool) -> None:  # noqa: ARG001  (the same)
    """After a sleep, which stops one of the clocks, a new process answers."""
    _locks(it, row, "wall")


def in_the_middle(it: Running, row: Tally, *, short: bool) -> None:  # noqa: ARG001  (the same)
    """A lock ends what is still on its way."""
    session = it.come_in()
    own = f"Origin: http://127.0.0.1:{it.port}\r\nSec-Fetch-Site: same-origin\r\n"
    kind = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b"
    head = f"POST /s/{session}/importing HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\n{own}{kind}"
    with it.connect() as half:
        half.sendall(head.encode())
        began = time.monotonic()
        row.look("lock", it.post(f"/s/{session}/lock"))
        reply = read_reply(half)
        row.refuse("half an import", reply, 0, 400, 403, 503)
        if time.monotonic() - began > _TO_END:
            row.wrong.append("it took too long to end")
    _is_locked(it, row, session)


def _locks(it: Running, row: Tally, clock: str) -> None:
    session = it.come_in()
    page = it.ask("GET", f"/s/{session}/records")
    if page.status != 200:
        row.wrong.append("the vault was not open before")
    it.put_forward(clock, 600)
    row.refuse("first request after the time", it.ask("GET", f"/s/{session}/records"), 403, 0)
    _is_locked(it, row, session)


def _is_locked(it: Running, row: Tally, session: str) -> None:
    """A new process, of the same number, on the same port, with the vault closed."""
    it.next_line()
    for path in ("", "records", "more", "importing"):
        row.refuse(path, it.ask("GET", f"/s/{session}/{path}"), 403)
    front = it.ask("GET", "/")
    row.look("front door", front)
    if it.process.poll() is not None or not re.search(rb"Secondlens is locked", front.body):
        row.wrong.append("no locked front door")


ATTACKS: tuple[Any, ...] = (guessing, left_alone, slept, in_the_middle)
