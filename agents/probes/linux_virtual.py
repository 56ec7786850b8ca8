"""Linux: whether this is a physical machine."""

import re

from agents.errors import QuestionFailed
from agents.probe import Command, Files, Found, Part, Probe, Several, Tree
from agents.report import Hardware

DMI = "sys/class/dmi/id"
CONTAINERS = (".dockerenv", "run/.containerenv", "run/systemd/container")
MAKERS = re.compile(
    r"qemu|kvm|vmware|virtualbox|innotek|xen|bochs|parallels|bhyve|amazon ec2|openstack|virtual machine", re.IGNORECASE
)


class Virtual(Probe[tuple[Tree, str | None]]):
    """Physical, or a guest; a container counts as virtual, for what it tells of the hardware is not its own."""

    name = "virtual"
    part = Part.HARDWARE
    feeds = ("virtual",)
    question = Several(
        (
            Files(read=("proc/cpuinfo", f"{DMI}/sys_vendor", f"{DMI}/product_name"), names=CONTAINERS),
            Command(("systemd-detect-virt",), accept=(0, 1)),  # 1 goes with "none"
        )
    )

    def parse(self, answer: tuple[Tree, str | None]) -> Found:
        """systemd's word where it has one; else the processor's flag, the firmware's names, a container's marks."""
        tree, told = answer
        word = (told or "").strip()
        if word:
            if not re.fullmatch(r"[a-z0-9-]+", word):
                raise ValueError("systemd-detect-virt printed no word")
            virtual = word != "none"
        elif not tree.files:
            raise QuestionFailed("neither systemd nor the kernel says")
        else:
            names = f"{tree.text(f'{DMI}/sys_vendor')} {tree.text(f'{DMI}/product_name')}"
            flagged = re.search(r"^flags\s*:.*\bhypervisor\b", tree.text("proc/cpuinfo"), re.MULTILINE)
            virtual = bool(tree.names or flagged or MAKERS.search(names))
        return Found(hardware=Hardware(virtual=virtual, chassis="virtual" if virtual else ""))
