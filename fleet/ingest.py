"""Reports into the inventory: many waiting check-ins share one transaction, each is answered once it is committed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from agents.report import CheckInAnswer
from fleet.access import authorise, used_by
from fleet.errors import FleetError
from fleet.message import BadReport, Message, decode
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
        work = [
            self._writer(delivery, message)
            for delivery, message in zip(deliveries, read, strict=True)
            if isinstance(message, Message)
        ]
        try:
            written = iter(self._commit(work))
        except (SQLAlchemyError, ValueError, LookupError) as error:
            # One of them cannot be written. Alone, each shows which.
            log.warning("batch of %d rolled back, writing one by one: %s", len(work), type(error).__name__)
            written = iter([self._alone(one) for one in work])
        return [next(written) if isinstance(message, Message) else message for message in read]

    def _writer(self, delivery: Delivery, message: Message) -> Callable[[Connection], CheckInAnswer | FleetError]:
        def write(connection: Connection) -> CheckInAnswer | FleetError:
            try:
                access = authorise(connection, delivery.token)
            except FleetError as error:
                return error
            try:
                recorded = record(
                    connection,
                    self._shelf,
                    message.check_in,
                    message.sections,
                    site_id=access.site_id,
                    received_at=delivery.received_at,
                )
            except BadReport as error:
                return error
            if recorded.device_id is not None:
                used_by(connection, access, recorded.device_id)
            _log(message, recorded)
            return CheckInAnswer(
                accepted=recorded.effect is not Effect.MISSING,
                missing=tuple(recorded.missing),
                next_check_in=self._next_check_in,
            )

        return write

    def _commit(
        self, work: Sequence[Callable[[Connection], CheckInAnswer | FleetError]]
    ) -> list[CheckInAnswer | FleetError]:
        if not work:
            return []
        try:
            with self._engine.begin() as connection:
                return [write(connection) for write in work]
        except BaseException:
            self._shelf.forget()
            raise

    def _alone(self, write: Callable[[Connection], CheckInAnswer | FleetError]) -> CheckInAnswer | FleetError:
        try:
            return self._commit([write])[0]
        except (SQLAlchemyError, ValueError, LookupError):
            log.exception("a check-in could not be written")
            return StorageFailed("the report could not be stored", hint="it will be sent again; see the server's log")


def _read(delivery: Delivery) -> Message | FleetError:
    try:
        return decode(delivery.body)
    except FleetError as error:
        return error


def _log(message: Message, recorded: Recorded) -> None:
    if recorded.effect is Effect.CHANGED:
        log.info(
            "report recorded",
            extra={"report": message.check_in.id, "device": recorded.device_id, "outcome": str(recorded.outcome)},
        )
