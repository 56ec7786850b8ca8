"""How far seats reach that may be used only within their scopes: exact, and explained by an example assignment. Pure.

Seats with one scope are a pool. Devices that the same pools may serve are alike, so a flow between groups of devices
and pools is enough, however many devices there are. Groups are served in the order given; a group is never taken a
seat away again, at most its seats move to another pool. So the total is the most that any assignment reaches (the
devices that can be served together form a matroid), and one more seat never takes a device out of the covered ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby, pairwise
from typing import TypeAlias

from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.releases import ANY_RELEASE, VersionRange
from licenses.entitlement import Entitlement, Reach, Scope, Spot, grades_of


@dataclass(frozen=True, slots=True)
class Place:
    """Devices that every scope treats alike: those of one lab, or those of a site that stand in none.

    `parts`: the places that it was made of, where several are treated alike.
    """

    site: str
    lab: str
    pathways: frozenset[str]
    devices: DeviceSet
    grades: frozenset[int] = frozenset()
    parts: "tuple[Place, ...]" = ()

    @property
    def spot(self) -> Spot:
        """Where it is, as scopes see it."""
        return Spot(self.site, self.lab, self.pathways, self.grades)


@dataclass(frozen=True, slots=True)
class Pool:
    """What seats have in common that are added up: where they may be used, for what money, in which releases.

    `per_seat`: devices that one seat serves. `start` and `end`: only where the term itself tells seats apart.
    """

    scope: Scope
    cte_only: bool = False
    releases: VersionRange = ANY_RELEASE
    per_seat: int = 1
    start: date | None = None
    end: date | None = None

    def covers(self, spot: Spot) -> bool:
        """Whether a spot is surely inside."""
        return self.scope.covers(spot) and (not self.cte_only or bool(spot.pathways))


Pools = Mapping[Pool, int | None]
"""Seats by pool; `None` is unlimited."""

Allowed = Callable[[Entitlement], VersionRange]
"""The releases that a purchase lets one run."""

Asked = Mapping[VersionRange, DeviceSet]
"""The devices that need a release of a range."""


def pools_of(
    entitlements: Iterable[Entitlement], allowed: Allowed | None = None, *, by_term: bool = False
) -> dict[Pool, int | None]:
    """The seats of entitlements, added up where they are alike; `by_term`: also by their days."""
    pools: dict[Pool, int | None] = {}
    for one in entitlements:
        pool = Pool(
            one.scope,
            bool(one.cte_only),
            allowed(one) if allowed else ANY_RELEASE,
            one.devices_per_seat,
            one.start if by_term else None,
            one.end if by_term else None,
        )
        held = pools.get(pool, 0)
        free = held is None or one.quantity is None
        pools[pool] = None if free else (held or 0) + (one.quantity or 0)
    return pools


def grounds(bought: Iterable[Entitlement | Pool], places: Iterable[Place]) -> tuple[Place, ...]:
    """The places, neighbours as one that nothing that was bought tells apart: a few instead of one for each lab.

    Each is named as the first of its parts is; ask nothing of it but whether what was bought covers it.
    """
    places = tuple(places)
    reach = _reach({Pool(one.scope, bool(one.cte_only)): 0 for one in bought}, places)
    runs = (
        tuple(place for _, place in run) for _, run in groupby(zip(reach, places, strict=True), key=lambda one: one[0])
    )
    return tuple(
        replace(run[0], devices=NO_DEVICES.union(*(place.devices for place in run)), parts=run) for run in runs
    )


def capacity(pools: Pools) -> tuple[int | None, ...]:
    """How many devices each pool can serve."""
    return tuple(None if seats is None else seats * pool.per_seat for pool, seats in pools.items())


def serve(pools: Pools, groups: Sequence[DeviceSet], places: Sequence[Place], asked: Asked | None = None) -> DeviceSet:
    """The devices that get a seat; earlier groups go first, within a group places in order, then the lower ids.

    `asked`: devices that a seat must let run a release of a range.
    """
    flow = Flow(capacity(pools))
    if not asked and _all_served(pools, groups, places):
        return NO_DEVICES.union(*groups)
    return NO_DEVICES.union(*_served(flow, _parts(pools, places, asked or {}), groups))


def left(pools: Pools, devices: DeviceSet, places: Sequence[Place], asked: Asked | None = None) -> int:
    """How many whole seats of limited pools stay when as many of the devices as can be got one."""
    flow = Flow(capacity(pools))
    for members, kind, _ in _parts(pools, places, asked or {}):
        flow.push(kind, devices.intersection_cardinality(members))
    return sum(
        (seats * pool.per_seat - flow.used.get(number, 0)) // pool.per_seat
        for number, (pool, seats) in enumerate(pools.items())
        if seats is not None
    )


def _served(flow: "Flow", parts: "Sequence[Part]", groups: Sequence[DeviceSet]) -> list[DeviceSet]:
    served: list[DeviceSet] = []
    for group in groups:
        rest = len(group)
        for members, kind, place in parts:
            if not rest:
                break
            if kind in flow.exhausted:
                continue
            here = group & members
            if not here:
                continue
            rest -= len(here)
            got = flow.push(kind, len(here))
            served.append(here if got == len(here) else _first(here, got, place))
    return served


def _first(devices: DeviceSet, number: int, place: Place) -> DeviceSet:
    """So many of a place's devices: part by part, then the lower ids."""
    found: list[DeviceSet] = []
    for part in place.parts:
        here = devices & part.devices
        if here and number:
            found.append(here if len(here) <= number else _first(here, number, part))
            number -= len(found[-1])
    return NO_DEVICES.union(*found) if place.parts else devices[:number]


def _all_served(pools: Pools, groups: Sequence[DeviceSet], places: Sequence[Place]) -> bool:
    """Whether there is a seat for everybody, so that no order matters: asked of places that are alike together."""
    everybody = NO_DEVICES.union(*groups)
    flow = Flow(capacity(pools))
    left = len(everybody)
    for kind, devices in _alike(pools, places).items():
        here = everybody.intersection_cardinality(devices)
        if flow.push(kind, here) < here:
            return False
        left -= here
    return not left


def _alike(pools: Pools, places: Sequence[Place]) -> "dict[Kind, DeviceSet]":
    """The devices by the pools that reach them."""
    alike: dict[Kind, list[DeviceSet]] = {}
    for place, kind in zip(places, _reach(pools, places), strict=True):
        alike.setdefault(kind, []).append(place.devices)
    return {kind: NO_DEVICES.union(*devices) for kind, devices in alike.items()}


Kind: TypeAlias = tuple[int, ...]
"""The pools, by number, that a place may use: places with the same ones are alike."""

Part: TypeAlias = tuple[DeviceSet, Kind, Place]
"""Devices of a place that may use the same pools."""


def _reach(pools: Pools, places: Iterable[Place]) -> list[Kind]:
    """The kind of each place, by the names of its site, lab and pathways: the same as asking every pool, but quick."""
    by_name: dict[tuple[Reach, str], list[int]] = {}
    bands: list[tuple[frozenset[int], int]] = []
    narrow = frozenset(number for number, pool in enumerate(pools) if pool.cte_only)
    for number, pool in enumerate(pools):
        if pool.scope.reach is Reach.GRADE:
            bands.append((grades_of(pool.scope.name), number))
        else:
            by_name.setdefault((pool.scope.reach, pool.scope.name), []).append(number)
    whole = by_name.get((Reach.DISTRICT, ""), [])
    pathways = any(reach is Reach.PATHWAY for reach, _ in by_name)
    kinds = []
    for place in places:
        kind = [*whole, *by_name.get((Reach.SITE, place.site), ()), *by_name.get((Reach.LAB, place.lab), ())]
        if pathways:
            kind += [number for code in sorted(place.pathways) for number in by_name.get((Reach.PATHWAY, code), ())]
        if bands and place.grades:
            kind += [number for band, number in bands if place.grades <= band]
        if narrow and not place.pathways:
            kind = [number for number in kind if number not in narrow]
        kinds.append(tuple(kind))
    return kinds


