"""What ends within a window: until when notice may be given, who would lose it, and what takes over. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.entitlement import Entitlement, Reach, Scope, Spot
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.seat_price import last_priced, seat_cents
from licenses.seats import Place, pools_of, serve
from licenses.section import Section
from licenses.suite import Suite

ONE_DAY = timedelta(days=1)
SOON = timedelta(days=14)
"""How long before the last day something is said in red."""
RENEWAL_WINDOW = timedelta(days=120)
"""How long before an end a purchase may start and still be its renewal; earlier ones are seats besides."""


class What(StrEnum):
    """What ends: the right itself, the newer releases that come with it, or a vendor's own term for education."""

    TERM = "term"
    MAINTENANCE = "maintenance"
    EDUCATION = "education"


class Outcome(StrEnum):
    """What the day after brings."""

    TAKEN_OVER = "taken over"
    NOBODY_LOSES = "nobody loses"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EducationTerm:
    """How many months a publisher's education licence runs that was issued from one day to another."""

    publisher: str
    metrics: frozenset[Metric]
    months: int
    mark: Mark
    issued_from: date | None = None
    issued_to: date | None = None
    note: str = ""

    def holds(self, publisher: str, entitlement: Entitlement) -> bool:
        """Whether a purchase falls under it: of the publisher, counted so, issued then, and not paid for."""
        after = self.issued_from is None or self.issued_from <= entitlement.start
        until = self.issued_to is None or entitlement.start <= self.issued_to
        named = publisher == self.publisher and entitlement.metric in self.metrics
        return named and after and until and not entitlement.cost_cents

    def last_day(self, issued: date) -> date:
        """The last day of a licence that was issued on a day."""
        month = issued.month - 1 + self.months
        year, month = issued.year + month // 12, month % 12 + 1
        return issued.replace(year=year, month=month, day=min(issued.day, monthrange(year, month)[1])) - ONE_DAY


@dataclass(frozen=True, slots=True)
class Teaching:
    """Who needs a product: the sections that use it, and the devices whose stations must have it."""

    sections: tuple[Section, ...] = ()
    needed: DeviceSet = NO_DEVICES
    exams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """One purchase, and the last `day` of what ends.

    `taken_over`: how many of its seats other purchases have on the day after (`None`: no limit), and `by` which ones.
    `cut`: sections that need it and go on after the day; `coming`: those that start later. `stations`: devices that
    need it and no longer get a seat. `resumes`: when the next purchase starts, where there is a gap. `renewal_cents`:
    all of it again at the last price on record.
    """

    entitlement: Entitlement
    what: What
    day: date
    notice_by: date | None = None
    taken_over: int | None = 0
    by: tuple[Entitlement, ...] = ()
    resumes: date | None = None
    cut: tuple[Section, ...] = ()
    coming: tuple[Section, ...] = ()
    stations: DeviceSet = NO_DEVICES
    exams: tuple[str, ...] = ()
    renewal_cents: int | None = None
    mark: Mark | None = None

    @property
    def renewed(self) -> bool:
        """Whether other purchases have as many seats on the day after."""
        if self.taken_over is None:
            return True
        return self.entitlement.quantity is not None and self.taken_over >= self.entitlement.quantity

    @property
    def lost(self) -> int | None:
        """How many seats nobody takes over; `None` where there was no limit."""
        if self.renewed:
            return 0
        quantity = self.entitlement.quantity
        return None if quantity is None else quantity - (self.taken_over or 0)

    @property
    def outcome(self) -> Outcome:
        """Whether it is missed on the day after. A vendor's own term is not certain for a purchase that says more."""
        if self.renewed:
            return Outcome.TAKEN_OVER
        if not (self.cut or self.coming or self.stations):
            return Outcome.NOBODY_LOSES
        return Outcome.LOST if self.what is What.TERM else Outcome.UNKNOWN

    def late(self, on: date) -> bool:
        """Whether the last day to give notice is past; that day itself still counts."""
        return self.notice_by is not None and self.notice_by < on

    def urgent(self, on: date) -> bool:
        """Whether it is to be seen to within two weeks."""
        return min(self.day, self.notice_by or self.day) - on <= SOON


@dataclass(slots=True)
class _Heirs:
    """The seats of later purchases, each of them handed on once."""

    bought: Sequence[Entitlement]
    suites: Sequence[Suite]
    left: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {number: one.quantity or 0 for number, one in enumerate(self.bought)}

    def take(self, ended: Entitlement, day: date) -> tuple[int | None, tuple[Entitlement, ...]]:
        """How many seats of a purchase are taken over on the day after its last, and by which ones."""
        wanted = ended.quantity
        taken = 0
        by = []
        for number, heir in enumerate(self.bought):
            if not self._follows(ended, heir, day):
                continue
            if heir.quantity is None:
                return None, (heir,)
            share = min(self.left[number], heir.quantity if wanted is None else wanted - taken)
            if share > 0:
                self.left[number] -= share
                taken += share
                by.append(heir)
        return taken, tuple(by)

    def resumes(self, ended: Entitlement, day: date) -> date | None:
        """When the next purchase starts that could have taken over, had it started in time."""
        later = (one.start for one in self.bought if one.start > day + ONE_DAY and self._fits(ended, one))
        return min(later, default=None)

    def _follows(self, ended: Entitlement, heir: Entitlement, day: date) -> bool:
        bought_for_it = heir.start > ended.start and heir.start >= day - RENEWAL_WINDOW
        return bought_for_it and heir.runs(day + ONE_DAY) and self._fits(ended, heir)

    def _fits(self, ended: Entitlement, heir: Entitlement) -> bool:
        product = heir.product == ended.product or any(
            suite.id == heir.suite and ended.title in suite.titles for suite in self.suites
        )
        counted = heir.quantity is None or heir.metric is ended.metric
        return (
            heir is not ended
            and product
            and counted
            and reaches(heir.scope, ended.scope)
            and not (heir.cte_only and not ended.cte_only)
        )


