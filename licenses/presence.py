"""What is installed where, title by title, three ways: surely, when last heard, not known. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from inventory.census import Census
from inventory.device_set import NO_DEVICES, DeviceSet


@dataclass(frozen=True, slots=True)
class Presence:
    """Device ids by title. In none of the first three sets of a title: the device surely does not have it.

    `installed`: listed by a fresh report. `last_known`: listed by the last report, which is stale.
    `unheard`: no fresh, complete word, so that a title that is not listed may be there all the same.
    `releases`: by title and release ("" where it is not known), by the last word, fresh or stale. `free_editions`:
    those that have a title in nothing but editions that nobody has to buy.
    """

    installed: Mapping[str, DeviceSet] = field(default_factory=dict)
    last_known: Mapping[str, DeviceSet] = field(default_factory=dict)
    unheard: DeviceSet = NO_DEVICES
    releases: Mapping[str, Mapping[str, DeviceSet]] = field(default_factory=dict)
    free_editions: Mapping[str, DeviceSet] = field(default_factory=dict)


def presence_of(census: Census, *, is_free: Callable[[str, str], bool] = lambda _title, _edition: False) -> Presence:
    """Reads each software set once, for all devices that share it; `is_free` knows the free editions of titles."""
    running: defaultdict[int, list[DeviceSet]] = defaultdict(list)
    fresh: list[DeviceSet] = []
    unheard: list[DeviceSet] = []
    for crowd in chain.from_iterable(census.crowds.values()):
        software = census.software_of(crowd)
        if software is not None:
            running[software.id].append(crowd.devices)
        if software is not None and crowd.like.fresh:
            fresh.append(crowd.devices)
        if software is None or software.unasked or not crowd.like.fresh:
            unheard.append(crowd.devices)
    by_set = {id_: NO_DEVICES.union(*devices) for id_, devices in running.items()}
    releases = _by_release(census, by_set)
    surely = NO_DEVICES.union(*fresh)
    listed = {title: NO_DEVICES.union(*by_release.values()) for title, by_release in releases.items()}
    return Presence(
        installed={title: here for title, devices in listed.items() if (here := devices & surely)},
        last_known={title: here for title, devices in listed.items() if (here := devices - surely)},
        unheard=NO_DEVICES.union(*unheard),
        releases=releases,
        free_editions=_free_editions(census, by_set, is_free),
    )


def _by_release(census: Census, running: Mapping[int, DeviceSet]) -> Mapping[str, Mapping[str, DeviceSet]]:
    """From the devices by software set. A set may list two versions of one release."""
    holders: defaultdict[str, defaultdict[str, list[DeviceSet]]] = defaultdict(lambda: defaultdict(list))
    for id_, devices in running.items():
        for install in census.software[id_].installs:
            holders[install.title][install.release].append(devices)
    return {
        title: {release: NO_DEVICES.union(*devices) for release, devices in by_release.items()}
        for title, by_release in holders.items()
    }


def _free_editions(
    census: Census, running: Mapping[int, DeviceSet], is_free: Callable[[str, str], bool]
) -> Mapping[str, DeviceSet]:
    """A set that lists a title in a paid edition too is one that has to be bought."""
    holders: defaultdict[str, list[DeviceSet]] = defaultdict(list)
    for id_, devices in running.items():
        costs: dict[str, bool] = {}
        for install in census.software[id_].installs:
            costs[install.title] = costs.get(install.title, False) or not is_free(install.title, install.edition)
        for title, paid in costs.items():
            if not paid:
                holders[title].append(devices)
    return {title: NO_DEVICES.union(*devices) for title, devices in holders.items()}
