"""Entitled against needed against installed, title by title, in sets of devices: every number opens. Pure.

Seats are handed out on paper, in a fixed order: first each title's own seats, to the devices that need the fewest
titles of suites; then the seats of each suite, to the devices that need the most, one seat for all its titles on one
device. All positions of one answer describe the same handing-out, so that no seat is counted twice and a title that
is not short can really be covered while the others are what they say. A cleverer handing-out may do better, never
worse. Version rights are not looked at yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.entitlement import Amount, Entitlement, NotReconciled, Seats
from licenses.metrics import COUNTING, Metric
from licenses.presence import Presence
from licenses.seats import Place, pools_of, serve
from licenses.suite import Suite


@dataclass(frozen=True, slots=True)
class Share:
    """A suite that covers a title too: `most` of the devices its own seats do not reach, if no other title had any."""

    suite: str
    most: Amount


@dataclass(frozen=True, slots=True)
class Position:
    """One title, or one suite, at a date; sets hold device ids, and every number is the size of one of them.

    - `entitled`: seats that run on the date, `None` for unlimited, `NotReconciled` where a metric is not counted yet.
    - `needed`: devices whose station must have it for a pathway of its lab (for a suite: any of its titles).
    - `installed`: devices that surely have it, by a fresh report. `last_known`: by a report that is stale.
    - `missing`: needed and surely not installed. `unheard`: needed and not known. With needed and installed they
      make up all that is needed.
    - `idle`: installed, and neither needed nor wanted there.
    - `covered`: needed devices that a seat reaches, own or of a suite, each within its scope.
    - `over`: devices that have it, by their last word, beyond what the seats could cover. Never of a title that
      nobody bought and of which we do not know whether it must be (`terms` is false).
    - `unused`: seats that neither a device that needs it nor one that has it can take; `None` where none is counted.
    - `students`: students who need a seat on the web.
    """

    title: str
    suite: bool
    metrics: tuple[Metric, ...]
    entitled: Seats
    needed: DeviceSet = NO_DEVICES
    installed: DeviceSet = NO_DEVICES
    last_known: DeviceSet = NO_DEVICES
    missing: DeviceSet = NO_DEVICES
    unheard: DeviceSet = NO_DEVICES
    idle: DeviceSet = NO_DEVICES
    covered: DeviceSet = NO_DEVICES
    over: DeviceSet = NO_DEVICES
    unused: int | None = None
    terms: bool = True
    students: int = 0
    running: tuple[Entitlement, ...] = ()
    unreconciled: tuple[Entitlement, ...] = ()
    shares: tuple[Share, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def uncovered(self) -> DeviceSet:
        """Needed devices that no seat of a reconciled metric reaches."""
        return self.needed - self.covered

    @property
    def short(self) -> Amount:
        """How many seats the needs go beyond what is bought; zero only when every need is surely covered."""
        if self.students and self.entitled is not None:
            asked = self.students + len(self.uncovered)
            if not self.running and not self.unreconciled:
                return asked
            return NotReconciled(self._metrics() or (Metric.WEB_SEAT,), asked)
        return self._amount(self.uncovered)

    @property
    def over_installed(self) -> Amount:
        """How many devices have it beyond what is bought."""
        return self._amount(self.over)

    @property
    def enough(self) -> bool | None:
        """Whether all needs are covered; `None` while a metric that could cover them is not reconciled."""
        short = self.short
        return None if isinstance(short, NotReconciled) else short == 0

    def _metrics(self) -> tuple[Metric, ...]:
        return tuple(sorted({entitlement.metric for entitlement in self.unreconciled}))

    def _amount(self, devices: DeviceSet) -> Amount:
        if devices and self.unreconciled:
            return NotReconciled(self._metrics(), len(devices))
        return len(devices)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for, by title: `needed` must have it, `wanted` may keep it, `students` need it on the web."""

    needed: Mapping[str, DeviceSet] = field(default_factory=dict)
    wanted: Mapping[str, DeviceSet] = field(default_factory=dict)
    students: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reconcile(
    entitlements: Iterable[Entitlement],
    *,
    demand: Demand,
    presence: Presence,
    places: Sequence[Place],
    suites: Iterable[Suite] = (),
    free: AbstractSet[str] = frozenset(),
    paid: AbstractSet[str] | None = None,
    on: date,
) -> tuple[Position, ...]:
    """The position of every title that is needed, bought, or installed without being free; then of the suites.

    `paid` are the titles that are known to need a licence (`None`: all that are not free).
    A device in `presence.unheard` is not a device "without". An entitlement that does not run on the day is no seat.
    """
    bought = sorted(entitlements, key=lambda one: (one.start, one.purchase_order, str(one.scope), one.id))
    running = [one for one in bought if one.runs(on)]
    suites = sorted(suites, key=lambda suite: suite.id)
    books = _Books(running, suites, places, free)
    had = {
        title: presence.installed.get(title, NO_DEVICES) | presence.last_known.get(title, NO_DEVICES)
        for title in presence.installed.keys() | presence.last_known.keys()
    }
    for_needs = books.hand_out(demand.needed)
    for_installs = books.hand_out(had)
    titles = (
        {one.title for one in bought if one.title}
        | {title for title, devices in demand.needed.items() if devices}
        | {title for title, students in demand.students.items() if students}
        | {title for title in had if title not in free}
    )
    known = {one.title for one in bought} | free | (titles if paid is None else paid)
    positions = []
    for title in sorted(titles):
        needed = demand.needed.get(title, NO_DEVICES)
        own = tuple(one for one in running if one.title == title)
        shared = [suite for suite in suites if title in suite.titles and suite.id in books.by_product]
        others = tuple(one for suite in shared for one in books.by_product[suite.id])
        positions.append(
            _position(
                title,
                needed=needed,
                wanted=demand.wanted.get(title, NO_DEVICES),
                installed=presence.installed.get(title, NO_DEVICES),
                last_known=presence.last_known.get(title, NO_DEVICES),
                presence=presence,
                own=own,
                others=others,
                covered=for_needs.get(title, NO_DEVICES),
                over=had.get(title, NO_DEVICES) - for_installs.get(title, NO_DEVICES) if title in known else NO_DEVICES,
                unused=books.unused(title, {title: needed | had.get(title, NO_DEVICES)}),
                terms=title in known,
                shares=books.shares(title, needed, shared),
                students=demand.students.get(title, 0),
                free=title in free,
                notes=(*demand.notes.get(title, ()), *_not_running(bought, title, on)),
            )
        )
    for suite in suites:
        needed, wanted, installed, last_known = (
            _union(by_title, suite.titles)
            for by_title in (demand.needed, demand.wanted, presence.installed, presence.last_known)
        )
        if not any(one.suite == suite.id for one in bought):
            continue
        positions.append(
            _position(
                suite.id,
                suite=True,
                needed=needed,
                wanted=wanted,
                installed=installed,
                last_known=last_known,
                presence=presence,
                own=tuple(books.by_product.get(suite.id, ())),
                others=tuple(one for one in running if one.title in suite.titles),
                covered=needed - _uncovered(demand.needed, for_needs, suite),
                over=_uncovered(had, for_installs, suite),
                unused=books.unused(
                    suite.id,
                    {
                        title: demand.needed.get(title, NO_DEVICES) | had.get(title, NO_DEVICES)
                        for title in suite.titles
                    },
                ),
                notes=_not_running(bought, suite.id, on),
            )
        )
    return tuple(positions)


