"""Entitled against needed, installed and used, title by title, every metric counted, every number opened. Pure.

Seats are handed out on paper, in a fixed order: those of devices (`licenses.books`), then those of persons
(`licenses.people`). All positions of one answer describe the same handing-out, so that no seat is counted twice and a
title that is not short can really be covered while the others are what they say. A cleverer handing-out may do better,
never worse.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.amount import Amount, Seats, amount, least, most
from licenses.assigned import Assigned
from licenses.audience import Audience
from licenses.books import Books, Versions
from licenses.demand import Demand, Known
from licenses.entitlement import Entitlement
from licenses.metrics import AT_DEVICES, COUNTING, OF_PERSONS, Metric
from licenses.people import Dealt, People, Served
from licenses.position import Evidence, Position, Reckoning, Share
from licenses.presence import Presence
from licenses.seats import Place
from licenses.suite import Suite

_OF_PEOPLE = (Metric.CONCURRENT, *OF_PERSONS)


NOTHING_KNOWN = Known()


def reconcile(
    entitlements: Iterable[Entitlement],
    *,
    demand: Demand,
    presence: Presence,
    places: Sequence[Place],
    suites: Iterable[Suite] = (),
    free: AbstractSet[str] = frozenset(),
    paid: AbstractSet[str] | None = None,
    versions: Versions | None = None,
    known: Known = NOTHING_KNOWN,
    on: date,
) -> tuple[Position, ...]:
    """The position of every title that is needed, bought, or installed without being free; then of the suites.

    `paid` are the titles that are known to need a licence (`None`: all that are not free); `versions` the releases that
    a purchase allows (`None`: all). A device in `presence.unheard` is not a device "without". An entitlement that does
    not run on the day is no seat.
    """
    bought = sorted(entitlements, key=lambda one: (one.start, one.purchase_order, str(one.scope), one.id))
    running = [one for one in bought if one.runs(on)]
    books = Books(running, suites, places, free, on=on, versions=versions, releases=demand.releases)
    seen = {
        title: presence.installed.get(title, NO_DEVICES) | presence.last_known.get(title, NO_DEVICES)
        for title in presence.installed.keys() | presence.last_known.keys()
    }
    outside = {title: found for title in seen if (found := books.outside(title, known.releases.get(title, {})))}
    bought_for = {title: devices - presence.free_editions.get(title, NO_DEVICES) for title, devices in seen.items()}
    had = {title: devices - NO_DEVICES.union(*outside.get(title, {}).values()) for title, devices in bought_for.items()}
    covered, people = seat(books, demand)
    web = frozenset[str]().union(*{one.web for one in demand.audiences})
    licensed = books.hand_out(had)
    desk = _Desk(books, demand, presence, known, people, bought, covered, had, licensed, outside, web)
    titles = (
        {one.title for one in bought if one.title}
        | {title for title, devices in demand.needed.items() if devices}
        | web
        | {title for title, devices in bought_for.items() if devices and title not in free}
    )
    terms = {one.title for one in bought} | free | (titles if paid is None else paid)
    positions = [desk.title(title, terms=title in terms) for title in sorted(titles)]
    bought_suites = {one.suite for one in bought}
    positions += [desk.suite(suite) for suite in books.suites if suite.id in bought_suites]
    return tuple(positions)


def seat(books: Books, demand: Demand, *, last: int | None = None) -> tuple[dict[str, DeviceSet], People]:
    """The devices that surely have a seat, or whose users have one, by title; and how the seats of persons went.

    What the lab `last` needs is served after all others.
    """
    needed = dict(demand.needed)
    at_stations = _at_stations(books, demand)
    for title, devices in at_stations.items():
        needed[title] = needed.get(title, NO_DEVICES) | devices
    seated = books.hand_out(needed)
    strangers = _strangers(books, demand)
    people = People(books, (*demand.audiences, *strangers), demand.others, demand.needed, seated, last)
    covered = {}
    for title, devices in demand.needed.items():
        got = seated.get(title, NO_DEVICES) & devices
        if title in people.served:
            got |= devices - NO_DEVICES.union(*(one.stations for one in people.served[title].lost))
        covered[title] = got
    return covered, people


def _at_stations(books: Books, demand: Demand) -> dict[str, DeviceSet]:
    """For titles on the web whose seats are devices': as many stations of each lab as people sit there at once."""
    found: dict[str, list[DeviceSet]] = {}
    rooms: dict[tuple[str, int], dict[str, int]] = {}
    stations: dict[int, DeviceSet] = {}
    for one in demand.audiences:
        for title in one.web if one.lab_id is not None else ():
            if any(books.pools(product.id) for product in books.covering(title)) or books.pools(title):
                stations[one.lab_id or 0] = one.stations
                times = rooms.setdefault((title, one.lab_id or 0), {})
                for time in one.periods or {""}:
                    times[time] = times.get(time, 0) + (len(one.stations) if one.people is None else one.people)
    for (title, lab_id), times in rooms.items():
        together = max(count + (times.get("", 0) if time else 0) for time, count in times.items())
        found.setdefault(title, []).append(stations[lab_id][:together])
    return {title: NO_DEVICES.union(*devices) for title, devices in found.items()}


