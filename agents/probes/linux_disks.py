"""Linux: fixed disks, from /sys/block."""

import re

from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Disk, DiskKind, Hardware, Identity

FOLDER = "sys/block"
SECTOR = 512  # the unit of /sys/block/*/size, whatever the disk's own sectors are
PSEUDO = re.compile(r"(loop|ram|zram|dm-|md|sr|fd|nbd|drbd|bcache|zd|mtdblock|nvme\d+c\d+n\d+|mmcblk\d+(boot|rpmb))")
UDEV = re.compile(r"^E:(\w+)=(.*)$", re.MULTILINE)


class Disks(Probe[Tree]):
    """Disks that stay in the machine: no sticks, no discs, nothing on USB, and nothing that lies on another disk."""

    name = "disks"
    part = Part.HARDWARE
    feeds = ("disks",)
    question = Files(
        read=(
            *(f"{FOLDER}/*/{field}" for field in ("size", "removable", "dev", "serial", "queue/rotational")),
            *(f"{FOLDER}/*/device/{field}" for field in ("model", "vendor", "serial", "name", "type", "vpd_pg80")),
            "run/udev/data/b*",
        ),
        links=(f"{FOLDER}/*",),
        names=(FOLDER,),
    )

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` where there is no /sys/block; no disk at all (a thin client) is an answer."""
        if FOLDER not in answer.names:
            raise QuestionFailed("the kernel shows no disks")
        names = [name for name in answer.below(FOLDER) if fixed(answer, name)]
        return Found(
            identity=Identity(hostname="", disk_serials=tuple(filter(None, (serial(answer, name) for name in names)))),
            hardware=Hardware(
                disks=tuple(
                    Disk(
                        model(answer, name), (answer.number(f"{FOLDER}/{name}/size") or 0) * SECTOR, kind(answer, name)
                    )
                    for name in names
                )
            ),
        )


def fixed(tree: Tree, name: str) -> bool:
    """Whether this block device is a disk of the machine."""
    return not (
        PSEUDO.match(name)
        or "/usb" in tree.links.get(f"{FOLDER}/{name}", "")
        or not tree.number(f"{FOLDER}/{name}/size")
        or tree.number(f"{FOLDER}/{name}/removable") == 1
    )


def kind(tree: Tree, name: str) -> DiskKind:
    """How it stores. A virtual disk says "rotational" whatever is below it, and so says nothing."""
    if name.startswith("nvme"):
        return DiskKind.NVME
    if name.startswith("mmcblk"):
        return DiskKind.EMMC if tree.text(f"{FOLDER}/{name}/device/type") == "MMC" else DiskKind.UNKNOWN
    turns = tree.number(f"{FOLDER}/{name}/queue/rotational")
    if turns is None or (turns == 1 and (name.startswith(("vd", "xvd")) or "virtual" in model(tree, name).lower())):
        return DiskKind.UNKNOWN
    return DiskKind.HDD if turns else DiskKind.SSD


def model(tree: Tree, name: str) -> str:
    """The maker's name: udev has it whole, sysfs cuts SATA names at 16 letters."""
    udev = udev_facts(tree, name)
    if udev.get("ID_BUS") == "ata" and "ID_MODEL_ENC" in udev:
        whole = re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), udev["ID_MODEL_ENC"])
        return " ".join(whole.split())
    maker, text = tree.text(f"{FOLDER}/{name}/device/vendor"), tree.text(f"{FOLDER}/{name}/device/model")
    if not text:
        return tree.text(f"{FOLDER}/{name}/device/name")  # eMMC
    # SCSI names its maker, libata says "ATA" for all, virtio and NVMe a number.
    return text if maker in {"", "ATA"} or maker.startswith("0x") else f"{maker} {text}"


def serial(tree: Tree, name: str) -> str:
    """The serial from the driver, from udev or from SCSI's page 0x80 (four bytes of head, then text)."""
    page = tree.files.get(f"{FOLDER}/{name}/device/vpd_pg80", b"")[4:].decode("ascii", errors="replace").strip(" \0")
    udev = udev_facts(tree, name)
    return (
        tree.text(f"{FOLDER}/{name}/device/serial")
        or tree.text(f"{FOLDER}/{name}/serial")
        or udev.get("ID_SERIAL_SHORT", "")
        or page
    )


def udev_facts(tree: Tree, name: str) -> dict[str, str]:
    """What udev noted about a block device, by the device's numbers."""
    numbers = tree.text(f"{FOLDER}/{name}/dev")
    return dict(UDEV.findall(tree.text(f"run/udev/data/b{numbers}"))) if numbers else {}
