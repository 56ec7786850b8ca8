"""Which labs there are, and what stands in one; a lab or a pathway found by what people call it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sqlmodel import Session

from fleet.errors import FleetError
from fleet.settings import Settings
from inventory.place_list import PlacesWritten, import_places
from inventory.snapshots import load_snapshot
from inventory.titles import load_catalog
from inventory.views import DeviceView, Heard, LabView, Snapshot, StationView
from licenses.pathway import Pathway
from licenses.pathway_file import load_pathways


class NoSuchLab(FleetError, LookupError):
    """No lab, or labs of several sites, answer to what was asked for."""

    code = "no-such-lab"


class NoSuchPathway(FleetError, LookupError):
    """The district has no such pathway."""

    code = "no-such-pathway"


@dataclass(frozen=True, slots=True)
class LabLine:
    """One lab in a list: its stations, the devices that stand there, and how many of them were heard lately."""

    lab: LabView
    stations: int
    devices: int
    fresh: int


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station and the device that stands there, if any."""

    station: StationView
    device: DeviceView | None
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class LabAnswer:
    """One lab, station by station; `spares` are devices of the lab that stand at none."""

    lab: LabView
    stations: tuple[StationLine, ...]
    spares: tuple[DeviceView, ...]


def list_labs(session: Session, settings: Settings) -> tuple[LabLine, ...]:
    """Every lab, by site and code."""
    snapshot = load_snapshot(session, now=settings.now())
    return tuple(_line(snapshot, lab, settings) for lab in in_order(snapshot.labs.values()))


def show_lab(session: Session, settings: Settings, said: str) -> LabAnswer:
    """One lab by what people call it; raises NoSuchLab."""
    snapshot = load_snapshot(session, now=settings.now())
    lab = lab_called(snapshot.labs.values(), said)
    lines = []
    for station in snapshot.stations.get(lab.id, ()):
        device = None if station.device_id is None else snapshot.devices.get(station.device_id)
        heard = None if device is None else device.heard(snapshot.taken_at, settings.stale_after)
        lines.append(StationLine(station, device, heard))
    spares = [one for one in snapshot.devices.values() if one.lab_id == lab.id and one.station_id is None]
    return LabAnswer(lab, tuple(lines), tuple(spares))


def import_labs(session: Session, settings: Settings, path: Path) -> PlacesWritten:
    """Write the labs of a file; raises TableProblems, and then has written nothing."""
    catalog = load_catalog(settings.overrides("catalog"))
    pathways = load_pathways(settings.overrides("pathways"), titles=catalog.by_id)
    return import_places(session, path, pathways={pathway.code for pathway in pathways})


def lab_called(labs: Iterable[LabView], said: str) -> LabView:
    """The lab with this label ("MUIR/B12"), or code or name where only one site has it; in any case of letters."""
    wanted = said.strip().casefold()
    known = list(labs)
    for names in (_label, _code, _name):
        found = [lab for lab in known if names(lab).casefold() == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            where = " and ".join(sorted(lab.site.code for lab in found))
            raise NoSuchLab(f"{found[0].code} is at {where}", hint=f"say {_label(in_order(found)[0])}")
    close = get_close_matches(wanted, {_label(lab).casefold() for lab in known}, n=3, cutoff=0.5)
    close += get_close_matches(wanted, {lab.code.casefold() for lab in known}, n=3, cutoff=0.5)
    near = [lab.label for lab in in_order(known) if lab.label.casefold() in close or lab.code.casefold() in close]
    meant = f"did you mean {' or '.join(near[:3])}? " if near else ""
    raise NoSuchLab(f"no lab '{said}'", hint=f"{meant}`labfleet lab list` shows them all")


def pathway_called(pathways: Mapping[str, Pathway], said: str) -> Pathway:
    """The pathway with this code or name; raises NoSuchPathway with the nearest."""
    wanted = said.strip().casefold()
    for pathway in pathways.values():
        if wanted in (pathway.code.casefold(), pathway.name.casefold()):
            return pathway
    by_name = {one.name.casefold(): one.code for one in pathways.values()} | {
        code.casefold(): code for code in pathways
    }
    near = list(dict.fromkeys(by_name[name] for name in get_close_matches(wanted, by_name, n=3, cutoff=0.5)))
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    raise NoSuchPathway(f"no pathway '{said}'", hint=f"{meant}`labfleet pathway list` shows them all")


def in_order(labs: Iterable[LabView]) -> list[LabView]:
    """Labs by site and code."""
    return sorted(labs, key=lambda lab: (lab.site.code, lab.code))


def _label(lab: LabView) -> str:
    return lab.label


def _code(lab: LabView) -> str:
    return lab.code


def _name(lab: LabView) -> str:
    return lab.name


def _line(snapshot: Snapshot, lab: LabView, settings: Settings) -> LabLine:
    stations = snapshot.stations.get(lab.id, ())
    devices = [snapshot.devices[one.device_id] for one in stations if one.device_id is not None]
    fresh = sum(one.heard(snapshot.taken_at, settings.stale_after) is Heard.FRESH for one in devices)
    return LabLine(lab, len(stations), len(devices), fresh)
