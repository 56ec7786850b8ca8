"""Where each title stands on a day: entitled against needed against installed, with the devices behind each number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from fleet.answers.exams import pathway_of_exam
from fleet.answers.rulebook import Rulebook, load_rulebook
from fleet.collector import collector_at_rest
from fleet.settings import Settings
from inventory.census import Census, census_of
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.roll import Whereabouts
from inventory.snapshots import load_census
from inventory.titles import title_called
from inventory.views import Snapshot
from licenses.amount import least, most
from licenses.audience import spot_of
from licenses.demand import Known
from licenses.entitlement import Entitlement, Spot
from licenses.need import by_lab, demand_of
from licenses.position import Position
from licenses.presence import Presence, presence_of
from licenses.reconcile import reconcile
from licenses.seats import Place
from licenses.section import Section
from licenses.store.allocations import allotted
from licenses.store.assigned import assigned
from licenses.store.entitlements import entitlements
from licenses.store.sections import sections
from licenses.store.use import peaks

PEAK_SPAN = timedelta(days=365)
"""How far back the peak of use is looked for: a school year, with its exams."""


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions on a day, the names of their titles and suites, and where their devices stand.

    `remarks` are what the catalog has to say about a title.
    """

    on: date
    taken_at: datetime
    positions: tuple[Position, ...]
    names: Mapping[str, str]
    devices: Mapping[int, Whereabouts]
    remarks: Mapping[str, str]

    @property
    def enough(self) -> bool | None:
        """Whether every need is covered: no when any surely is not, `None` when any is not known."""
        answers = [position.enough for position in self.positions]
        return False if False in answers else None if None in answers else True


def positions(
    session: Session, settings: Settings, *, on: date, title: str | None = None, exam: str | None = None
) -> tuple[Position, ...]:
    """The positions of all titles and suites, or of one that is named by id or name."""
    return answer(session, settings, on=on, title=title, exam=exam).positions


