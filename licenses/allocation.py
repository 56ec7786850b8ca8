"""What seats are handed out from and to, and what came of it: plain values of the allocation. Pure.

An *ask* is one thing that a lab or a section must be able to run, by a name that pools repeat in `covers`: a title,
perhaps within releases, or several of which one will do. The solver only compares these names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from licenses.entitlement import Scope, Spot
from licenses.metrics import Metric


class Holder(StrEnum):
    """Who holds a seat: a station for all its classes, a person for the term, or whoever runs it at the moment."""

    STATION = "station"
    PERSON = "person"
    MOMENT = "moment"


HOLDERS: Mapping[Metric, Holder] = {
    Metric.DEVICE: Holder.STATION,
    Metric.SHARED_DEVICE: Holder.STATION,
    Metric.SITE: Holder.STATION,
    Metric.FREE: Holder.STATION,
    Metric.NAMED_USER: Holder.PERSON,
    Metric.WEB_SEAT: Holder.PERSON,
    Metric.CONCURRENT: Holder.MOMENT,
}


DISTRICT = Scope()


@dataclass(frozen=True, slots=True)
class Pool:
    """The seats of one entitlement (`id`); `seats` is `None` where unlimited.

    `per_seat`: stations of one lab that a seat serves. `order` and `end` tell alike pools apart: what ends first is
    used first.
    """

    id: int
    product: str
    covers: frozenset[str]
    holder: Holder
    seats: int | None
    scope: Scope = DISTRICT
    cte_only: bool = False
    per_seat: int = 1
    end: date | None = None
    order: str = ""

    def reaches(self, spot: Spot) -> bool:
        """Whether its scope, and the money that paid it, take a spot in."""
        return self.scope.covers(spot) and (not self.cte_only or bool(spot.pathways))


@dataclass(frozen=True, slots=True)
class Sitting:
    """A section that is taught, or sits an exam; it counts when all its students have all that it asks.

    `people`: whose seats these are: the class and the exam of one section share the seats of persons. `periods`: when
    it meets; empty where that is not known, so that it may meet at any time.
    """

    id: str
    students: int
    asks: frozenset[str]
    people: str = ""
    periods: frozenset[str] = frozenset()

    @property
    def persons(self) -> str:
        """The section whose students these are."""
        return self.people or self.id


@dataclass(frozen=True, slots=True)
class LabNeed:
    """What one lab asks, or one part of it where sections meet there at once; `id` is unique, `lab` its label.

    `stations` of it should have `asks`; no two of its sittings are at the same time. A need without stations is that of
    sections whose room is not known. Where no sitting is known, persons and moments are counted by stations.
    """

    id: str
    lab: str
    spot: Spot
    stations: int = 0
    asks: frozenset[str] = frozenset()
    sittings: tuple[Sitting, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Seats that could be bought, for any lab; `cents` each, `None` where no purchase says what they cost."""

    product: str
    covers: frozenset[str]
    holder: Holder
    cents: int | None
    per_seat: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """Seats of a pool for one need: its stations (`section` ""), or the students of a section."""

    pool: int
    need: str
    section: str
    seats: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One aim in the order of aims: what was reached, and the bound: no allocation that is as good in all aims before
    reaches more (or, where `least`, less). Proven best where the two are equal.
    """

    name: str
    value: int
    bound: int
    least: bool = False

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.value == self.bound

    @property
    def gap(self) -> int:
        """By how much it may fall short of the best."""
        return abs(self.bound - self.value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sitting, or the stations of a need (`sitting` ""), came to; `lacks` says for how many each ask fails."""

    need: str
    sitting: str
    asked: int
    served: int
    lacks: Mapping[str, int] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether nobody goes without."""
        return self.served >= self.asked and not self.lacks


@dataclass(frozen=True, slots=True)
class Contest:
    """One ask for which there are too few seats: the needs that compete, the pools they compete for, what is missing.

    `pools` is empty where no seat that runs reaches them at all.
    """

    ask: str
    needs: tuple[str, ...]
    pools: tuple[int, ...]
    seats: int
    wanted: int
    missing: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gets which seats, with the proof, stage by stage, that it cannot be done better."""

    stages: tuple[Stage, ...] = ()
    grants: tuple[Grant, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every stage is at its bound."""
        return all(stage.proven for stage in self.stages)

    def outcome(self, need: str, sitting: str = "") -> Outcome | None:
        """What one need or sitting came to."""
        return next((one for one in self.outcomes if (one.need, one.sitting) == (need, sitting)), None)
