"""Concurrent check-ins gathered into batches: one thread writes while the next batch collects."""

import asyncio
import contextlib

from agents.report import CheckInAnswer
from fleet.errors import FleetError
from fleet.ingest import Delivery, Ingest

MOST_AT_ONCE = 64
"""Check-ins in one transaction: enough to share its cost, few enough that none waits long."""

LINGER = 0.005
"""Seconds that a crowd is given to gather again before it is written: a commit costs as much as several check-ins."""

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of reports that are read at once: read, they take twenty times the memory."""


class Gathering:
    """Check-ins that wait for the writer; each waits only for its own transaction."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._waiting: list[tuple[Delivery, asyncio.Future[CheckInAnswer | FleetError]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._crowd = 1
        self._gathered = asyncio.Event()

    async def deliver(self, delivery: Delivery) -> CheckInAnswer:
        """Wait until this check-in is committed; raises what refused it."""
        done: asyncio.Future[CheckInAnswer | FleetError] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if len(self._waiting) >= self._crowd:
            self._gathered.set()
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        answer = await done
        if isinstance(answer, FleetError):
            raise answer
        return answer

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch = self._next()
                try:
                    answers = await asyncio.to_thread(self._ingest.deliver, [delivery for delivery, _ in batch])
                except Exception as error:  # noqa: BLE001 - handed to every waiting request, which raises it
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                    continue
                for (_, done), answer in zip(batch, answers, strict=True):
                    if not done.done():  # the sender may have gone away
                        done.set_result(answer)
                # Whoever waits now, and whoever was just answered and has more to send: they come back together.
                self._crowd = min(len(batch) + len(self._waiting), MOST_AT_ONCE)
        finally:
            self._writer = None

    async def _gather(self) -> None:
        """Wait for as many as there were the last time, and never for long; one alone waits for nobody."""
        if len(self._waiting) >= self._crowd:
            return
        self._gathered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._gathered.wait()

    def _next(self) -> list[tuple[Delivery, asyncio.Future[CheckInAnswer | FleetError]]]:
        """Take the oldest that wait, at least one."""
        size, taken = 0, 0
        for delivery, _ in self._waiting[:MOST_AT_ONCE]:
            size += len(delivery.body)
            if taken and size > MOST_BYTES:
                break
            taken += 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch
