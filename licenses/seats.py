"""How far seats reach that may be used only within their scopes: exact, and explained by an example assignment. Pure.

Seats with one scope are a pool. Devices that the same pools may serve are alike, so a flow between groups of devices
and pools is enough, however many devices there are. Groups are served in the order given; a group is never taken a
seat away again, at most its seats move to another pool. So the total is the most that any assignment reaches (the
devices that can be served together form a matroid), and one more seat never takes a device out of the covered ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.entitlement import Entitlement, Reach, Scope, Spot


@dataclass(frozen=True, slots=True)
class Place:
    """Devices that every scope treats alike: those of one lab, or those of a site that stand in none."""

    site: str
    lab: str
    pathways: frozenset[str]
    devices: DeviceSet
    grades: frozenset[int] = frozenset()

    @property
    def spot(self) -> Spot:
        """Where it is, as scopes see it."""
        return Spot(self.site, self.lab, self.pathways, self.grades)


Pools = Mapping[Scope, int | None]
"""Seats by scope; `None` is unlimited."""


def pools_of(entitlements: Iterable[Entitlement]) -> dict[Scope, int | None]:
    """The seats of entitlements, added up where their scopes are equal."""
    pools: dict[Scope, int | None] = {}
    for entitlement in entitlements:
        held = pools.get(entitlement.scope, 0)
        free = held is None or entitlement.quantity is None
        pools[entitlement.scope] = None if free else (held or 0) + (entitlement.quantity or 0)
    return pools


def serve(pools: Pools, groups: Sequence[DeviceSet], places: Sequence[Place]) -> DeviceSet:
    """The devices that get a seat; earlier groups go first, within a group places in order, then the lower ids."""
    flow = Flow(tuple(pools.values()))
    reach = _reach(pools, places)
    served: list[DeviceSet] = []
    for group in groups:
        left = len(group)
        for place, kind in zip(places, reach, strict=True):
            if not left:
                break
            if kind in flow.exhausted:
                continue
            here = group & place.devices
            if not here:
                continue
            left -= len(here)
            got = flow.push(kind, len(here))
            served.append(here if got == len(here) else here[:got])
    return NO_DEVICES.union(*served)


Kind: TypeAlias = tuple[int, ...]
"""The pools, by number, that a place may use: places with the same ones are alike."""


def _reach(pools: Pools, places: Iterable[Place]) -> list[Kind]:
    """The kind of each place, by the names of its site, lab and pathways: the same as asking every scope, but quick."""
    by_name: dict[tuple[Reach, str], int] = {(scope.reach, scope.name): number for number, scope in enumerate(pools)}
    whole = (by_name[Reach.DISTRICT, ""],) if (Reach.DISTRICT, "") in by_name else ()
    pathways = any(reach is Reach.PATHWAY for reach, _ in by_name)
    kinds = []
    for place in places:
        names = [(Reach.SITE, place.site), (Reach.LAB, place.lab)]
        if pathways:
            names += [(Reach.PATHWAY, code) for code in sorted(place.pathways)]
        kinds.append(whole + tuple(by_name[name] for name in names if name in by_name))
    return kinds


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