def _position(
    title: str,
    *,
    needed: DeviceSet,
    wanted: DeviceSet,
    installed: DeviceSet,
    last_known: DeviceSet,
    presence: Presence,
    own: tuple[Entitlement, ...],
    others: tuple[Entitlement, ...],
    covered: DeviceSet,
    over: DeviceSet,
    unused: int | None,
    suite: bool = False,
    terms: bool = True,
    shares: tuple[Share, ...] = (),
    students: int = 0,
    free: bool = False,
    notes: tuple[str, ...] = (),
) -> Position:
    metrics = (Metric.FREE,) if free and not own else tuple(sorted({one.metric for one in own}))
    return Position(
        title=title,
        suite=suite,
        metrics=metrics,
        entitled=None if free else entitled(own),
        needed=needed,
        installed=installed,
        last_known=last_known - installed,
        missing=needed - installed - presence.unheard,
        unheard=(needed & presence.unheard) - installed,
        idle=installed - needed - wanted,
        covered=covered,
        over=over,
        unused=unused,
        terms=terms,
        students=students,
        running=own,
        unreconciled=tuple(one for one in (*own, *others) if not one.reconciled),
        shares=shares,
        rules=tuple(f"{metric}: {COUNTING[metric].rule}" for metric in metrics),
        notes=notes,
    )