def reaches(wide: Scope, narrow: Scope) -> bool:
    """Whether all of a scope surely lies within another."""
    if wide.reach is Reach.DISTRICT or wide == narrow:
        return True
    return wide.reach is Reach.SITE and narrow.reach is Reach.LAB and narrow.name.partition("/")[0] == wide.name


def endings(
    entitlements: Iterable[Entitlement],
    *,
    on: date,
    before: date,
    teaching: Mapping[str, Teaching],
    places: Sequence[Place] = (),
    suites: Sequence[Suite] = (),
    terms: Sequence[EducationTerm] = (),
    publishers: Mapping[str, str] | None = None,
) -> tuple[Ending, ...]:
    """All that ends from a day to another, both included, the first first.

    `teaching` and `publishers` are by title or suite.
    """
    bought = sorted(entitlements, key=lambda one: (one.start, one.purchase_order, str(one.scope), one.id))
    heirs = _Heirs(bought, suites)
    found = []
    for day, one, what, mark in sorted(
        _last_days(bought, terms, publishers or {}), key=lambda each: (each[0], each[1].product, each[1].id)
    ):
        if not on <= day <= before:
            continue
        need = teaching.get(one.product, Teaching())
        taken_over, by = (0, ()) if what is What.MAINTENANCE else heirs.take(one, day)
        here = tuple(section for section in need.sections if one.covers(_spot(section)))
        ending = Ending(
            entitlement=one,
            what=what,
            day=day,
            notice_by=None if one.notice_days is None or what is not What.TERM else day - timedelta(one.notice_days),
            taken_over=taken_over,
            by=by,
            resumes=None if what is What.MAINTENANCE else heirs.resumes(one, day),
            cut=tuple(section for section in here if section.start <= day < section.end),
            coming=tuple(section for section in here if section.start > day),
            exams=need.exams,
            renewal_cents=_again(one, bought),
            mark=mark,
        )
        if ending.renewed:  # what is taken over whole is missed by nobody
            ending = replace(ending, cut=(), coming=(), exams=())
        elif what is not What.MAINTENANCE:
            ending = replace(ending, stations=_losing(one, day, what, bought, need.needed, places, suites))
        found.append(ending)
    return tuple(found)


def _last_days(
    bought: Iterable[Entitlement], terms: Sequence[EducationTerm], publishers: Mapping[str, str]
) -> Iterable[tuple[date, Entitlement, What, Mark | None]]:
    for one in bought:
        if one.end is not None:
            yield one.end, one, What.TERM, None
        if one.maintenance_end is not None and one.maintenance_end != one.end:
            yield one.maintenance_end, one, What.MAINTENANCE, None
        for term in terms:
            if term.holds(publishers.get(one.product, ""), one):
                last = term.last_day(one.start)
                if one.end is None or last < one.end:
                    yield last, one, What.EDUCATION, term.mark


def _spot(section: Section) -> Spot:
    return Spot(section.site, section.lab, frozenset({section.pathway}), section.grades)


def _losing(
    ended: Entitlement,
    day: date,
    what: What,
    bought: Sequence[Entitlement],
    needed: DeviceSet,
    places: Sequence[Place],
    suites: Sequence[Suite],
) -> DeviceSet:
    """The needing devices within its scope that a seat reaches on its last day and none on the day after."""
    wide = {ended.product} | {suite.id for suite in suites if ended.title in suite.titles}
    seats = [one for one in bought if one.product in wide and one.metric in _ON_DEVICES]
    before = [one for one in seats if one.runs(day)]
    after = [one for one in seats if one.runs(day + ONE_DAY) and (one is not ended or what is What.TERM)]
    within = NO_DEVICES.union(*(place.devices for place in places if ended.covers(place.spot)))
    had = serve(pools_of(before), [needed], places)
    return (had - serve(pools_of(after), [needed], places)) & within


_ON_DEVICES = frozenset({Metric.DEVICE, Metric.SHARED_DEVICE, Metric.SITE, Metric.FREE})
"""How seats are counted that stations hold; of the others, sections and their students tell who loses."""


def _again(ended: Entitlement, bought: Iterable[Entitlement]) -> int | None:
    """All of a purchase at the last price of its product and metric; `None` where none is on record."""
    newest = last_priced(one for one in bought if one.product == ended.product and one.metric is ended.metric)
    if newest is None:
        return None
    if ended.quantity is None:
        return ended.cost_cents if newest.quantity is not None else newest.cost_cents
    each = seat_cents(newest)
    return each * ended.quantity if each is not None and newest is not ended else ended.cost_cents
