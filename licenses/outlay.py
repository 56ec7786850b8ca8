"""What thought-of sections take in seats of one product: how many more, how many are free, what to buy. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.entitlement import Entitlement, Spot
from licenses.metrics import Metric
from licenses.seat_price import seat_cents
from licenses.seats import Place, pools_of, serve
from licenses.section import Section
from licenses.taught import at_once, people

ON_DEVICES = frozenset({Metric.DEVICE, Metric.SHARED_DEVICE, Metric.SITE, Metric.FREE})
"""How seats are counted that stations take."""


@dataclass(frozen=True, slots=True)
class NewStations:
    """Stations that do not exist yet: how many, and where they would stand."""

    spot: Spot
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What thought-of sections ask of one product.

    `devices` stand already and do not need it yet; `stations` are still to come; `sections` are the new ones.
    """

    product: str
    devices: DeviceSet
    stations: tuple[NewStations, ...]
    sections: tuple[Section, ...]

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Where it is asked for."""
        return tuple(Spot(one.site, one.lab, frozenset({one.pathway}), one.grades) for one in self.sections)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a product stands before: who takes a seat of it already, on devices and in sections."""

    devices: DeviceSet = NO_DEVICES
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlay:
    """What the sections take of one product, counted by one metric (`None`: nobody knows how it is counted).

    `least` to `most` more seats; they differ where periods are not known, or students may sit in two classes. `free`:
    how many of `most` are there already, `None` without a limit. `each_cents`: a seat at the last price, `None` where
    no price is on record. `assumed`: the metric is the catalog's word, no purchase says it.
    """

    product: str
    metric: Metric | None
    least: int
    most: int
    free: int | None
    each_cents: int | None
    priced: Entitlement | None
    assumed: bool = False

    @property
    def buy(self) -> int:
        """How many seats must be bought, at the most."""
        return 0 if self.free is None else self.most - self.free

    @property
    def cost_cents(self) -> int | None:
        """What they cost; nothing where none is bought, `None` where no price is on record."""
        if not self.buy:
            return 0
        return None if self.each_cents is None else self.each_cents * self.buy


def outlay(
    wanted: Wanted,
    standing: Standing,
    *,
    bought: Sequence[Entitlement],
    places: Sequence[Place],
    on: date,
    hint: Metric | None = None,
) -> Outlay:
    """The outlay for one product; `bought` are all its purchases, `hint` is how it is usually sold."""
    here = [one for one in bought if one.runs(on) and any(one.covers(spot) for spot in wanted.spots)]
    newest = max(here or bought, key=lambda one: (one.start, one.id), default=None)
    metric = newest.metric if newest else hint
    counted = [one for one in here if _alike(one.metric, metric)]
    least, most = _more(wanted, standing, metric, on)
    priced = [one for one in bought if _alike(one.metric, metric) and seat_cents(one) is not None]
    price = max(priced, key=lambda one: (one.start, one.id), default=None)
    return Outlay(
        product=wanted.product,
        metric=metric,
        least=least,
        most=most,
        free=_free(wanted, standing, metric, counted, places, on, most),
        each_cents=seat_cents(price) if price else None,
        priced=price,
        assumed=newest is None,
    )


def _alike(one: Metric, other: Metric | None) -> bool:
    return one is other or (one in ON_DEVICES and other in ON_DEVICES)


def _more(wanted: Wanted, standing: Standing, metric: Metric | None, on: date) -> tuple[int, int]:
    """How many seats more than now, at the least and at the most."""
    everyone = (*standing.sections, *wanted.sections)
    if metric is Metric.WEB_SEAT:
        seats = sum(one.headcount for one in wanted.sections)
        return seats, seats
    if metric is Metric.NAMED_USER:
        fewest, most = people(wanted.sections, on)
        return fewest, most
    if metric is Metric.CONCURRENT:
        before, after = at_once(standing.sections, on), at_once(everyone, on)
        return max(0, after[0] - before[1]), max(0, after[1] - before[1])
    seats = len(wanted.devices - standing.devices) + sum(one.number for one in wanted.stations)
    return seats, seats


def _free(
    wanted: Wanted,
    standing: Standing,
    metric: Metric | None,
    counted: Sequence[Entitlement],
    places: Sequence[Place],
    on: date,
    most: int,
) -> int | None:
    if not counted:
        return 0
    if any(one.quantity is None for one in counted):
        return None
    if metric in ON_DEVICES:
        return _free_on_devices(wanted, standing, counted, places)
    seats = sum(one.quantity or 0 for one in counted)
    before = [
        one
        for one in standing.sections
        if any(each.covers(Spot(one.site, one.lab, frozenset({one.pathway}), one.grades)) for each in counted)
    ]
    taken = at_once(before, on)[1] if metric is Metric.CONCURRENT else people(before, on)[1]
    return min(most, max(0, seats - taken))


def _free_on_devices(
    wanted: Wanted, standing: Standing, counted: Sequence[Entitlement], places: Sequence[Place]
) -> int:
    """How many of the new ones a seat reaches when all who have one already keep it."""
    beyond = 1 + max((max(place.devices) for place in places if place.devices), default=0)
    new, rooms = wanted.devices - standing.devices, []
    for one in wanted.stations:
        devices = DeviceSet(range(beyond, beyond + one.number))
        beyond += one.number
        rooms.append(Place(one.spot.site, one.spot.lab, one.spot.pathways, devices, one.spot.grades))
        new |= devices
    served = serve(pools_of(counted), [standing.devices, new], [*places, *rooms])
    return len(served & new)
