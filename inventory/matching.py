"""One report against one known device: what agrees, what differs, and whether one machine can explain both."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from inventory.identifiers import Identifier, Kind
from inventory.junk import HYPERVISOR_MACS


class Outcome(StrEnum):
    """What a report is: of a device as we know it, of one that changed, of one we did not know, or in doubt."""

    SAME = "same"
    RENAMED = "renamed"
    REIMAGED = "reimaged"
    DISK_SWAPPED = "disk_swapped"
    BOARD_SWAPPED = "board_swapped"
    EXPECTED = "expected"
    NEW = "new"
    CONFLICT = "conflict"


class Effect(StrEnum):
    """What one kind of identifier says about a report and one device; silent where one of both has none."""

    AGREES = "agrees"
    FORMER = "former"
    DIFFERS = "differs"
    SHARED = "shared"


WEIGHTS: Mapping[Kind, int] = {
    Kind.SERIAL: 20,
    Kind.UUID: 16,
    Kind.BOARD_SERIAL: 14,
    Kind.DISK: 12,
    Kind.MAC: 12,
    Kind.ASSET_TAG: 6,
    Kind.SYSTEM: 4,
    Kind.HOSTNAME: 2,
}
"""How loud each kind speaks; they order devices that all could be the one, the rules below decide which could."""

CROWD = 3
"""From so many carriers on, an identifier says nothing any more."""

ONE_BOOT = timedelta(minutes=2)
"""Moments of start that lie closer are of one start: clocks are set, counters drift."""

OVERLAP = timedelta(minutes=15)
"""How long two starts must overlap before they prove two machines: the machine's clock is not the server's."""

OLDEST_START = timedelta(days=400)
"""A start longer ago comes from a clock that is wrong."""

_HARD = frozenset({Kind.SERIAL, Kind.UUID, Kind.BOARD_SERIAL, Kind.DISK, Kind.MAC})
_BOARD = frozenset({Kind.UUID, Kind.BOARD_SERIAL, Kind.MAC})
_SYSTEM = frozenset({Kind.SYSTEM, Kind.HOSTNAME})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that shares at least one identifier, of now or before, with the report.

    `current` is what it carried when last heard, or what a list says of it; `former` what it carried before;
    `last_heard` is `None` for a device known from a list only; `booted_at` is from its last report.
    """

    device_id: int
    current: frozenset[Identifier]
    former: frozenset[Identifier] = frozenset()
    last_heard: datetime | None = None
    booted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The report's side: its identifiers, by kind too, when it was taken (server's clock) and the machine started."""

    stated: frozenset[Identifier]
    kinds: Mapping[Kind, AbstractSet[Identifier]]
    now: datetime
    booted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reason:
    """What one kind of identifier said, and how much it weighed: against the device where negative."""

    identifier: Identifier
    effect: Effect
    weight: int

    @property
    def kind(self) -> Kind:
        """The kind of identifier that spoke."""
        return self.identifier.kind


@dataclass(frozen=True)
class Match:
    """A report held against one device; `outcome` is `None` when they cannot safely be called one machine."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    outcome: Outcome | None

    @cached_property
    def agree(self) -> frozenset[Kind]:
        """The kinds that agree, and are the device's own."""
        return frozenset(reason.kind for reason in self.reasons if reason.effect is Effect.AGREES)

    @cached_property
    def differ(self) -> frozenset[Kind]:
        """The kinds that differ."""
        return frozenset(reason.kind for reason in self.reasons if reason.effect is Effect.DIFFERS)

    @cached_property
    def weight(self) -> int:
        """What all reasons weigh together."""
        return sum(reason.weight for reason in self.reasons)


def by_kind(stated: frozenset[Identifier]) -> Mapping[Kind, AbstractSet[Identifier]]:
    """Identifiers by their kind."""
    kinds: dict[Kind, set[Identifier]] = {}
    for identifier in stated:
        kinds.setdefault(identifier.kind, set()).add(identifier)
    return kinds