def meet(one: VersionRange, other: VersionRange) -> bool:
    """Whether two ranges have a release in common."""
    bounds = ((one.minimum, other.maximum), (other.minimum, one.maximum))
    return all(not low or not high or VersionRange(maximum=high).holds(low) is not False for low, high in bounds)


def _parts(pools: Pools, places: Sequence[Place], asked: Asked) -> list[Part]:
    """The places, parted by the releases that are asked there, each part with the pools that allow them.

    In an order that hangs on no seat: those who ask the same come one after the other, place by place.
    """
    reach = _reach(pools, places)
    if not asked:
        return [(place.devices, kind, place) for place, kind in zip(places, reach, strict=True)]
    releases = [pool.releases for pool in pools]
    alike: list[tuple[DeviceSet, frozenset[int]]] = [
        (NO_DEVICES.union(*(place.devices for place in places)), frozenset(range(len(releases))))
    ]
    for wanted, devices in sorted(asked.items(), key=lambda one: (one[0].minimum, one[0].maximum)):
        good = frozenset(number for number, one in enumerate(releases) if meet(one, wanted))
        alike = [
            (part, fit & good if inside else fit)
            for whole, fit in alike
            for inside, part in ((True, whole & devices), (False, whole - devices))
            if part
        ]
    return [
        (here, tuple(number for number in kind if number in fit), place)
        for members, fit in alike
        for place, kind in zip(places, reach, strict=True)
        if (here := members & place.devices)
    ]


@dataclass(slots=True)
class Flow:
    """Seats handed out so far from numbered pools (`None`: unlimited), by kind of place and the pool that serves it."""

    sizes: tuple[int | None, ...]
    used: dict[int, int] = field(default_factory=dict)
    given: dict[Kind, dict[int, int]] = field(default_factory=dict)
    exhausted: set[Kind] = field(default_factory=lambda: {()})

    def push(self, kind: Kind, wanted: int) -> int:
        """Hand out up to `wanted` seats to devices of a kind; returns how many there were."""
        got = 0
        while got < wanted:
            path = self._path(kind)
            if path is None:
                self.exhausted.add(kind)  # for good: a seat handed out later opens no way that was closed
                break
            got += self._move(path, wanted - got)
        return got

    def _free(self, pool: int) -> int | None:
        size = self.sizes[pool]
        return None if size is None else size - self.used.get(pool, 0)

    def _path(self, kind: Kind) -> list[tuple[Kind, int]] | None:
        """The shortest chain of (kind of place, pool it takes a seat from) that ends at a pool with a free seat.

        Each kind after the first gives the seat that it has from the pool before to the one before it.
        """
        chains: list[list[tuple[Kind, int]]] = [[(kind, pool)] for pool in kind]
        seen = set(kind)
        for chain in chains:  # grows while it is walked: breadth first
            pool = chain[-1][1]
            free = self._free(pool)
            if free is None or free > 0:
                return chain
            for giver, given in self.given.items():
                if giver not in self.exhausted and given.get(pool, 0):
                    for other in giver:
                        if other not in seen:
                            seen.add(other)
                            chains.append([*chain, (giver, other)])
        return None

    def _move(self, path: list[tuple[Kind, int]], most: int) -> int:
        free = self._free(path[-1][1])
        amount = most if free is None else min(most, free)
        for (_, lost), (kind, _) in pairwise(path):
            amount = min(amount, self.given[kind][lost])
        for (_, lost), (kind, _) in pairwise(path):
            self.given[kind][lost] -= amount
        for kind, taken in path:
            given = self.given.setdefault(kind, {})
            given[taken] = given.get(taken, 0) + amount
        last = path[-1][1]
        self.used[last] = self.used.get(last, 0) + amount
        return amount
