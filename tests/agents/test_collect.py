"""The report as a whole: what fails stands in it, what is unknown is never "none", what is sent is clean."""

import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.collect import LONGEST, clean_text, collect, impersonal
from agents.machine import Machine
from agents.probe import Call, Command, Found, Part, Probe
from agents.report import Hardware, Platform, RawInstall, Report, canonical, sections
from agents.shell import Shell
from tests.agents.machines import RegText, plant, tool

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CASES = Path(__file__).parent / "cases"
CALLS = {
    "hostname": lambda: "b12-07",
    "boot_time": lambda: 1795430307.0,
    "memory": lambda: 16_000_000_000,
    "interfaces": lambda: ({"name": "lo", "mac": "", "permanent": "", "addresses": ["127.0.0.1"]},),
    "volumes": tuple,
    "kernel": lambda: {"release": "6.12", "architecture": "x86_64"},
    "language": lambda: "",
}


def machine(root: Path, **more: Any) -> Machine:
    return Machine(root, shell=Shell([str(root / "tools")]), calls=CALLS, platform=Platform.LINUX, **more)


def reasons(report: Report) -> dict[str, str]:
    return {failure.probe: failure.reason for failure in report.failures}


def test_an_empty_machine_says_that_it_knows_nothing(tmp_path: Path) -> None:
    report = collect(machine(tmp_path), now=NOW)
    assert set(report.hardware.unasked) >= {
        "cpu",
        "gpus",
        "disks",
        "displays",
        "maker",
        "model",
        "chassis",
        "tpm",
        "virtual",
    }
    assert "memory" not in report.hardware.unasked, "MemTotal still answers"
    assert report.hardware.memory == 16_000_000_000
    assert report.system.unasked == ("language", "name", "release") or "name" in report.system.unasked
    assert report.software.unasked == (), "no manager, no list"
    assert report.identity.hostname == "b12-07"
    assert report.vitals.booted_at == datetime.fromtimestamp(1795430307, UTC)


def test_a_machine_of_files(tmp_path: Path) -> None:
    for case in ("dmi/desktop_as_root", "cpu/two_cores_four_threads", "disks/none", "battery/laptop_worn", "tpm/two"):
        plant(tmp_path, (CASES / f"{case}.raw").read_text())
    report = collect(machine(tmp_path), now=NOW)
    assert report.hardware.model == "OptiPlex 7090"
    assert report.hardware.cpu.cores == 2
    assert report.hardware.tpm == "2.0"
    assert report.vitals.battery
    assert report.hardware.disks == ()
    assert not {"disks", "cpu", "tpm", "battery", "model"} & set(report.hardware.unasked)


def test_tools_that_fail_hang_or_babble_leave_their_list_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path / "tools", "dpkg-query", "echo nonsense")
    tool(tmp_path / "tools", "rpm", "echo 'error: /home/pat.doe/db: database locked' >&2; exit 3")
    tool(tmp_path / "tools", "flatpak", "/bin/sleep 60 & /bin/sleep 60")
    tool(tmp_path / "tools", "snap", "printf 'Name  Version  Rev  Tracking  Publisher  Notes\\nx  1  1  s  p  -\\n'")
    monkeypatch.setattr("agents.probes.linux_flatpak.Flatpaks.question", Command(("flatpak", "list"), seconds=0.2))
    report = collect(machine(tmp_path), now=NOW)
    assert report.software.unasked == ("dpkg", "flatpak", "rpm")
    assert [install.name for install in report.software.installs] == ["x"]
    assert reasons(report)["flatpak"] == "flatpak: timed out after 0.2 s"
    assert reasons(report)["rpm"] == "rpm: exit status 3: error: /home/…/db: database locked"
    assert reasons(report)["dpkg"].startswith("its answer makes no sense")


def test_an_optional_part_that_fails_costs_only_itself(tmp_path: Path) -> None:
    plant(tmp_path, (CASES / "gpus/intel_and_nvidia.raw").read_text().split("=== ")[1].removeprefix("files\n"))
    tool(tmp_path / "tools", "nvidia-smi", "echo 'NVIDIA-SMI has failed' >&2; exit 9")
    report = collect(machine(tmp_path), now=NOW)
    assert [gpu.name for gpu in report.hardware.gpus] == ["Intel [8086:9a49]", "NVIDIA [10de:25a0]"]
    assert reasons(report)["gpus"] == "nvidia-smi: exit status 9: NVIDIA-SMI has failed"
    assert "gpus" in report.hardware.unasked, "a part of the answer is missing"


class Breaking(Probe[Any]):
    """Trips over whatever it is given."""

    name, part, feeds, question = "breaking", Part.HARDWARE, ("tpm",), Call("hostname")
    problem: Exception = RuntimeError("boom")

    def parse(self, answer: Any) -> Found:
        raise self.problem


