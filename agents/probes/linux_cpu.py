"""Linux: the processors, from /proc/cpuinfo."""

import re
from collections.abc import Iterator, Mapping

from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Cpu, Hardware

INFO = "proc/cpuinfo"
FASTEST = "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"
CORES = "sys/devices/system/cpu/cpu*/topology/core_cpus_list"


class CpuInfo(Probe[Tree]):
    """Model, sockets, cores and threads; whether the processor can carry virtual machines."""

    name = "cpu"
    part = Part.HARDWARE
    feeds = ("cpu", "virtualization")
    question = Files(read=(INFO, FASTEST, CORES))

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` when no processor is listed."""
        blocks = tuple(read_blocks(answer.text(INFO)))
        units = [block for block in blocks if block.get("processor", "").isdigit()]
        units = units or [block for block in blocks if "Processor" in block][:1]  # ARM with one core numbers none
        if not units:
            raise QuestionFailed("no processor is listed")
        model = next(
            (block[key] for block in blocks for key in ("model name", "Processor", "cpu model") if key in block), ""
        )
        flags = units[0].get("flags", "").split()
        return Found(
            hardware=Hardware(
                cpu=Cpu(
                    model=" ".join(model.split()),
                    sockets=len({block["physical id"] for block in units if "physical id" in block}) or None,
                    cores=cores(units, answer),
                    threads=len(units),
                    mhz=clock(answer, model, units),
                ),
                # Only x86 tells by a flag; inside a virtual machine its absence rightly says "not here".
                virtualization=("vmx" in flags or "svm" in flags) if flags else None,
            )
        )


def read_blocks(text: str) -> Iterator[Mapping[str, str]]:
    """One mapping per block of `name : value` lines: a block per thread, on ARM one more for the board."""
    for block in re.split(r"\n\s*\n", text):
        pairs = (line.partition(":") for line in block.splitlines() if ":" in line)
        if values := {name.strip(): value.strip() for name, _, value in pairs}:
            yield values


def cores(units: list[Mapping[str, str]], answer: Tree) -> int | None:
    """Physical cores: pairs of socket and core; ARM writes neither, there the kernel's topology says who shares one."""
    if all("core id" in unit for unit in units):
        return len({(unit.get("physical id", ""), unit["core id"]) for unit in units})
    return len({answer.text(path) for path in answer.files if path.endswith("/core_cpus_list")}) or None


def clock(answer: Tree, model: str, units: list[Mapping[str, str]]) -> int | None:
    """The highest clock in MHz. The clock of this moment would make the sections of like machines differ: it is
    used only where nothing else is known (virtual machines, where it stands still), and rounded to 100."""
    if fastest := answer.number(FASTEST):
        return fastest // 1000
    if named := re.search(r"@ *([\d.]+) *([GM])Hz", model):
        return round(float(named[1]) * (1000 if named[2] == "G" else 1))
    measured = [float(unit["cpu MHz"]) for unit in units if "cpu MHz" in unit]
    return round(max(measured) / 100) * 100 if measured else None
