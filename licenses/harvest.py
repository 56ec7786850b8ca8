"""Seats that could be taken back, what each is worth and for whom: never more than are idle, never out of scope. Pure.

An idle install holds a seat only where one is left after the installs that are needed or wanted. What nothing is known
about is not called unused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.assigned import Assigned
from licenses.entitlement import Entitlement
from licenses.marks import Mark
from licenses.seat_price import SeatPrice, price_of
from licenses.seats import Place, Pool, left, pools_of, serve
from licenses.section import Section
from licenses.use import Peak


@dataclass(frozen=True, slots=True)
class Advice:
    """What a vendor says about taking seats back."""

    text: str
    mark: Mark


ADVICE: Mapping[str, Advice] = {
    "Autodesk": Advice(
        "Autodesk advises to unassign seats at the end of each term",
        Mark("autodesk.com, education admin: assign access", date(2026, 11, 23), verified=True),
    )
}
"""By publisher."""


@dataclass(frozen=True, slots=True)
class Want:
    """What somebody waits for: so many seats, from a day on (`None`: not known when); `who` is a lab or a section."""

    who: str
    since: date | None
    seats: int


@dataclass(frozen=True, slots=True)
class Held:
    """A product whose seats are held by devices, and the devices.

    `used`: those that have it where it is needed or wanted, or whose last word is stale. `idle`: those that surely have
    it, and neither need nor want it. `waiting`: those that need it and surely do not have it.
    """

    product: str
    entitlements: tuple[Entitlement, ...]
    used: DeviceSet = NO_DEVICES
    idle: DeviceSet = NO_DEVICES
    waiting: DeviceSet = NO_DEVICES


@dataclass(frozen=True, slots=True)
class Shelf:
    """Seats of one pool that nobody has or needs; `elsewhere`: how many devices that it does not reach wait for one."""

    pool: Pool
    seats: int
    elsewhere: int
    price: SeatPrice | None
    entitlements: tuple[Entitlement, ...]


@dataclass(frozen=True, slots=True)
class IdleSeats:
    """The idle installs of one product, and the seats that they hold.

    `held`: the idle devices that hold a seat, and how many `seats` that is, where one may serve several devices.
    `freed`: for whom, in the order of their dates; together never more than is held. `shelf`: seats besides that
    nobody has or needs.
    """

    product: str
    idle: DeviceSet
    held: DeviceSet
    seats: int
    freed: tuple[Want, ...]
    shelf: tuple[Shelf, ...]
    price: SeatPrice | None

    @property
    def spare(self) -> int:
        """The held seats for which nobody waits: not to be renewed."""
        return max(0, self.seats - sum(want.seats for want in self.freed))


@dataclass(frozen=True, slots=True)
class Slack:
    """Seats for concurrent use whose peak stayed below what is issued, over so many days and polls.

    `spare` is `None` where nothing can be said: only refusals were counted, or nobody knows how many are issued.
    `at_once`: how many students the timetable has at it together, at the most; `None` where no section needs it.
    """

    product: str
    issued: int | None
    peak: int | None
    at: datetime
    denied: int | None
    polls: int
    days: int
    at_once: int | None
    spare: int | None
    price: SeatPrice | None


@dataclass(frozen=True, slots=True)
class Reclaim:
    """Named-user seats beyond the persons who need one now: `least` for sure, `most` where students have two classes.

    `people` is how many students need one, from the least to the most; teachers are not known to us. `ended`: the
    sections whose students had one. `freed`: sections to come that need one.
    """

    product: str
    report: Assigned
    people: tuple[int, int]
    least: int
    most: int
    ended: tuple[Section, ...]
    freed: tuple[Want, ...]
    price: SeatPrice | None


def matched(free: int, wants: Iterable[Want]) -> tuple[Want, ...]:
    """Who gets of so many seats, the earliest first: never more than there are, never more than is wanted."""
    got = []
    for want in sorted(wants, key=lambda one: (one.since is None, one.since or date.max, one.who)):
        seats = min(free, want.seats)
        if seats > 0:
            got.append(Want(want.who, want.since, seats))
            free -= seats
    return tuple(got)


def idle_seats(held: Held, places: Sequence[Place], since: Mapping[str, date]) -> IdleSeats:
    """What the idle installs of a product hold, and which labs wait for it; `since` is by lab, when its need begins."""
    pools = pools_of(held.entitlements)
    idle = held.idle - held.used
    holding = serve(pools, [held.used, idle], places) & idle
    by_lab = [(place.lab, since.get(place.lab), held.waiting & place.devices) for place in places]
    by_lab = sorted(
        ((lab, day, devices) for lab, day, devices in by_lab if devices),
        key=lambda one: (one[1] is None, one[1] or date.max, one[0]),
    )
    groups = [devices for _, _, devices in by_lab]
    # What is free already goes to those who wait, without anybody's uninstalling.
    now = serve(pools, [held.used, idle, *groups], places)
    then = serve(pools, [held.used, *groups], places)
    wants = [Want(lab, day, len((then - now) & devices)) for lab, day, devices in by_lab]
    return IdleSeats(
        product=held.product,
        idle=idle,
        held=holding,
        seats=left(pools, held.used, places) - left(pools, held.used | idle, places),
        freed=matched(len(holding), wants),
        shelf=_shelf(held, places),
        price=price_of(held.entitlements),
    )


def _shelf(held: Held, places: Sequence[Place]) -> tuple[Shelf, ...]:
    """The seats that could be spared scope by scope, the widest last: so that they add up to what is unused."""
    everybody = held.used | held.idle | held.waiting
    pools = pools_of(held.entitlements)
    reached = len(serve(pools, [everybody], places))
    outside = len(everybody) - reached
    found = []
    for pool in sorted(pools, key=lambda pool: (pool.scope, pool.cte_only, pool.per_seat), reverse=True):
        size = pools[pool]
        if size is None:
            continue
        wanted = reached - len(serve({**pools, pool: 0}, [everybody], places))
        pools[pool] = -(-wanted // pool.per_seat)
        if seats := size - -(-wanted // pool.per_seat):
            bought = tuple(one for one in held.entitlements if pool in pools_of([one]))
            found.append(Shelf(pool, seats, min(seats, outside), price_of(bought), bought))
            outside -= min(seats, outside)
    return tuple(found)


def slack(product: str, peak: Peak, *, bought: Sequence[Entitlement], days: int, at_once: int | None) -> Slack:
    """What a pool could spare by its peak; nothing where somebody was refused."""
    entitled = [one.quantity for one in bought]
    known = sum(one or 0 for one in entitled) if entitled and None not in entitled else None
    issued = known if peak.issued is None else peak.issued
    spare = None
    if issued is not None and peak.in_use is not None:
        spare = 0 if peak.denied else max(0, issued - max(peak.in_use, at_once or 0))
    return Slack(product, issued, peak.in_use, peak.at, peak.denied, peak.polls, days, at_once, spare, price_of(bought))


def reclaim(
    report: Assigned,
    *,
    people: tuple[int, int],
    sections: Iterable[Section],
    bought: Sequence[Entitlement],
    on: date,
) -> Reclaim:
    """What could be unassigned of a named-user product; `sections` are all that need it, at whatever time."""
    sections = tuple(sections)
    fewest, most_people = people
    least, most = max(0, report.assigned - most_people), max(0, report.assigned - fewest)
    wants = [
        Want(f"{one.lab or one.site} {one.course}-{one.code}", one.start, one.headcount)
        for one in sections
        if one.start > on
    ]
    return Reclaim(
        product=report.product,
        report=report,
        people=people,
        least=least,
        most=most,
        ended=tuple(one for one in sections if one.end < on) if most else (),
        freed=matched(most, wants),
        price=price_of(bought),
    )
