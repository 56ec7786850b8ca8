"""The message from a machine to the inventory: its types, its canonical JSON, its digests.

A report has a small part that is sent at every check-in (who the machine is, its vital numbers) and three
sections that seldom change and are alike on machines that are alike: hardware, system, software. A section is
known by the SHA-256 of its canonical JSON and sent only to a server that has never seen that digest. So nothing
that is unique to one machine (serials, addresses, free space) may stand in a section.

Text is empty, a number or flag is `None`, where the machine was asked and did not say, or could not be asked.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_ALWAYS = {"always": True}
"""Marks a field that is sent even where it holds its default: the other side's default may be another."""

SCHEMA = 1
"""The version of this message; raised when an older server could misread a newer report."""


class Platform(StrEnum):
    """The family of operating system that the agent runs on."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"
    CHROMEOS = "chromeos"


class Section(StrEnum):
    """The parts of a report that are known by their digest."""

    HARDWARE = "hardware"
    SYSTEM = "system"
    SOFTWARE = "software"


class DiskKind(StrEnum):
    """How a disk stores: decides whether a floor such as "SSD" is met."""

    NVME = "nvme"
    SSD = "ssd"
    HDD = "hdd"
    EMMC = "emmc"
    UNKNOWN = "unknown"


class InterfaceKind(StrEnum):
    """What a network interface is: only built-in ones speak for the identity of the machine."""

    ETHERNET = "ethernet"
    WIFI = "wifi"
    USB = "usb"
    BLUETOOTH = "bluetooth"
    VIRTUAL = "virtual"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """What speaks for this being one machine and no other, as the machine states it: junk included.

    `system_id` is a one-way digest of the operating-system installation's own id (Linux `machine-id`, Windows
    `MachineGuid`, …): a re-image changes it, a clone without generalising shares it.
    """

    hostname: str
    serial: str = ""
    board_serial: str = ""
    system_uuid: str = ""
    asset_tag: str = ""
    system_id: str = ""
    disk_serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface; `mac` is lower-case, colon-separated and the permanent one where known."""

    name: str
    mac: str = ""
    kind: InterfaceKind = InterfaceKind.OTHER
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """One mounted local file system; sizes in bytes."""

    mount: str
    size: int
    free: int
    system: bool = False


