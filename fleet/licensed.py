"""Whether a lab may run a title on a day: covered, short, not known, or not licensed at all. Pure.

Which lab loses where seats are short is not decided here: every lab that could lose is in doubt, and only those.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from fleet.gap import Code, Gap
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.releases import VersionRange
from inventory.views import LabView
from licenses.amount import amount
from licenses.assigned import Assigned
from licenses.audience import Audience, spot_of
from licenses.books import Books, Versions
from licenses.demand import Demand
from licenses.entitlement import Entitlement, Reach
from licenses.metrics import AT_DEVICES
from licenses.people import People
from licenses.reconcile import after_redeemed, entitled, seat
from licenses.rights import Rights
from licenses.seats import Place, Pool, meet, pools_of, serve
from licenses.section import Section
from licenses.suite import Suite, covering


class Right(StrEnum):
    """What is on record about one title in one lab on one day."""

    COVERED = "covered"
    UNKNOWN = "unknown"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Licence:
    """The answer for one title in one lab, with the words to say it; where short, `most` that the lab could get.

    `product` is what is bought, or would be: the title; or the suite that alone has it, one answer for all its titles.
    """

    title: str
    right: Right
    message: str = ""
    next_step: str = ""
    most: int | None = None
    product: str = ""
    name: str = ""

    @property
    def gap(self) -> Gap | None:
        """What is in the way, if anything is; where somebody will lose, nobody is certain to."""
        code = _CODES.get(self.right)
        product = self.product or self.title
        return Gap(code, product, self.right is Right.NONE, self.message, self.next_step) if code else None


_CODES: Mapping[Right, Code] = {
    Right.UNKNOWN: Code.LICENSE_UNKNOWN,
    Right.SHORT: Code.LICENSE_SHORT,
    Right.NONE: Code.NOT_LICENSED,
}
_BEST_FIRST = tuple(Right)


def best(licences: Iterable[Licence]) -> Licence:
    """The licence to rely on where any of several titles will do."""
    return min(licences, key=lambda licence: _BEST_FIRST.index(licence.right))


@dataclass(slots=True)
class Ledger:
    """All entitlements of a district as they stand on one day, and who needs what; remembers what it worked out.

    `free` titles need no entitlement, `names` are the titles' names. `demand`: who needs what, as `licenses.need`
    counts it for the positions; `places`: where all devices are; `assigned`: how many persons hold a seat. `today`
    tells what has ended from what will have; without it, the day that is asked for is today.
    """

    entitlements: Sequence[Entitlement]
    on: date
    suites: Sequence[Suite] = ()
    free: AbstractSet[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    demand: Demand = field(default_factory=Demand)
    places: Sequence[Place] = ()
    today: date | None = None
    sections: Sequence[Section] = ()
    versions: Versions | None = None
    assigned: Mapping[str, Assigned] = field(default_factory=dict)
    rights: Rights = field(init=False)
    _limits: dict[tuple[str, frozenset[int], int, bool], Licence] = field(default_factory=dict, init=False)
    _contenders: dict[str, DeviceSet] = field(default_factory=dict, init=False)
    _seated: dict[tuple[object, ...], tuple[Mapping[str, DeviceSet], People]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.rights = Rights(self.entitlements, self.suites, self.free, on=self.on, sections=self.sections)

    def of(self, lab: LabView, title: str, devices: DeviceSet) -> Licence:
        """The licence of one title for those devices of a lab that need it, or another title of the same product."""
        if title in self.rights.free:
            return Licence(title, Right.COVERED)
        reaching = self.rights.reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        asked = [wanted for (one, wanted), on in self.demand.releases.items() if one == title and on & devices]
        fit = [one for one in running if self._allows(one, title, asked)]
        if not fit:
            return self._too_old(title, asked)
        if any(one.metric in AT_DEVICES and one.quantity is None for one in fit):
            return Licence(title, Right.COVERED)
        product = self.product(title)
        if any(one.metric not in AT_DEVICES for one in fit):
            return self._by_people(lab, title, product, fit, devices)
        counted = self._rivals(title)
        # Labs that the same entitlements reach and that ask for as many seats are alike.
        key = (product, frozenset(one.id or id(one) for one in fit), len(devices), devices <= counted)
        if key not in self._limits:
            self._limits[key] = self._limited(title, product, fit, devices)
        return self._limits[key]

    def _allows(self, one: Entitlement, title: str, asked: Sequence[VersionRange]) -> bool:
        if self.versions is None or not asked:
            return True
        allowed = self.versions.allowed(one, title, self.on)
        return all(meet(allowed, wanted) for wanted in asked)

    def _too_old(self, title: str, asked: Sequence[VersionRange]) -> Licence:
        name = self._name(title)
        message = f"no licence of {name} that reaches this lab allows {' and '.join(map(str, asked))}"
        step = f"upgrade the licence of {name}, then record the purchase (`labfleet license import`)"
        return Licence(title, Right.NONE, message, step, product=self.product(title))

    def product(self, title: str) -> str:
        """What is bought to run a title: the one suite that it goes by, else itself."""
        suites = {one.suite for one in self.rights.running(title) or self.rights.bought(title)}
        return next(iter(suites)) if len(suites) == 1 and "" not in suites else title

    def on_web(self, lab: LabView, title: str, students: int | None) -> Licence:
        """The licence of a title that students of a lab use on the web, as the positions count it."""
        name = self._name(title)
        covered = Licence(title, Right.COVERED, name=name)
        if title in self.rights.free:
            return covered
        reaching = self.rights.reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        if any(one.metric in AT_DEVICES and one.quantity is None for one in running):
            return covered
        if students == 0:
            return covered
        return replace(self._by_people(lab, title, self.product(title), running, None), name=name)

    def _by_people(
        self, lab: LabView, title: str, product: str, running: Sequence[Entitlement], devices: DeviceSet | None
    ) -> Licence:
        """By the handing-out of the positions, with this lab served after all others; `devices` of a need on the web
        are none.
        """
        covered, people = self._seat(lab, title, devices)
        served = people.served.get(title)
        if served is None:  # an unlimited seat reaches everybody
            return Licence(title, Right.COVERED)
        high = after_redeemed(served, entitled(running), self.assigned.get(product), self.on)
        mine = [one for one in served.lost if one.lab_id == lab.id]
        sure = not mine if devices is None else devices <= covered.get(title, NO_DEVICES)
        if high == 0 or (sure and high == served.short_high):
            return Licence(title, Right.COVERED)
        name = self._name(product)
        seats = sum(one.quantity or 0 for one in running)
        if not seats:
            return Licence(title, Right.NONE, f"0 seats of {name}{_where(running)}", f"buy seats of {name}", 0, product)
        by = ", ".join(sorted({one.metric.words for one in running}))
        asked = (
            amount(served.persons_low, served.persons_high)
            if served.by_persons
            else amount(served.once_low, served.once_high)
        )
        who = "persons who need one" if served.by_persons else "people at the same time"
        message = f"{_seats(seats)} of {name}{_where(running)} by {by} for {asked} {who}"
        step = f"see who needs one (`labfleet license position --title {product}`); buy seats, or teach with fewer"
        right = Right.SHORT if served.short_low else Right.UNKNOWN
        most = None if devices is None else min(len(devices), seats)
        return Licence(title, right, message, step, most, product)

    def _seat(self, lab: LabView, title: str, devices: DeviceSet | None) -> tuple[Mapping[str, DeviceSet], People]:
        """The handing-out of all seats with this lab last; a lab that does not teach it yet is thought of as if."""
        here = [one for one in self.demand.audiences if one.lab_id == lab.id and one.needs(title)]
        more = devices - self.demand.needed.get(title, NO_DEVICES) if devices else NO_DEVICES
        thought = bool(more) or not here
        key: tuple[object, ...] = (lab.id, title) if thought else (lab.id,)
        if key not in self._seated:
            demand = self.demand
            if thought:
                web = frozenset({title}) if devices is None else frozenset[str]()
                extra = Audience(
                    spot_of(lab, self.sections, self.on),
                    lab.id,
                    None,
                    None,
                    titles=frozenset({title}) - web,
                    web=web,
                    stations=devices or NO_DEVICES,
                )
                needed = {**demand.needed, title: demand.needed.get(title, NO_DEVICES) | more}
                demand = replace(demand, needed=needed, audiences=(*demand.audiences, extra))
            places = sorted(self.places, key=lambda place: place.lab == lab.label)
            running = [one for one in self.entitlements if one.runs(self.on)]
            books = Books(
                running,
                self.suites,
                places,
                self.rights.free,
                on=self.on,
                versions=self.versions,
                releases=demand.releases,
            )
            self._seated[key] = seat(books, demand, last=lab.id)
        return self._seated[key]

    def _name(self, title: str) -> str:
        return self.names.get(title, title)

    def _limited(self, title: str, product: str, running: Sequence[Entitlement], asking: DeviceSet) -> Licence:
        """Whether the seats suffice for a lab even when every other device that could take one was served first."""
        name = self._name(product)
        pools = pools_of(one for one in self.rights.running(title) if one.metric in AT_DEVICES)
        within = _within(self.places, pools)
        rivals = self._rivals(title) & NO_DEVICES.union(*(place.devices for place in within)) - asking
        if pools and asking <= serve(pools, [rivals, asking], within):
            return Licence(title, Right.COVERED)
        # Those who may take a seat that this lab may take: seats of one site against the needs of that site.
        near = NO_DEVICES.union(*(place.devices for place in _within(self.places, pools_of(running))))
        seats = sum(one.quantity or 0 for one in running)
        asked = len((rivals & near) | asking)
        who = "1 device that needs one" if asked == 1 else f"{asked} devices that need one"
        message = f"{_seats(seats)} of {name}{_where(running)} for {who}"
        step = (
            f"buy seats of {name}, or decide which stations go without (`labfleet license position --title {product}`)"
        )
        most = len(serve(pools, [asking], within))
        return Licence(title, Right.SHORT if most else Right.NONE, message, step, most, product)

    def _rivals(self, title: str) -> DeviceSet:
        """Every device that may take a seat of the title, or of a suite that has it for want of a seat of its own."""
        if title not in self._contenders:
            rivals = [self.demand.needed.get(title, NO_DEVICES)]
            for suite in covering(self.suites, title):
                if any(one.suite == suite.id for one in self.rights.bought(title)):
                    others = suite.titles - self.rights.free
                    rivals.extend(
                        self.demand.needed.get(other, NO_DEVICES) for other in others if not self._served_alone(other)
                    )
            self._contenders[title] = NO_DEVICES.union(*rivals)
        return self._contenders[title]

    def _served_alone(self, title: str) -> bool:
        """Whether the title's own seats reach all that need it, so that none of them takes a seat of a suite."""
        needed = self.demand.needed.get(title, NO_DEVICES)
        own = pools_of(one for one in self.rights.running(title) if one.title == title and one.metric in AT_DEVICES)
        return bool(own) and needed <= serve(own, [needed], self.places)

    def _none(self, title: str, reaching: Sequence[Entitlement]) -> Licence:
        product = self.product(title) if reaching else title
        name = self._name(product)
        ended = max((one.end for one in reaching if one.end is not None and one.end < self.on), default=None)
        coming = min((one.start for one in reaching if one.start > self.on), default=None)
        if coming is not None:
            message = f"the licence of {name} starts on {coming} only"
        elif ended is not None:
            ends = "ended" if ended < (self.today or self.on) else "will have ended"
            message = f"the licence of {name} {ends} on {ended}"
        elif self.rights.bought(title):
            message = f"no licence of {name} reaches this lab"
        else:
            message = f"no licence of {name} is on record"
        verb = "renew" if ended and coming is None else "buy"
        step = f"{verb} {name}, then record the purchase (`labfleet license import`)"
        return Licence(title, Right.NONE, message, step, product=product)


def _seats(number: int) -> str:
    return f"{number:,} seat{'' if number == 1 else 's'}"


def _within(places: Iterable[Place], pools: Iterable[Pool]) -> list[Place]:
    """The places that any of the pools takes in."""
    pools = tuple(pools)
    return [place for place in places if any(pool.covers(place.spot) for pool in pools)]


def _where(running: Iterable[Entitlement]) -> str:
    """Where the seats may be used, in words that fit between "20 seats of X" and "for 23 devices there"."""
    scopes = {one.scope for one in running}
    if len(scopes) > 1:
        return " that reach this lab"
    (scope,) = scopes
    match scope.reach:
        case Reach.DISTRICT:
            return " in the district"
        case Reach.PATHWAY:
            return f" for pathway {scope.name}"
        case Reach.GRADE:
            return f" for grade {scope.name}"
        case _:
            return f" at {scope.name}"
