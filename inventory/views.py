"""What the inventory shows to others: frozen views, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from agents.report import Hardware, System, Volume


class Heard(StrEnum):
    """How well a device's last word serves as an answer now."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SiteView:
    """A school campus."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LabView:
    """One teaching room; `code` is unique within its site only, `label` ("MUIR/B12") within the district."""

    id: int
    site: SiteView
    code: str
    name: str
    pathways: tuple[str, ...]

    @property
    def label(self) -> str:
        """The lab's name within the district."""
        return f"{self.site.code}/{self.code}"


@dataclass(frozen=True, slots=True)
class StationView:
    """A numbered place in a lab, and the device that stands there, if any."""

    id: int
    lab_id: int
    number: int
    device_id: int | None
    accessible: bool = False


@dataclass(frozen=True, slots=True)
class InstallView:
    """One release of a title that is present; `release` is empty where the title has none ("2024", "26.1", …)."""

    title: str
    release: str
    version: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class SoftwareSetView:
    """One exact list of software, shared by all devices that have it; `unasked` lists could not be read."""

    id: int
    installs: tuple[InstallView, ...]
    unasked: tuple[str, ...]

    def releases(self, title: str) -> tuple[InstallView, ...]:
        """The installs of one title, by its id in the catalog."""
        return tuple(install for install in self.installs if install.title == title)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One physical machine as it was last heard; what was never heard is `None`."""

    id: int
    name: str
    serial: str
    asset_tag: str
    lab_id: int | None
    site_id: int | None
    station_id: int | None
    first_heard: datetime | None
    last_heard: datetime | None
    hardware: Hardware | None
    system: System | None
    software: SoftwareSetView | None
    volumes: tuple[Volume, ...]
    acquired_on: date | None
    cost_cents: int | None
    funding: str
    in_conflict: bool = False

    def heard(self, now: datetime, stale_after: timedelta) -> Heard:
        """Whether the last word is recent enough to answer with."""
        if self.last_heard is None:
            return Heard.NEVER
        return Heard.FRESH if now - self.last_heard <= stale_after else Heard.STALE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The inventory, or the part that a question needs, at one moment.

    Stations are by lab, in the order of their numbers.
    """

    taken_at: datetime
    sites: Mapping[int, SiteView]
    labs: Mapping[int, LabView]
    stations: Mapping[int, tuple[StationView, ...]]
    devices: Mapping[int, DeviceView]
