"""Ask the running server everything a stranger, another page or another program could, over raw sockets.

python -m tests.attack.http_battery

A line a row: how many requests, how many of them were refused as they must be, and what was wrong. Every answer of
every row must carry our headers and none of the vault's words; the vault's files must be the same afterwards.
"""

import hashlib
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import Route

from secondlens.domain.clinical import Condition
from secondlens.web.app import ROUTES
from secondlens.web.security import HEADERS
from tests.attack import http_limits, http_locking
from tests.web.running import Reply, Running, make_vault, serving_vault

WORD = "Zanzibarosis"
_PLAIN = tuple((name, value) for name, value in HEADERS if name != b"cache-control")
_TRAVERSALS = (
    *("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/..%5capp.py"),
    *("/static/%252e%252e/app.py", "/static//etc/passwd", "//etc/passwd", "/static/....//app.py"),
    *(
        "/static/..\\app.py",
        "/static/base.css%00",
        "/static/" + "a" * 5000,
        "/s/x/../../enter/y",
        "/%2e%2e/%2e%2e",
    ),
)


@dataclass(slots=True)
class Row:
    """What one kind of attack met."""

    name: str
    asked: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def refuse(self, what: str, reply: Reply, *statuses: int) -> None:
        """Count what must be refused, with one of these statuses; 0 is a connection that just ended."""
        self.look(what, reply)
        if reply.status in statuses:
            self.refused += 1
        else:
            self.wrong.append(f"{what}: {reply.status}")

    def look(self, what: str, reply: Reply) -> None:
        """Any answer has our headers, and nothing of the vault."""
        self.asked += 1
        if WORD.encode() in reply.body:
            self.wrong.append(f"{what}: shows the vault")
        told = dict(reply.headers)
        missing = [name for name, value in _PLAIN if reply.status and told.get(name) != value]
        if missing or b"set-cookie" in told or b"server" in told:
            self.wrong.append(f"{what}: {reply.status} with wrong headers {missing}")


def addresses(session: str) -> Iterator[tuple[str, str]]:
    """Every address of the site map, with its own method, behind one session."""
    for route in ROUTES:
        if isinstance(route, Route):
            path = re.sub(r"\{\w+\}", "x", route.path.replace("{token}", session))
            yield path, "POST" if "POST" in (route.methods or ()) else "GET"


def hosts(it: Running, session: str) -> Row:
    """H1: any host but ours."""
    row = Row("H1 host")
    port = it.port
    names: tuple[str, ...] = (
        "evil.example",
        f"127.0.0.1.evil.example:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port + 1}",
        "localhost",
    )
    names += (
        f"[::1]:{port}",
        f"127.0.0.1.:{port}",
        f"0.0.0.0:{port}",
        f"127.0.0.1:{port}@evil.example",
        "",
        "\x01",
    )
    for path, method in addresses(session):
        for name in names:
            row.refuse(f"host {name!r} {path}", it.ask(method, path, {"Host": name, "Content-Length": "0"}), 400)
    own = f"Host: 127.0.0.1:{port}\r\n"
    for lines in ("", own + "Host: evil.example\r\n", own + own):
        row.refuse(f"hosts {lines!r}", it.say(f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()), 400)
    row.refuse("HTTP/1.0", it.say(b"GET / HTTP/1.0\r\n\r\n"), 400)
    for target in ("http://evil.example/", f"http://127.0.0.1:{port}/s/{session}/", "*", "evil.example:443"):
        row.refuse(target, it.ask("GET", target), 404, 400)
    return row


def origins(it: Running, session: str) -> Row:
    """H2: a right session and a wrong place to come from, on every address; refused before a byte of the body."""
    row = Row("H2 origin and Sec-Fetch")
    sites = [
        {"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none", "other", "same-origin, none")
    ]
    wrong: tuple[str, ...] = (
        "null",
        "http://evil.example",
        f"http://127.0.0.1:{it.port + 1}",
        f"http://127.0.0.1:{it.port}0",
    )
    wrong += (
        f"https://127.0.0.1:{it.port}",
        f"http://127.0.0.1:{it.port}.evil.example",
        f"http://localhost:{it.port}",
    )
    places = [*sites, *({"Origin": origin} for origin in wrong)]
    places += [{"Origin": origin, "Sec-Fetch-Site": "same-origin"} for origin in wrong[1:]]
    for path, method in addresses(session):
        for place in places if method == "POST" else sites:
            row.refuse(f"{place} {path}", it.ask(method, path, {**place, "Content-Length": "9000"}, wait=3), 403)
    for mode, dest in (("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe"), ("navigate", "embed")):
        told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        for path in ("/", "/enter/x", "/help", "/static/here.js", f"/s/{session}/"):
            row.refuse(f"{mode} {dest} {path}", it.ask("GET", path, told), 403)
    return row


