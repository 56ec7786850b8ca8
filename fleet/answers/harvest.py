"""Which seats could be taken back, what each is worth, and for whom they would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from fleet.answers.footing import Footing, footing
from fleet.settings import Settings
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.roll import Whereabouts
from licenses.amount import least, most
from licenses.entitlement import Entitlement
from licenses.harvest import ADVICE, Advice, Held, IdleSeats, Reclaim, Slack, idle_seats, reclaim, slack
from licenses.metrics import Metric
from licenses.position import Position
from licenses.section import Section
from licenses.store.assigned import assigned
from licenses.store.use import peaks
from licenses.taught import at_once, people

ON_DEVICES = frozenset({Metric.DEVICE, Metric.SHARED_DEVICE})
"""How seats are counted that a device holds by having the title."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What could be taken back on a day; use is looked at over the `days` before it.

    `unmetered`: products for concurrent use that no licence server was asked about in that time. `unreported`:
    named-user products of which no vendor's report was read. `advice`: what the makers of seats to reclaim say.
    """

    on: date
    days: int
    idle: tuple[IdleSeats, ...]
    slack: tuple[Slack, ...]
    reclaim: tuple[Reclaim, ...]
    unmetered: tuple[str, ...]
    unreported: tuple[str, ...]
    names: Mapping[str, str]
    devices: Mapping[int, Whereabouts]
    advice: tuple[Advice, ...]


def harvest(session: Session, settings: Settings, *, on: date, days: int) -> Harvest:
    """The seats that nobody needs on a day, by how they are counted."""
    ground = footing(session, settings, on=on)
    until = datetime.combine(on + timedelta(days=1), time(), UTC)
    counted = peaks(session, until - timedelta(days=days), until)
    reports = assigned(session)
    floating = _products(ground, Metric.CONCURRENT)
    named = _products(ground, Metric.NAMED_USER)
    found = tuple(
        reclaim(
            reports[product],
            people=_people(ground, product),
            sections=ground.users.get(product, ()),
            bought=_bought(ground, product, Metric.NAMED_USER),
            on=on,
        )
        for product in sorted(reports.keys() & named)
    )
    return Harvest(
        on=on,
        days=days,
        idle=_idle(ground),
        slack=tuple(
            slack(
                product,
                counted[product],
                bought=_bought(ground, product, Metric.CONCURRENT),
                days=days,
                at_once=at_once(users, on)[1] if (users := _running(ground, product)) else None,
            )
            for product in sorted(counted.keys() & floating)
        ),
        reclaim=found,
        unmetered=tuple(sorted(floating - counted.keys())),
        unreported=tuple(sorted(named - reports.keys())),
        names=ground.names,
        devices=ground.devices,
        advice=tuple(ADVICE[maker] for maker in sorted(_makers(ground, found) & ADVICE.keys())),
    )


def _people(ground: Footing, product: str) -> tuple[int, int]:
    """How many students need a product, as its position counts them; else by the sections alone."""
    position = ground.positions.get(product)
    if position is None or position.people is None or (highest := most(position.people)) is None:
        return people(ground.users.get(product, ()), ground.on)
    return least(position.people), highest


def _makers(ground: Footing, found: tuple[Reclaim, ...]) -> frozenset[str]:
    """Who makes the products with seats to reclaim."""
    makers = {title.id: title.publisher for title in ground.book.catalog.titles}
    makers |= {suite.id: suite.publisher for suite in ground.book.suites}
    return frozenset(makers.get(one.product, "") for one in found if one.most)


def _products(ground: Footing, metric: Metric) -> frozenset[str]:
    return frozenset(one.product for one in ground.bought if one.metric is metric and one.runs(ground.on))


def _bought(ground: Footing, product: str, *metrics: Metric) -> tuple[Entitlement, ...]:
    return tuple(one for one in ground.running(product) if one.metric in metrics)


def _running(ground: Footing, product: str) -> tuple[Section, ...]:
    return tuple(one for one in ground.users.get(product, ()) if one.runs(ground.on))


def _idle(ground: Footing) -> tuple[IdleSeats, ...]:
    """Products with seats on devices that cost something, or are short; without what is neither idle nor left over."""
    found = []
    for product, position in sorted(ground.positions.items()):
        seats = tuple(one for one in _bought(ground, product, *ON_DEVICES) if one.quantity)
        held = _held(ground, position, seats)
        if not seats:
            continue
        one = idle_seats(held, ground.places, _since(ground, product))
        waited_for = one.freed or any(shelf.elsewhere for shelf in one.shelf)
        # A cost that is not on record may be any.
        if (one.idle or one.shelf) and (waited_for or any(each.cost_cents != 0 for each in seats)):
            found.append(one)
    return tuple(found)


def _held(ground: Footing, position: Position, seats: tuple[Entitlement, ...]) -> Held:
    """Who has a title, and who waits for it; of a suite, only for titles that have no seats of their own."""
    has, needed, missing = position.installed | position.last_known, position.needed, position.missing
    if position.suite:
        own = {one.title for one in ground.bought if one.title and one.runs(ground.on) and one.metric in ON_DEVICES}
        suite = next(suite for suite in ground.book.suites if suite.id == position.title)
        parts = [ground.positions[title] for title in suite.titles - own if title in ground.positions]
        has = NO_DEVICES.union(*(one.installed | one.last_known for one in parts))
        needed = NO_DEVICES.union(*(one.needed for one in parts))
        missing = NO_DEVICES.union(*(one.missing for one in parts))
    idle: DeviceSet = position.idle & has
    return Held(position.title, seats, used=has - idle, idle=idle, waiting=(missing & needed) - has)


def _since(ground: Footing, product: str) -> Mapping[str, date]:
    """By lab, when the first of the sections that still run or are to come begins."""
    starts: dict[str, date] = {}
    for section in ground.users.get(product, ()):
        if section.lab and section.end >= ground.on:
            starts[section.lab] = min(section.start, starts.get(section.lab, section.start))
    return starts
