"""The only way out of the inventory's tables: a handful of statements become a frozen snapshot."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, Table, select
from sqlmodel import Session

from agents.report import Hardware, System, Volume
from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, PlacementRow, StateRow, SystemRow
from inventory.evidence import ConflictRow
from inventory.places import LabRow, SiteRow, StationRow
from inventory.software import InstallRow, RawEntryRow, ReleaseRow, SoftwareSetRow, TitleRow
from inventory.views import DeviceView, InstallView, LabView, SiteView, Snapshot, SoftwareSetView, StationView

_DEVICES = table_of(DeviceRow)
_STATES = table_of(StateRow)
_HARDWARE = table_of(HardwareRow)
_SYSTEMS = table_of(SystemRow)
_SETS = table_of(SoftwareSetRow)
_PLACEMENTS = table_of(PlacementRow)
_CONFLICTS = table_of(ConflictRow)
_SITES = table_of(SiteRow)
_LABS = table_of(LabRow)
_STATIONS = table_of(StationRow)
_INSTALLS = table_of(InstallRow)
_ENTRIES = table_of(RawEntryRow)
_RELEASES = table_of(ReleaseRow)
_TITLES = table_of(TitleRow)

_hardware = TypeAdapter(Hardware)
_system = TypeAdapter(System)


def load_snapshot(session: Session, *, now: datetime, labs: Collection[int] | None = None) -> Snapshot:
    """The inventory at this moment; with `labs`, only the devices that stand in these.

    Sites and labs are always whole. Nine statements, however many devices there are.
    """
    connection = session.connection()
    sites = load_sites(session)
    all_labs = {
        row.id: LabView(row.id, sites[row.site_id], row.code, row.name, tuple(row.pathways))
        for row in connection.execute(select(_LABS))
    }
    devices = _devices(connection, labs)
    return Snapshot(
        taken_at=now,
        sites=sites,
        labs=all_labs,
        stations=_stations(connection, labs, devices),
        devices=devices,
    )


def load_sites(session: Session) -> dict[int, SiteView]:
    """Every site, by its key."""
    rows = session.connection().execute(select(_SITES).order_by(_SITES.c.code))
    return {row.id: SiteView(row.id, row.code, row.name) for row in rows}


def _stations(
    connection: Connection, labs: Collection[int] | None, devices: Mapping[int, DeviceView]
) -> dict[int, tuple[StationView, ...]]:
    standing = {device.station_id: device.id for device in devices.values() if device.station_id is not None}
    wanted = select(_STATIONS).where(~_STATIONS.c.closed).order_by(_STATIONS.c.lab_id, _STATIONS.c.number)
    if labs is not None:
        wanted = wanted.where(_STATIONS.c.lab_id.in_(labs))
    found: dict[int, list[StationView]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.lab_id].append(StationView(row.id, row.lab_id, row.number, standing.get(row.id), row.accessible))
    return {lab: tuple(stations) for lab, stations in found.items()}


def _devices(connection: Connection, labs: Collection[int] | None) -> dict[int, DeviceView]:
    wanted = (
        select(
            _DEVICES,
            _STATES.c.hardware_id,
            _STATES.c.system_id,
            _STATES.c.set_id,
            _PLACEMENTS.c.lab_id,
            _PLACEMENTS.c.station_id,
        )
        .outerjoin(_STATES, (_STATES.c.device_id == _DEVICES.c.id) & _STATES.c.until.is_(None))
        .outerjoin(_PLACEMENTS, (_PLACEMENTS.c.device_id == _DEVICES.c.id) & _PLACEMENTS.c.until.is_(None))
        .order_by(_DEVICES.c.id)
    )
    if labs is not None:
        wanted = wanted.where(_PLACEMENTS.c.lab_id.in_(labs))
    rows = connection.execute(wanted).all()
    part = labs is not None
    hardware = {
        row.id: _hardware.validate_python(row.body)
        for row in connection.execute(_shared(_HARDWARE, {row.hardware_id for row in rows}, part=part))
    }
    systems = {
        row.id: _system.validate_python(row.body)
        for row in connection.execute(_shared(_SYSTEMS, {row.system_id for row in rows}, part=part))
    }
    sets = _sets(connection, {row.set_id for row in rows}, part=part)
    disputed = {
        key
        for row in connection.execute(
            select(_CONFLICTS.c.device_id, _CONFLICTS.c.other_id).where(_CONFLICTS.c.resolved_at.is_(None))
        )
        for key in row
    }
    return {
        row.id: DeviceView(
            id=row.id,
            name=row.name,
            serial=row.serial,
            asset_tag=row.asset_tag,
            lab_id=row.lab_id,
            site_id=row.site_id,
            station_id=row.station_id,
            first_heard=row.first_heard,
            last_heard=row.last_heard,
            hardware=hardware.get(row.hardware_id),
            system=systems.get(row.system_id),
            software=sets.get(row.set_id),
            volumes=tuple(Volume(**volume) for volume in (row.vitals or {}).get("volumes", ())),
            acquired_on=row.acquired_on,
            cost_cents=row.cost_cents,
            funding=row.funding,
            in_conflict=row.id in disputed,
        )
        for row in rows
    }


def _sets(connection: Connection, keys: set[int | None], *, part: bool) -> dict[int, SoftwareSetView]:
    installs: dict[int, set[InstallView]] = defaultdict(set)
    found = (
        select(_INSTALLS.c.set_id, _TITLES.c.slug, _RELEASES.c.label, _RELEASES.c.edition, _ENTRIES.c.version)
        .join(_ENTRIES, _ENTRIES.c.id == _INSTALLS.c.entry_id)
        .join(_RELEASES, _RELEASES.c.id == _ENTRIES.c.release_id)
        .join(_TITLES, _TITLES.c.id == _RELEASES.c.title_id)
    )
    if part:
        found = found.where(_INSTALLS.c.set_id.in_(_present(keys)))
    for row in connection.execute(found):
        installs[row.set_id].add(InstallView(row.slug, row.label, row.version, row.edition))
    sets = select(_SETS.c.id, _SETS.c.unasked)
    if part:
        sets = sets.where(_SETS.c.id.in_(_present(keys)))
    return {
        row.id: SoftwareSetView(
            row.id,
            tuple(sorted(installs[row.id], key=lambda i: (i.title, i.release, i.version, i.edition))),
            tuple(row.unasked),
        )
        for row in connection.execute(sets)
    }


def _shared(table: Table, keys: set[int | None], *, part: bool) -> Select[Any]:
    """All rows of a shared section, or those that a part of the devices has: an `IN` list must stay short."""
    wanted = select(table.c.id, table.c.body)
    return wanted.where(table.c.id.in_(_present(keys))) if part else wanted


def _present(keys: set[int | None]) -> list[int]:
    return sorted(key for key in keys if key is not None)
