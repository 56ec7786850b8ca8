"""What the answers about seats to come all rest on: purchases, positions, sections and places, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from fleet.answers.positions import answer, places_of
from fleet.answers.rulebook import Rulebook, load_rulebook
from fleet.settings import Settings
from inventory.device_set import DeviceSet
from inventory.roll import Whereabouts
from inventory.snapshots import load_snapshot
from inventory.views import Snapshot
from licenses.entitlement import Entitlement
from licenses.pathway import Occasion
from licenses.position import Position
from licenses.seats import Place
from licenses.section import Section
from licenses.store.entitlements import entitlements
from licenses.store.sections import sections
from licenses.taught import users_of


@dataclass(frozen=True, slots=True)
class Footing:
    """Everything on a day. `users` are the sections, whenever they run, by title and suite that they must have."""

    on: date
    today: date
    book: Rulebook
    snapshot: Snapshot
    bought: tuple[Entitlement, ...]
    positions: Mapping[str, Position]
    devices: Mapping[int, Whereabouts]
    places: tuple[Place, ...]
    sections: tuple[Section, ...]
    users: Mapping[str, tuple[Section, ...]]

    @property
    def names(self) -> Mapping[str, str]:
        """What titles and suites are called."""
        return self.book.rules.names

    def running(self, product: str) -> tuple[Entitlement, ...]:
        """The purchases of a product that run on the day."""
        return tuple(one for one in self.bought if one.product == product and one.runs(self.on))


def footing(session: Session, settings: Settings, *, on: date, exam: str | None = None) -> Footing:
    """What a day's answers rest on; with `exam`, what it asks is needed besides. Raises NoSuchExam."""
    book = load_rulebook(settings)
    found = answer(session, settings, on=on, exam=exam)
    snapshot = load_snapshot(session, now=settings.now())
    places = places_of(snapshot)
    taught = sections(session)
    positions = {one.title: one for one in found.positions}
    by_label = {place.lab: place.devices for place in places if place.lab}
    return Footing(
        on=on,
        today=settings.now().date(),
        book=book,
        snapshot=snapshot,
        bought=book.funds.resolved(entitlements(session)),
        positions=positions,
        devices=found.devices,
        places=places,
        sections=taught,
        users=users_of(
            taught,
            book.rules.pathways,
            needed={title: one.needed for title, one in positions.items() if not one.suite},
            in_lab={lab.id: by_label.get(lab.label, DeviceSet()) for lab in snapshot.labs.values()},
            suites=book.suites,
            occasions=(Occasion(),) if exam is None else (Occasion(), Occasion.of(exam)),
        ),
    )
