"""One invented machine: who it is, where it stands, and the report that its agent would send."""

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from agents.report import (
    Identity,
    Interface,
    InterfaceKind,
    Platform,
    ProbeFailure,
    RawInstall,
    Report,
    System,
    Vitals,
    Volume,
)
from fleet.demo.lists import software
from fleet.demo.makes import Make

AGENT_VERSION = "0.1.0"
_LETTERS_AND_DIGITS = string.digits + "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine is and says; `serial` is on its sticker (empty: none), `identity` is what its firmware states.

    `station` is 0 for a spare. `free` is the free share of its disk. `failures` are the probes that cannot be asked,
    `acquired` its day of purchase where that is not its lab's.
    """

    site: str
    lab: str
    station: int
    serial: str
    tag: str
    make: Make
    identity: Identity
    interfaces: tuple[Interface, ...]
    system: System
    installs: tuple[RawInstall, ...]
    free: float = 0.55
    unasked: tuple[str, ...] = ()
    failures: tuple[ProbeFailure, ...] = ()
    acquired: date | None = None

    @property
    def name(self) -> str:
        """The name that the machine gives itself."""
        return self.identity.hostname


@dataclass(frozen=True, slots=True)
class Delivery:
    """One report, from where, and when the server got it; taken a little before."""

    site: str
    report: Report
    received_at: datetime


def make_machine(
    make: Make,
    system: System,
    installs: Sequence[RawInstall],
    *,
    site: str,
    lab: str,
    station: int,
    name: str,
    tag: str,
    random: Random,
) -> Machine:
    """A machine with serials and addresses of its own."""
    serial = filled(make.serial, random)
    network = f"10.{20 + sum(map(ord, site)) % 60}.{sum(map(ord, lab)) % 200}"
    interfaces = [Interface(_port(make.platform, wired=True), _mac(make.oui, random), InterfaceKind.ETHERNET)]
    if make.wireless:
        interfaces.append(Interface(_port(make.platform, wired=False), _mac(make.oui, random), InterfaceKind.WIFI))
    interfaces[-1] = replace(interfaces[-1], addresses=(f"{network}.{random.randrange(20, 250)}",))
    identity = Identity(
        hostname=name,
        serial=make.junk or serial,
        board_serial=make.junk or f"/{serial}/CN{random.randrange(10**12):012}/",
        system_uuid=_uuid(random),
        asset_tag="" if make.platform is Platform.MACOS else tag,
        system_id=random.randbytes(32).hex(),
        disk_serials=(filled("S6??NX0?######?", random),),
    )
    return Machine(
        site=site,
        lab=lab,
        station=station,
        serial="" if make.junk else serial,
        tag=tag,
        make=make,
        identity=identity,
        interfaces=tuple(interfaces),
        system=system,
        installs=tuple(installs),
        free=random.uniform(0.45, 0.7),
    )


def delivery(machine: Machine, taken_at: datetime, random: Random) -> Delivery:
    """The report of a machine at one moment, and its arrival."""
    report = Report(
        id=random.randbytes(16).hex(),
        taken_at=taken_at,
        agent_version=AGENT_VERSION,
        identity=machine.identity,
        system=machine.system,
        hardware=machine.make.hardware,
        software=software(machine.installs, machine.unasked),
        interfaces=machine.interfaces,
        vitals=_vitals(machine, taken_at, random),
        failures=machine.failures,
    )
    return Delivery(machine.site, report, taken_at + timedelta(seconds=random.randrange(1, 20)))


def filled(shape: str, random: Random) -> str:
    """A serial of one shape: # a digit, ? a letter or digit, anything else itself."""
    choices = {"#": string.digits, "?": _LETTERS_AND_DIGITS}
    return "".join(random.choice(choices.get(letter, letter)) for letter in shape)


def _vitals(machine: Machine, taken_at: datetime, random: Random) -> Vitals:
    total = sum(disk.size or 0 for disk in machine.make.hardware.disks)
    mount = "C:\\" if machine.system.platform is Platform.WINDOWS else "/"
    volume = Volume(mount, total, round(total * machine.free), system=True)
    return Vitals((volume,), taken_at - timedelta(minutes=random.randrange(5, 300)))


def _port(platform: Platform, *, wired: bool) -> str:
    if platform is Platform.LINUX:
        return "enp2s0" if wired else "wlp3s0"
    if platform is Platform.MACOS:
        return "en0" if wired else "en1"
    return "Ethernet" if wired else "Wi-Fi"


def _mac(oui: str, random: Random) -> str:
    return f"{oui}:{random.randrange(256):02x}:{random.randrange(256):02x}:{random.randrange(256):02x}"


def _uuid(random: Random) -> str:
    digits = random.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:]))
