"""The demonstration whole: real importers, a server that really runs, the real agent, and the three answers."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from socket import gethostname

import pytest
from sqlmodel import Session

from fleet.answers.devices import device_conflicts, device_history, find_device, list_devices
from fleet.answers.positions import positions
from fleet.answers.readiness import lab_readiness
from fleet.answers.refresh import devices_due
from fleet.demo.district import CLONES, NEVER_HEARD
from fleet.demo.folder import MARKER
from fleet.demo.here import AgentFailed, ServerFailed, report_this_machine, running_server
from fleet.demo.run import NotOwnDatabase, ThisMachine, run_demo
from fleet.district import open_district
from fleet.gap import Code, State
from fleet.readiness import LabReadiness
from fleet.settings import Settings, load
from inventory.identity import Outcome
from inventory.views import Heard
from licenses.amount import Between
from licenses.position import Position

LABFLEET = (sys.executable, "-I", "-m", "cli")
DAY = date(2026, 11, 23)
EXAM_DAY = date(2027, 5, 10)


@dataclass(frozen=True)
class Demo:
    """A demonstration that was made, and what was said meanwhile."""

    home: Path
    machine: ThisMachine
    said: tuple[str, ...]

    @property
    def settings(self) -> Settings:
        return load(self.home)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "labfleet-demo"
    said: list[str] = []
    machine = run_demo(home, labfleet=LABFLEET, say=said.append)
    return Demo(home, machine, tuple(said))


@pytest.fixture
def session(demo: Demo) -> Iterator[Session]:
    engine = open_district(demo.settings)
    with Session(engine) as session:
        yield session
    engine.dispose()


def labs(session: Session, demo: Demo, on: date = DAY) -> Mapping[str, LabReadiness]:
    return {one.lab.label: one for one in lab_readiness(session, demo.settings, on=on)}


def by_title(session: Session, demo: Demo) -> Mapping[str, Position]:
    return {one.title: one for one in positions(session, demo.settings, on=DAY)}


def test_the_clock_stands_still_and_the_folder_says_what_it_is(demo: Demo) -> None:
    assert demo.settings.now().date() == DAY
    assert "invented" in (demo.home / MARKER).read_text(encoding="utf-8")
    assert {file.name for file in demo.home.iterdir()} >= {"labs.csv", "assets.csv", "licenses.csv", "sections.csv"}
    assert [path.name for path in demo.home.parent.iterdir()] == ["labfleet-demo"]


def test_it_says_what_it_does(demo: Demo) -> None:
    assert len(demo.said) >= 5
    assert any("127.0.0.1" in line for line in demo.said)


def test_this_machine_is_one_more_device_with_the_software_it_really_has(demo: Demo, session: Session) -> None:
    device = find_device(session, demo.settings, str(demo.machine.device.id)).device

    assert device.name.split(".")[0] == gethostname().split(".")[0]
    assert device.heard(demo.settings.now(), demo.settings.stale_after) is Heard.FRESH
    assert device.hardware is not None
    assert device.system is not None
    assert device.id == max(line.id for line in list_devices(session, demo.settings))
    assert demo.machine.site == "John Muir High School"


def test_no_report_made_a_device_twice(demo: Demo, session: Session) -> None:
    lines = [one for one in list_devices(session, demo.settings) if one.id != demo.machine.device.id]
    listed = (demo.home / "assets.csv").read_text(encoding="utf-8").count("\n") - 1

    assert len(lines) == listed
    assert sum(one.heard is Heard.NEVER for one in lines) == 8


def test_the_ready_lab(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["MUIR/B12"]

    assert (lab.ready, len(lab.stations), lab.students, lab.state) == (30, 30, 30, State.READY)


def test_the_ready_lab_is_not_licensed_on_the_day_of_the_exam(demo: Demo, session: Session) -> None:
    lab = labs(session, demo, EXAM_DAY)["MUIR/B12"]

    assert lab.ready == 0
    assert {cause.code for cause in lab.causes} >= {Code.NOT_LICENSED}


def test_the_half_imaged_lab(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["MUIR/B14"]

    assert (lab.ready, lab.not_ready, lab.short) == (15, 15, 14)
    found = {(cause.code, cause.subject): cause.stations for cause in lab.causes}
    assert found[Code.NOT_INSTALLED, "revit"] == tuple(range(16, 31))
    assert found[Code.WRONG_VERSION, "autocad"] == tuple(range(16, 31))


def test_the_lab_that_is_short_by_two(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["PHS/M101"]

    assert (lab.ready, lab.not_ready, lab.students, lab.short) == (26, 2, 28, 2)
    found = {(cause.code, cause.subject): cause.stations for cause in lab.causes}
    assert found == {(Code.NOT_INSTALLED, "premiere-pro"): (9,), (Code.TOO_WEAK, "disk"): (21,)}


def test_the_lab_below_specification(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["PHS/M103"]

    assert (lab.ready, lab.not_ready) == (0, 24)
    weak = {cause.subject: len(cause.stations) for cause in lab.causes if cause.code is Code.TOO_WEAK}
    assert weak == {"memory": 4, "vram": 19}


def test_a_list_that_was_not_read_is_not_a_failure(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["PHS/D204"]

    assert (lab.ready, lab.not_ready, lab.unknown) == (27, 0, 1)
    assert [one.number for one in lab.stations if one.state is State.UNKNOWN] == [12]


def test_the_stale_lab_is_unknown(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["BLAIR/D110"]

    assert (lab.ready, lab.not_ready, lab.unknown) == (0, 0, 24)
    assert lab.state is State.UNKNOWN


def test_web_seats_are_not_counted_yet_and_two_laptops_were_never_heard(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["BLAIR/H105"]

    assert lab.state is State.UNKNOWN
    assert lab.ready == 28
    assert tuple(one.number for one in lab.stations if one.state is State.UNKNOWN) == NEVER_HEARD
    assert {licence.title for licence in lab.web} >= {"simchart", "ehr-go"}


def test_the_lab_whose_seats_are_short(demo: Demo, session: Session) -> None:
    lab = labs(session, demo)["BLAIR/M120"]

    assert lab.ready < 23
    assert Code.LICENSE_SHORT in {cause.code for cause in lab.causes}


def test_positions_show_what_is_short_idle_and_expired(demo: Demo, session: Session) -> None:
    found = by_title(session, demo)

    assert found["premiere-pro"].short == 3
    assert found["jaws"].entitled == 0
    assert found["jaws"].over_installed == 12
    assert (found["matlab"].entitled, found["matlab"].short) == (25, 0)
    assert (found["pro-tools"].entitled, found["pro-tools"].short) == (40, 0)
    assert found["lockdown-browser"].entitled is None
    assert found["revit"].short == 0
    assert found["simchart"].people == Between(28, 47)
    assert found["simchart"].short == Between(4, 23)


def test_the_refresh_list_begins_with_what_is_too_weak(demo: Demo, session: Session) -> None:
    due = devices_due(session, demo.settings).due

    assert {one.lab.label for one in due[:4] if one.lab} == {"PHS/M103"}
    assert len({tuple(reason.text for reason in one.reasons) for one in due[:10]}) >= 2
    assert all(one.cost_cents for one in due[:10])
    assert {"BLAIR-H105-L1", "BLAIR-M120-05"} <= {one.device.name for one in due}


def test_clones_are_a_conflict_and_never_merged(demo: Demo, session: Session) -> None:
    lines = [line for one in device_conflicts(session, demo.settings) for line in one.devices]

    clones = {f"BLAIR-D110-{number:02}" for number in CLONES}
    assert {line.name for line in lines} == clones
    # What more than three devices carry is taken for a value of the maker or the image, and tells nothing apart.
    assert {line.name for line in lines if line.in_conflict} >= {f"BLAIR-D110-{number:02}" for number in CLONES[:3]}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("MUIR-B12-07", Outcome.REIMAGED), ("PHS-D204-05", Outcome.RENAMED), ("BLAIR-M120-02", Outcome.SAME)],
)
def test_machines_with_a_history(demo: Demo, session: Session, name: str, outcome: Outcome) -> None:
    _, past = device_history(session, demo.settings, name)

    assert len(past.reports) == 2
    assert past.reports[-1].outcome == outcome


def test_a_setting_that_leads_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABFLEET_DATABASE", "sqlite:////nowhere/district.db")

    with pytest.raises(NotOwnDatabase, match="LABFLEET_DATABASE is set"):
        run_demo(tmp_path / "demo", labfleet=LABFLEET, say=lambda _: None)
    assert not any(tmp_path.iterdir())


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="there is no inventory"), running_server(LABFLEET, tmp_path):
        pytest.fail("was entered")  # pragma: no cover


def test_an_agent_that_is_refused_says_why(demo: Demo) -> None:
    with running_server(LABFLEET, demo.home) as url, pytest.raises(AgentFailed, match="unknown or was revoked"):
        report_this_machine(url, "not-the-secret")
