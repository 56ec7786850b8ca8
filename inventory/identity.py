"""Whose report is this? Evidence weighed and explained; two machines are never merged silently.

Each device that shares an identifier with the report is held against it by rules (`inventory.matching`). Exactly
one that can be the machine: it is. None: a new device. Doubt (a serial, UUID or board that two machines state, two
starts at once): a conflict for a person, and a device of its own for the report, for two can be merged later, while
what was mixed cannot be told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.identifiers import Identifier, Kind, identifiers, ignored
from inventory.matching import (
    Candidate,
    Effect,
    Match,
    Outcome,
    Reason,
    Statement,
    by_kind,
    compare,
    live_twice,
    one_start,
    two_starts,
)

__all__ = [
    "Candidate",
    "Conflict",
    "Effect",
    "Identifier",
    "Kind",
    "Outcome",
    "Reason",
    "Verdict",
    "carried",
    "decide",
    "identifiers",
    "ignored",
    "two_starts",
]

_NAMES: Mapping[Kind, str] = {
    Kind.SERIAL: "serial",
    Kind.UUID: "board UUID",
    Kind.BOARD_SERIAL: "board serial",
    Kind.DISK: "disk",
    Kind.MAC: "network address",
    Kind.ASSET_TAG: "asset tag",
    Kind.SYSTEM: "system id",
    Kind.HOSTNAME: "name",
}
_MEANINGS: Mapping[Outcome, str] = {
    Outcome.SAME: "the same device",
    Outcome.RENAMED: "renamed",
    Outcome.REIMAGED: "re-imaged",
    Outcome.DISK_SWAPPED: "disk swapped",
    Outcome.BOARD_SWAPPED: "board swapped",
    Outcome.EXPECTED: "expected from a list, heard for the first time",
    Outcome.NEW: "a new device",
}
_FIRMWARE = frozenset({Kind.SERIAL, Kind.UUID, Kind.BOARD_SERIAL})
_UNIQUE = _FIRMWARE | {Kind.DISK, Kind.MAC}
_LOUDEST_FIRST = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An identifier of the report that other devices carry too; an unchanged report finds none anew.

    `device_ids` are those other devices (of two starts: the device itself), `carriers` counts all who carry it, the
    report's own among them. `grave`: a person must say which machine is which; else it is explained (a disk that
    moved, a shared adapter, a clone).
    """

    identifier: Identifier
    device_ids: tuple[int, ...]
    carriers: int
    grave: bool
    two_starts: bool = False

    @property
    def words(self) -> str:
        """The conflict as a person reads it."""
        kind, value = self.identifier.kind, shown(self.identifier)
        if self.two_starts:
            return f"{_NAMES[kind]} {value} is up from two starts at once: a copy is live, or a clock jumped"
        live = f"{_NAMES[kind]} {value} is live on {self.carriers} devices"
        if self.grave:
            return live
        explained = {
            Kind.DISK: "a disk that moved",
            Kind.MAC: "a dock, an adapter or a maker's default",
            Kind.SYSTEM: "cloned without generalising the image",
            Kind.ASSET_TAG: "a tag given twice",
        }
        return f"{live}: {explained.get(kind, 'a value of the maker or the image, ignored')}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose report this is, and why.

    `device_id` is `None` when a device of its own must be recorded: for NEW, and for CONFLICT unless the report
    fits a device exactly and only a live copy is feared. `reasons` hold the report against `compared_with`.
    """

    outcome: Outcome
    device_id: int | None
    reasons: tuple[Reason, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    compared_with: int | None = None

    @property
    def words(self) -> str:
        """The verdict in one line: "same serial 5CG1234XYZ and disk S4EV; board UUID differs: board swapped"."""
        if self.outcome is Outcome.CONFLICT:
            meaning = "recorded as a new device" if self.device_id is None else f"kept with device {self.device_id}"
            meaning += ", for a person to decide"
        else:
            meaning = _MEANINGS[self.outcome]
        said = "; ".join(_said(self.reasons))
        if self.device_id is None and self.compared_with is not None:
            said = f"against device {self.compared_with}: {said}"
        graves = [conflict.words for conflict in self.conflicts if conflict.grave]
        return "; ".join((*graves, f"{said}: {meaning}" if said else meaning))


def decide(
    stated: frozenset[Identifier],
    candidates: Sequence[Candidate],
    *,
    shared: Mapping[Identifier, int],
    now: datetime,
    booted_at: datetime | None = None,
) -> Verdict:
    """Whose report this is, among the devices that share an identifier with it.

    `shared` counts the devices that carry an identifier now (absent: at most one); `now` is when the report was
    taken, by the server's clock; `booted_at` when its machine started, by its own.
    """
    if not candidates:
        return Verdict(Outcome.NEW, None)
    heard = Statement(stated, by_kind(stated), now, booted_at)
    if unchanged := [one for one in candidates if one.current == stated and one.last_heard is not None]:
        return _unchanged(heard, unchanged, shared)
    matches = sorted((compare(heard, candidate, shared) for candidate in candidates), key=_likeliest_first)
    fitting = [match for match in matches if match.outcome is not None]
    known = [match for match in fitting if match.candidate.last_heard is not None]
    if not fitting:
        conflicts = _conflicts(matches, shared)
        outcome = Outcome.CONFLICT if any(conflict.grave for conflict in conflicts) else Outcome.NEW
        closest = max(matches, key=_most_in_common)
        return Verdict(outcome, None, closest.reasons, conflicts, closest.candidate.device_id)
    best = (known or fitting)[0]
    conflicts = _conflicts(matches, shared, best)
    rivals = [match for match in (known or fitting) if match is not best]
    tie = any(match.weight == best.weight for match in rivals)
    device_id = best.candidate.device_id
    outcome = Outcome.CONFLICT if tie or best.outcome is None else best.outcome
    return Verdict(outcome, device_id, best.reasons, conflicts, device_id)


def carried(candidate: Candidate, stated: frozenset[Identifier]) -> tuple[frozenset[Identifier], frozenset[Identifier]]:
    """What a device carries now and carried before, once a report is its own; kinds it did not state stay."""
    kinds = {identifier.kind for identifier in stated}
    current = stated | {identifier for identifier in candidate.current if identifier.kind not in kinds}
    return current, (candidate.former | candidate.current) - current


def shown(identifier: Identifier) -> str:
    """An identifier's value as people know it from labels."""
    value = identifier.value
    if identifier.kind is Kind.UUID:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    if identifier.kind is Kind.SYSTEM:
        return value[:12]
    return value if identifier.kind in (Kind.MAC, Kind.HOSTNAME) else value.upper()


