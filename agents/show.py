"""◇ A report as a person reads it: aligned lines, sizes in GB, what could not be asked said plainly."""

from collections import Counter
from collections.abc import Iterator

from agents.report import Disk, Display, Gpu, Hardware, Interface, ProbeFailure, Report, Volume

GIB = 1 << 30


def render(report: Report) -> str:
    """The report as lines of text, ending with a line break."""
    rows = [*_machine(report), *_hardware(report.hardware), *_state(report), *_software(report)]
    width = max(len(name) for name, _ in rows) + 2
    lines = [f"{name:<{width}}{text}".rstrip() for name, text in rows]
    if report.failures:
        lines += ["", "Could not be asked:", *(f"  {_failure(failure)}" for failure in report.failures)]
    return "\n".join(lines) + "\n"


def _machine(report: Report) -> Iterator[tuple[str, str]]:
    identity, system, hardware = report.identity, report.system, report.hardware
    yield "Name", identity.hostname or "?"
    yield "Machine", " ".join(filter(None, (hardware.maker, hardware.model))) or "?"
    kind = {True: "virtual", False: "physical", None: ""}[hardware.virtual]
    yield "Kind", ", ".join(dict.fromkeys(filter(None, (hardware.chassis, kind)))) or "?"
    for name, text in (("Serial", identity.serial), ("Asset tag", identity.asset_tag)):
        if text:
            yield name, text
    words = (system.name or system.platform.value, system.release, system.edition, system.architecture, system.language)
    yield "System", " ".join(filter(None, words)) + (f" (build {system.build})" if system.build else "")


def _hardware(hardware: Hardware) -> Iterator[tuple[str, str]]:
    cpu = hardware.cpu
    counts = [f"{count} {name}" for count, name in ((cpu.cores, "cores"), (cpu.threads, "threads")) if count]
    clock = [f"{cpu.mhz / 1000:.1f} GHz"] if cpu.mhz else []
    yield "Processor", ", ".join([cpu.model or "?", *counts, *clock])
    yield "Memory", size(hardware.memory)
    yield from _list("Graphics", [_gpu(gpu) for gpu in hardware.gpus], "gpus" in hardware.unasked)
    yield from _list("Disk", [_disk(disk) for disk in hardware.disks], "disks" in hardware.unasked)
    yield from _list("Display", [_display(one) for one in hardware.displays], "displays" in hardware.unasked)
    boot = {True: ", Secure Boot on", False: ", Secure Boot off", None: ""}[hardware.secure_boot]
    yield "Firmware", (hardware.firmware.upper() or "?") + boot
    yield "TPM", hardware.tpm or "?"


def _state(report: Report) -> Iterator[tuple[str, str]]:
    battery = report.vitals.battery
    if battery:
        told = [f"{battery.health} % of its capacity"] if battery.health is not None else []
        told += [f"{battery.cycles} cycles"] if battery.cycles is not None else []
        yield "Battery", ", ".join(told) or "yes"
    else:
        yield "Battery", {True: "yes", False: "none", None: "?"}[report.hardware.battery]
    yield from _list("Volume", [_volume(volume) for volume in report.vitals.volumes], unknown=False)
    yield from _list("Network", [_interface(one) for one in report.interfaces], unknown=False)
    if report.vitals.booted_at:
        yield "Started", f"{report.vitals.booted_at:%Y-%m-%d %H:%M} UTC"


def _software(report: Report) -> Iterator[tuple[str, str]]:
    counts = Counter(install.source for install in report.software.installs)
    parts = ", ".join(f"{count} {source}" for source, count in sorted(counts.items()))
    yield "Software", f"{len(report.software.installs)} entries" + (f": {parts}" if parts else "")
    if report.software.unasked:
        yield "", f"not read in full: {', '.join(report.software.unasked)}"


def _list(name: str, texts: list[str], unknown: bool) -> Iterator[tuple[str, str]]:
    yield from ((name if index == 0 else "", text) for index, text in enumerate(texts))
    if not texts:
        yield name, "?" if unknown else "none"


def size(count: int | None) -> str:
    """Memory as people buy it, 1,024 at each step: whole gigabytes above ten."""
    if count is None:
        return "?"
    if count >= 10 * GIB:
        return f"{count / GIB:,.0f} GB"
    return f"{count / GIB:.1f} GB" if count >= GIB else f"{count / (1 << 20):.0f} MB"


def storage(count: int | None) -> str:
    """Bytes as disks are sold: 1,000 at each step."""
    if count is None:
        return "?"
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while amount >= 999.5 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return (f"{amount:.0f}" if amount >= 10 else f"{amount:.1f}".removesuffix(".0")) + f" {units[0]}"


def _gpu(gpu: Gpu) -> str:
    memory = f", {size(gpu.vram)} ({gpu.vram_source})" if gpu.vram else ""
    return gpu.name + memory + (", integrated" if gpu.integrated else "")


def _disk(disk: Disk) -> str:
    return " ".join(
        filter(None, (disk.model, storage(disk.size), disk.kind.value.upper() if disk.kind != "unknown" else ""))
    )


def _display(display: Display) -> str:
    mode = f"{display.width}×{display.height}" if display.width else ""
    inches = f'{display.diagonal / 10:.1f}"' if display.diagonal else ""
    return " ".join(filter(None, (display.maker, display.model, mode, inches)))


def _volume(volume: Volume) -> str:
    return f"{volume.mount}  {storage(volume.free)} free of {storage(volume.size)}"


def _interface(interface: Interface) -> str:
    return "  ".join(
        filter(None, (interface.name, interface.kind.value, interface.mac, ", ".join(interface.addresses)))
    )


def _failure(failure: ProbeFailure) -> str:
    return f"{failure.probe}: {failure.reason}"
