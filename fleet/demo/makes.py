"""Kinds of machine in the demonstration: what they are built of, and how their makers number them."""

from collections.abc import Mapping
from dataclasses import dataclass

from agents.report import Cpu, Disk, DiskKind, Display, Gpu, Hardware, Platform, System

GIB = 1024**3
GB = 1000**3


@dataclass(frozen=True, slots=True)
class Make:
    """One kind of machine: `serial` is the shape of its serials (# a digit, ? a letter or digit), `cost` in cents.

    `junk` is what its maker left where the serials should stand; `layers` are the software lists that come with it.
    """

    hardware: Hardware
    serial: str
    oui: str
    cost: int
    platform: Platform = Platform.WINDOWS
    layers: tuple[str, ...] = ()
    junk: str = ""
    wireless: bool = False


def _display(maker: str, model: str, width: int, height: int, diagonal: int) -> tuple[Display, ...]:
    return (Display(maker, model, width, height, diagonal),)


def _nvme(model: str, size: int) -> tuple[Disk, ...]:
    return (Disk(model, size * GB, DiskKind.NVME),)


def _nvidia(name: str, size: int) -> Gpu:
    return Gpu(name, size * GIB, "registry", integrated=False)


def _pc(
    maker: str,
    model: str,
    cpu: Cpu,
    memory: int,
    gpu: Gpu,
    disk: tuple[Disk, ...],
    display: tuple[Display, ...],
    chassis: str = "desktop",
) -> Hardware:
    return Hardware(
        maker=maker,
        model=model,
        chassis=chassis,
        virtual=False,
        cpu=cpu,
        memory=memory * GIB,
        gpus=(gpu,),
        disks=disk,
        displays=display,
        battery=chassis == "laptop",
        tpm="2.0",
        secure_boot=True,
        firmware="uefi",
        virtualization=True,
    )


def _mac(model: str, chip: str, cores: int, mhz: int, memory: int, size: int, display: tuple[Display, ...]) -> Hardware:
    return Hardware(
        maker="Apple",
        model=model,
        chassis="desktop",
        virtual=False,
        cpu=Cpu(chip, 1, cores, cores, mhz),
        memory=memory * GIB,
        gpus=(Gpu(chip, integrated=True),),
        disks=(Disk(f"APPLE SSD AP{size:04}", size * GB, DiskKind.NVME),),
        displays=display,
        battery=False,
        secure_boot=True,
        firmware="uefi",
        virtualization=True,
    )


_P2723D = _display("Dell", "P2723D", 2560, 1440, 270)
_E24 = _display("HP", "E24 G5", 1920, 1080, 238)
_UHD770 = Gpu("Intel(R) UHD Graphics 770", 1 * GIB, "registry", integrated=True)

