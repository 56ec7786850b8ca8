"""What a device was and where it stood, interval by interval, and the reports behind it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from inventory.columns import table_of
from inventory.devices import HardwareRow, PlacementRow, StateRow, SystemRow
from inventory.evidence import ReportRow
from inventory.packing import unpack
from inventory.places import LabRow, SiteRow, StationRow
from inventory.software import RawEntryRow, SoftwareSetRow

_STATES = table_of(StateRow)
_PLACEMENTS = table_of(PlacementRow)
_REPORTS = table_of(ReportRow)
_ENTRIES = table_of(RawEntryRow)


@dataclass(frozen=True, slots=True)
class SetChange:
    """What came and went between two software sets, as the machine named it."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateView:
    """What a device was from `since` to `until`; `change` is against the interval before."""

    since: datetime
    until: datetime | None
    model: str
    system: str
    entries: int
    change: SetChange


@dataclass(frozen=True, slots=True)
class PlacementView:
    """Where a device stood from `since` to `until`."""

    since: datetime
    until: datetime | None
    lab: str
    station: int | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report that changed something, and why it was taken for this device's."""

    taken_at: datetime
    received_at: datetime
    agent_version: str
    outcome: str
    words: str
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All that is remembered of one device, oldest first."""

    states: tuple[StateView, ...]
    placements: tuple[PlacementView, ...]
    reports: tuple[ReportView, ...]


def load_history(session: Session, device_id: int) -> History:
    """A device's history in four statements, and one more for each interval with other software."""
    return History(
        states=_states(session, device_id),
        placements=_placements(session, device_id),
        reports=_reports(session, device_id),
    )


def _states(session: Session, device_id: int) -> tuple[StateView, ...]:
    rows = session.exec(
        select(StateRow, HardwareRow, SystemRow, SoftwareSetRow)
        .where(
            StateRow.device_id == device_id,
            StateRow.hardware_id == HardwareRow.id,
            StateRow.system_id == SystemRow.id,
            StateRow.set_id == SoftwareSetRow.id,
        )
        .order_by(_STATES.c.since, _STATES.c.id)
    )
    views: list[StateView] = []
    before: set[int] | None = None
    for state, hardware, system, software in rows:
        entries = set(unpack(software.entries))
        change = SetChange() if before is None else _change(session, before, entries)
        model = f"{hardware.maker} {hardware.model}".strip()
        name = f"{system.name} {system.release}".strip()
        views.append(StateView(state.since, state.until, model, name, len(entries), change))
        before = entries
    return tuple(views)


def _change(session: Session, before: set[int], after: set[int]) -> SetChange:
    differing = before ^ after
    if not differing:
        return SetChange()
    names = {
        row.id: f"{row.name} {row.version}".strip()
        for row in session.connection().execute(
            select(_ENTRIES.c.id, _ENTRIES.c.name, _ENTRIES.c.version).where(_ENTRIES.c.id.in_(differing))
        )
    }
    return SetChange(
        added=tuple(sorted(names[key] for key in after - before)),
        removed=tuple(sorted(names[key] for key in before - after)),
    )


def _placements(session: Session, device_id: int) -> tuple[PlacementView, ...]:
    rows = session.exec(
        select(PlacementRow, LabRow, SiteRow, StationRow)
        .join(LabRow, LabRow.id == PlacementRow.lab_id)  # type: ignore[arg-type]  # a column, to SQLAlchemy
        .join(SiteRow, SiteRow.id == LabRow.site_id)  # type: ignore[arg-type]  # as above
        .join(StationRow, StationRow.id == PlacementRow.station_id, isouter=True)  # type: ignore[arg-type]  # as above
        .where(PlacementRow.device_id == device_id)
        .order_by(_PLACEMENTS.c.since)
    )
    return tuple(
        PlacementView(
            since=placement.since,
            until=placement.until,
            lab=f"{site.code}/{lab.code}",
            station=None if placement.station_id is None else station.number,
        )
        for placement, lab, site, station in rows
    )


def _reports(session: Session, device_id: int) -> tuple[ReportView, ...]:
    rows = session.exec(select(ReportRow).where(ReportRow.device_id == device_id).order_by(_REPORTS.c.taken_at))
    return tuple(
        ReportView(
            taken_at=row.taken_at,
            received_at=row.received_at,
            agent_version=row.agent_version,
            outcome=row.outcome,
            words=row.words,
            failures=tuple(f"{failure['probe']}: {failure['reason']}" for failure in row.failures),
        )
        for row in rows
    )
