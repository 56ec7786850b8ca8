"""Check-ins of a made-up fleet, for the figures of the intake: labs imaged alike, or every machine different."""

import gzip
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace

from agents.report import (
    CheckIn,
    Cpu,
    Disk,
    DiskKind,
    Gpu,
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
)

ENTRIES = 300
"""Entries in each machine's list of software, as on a Windows CAD machine."""

_POOL = 5_000
"""Different entries in the district: versions included, some thousands."""


def pool() -> Sequence[RawInstall]:
    """The entries that exist in the district."""
    return [
        RawInstall(
            name=f"Contoso Product {number} {number % 9}.{number % 7}",
            version=f"{number % 9}.{number % 7}.{number % 100}",
            publisher=f"Contoso Publisher {number % 97}",
            source="uninstall",
            identifier=f"{{{uuid.uuid5(uuid.NAMESPACE_OID, str(number))}}}".upper(),
        )
        for number in range(_POOL - 40)
    ] + [
        RawInstall(
            name=f"Autodesk Revit {2010 + number}" if number < 20 else f"Adobe Photoshop {2000 + number}",
            version=f"{number}.0",
            publisher="Autodesk, Inc." if number < 20 else "Adobe Inc.",
            source="uninstall",
            identifier=f"key-{number}",
        )
        for number in range(40)
    ]


def software(entries: Sequence[RawInstall], seed: int) -> Software:
    """One list of ENTRIES entries, its own for each seed."""
    chosen = random.Random(seed).sample(entries, ENTRIES)
    return Software(installs=tuple(sorted(chosen, key=lambda entry: (entry.name, entry.version, entry.identifier))))


def machine(number: int, installed: Software, *, batch: int) -> CheckIn:
    """The whole check-in of machine `number`; machines of one batch are built alike."""
    mac = number.to_bytes(3, "big").hex(":")
    whole = CheckIn(
        id=uuid.uuid5(uuid.NAMESPACE_OID, f"report {number}").hex,
        age=0.2,
        agent_version="0.1.0",
        identity=Identity(
            hostname=f"LAB{number // 30:04}-{number % 30:02}",
            serial=f"5CG{number:07}",
            board_serial=f"PWXYZ{number:09}",
            system_uuid=str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))),
            asset_tag=f"PUSD-{number:06}",
            system_id=uuid.uuid5(uuid.NAMESPACE_OID, f"system {number}").hex,
            disk_serials=(f"S4EVNX0M{number:07}",),
        ),
        digests={},
        interfaces=(
            Interface(
                "Ethernet",
                f"3c:52:82:{mac}",
                InterfaceKind.ETHERNET,
                (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",),
            ),
            Interface("Wi-Fi", f"3c:52:83:{mac}", InterfaceKind.WIFI),
        ),
        vitals=Vitals(volumes=(Volume("C:", 511_000_000_000, 200_000_000_000 + number, system=True),)),
        hardware=Hardware(
            maker="Dell Inc.",
            model=f"Precision {3600 + batch % 50}",
            chassis="desktop",
            virtual=False,
            cpu=Cpu("13th Gen Intel(R) Core(TM) i7-13700", 1, 16, 24, 5200),
            memory=34_359_738_368,
            gpus=(Gpu("NVIDIA RTX A2000", 6_442_450_944, "qwMemorySize", integrated=False),),
            disks=(Disk("Samsung SSD 980 PRO", 512_110_190_592, DiskKind.NVME),),
            tpm="2.0",
            secure_boot=True,
            firmware="uefi",
        ),
        system=System(Platform.WINDOWS, "Windows 11", "24H2", "26100.4061", "Education", "x86_64", "en-US"),
        software=installed,
    )
    return replace(whole, digests={section: digest(canonical(getattr(whole, section))) for section in Section})


def first(whole: CheckIn) -> bytes:
    """What an agent sends first: digests only, as plain JSON."""
    return canonical(replace(whole, hardware=None, system=None, software=None))


def full(whole: CheckIn) -> bytes:
    """What an agent sends when all sections are asked for, gzipped as it does it."""
    return gzip.compress(canonical(whole), compresslevel=6)
