"""The inventory in crowds: devices that are alike in all that a whole district is asked for. Pure.

A million devices are some hundred thousand crowds, each a bitmap; of what tells the devices of a crowd apart only
their whereabouts are here, in a roll.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from agents.report import Platform
from inventory.device_set import DeviceSet
from inventory.roll import NEVER, Roll
from inventory.views import Heard, LabView, SiteView, Snapshot, SoftwareSetView


class Likeness(NamedTuple):
    """What the devices of a crowd share.

    `site_id` is the lab's where they stand in one, else their own. `standing`: at a station that is in use; the others
    of a lab are spares. `software` is the id of their software set, `fresh` whether their last word is recent enough.
    """

    site_id: int | None
    lab_id: int | None
    standing: bool
    platform: Platform | None
    software: int | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Crowd:
    """Devices that are alike."""

    like: Likeness
    devices: DeviceSet


@dataclass(frozen=True, slots=True)
class Census:
    """Every site and lab, the software sets by id, the crowds by lab (`None`: in no lab) in a fixed order.

    `empty`: by lab, how many stations have no device. `roll`: where each device is.
    """

    taken_at: datetime
    sites: Mapping[int, SiteView]
    labs: Mapping[int, LabView]
    software: Mapping[int, SoftwareSetView]
    crowds: Mapping[int | None, Sequence[Crowd]]
    empty: Mapping[int, int]
    roll: Roll

    def software_of(self, crowd: Crowd) -> SoftwareSetView | None:
        """What a crowd's devices run; `None` where they never said."""
        return None if crowd.like.software is None else self.software[crowd.like.software]


def crowds_of(alike: Mapping[Likeness, Iterable[int]]) -> dict[int | None, tuple[Crowd, ...]]:
    """The crowds by lab, those with the lowest device first: so their order hangs on nothing else."""
    by_lab: defaultdict[int | None, list[Crowd]] = defaultdict(list)
    for like, ids in alike.items():
        by_lab[like.lab_id].append(Crowd(like, DeviceSet(ids)))
    return {lab: tuple(sorted(crowds, key=lambda crowd: crowd.devices.min())) for lab, crowds in by_lab.items()}


def census_of(snapshot: Snapshot, *, stale_after: timedelta) -> Census:
    """The census of a snapshot's devices: the same as reading it from the database."""
    numbers = {station.id: station.number for group in snapshot.stations.values() for station in group}
    alike: defaultdict[Likeness, list[int]] = defaultdict(list)
    software: dict[int, SoftwareSetView] = {}
    roll = Roll({lab.id: lab.label for lab in snapshot.labs.values()})
    for device in sorted(snapshot.devices.values(), key=lambda device: device.id):
        lab = snapshot.labs.get(device.lab_id) if device.lab_id is not None else None
        number = numbers.get(device.station_id) if device.station_id is not None else None
        if device.software is not None:
            software[device.software.id] = device.software
        like = Likeness(
            site_id=lab.site.id if lab else device.site_id,
            lab_id=lab.id if lab else None,
            standing=number is not None,
            platform=device.system.platform if device.system else None,
            software=device.software.id if device.software else None,
            fresh=device.heard(snapshot.taken_at, stale_after) is Heard.FRESH,
        )
        alike[like].append(device.id)
        heard = NEVER if device.last_heard is None else device.last_heard.timestamp()
        roll.extend([device.id], [device.name], [lab.id if lab else 0], [number or 0], [heard])
    empty = {
        lab_id: vacant
        for lab_id, group in snapshot.stations.items()
        if (vacant := sum(station.device_id is None for station in group))
    }
    return Census(snapshot.taken_at, snapshot.sites, snapshot.labs, software, crowds_of(alike), empty, roll)
