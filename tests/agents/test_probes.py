"""Every probe reads its cases: pairs of what a machine said (`.raw`) and what that means (`.json`)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agents.errors import QuestionFailed
from agents.probe import Found, Part, Probe, Tree
from agents.probes import PROBES
from agents.report import Hardware, Platform, System, plain
from tests.agents.machines import answer_of

CASES = Path(__file__).parent / "cases"
BY_NAME = {probe.name: probe for probe in PROBES}
FOUND = sorted(path.relative_to(CASES) for path in CASES.glob("*/*.raw"))


@pytest.mark.parametrize("case", FOUND, ids=str)
def test_a_probe_reads_its_case(case: Path) -> None:
    probe = BY_NAME[case.parent.name]
    found = probe.parse(answer_of(probe.question, (CASES / case).read_bytes()))
    assert plain(found) == json.loads((CASES / case).with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_every_probe_has_a_case(probe: Probe[Any]) -> None:
    assert list((CASES / probe.name).glob("*.raw")), f"add tests/agents/cases/{probe.name}/….raw"


def test_the_registry_is_complete_and_its_names_are_distinct() -> None:
    def leaves(kind: type[Any]) -> set[type[Any]]:
        return {kind}.union(*(leaves(below) for below in kind.__subclasses__())) - {Probe}

    assert {type(probe) for probe in PROBES} == {
        kind for kind in leaves(Probe) if kind.__module__.startswith("agents.")
    }
    assert len(BY_NAME) == len(PROBES)


def test_what_a_probe_feeds_is_a_field_of_the_report() -> None:
    fields = {name for kind in (Hardware, System) for name in kind.__dataclass_fields__}
    for probe in PROBES:
        if probe.part in {Part.HARDWARE, Part.SYSTEM}:
            assert probe.feeds, probe.name
            assert set(probe.feeds) <= fields, probe.name
        assert probe.platforms <= frozenset(Platform)


GARBAGE = "Segmentation fault\x00\tin libnothing\nline two\t\t\t\t\t\t\t\n"


@pytest.mark.parametrize("name", ["dpkg", "rpm", "flatpak", "snap", "dmidecode"])
def test_garbage_is_never_read_as_an_empty_list(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them is the parser's own affair
        BY_NAME[name].parse(GARBAGE)


@pytest.mark.parametrize(
    "name", ["dmi", "gpus", "disks", "displays", "battery", "tpm", "firmware", "cpu", "machine-id"]
)
def test_a_machine_without_sysfs_is_unknown_and_not_without_parts(name: str) -> None:
    nothing = (Tree(), None, None) if name == "gpus" else Tree()
    with pytest.raises(QuestionFailed):
        BY_NAME[name].parse(nothing)


def test_a_tpm_that_the_kernel_does_not_drive_is_not_none() -> None:
    with pytest.raises(QuestionFailed):
        BY_NAME["tpm"].parse(Tree(names=frozenset({"sys/class/tpm", "sys/firmware/acpi/tables/TPM2"})))


def test_no_case_names_a_person() -> None:
    for case in FOUND:
        told = (CASES / case).with_suffix(".json").read_text("utf-8")
        assert "pat.doe" not in told
        assert "S-1-5-21" not in told
        assert not re.search(r"\w@\w", told), "an e-mail address"


def test_nothing_found_says_nothing() -> None:
    assert plain(Found()) == {}
