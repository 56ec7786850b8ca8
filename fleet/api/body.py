"""A request's body within limits: counted as it arrives, and again as it is unpacked."""

import zlib

from fastapi import Request

from fleet.errors import FleetError


class BodyTooLarge(FleetError, ValueError):
    """A request that is larger than the server accepts, as sent or once unpacked."""

    code = "too-large"


class BrokenBody(FleetError, ValueError):
    """A body that cannot be unpacked."""

    code = "broken-body"


async def read_body(request: Request, *, most_sent: int, most_unpacked: int) -> bytes:
    """The body, unpacked if it is gzip; raises BodyTooLarge before more than the limits is held in memory."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"gzip", "identity"}:
        raise BrokenBody(f"content encoding {encoding[:40]!r} is not supported", hint="send gzip or plain JSON")
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most_sent:
        raise _too_large(most_sent)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most_sent:
            raise _too_large(most_sent)
        chunks.append(chunk)
    body = b"".join(chunks)
    return unpack(body, most_unpacked) if encoding == "gzip" else body


def unpack(body: bytes, most: int) -> bytes:
    """One gzip member of at most `most` bytes."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, most)
        if unpacker.unconsumed_tail:
            raise _too_large(most)
        if not unpacker.eof:
            raise BrokenBody("the gzip body is cut off", hint="it will be accepted when it arrives whole")
    except zlib.error:
        raise BrokenBody("the body is not gzip", hint="it was damaged on its way") from None
    return unpacked


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"the request is larger than {most} bytes", hint="max_body_bytes and max_report_bytes say more")
