"""The parsers against what real machines printed; collected only where the samples are (they are not ours to keep).

`LABFLEET_SAMPLES` or `../shared/samples` beside the checkout. The answers come from another agent's tests (glpi-agent),
whose words differ from ours here and there; where they do, the rule stands beside the comparison.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from agents.edid import MAKERS, read_edid
from agents.probe import Tree
from agents.probes.linux_cpu import CpuInfo
from agents.probes.linux_dmidecode import DmidecodeTables, read_tables
from agents.probes.linux_dpkg import DpkgPackages
from agents.probes.linux_flatpak import Flatpaks
from agents.probes.linux_gpus import read_lspci
from agents.probes.linux_snap import Snaps
from tests.agents.machines import RegText

SAMPLES = Path(os.environ.get("LABFLEET_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples") / "agent_glpi"
GENERIC, LINUX = SAMPLES / "resources" / "generic", SAMPLES / "resources" / "linux"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []


def answers(name: str) -> Any:
    return json.loads((SAMPLES / "expected" / f"{name}.json").read_text("utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per file that is there; where no sample is, no test is collected (our own cases are elsewhere)."""
    found = {
        "edid": files(GENERIC / "edid"),
        "dmidecode": files(GENERIC / "dmidecode"),
        "lspci": [path for path in files(GENERIC / "lspci") if "." not in path.name],
        "cpuinfo": files(LINUX / "proc" / "cpuinfo"),
        "packaging": [path for path in files(LINUX / "packaging") if path.name in {"dpkg", "flatpak", "snap"}],
        "exported": files(SAMPLES / "resources" / "win32" / "registry"),
    }
    for name, paths in found.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, paths, ids=lambda path: path.name)


def state(row: list[str]) -> str:
    """Their sixth column in dpkg's short form, where a row has it."""
    return "rc" if row[5:] and row[5].startswith("deinstall") else "ii"


if SAMPLES.is_dir():

    def test_edid(edid: Path) -> None:
        wanted = answers("generic/screen")["edid_tests"].get(edid.name, {})
        if edid.name == "crt.E55":  # they read it all the same; we do not trust a wrong checksum
            with pytest.raises(ValueError, match="checksum"):
                read_edid(edid.read_bytes())
            return
        display = read_edid(edid.read_bytes())
        if caption := wanted.get("CAPTION"):
            assert caption.strip().endswith(display.model), "they join all texts, we take the last"
        if display.maker in MAKERS.values() and wanted.get("MANUFACTURER"):
            assert (
                wanted["MANUFACTURER"].replace("Hewlett", "HP").replace("Goldstar", "LG")[:2].lower()
                == display.maker[:2].lower()
            )
        assert display.diagonal is None or 70 <= display.diagonal <= 1000
        assert display.width is None or 640 <= display.width <= 7680

    def test_dmidecode(dmidecode: Path) -> None:
        text = dmidecode.read_text("utf-8", errors="replace")
        if not any(title == "System Information" for title, _ in read_tables(text)):
            # Fragments for other tables, and dmidecode 2.0 of 2003, which words its titles otherwise.
            assert not re.search(r"System Information\s*$", text, re.MULTILINE)
            return
        found = DmidecodeTables().parse(text)
        wanted = answers("generic/dmidecode/bios")["tests"].get(dmidecode.name, {})
        for ours, theirs in (
            (found.identity.serial, wanted.get("SSN")),
            (found.identity.board_serial, wanted.get("MSN")),
        ):
            assert not theirs or ours == theirs
        assert not wanted.get("SMANUFACTURER") or found.hardware.maker == wanted["SMANUFACTURER"]
        uuid = answers("generic/dmidecode/hardware")["tests"].get(dmidecode.name, {}).get("UUID")
        assert not uuid or found.identity.system_uuid == uuid.lower()
        modules = answers("generic/dmidecode/memory")["tests"].get(dmidecode.name)
        if modules is not None and "Memory Device" in text:  # before SMBIOS 2.1 there were modules only
            assert (found.hardware.memory or 0) >> 20 == sum(int(one.get("CAPACITY") or 0) for one in modules)

    def test_lspci(lspci: Path) -> None:
        wanted = answers("generic/pci/videos")["tests"].get(lspci.name)
        found = read_lspci(lspci.read_text("utf-8"))
        assert found
        for video in wanted or ():
            slot = video["PCISLOT"]
            name = found[slot if slot.count(":") == 2 else f"0000:{slot}"]
            assert name.startswith(video["CHIPSET"].split()[0])

    def test_cpuinfo(cpuinfo: Path) -> None:
        text = cpuinfo.read_text("utf-8", errors="replace")
        found = CpuInfo().parse(Tree({"proc/cpuinfo": text.encode()})).hardware.cpu
        assert found.threads
        assert (found.sockets or 1) <= (found.cores or found.threads) <= found.threads
        names = {
            one["NAME"] for family in ("i386", "arm") for one in answers("linux/cpu")[family].get(cpuinfo.name, ())
        }
        assert not names - {None} or names == {found.model}

    def test_packaging(packaging: Path) -> None:
        text = packaging.read_text("utf-8")
        theirs = answers("linux/softwares")
        if packaging.name == "dpkg":  # their columns: package, architecture, version, size, section
            rows = [line.split("\t") for line in text.splitlines()]
            installs = DpkgPackages().parse("".join(f"{state(row)} \t{row[0]}\t{row[2]}\t\n" for row in rows)).installs
            wanted = {(one["NAME"], one["VERSION"]) for one in theirs["deb_packages"]}
            assert {(one.name, one.version) for one in installs} == wanted
        elif packaging.name == "flatpak":  # they ask for one column less
            installs = Flatpaks().parse("".join(f"{line}\t\n" for line in text.splitlines())).installs
            assert len(installs) == len(text.splitlines())
            assert {one.identifier for one in installs if one.per_user} >= {"org.gaphor.Gaphor"}
        else:
            installs = Snaps().parse(text).installs
            assert {one.name for one in installs if not one.hidden} == {one["NAME"] for one in theirs["snap_packages"]}
            assert {one.name: one.version for one in installs}["scrcpy"] == "v1.10"

    def test_registry_exports(exported: Path) -> None:
        registry = RegText(exported.read_bytes())
        assert registry.all, "the reader of the cases reads what Windows exports"
