"""A machine's hardware against the least that a pathway asks: what is too weak, and what is not known. Pure."""

from collections.abc import Callable, Iterator, Sequence

from agents.report import DiskKind, Gpu, Hardware, Platform, System, Volume
from fleet.gap import Code, Gap
from licenses.marks import Mark
from licenses.pathway import HardwareFloor

GIB = 1024**3

ADAPTER_RAM_CEILING = 4_293_918_720
"""Windows' `AdapterRAM` is a 32-bit number: whatever has more memory says about this much."""

_ARM = frozenset({"arm64", "aarch64"})


def floor_gaps(floor: HardwareFloor, hardware: Hardware | None, system: System | None) -> tuple[Gap, ...]:
    """What is too weak or unknown, all but the free space, which differs between machines that are else alike."""
    if hardware is None:
        asks = (floor.memory, floor.cores, floor.mhz, floor.vram, floor.display, floor.disk_kinds, floor.virtualization)
        return (_unknown("hardware", "its hardware is not known", floor.mark),) if any(asks) else ()
    return (
        *_memory(floor, hardware),
        *_processor(floor, hardware),
        *_graphics(floor, hardware, system),
        *_disk_kind(floor, hardware),
        *_display(floor, hardware),
        *_virtualization(floor, hardware),
    )


def free_disk_gap(floor: HardwareFloor, volumes: Sequence[Volume]) -> Gap | None:
    """What is wrong with the free space of the system's volume (else of the one with most room), if anything is."""
    if floor.free_disk is None:
        return None
    free = max((volume.free for volume in volumes if volume.system), default=None)
    if free is None:
        free = max((volume.free for volume in volumes), default=None)
    if free is None:
        return _unknown("disk", "its free disk space is not known", floor.mark)
    if free >= floor.free_disk:
        return None
    least = size(floor.free_disk)
    asked = f"{least} of free disk space asked"
    found = f"{size(free)} free"
    return _weak("disk", asked, found, "clear the disk or fit a larger one", floor.mark, f"{found}, {least} asked")


def size(number: int) -> str:
    """A size in bytes as machines are sold: "16 GB", "1.5 GB", "512 MB"."""
    if number < GIB:
        return f"{round(number / 1024**2)} MB"
    return f"{round(number / GIB, 1):g} GB"


def marked(mark: Mark) -> str:
    """What weakens a rule, in words; empty for one that somebody has checked at its source."""
    return "" if mark.verified else f"unverified rule ({mark.source}, {mark.as_of})"


def _weak(subject: str, asked: str, found: str, step: str, mark: Mark, brief: str) -> Gap:
    return Gap(Code.TOO_WEAK, subject, True, asked, step, found, marked(mark), brief)


def _unknown(subject: str, message: str, mark: Mark) -> Gap:
    step = "see `labfleet device show` for what its agent could not ask, or look at the machine"
    return Gap(Code.HARDWARE_UNKNOWN, subject, False, message, step, note=marked(mark))


def _number(
    subject: str,
    least: str,
    noun: str,
    have: int | None,
    enough: Callable[[int], bool],
    words: Callable[[int], str],
    mark: Mark,
) -> Iterator[Gap]:
    asked = f"{least} {noun} asked"
    if have is None:
        yield _unknown(subject, f"{asked}: not known", mark)
    elif not enough(have):
        step = "add memory or replace the device" if subject == "memory" else "replace the device"
        brief = f"{words(have)} {noun.removeprefix('of ')}, {least} asked"
        yield _weak(subject, asked, words(have), step, mark, brief)


def _memory(floor: HardwareFloor, hardware: Hardware) -> Iterator[Gap]:
    if floor.memory is not None:
        least = size(floor.memory)
        yield from _number("memory", least, "of memory", hardware.memory, floor.enough_memory, size, floor.mark)


