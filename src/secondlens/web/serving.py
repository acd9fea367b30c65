"""The server of the pages, for this computer alone."""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from secondlens.errors import NotAllowed

SECONDS_TO_ASK = 10
KEPT_BY_BROWSER = "max-age=31536000, immutable"


class PortTaken(NotAllowed):
    """Another program listens there."""


def listen(port: int) -> socket.socket:
    """Take a port of 127.0.0.1; 0 means any free one. Raises PortTaken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this would let another program take the port over
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise PortTaken(f"Another program uses port {port}. Choose another number with --port.") from error
    return listening


def run(app: ASGIApp, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until stopped; `on_ready` is called once, when pages can be opened."""
    config = uvicorn.Config(
        app,
        http=_Impatient,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=32 * 1024,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        limit_concurrency=64,
    )
    _Server(config, on_ready).run([listening])


class StyleFiles(StaticFiles):
    """Style sheets and fonts. Nothing in them is personal, so a browser may keep them (`rendering.static`)."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """Answer with a file that never changes under its address."""
        answer = super().file_response(*args, **options)
        answer.headers["cache-control"] = KEPT_BY_BROWSER
        return answer


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await run_in_threadpool(self._on_ready)


class _Impatient(H11Protocol):
    """Hangs up on whoever opens a connection and asks nothing: a few of those would keep everyone else out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        super().connection_made(transport)
        self.loop.call_later(SECONDS_TO_ASK, self._hang_up)

    def _hang_up(self) -> None:
        if self.cycle is None:
            self.transport.close()