def _strangers(books: Books, demand: Demand) -> tuple[Audience, ...]:
    """The devices that need a title of which seats are persons' in a place of which nobody is known to sit there."""
    wanted = {
        title
        for product, bought in books.by_product.items()
        if any(one.metric not in AT_DEVICES for one in bought)
        for title in next((suite.titles for suite in books.suites if suite.id == product), {product})
    } & demand.needed.keys()
    if not wanted:
        return ()
    asked: dict[str, list[DeviceSet]] = {}
    for one in demand.audiences:
        for title in one.titles & wanted:
            asked.setdefault(title, []).append(one.stations)
    rest = {title: demand.needed[title] - NO_DEVICES.union(*asked.get(title, ())) for title in wanted}
    rest = {title: devices for title, devices in rest.items() if devices}
    found = []
    for number, place in enumerate(books.places if rest else ()):
        here = frozenset(title for title, devices in rest.items() if not devices.isdisjoint(place.devices))
        if here:
            found.append(Audience(place.spot, -1 - number, None, None, titles=here, stations=place.devices))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Desk:
    """All that the positions of one day are made of."""

    books: Books
    demand: Demand
    presence: Presence
    known: Known
    people: People
    bought: Sequence[Entitlement]
    covered: Mapping[str, DeviceSet]
    had: Mapping[str, DeviceSet]
    licensed: Mapping[str, DeviceSet]
    outside: Mapping[str, Mapping[str, DeviceSet]]
    web: AbstractSet[str]

    def title(self, title: str, *, terms: bool) -> Position:
        """The position of one title."""
        needed = self.demand.needed.get(title, NO_DEVICES)
        had = self.had.get(title, NO_DEVICES)
        shared = self.books.covering(title)
        free = title in self.books.free
        covered = self.covered.get(title, NO_DEVICES)
        over = had - self.licensed.get(title, NO_DEVICES) if terms else NO_DEVICES
        made = self._position(
            title,
            titles=frozenset({title}),
            products=(title, *(suite.id for suite in shared)),
            covered=covered,
            over=over,
            short=len(needed - covered),
            unused=self.books.unused(title, {title: needed | had}),
        )
        web = title in self.web
        return replace(
            made,
            entitled=None if free else made.entitled,
            metrics=(Metric.FREE,) if free and not made.running else made.metrics,
            rules=_rules((Metric.FREE,)) if free and not made.running else made.rules,
            terms=terms,
            on_web=web,
            outside=NO_DEVICES.union(*self.outside.get(title, {}).values()),
            outside_releases=self.outside.get(title, {}),
            shares=tuple(
                Share(
                    suite.id,
                    self.books.reach(title, suite, needed),
                    any(one.metric not in AT_DEVICES for one in self.books.by_product[suite.id]),
                )
                for suite in shared
            ),
            notes=(*self.demand.notes.get(title, ()), *made.notes),
        )

    def suite(self, suite: Suite) -> Position:
        """The position of a suite."""

        def lacking(demand: Mapping[str, DeviceSet], covered: Mapping[str, DeviceSet]) -> DeviceSet:
            return NO_DEVICES.union(*(demand[title] - covered[title] for title in suite.titles & demand.keys()))

        uncovered = lacking(self.demand.needed, self.covered)
        takers = {
            title: self.demand.needed.get(title, NO_DEVICES) | self.had.get(title, NO_DEVICES) for title in suite.titles
        }
        made = self._position(
            suite.id,
            titles=suite.titles,
            products=(suite.id,),
            covered=_union(self.demand.needed, suite.titles) - uncovered,
            over=lacking(self.had, self.licensed),
            short=len(uncovered),
            unused=self.books.unused(suite.id, takers),
        )
        return replace(made, suite=True)

    def _position(
        self,
        product: str,
        *,
        titles: AbstractSet[str],
        products: Sequence[str],
        covered: DeviceSet,
        over: DeviceSet,
        short: int,
        unused: int | None,
    ) -> Position:
        needed, wanted, installed, last_known = (
            _union(by_title, titles)
            for by_title in (
                self.demand.needed, self.demand.wanted, self.presence.installed, self.presence.last_known
            )
        )  # fmt: skip
        own = tuple(self.books.by_product.get(product, ()))
        metrics = tuple(sorted({one.metric for one in own}, key=list(COUNTING).index))
        served = self.people.served.get(product)
        assigned = self.known.assigned.get(product)
        allocated = [self.known.allocated[one.id] for one in own if one.id in self.known.allocated]
        made = Position(
            title=product,
            suite=False,
            metrics=metrics,
            entitled=entitled(own),
            needed=needed,
            installed=installed,
            last_known=last_known - installed,
            missing=needed - installed - self.presence.unheard,
            unheard=(needed & self.presence.unheard) - installed,
            idle=installed - needed - wanted,
            covered=covered,
            over=self._over(over, products),
            short=short,
            unused=self._unused(product, unused),
            reckonings=tuple(self._reckoning(product, metric, needed, covered) for metric in metrics),
            allocated=sum(allocated) if allocated else None,
            used=self.known.used.get(product),
            assigned=assigned,
            levels=self._levels(product, products, installed),
            running=own,
            rules=_rules(metrics),
            notes=_not_running(self.bought, product, self.books.on),
        )
        return made if served is None else self._with_people(made, served, assigned)

    def _with_people(self, made: Position, served: Served, assigned: Assigned | None) -> Position:
        high = served.short_high
        if Metric.WEB_SEAT in made.metrics:
            high = after_redeemed(served, made.entitled, assigned, self.books.on)
        return replace(
            made,
            short=amount(served.short_low, high),
            people=amount(served.persons_low, served.persons_high),
            at_once=amount(served.once_low, served.once_high),
            time=served.time,
            audiences=served.audiences,
            others=served.others,
            notes=(*_unknown_rooms(served.audiences), *made.notes),
        )

    def _over(self, over: DeviceSet, products: Sequence[str]) -> DeviceSet:
        """Where seats are persons', installs say nothing."""
        if over:
            pools = [pool for one in products for pool in self.books.pools(one, frozenset(_OF_PEOPLE))]
            if pools:
                near = (place.devices for place in self.books.places if any(one.covers(place.spot) for one in pools))
                return over - NO_DEVICES.union(*near)
        return over

    def _unused(self, product: str, devices: int | None) -> Amount | None:
        low = high = devices or 0
        counted = devices is not None
        for metric in _OF_PEOPLE:
            seats = self._seats(product, metric)
            if not seats:
                continue
            counted = True
            dealt = self.people.dealt.get((product, metric), Dealt())
            low += 0 if dealt.open else seats - dealt.given_high
            high += seats - min(dealt.given_low, dealt.given_high)
        return amount(low, max(low, high)) if counted else None

    def _seats(self, product: str, metric: Metric) -> int | None:
        sizes = list(self.books.pools(product, frozenset({metric})).values())
        return None if None in sizes else sum(size or 0 for size in sizes)

    def _reckoning(self, product: str, metric: Metric, needed: DeviceSet, covered: DeviceSet) -> Reckoning:
        seats = self._seats(product, metric)
        if metric in AT_DEVICES:
            return Reckoning(metric, len(needed), seats, len(covered))
        dealt = self.people.dealt.get((product, metric), Dealt())
        asked = amount(dealt.low, None if dealt.open else max(dealt.low, dealt.high))
        percent = self.known.margin_percent if metric is Metric.CONCURRENT else 0
        margin = amount(ceil(least(asked) * percent / 100), ceil((most(asked) or 0) * percent / 100))
        served = amount(*sorted((dealt.given_low, seats or 0 if dealt.open else dealt.given_high)))
        return Reckoning(metric, asked, seats, served, margin)

    def _levels(self, product: str, products: Sequence[str], installed: DeviceSet) -> Mapping[Evidence, DeviceSet]:
        """Reports carry no evidence of licences yet: what is known is whether they could."""
        if not installed:
            return {}
        metrics = {one.metric for each in products for one in self.books.by_product.get(each, ())}
        if product in self.books.free:
            return {Evidence.NOT_APPLICABLE: installed}
        return {Evidence.ONLINE if metrics and not metrics & AT_DEVICES else Evidence.UNKNOWN: installed}