def _processor(floor: HardwareFloor, hardware: Hardware) -> Iterator[Gap]:
    cores = floor.cores
    if cores is not None:
        have = hardware.cpu.cores
        yield from _number("cores", str(cores), "processor cores", have, cores.__le__, str, floor.mark)
    if floor.mhz is not None:
        have = hardware.cpu.mhz
        yield from _number("clock", _clock(floor.mhz), "clock", have, floor.enough_clock, _clock, floor.mark)


def _clock(mhz: int) -> str:
    return f"{mhz / 1000:.1f} GHz"


def _graphics(floor: HardwareFloor, hardware: Hardware, system: System | None) -> Iterator[Gap]:
    if system is not None and system.platform is Platform.MACOS and system.architecture.lower() in _ARM:
        if floor.unified_memory is not None:
            least, noun = size(floor.unified_memory), "of memory shared with the graphics"
            yield from _number("vram", least, noun, hardware.memory, floor.enough_unified_memory, size, floor.mark)
        return
    if floor.vram is None:
        return
    asked = f"{size(floor.vram)} of graphics memory asked"
    known = [gpu for gpu in hardware.gpus if gpu.vram is not None]
    if any(gpu.vram is not None and floor.enough_vram(gpu.vram) for gpu in known):
        return
    if not hardware.gpus or any(_may_have_more(gpu) for gpu in hardware.gpus):
        yield _unknown("vram", f"{asked}: not known", floor.mark)
        return
    best = max(hardware.gpus, key=lambda gpu: gpu.vram or 0)
    has = size(best.vram) if best.vram else "none of its own"
    found = f"{best.name or 'its adapter'} has {has}"
    short = best.name.removeprefix("NVIDIA ").removeprefix("GeForce ") or "graphics"
    brief = f"{short} {has}, {size(floor.vram)} asked"
    yield _weak("vram", asked, found, "fit a graphics card or replace the device", floor.mark, brief)


def _may_have_more(gpu: Gpu) -> bool:
    """Whether the adapter may have more memory than its source could say."""
    if gpu.vram is None:
        return gpu.integrated is not True
    return "adapterram" in gpu.vram_source.lower() and gpu.vram >= ADAPTER_RAM_CEILING


def _disk_kind(floor: HardwareFloor, hardware: Hardware) -> Iterator[Gap]:
    kinds = {disk.kind for disk in hardware.disks}
    if not floor.disk_kinds or kinds & floor.disk_kinds:
        return
    asked = f"{' or '.join(sorted(kind.upper() for kind in floor.disk_kinds))} disk asked"
    if not kinds or DiskKind.UNKNOWN in kinds:
        yield _unknown("disk-kind", f"{asked}: not known", floor.mark)
    else:
        has = ", ".join(sorted(kind.upper() for kind in kinds))
        yield _weak("disk-kind", asked, f"has {has}", "fit such a disk", floor.mark, f"{has}, {asked}")


def _display(floor: HardwareFloor, hardware: Hardware) -> Iterator[Gap]:
    if floor.display is None:
        return
    asked = f"a display of {floor.display[0]}×{floor.display[1]} asked"
    sizes = [(one.width, one.height) for one in hardware.displays]
    known = [(width, height) for width, height in sizes if width is not None and height is not None]
    if any(floor.enough_display(width, height) for width, height in known):
        return
    # A display that is switched off states nothing, so "none attached" is not "none there".
    if not sizes or len(known) < len(sizes):
        yield _unknown("display", f"{asked}: not known", floor.mark)
    else:
        width, height = max(known)
        brief = f"display {width}×{height}, {floor.display[0]}×{floor.display[1]} asked"
        yield _weak("display", asked, f"has {width}×{height}", "replace the display", floor.mark, brief)


def _virtualization(floor: HardwareFloor, hardware: Hardware) -> Iterator[Gap]:
    if not floor.virtualization or hardware.virtualization:
        return
    asked = "hardware virtualisation asked"
    if hardware.virtualization is None:
        yield _unknown("virtualization", f"{asked}: not known", floor.mark)
    else:
        brief, step = "virtualisation is switched off", "switch it on in the firmware's setup"
        yield _weak("virtualization", asked, "is switched off", step, floor.mark, brief)
