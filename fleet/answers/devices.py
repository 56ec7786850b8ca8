"""What is out there: the devices of the district, one device, its history, and claims that collide."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session

from fleet.errors import FleetError
from fleet.settings import Settings
from inventory.conflicts import ConflictView, load_conflicts
from inventory.history import History, load_history
from inventory.snapshots import load_snapshot
from inventory.titles import load_catalog
from inventory.views import DeviceView, Heard, Snapshot


class NoSuchDevice(FleetError, LookupError):
    """No device, or more than one, answers to what was asked for."""

    code = "no-such-device"


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device in a list."""

    id: int
    name: str
    serial: str
    site: str
    lab: str
    station: int | None
    model: str
    system: str
    last_heard: datetime | None
    heard: Heard
    in_conflict: bool


@dataclass(frozen=True, slots=True)
class InstalledTitle:
    """One release of a title that a device has, with the versions of its installs; `title` is the catalog's id."""

    title: str
    name: str
    release: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    """One device, as a line and in full; `titles` by name."""

    line: DeviceLine
    device: DeviceView
    titles: tuple[InstalledTitle, ...]


@dataclass(frozen=True, slots=True)
class DisputedIdentity:
    """A conflict with its devices as lines."""

    conflict: ConflictView
    devices: tuple[DeviceLine, ...]


def list_devices(session: Session, settings: Settings, *, lab: str = "", search: str = "") -> tuple[DeviceLine, ...]:
    """Every device, or those of one lab ("MUIR/B12" or "B12"), or whose name, serial, tag or model holds a text."""
    snapshot = load_snapshot(session, now=settings.now())
    lines = _lines(snapshot, settings)
    wanted = search.casefold()
    return tuple(
        line
        for line in lines.values()
        if (not lab or lab.casefold() in (line.lab.casefold(), line.lab.partition("/")[2].casefold()))
        and (not wanted or wanted in _text(line, snapshot.devices[line.id]))
    )


def find_device(session: Session, settings: Settings, said: str) -> DeviceAnswer:
    """The one device with this key, name, serial or asset tag; raises NoSuchDevice with the nearest names."""
    snapshot = load_snapshot(session, now=settings.now())
    device = _one(snapshot, said)
    return DeviceAnswer(_lines(snapshot, settings)[device.id], device, _titles(device, settings))


def device_history(session: Session, settings: Settings, said: str) -> tuple[DeviceAnswer, History]:
    """What one device was, when."""
    answer = find_device(session, settings, said)
    return answer, load_history(session, answer.device.id)


def device_conflicts(session: Session, settings: Settings) -> tuple[DisputedIdentity, ...]:
    """Every identity that several devices claim, the largest first."""
    lines = _lines(load_snapshot(session, now=settings.now()), settings)
    return tuple(
        DisputedIdentity(conflict, tuple(lines[key] for key in conflict.device_ids))
        for conflict in load_conflicts(session)
    )


def _titles(device: DeviceView, settings: Settings) -> tuple[InstalledTitle, ...]:
    if device.software is None:
        return ()
    known = load_catalog(settings.overrides("catalog")).by_id
    versions: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for install in device.software.installs:
        versions[install.title, install.release][install.version] = None
    titles = [
        InstalledTitle(title, known[title].name if title in known else title, release, tuple(filter(None, found)))
        for (title, release), found in versions.items()
    ]
    return tuple(sorted(titles, key=lambda one: (one.name.casefold(), one.release)))


def _one(snapshot: Snapshot, said: str) -> DeviceView:
    wanted = said.casefold()
    if said.isdecimal() and int(said) in snapshot.devices:
        return snapshot.devices[int(said)]
    found = [
        device
        for device in snapshot.devices.values()
        if wanted in (device.name.casefold(), device.serial.casefold(), device.asset_tag.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(str(device.id) for device in found[:10])
        raise NoSuchDevice(f"{len(found)} devices are called '{said}'", hint=f"name one by its number: {keys}")
    names = {device.name for device in snapshot.devices.values()}
    close = get_close_matches(said, names, n=3, cutoff=0.6)
    hint = f"did you mean {', '.join(close)}? " if close else ""
    raise NoSuchDevice(f"no device '{said}'", hint=f"{hint}`labfleet device list` shows them all")


def _lines(snapshot: Snapshot, settings: Settings) -> Mapping[int, DeviceLine]:
    numbers = {station.id: station.number for stations in snapshot.stations.values() for station in stations}
    return {
        device.id: DeviceLine(
            id=device.id,
            name=device.name,
            serial=device.serial,
            site=snapshot.sites[device.site_id].code if device.site_id else "",
            lab=snapshot.labs[device.lab_id].label if device.lab_id else "",
            station=numbers.get(device.station_id) if device.station_id else None,
            model=device.hardware.model if device.hardware else "",
            system=f"{device.system.name} {device.system.release}".strip() if device.system else "",
            last_heard=device.last_heard,
            heard=device.heard(snapshot.taken_at, settings.stale_after),
            in_conflict=device.in_conflict,
        )
        for device in snapshot.devices.values()
    }


def _text(line: DeviceLine, device: DeviceView) -> str:
    return f"{line.name}\n{line.serial}\n{device.asset_tag}\n{line.model}\n{line.system}".casefold()
