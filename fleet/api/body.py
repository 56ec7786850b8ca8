"""A request's body within limits: counted as it arrives, and again as it is unpacked."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.requests import ClientDisconnect

from fleet.api.room import Share
from fleet.errors import FleetError

PATIENCE = 20
"""Seconds within which a body must have arrived."""

STEP = 4 * 1024 * 1024
"""Bytes that are unpacked at once."""


class BodyTooLarge(FleetError, ValueError):
    """A request that is larger than the server accepts, as sent or once unpacked."""

    code = "too-large"


class BrokenBody(FleetError, ValueError):
    """A body that cannot be unpacked, or that did not arrive whole."""

    code = "broken-body"


class Body:
    """Reads one request's body; `admit` is asked once, before the first byte of a large one is held."""

    def __init__(
        self, share: Share, *, most_sent: int, most_unpacked: int, admit: Callable[[], Awaitable[None]]
    ) -> None:
        self._share = share
        self._most_sent = most_sent
        self._most_unpacked = most_unpacked
        self._admit: Callable[[], Awaitable[None]] | None = admit

    async def read(self, request: Request) -> bytes:
        """The body, unpacked if it is gzip; raises BodyTooLarge before more than the limits is held in memory."""
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"gzip", "identity"}:
            raise BrokenBody(f"content encoding {encoding[:40]!r} is not supported", hint="send gzip or plain JSON")
        stated = request.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > self._most_sent:
            raise _too_large(self._most_sent)
        try:
            async with asyncio.timeout(PATIENCE):
                body = await self._receive(request)
        except TimeoutError:
            raise BrokenBody(f"the body did not arrive within {PATIENCE} seconds") from None
        except ClientDisconnect:
            raise BrokenBody("the sender went away") from None
        return await self._unpack(body) if encoding == "gzip" else body

    async def _receive(self, request: Request) -> bytes:
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._most_sent:
                raise _too_large(self._most_sent)
            await self._hold(len(chunk))
            chunks.append(chunk)
        return b"".join(chunks)

    async def _hold(self, size: int) -> None:
        if self._admit is not None and self._share.beyond(size):
            admit, self._admit = self._admit, None
            await admit()
        self._share.grow(size)

    async def _unpack(self, body: bytes) -> bytes:
        """One gzip member; what is large is unpacked step by step, while other requests are answered."""
        unpacker = zlib.decompressobj(wbits=31)
        room = self._most_unpacked
        try:
            first = unpacker.decompress(body, min(STEP // 32, room))
            await self._hold(len(first))
            chunks = [first]
            while unpacker.unconsumed_tail and (room := room - len(chunks[-1])) > 0:
                await self._hold(min(STEP, room))
                chunks.append(await asyncio.to_thread(unpacker.decompress, unpacker.unconsumed_tail, min(STEP, room)))
        except zlib.error:
            raise BrokenBody("the body is not gzip", hint="it was damaged on its way") from None
        if unpacker.unconsumed_tail:
            raise _too_large(self._most_unpacked)
        if not unpacker.eof:
            raise BrokenBody("the gzip body is cut off", hint="it will be accepted when it arrives whole")
        return b"".join(chunks)


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"the request is larger than {most} bytes", hint="max_body_bytes and max_report_bytes say more")
