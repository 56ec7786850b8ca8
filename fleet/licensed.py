"""Whether a lab may run a title on a day: covered, short, not countable yet, or not licensed at all. Pure.

Which lab loses where seats are short is not decided here: every lab that could lose is in doubt, and only those.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fleet.gap import Code, Gap
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.views import LabView
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.rights import Rights
from licenses.seats import Place, pools_of, serve
from licenses.suite import Suite, covering


class Right(StrEnum):
    """What is on record about one title in one lab on one day."""

    COVERED = "covered"
    UNRECONCILED = "unreconciled"
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
    Right.UNRECONCILED: Code.LICENSE_UNRECONCILED,
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

    `free` titles need no entitlement, `names` are the titles' names. `needed`: device ids by title, as
    `licenses.need` counts them for the positions; `places`: where all devices are. `today` tells what has ended from
    what will have; without it, the day that is asked for is today.
    """

    entitlements: Sequence[Entitlement]
    on: date
    suites: Sequence[Suite] = ()
    free: AbstractSet[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, DeviceSet] = field(default_factory=dict)
    places: Sequence[Place] = ()
    today: date | None = None
    rights: Rights = field(init=False)
    _limits: dict[tuple[str, frozenset[int], int, bool], Licence] = field(default_factory=dict, init=False)
    _contenders: dict[str, DeviceSet] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.rights = Rights(self.entitlements, self.suites, self.free, on=self.on)

    def of(self, lab: LabView, title: str, devices: DeviceSet) -> Licence:
        """The licence of one title for those devices of a lab that need it, or another title of the same product."""
        if title in self.rights.free:
            return Licence(title, Right.COVERED)
        reaching = self.rights.reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        if any(one.reconciled and one.quantity is None for one in running):
            return Licence(title, Right.COVERED)
        product = self.product(title)
        counted = self._rivals(title)
        # Labs that the same entitlements reach and that ask for as many seats are alike.
        key = (product, frozenset(one.id or id(one) for one in running), len(devices), devices <= counted)
        if key not in self._limits:
            self._limits[key] = self._limited(title, product, running, devices)
        return self._limits[key]

    def product(self, title: str) -> str:
        """What is bought to run a title: the one suite that it goes by, else itself."""
        suites = {one.suite for one in self.rights.running(title) or self.rights.bought(title)}
        return next(iter(suites)) if len(suites) == 1 and "" not in suites else title

    def on_web(self, lab: LabView, title: str, students: int | None) -> Licence:
        """The licence of a title that students use on the web: seats on record are not counted against them yet."""
        name = self._name(title)
        covered = Licence(title, Right.COVERED, name=name)
        if title in self.rights.free:
            return covered
        reaching = self.rights.reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        if any(one.reconciled and one.quantity is None for one in running):
            return covered
        seats = sum(one.quantity or 0 for one in running)
        asked = "no section known" if students is None else f"{students} student{'' if students == 1 else 's'}"
        message = f"{_seats(seats)} of {name} on record, {asked}: seats on the web are not reconciled yet"
        step = f"compare with the roster in the console of {name}"
        return Licence(title, Right.UNRECONCILED, message, step, name=name)

    def _name(self, title: str) -> str:
        return self.names.get(title, title)

    def _limited(self, title: str, product: str, running: Sequence[Entitlement], asking: DeviceSet) -> Licence:
        """Whether the seats suffice for a lab even when every other device that could take one was served first."""
        name = self._name(product)
        pools = pools_of(one for one in self.rights.running(title) if one.reconciled)
        within = _within(self.places, pools)
        rivals = self._rivals(title) & NO_DEVICES.union(*(place.devices for place in within)) - asking
        if pools and asking <= serve(pools, [rivals, asking], within):
            return Licence(title, Right.COVERED)
        if metrics := sorted({one.metric.words for one in running if not one.reconciled}):
            message = f"{name} is licensed by {', '.join(metrics)}: not reconciled yet"
            step = f"check the seats of {name} in its vendor's console"
            return Licence(title, Right.UNRECONCILED, message, step, product=product)
        # Those who may take a seat that this lab may take: seats of one site against the needs of that site.
        near = NO_DEVICES.union(*(place.devices for place in _within(self.places, {one.scope for one in running})))
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
            rivals = [self.needed.get(title, NO_DEVICES)]
            for suite in covering(self.suites, title):
                if any(one.suite == suite.id for one in self.rights.bought(title)):
                    others = suite.titles - self.rights.free
                    rivals.extend(
                        self.needed.get(other, NO_DEVICES) for other in others if not self._served_alone(other)
                    )
            self._contenders[title] = NO_DEVICES.union(*rivals)
        return self._contenders[title]

    def _served_alone(self, title: str) -> bool:
        """Whether the title's own seats reach all that need it, so that none of them takes a seat of a suite."""
        needed = self.needed.get(title, NO_DEVICES)
        own = pools_of(one for one in self.rights.running(title) if one.title == title and one.reconciled)
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


def _within(places: Iterable[Place], scopes: Iterable[Scope]) -> list[Place]:
    """The places that any of the scopes takes in."""
    scopes = tuple(scopes)
    return [place for place in places if any(scope.covers(place.spot) for scope in scopes)]


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
        case _:
            return f" at {scope.name}"
