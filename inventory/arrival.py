"""A check-in as it arrived: dated by our clock, and with what identifies its machine in one digest. ◇"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from agents.report import CheckIn, Hardware, Section, Software, System

LONGEST_WAIT = timedelta(days=90)
"""A report that says it waited longer is dated as if it had waited this long."""

LONGEST_UPTIME = timedelta(days=3650)
"""A machine that says it has been up for longer has a clock that jumped."""


class GivenSection(Protocol):
    """A section as it came: its JSON, and what it says once somebody needs to know."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The JSON as it was sent, unknown fields of a newer agent included."""
        ...

    def read(self) -> Hardware | System | Software:
        """The section, checked; raises a ValueError that says what is wrong with it."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """One check-in, the sections that came with it, the site that its sender enrolled at, and when it came.

    `taken_at` and `booted_at` are by our clock: the machine's may be years off, but it is off by as much when it
    sends. `evidence` is all that the machine says of who it is, in 16 bytes: alike means the same machine, without a
    second look.
    """

    check_in: CheckIn
    given: Mapping[Section, GivenSection]
    site_id: int | None
    received_at: datetime
    taken_at: datetime = field(init=False)
    booted_at: datetime | None = field(init=False)
    evidence: str = field(init=False)
    vitals: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what several steps need."""
        set_once = object.__setattr__
        waited = min(max(self.check_in.age, 0.0), LONGEST_WAIT.total_seconds())
        set_once(self, "taken_at", self.received_at - timedelta(seconds=waited))
        set_once(self, "booted_at", _booted_at(self.check_in, self.received_at))
        set_once(self, "evidence", _evidence(self.check_in))
        set_once(self, "vitals", _vitals(self.check_in, self.booted_at))


def _booted_at(check_in: CheckIn, received_at: datetime) -> datetime | None:
    booted_at, sent_at = check_in.vitals.booted_at, check_in.sent_at
    if booted_at is None or sent_at is None:
        return booted_at
    return received_at - min(max(sent_at - booted_at, timedelta(0)), LONGEST_UPTIME)


def _evidence(check_in: CheckIn) -> str:
    adapters = sorted((interface.name, interface.mac, interface.kind) for interface in check_in.interfaces)
    return blake2b(orjson.dumps([check_in.identity, adapters]), digest_size=16).hexdigest()


def _vitals(check_in: CheckIn, booted_at: datetime | None) -> dict[str, Any]:
    vitals: dict[str, Any] = orjson.loads(orjson.dumps(replace(check_in.vitals, booted_at=booted_at)))
    addresses = {one.name: one.addresses for one in check_in.interfaces if one.addresses}
    return {name: value for name, value in vitals.items() if value is not None} | {"addresses": addresses}