class Dirty(Probe[Any]):
    """Answers with the worst of texts."""

    name, part, feeds, question = "dirty", Part.SOFTWARE, ("dirty",), Call("hostname")
    installs: tuple[RawInstall, ...] = ()

    def parse(self, answer: Any) -> Found:
        return Found(installs=self.installs, hardware=Hardware(maker="A\x1b[31m\r\nB\x00\u202e", model="m" * 9999))


@pytest.mark.parametrize(
    "problem", [RuntimeError("x"), KeyError("x"), RecursionError(), UnicodeDecodeError("utf-8", b"", 0, 1, "x")]
)
def test_no_exception_of_a_probe_costs_the_report(tmp_path: Path, problem: Exception) -> None:
    probe = Breaking()
    probe.problem = problem
    report = collect(machine(tmp_path), now=NOW, probes=(probe,))
    assert report.hardware.unasked == ("tpm",)
    assert report.failures[0].section == "hardware"
    assert "x" not in report.failures[0].reason.split(), "texts of strangers' exceptions are not sent"


def test_texts_are_one_clean_line_and_installs_sorted_and_once(tmp_path: Path) -> None:
    probe = Dirty()
    probe.installs = tuple(RawInstall(name, source="dirty", publisher="p" * 600) for name in ("b\n", "a", "b", " b "))
    report = collect(machine(tmp_path), now=NOW, probes=(probe,))
    assert report.hardware.maker == "A[31m  B"
    assert len(report.hardware.model) == LONGEST
    assert [install.name for install in report.software.installs] == ["a", "b"]


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_printable_short_and_settled(text: str) -> None:
    once = clean_text(text)
    assert once.isprintable()
    assert len(once) <= LONGEST
    assert clean_text(once) == once


def test_reasons_name_no_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "pat.doe")
    for text in (
        "/home/pat.doe/x: no",
        r"C:\Users\pat.doe\x",
        "/Users/pat.doe: y",
        "user pat.doe unknown\nsecond line",
    ):
        told = impersonal(text)
        assert "pat" not in told
        assert "\n" not in told


def test_sections_of_like_machines_are_alike(tmp_path: Path) -> None:
    """Serials and addresses stand outside of the sections: two machines of a batch differ in identity only."""
    raw = (CASES / "dmi/desktop_as_root.raw").read_text()
    for name, text in (("one", raw), ("two", raw.replace("LABX007", "LABX008").replace("000001", "000002"))):
        plant(tmp_path / name, text)
    one, two = (collect(machine(tmp_path / name), now=NOW) for name in ("one", "two"))
    assert one.identity != two.identity
    assert {part: canonical(body) for part, body in sections(one).items()} == {
        part: canonical(body) for part, body in sections(two).items()
    }


def test_a_windows_machine_is_carried_by_the_same_collector(tmp_path: Path) -> None:
    registry = RegText((CASES / "uninstall/both_views_and_a_user.raw").read_bytes())
    there = Machine(tmp_path, calls=CALLS, registry=registry, platform=Platform.WINDOWS)
    report = collect(there, now=NOW)
    assert report.system.platform is Platform.WINDOWS
    assert [install.source for install in report.software.installs] == ["uninstall"] * 4
    assert not report.failures


def test_a_registry_that_cannot_be_read_is_unasked(tmp_path: Path) -> None:
    class Closed(RegText):
        def keys(self, hive: str, path: str, view: int) -> tuple[str, ...]:
            raise PermissionError(13, "Access is denied")

    report = collect(Machine(tmp_path, calls=CALLS, registry=Closed(b""), platform=Platform.WINDOWS), now=NOW)
    assert report.software.unasked == ("uninstall",)


def test_this_very_machine_answers() -> None:
    report = collect(Machine(), now=NOW)
    assert report.identity.hostname == os.uname().nodename.split(".")[0]
    assert report.hardware.cpu.threads == os.cpu_count() or report.hardware.cpu.threads
    assert report.vitals.volumes
    assert report == dataclasses.replace(report), "and is plain data"


def test_a_host_of_hundreds_of_containers_sends_what_the_server_takes(tmp_path: Path) -> None:
    def adapters() -> tuple[dict[str, Any], ...]:
        made = [f"veth{number}" for number in range(400)]
        return tuple({"name": name, "mac": "", "permanent": "", "addresses": []} for name in (*made, "eth0"))

    def mounts() -> tuple[dict[str, Any], ...]:
        made = [f"/srv/{number}" for number in range(400)]
        size = {"size": 10, "free": 5}
        return tuple({"device": f"dev{at}", "mount": at, "type": "ext4", **size} for at in (*made, "/"))

    calls = {**CALLS, "interfaces": adapters, "volumes": mounts}
    there = Machine(tmp_path, shell=Shell([str(tmp_path / "tools")]), calls=calls, platform=Platform.LINUX)
    report = collect(there, now=NOW)
    assert len(report.interfaces) == len(report.vitals.volumes) == 250
    assert "eth0" in {one.name for one in report.interfaces}
    assert "/" in {one.mount for one in report.vitals.volumes}