def after_redeemed(served: Served, entitled: Seats, assigned: Assigned | None, on: date) -> int | None:
    """The most that is short when seats are used up: nobody knows whether those who redeemed one still need it."""
    high = served.short_high
    if assigned is None or high is None or entitled is None:
        return high
    open_ = [one.people or 0 for one in served.audiences if one.section is None or one.section.end >= on]
    return max(high, sum(open_) - max(0, entitled - assigned.assigned))


def entitled(running: Iterable[Entitlement]) -> Seats:
    """The seats of entitlements that run; unlimited wins."""
    quantities = [one.quantity for one in running]
    return None if None in quantities else sum(quantity or 0 for quantity in quantities)


def _rules(metrics: Iterable[Metric]) -> tuple[str, ...]:
    return tuple(f"{metric.words}: {COUNTING[metric].rule}" for metric in metrics)


def _unknown_rooms(audiences: Sequence[Audience]) -> tuple[str, ...]:
    labs = sorted({one.label for one in audiences if one.section is None})
    nowhere = sum(one.section is not None and one.lab_id is None for one in audiences)
    notes = [f"no section is known in {', '.join(labs[:5])}{' …' if len(labs) > 5 else ''}"] if labs else []
    return (*notes, *([f"sections whose room is not known: {nowhere}"] if nowhere else []))


def _union(by_title: Mapping[str, DeviceSet], titles: Iterable[str]) -> DeviceSet:
    return NO_DEVICES.union(*(by_title.get(title, NO_DEVICES) for title in titles))


def _not_running(bought: Iterable[Entitlement], product: str, on: date) -> tuple[str, ...]:
    notes = []
    for one in bought:
        if one.product == product and not one.runs(on):
            seats = "unlimited use" if one.quantity is None else f"{one.quantity} seats"
            when = f"from {one.start}: not yet counted" if on < one.start else f"until {one.end}: no longer counted"
            order = f" ({one.purchase_order})" if one.purchase_order else ""
            notes.append(f"{seats}{order} {when}")
    return tuple(notes)