def answer(
    session: Session,
    settings: Settings,
    *,
    on: date,
    title: str | None = None,
    exam: str | None = None,
    extra_sections: Sequence[Section] = (),
) -> Positions:
    """The positions with all that is needed to show them, as readiness counts them too.

    With `exam`, what that exam asks is needed besides ("": what any exam asks); `extra_sections` are only thought of.
    Raises UnknownTitle, NoSuchExam.
    """
    with collector_at_rest():
        ground = _Ground.read(session, settings, exam, extra_sections)
        return ground.answer(on, None if title is None else _product(ground.book, title))


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst day of one title in a span: its position on that day, and the days from which and until it is short."""

    on: date
    position: Position
    short: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """What comes of the titles between two days; `days` are those on which something changes."""

    start: date
    end: date
    days: tuple[date, ...]
    worst: tuple[Worst, ...]
    names: Mapping[str, str]

    @property
    def enough(self) -> bool | None:
        """Whether every need is covered on every day."""
        answers = [one.position.enough for one in self.worst]
        return False if False in answers else None if None in answers else True


def over(
    session: Session,
    settings: Settings,
    *,
    start: date,
    end: date,
    title: str | None = None,
    exam: str | None = None,
    extra_sections: Sequence[Section] = (),
) -> Span:
    """The worst day of every title between two days, both included; nothing changes between the days that are asked."""
    ground = _Ground.read(session, settings, exam, extra_sections)
    wanted = None if title is None else _product(ground.book, title)
    days = changes((*ground.bought, *ground.taught), start, end)
    by_title: defaultdict[str, list[tuple[date, Position]]] = defaultdict(list)
    for day in days:
        for one in ground.answer(day, wanted).positions:
            by_title[one.title].append((day, one))
    until = {day: following - timedelta(days=1) for day, following in pairwise((*days, end + timedelta(days=1)))}
    return Span(
        start, end, days, tuple(_worst(found, until) for _, found in sorted(by_title.items())), ground.book.rules.names
    )


def changes(terms: Iterable[Entitlement | Section], start: date, end: date) -> tuple[date, ...]:
    """The first day of a span, and each day in it on which a purchase or a section begins, or is over."""
    days = {start}
    for one in terms:
        days.add(one.start)
        if one.end is not None and one.end < date.max:
            days.add(one.end + timedelta(days=1))
    return tuple(sorted(day for day in days if start <= day <= end))


def _worst(found: Sequence[tuple[date, Position]], until: Mapping[date, date]) -> Worst:
    def badness(one: tuple[date, Position]) -> tuple[int, bool, int]:
        short = one[1].short
        return (least(short), one[1].enough is None, most(short) or 0)

    day, position = max(found, key=badness)
    spans: list[tuple[date, date]] = []
    for first, one in found:
        if one.enough is False:
            if spans and spans[-1][1] + timedelta(days=1) == first:
                spans[-1] = (spans[-1][0], until[first])
            else:
                spans.append((first, until[first]))
    return Worst(day, position, tuple(spans))


@dataclass(frozen=True, slots=True)
class _Ground:
    """Everything that is read for positions, on whatever day."""

    settings: Settings
    book: Rulebook
    bought: tuple[Entitlement, ...]
    taught: tuple[Section, ...]
    census: Census
    presence: Presence
    known: Known
    exam: str | None

    @classmethod
    def read(cls, session: Session, settings: Settings, exam: str | None, extra: Sequence[Section]) -> "_Ground":
        now = settings.now()
        book = load_rulebook(settings)
        if exam:
            pathway_of_exam(exam, book.rules.pathways)
        bought = book.funds.resolved(entitlements(session))
        census = load_census(session, now=now, stale_after=settings.stale_after)
        presence = presence_of(census, is_free=book.is_free)
        seats: defaultdict[int, int] = defaultdict(int)
        for one in allotted(session):
            seats[one.entitlement_id] += one.seats
        known = Known(
            allocated=seats,
            used=peaks(session, now - PEAK_SPAN),
            assigned=assigned(session),
            releases=presence.releases,
            margin_percent=settings.concurrent_margin_percent,
        )
        return cls(settings, book, bought, (*sections(session), *extra), census, presence, known, exam)

    def answer(self, on: date, wanted: str | None) -> Positions:
        """The positions of one day."""
        book = self.book
        rights = book.rights(self.bought, on=on, sections=self.taught)
        found = reconcile(
            self.bought,
            demand=demand_of(
                self.census,
                book.rules.pathways,
                self.taught,
                on=on,
                exam=self.exam,
                rights=rights,
                shelf_life=self.settings.shelf_life,
            ),
            presence=self.presence,
            places=places_of(self.census, self.taught, on),
            suites=book.suites,
            free=rights.free,
            paid=book.paid,
            versions=book.versions,
            known=self.known,
            on=on,
        )
        chosen = tuple(one for one in found if wanted in (None, one.title))
        return Positions(
            on=on,
            taken_at=self.census.taken_at,
            positions=chosen,
            names=book.rules.names,
            devices=self.census.roll,
            remarks={one.title: remark for one in chosen if (remark := _remark(book, one.title))},
        )


def places_of(stock: Snapshot | Census, taught: Iterable[Section] = (), on: date | None = None) -> tuple[Place, ...]:
    """The devices by lab, and by site where they stand in none; in a fixed order, those alike side by side.

    With the sections of a day, a lab serves also the pathways that are taught there, and has their grades.
    """
    census = census_of(stock, stale_after=timedelta.max) if isinstance(stock, Snapshot) else stock
    day = on or census.taken_at.date()
    here = by_lab(one for one in taught if one.runs(day))
    groups: defaultdict[tuple[int, int], list[DeviceSet]] = defaultdict(list)
    for crowds in census.crowds.values():
        for crowd in crowds:
            groups[crowd.like.site_id or 0, crowd.like.lab_id or 0].append(crowd.devices)
    places = []
    for (site_id, lab_id), devices in sorted(groups.items()):
        site, lab = census.sites.get(site_id), census.labs.get(lab_id)
        spot = spot_of(lab, here.get(lab_id, ()), day) if lab else Spot(site.code if site else "")
        places.append(Place(spot.site, spot.lab, spot.pathways, NO_DEVICES.union(*devices), spot.grades))
    return tuple(sorted(places, key=lambda place: (sorted(place.pathways), sorted(place.grades))))


def _remark(book: Rulebook, id_: str) -> str:
    title = book.catalog.by_id.get(id_)
    return title.note if title else ""


def _product(book: Rulebook, said: str) -> str:
    for suite in book.suites:
        if said.casefold() in {suite.id, suite.name.casefold()}:
            return suite.id
    return title_called(book.catalog, said).id