def _likeliest_first(match: Match) -> tuple[bool, int, float, int]:
    last = match.candidate.last_heard
    return (match.outcome is None, -match.weight, -last.timestamp() if last else 0.0, match.candidate.device_id)


def _most_in_common(match: Match) -> int:
    return sum(reason.weight for reason in match.reasons if reason.weight > 0)


def _unchanged(heard: Statement, candidates: Sequence[Candidate], shared: Mapping[Identifier, int]) -> Verdict:
    """The report states exactly what a device did: it is that device, unless a live copy is to be feared.

    Copies that were split state the same; only the moment of their start tells them apart.
    """
    matches = sorted((compare(heard, candidate, shared) for candidate in candidates), key=_likeliest_first)
    running = [match for match in matches if one_start(heard, match.candidate)]
    possible = [match for match in matches if not live_twice(heard, match.candidate)]
    best = (running or possible or matches)[0]
    device_id = best.candidate.device_id
    conflicts = _conflicts(matches, shared, best)
    if len(matches) > 1:
        doubt = len(running or possible) != 1
    elif doubt := live_twice(heard, best.candidate):
        twin = best.reasons[0].identifier
        conflicts = (Conflict(twin, (device_id,), shared.get(twin, 1), grave=True, two_starts=True),)
    else:
        doubt = heard.kinds.keys() <= {Kind.HOSTNAME}  # a name alone is nobody's
    return Verdict(Outcome.CONFLICT if doubt else Outcome.SAME, device_id, best.reasons, conflicts, device_id)


def _conflicts(
    matches: Iterable[Match], shared: Mapping[Identifier, int], own: Match | None = None
) -> tuple[Conflict, ...]:
    """What the report shares now with devices other than its `own`; the graver and louder first."""
    found: dict[Identifier, tuple[list[int], bool]] = {}
    for match in matches:
        if match is own or (match.candidate.last_heard is None and match.outcome is None):
            continue  # a list that contradicts what machines say is not a second live machine
        for reason in match.reasons:
            if reason.effect in (Effect.AGREES, Effect.SHARED) and reason.kind is not Kind.HOSTNAME:
                devices, grave = found.get(reason.identifier, ([], False))
                found[reason.identifier] = ([*devices, match.candidate.device_id], grave or _grave(match, reason))
    mine = own.candidate.current if own else frozenset()
    conflicts = (
        Conflict(
            identifier,
            tuple(sorted(devices)),
            max(shared.get(identifier, 1) + (identifier not in mine), len(devices) + 1),
            grave,
        )
        for identifier, (devices, grave) in found.items()
    )
    return tuple(sorted(conflicts, key=_gravest_first))


def _gravest_first(conflict: Conflict) -> tuple[bool, int, str]:
    return (not conflict.grave, _LOUDEST_FIRST.index(conflict.identifier.kind), conflict.identifier.value)


def _grave(match: Match, reason: Reason) -> bool:
    """Whether an identifier that two devices carry leaves their identity in doubt."""
    differ = match.differ & _UNIQUE
    if reason.effect is Effect.SHARED:
        return not differ and not match.agree & _UNIQUE  # a copy of many copies, with nothing to tell them apart
    if match.outcome is not None or reason.kind in _FIRMWARE:
        return True
    # The whole system on other hardware: a clone, or a new board, and no disk that says which.
    named = match.agree >= {Kind.SYSTEM, Kind.HOSTNAME} and Kind.DISK not in differ
    if differ & {Kind.SERIAL, Kind.UUID}:  # surely another machine; its disk may hold the whole system, though
        return named if reason.kind is not Kind.DISK else Kind.SYSTEM not in match.differ
    return reason.kind in _UNIQUE or not differ or named


def _said(reasons: Sequence[Reason]) -> Iterable[str]:
    """Reasons in words, grouped by what they say."""
    same = [f"{_NAMES[reason.kind]} {shown(reason.identifier)}" for reason in reasons if reason.effect is Effect.AGREES]
    if same:
        yield f"same {_listed(same)}"
    for effect, verb in (
        (Effect.FORMER, "known from before"),
        (Effect.DIFFERS, "changed"),
        (Effect.SHARED, "shared by many and ignored"),
    ):
        if names := [_NAMES[reason.kind] for reason in reasons if reason.effect is effect]:
            yield f"{_listed(names)} {verb}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
