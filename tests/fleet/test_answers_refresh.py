"""`labfleet refresh list` and the answer behind it, on a small district in a database."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from agents.report import Identity
from cli import refresh as commands
from cli.district import Chosen
from fleet.answers.refresh import devices_due
from fleet.district import district_session
from fleet.refresh import Why
from inventory.devices import DeviceRow
from tests.check_ins import WORKSTATION
from tests.fleet.query_budget import at_most
from tests.fleet.small_district import ENDED, District, machine


@pytest.fixture
def district(tmp_path: Path) -> District:
    """One machine too weak, one whose system ended, one past its age and silent, one never heard."""
    made = District(tmp_path / "home")
    made.hear(1, hardware=replace(WORKSTATION, memory=8_000_000_000))
    made.hear(2, system=ENDED)
    made.hear(3, days=40)
    return made


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(district: District) -> Run:
    """Runs `labfleet refresh …` on the district; the exit status and standard output."""

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands.app, arguments, obj=Chosen(district.home))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout

    return invoke


def test_what_is_due(district: District) -> None:
    """In the order of urgency, with the prices that we ship; the silent one apart unless its age says enough."""
    with district_session(district.settings) as session, at_most(11, session.connection()):
        found = devices_due(session, district.settings)
    assert found.before == date(2028, 6, 30)
    assert [(one.device.name, [reason.why for reason in one.reasons]) for one in found.due] == [
        ("MUIR-B12-01", [Why.TOO_WEAK, Why.SYSTEM_ENDS]),
        ("MUIR-B12-02", [Why.SYSTEM_ENDED]),
        ("MUIR-B12-03", [Why.AGE]),
    ]
    assert [one.device.name for one in found.unjudged] == ["PHS-B12-01"]
    assert all(one.cost_cents for one in found.due)
    first, second, third = (one.cost_cents or 0 for one in found.due)
    assert (found.cost_cents, found.upgrade_cents) == (first + third, second)


def test_before(district: District) -> None:
    """An earlier day asks less of systems."""
    with district_session(district.settings) as session:
        found = devices_due(session, district.settings, before=date(2027, 1, 1))
    assert [reason.why for reason in found.due[0].reasons] == [Why.TOO_WEAK]


def test_text(run: Run) -> None:
    """The list, how it is sorted, the sum, and what cannot be judged."""
    status, said = run("list")
    assert status == 0
    assert "MUIR/B12 1" in said
    assert "Sorted by what hurts first" in said
    assert "3 devices of 4; planning figures before tax $" in said
    assert "Cannot judge: 1 device" in said
    assert "never heard" in said
    status, said = run("list", "--top", "1")
    assert "the first 1 shown" in said
    assert "MUIR-B12-02" not in said


def test_json(run: Run) -> None:
    """All of it, in one document."""
    status, said = run("list", "--json", "--check")
    document = json.loads(said)
    assert (status, document["due"], document["devices"][0]["reasons"][0]["why"]) == (3, 3, "too-weak")
    assert document["cannot_judge"][0]["why"] == ["never heard"]


def test_csv_is_safe_in_a_spreadsheet(district: District, run: Run) -> None:
    """A machine's name may be a formula; it must not run where the list is opened."""
    stated = machine(1).identity
    wicked = Identity(
        **{**{name: getattr(stated, name) for name in Identity.__slots__}, "hostname": "=cmd|'/c calc'!A1"}
    )
    district.hear(1, days=-0.01, identity=wicked, hardware=replace(WORKSTATION, memory=8_000_000_000))
    target = district.home / "due.csv"
    status, said = run("list", "--csv", str(target))
    assert (status, said) == (0, f"{target}: 3 devices\n")
    with target.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["device"].startswith("'=")
    assert [row["remedy"][:7] for row in rows] == ["replace", "upgrade", "replace"]
    assert rows[0]["cost_dollars"].endswith(".00")


def test_devices_of_one_lab_and_one_fate_share_a_line(district: District, run: Run) -> None:
    """Labs are bought alike; the files keep every device."""
    for number in (2, 3):
        district.hear(number, days=-0.01, hardware=replace(WORKSTATION, memory=8_000_000_000))
    with district_session(district.settings) as session:
        for device in session.exec(select(DeviceRow)):
            device.acquired_on = date(2025, 8, 1)
    said = run("list")[1]
    (line,) = [line for line in said.splitlines() if line.startswith("MUIR-B12-01 … 03 (3)")]
    assert "MUIR/B12 1–3" in line
    assert "3 × $" in line
    assert "MUIR-B12-02" not in said
    assert len(json.loads(run("list", "--json")[1])["devices"]) == 3


def test_a_reason_is_short(run: Run) -> None:
    """What it has, what is asked, since when it is over, how old it is."""
    reasons = [one["reasons"] for one in json.loads(run("list", "--json")[1])["devices"]]
    assert [[reason["text"] for reason in one] for one in reasons] == [
        ["7.5 GB memory, 16 GB asked", "Windows 11 24H2 ends 2027-10-12"],
        ["Windows 11 23H2 ended 2026-11-10"],
        ["8 years old"],
    ]
