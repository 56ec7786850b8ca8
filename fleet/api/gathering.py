"""Concurrent check-ins gathered into batches: one thread writes while the next batch collects."""

import asyncio

from agents.report import CheckInAnswer
from fleet.errors import FleetError
from fleet.ingest import Delivery, Ingest

MOST_AT_ONCE = 64
"""Check-ins in one transaction: enough to share its cost, few enough that none waits long."""

LINGER = 0.001
"""Seconds that a crowd is given to gather before it is written: a commit costs as much as several check-ins."""


MOST_BYTES = 4 * 1024 * 1024
"""Bytes of reports that are read at once: read, they take twenty times the memory."""


class Gathering:
    """Check-ins that wait for the writer; each waits only for its own transaction."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._waiting: list[tuple[Delivery, asyncio.Future[CheckInAnswer | FleetError]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def deliver(self, delivery: Delivery) -> CheckInAnswer:
        """Wait until this check-in is committed; raises what refused it."""
        done: asyncio.Future[CheckInAnswer | FleetError] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        answer = await done
        if isinstance(answer, FleetError):
            raise answer
        return answer

    async def _write(self) -> None:
        try:
            crowd = False
            while self._waiting:
                if crowd and len(self._waiting) < MOST_AT_ONCE:
                    await asyncio.sleep(LINGER)
                crowd = len(self._waiting) > 1
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
        finally:
            self._writer = None

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