MAKES: Mapping[str, Make] = {
    "workstation-2025": Make(
        _pc(
            "Dell Inc.",
            "Precision 3680 Tower",
            Cpu("Intel(R) Core(TM) i7-14700", 1, 20, 28, 5400),
            32,
            _nvidia("NVIDIA RTX 2000 Ada Generation", 16),
            _nvme("PM9F1 NVMe Samsung 1024GB", 1024),
            _P2723D,
        ),
        serial="???????",
        oui="8c:47:be",
        cost=2_389_00,
        layers=("dell-machine", "nvidia-machine"),
    ),
    "workstation-2022": Make(
        _pc(
            "HP",
            "HP Z2 Tower G9 Workstation Desktop PC",
            Cpu("12th Gen Intel(R) Core(TM) i7-12700", 1, 12, 20, 4900),
            32,
            _nvidia("NVIDIA T1000 8GB", 8),
            _nvme("SAMSUNG MZVL21T0HCLR-00BH1", 1024),
            _E24,
        ),
        serial="MXL####???",
        oui="5c:60:ba",
        cost=2_145_00,
        layers=("hp-machine", "nvidia-machine"),
    ),
    "desktop-2018": Make(
        _pc(
            "Dell Inc.",
            "OptiPlex 5060",
            Cpu("Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz", 1, 6, 6, 4100),
            8,
            _nvidia("NVIDIA GeForce GT 1030", 2),
            (Disk("SK hynix SC311 SATA 256GB", 256 * GB, DiskKind.SSD),),
            _display("Dell", "P2419H", 1920, 1080, 238),
        ),
        serial="???????",
        oui="54:bf:64",
        cost=1_038_00,
        layers=("dell-machine", "nvidia-machine"),
    ),
    "media-pc-2024": Make(
        _pc(
            "Lenovo",
            "ThinkStation P3 Tower",
            Cpu("13th Gen Intel(R) Core(TM) i7-13700", 1, 16, 24, 5200),
            32,
            _nvidia("NVIDIA RTX A2000 12GB", 12),
            _nvme("KIOXIA KXG8AZNV1T02", 1024),
            _display("Lenovo", "P27h-30", 2560, 1440, 270),
        ),
        serial="MJ0?????",
        oui="88:a4:c2",
        cost=2_210_00,
        layers=("lenovo-machine", "nvidia-machine"),
    ),
    "desktop-2023": Make(
        _pc(
            "ASUS",
            "PRIME B760M-A",
            Cpu("13th Gen Intel(R) Core(TM) i5-13400", 1, 10, 16, 4600),
            32,
            _UHD770,
            _nvme("Samsung SSD 980 1TB", 1000),
            _E24,
        ),
        serial="?????????????",
        oui="04:42:1a",
        cost=1_149_00,
        junk="To be filled by O.E.M.",
    ),
    "linux-2024": Make(
        _pc(
            "Lenovo",
            "ThinkCentre M75s Gen 5",
            Cpu("AMD Ryzen 7 PRO 8700G w/ Radeon 780M Graphics", 1, 8, 16, 5100),
            32,
            Gpu("AMD Radeon 780M", 4 * GIB, "drm", integrated=True),
            _nvme("Micron MTFDKBA1T0QGN", 1024),
            _display("Lenovo", "T24i-30", 1920, 1080, 238),
        ),
        serial="MJ0?????",
        oui="88:a4:c2",
        cost=1_189_00,
        platform=Platform.LINUX,
    ),
    "laptop-2024": Make(
        _pc(
            "HP",
            "HP ProBook 450 15.6 inch G10 Notebook PC",
            Cpu("13th Gen Intel(R) Core(TM) i5-1335U", 1, 10, 12, 4600),
            16,
            Gpu("Intel(R) Iris(R) Xe Graphics", 1 * GIB, "registry", integrated=True),
            _nvme("KIOXIA KBG50ZNV256G", 256),
            _display("BOE", "NV156FHM", 1920, 1080, 156),
            chassis="laptop",
        ),
        serial="5CG####???",
        oui="5c:60:ba",
        cost=879_00,
        layers=("hp-machine",),
        wireless=True,
    ),
    "laptop-2019": Make(
        _pc(
            "Dell Inc.",
            "Latitude 3310",
            Cpu("Intel(R) Core(TM) i3-8145U CPU @ 2.10GHz", 1, 2, 4, 3900),
            4,
            Gpu("Intel(R) UHD Graphics 620", 1 * GIB, "registry", integrated=True),
            (Disk("LITEON CV8-8E128", 128 * GB, DiskKind.SSD),),
            _display("AUO", "B133XTN", 1366, 768, 133),
            chassis="laptop",
        ),
        serial="???????",
        oui="8c:04:ba",
        cost=612_00,
        layers=("dell-machine",),
        wireless=True,
    ),
    "mac-2023": Make(
        _mac("Mac14,13", "Apple M2 Max", 12, 3700, 32, 1000, _display("Apple", "Studio Display", 5120, 2880, 270)),
        serial="??????????",
        oui="f0:18:98",
        cost=3_598_00,
        platform=Platform.MACOS,
    ),
    "chromebook-2021": Make(
        Hardware(maker="Acer", model="Chromebook 712 (C871)", chassis="laptop"),
        serial="NXHQ?######????######",
        oui="08:8f:c3",
        cost=389_00,
        platform=Platform.CHROMEOS,
        wireless=True,
    ),
}

SYSTEMS: Mapping[str, System] = {
    "windows-11-25h2": System(Platform.WINDOWS, "Windows 11", "25H2", "26200.7171", "Education", "x86_64", "en-US"),
    "windows-11-24h2": System(Platform.WINDOWS, "Windows 11", "24H2", "26100.7171", "Education", "x86_64", "en-US"),
    "windows-11-23h2": System(Platform.WINDOWS, "Windows 11", "23H2", "22631.6199", "Education", "x86_64", "en-US"),
    "windows-10-22h2": System(Platform.WINDOWS, "Windows 10", "22H2", "19045.5854", "Education", "x86_64", "en-US"),
    "macos-26": System(Platform.MACOS, "macOS", "26.1", "25B78", "", "arm64", "en-US"),
    "debian-12": System(Platform.LINUX, "Debian GNU/Linux", "12", "6.1.0-41-amd64", "", "x86_64", "en_US.UTF-8"),
}
"""Operating systems as machines state them."""
