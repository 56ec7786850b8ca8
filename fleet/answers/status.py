"""How the district is: what it holds, how much of it was heard, and whether its rules are applied."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from fleet import schema
from fleet.settings import Settings
from inventory.conflicts import load_conflicts
from inventory.database import database_address
from inventory.recognise_again import recognised_with
from inventory.snapshots import load_snapshot
from inventory.titles import load_catalog
from inventory.views import Heard


@dataclass(frozen=True, slots=True)
class Status:
    """The district in numbers; `recognised` is false when the catalog changed since the software was recognised."""

    home: Path
    database: str
    revision: str
    titles: int
    recognised: bool
    sites: int
    labs: int
    stations: int
    devices: int
    fresh: int
    stale: int
    never: int
    conflicts: int


def district_status(session: Session, settings: Settings) -> Status:
    """Counts over one snapshot; the database's address is given without its password."""
    snapshot = load_snapshot(session, now=settings.now())
    catalog = load_catalog(settings.overrides("catalog"))
    heard = Counter(device.heard(snapshot.taken_at, settings.stale_after) for device in snapshot.devices.values())
    return Status(
        home=settings.home,
        database=database_address(settings.database_url).set(query={}).render_as_string(hide_password=True),
        revision=schema.newest(),
        titles=len(catalog.titles),
        recognised=recognised_with(session) in (catalog.digest, ""),
        sites=len(snapshot.sites),
        labs=len(snapshot.labs),
        stations=sum(map(len, snapshot.stations.values())),
        devices=len(snapshot.devices),
        fresh=heard[Heard.FRESH],
        stale=heard[Heard.STALE],
        never=heard[Heard.NEVER],
        conflicts=len(load_conflicts(session)),
    )
