"""Where each title stands on a day: entitled against needed against installed, with the devices behind each number."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from fleet.answers.exams import pathway_of_exam
from fleet.answers.rulebook import Rulebook, load_rulebook
from fleet.settings import Settings
from inventory.device_set import DeviceSet
from inventory.snapshots import load_snapshot
from inventory.titles import title_called
from inventory.views import Snapshot
from licenses.need import demand_of
from licenses.presence import presence_of
from licenses.reconcile import Position, reconcile
from licenses.seats import Place
from licenses.store.entitlements import entitlements
from licenses.store.sections import sections


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
    session: Session, settings: Settings, *, on: date, title: str | None = None, exam: str | None = None
) -> Positions:
    """The positions with all that is needed to show them, as readiness counts them too.

    With `exam`, what that exam asks is needed besides ("": what any exam asks). Raises UnknownTitle, NoSuchExam.
    """
    now = settings.now()
    book = load_rulebook(settings)
    wanted = None if title is None else _product(book, title)
    if exam:
        pathway_of_exam(exam, book.rules.pathways)
    bought = entitlements(session)
    snapshot = load_snapshot(session, now=now)
    rights = book.rights(bought, on=on)
    found = reconcile(
        bought,
        demand=demand_of(
            snapshot,
            book.rules.pathways,
            sections(session, on),
            on=on,
            exam=exam,
            rights=rights,
            shelf_life=settings.shelf_life,
        ),
        presence=presence_of(snapshot.devices.values(), now=now, stale_after=settings.stale_after),
        places=places_of(snapshot),
        suites=book.suites,
        free=rights.free,
        paid=book.paid,
        on=on,
    )
    chosen = tuple(one for one in found if wanted in (None, one.title))
    return Positions(
        on=on,
        taken_at=now,
        positions=chosen,
        names=book.rules.names,
        devices=_whereabouts(snapshot),
        remarks={one.title: remark for one in chosen if (remark := _remark(book, one.title))},
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
                devices=DeviceSet(devices),
            )
        )
    return tuple(places)


def _remark(book: Rulebook, id_: str) -> str:
    title = book.catalog.by_id.get(id_)
    return title.note if title else ""


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
