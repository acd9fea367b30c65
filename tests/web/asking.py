"""A browser of a few lines: puts requests straight to the app, also ones no real browser would send."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp, Message

HOST = "127.0.0.1:8765"
BOUNDARY = "------a-boundary-of-the-tests"
_Result = TypeVar("_Result")


def in_new_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run it on a thread of its own: a browser test in the same process leaves a running loop on this one."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `pulled` counts the bytes of the request's body that the app took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    pulled: int

    def header(self, name: str) -> str | None:
        """One header; fails when there are two."""
        found = [value for key, value in self.headers if key == name.lower()]
        assert len(found) < 2, f"{name} is there twice"
        return found[0] if found else None

    @property
    def text(self) -> str:
        """The body as words."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads; fails when it is none."""
        location = self.header("location")
        assert location is not None, f"no redirect but {self.status}: {self.text[:2000]}"
        return location


@dataclass(slots=True)
class Browser:
    """Asks the app. Headers given as None leave out what a browser would send by itself."""

    app: ASGIApp

    def get(self, path: str, headers: Mapping[str, str | None] | None = None) -> Answer:
        """Look at a page."""
        return self.ask("GET", path, headers=headers)

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Send a form."""
        pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
        body = urlencode(pairs).encode()
        kind = {
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(body)),
        }
        return self.ask("POST", path, headers={**kind, **(headers or {})}, body=[body])

    def send_files(self, path: str, files: Iterable[tuple[str, bytes]], name: str = "files") -> Answer:
        """Send files as a browser does."""
        body = multipart([(name, file_name, content) for file_name, content in files])
        headers = {
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
            "content-length": str(len(body)),
        }
        pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)]
        return self.ask("POST", path, headers=headers, body=pieces)

    def follow(self, answer: Answer) -> Answer:
        """Go where a change sends the browser."""
        assert answer.status == 303, f"{answer.status}: {answer.text[:2000]}"
        return self.get(answer.location)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        body: Iterable[bytes] = (),
        raw_headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> Answer:
        """Send anything."""
        usual: dict[str, str | None] = {"host": HOST}
        if method not in ("GET", "HEAD"):
            usual |= {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
        usual |= headers or {}
        pairs = [(key.encode(), value.encode()) for key, value in usual.items() if value is not None]
        return in_new_loop(self._ask(method, path, [*pairs, *raw_headers], list(body)))

    async def _ask(self, method: str, path: str, headers: list[tuple[bytes, bytes]], body: list[bytes]) -> Answer:
        raw, _, query = path.encode().partition(b"?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": _unquoted(raw),
            "raw_path": raw,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8765),
        }
        sent: list[Message] = []
        waiting, pulled = list(body) or [b""], 0

        async def receive() -> Message:
            nonlocal pulled
            if not waiting:  # a browser that waits for the answer
                await asyncio.Event().wait()
            piece = waiting.pop(0)
            pulled += len(piece)
            return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        pairs = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in sent[0]["headers"])
        return Answer(status=sent[0]["status"], headers=pairs, body=content, pulled=pulled)


def multipart(parts: Iterable[tuple[str, str | None, bytes]]) -> bytes:
    """Write (name, file name or None, content) as a browser would."""
    lines = []
    for name, file_name, content in parts:
        kind = (
            f'; filename="{file_name}"\r\nContent-Type: application/octet-stream' if file_name is not None else ""
        )
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{kind}\r\n\r\n'
        lines.append(head.encode() + content + b"\r\n")
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def _unquoted(raw: bytes) -> str:
    """As the server does it: once."""
    return unquote(raw.decode("latin-1"))
