"""The guard before every page: who may ask, from where, and how much they may send.

The browser of this computer also visits strangers' pages, other people may share the computer, and their
programs can reach this port. So every request must name this host, every change must come from our own pages,
and everything behind the lock must carry the session token. Nothing of a refused request's body is read.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from secondlens.errors import BadInput
from secondlens.web.door import Door

SMALL_FORM = 16 * 1024
LARGE_FORM = 256 * 1024
IMPORT = 512 * 1024 * 1024
SECONDS_TO_SEND = 10.0
_READING = ("GET", "HEAD")

_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", _POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class TooLarge(BadInput):
    """More was sent than this page takes."""


class TooSlow(BadInput):
    """A form from outside the lock did not arrive whole in time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further: an HTTP status, a heading and a sentence."""

    status: int
    title: str
    sentence: str


class Guard:
    """ASGI middleware around the whole app. `refuse` turns a refusal into a page."""

    def __init__(self, app: ASGIApp, *, door: Door, refuse: Callable[[Request, Refusal], Response]) -> None:
        self._app, self._door, self._refuse = app, door, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, then pass it on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._check(scope)
        if refusal:
            await self._refuse(Request(scope), refusal)(scope, receive, _with_headers(send))
            return
        counted = _capped(receive, _cap(scope["path"], self._door))
        hurried = counted if _behind_lock(scope["path"]) else _hurried(counted)
        await self._app(scope, hurried, _with_headers(send))

    def _check(self, scope: Scope) -> Refusal | None:
        return (
            self._wrong_host(scope)
            or _wrong_path(scope)
            or self._wrong_session(scope["path"])
            or self._wrong_origin(scope)
            or self._too_long(scope)
        )

    def _hosts(self) -> tuple[bytes, ...]:
        return tuple(f"{name}:{self._door.port}".encode() for name in ("127.0.0.1", "localhost"))

    def _wrong_host(self, scope: Scope) -> Refusal | None:
        hosts = _all(scope, b"host")
        if len(hosts) == 1 and hosts[0] in self._hosts():
            return None
        return Refusal(
            400, "This is not the right address", "Use the address that Secondlens showed when it started."
        )

    def _wrong_session(self, path: str) -> Refusal | None:
        if not _behind_lock(path) or self._door.admits(path.split("/")[2]):
            return None
        return Refusal(403, "This page is closed", "Secondlens is locked, or this page is from an earlier visit.")

    def _wrong_origin(self, scope: Scope) -> Refusal | None:
        if scope["method"] in _READING or self._from_our_page(scope):
            return None
        return Refusal(
            403, "This came from somewhere else", "Nothing was changed. Open the page again, then try once more."
        )

    def _from_our_page(self, scope: Scope) -> bool:
        """Under no-referrer, browsers write `Origin: null` on our own forms too; then Sec-Fetch-Site decides."""
        origins, sites = _all(scope, b"origin"), _all(scope, b"sec-fetch-site")
        ours = b"http://" + _all(scope, b"host")[0]
        if sites:
            return sites == [b"same-origin"] and origins in ([], [ours], [b"null"])
        return origins == [ours] or (not origins and _behind_lock(scope["path"]))

    def _too_long(self, scope: Scope) -> Refusal | None:
        lengths = _all(scope, b"content-length")
        if any(not length.isdigit() for length in lengths) or len(lengths) > 1:
            return Refusal(400, "This arrived broken", "Nothing was changed. Go back and send it again.")
        if lengths and int(lengths[0]) > _cap(scope["path"], self._door):
            return Refusal(413, "This is too much at once", _too_much(_cap(scope["path"], self._door)))
        return None


def _wrong_path(scope: Scope) -> Refusal | None:
    """Our own addresses never need an escape, so one with an escape was made to slip past a check."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    plain = raw.startswith(b"/") and not any(trick in raw for trick in (b"%", b"\\", b"//"))
    if plain and not {b".", b".."} & set(raw.split(b"/")):
        return None
    return Refusal(404, "This page is not here", "Check the address, or go back to the start page.")


def _behind_lock(path: str) -> bool:
    return path.startswith("/s/")


def _cap(path: str, door: Door) -> int:
    """How many bytes a request to this address may bring."""
    if not _behind_lock(path):
        return SMALL_FORM
    return IMPORT if path == f"/s/{door.session}/importing" else LARGE_FORM


def _too_much(cap: int) -> str:
    if cap == IMPORT:
        return "These files are more than 512 MB together. Choose fewer at a time. Nothing was kept."
    return "This is too long to keep. Go back, shorten it, and send it again. Nothing was changed."


def _capped(receive: Receive, cap: int) -> Receive:
    """Count the real bytes: a request without a length could go on for ever."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > cap:
            raise TooLarge(_too_much(cap))
        return message

    return counted


def _hurried(receive: Receive) -> Receive:
    """Wait only so long for a whole body: strangers who never finish theirs would take every place there is."""
    until, whole = asyncio.get_running_loop().time() + SECONDS_TO_SEND, False

    async def timed() -> Message:
        nonlocal whole
        try:
            async with asyncio.timeout_at(None if whole else until):
                message = await receive()
        except TimeoutError:
            raise TooSlow(
                "This took too long to arrive. Nothing was changed. Go back and send it again."
            ) from None
        whole = not message.get("more_body", False)
        return message

    return timed


def _with_headers(send: Send) -> Send:
    """Put our headers on an answer; a page may bring a stricter one of its own, never a cookie."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [
                (name.lower(), value)
                for name, value in message.get("headers", ())
                if name.lower() != b"set-cookie"
            ]
            brought = {name for name, _ in own}
            message = {**message, "headers": [*own, *(pair for pair in HEADERS if pair[0] not in brought)]}
        await send(message)

    return guarded


def _all(scope: Scope, name: bytes) -> list[bytes]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for key, value in headers if key.lower() == name]
