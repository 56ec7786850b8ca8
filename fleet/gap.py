"""Gaps: one thing between a station and its pathway, how sure we are of it, and what to do next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """The three answers, never two: `unknown` is neither a pass nor a failure."""

    READY = "ready"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


class Code(StrEnum):
    """What kind of thing is in the way; stable, for programs."""

    NO_DEVICE = "no-device"
    NEVER_HEARD = "never-heard"
    STALE = "stale"
    CONFLICT = "conflict"
    WRONG_PLATFORM = "wrong-platform"
    NOT_INSTALLED = "not-installed"
    WRONG_VERSION = "wrong-version"
    LIST_UNREAD = "list-unread"
    TOO_WEAK = "too-weak"
    HARDWARE_UNKNOWN = "hardware-unknown"
    SYSTEM_UNSUPPORTED = "system-unsupported"
    NOT_LICENSED = "not-licensed"
    LICENSE_SHORT = "licence-short"
    LICENSE_UNKNOWN = "licence-unknown"
    STALE_RULE = "stale-rule"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing in the way at one station; a gap that is not `certain` makes the station unknown, not failed.

    `subject` is what it is about (a title's id, "memory", a system, …). `message` is the same for every station
    with this cause; what differs from machine to machine stands in `found`, and `brief` says both in few words ("8 GB
    memory, 16 GB asked"). `note` says what weakens the rule behind it ("unverified").
    """

    code: Code
    subject: str
    certain: bool
    message: str
    next_step: str
    found: str = ""
    note: str = ""
    brief: str = ""

    def doubted(self) -> "Gap":
        """The same gap when the word it rests on is old or may be another machine's."""
        return replace(self, certain=False) if self.certain else self


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing in the way of several stations: their numbers, for how many it is certain, and the one next step."""

    code: Code
    subject: str
    message: str
    next_step: str
    note: str
    stations: tuple[int, ...]
    certain: int

    @property
    def uncertain(self) -> int:
        """At how many stations it may not be so."""
        return len(self.stations) - self.certain


def state_of(gaps: Iterable[Gap]) -> State:
    """A certain gap fails a station; else any gap leaves it unknown."""
    state = State.READY
    for gap in gaps:
        if gap.certain:
            return State.NOT_READY
        state = State.UNKNOWN
    return state


def causes(stations: Iterable[tuple[int, Iterable[Gap]]]) -> tuple[Cause, ...]:
    """The gaps of numbered stations by cause, those that certainly fail the most stations first."""
    found: dict[tuple[Code, str, str], tuple[Gap, list[int], list[bool]]] = {}
    for number, gaps in stations:
        for gap in gaps:
            _, numbers, certain = found.setdefault((gap.code, gap.subject, gap.message), (gap, [], []))
            numbers.append(number)
            certain.append(gap.certain)
    grouped = [
        Cause(gap.code, gap.subject, gap.message, gap.next_step, gap.note, tuple(numbers), sum(certain))
        for gap, numbers, certain in found.values()
    ]
    return tuple(sorted(grouped, key=lambda cause: (-cause.certain, -len(cause.stations), cause.code, cause.subject)))


def numbered(numbers: Iterable[int]) -> str:
    """Station numbers as people write them: "1–14, 16"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
