"""One connection, held to limits: a few that ask nothing, or slowly, must not keep everyone else out.

Over real sockets these are: headers within 5 seconds, also of a second request; 64 connections; and our headers
on the answers that are given before any page is asked, to what is no HTTP and to one connection too many.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from secondlens.web.security import HEADERS

SECONDS_TO_ASK = 5.0
SECONDS_OF_GRACE = 0.2
MOST_CONNECTIONS = 64


class Connection(H11Protocol):
    """The server's own reading of HTTP/1.1, with a clock beside it."""

    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        """Take a connection when there is a place, or when someone who asks nothing can be sent away for it."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and not self._send_an_idle_one_away():
            self._answer_and_close(b"503 Service Unavailable", b"Too many connections at once. Try again.\n")
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on, and start or stop the clock."""
        if not self.transport.is_closing():
            super().data_received(data)
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets a sentence with our headers; when an answer has begun, just an end."""
        if self.conn.our_state is h11.IDLE:
            self._answer_and_close(b"400 Bad Request", msg.encode() + b"\n")
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """End, at a lock. One taken a moment ago may have a request on its way, which is still answered."""
        if self.cycle is None:
            self.loop.call_later(SECONDS_OF_GRACE, self._end)
        else:
            self._end()

    def _end(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()

    def _watch(self) -> None:
        """The clock runs while we wait for headers, and while somebody sends on after the answer was given."""
        asking = self.conn.their_state is h11.IDLE
        unheard = self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY
        if not (asking or unheard):
            self._stop_clock()
        elif self._clock is None:
            self._clock = self.loop.call_later(SECONDS_TO_ASK, self.transport.close)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _send_an_idle_one_away(self) -> bool:
        others: Any = self.connections - {self}
        idle = next((one for one in others if one.cycle is None or one.cycle.response_complete), None)
        if idle is None:
            return False
        self.connections.discard(idle)
        idle.transport.abort()
        return True

    def _answer_and_close(self, status: bytes, sentence: bytes) -> None:
        """Write an answer past the server's own bookkeeping: it stands for no page."""
        told = (
            *HEADERS,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(sentence)).encode()),
            (b"connection", b"close"),
        )
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in told)
        self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + lines + b"\r\n" + sentence)
        self.transport.close()
