"""What ends within a window, and which labs lose activation while they stand dark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from fleet.answers.footing import Footing, footing
from fleet.settings import Settings
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.views import Heard, LabView
from licenses.activation import Activation, OfflineRule, Recess, Stood, activation, recesses
from licenses.activation_file import load_activations
from licenses.entitlement import Spot
from licenses.horizon import Ending, Teaching, endings
from licenses.metrics import Metric

AHEAD = timedelta(days=365)
"""How far to look where nobody says: what is bought by the year comes up once."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """What ends from a day to another, and the labs of the devices that lose it."""

    on: date
    before: date
    endings: tuple[Ending, ...]
    names: Mapping[str, str]
    labs: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Activations:
    """How long activated titles work in each lab over a time without class.

    `unruled`: licensed titles that are installed, and of whose makers no rule is on file. `undated`: labs of which no
    section is known, so that nobody can say when they stand dark.
    """

    on: date
    found: tuple[Activation, ...]
    unruled: tuple[str, ...]
    undated: tuple[str, ...]
    names: Mapping[str, str]


def expiring(
    session: Session, settings: Settings, *, on: date, before: date | None = None, exam: str | None = None
) -> Expiring:
    """All purchases, maintenance and education terms that end from a day to another; raises NoSuchExam."""
    ground = footing(session, settings, on=on, exam=exam)
    before = before or on + AHEAD
    rules = load_activations(settings.overrides("activations"), titles=ground.book.catalog.by_id)
    suites = {suite.id: suite for suite in ground.book.suites}
    products = {one.product for one in ground.bought}
    publishers = {title.id: title.publisher for title in ground.book.catalog.titles} | {
        suite.id: suite.publisher for suite in suites.values()
    }
    found = endings(
        ground.bought,
        on=on,
        before=before,
        teaching={
            product: Teaching(
                sections=ground.users.get(product, ()),
                needed=ground.positions[product].needed if product in ground.positions else NO_DEVICES,
                exams=_exams(ground, suites[product].titles if product in suites else {product}, exam),
            )
            for product in products
        },
        places=ground.places,
        suites=ground.book.suites,
        terms=rules.terms,
        publishers=publishers,
    )
    labs = {id_: one.lab for id_, one in ground.devices.items()}
    return Expiring(on, before, found, ground.names, labs)


def _exams(ground: Footing, titles: frozenset[str] | set[str], exam: str | None) -> tuple[str, ...]:
    """The exams that ask for a title, of pathways that a lab serves; with `exam`, only that one."""
    taught = {code for lab in ground.snapshot.labs.values() for code in lab.pathways}
    return tuple(
        one.name
        for code, pathway in sorted(ground.book.rules.pathways.items())
        if code in taught
        for one in pathway.certifications
        if not titles.isdisjoint(one.titles) and exam in {None, "", one.id}
    )


def activations(
    session: Session, settings: Settings, *, last: date | None = None, first: date | None = None
) -> Activations:
    """Every lab over every time without class that is to come; or over the one from a last day of class to a first."""
    today = settings.now().date()
    ground = footing(session, settings, on=today)
    rules = load_activations(settings.overrides("activations"), titles=ground.book.catalog.by_id).rules
    makers = {rule.publisher for rule in rules}
    found, unruled, undated = [], set(), []
    for lab in sorted(ground.snapshot.labs.values(), key=lambda lab: lab.label):
        here = next((place.devices for place in ground.places if place.lab == lab.label), NO_DEVICES)
        dark = _dark(ground, lab, last, first)
        titles = tuple(_licensed(ground, lab, here))
        if here and not dark and titles:
            undated.append(lab.label)
        for title, metrics, devices in titles:
            publisher = ground.book.catalog.by_id[title].publisher
            if publisher not in makers or not any(rule.holds(publisher, title) for rule in rules):
                unruled.add(title)
                continue
            found += [
                _activation(ground, settings, lab, title, publisher, metrics, devices, rules, recess) for recess in dark
            ]
    return Activations(today, tuple(found), tuple(sorted(unruled)), tuple(undated), ground.names)


def _dark(ground: Footing, lab: LabView, last: date | None, first: date | None) -> tuple[Recess, ...]:
    taught = [section for section in ground.sections if section.lab_id == lab.id]
    if last is not None:
        return (Recess(last, first),)
    found = recesses(taught, ground.today)
    # The open end of the last term is what `--to` closes.
    return tuple(Recess(one.last, one.first or first) for one in found)


def _licensed(ground: Footing, lab: LabView, here: DeviceSet) -> Iterator[tuple[str, frozenset[Metric], DeviceSet]]:
    """The titles that devices of a lab have and that some purchase reaches there, and how those are counted."""
    spot = Spot(lab.site.code, lab.label, frozenset(lab.pathways))
    for title, position in ground.positions.items():
        devices = (position.installed | position.last_known) & here
        if position.suite or not devices:
            continue
        products = {title} | {suite.id for suite in ground.book.suites if title in suite.titles}
        metrics = frozenset(
            one.metric for one in ground.bought if one.product in products and one.runs(ground.on) and one.covers(spot)
        )
        if metrics:
            yield title, metrics, devices


def _activation(
    ground: Footing,
    settings: Settings,
    lab: LabView,
    title: str,
    publisher: str,
    metrics: frozenset[Metric],
    devices: DeviceSet,
    rules: tuple[OfflineRule, ...],
    recess: Recess,
) -> Activation:
    stood = []
    for id_ in devices:
        device = ground.snapshot.devices[id_]
        heard = device.last_heard
        fresh = device.heard(settings.now(), settings.stale_after) is Heard.FRESH
        stood.append(Stood(id_, heard.date() if heard else None, fresh))
    return activation(
        lab.label,
        title,
        publisher=publisher,
        metrics=metrics,
        rules=rules,
        recess=recess,
        devices=stood,
        today=ground.today,
    )
