"""Where each title stands on a day: entitled against needed against installed, with the devices behind each number."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from fleet.answers.rulebook import Rulebook, load_rulebook
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from inventory.titles import title_called
from inventory.views import Snapshot
from licenses.need import demand_of
from licenses.presence import presence_of
from licenses.reconcile import Position, reconcile
from licenses.seats import Place
from licenses.store import entitlements, sections


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where to find one device; `station` is `None` for a spare."""

    device_id: int
    name: str
    lab: str
    station: int | None
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions on a day, the names of their titles and suites, and where their devices stand."""

    on: date
    taken_at: datetime
    positions: tuple[Position, ...]
    names: Mapping[str, str]
    devices: Mapping[int, Whereabouts]

    @property
    def enough(self) -> bool | None:
        """Whether every need is covered: no when any surely is not, `None` when any is not known."""
        answers = [position.enough for position in self.positions]
        return False if False in answers else None if None in answers else True


def positions(session: Session, settings: Settings, *, on: date, title: str | None = None) -> tuple[Position, ...]:
    """The positions of all titles and suites, or of one that is named by id or name."""
    return answer(session, settings, on=on, title=title).positions


def answer(session: Session, settings: Settings, *, on: date, title: str | None = None) -> Positions:
    """The positions with all that is needed to show them; raises UnknownTitle."""
    now = settings.now()
    book = load_rulebook(settings)
    wanted = None if title is None else _product(book, title)
    snapshot = load_snapshot(session, now=now)
    found = reconcile(
        entitlements(session),
        demand=demand_of(
            snapshot,
            book.rules.pathways,
            sections(session, on),
            on=on,
            shelf_life=settings.shelf_life,
        ),
        presence=presence_of(snapshot.devices.values(), now=now, stale_after=settings.stale_after),
        places=places_of(snapshot),
        suites=book.suites,
        free={one.id for one in book.catalog.titles if one.free},
        on=on,
    )
    chosen = tuple(one for one in found if wanted in (None, one.title))
    return Positions(
        on=on,
        taken_at=now,
        positions=chosen,
        names=book.rules.names,
        devices=_whereabouts(snapshot),
    )


def places_of(snapshot: Snapshot) -> tuple[Place, ...]:
    """The devices by lab, and by site where they stand in none; in a fixed order."""
    groups: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for device in snapshot.devices.values():
        lab = snapshot.labs.get(device.lab_id) if device.lab_id is not None else None
        groups[lab.site.id if lab else device.site_id or 0, lab.id if lab else 0].add(device.id)
    places = []
    for (site_id, lab_id), devices in sorted(groups.items()):
        site, lab = snapshot.sites.get(site_id), snapshot.labs.get(lab_id)
        places.append(
            Place(
                site=site.code if site else "",
                lab=lab.label if lab else "",
                pathways=frozenset(lab.pathways) if lab else frozenset(),
                devices=frozenset(devices),
            )
        )
    return tuple(places)


def _product(book: Rulebook, said: str) -> str:
    for suite in book.suites:
        if said.casefold() in {suite.id, suite.name.casefold()}:
            return suite.id
    return title_called(book.catalog, said).id


def _whereabouts(snapshot: Snapshot) -> Mapping[int, Whereabouts]:
    numbers = {station.id: station.number for group in snapshot.stations.values() for station in group}
    labels = {lab.id: lab.label for lab in snapshot.labs.values()}
    return {
        device.id: Whereabouts(
            device.id,
            device.name,
            labels.get(device.lab_id, "") if device.lab_id is not None else "",
            numbers.get(device.station_id) if device.station_id is not None else None,
            device.last_heard,
        )
        for device in snapshot.devices.values()
    }
