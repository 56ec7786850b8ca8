"""Reports into the inventory: many waiting check-ins share one transaction, each is answered once it is committed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from agents.report import CheckInAnswer
from fleet.access import AccessRefused, authorise, used_by
from fleet.errors import FleetError
from fleet.message import BadReport, Message, decode
from inventory.arrival import Arrival
from inventory.record import Effect, Recorded, record
from inventory.sections import SectionShelf

log = logging.getLogger(__name__)


class StorageFailed(FleetError, RuntimeError):
    """The database refused; nothing was written, and the sender should try again later."""

    code = "storage-failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One check-in as it arrived: unpacked bytes, the sender's token, and when."""

    token: str
    body: bytes
    received_at: datetime


class Ingest:
    """Writes deliveries; one thread at a time may call it, which the caller sees to."""

    def __init__(self, engine: Engine, shelf: SectionShelf, *, next_check_in: int) -> None:
        self._engine = engine.execution_options(begin="IMMEDIATE")
        self._shelf = shelf
        self._next_check_in = next_check_in

    def deliver(self, deliveries: Sequence[Delivery]) -> list[CheckInAnswer | FleetError]:
        """Write all that is waiting in one transaction; what is refused is a value and disturbs no other."""
        read = [_read(delivery) for delivery in deliveries]
        work = [_Work(d, message) for d, message in zip(deliveries, read, strict=True) if isinstance(message, Message)]
        try:
            written = iter(self._commit(work))
        except OperationalError as error:
            # Locked, full or gone: alone, each would only wait as long again.
            log.warning("%d check-ins not stored: %s", len(work), error.orig)
            written = iter([_failed() for _ in work])
        except Exception as error:  # noqa: BLE001 - whatever one trips over must not cost the others
            # One of them cannot be written beside the others. Alone, each shows whether it can be at all.
            log.warning("batch of %d rolled back, writing one by one: %s", len(work), type(error).__name__)
            written = iter([self._alone(one) for one in work])
        return [next(written) if isinstance(message, Message) else message for message in read]

    def _commit(self, work: Sequence["_Work"]) -> list[CheckInAnswer | FleetError]:
        if not work:
            return []
        try:
            with self._engine.begin() as connection:
                done = self._write(connection, work)
        except BaseException:
            self._shelf.forget()
            raise
        # Only now is it so; and a log that nobody reads must not hold the database.
        return [self._answer(one, what) for one, what in zip(work, done, strict=True)]

    def _write(self, connection: Connection, work: Sequence["_Work"]) -> list[Recorded | ValueError | None]:
        allowed = authorise(connection, {one.delivery.token for one in work})
        arrivals = {
            at: Arrival(one.message.check_in, one.message.sections, access.site_id, one.delivery.received_at)
            for at, one in enumerate(work)
            if (access := allowed.get(one.delivery.token)) is not None
        }
        done = dict(zip(arrivals, record(connection, self._shelf, tuple(arrivals.values())), strict=True))
        users = [
            (allowed[work[at].delivery.token], one.device_id)
            for at, one in done.items()
            if isinstance(one, Recorded) and one.device_id is not None
        ]
        used_by(connection, users)
        return [done.get(at) for at in range(len(work))]

    def _answer(self, work: "_Work", done: Recorded | ValueError | None) -> CheckInAnswer | FleetError:
        if done is None:
            return AccessRefused("the device token is unknown or was revoked", hint="enrol the machine again")
        if isinstance(done, ValueError):
            return done if isinstance(done, FleetError) else BadReport(str(done))
        if done.effect is Effect.CHANGED:
            extra = {"report": work.message.check_in.id, "device": done.device_id, "outcome": str(done.outcome)}
            log.info("report recorded", extra=extra)
        return CheckInAnswer(
            accepted=done.effect is not Effect.MISSING, missing=tuple(done.missing), next_check_in=self._next_check_in
        )

    def _alone(self, work: "_Work") -> CheckInAnswer | FleetError:
        try:
            return self._commit([work])[0]
        except Exception:  # a defect of ours, or a database that fails: the log says which
            log.exception("a check-in could not be written")
            return _failed()


@dataclass(frozen=True, slots=True)
class _Work:
    """A delivery that could be read."""

    delivery: Delivery
    message: Message


def _failed() -> StorageFailed:
    return StorageFailed("the report could not be stored", hint="it will be sent again; see the server's log")


def _read(delivery: Delivery) -> Message | FleetError:
    try:
        return decode(delivery.body)
    except FleetError as error:
        return error
