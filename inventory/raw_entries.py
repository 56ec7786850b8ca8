"""Every distinct raw entry, with how many devices have it by their last word: a way out of the tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from agents.report import Platform, RawInstall
from inventory.columns import table_of
from inventory.devices import StateRow
from inventory.packing import unpack
from inventory.software import RawEntryRow, SoftwareSetRow

_ENTRIES = table_of(RawEntryRow)
_SETS = table_of(SoftwareSetRow)
_STATES = table_of(StateRow)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One distinct raw entry, and the keys of the software sets that have it and that some device has now."""

    raw: RawInstall
    platform: Platform
    sets: frozenset[int]


@dataclass(frozen=True, slots=True)
class RecordedEntries:
    """Every entry that some device has now, in the order in which they were first recorded; devices by their set."""

    entries: tuple[EntryView, ...]
    having: Mapping[int, int]

    def devices(self, entries: Iterable[EntryView]) -> int:
        """How many devices have one of these entries at least."""
        return sum(self.having[key] for key in frozenset().union(*(entry.sets for entry in entries)))


def load_entries(session: Session) -> RecordedEntries:
    """What the devices have by their last word. Three statements."""
    connection = session.connection()
    current = select(_STATES.c.set_id, func.count()).where(_STATES.c.until.is_(None), _STATES.c.set_id.is_not(None))
    having = {row[0]: row[1] for row in connection.execute(current.group_by(_STATES.c.set_id))}
    sets: defaultdict[int, list[int]] = defaultdict(list)
    for row in connection.execute(select(_SETS.c.id, _SETS.c.entries)):
        if row.id in having:
            for entry in unpack(row.entries):
                sets[entry].append(row.id)
    entries = (
        EntryView(
            raw=RawInstall(
                name=row.name,
                version=row.version,
                publisher=row.publisher,
                source=row.source,
                identifier=row.identifier,
                per_user=row.per_user,
                hidden=row.hidden,
                parent=row.parent,
            ),
            platform=Platform(row.platform),
            sets=frozenset(sets[row.id]),
        )
        for row in connection.execute(select(_ENTRIES).order_by(_ENTRIES.c.id))
        if row.id in sets
    )
    return RecordedEntries(tuple(entries), having)