def entitled(running: Iterable[Entitlement]) -> Seats:
    """The seats of entitlements that run; unlimited wins, then what is not reconciled yet."""
    running = tuple(running)
    counted = [one for one in running if one.reconciled]
    if any(one.quantity is None for one in counted):
        return None
    seats = sum(one.quantity or 0 for one in counted)
    open_ = sorted({one.metric for one in running if not one.reconciled})
    return NotReconciled(tuple(open_), seats) if open_ else seats


class _Books:
    """The seats of all products that run, and the handing-out of them."""

    def __init__(
        self,
        running: Sequence[Entitlement],
        suites: Sequence[Suite],
        places: Sequence[Place],
        free: AbstractSet[str],
    ) -> None:
        self.by_product: dict[str, list[Entitlement]] = {}
        for one in running:
            self.by_product.setdefault(one.product, []).append(one)
        self.pools = {
            product: pools_of(one for one in bought if one.reconciled) for product, bought in self.by_product.items()
        }
        self.suites = suites
        self.places = places
        self.free = free
        self.in_suites = frozenset(title for suite in suites for title in suite.titles)

    def hand_out(self, demand: Mapping[str, DeviceSet]) -> dict[str, DeviceSet]:
        """The devices that get each title."""
        levels = _levels([devices for title, devices in demand.items() if title in self.in_suites])
        covered = {title: self._own(title, devices, levels) for title, devices in demand.items()}
        left = {title: demand[title] - covered[title] for title in demand if title in self.in_suites}
        for suite in self.suites:
            pools = self.pools.get(suite.id)
            wanting = _union(left, suite.titles)
            if not pools or not wanting:
                continue
            seated = serve(pools, [wanting & level for level in reversed(levels)], self.places)
            for title in suite.titles & left.keys():
                covered[title] |= left[title] & seated
                left[title] -= seated
        return covered

    def unused(self, product: str, takers: Mapping[str, DeviceSet]) -> int | None:
        """The seats left when all who could take one took theirs, the title's own first."""
        pools = self.pools.get(product)
        if not pools or None in pools.values():
            return None
        if product in takers:
            rest = takers[product]
        else:
            rest = NO_DEVICES.union(
                *(devices - self._own(title, devices, (devices,)) for title, devices in takers.items())
            )
        return sum(size or 0 for size in pools.values()) - len(serve(pools, [rest], self.places))

    def shares(self, title: str, needed: DeviceSet, suites: Sequence[Suite]) -> tuple[Share, ...]:
        """How far each suite could reach for this title alone."""
        if not suites:
            return ()
        rest = needed - self._own(title, needed, (needed,))
        shares = []
        for suite in suites:
            most = len(serve(self.pools[suite.id], [rest], self.places))
            open_ = tuple(sorted({one.metric for one in self.by_product[suite.id] if not one.reconciled}))
            shares.append(Share(suite.id, NotReconciled(open_, most) if open_ else most))
        return tuple(shares)

    def _own(self, title: str, devices: DeviceSet, levels: Sequence[DeviceSet]) -> DeviceSet:
        if title in self.free:
            return devices
        pools = self.pools.get(title)
        if not pools:
            return NO_DEVICES
        groups = [devices & level for level in levels] if title in self.in_suites else [devices]
        return serve(pools, groups, self.places)


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


def _union(by_title: Mapping[str, DeviceSet], titles: Iterable[str]) -> DeviceSet:
    return NO_DEVICES.union(*(by_title.get(title, NO_DEVICES) for title in titles))


def _uncovered(demand: Mapping[str, DeviceSet], covered: Mapping[str, DeviceSet], suite: Suite) -> DeviceSet:
    return NO_DEVICES.union(*(demand[title] - covered[title] for title in suite.titles & demand.keys()))


def _not_running(bought: Iterable[Entitlement], product: str, on: date) -> tuple[str, ...]:
    notes = []
    for one in bought:
        if one.product == product and not one.runs(on):
            seats = "unlimited use" if one.quantity is None else f"{one.quantity} seats"
            when = f"from {one.start}: not yet counted" if on < one.start else f"until {one.end}: no longer counted"
            order = f" ({one.purchase_order})" if one.purchase_order else ""
            notes.append(f"{seats}{order} {when}")
    return tuple(notes)
