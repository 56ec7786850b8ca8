"""Linux: graphics adapters, from PCI in sysfs, with names from lspci and NVIDIA's memory from its own tool."""

import re
from collections.abc import Mapping

from agents.errors import QuestionFailed
from agents.probe import Command, Files, Found, Part, Probe, Several, Tree
from agents.report import Gpu, Hardware

FOLDER = "sys/bus/pci/devices"
DISPLAY = "0x03"
VENDORS = {
    0x8086: "Intel",
    0x10DE: "NVIDIA",
    0x1002: "AMD",
    0x15AD: "VMware",
    0x1AF4: "Virtio",
    0x1234: "QEMU",
    0x102B: "Matrox",
}
INTEL, NVIDIA, AMD = 0x8086, 0x10DE, 0x1002
LINE = re.compile(
    r"((?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) "  # slot
    r"[^\[]*\[03[0-9a-f]{2}\]: "  # class: a display controller
    r"(.+) \[[0-9a-f]{4}:[0-9a-f]{4}\]"  # name
)
MIB = 1 << 20


class Gpus(Probe[tuple[Tree, str | None, str | None]]):
    """Every display controller on the PCI bus, in bus order."""

    name = "gpus"
    part = Part.HARDWARE
    feeds = ("gpus",)
    question = Several(
        (
            Files(
                read=tuple(
                    f"{FOLDER}/*/{field}"
                    for field in ("class", "vendor", "device", "mem_info_vram_total", "mem_info_vram_vendor")
                )
            ),
            Command(("lspci", "-D", "-nn")),
            Command(("nvidia-smi", "--query-gpu=pci.bus_id,name,memory.total", "--format=csv,noheader,nounits")),
        )
    )

    def parse(self, answer: tuple[Tree, str | None, str | None]) -> Found:
        """Raises `QuestionFailed` where there is no PCI bus to look at: small ARM boards."""
        tree, listed, nvidia = answer
        slots = tree.below(FOLDER)
        if not slots:
            raise QuestionFailed("this machine shows no PCI bus")
        names, cards = read_lspci(listed or ""), read_nvidia(nvidia or "")
        adapters = [slot for slot in slots if tree.text(f"{FOLDER}/{slot}/class").startswith(DISPLAY)]
        return Found(hardware=Hardware(gpus=tuple(adapter(tree, slot, names, cards) for slot in adapters)))


def adapter(tree: Tree, slot: str, names: Mapping[str, str], cards: Mapping[str, tuple[str, int | None]]) -> Gpu:
    """One adapter, its memory from the source that knows it best: NVIDIA's tool, then AMD's driver."""
    maker, device = tree.number(f"{FOLDER}/{slot}/vendor") or 0, tree.number(f"{FOLDER}/{slot}/device") or 0
    name = names.get(slot) or f"{VENDORS.get(maker, 'Display adapter')} [{maker:04x}:{device:04x}]"
    card_name, card_memory = cards.get(slot, ("", None))
    shared = integrated(tree, slot, maker)
    if card_name:
        return Gpu(card_name, card_memory, "nvidia-smi" if card_memory else "", shared)
    vram = tree.number(f"{FOLDER}/{slot}/mem_info_vram_total")
    return Gpu(name, vram, "amdgpu" if vram else "", shared)


def integrated(tree: Tree, slot: str, maker: int) -> bool | None:
    """Whether it shares the machine's memory; `None` where the bus does not tell."""
    if maker == INTEL:
        return slot.split(":")[1] == "00"  # on the root bus it is part of the processor, behind a bridge it is a card
    if maker == NVIDIA:
        return False
    if maker == AMD and tree.text(f"{FOLDER}/{slot}/mem_info_vram_total"):
        return not tree.text(f"{FOLDER}/{slot}/mem_info_vram_vendor")  # only memory of its own has a maker
    return None


def read_lspci(text: str) -> Mapping[str, str]:
    """The names of the display controllers by slot. lspci without `-D` leaves the domain 0000 out."""
    found = (LINE.match(line) for line in text.splitlines())
    return {full_slot(match[1]): match[2] for match in found if match}


def read_nvidia(text: str) -> Mapping[str, tuple[str, int | None]]:
    """Name and memory in bytes by slot; raises `ValueError` on a line that is no such row."""
    cards = {}
    for line in text.splitlines():
        slot, name, memory = (cell.strip() for cell in line.split(","))
        cards[full_slot(slot.lower())] = (name, int(memory) * MIB if memory.isdigit() else None)  # else "[N/A]"
    return cards


def full_slot(slot: str) -> str:
    """`0000:01:00.0` for what nvidia-smi calls `00000000:01:00.0` and lspci `01:00.0`."""
    *domain, bus, rest = slot.split(":")
    return f"{int(domain[0], 16) if domain else 0:04x}:{bus}:{rest}"
