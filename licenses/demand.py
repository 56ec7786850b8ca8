"""What positions are held against: who asks for what, and what others counted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inventory.device_set import DeviceSet
from inventory.releases import VersionRange
from licenses.assigned import Assigned
from licenses.audience import Audience
from licenses.use import Peak


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for: `needed` must have a title, `wanted` may keep it, by title; `audiences` need seats together.

    `others` are sections that do not run on the day: seats that are used up once and for all have to reach them too.
    `releases`: the devices that need a title in a release of a range, where one is asked.
    """

    needed: Mapping[str, DeviceSet] = field(default_factory=dict)
    wanted: Mapping[str, DeviceSet] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: Sequence[Audience] = ()
    others: Sequence[Audience] = ()
    releases: Mapping[tuple[str, VersionRange], DeviceSet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What others counted, by product: seats set aside, the peak of use, seats that persons hold by the vendor's word.

    `allocated` is by the entitlement's id. `releases`: the devices by title and release, by their last word.
    `margin_percent` is the district's margin for concurrent use.
    """

    allocated: Mapping[int, int] = field(default_factory=dict)
    used: Mapping[str, Peak] = field(default_factory=dict)
    assigned: Mapping[str, Assigned] = field(default_factory=dict)
    releases: Mapping[str, Mapping[str, DeviceSet]] = field(default_factory=dict)
    margin_percent: int = 0