def forgeries(it: Running, session: str) -> Row:
    """H3: what another page can make a browser send, to every change there is."""
    row = Row("H3 forged changes")
    fields = b"answer=keep&theme=dark&minutes=60&passphrase=x&title=Forged"
    part = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nForged\r\n--b--\r\n'
    kinds = {
        "application/x-www-form-urlencoded": fields,
        "text/plain": fields,
        "multipart/form-data; boundary=b": part,
        "application/json": b'{"title": "Forged"}',
    }
    places = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"})
    for path, method in addresses(session):
        for kind, body in kinds.items() if method == "POST" else ():
            for place in places:
                told = {**place, "Content-Type": kind, "Content-Length": str(len(body))}
                row.refuse(f"{kind} {path}", it.ask("POST", path, told, body), 403)
        if method == "POST":
            row.refuse(f"GET {path}", it.ask("GET", f"{path}?title=Forged&_method=POST"), 200, 404, 405)
            override = {"X-HTTP-Method-Override": "POST", "Sec-Fetch-Site": "cross-site"}
            row.refuse(f"override {path}", it.ask("GET", path, override), 403)
    return row


def headers_of_errors(it: Running, session: str) -> Row:
    """H4: the headers, also where no page answers; every other row looks at them too."""
    row = Row("H4 headers on errors")
    broken = (
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
        b"\r\n\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\n:\r\n\r\n",
    )
    for request in broken:
        row.refuse(repr(request), it.say(request), 400)
    for path in ("/nothing", f"/s/{session}/nothing", "/static/nothing.css", "/static", *_TRAVERSALS):
        row.refuse(path, it.ask("GET", path), 404, 400)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"):
        own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{it.port}"}
        row.refuse(method, it.ask(method, f"/s/{session}/records", own), 405)
        row.refuse(f"{method} /static", it.ask(method, "/static/base.css", own), 405)
    row.look("front door", it.ask("GET", "/"))
    row.look("style", it.ask("GET", "/static/base.css"))
    return row


def tokens(it: Running, session: str, methods: Iterable[str]) -> Row:
    """H5: no session, a wrong one, one of before, and the way in twice or too late."""
    row = Row("H5 tokens")
    revoked = session
    session = it.unlock()
    for wrong in ("", "wrong", revoked, session[:-1], session + "x", session.swapcase(), "%", "*"):
        for path, own in addresses(wrong):
            if path.startswith("/s/"):
                for method in (own, *methods):
                    told = {"Origin": f"http://127.0.0.1:{it.port}", "Content-Length": "0"}
                    row.refuse(f"{method} {path}", it.ask(method, path, told), 403, 404)
    used = it.address.removeprefix(f"http://127.0.0.1:{it.port}")
    for path in (used, "/enter/", "/enter/x", used[:-1], used + "x", f"/enter/{session}"):
        row.refuse(path, it.ask("GET", path), 403, 404)
    return row


def state_of(folder: Path) -> dict[str, str]:
    """What the vault's files hold. The lock file, shared memory and an empty log are there while it is open."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != "vault.lock" and not path.name.endswith("-shm") and path.stat().st_size
    }


@contextmanager
def target(place: Path, *, opened: bool = True) -> Iterator[tuple[Running, Path]]:
    """A served vault with one record."""
    folder = place / "Papers.vault"
    with make_vault(folder) as vault:
        vault.add(Condition(title=WORD))
    with serving_vault(folder, place, opened=opened) as it:
        yield it, folder


def run(*, short: bool) -> list[Row]:
    """All rows. The short form sends fewer methods, connections and tries."""
    others = ("HEAD",) if short else ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
    rows = []
    with tempfile.TemporaryDirectory() as made, target(Path(made)) as (it, folder):
        session, before = it.come_in(), state_of(folder)
        for attack in (hosts, origins, forgeries, headers_of_errors):
            rows.append(attack(it, session))
            _unchanged(rows[-1], before, folder)
        rows.append(tokens(it, session, others))
        for limit in http_limits.ATTACKS:
            rows.append(Row(f"H6 {(limit.__doc__ or '').splitlines()[0].rstrip('.').lower()}"))
            limit(it, rows[-1], short=short)
        _unchanged(rows[-1], before, folder)
    for locking in http_locking.ATTACKS:
        rows.append(Row(f"H7 {(locking.__doc__ or '').splitlines()[0].rstrip('.').lower()}"))
        opened = locking is not http_locking.guessing
        with tempfile.TemporaryDirectory() as made, target(Path(made), opened=opened) as (it, folder):
            before = state_of(folder)
            locking(it, rows[-1], short=short)
            _unchanged(rows[-1], before, folder)
    return rows


def _unchanged(row: Row, before: dict[str, str], folder: Path) -> None:
    if state_of(folder) != before:
        row.wrong.append("the vault's files changed")


if __name__ == "__main__":
    found = run(short=False)
    for row in found:
        print(f"{row.name}: {row.asked} requests, {row.refused} refused, wrong: {row.wrong[:5] or 'nothing'}")  # noqa: T201 - the report
    sys.exit(any(row.wrong for row in found))
