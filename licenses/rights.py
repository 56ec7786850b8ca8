"""What may be run where on a day, and how surely; so also by which of several titles a station goes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import IntEnum

from inventory.views import LabView
from licenses.audience import spot_of
from licenses.entitlement import Entitlement, Reach, Spot
from licenses.metrics import AT_DEVICES, Metric
from licenses.section import Section
from licenses.suite import Suite, covering


class Grade(IntEnum):
    """How surely a lab may run a title, the best first."""

    UNLIMITED = 0
    COUNTED = 1
    NONE = 2


Grades = Mapping[str, Grade]
"""The grade of each title in one lab; a title that is not in it has none better than another."""


class Rights:
    """Every entitlement of a district, looked up by title, own or by a suite."""

    def __init__(
        self,
        entitlements: Iterable[Entitlement],
        suites: Iterable[Suite] = (),
        free: AbstractSet[str] = frozenset(),
        *,
        on: date,
        sections: Sequence[Section] = (),
    ) -> None:
        self.entitlements = tuple(entitlements)
        self.suites = tuple(suites)
        self.free = free_on(self.entitlements, free, on)
        self.on = on
        self._bought: dict[str, tuple[Entitlement, ...]] = {}
        self._best: dict[str, tuple[Entitlement, ...]] = {}
        self._spots: dict[int, tuple[Spot, ...]] = {}
        self._taught: dict[int, list[Section]] = {}
        for section in sections:
            if section.lab_id is not None and section.runs(on):
                self._taught.setdefault(section.lab_id, []).append(section)

    def bought(self, title: str) -> tuple[Entitlement, ...]:
        """The entitlements of a title, own or by a suite, running or not."""
        if title not in self._bought:
            products = {title, *(suite.id for suite in covering(self.suites, title))}
            self._bought[title] = tuple(one for one in self.entitlements if one.product in products)
        return self._bought[title]

    def running(self, title: str) -> tuple[Entitlement, ...]:
        """Those that run on the day, wherever."""
        return tuple(one for one in self.bought(title) if one.runs(self.on))

    def reaching(self, lab: LabView, title: str) -> tuple[Entitlement, ...]:
        """Those whose scope takes the lab in, running or not; for seats of persons, one of its sections is enough."""
        return tuple(one for one in self.bought(title) if self._reaches(one, lab))

    def _reaches(self, one: Entitlement, lab: LabView) -> bool:
        if one.scope.reach is Reach.DISTRICT and not one.cte_only:
            return True
        if lab.id not in self._spots:
            here = self._taught.get(lab.id, [])
            own = (Spot(lab.site.code, lab.label, frozenset({one.pathway}), one.grades) for one in here)
            self._spots[lab.id] = (spot_of(lab, here, self.on), *own)
        spot, *classes = self._spots[lab.id]
        return one.covers(spot) or (one.metric not in AT_DEVICES and any(one.covers(each) for each in classes))

    def grade(self, lab: LabView, title: str) -> Grade:
        """How surely a lab may run a title."""
        if title in self.free:
            return Grade.UNLIMITED
        if title not in self._best:
            # Of equal ones those of the whole district first: they reach every lab.
            order = sorted(self.running(title), key=lambda one: (_grade(one), one.scope.reach is not Reach.DISTRICT))
            self._best[title] = tuple(order)
        for one in self._best[title]:
            if self._reaches(one, lab):
                return _grade(one)
        return Grade.NONE

    def grades(self, lab: LabView, titles: Iterable[str]) -> Grades:
        """The grades of some titles in a lab."""
        return {title: self.grade(lab, title) for title in titles}


def free_on(entitlements: Sequence[Entitlement], free: AbstractSet[str], on: date) -> frozenset[str]:
    """The free titles without those that the district has on record as free for a time, none of which runs."""
    granted = {one.title for one in entitlements if one.metric is Metric.FREE}
    running = {one.title for one in entitlements if one.metric is Metric.FREE and one.runs(on)}
    return frozenset(free - (granted - running))


def _grade(one: Entitlement) -> Grade:
    if one.quantity is None:
        return Grade.UNLIMITED
    return Grade.COUNTED if one.quantity else Grade.NONE
