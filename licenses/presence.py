"""What is installed where, title by title, three ways: surely, when last heard, not known. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.views import DeviceView, Heard, SoftwareSetView


@dataclass(frozen=True, slots=True)
class Presence:
    """Device ids by title. In none of the three sets of a title: the device surely does not have it.

    `installed`: listed by a fresh report. `last_known`: listed by the last report, which is stale.
    `unheard`: no fresh, complete word, so that a title that is not listed may be there all the same.
    """

    installed: Mapping[str, DeviceSet] = field(default_factory=dict)
    last_known: Mapping[str, DeviceSet] = field(default_factory=dict)
    unheard: DeviceSet = NO_DEVICES


def presence_of(devices: Iterable[DeviceView], *, now: datetime, stale_after: timedelta) -> Presence:
    """Reads each software set once, for all devices that share it."""
    sets: dict[int, SoftwareSetView] = {}
    fresh: defaultdict[int, list[int]] = defaultdict(list)
    stale: defaultdict[int, list[int]] = defaultdict(list)
    unheard: list[int] = []
    for device in devices:
        heard = device.heard(now, stale_after)
        software = device.software
        if software is None:
            unheard.append(device.id)
            continue
        sets[software.id] = software
        if heard is Heard.FRESH:
            fresh[software.id].append(device.id)
        else:
            stale[software.id].append(device.id)
            unheard.append(device.id)
    for id_, software in sets.items():
        if software.unasked:
            unheard.extend(fresh[id_])
    return Presence(_by_title(sets, fresh), _by_title(sets, stale), DeviceSet(unheard))


def _by_title(sets: Mapping[int, SoftwareSetView], devices: Mapping[int, list[int]]) -> Mapping[str, DeviceSet]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for id_, members in devices.items():
        for title in {install.title for install in sets[id_].installs}:
            holders[title].extend(members)
    return {title: DeviceSet(members) for title, members in holders.items()}