@dataclass(frozen=True, slots=True)
class Battery:
    """The main battery; `health` is full-charge over design capacity in per cent."""

    health: int | None = None
    cycles: int | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """Numbers that change from hour to hour; `booted_at` by the machine's own clock."""

    volumes: tuple[Volume, ...] = ()
    booted_at: datetime | None = None
    battery: Battery | None = None


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processors of one machine; `mhz` is the nominal or highest clock."""

    model: str = ""
    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    mhz: int | None = None


@dataclass(frozen=True, slots=True)
class Gpu:
    """One graphics adapter; `vram` in bytes, with the source that gave the number (some sources lie above 4 GiB)."""

    name: str
    vram: int | None = None
    vram_source: str = ""
    integrated: bool | None = None


@dataclass(frozen=True, slots=True)
class Disk:
    """One fixed disk; `size` in bytes. Its serial stands in `Identity`."""

    model: str = ""
    size: int | None = None
    kind: DiskKind = DiskKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class Display:
    """One attached display, from its EDID; pixels of the preferred mode, diagonal in tenths of an inch."""

    maker: str = ""
    model: str = ""
    width: int | None = None
    height: int | None = None
    diagonal: int | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the machine is made of; alike for machines of one batch. `memory` is installed memory in bytes.

    `tpm` is the specification ("2.0", "1.2"), "none" when the machine surely has none, empty when not known.
    `firmware` is "uefi", "bios" or empty; `chassis` is "desktop", "laptop", "server", "tablet", "all-in-one",
    "mini", "virtual" or empty.
    """

    maker: str = ""
    model: str = ""
    chassis: str = ""
    virtual: bool | None = None
    cpu: Cpu = Cpu()
    memory: int | None = None
    gpus: tuple[Gpu, ...] = ()
    disks: tuple[Disk, ...] = ()
    displays: tuple[Display, ...] = ()
    battery: bool | None = None
    tpm: str = ""
    secure_boot: bool | None = None
    firmware: str = ""
    virtualization: bool | None = None
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """The operating system: `name` as people say it, `release` as its life cycle is counted.

    Windows: name "Windows 11", release "24H2", build "26100.4061", edition "Education". macOS: name "macOS",
    release "15.5". Debian: name "Debian GNU/Linux", release "12", build the kernel's release.
    """

    platform: Platform
    name: str = ""
    release: str = ""
    build: str = ""
    edition: str = ""
    architecture: str = ""
    language: str = ""
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawInstall:
    """One entry of a list of installed software, as the machine states it.

    `source` names the list ("dpkg", "rpm", "flatpak", "snap", "desktop", "appimage", "uninstall", "msix",
    "bundle", …); `identifier` is the list's own key (registry key name, package or bundle id), never a path.
    `hidden` and `parent` carry Windows' SystemComponent and ParentKeyName marks. No install date: no question
    needs it and it would make the sets of imaged machines differ.
    """

    name: str
    version: str = ""
    publisher: str = ""
    source: str = ""
    identifier: str = ""
    per_user: bool = False
    hidden: bool = False
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Software:
    """Every entry that the machine lists, sorted; `unasked` names the lists that could not be read.

    A title that is absent here is *missing* only when `unasked` is empty; else we do not know.
    """

    installs: tuple[RawInstall, ...] = ()
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeFailure:
    """One question that could not be asked, and why, in one line without paths of persons."""

    probe: str
    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that one agent said about its machine at one moment; `id` makes a second delivery harmless."""

    id: str
    taken_at: datetime
    agent_version: str
    identity: Identity
    system: System
    hardware: Hardware = Hardware()
    software: Software = Software()
    interfaces: tuple[Interface, ...] = ()
    vitals: Vitals = Vitals()
    failures: tuple[ProbeFailure, ...] = ()
    schema: int = field(default=SCHEMA, metadata=_ALWAYS)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A report as it is sent: sections by digest, and in full only those that the server asked for.

    `age` is how many seconds before sending the report was taken, `sent_at` the moment of sending, both by the
    machine's own clock: so the server can date what the report says, however wrong that clock is.
    """

    id: str
    age: float
    agent_version: str
    identity: Identity
    digests: Mapping[str, str]
    interfaces: tuple[Interface, ...] = ()
    vitals: Vitals = Vitals()
    failures: tuple[ProbeFailure, ...] = ()
    hardware: Hardware | None = None
    system: System | None = None
    software: Software | None = None
    sent_at: datetime | None = None
    schema: int = field(default=SCHEMA, metadata=_ALWAYS)


@dataclass(frozen=True, slots=True)
class CheckInAnswer:
    """What the server says to a check-in: accepted and committed, or which sections it has never seen."""

    accepted: bool
    missing: tuple[str, ...] = ()
    next_check_in: int = field(default=14_400, metadata=_ALWAYS)


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no blanks, UTF-8; fields of dataclasses that hold their default are
    left out, moments are ISO 8601 in UTC, lone surrogates are replaced."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_json_type
    )
    return text.encode("utf-8", errors="replace")


def plain(value: Any) -> Any:
    """`value` as JSON types, as `canonical` writes it."""
    return json.loads(canonical(value))


def _json_type(value: Any) -> Any:
    """One step towards JSON types, for what `json` does not know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: item
            for one in dataclasses.fields(value)
            if (item := getattr(value, one.name)) != one.default or one.default is MISSING or "always" in one.metadata
        }
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def digest(body: bytes) -> str:
    """SHA-256 of a section's canonical JSON, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def sections(report: Report) -> dict[Section, Hardware | System | Software]:
    """The parts of a report that are known by digest."""
    return {Section.HARDWARE: report.hardware, Section.SYSTEM: report.system, Section.SOFTWARE: report.software}
