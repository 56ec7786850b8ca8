"""Whether a lab may run a title on a day: covered, short, not countable yet, or not licensed at all. Pure.

Which lab loses where seats are short is not decided here: every lab that could lose is in doubt, and only those.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fleet.gap import Code, Gap
from inventory.views import LabView
from licenses.entitlement import Entitlement
from licenses.seats import Place, pools_of, serve
from licenses.suite import Suite, covering

NOBODY: frozenset[int] = frozenset()


class Right(StrEnum):
    """What is on record about one title in one lab on one day."""

    COVERED = "covered"
    UNRECONCILED = "unreconciled"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Licence:
    """The answer for one title in one lab, with the words to say it; where short, `most` that the lab could get."""

    title: str
    right: Right
    message: str = ""
    next_step: str = ""
    most: int | None = None

    @property
    def gap(self) -> Gap | None:
        """What is in the way, if anything is; where somebody will lose, nobody is certain to."""
        code = _CODES.get(self.right)
        return Gap(code, self.title, self.right is Right.NONE, self.message, self.next_step) if code else None


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
    `licenses.need` counts them for the positions; `places`: where all devices are.
    """

    entitlements: Sequence[Entitlement]
    on: date
    suites: Sequence[Suite] = ()
    free: AbstractSet[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    places: Sequence[Place] = ()
    _products: dict[str, tuple[Entitlement, ...]] = field(default_factory=dict, init=False)
    _limits: dict[tuple[str, frozenset[int], int, bool], Licence] = field(default_factory=dict, init=False)

    def of(self, lab: LabView, title: str, devices: frozenset[int]) -> Licence:
        """The licence of one title for the devices of one lab."""
        if title in self.free:
            return Licence(title, Right.COVERED)
        reaching = self._reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        if any(one.reconciled and one.quantity is None for one in running):
            return Licence(title, Right.COVERED)
        counted = self.needed.get(title, NOBODY)
        asking = devices & counted or devices
        # Labs that the same entitlements reach and that ask for as many seats are alike.
        key = (title, frozenset(one.id or id(one) for one in running), len(asking), asking <= counted)
        if key not in self._limits:
            self._limits[key] = self._limited(title, running, asking)
        return self._limits[key]

    def on_web(self, lab: LabView, title: str, students: int | None) -> Licence:
        """The licence of a title that students use on the web: seats on record are not counted against them yet."""
        if title in self.free:
            return Licence(title, Right.COVERED)
        reaching = self._reaching(lab, title)
        running = [one for one in reaching if one.runs(self.on)]
        if not running:
            return self._none(title, reaching)
        if any(one.reconciled and one.quantity is None for one in running):
            return Licence(title, Right.COVERED)
        seats = sum(one.quantity or 0 for one in running)
        asked = "no section known" if students is None else f"{students} students"
        message = f"{_seats(seats)} of {self._name(title)} on record, {asked}: seats on the web are not reconciled yet"
        return Licence(
            title, Right.UNRECONCILED, message, f"compare with the roster in the console of {self._name(title)}"
        )

    def _name(self, title: str) -> str:
        return self.names.get(title, title)

    def _reaching(self, lab: LabView, title: str) -> tuple[Entitlement, ...]:
        """The entitlements of a title, own or by a suite, whose scope takes the lab in; running or not."""
        return tuple(
            one for one in self._all(title) if one.covers(site=lab.site.code, lab=lab.label, pathways=lab.pathways)
        )

    def _all(self, title: str) -> tuple[Entitlement, ...]:
        if title not in self._products:
            products = {title, *(suite.id for suite in covering(self.suites, title))}
            self._products[title] = tuple(one for one in self.entitlements if one.product in products)
        return self._products[title]

    def _limited(self, title: str, running: Sequence[Entitlement], asking: frozenset[int]) -> Licence:
        """Whether the seats suffice for a lab even when every other device that could take one was served first."""
        name = self._name(title)
        pools = pools_of(one for one in self._all(title) if one.reconciled and one.runs(self.on))
        within = [
            place
            for place in self.places
            if any(scope.covers(site=place.site, lab=place.lab, pathways=place.pathways) for scope in pools)
        ]
        rivals = self._rivals(title) & NOBODY.union(*(place.devices for place in within)) - asking
        if pools and asking <= serve(pools, [rivals, asking], within):
            return Licence(title, Right.COVERED)
        if metrics := sorted({one.metric for one in running if not one.reconciled}):
            message = f"{name} is licensed by {', '.join(metrics)}: not reconciled yet"
            return Licence(title, Right.UNRECONCILED, message, f"check the seats of {name} in its vendor's console")
        seats = sum(one.quantity or 0 for one in running)
        message = f"{_seats(seats)} of {name} for {len(rivals | asking)} needed"
        step = f"buy seats of {name}, or decide which stations go without (`labfleet license position --title {title}`)"
        most = len(serve(pools, [asking], within))
        return Licence(title, Right.SHORT if most else Right.NONE, message, step, most)

    def _rivals(self, title: str) -> frozenset[int]:
        """Every device that may take a seat of the title, or of a suite that has it for want of a seat of its own."""
        rivals = [self.needed.get(title, NOBODY)]
        for suite in covering(self.suites, title):
            if any(one.suite == suite.id for one in self._all(title)):
                own = {one.title for one in self.entitlements if one.runs(self.on)} | self.free
                rivals.extend(self.needed.get(other, NOBODY) for other in suite.titles - own)
        return NOBODY.union(*rivals)

    def _none(self, title: str, reaching: Sequence[Entitlement]) -> Licence:
        name = self._name(title)
        ended = max((one.end for one in reaching if one.end is not None and one.end < self.on), default=None)
        coming = min((one.start for one in reaching if one.start > self.on), default=None)
        if coming is not None:
            message = f"the licence of {name} starts on {coming} only"
        elif ended is not None:
            message = f"the licence of {name} ended on {ended}"
        elif self._all(title):
            message = f"no licence of {name} reaches this lab"
        else:
            message = f"no licence of {name} is on record"
        step = f"renew or buy {name}, then record the purchase (`labfleet license import`)"
        return Licence(title, Right.NONE, message, step)


def _seats(number: int) -> str:
    return f"{number:,} seat{'' if number == 1 else 's'}"
