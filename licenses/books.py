"""The seats of all products that run, and the handing-out of those that are a device's. Pure.

In a fixed order: first each title's own seats, to the devices that need the fewest titles of suites; then the seats of
each suite, to the devices that need the most, one seat for all its titles on one device. A suite's right to a release
is asked for the suite as a whole, that of a title's own seats pool by pool.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import partial
from itertools import zip_longest
from typing import Protocol

from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.releases import ANY_RELEASE, VersionRange
from licenses.entitlement import Entitlement
from licenses.metrics import AT_DEVICES, Metric
from licenses.seats import Place, Pools, grounds, left, meet, pools_of, serve
from licenses.suite import Suite


class Versions(Protocol):
    """Who knows which releases a purchase lets one run."""

    def allowed(self, entitlement: Entitlement, title: str, on: date) -> VersionRange:
        """The releases of a title, on a day."""
        ...


class Books:
    """The running purchases by product, and their seats."""

    def __init__(
        self,
        running: Iterable[Entitlement],
        suites: Iterable[Suite],
        places: Sequence[Place],
        free: AbstractSet[str],
        *,
        on: date,
        versions: Versions | None = None,
        releases: Mapping[tuple[str, VersionRange], DeviceSet] | None = None,
    ) -> None:
        self.by_product: dict[str, list[Entitlement]] = {}
        running = tuple(running)
        for one in running:
            self.by_product.setdefault(one.product, []).append(one)
        self.on = on
        self.versions = versions
        self.suites = sorted(suites, key=lambda suite: suite.id)
        self.places = places
        self._grounds = grounds(running, self.places)
        self._nearby: dict[str, tuple[Place, ...]] = {}
        self.free = free
        # Of suites that nobody bought too: else one that is bought would change who is served first.
        self.in_suites = frozenset(title for suite in self.suites for title in suite.titles)
        self.asked: dict[str, dict[VersionRange, DeviceSet]] = {}
        for (title, wanted), devices in (releases or {}).items():
            self.asked.setdefault(title, {})[wanted] = devices
        self._covering: dict[str, list[Suite]] = {}
        self._pools: dict[tuple[str, frozenset[Metric]], Pools] = {}

    def pools(self, product: str, metrics: frozenset[Metric] = AT_DEVICES) -> Pools:
        """The seats of a product that are counted by some metrics."""
        key = (product, metrics)
        if key not in self._pools:
            bought = [one for one in self.by_product.get(product, ()) if one.metric in metrics]
            allowed = partial(self.allowed, title=product) if bought and bought[0].title else None
            self._pools[key] = pools_of(bought, allowed, by_term=Metric.WEB_SEAT in metrics)
        return self._pools[key]

    def allowed(self, one: Entitlement, title: str) -> VersionRange:
        """The releases of a title that a purchase lets one run."""
        return ANY_RELEASE if self.versions is None else self.versions.allowed(one, title, self.on)

    def covering(self, title: str) -> list[Suite]:
        """The suites with running seats that have a title."""
        if title not in self._covering:
            found = [suite for suite in self.suites if suite.id in self.by_product and title in suite.titles]
            self._covering[title] = found
        return self._covering[title]

    def outside(self, title: str, releases: Mapping[str, DeviceSet]) -> dict[str, DeviceSet]:
        """The devices with a release that no running purchase allows, by release; one not known is never outside."""
        if title in self.free or self.versions is None:
            return {}
        products = [title, *(suite.id for suite in self.covering(title))]
        ranges = {self.allowed(one, title) for product in products for one in self.by_product.get(product, ())}
        if not ranges or ANY_RELEASE in ranges:
            return {}
        return {
            release: devices
            for release, devices in releases.items()
            if devices and all(one.holds(release) is False for one in ranges)
        }

    def suite_reaches(self, suite: Suite, title: str, devices: DeviceSet) -> DeviceSet:
        """The devices whose asked releases of a title some running purchase of the suite allows."""
        asked = self.asked.get(title)
        if not asked or self.versions is None:
            return devices
        ranges = {self.allowed(one, title) for one in self.by_product.get(suite.id, ())}
        for wanted, needing in asked.items():
            if not any(meet(one, wanted) for one in ranges):
                devices -= needing
        return devices

    def hand_out(self, demand: Mapping[str, DeviceSet]) -> dict[str, DeviceSet]:
        """The devices that get each title."""
        levels = _levels([devices for title, devices in demand.items() if title in self.in_suites])
        covered = {title: self.own(title, devices, levels) for title, devices in demand.items()}
        rest = {title: demand[title] - covered[title] for title in demand if title in self.in_suites}
        for suite in self.suites:
            pools = self.pools(suite.id)
            if not pools:
                continue
            reached = {t: self.suite_reaches(suite, t, rest[t]) for t in suite.titles & rest.keys()}
            wanting = NO_DEVICES.union(*reached.values())
            if not wanting:
                continue
            seated = serve(pools, [wanting & level for level in reversed(levels)], self._near(suite.id))
            for title, devices in reached.items():
                covered[title] |= devices & seated
                rest[title] -= devices & seated
        return covered

    def unused(self, product: str, takers: Mapping[str, DeviceSet]) -> int | None:
        """The seats left when all who could take one took theirs, the title's own first."""
        pools = self.pools(product)
        if not pools or None in pools.values():
            return None
        if product in takers:
            return left(pools, takers[product], self._near(product), self.asked.get(product))
        unserved = (devices - self.own(title, devices, (devices,)) for title, devices in takers.items())
        return left(pools, NO_DEVICES.union(*unserved), self._near(product))

    def reach(self, title: str, suite: Suite, needed: DeviceSet) -> int:
        """How far a suite's seats could go for this title alone, after its own."""
        rest = needed - self.own(title, needed, (needed,))
        return len(serve(self.pools(suite.id), [self.suite_reaches(suite, title, rest)], self._near(suite.id)))

    def _near(self, product: str) -> tuple[Place, ...]:
        """The places as far as the seats of a product tell them apart."""
        if product not in self._nearby:
            self._nearby[product] = grounds(self.pools(product), self._grounds)
        return self._nearby[product]

    def own(self, title: str, devices: DeviceSet, levels: Sequence[DeviceSet]) -> DeviceSet:
        """The devices that the title's own seats reach, those of earlier levels first."""
        if title in self.free:
            return devices
        pools = self.pools(title)
        if not pools:
            return NO_DEVICES
        groups = [devices & level for level in levels] if title in self.in_suites else [devices]
        return serve(pools, groups, self._near(title), self.asked.get(title))


def _levels(demands: Iterable[DeviceSet]) -> tuple[DeviceSet, ...]:
    """The devices that occur in exactly 1, 2, … of the demands."""
    at_least: list[DeviceSet] = []
    for devices in demands:
        carried = devices
        for depth, level in enumerate(at_least):
            at_least[depth], carried = level | carried, level & carried
            if not carried:
                break
        if carried:
            at_least.append(carried)
    return tuple(level - deeper for level, deeper in zip_longest(at_least, at_least[1:], fillvalue=NO_DEVICES))
