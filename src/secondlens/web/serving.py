"""The server of the pages, for this computer alone."""

import os
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from secondlens.errors import NotAllowed
from secondlens.web.connection import Connection

SECONDS_TO_END = 3  # what still runs at the lock may take so long to answer
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


def run(
    app: ASGIApp,
    listening: socket.socket,
    *,
    on_ready: Callable[[], None],
    is_over: Callable[[], bool],
    on_end: Callable[[bool], None],
) -> None:
    """Serve until stopped or until `is_over`, which is asked several times a second.

    `on_ready` is called once, when pages can be opened; `on_end` once, when nothing is answered any more, with
    whether the person stopped the program. The socket goes on listening meanwhile, so that whoever asks then waits
    for the process that comes next.
    """
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="critical",  # the guard says our own faults; what strangers send wrong is nobody's business
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=32 * 1024,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    _Server(config, on_ready, is_over, on_end).run([listening.dup()])


class StaticFolder(StaticFiles):
    """Style sheets, fonts, our script: nothing personal, so a browser may keep them (`rendering.static`)."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """Answer with a file that never changes under its address."""
        answer = super().file_response(*args, **options)
        answer.headers["cache-control"] = KEPT_BY_BROWSER
        return answer


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        on_ready: Callable[[], None],
        is_over: Callable[[], bool],
        on_end: Callable[[bool], None],
    ) -> None:
        super().__init__(config)
        self._on_ready, self._is_over, self._on_end = on_ready, is_over, on_end
        self._stopped = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopped = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await run_in_threadpool(self._on_ready)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or await run_in_threadpool(self._is_over)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._on_end(self._stopped)
