"""The only way out of the inventory's tables: a handful of statements become a frozen snapshot."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    String,
    Table,
    cast,
    extract,
    func,
    select,
    type_coerce,
)
from sqlmodel import Session

from agents.report import Hardware, Platform, System, Volume
from inventory.census import Census, Likeness, crowds_of
from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, PlacementRow, StateRow, SystemRow
from inventory.evidence import ConflictRow
from inventory.places import LabRow, SiteRow, StationRow
from inventory.roll import NEVER, Roll
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

_AT_ONCE = 10_000
"""Rows fetched at a time where they are streamed."""

_hardware = TypeAdapter(Hardware)
_system = TypeAdapter(System)


def load_snapshot(session: Session, *, now: datetime, labs: Collection[int] | None = None) -> Snapshot:
    """The inventory at this moment; with `labs`, only the devices that stand in these.

    Sites and labs are always whole. Nine statements, however many devices there are.
    """
    connection = session.connection()
    sites = load_sites(session)
    devices = _devices(connection, labs)
    return Snapshot(
        taken_at=now,
        sites=sites,
        labs=_labs(connection, sites),
        stations=_stations(connection, labs, devices),
        devices=devices,
    )


def load_census(session: Session, *, now: datetime, stale_after: timedelta) -> Census:
    """The inventory in crowds, for questions about the whole district; its devices are streamed, never held as rows.

    Eight statements, however many devices there are.
    """
    connection = session.connection()
    sites = load_sites(session)
    labs = _labs(connection, sites)
    alike, roll = _alike(connection, labs, fresh_from=(now - stale_after).timestamp())
    crowds = crowds_of(alike)
    software = _sets(connection, set(), part=False)
    stations = connection.execute(
        select(_STATIONS.c.lab_id, func.count()).where(~_STATIONS.c.closed).group_by(_STATIONS.c.lab_id)
    )
    taken = {lab: sum(len(one.devices) for one in here if one.like.standing) for lab, here in crowds.items()}
    empty = {lab: count - taken.get(lab, 0) for lab, count in stations if count > taken.get(lab, 0)}
    return Census(now, sites, labs, software, crowds, empty, roll)


def _alike(
    connection: Connection, labs: Mapping[int, LabView], *, fresh_from: float
) -> tuple[Mapping[Likeness, Sequence[int]], Roll]:
    """The ids of devices that are alike, and the roll of all; `fresh_from` in seconds since 1970."""
    systems = connection.execute(select(_SYSTEMS.c.id, _SYSTEMS.c.platform))
    platforms = {id_: Platform(platform) for id_, platform in systems}
    rows = connection.execute(
        select(
            _DEVICES.c.id,
            _DEVICES.c.name,
            _DEVICES.c.site_id,
            func.coalesce(_PLACEMENTS.c.lab_id, 0),
            func.coalesce(_STATIONS.c.number, 0),
            _STATES.c.system_id,
            _STATES.c.set_id,
            func.coalesce(_seconds(connection, _DEVICES.c.last_heard), NEVER),
        )
        .outerjoin(_STATES, (_STATES.c.device_id == _DEVICES.c.id) & _STATES.c.until.is_(None))
        .outerjoin(_PLACEMENTS, (_PLACEMENTS.c.device_id == _DEVICES.c.id) & _PLACEMENTS.c.until.is_(None))
        .outerjoin(_STATIONS, (_STATIONS.c.id == _PLACEMENTS.c.station_id) & ~_STATIONS.c.closed)
        .order_by(_DEVICES.c.id),
        execution_options={"yield_per": _AT_ONCE},
    )
    roll = Roll({lab.id: lab.label for lab in labs.values()})
    found: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for part in rows.partitions():
        ids, names, sites, standing, numbers, running, images, heard = zip(*part, strict=True)
        roll.extend(ids, names, standing, numbers, heard)
        alike = zip(ids, sites, standing, numbers, running, images, heard, strict=True)
        for id_, site, lab, number, system, image, moment in alike:
            key = (lab, lab or site, number > 0, platforms.get(system), image, moment >= fresh_from)
            found[key].append(id_)
    return {
        Likeness(labs[lab].site.id if lab else site, lab or None, *others): ids
        for (lab, site, *others), ids in found.items()
    }, roll


def _seconds(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """A moment in seconds since 1970, by the database itself: a million moments in Python take a second."""
    if connection.dialect.name == "sqlite":
        return type_coerce(moment, BigInteger) / 1000.0
    return cast(extract("epoch", moment), Double)


def _labs(connection: Connection, sites: Mapping[int, SiteView]) -> dict[int, LabView]:
    return {
        row.id: LabView(row.id, sites[row.site_id], row.code, row.name, tuple(row.pathways))
        for row in connection.execute(select(_LABS))
    }


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
    """Each distinct install is one object, however many sets and raw entries state it."""
    wanted = select(_INSTALLS.c.set_id, func.aggregate_strings(cast(_INSTALLS.c.entry_id, String), ","))
    entries = (
        select(_ENTRIES.c.id, _TITLES.c.slug, _RELEASES.c.label, _ENTRIES.c.version, _RELEASES.c.edition)
        .join(_RELEASES, _RELEASES.c.id == _ENTRIES.c.release_id)
        .join(_TITLES, _TITLES.c.id == _RELEASES.c.title_id)
    )
    sets = select(_SETS.c.id, _SETS.c.unasked)
    if part:
        present = _present(keys)
        wanted = wanted.where(_INSTALLS.c.set_id.in_(present))
        sets = sets.where(_SETS.c.id.in_(present))
        entries = entries.where(_ENTRIES.c.id.in_(select(_INSTALLS.c.entry_id).where(_INSTALLS.c.set_id.in_(present))))
    stated = {str(id_): tuple(install) for id_, *install in connection.execute(entries)}
    installs = [InstallView(*install) for install in sorted(set(stated.values()))]
    places = {(one.title, one.release, one.version, one.edition): place for place, one in enumerate(installs)}
    place_of = {id_: places[install] for id_, install in stated.items()}
    found = {
        set_id: tuple(installs[place] for place in sorted({place_of[id_] for id_ in ids.split(",") if id_ in place_of}))
        for set_id, ids in connection.execute(wanted.group_by(_INSTALLS.c.set_id))
    }
    return {
        row.id: SoftwareSetView(row.id, found.get(row.id, ()), tuple(row.unasked)) for row in connection.execute(sets)
    }


def _shared(table: Table, keys: set[int | None], *, part: bool) -> Select[Any]:
    """All rows of a shared section, or those that a part of the devices has: an `IN` list must stay short."""
    wanted = select(table.c.id, table.c.body)
    return wanted.where(table.c.id.in_(_present(keys))) if part else wanted


def _present(keys: set[int | None]) -> list[int]:
    return sorted(key for key in keys if key is not None)