def compare(heard: Statement, candidate: Candidate, shared: Mapping[Identifier, int]) -> Match:
    """Hold a report against a device; `shared` counts the devices that carry an identifier now."""
    reasons = tuple(_reasons(heard, candidate, shared))
    outcome = _outcome(heard, candidate, reasons)
    return Match(candidate, reasons, outcome)


def _reasons(heard: Statement, candidate: Candidate, shared: Mapping[Identifier, int]) -> list[Reason]:
    """What each kind says; where several identifiers agree, the one with the fewest carriers speaks."""
    known = by_kind(candidate.current)
    reasons = []
    for kind, mine in heard.kinds.items():
        theirs = known.get(kind, frozenset())
        effect = Effect.AGREES
        common = mine & theirs
        if not common:
            effect, common = Effect.FORMER, mine & candidate.former
        if common:
            carriers, identifier = min((shared.get(one, 1), one) for one in common)
            weight = WEIGHTS[kind] // max(carriers, 1 if effect is Effect.AGREES else 2)
            if carriers >= CROWD:
                effect, weight = Effect.SHARED, 0
            reasons.append(Reason(identifier, effect, weight))
        elif theirs:
            reasons.append(Reason(min(mine), Effect.DIFFERS, -WEIGHTS[kind]))
    reasons.sort(key=_loudest_first)
    return reasons


def _loudest_first(reason: Reason) -> int:
    return -WEIGHTS[reason.kind]


def _outcome(heard: Statement, candidate: Candidate, reasons: tuple[Reason, ...]) -> Outcome | None:
    agree = frozenset(reason.kind for reason in reasons if reason.effect is Effect.AGREES)
    differ = frozenset(reason.kind for reason in reasons if reason.effect is Effect.DIFFERS)
    if candidate.last_heard is None:
        return _listed(agree, differ)
    if live_twice(heard, candidate):
        return None
    virtual = Kind.MAC in differ and (_virtual(heard.stated) or _virtual(candidate.current))
    outcome = _hardware(agree, differ, virtual=virtual, bare=_bare(heard.stated) and _bare(candidate.current))
    if outcome is None:
        return None
    if outcome is not Outcome.SAME:
        # Nobody changes a board or the only disk of a machine that runs.
        return None if _running(heard, candidate) else outcome
    if Kind.SYSTEM in differ:
        return Outcome.REIMAGED
    former = {reason.kind for reason in reasons if reason.effect is Effect.FORMER}
    renamed = Kind.HOSTNAME in differ or (Kind.HOSTNAME in former and Kind.SYSTEM not in former)  # else: dual boot
    return Outcome.RENAMED if renamed else Outcome.SAME


def _listed(agree: frozenset[Kind], differ: frozenset[Kind]) -> Outcome | None:
    """A device known from a list: its serial decides; a name in a list is nobody's, an address may be a dock's."""
    if Kind.SERIAL in agree:
        return Outcome.EXPECTED
    if Kind.SERIAL in differ or Kind.UUID in differ:
        return None
    return Outcome.EXPECTED if agree & (_HARD | {Kind.ASSET_TAG}) else None


def _hardware(agree: frozenset[Kind], differ: frozenset[Kind], *, virtual: bool, bare: bool) -> Outcome | None:
    """Whether one machine explains what agrees and what differs, and which part of it was changed."""
    same, other = agree & _HARD, differ & _HARD
    if not same:
        return Outcome.SAME if bare and agree >= _SYSTEM else None
    if other >= {Kind.MAC, Kind.DISK}:
        return None  # what no firmware copies: the same serial, UUID and board over it are a dump, flashed twice
    if Kind.MAC in other and virtual:
        return None  # a copy of a virtual machine keeps everything but its address
    if Kind.SERIAL in other:
        rewritten = other == {Kind.SERIAL} and len(same) >= 2
        return Outcome.SAME if rewritten else None
    if Kind.DISK in other:
        return _other_disk(agree, same, other)
    if not other:
        return _nothing_differs(agree, same)
    return _other_board(agree, same, other)


