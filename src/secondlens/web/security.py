"""The guard before every page: who may ask, from where, and how much they may send.

The browser of this computer also visits strangers' pages, other people may share the computer, and their
programs can reach this port. So every request must name this host, every change must come from our own pages,
and everything behind the lock must carry the session token. Nothing of a refused request's body is read.
"""

import asyncio
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from secondlens.errors import BadInput
from secondlens.web.door import Door

SMALL_FORM = 16 * 1024
LARGE_FORM = 256 * 1024
IMPORT = 512 * 1024 * 1024
SECONDS_TO_SEND = 10.0
SECONDS_OF_SILENCE = 60.0
_READING = ("GET", "HEAD")

_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'; script-src 'self'; connect-src 'self'; "
    b"require-trusted-types-for 'script'; trusted-types 'none'"
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


_ELSEWHERE = Refusal(
    403, "This came from somewhere else", "Nothing was changed. Open the page again, then try once more."
)


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
        answering = _Answering(send)
        try:
            await self._answer(scope, receive, answering)
        except asyncio.CancelledError:  # the lock: what still runs has had its time, and the process ends now
            await answering.give_up(503, b"Secondlens is locked.\n")
        except Exception as error:  # noqa: BLE001  (the last door: no fault of ours may show or log what is in a page)
            log(error)
            await answering.give_up(500, b"Something went wrong in Secondlens. Go back and try once more.\n")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._check(scope)
        if refusal:
            await self._refuse(Request(scope), refusal)(scope, receive, send)
            return
        counted = _capped(receive, _cap(scope, self._door))
        inside = _behind_lock(scope["path"])
        timed = _awake(counted) if inside else _hurried(counted)
        there: AbstractContextManager[None] = self._door.presence.at_work() if inside else nullcontext()
        with there:
            await self._app(scope, timed, send)

    def _check(self, scope: Scope) -> Refusal | None:
        return (
            self._wrong_host(scope)
            or _wrong_path(scope)
            or self._wrong_session(scope["path"])
            or _wrong_site(scope)
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
        return _ELSEWHERE

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
        if lengths and int(lengths[0]) > _cap(scope, self._door):
            return Refusal(413, "This is too much at once", _too_much(_cap(scope, self._door)))
        return None


def _wrong_site(scope: Scope) -> Refusal | None:
    """Browsers say where a request began. Behind the lock that must be our own page, or the person's own hand.

    A link from elsewhere may lead to the front door alone, as a whole page. What is no browser says nothing.
    """
    sites = _all(scope, b"sec-fetch-site")
    if not sites or sites == [b"same-origin"]:
        return None
    whole_page = (_all(scope, b"sec-fetch-mode"), _all(scope, b"sec-fetch-dest")) == ([b"navigate"], [b"document"])
    if whole_page and scope["method"] in _READING:
        door: bool = scope["path"] == "/" or scope["path"].startswith("/enter/")
        if sites == [b"none"] or (sites == [b"cross-site"] and door):
            return None
    return _ELSEWHERE


def _wrong_path(scope: Scope) -> Refusal | None:
    """Our own addresses never need an escape, so one with an escape was made to slip past a check."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    plain = raw.startswith(b"/") and not any(trick in raw for trick in (b"%", b"\\", b"//"))
    if plain and not {b".", b".."} & set(raw.split(b"/")):
        return None
    return Refusal(404, "This page is not here", "Check the address, or go back to the start page.")


def _behind_lock(path: str) -> bool:
    return path.startswith("/s/")


def _cap(scope: Scope, door: Door) -> int:
    """How many bytes a request may bring. Browsers say the length of files; what says none gets little room."""
    if not _behind_lock(scope["path"]):
        return SMALL_FORM
    bringing = scope["path"] == f"/s/{door.session}/importing" and _all(scope, b"content-length")
    return IMPORT if bringing else LARGE_FORM


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
        message = await _in_time(receive, None if whole else until)
        whole = not message.get("more_body", False)
        return message

    return timed


def _awake(receive: Receive) -> Receive:
    """Files may take long to arrive, but not stand still: a request that hangs would hold the vault open."""
    whole = False

    async def timed() -> Message:
        nonlocal whole
        until = None if whole else asyncio.get_running_loop().time() + SECONDS_OF_SILENCE
        message = await _in_time(receive, until)
        whole = not message.get("more_body", False)
        return message

    return timed


async def _in_time(receive: Receive, until: float | None) -> Message:
    try:
        async with asyncio.timeout_at(until):
            return await receive()
    except TimeoutError:
        raise TooSlow("This took too long to arrive. Nothing was changed. Go back and send it again.") from None


class _Answering:
    """Puts our headers on an answer; a page may bring a stricter one of its own, never a cookie."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun = send, False

    async def __call__(self, message: Message) -> None:
        """Pass a part of an answer on."""
        if message["type"] == "http.response.start":
            own = [
                (name.lower(), value)
                for name, value in message.get("headers", ())
                if name.lower() != b"set-cookie"
            ]
            brought = {name for name, _ in own}
            message = {**message, "headers": [*own, *(pair for pair in HEADERS if pair[0] not in brought)]}
            self._begun = True
        await self._send(message)

    async def give_up(self, status: int, sentence: bytes) -> None:
        """Answer in one plain sentence, unless an answer has begun."""
        if not self._begun:
            kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await self({"type": "http.response.start", "status": status, "headers": kind})
            await self({"type": "http.response.body", "body": sentence})


def log(error: Exception) -> None:
    """Write the kind of error and the places in the code; never its message, which may quote a record."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    sys.stderr.write(f"secondlens: {type(error).__name__} at {places}\n")


def _all(scope: Scope, name: bytes) -> list[bytes]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for key, value in headers if key.lower() == name]
