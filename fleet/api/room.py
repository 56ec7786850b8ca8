"""How much of all requests may be in memory at once: small ones always, large ones while there is room."""

from collections.abc import Iterator
from contextlib import contextmanager

from fleet.errors import FleetError

SMALL = 256 * 1024
"""Bytes that a request may hold without asking: a whole report of some hundred installs is a fifth of it."""


class Busy(FleetError, RuntimeError):
    """More large reports at once than the server holds in memory; the sender should try again later."""

    code = "busy"


class Room:
    """The bytes that large requests may hold together."""

    def __init__(self, most: int) -> None:
        self.free = most

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """One request's share; it is given back when the request ends, however it ends."""
        share = Share(self)
        try:
            yield share
        finally:
            self.free += share.taken


class Share:
    """What one request holds."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0
        self.taken = 0

    def beyond(self, size: int) -> bool:
        """Whether `size` bytes more make the request a large one."""
        return self._size + size > SMALL

    def grow(self, size: int) -> None:
        """Hold `size` bytes more; raises Busy when there is no room for them."""
        more = max(0, self._size + size - SMALL) - self.taken
        if more > self._room.free:
            raise Busy("too many large reports arrive at once", hint="it will be accepted when it is sent again")
        self._size += size
        self.taken += more
        self._room.free -= more
