"""What a licence server's text says, in one shape for every kind of server: state, features, unread lines. Pure.

No type here has a place for a user or a machine that holds a seat: readers count such lines, and drop them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

PERMANENT: Literal["permanent"] = "permanent"
Expiry = date | Literal["permanent"]


class ServerState(StrEnum):
    """Whether a server answers; `DEGRADED`: a part of it does (a daemon, two of three machines, one of two servers)."""

    UP = "up"
    DOWN = "down"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"


class Counting(StrEnum):
    """How far the numbers of a feature go."""

    COUNTED = "counted"
    UNCOUNTED = "uncounted"
    """As many as one likes, usually on one machine: `issued` is `None`."""
    UNSUPPORTED = "unsupported"
    """In the licence file, and not served: nobody can use it, `in_use` is `None`."""
    LISTED = "listed"
    """From a licence file or `lmstat -i`: issued and expiry, nothing about use."""
    LOGGED = "logged"
    """From a debug log: refusals and the greatest use, nothing about what is issued."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One purchase of a feature, where the text tells them apart; `issued` is `None` where it does not say."""

    issued: int | None
    expires: Expiry | None


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """One feature of one server at one moment, in seats; `None` is not known.

    `in_use` is the server's own number; FlexNet's takes in seats that are reserved and held by nobody, `held` does not.
    `expires` is the earliest of `batches` that still runs, the last that ran where none does.
    `peak`, `denied` and `turned_away` are from logs: the greatest use, the refusals, and how many different holders
    were refused for want of a seat, each once an hour (a program that tries again every minute is one).
    """

    feature: str
    issued: int | None = None
    in_use: int | None = None
    queued: int | None = None
    reserved: int | None = None
    expires: Expiry | None = None
    held: int | None = None
    borrowed: int | None = None
    counting: Counting = Counting.COUNTED
    vendor: str = ""
    server: str = ""
    batches: tuple[Batch, ...] = ()
    components: tuple[str, ...] = ()
    peak: int | None = None
    denied: int | None = None
    turned_away: int | None = None


@dataclass(frozen=True, slots=True)
class Daemon:
    """One vendor's daemon (FlexNet) or ISV server (RLM)."""

    vendor: str
    state: ServerState
    version: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """One licence server of a text; `server` is its address as the text has it."""

    server: str
    state: ServerState
    reason: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that no rule knows; `text` has only the words that are in every status text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class HourUse:
    """What a log says of one feature in one hour of its own clock."""

    feature: str
    peak: int | None
    turned_away: int


@dataclass(frozen=True, slots=True)
class Status:
    """All that one text says. `at` is the moment it was made, on the server's clock without a zone, where it says so.

    `unread_lines` counts all unread lines; `unread` has the first of them. `hours` is what a log says, by hour.
    """

    kind: str
    state: ServerState
    reason: str
    features: tuple[FeatureUse, ...] = ()
    servers: tuple[ServerAnswer, ...] = ()
    daemons: tuple[Daemon, ...] = ()
    at: datetime | None = None
    unread: tuple[Unread, ...] = ()
    unread_lines: int = 0
    hours: Mapping[datetime, Sequence[HourUse]] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """The address of the server; with commas where the text has several."""
        return ",".join(dict.fromkeys(one.server for one in self.servers if one.server))


def together(answers: Sequence[ServerAnswer]) -> tuple[ServerState, str]:
    """The state of several servers, and why it is no better."""
    several = len(answers) > 1
    named = [f"{one.server}: {one.reason}" if several and one.server else one.reason for one in answers if one.reason]
    reasons = "; ".join(dict.fromkeys(named))
    kinds = {one.state for one in answers}
    if len(kinds) == 1:
        return kinds.pop(), reasons
    if kinds & {ServerState.UP, ServerState.DEGRADED}:
        return ServerState.DEGRADED, reasons
    return ServerState.UNKNOWN, reasons


def earliest_running(batches: Sequence[Batch], on: date) -> Expiry | None:
    """The earliest expiry that has not passed; where all have, the last; `None` where none is known."""
    days = sorted(one.expires for one in batches if isinstance(one.expires, date))
    running = [day for day in days if day >= on]
    if running:
        return running[0]
    if any(one.expires == PERMANENT for one in batches):
        return PERMANENT
    return days[-1] if days else None
