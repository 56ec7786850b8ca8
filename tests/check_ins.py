"""Check-ins of made-up machines, as an agent would send them."""

import gzip
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from agents.report import (
    CheckIn,
    Disk,
    DiskKind,
    Hardware,
    Identity,
    Interface,
    InterfaceKind,
    Platform,
    RawInstall,
    Section,
    Software,
    System,
    Vitals,
    Volume,
    canonical,
    digest,
    plain,
)
from fleet.message import SentSection

REVIT = RawInstall(
    name="Autodesk Revit 2024",
    version="24.0.4.427",
    publisher="Autodesk, Inc.",
    source="uninstall",
    identifier="{7346B4A0-2400-0510-0000-705C0D862004}",
)
REVIT_PACK = RawInstall(
    name="Revit 2024 Language Pack - English", version="24.0", publisher="Autodesk", source="uninstall"
)
WIRESHARK = RawInstall(
    name="Wireshark 4.4.1 x64",
    version="4.4.1",
    publisher="The Wireshark developer community",
    source="uninstall",
    identifier="Wireshark",
)
WORKSTATION = Hardware(
    maker="Dell Inc.",
    model="Precision 3660",
    memory=34_359_738_368,
    disks=(Disk("NVMe", 512_110_190_592, DiskKind.NVME),),
)
WINDOWS = System(platform=Platform.WINDOWS, name="Windows 11", release="24H2", build="26100.4061", edition="Education")


def check_in(number: int = 1, **changes: Any) -> CheckIn:
    """The whole check-in of machine `number`; `software`, `hardware`, `system` and any other field may be given."""
    identity = Identity(
        hostname=f"MUIR-B12-{number:02}",
        serial=f"5CG{number:07}",
        system_uuid=f"4c4c4544-0042-3010-8051-{number:012x}",
        system_id=f"{number:032x}",
        disk_serials=(f"S4EVNX0M{number:06}",),
    )
    fields: dict[str, Any] = {
        "id": blake2b(repr((number, sorted(changes.items()))).encode(), digest_size=16).hexdigest(),
        "age": 0.0,
        "agent_version": "0.1.0",
        "identity": identity,
        "interfaces": (
            Interface("Ethernet", f"3c:52:82:00:00:{number:02x}", InterfaceKind.ETHERNET, (f"10.20.1.{number}",)),
        ),
        "vitals": Vitals(volumes=(Volume("C:", 510_000_000_000, 200_000_000_000, system=True),)),
        "hardware": WORKSTATION,
        "system": WINDOWS,
        "software": Software(installs=(REVIT, REVIT_PACK)),
        **changes,
    }
    return digested(CheckIn(digests={}, **fields))


def digested(whole: CheckIn) -> CheckIn:
    """The same check-in with the digests of its sections."""
    return replace(whole, digests={section: digest(canonical(getattr(whole, section))) for section in Section})


def bare(whole: CheckIn) -> CheckIn:
    """The same check-in with digests only, as it is sent first."""
    return replace(whole, hardware=None, system=None, software=None)


def packed(message: CheckIn) -> bytes:
    """As bytes on the wire."""
    return gzip.compress(canonical(message))


def given(whole: CheckIn) -> dict[Section, SentSection]:
    """The sections that come with a check-in, as the intake hands them on."""
    return {
        section: SentSection(section, plain(body), whole.digests[section])
        for section in Section
        if (body := getattr(whole, section)) is not None
    }
