"""HTTP as it arrives, with a head that is bounded in size and time: the parser itself has no limit."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes of a request's line and headers."""

PATIENCE = 30
"""Seconds within which the head of a request must have arrived."""


class HttpWithinLimits(HttpToolsProtocol):
    """A connection that is closed when a request's head is too large or too slow."""

    _head = 0
    _slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A new connection; it must say something soon."""
        super().connection_made(transport)
        self._slow = self.loop.call_later(PATIENCE, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended."""
        self._arrived()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a head, perhaps behind the last of another request."""
        super().on_message_begin()
        self._head = max(self._head, 1)

    def on_headers_complete(self) -> None:
        """A head has arrived in full."""
        self._arrived()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request has arrived in full; another one may follow."""
        super().on_message_complete()
        self._head = 0

    def data_received(self, data: bytes) -> None:
        """Bytes of a head, of a body, or of both."""
        if self._head > MOST_HEAD:
            self._give_up()
            return
        self._head += len(data)
        super().data_received(data)
        if self._slow is None and self._head > 0 and not self.transport.is_closing():
            self._slow = self.loop.call_later(PATIENCE, self._give_up)

    def _arrived(self) -> None:
        self._head = -(2**62)  # what follows is a body, until the message is complete
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