def _nothing_differs(agree: frozenset[Kind], same: frozenset[Kind]) -> Outcome | None:
    """A serial or an address alone will do; a UUID, board serial or disk needs a second word."""
    enough = same & {Kind.SERIAL, Kind.MAC} or len(same) >= 2 or agree & (_SYSTEM | {Kind.ASSET_TAG})
    return Outcome.SAME if enough else None


def _other_disk(agree: frozenset[Kind], same: frozenset[Kind], other: frozenset[Kind]) -> Outcome | None:
    """The disk differs: the rest of the machine must hold together without it."""
    if len(other) > 1:
        return Outcome.DISK_SWAPPED if len(same) > len(other) else None
    named = Kind.HOSTNAME in agree and same & {Kind.SERIAL, Kind.MAC}
    return Outcome.DISK_SWAPPED if len(same) >= 2 or named else None


def _other_board(agree: frozenset[Kind], same: frozenset[Kind], other: frozenset[Kind]) -> Outcome | None:
    """Something of the board differs; disk and serial agree or are silent."""
    if not same & _BOARD and other != {Kind.MAC}:  # all of it differs
        kept = Kind.DISK in agree or agree >= _SYSTEM
        return Outcome.BOARD_SWAPPED if Kind.SERIAL in agree and kept else None
    if other == {Kind.MAC}:  # another adapter, in a machine that is known by more than its firmware
        return Outcome.SAME if Kind.DISK in same and len(same) >= 2 else None
    if len(other) == 1:  # firmware rewritten: one of UUID and board serial
        return Outcome.SAME if len(same) >= 2 else None
    kept = Kind.SERIAL in same and Kind.DISK in same
    if not kept:
        return None
    return Outcome.SAME if Kind.BOARD_SERIAL in same else Outcome.BOARD_SWAPPED


def two_starts(
    booted_at: datetime | None, taken_at: datetime, known_booted_at: datetime | None, last_heard: datetime | None
) -> bool:
    """Whether a report and a device's last word are of two starts that were up at once.

    Then two machines state one identity, or a clock jumped: starts are by the machine's clock, the rest by ours.
    """
    if last_heard is None:
        return False
    mine, theirs = _start(booted_at, taken_at), _start(known_booted_at, last_heard)
    if mine is None or theirs is None or abs(mine - theirs) <= ONE_BOOT:
        return False
    return min(last_heard, taken_at) - max(mine, theirs) > OVERLAP


def live_twice(heard: Statement, candidate: Candidate) -> bool:
    """Whether report and device were up at once, from two starts."""
    return two_starts(heard.booted_at, heard.now, candidate.booted_at, candidate.last_heard)


def one_start(heard: Statement, candidate: Candidate) -> bool:
    """Whether report and device speak of the same start."""
    mine, theirs = heard.booted_at, candidate.booted_at
    return mine is not None and theirs is not None and abs(mine - theirs) <= ONE_BOOT


def _running(heard: Statement, candidate: Candidate) -> bool:
    """Whether the machine of the report was up already when the device was last heard, so that nobody opened it."""
    start, last = _start(heard.booted_at, heard.now), candidate.last_heard
    if start is None or last is None:
        return False
    theirs = _start(candidate.booted_at, last) or start
    return min(last, heard.now) - max(start, theirs) > ONE_BOOT


def _start(booted_at: datetime | None, at: datetime) -> datetime | None:
    """A moment of start, unless the clock that gave it is clearly wrong."""
    if booted_at is None or not at - OLDEST_START <= booted_at <= at + ONE_BOOT:
        return None
    return booted_at


def _virtual(stated: frozenset[Identifier]) -> bool:
    """Whether a hypervisor gave the addresses."""
    macs = [one.value for one in stated if one.kind is Kind.MAC]
    return bool(macs) and all(mac.startswith(HYPERVISOR_MACS) for mac in macs)


def _bare(stated: frozenset[Identifier]) -> bool:
    """Whether nothing of the hardware speaks, as in a container."""
    return not any(one.kind in _HARD for one in stated)
