"""Linux: dmidecode, for the memory modules and where sysfs shows nothing of the firmware's tables."""

import re
from collections.abc import Iterator, Mapping

from agents.probe import Command, Found, Part, Probe
from agents.probes.linux_dmi import filled, model
from agents.report import Hardware, Identity

UNITS = {
    "bytes": 1,
    "kb": 1 << 10,
    "kib": 1 << 10,
    "mb": 1 << 20,
    "mib": 1 << 20,
    "gb": 1 << 30,
    "gib": 1 << 30,
    "tb": 1 << 40,
}
ON_BOARD_FLASH = frozenset({"flash", "rom", "eeprom", "feprom", "eprom"})


class DmidecodeTables(Probe[str]):
    """A complement: it needs root and the tool, and is not missed where sysfs has answered."""

    name = "dmidecode"
    part = Part.HARDWARE
    feeds = ("memory",)
    question = Command(("dmidecode", "--quiet", "-t", "1,2,3,17"), root=True)

    def parse(self, answer: str) -> Found:
        """Raises `ValueError` on an output without any table."""
        tables = tuple(read_tables(answer))
        if not tables:
            raise ValueError("dmidecode printed no tables")
        first: dict[str, Mapping[str, str]] = {}
        for title, values in tables:
            first.setdefault(title, values)
        system, board = first.get("System Information", {}), first.get("Base Board Information", {})
        chassis = first.get("Chassis Information", {})
        return Found(
            identity=Identity(
                hostname="",
                serial=specified(system.get("Serial Number", "")),
                board_serial=specified(board.get("Serial Number", "")),
                system_uuid=specified(system.get("UUID", "")).lower(),
                asset_tag=specified(chassis.get("Asset Tag", "")),
            ),
            hardware=Hardware(
                maker=filled(system.get("Manufacturer", "")) or filled(board.get("Manufacturer", "")),
                model=model(system.get("Manufacturer", ""), system.get("Product Name", ""), system.get("Version", ""))
                or filled(board.get("Product Name", "")),
                memory=installed(values for title, values in tables if title == "Memory Device"),
            ),
        )


def read_tables(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each table's title with its fields; deeper lines are lists that belong to the field above and are not needed."""
    for block in re.split(r"^\s*$|^Handle .*$|^\s*DMI type .*$", text, flags=re.MULTILINE):
        lines = [line.expandtabs() for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) > 1 and depth(lines[1]) > depth(lines[0]):
            pairs = (line.strip().partition(":") for line in lines[1:] if depth(line) == depth(lines[1]))
            yield lines[0].strip(), {name: value.strip() for name, _, value in pairs}


def depth(line: str) -> int:
    """By how many blanks a line is indented; versions differ in how they indent."""
    return len(line) - len(line.lstrip())


def specified(text: str) -> str:
    """dmidecode's own words for an empty field, which are not the maker's."""
    return "" if text in {"Not Specified", "Not Present", "<OUT OF SPEC>", "Not Settable"} else text


def installed(devices: Iterator[Mapping[str, str]]) -> int | None:
    """The memory of all modules in bytes; `None` when not one tells its size (some virtual machines)."""
    sizes = [size(device["Size"]) for device in devices if device.get("Type", "").lower() not in ON_BOARD_FLASH]
    return sum(sizes) or None


def size(text: str) -> int:
    """`4096 MB` in bytes; nothing for an empty slot."""
    number, _, unit = text.partition(" ")
    if not number.isdigit():
        return 0  # "No Module Installed", "Not Installed", "Unknown"
    return int(number) * UNITS[unit.lower()]
