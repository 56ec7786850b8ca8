"""Asking licence servers with their tools: real processes that answer, hang, flood, fail and start others."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fleet.answers.license_use import license_use
from fleet.district import district_session, make_district
from fleet.license_servers import NothingToCount, StatusFileError, import_status, poll, read_file
from fleet.license_tool import NotAsked, Printed, run_tool
from fleet.settings import Settings, load
from inventory.titles import UnknownTitle
from licenses.store.use import LicenseServer, add_server, peaks, states

CASES = Path(__file__).resolve().parents[1] / "licenses" / "cases" / "servers"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = load(tmp_path / "home", clock=datetime(2026, 11, 23, 16, 40, tzinfo=UTC))
    make_district(found)
    return found


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def _tool(folder: Path, script: str, name: str = "lmutil") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _add(settings: Settings, name: str = "cad", kind: str = "flexnet", address: str = "27000@lic1") -> None:
    with district_session(settings, write=True) as session:
        add_server(session, LicenseServer(name, kind, address, "MUIR"))


def test_a_tool_gets_its_arguments_and_no_shell(settings: Settings, tools: Path) -> None:
    _tool(tools, f'printf "%s\\n" "$@" > {tools}/asked; cat {CASES}/flexnet_autodesk_package.raw')
    _add(settings, address="27000@lic1; touch x")
    (polled,) = poll(settings, tools=tools)
    assert (tools / "asked").read_text().splitlines() == ["lmstat", "-a", "-c", "27000@lic1; touch x"]
    assert (polled.state, polled.features, polled.unread_lines) == ("up", 3, 0)
    with district_session(settings) as session:
        peak = peaks(session, START)["autocad"]
        assert states(session)["cad"].state == "up"
    assert (peak.in_use, peak.issued, peak.queued, peak.source, peak.polls) == (3, 25, 1, "cad", 1)
    assert peak.at == settings.now().replace(minute=0, second=0, microsecond=0)


def test_a_server_that_is_down_counts_nothing(settings: Settings, tools: Path) -> None:
    _tool(tools, f"cat {CASES}/flexnet_down.raw; exit 241")
    _add(settings)
    (polled,) = poll(settings, ["cad"], tools=tools)
    assert (polled.state, polled.reason, polled.features) == ("down", "the server gave no answer (-15)", 0)
    with district_session(settings) as session:
        assert peaks(session, START) == {}
        assert states(session)["cad"].state == "down"


def test_one_server_that_fails_keeps_no_other_from_being_asked(settings: Settings, tools: Path) -> None:
    _tool(tools, f"cat {CASES}/rlm_two_isvs.raw", name="rlmutil")
    _add(settings)
    _add(settings, "foundry", "rlm", "5053@lic3")
    cad, foundry = poll(settings, tools=tools)
    assert cad.state == "unknown"
    assert cad.reason.startswith(f"lmutil was not found in {tools}")
    assert foundry.state == "degraded"
    with district_session(settings) as session:
        assert peaks(session, START)["nuke"].in_use == 12


def test_a_tool_that_hangs_is_ended_with_what_it_started(tools: Path) -> None:
    _tool(tools, f"sleep 60 & echo $! > {tools}/child; wait")
    begun = time.monotonic()
    assert run_tool(("lmutil",), seconds=1, folder=tools) == NotAsked("lmutil did not end within 1 s")
    assert time.monotonic() - begun < 10
    child = int((tools / "child").read_text())
    for _ in range(50):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        # An ended child may wait to be reaped by init.
        if (Path("/proc") / str(child) / "stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("what the tool started still runs")


def test_a_tool_that_floods_is_ended(tools: Path) -> None:
    _tool(tools, "exec cat /dev/zero")
    begun = time.monotonic()
    found = run_tool(("lmutil",), seconds=60, folder=tools, most_bytes=1_000_000)
    assert found == NotAsked("lmutil printed more than 1,000,000 bytes")
    assert time.monotonic() - begun < 10


def test_what_a_tool_says_on_standard_error_is_read_too(tools: Path) -> None:
    _tool(tools, "echo 'Error getting status: Cannot connect to license server system. (-15,570)' >&2; exit 1")
    found = run_tool(("lmutil",), seconds=10, folder=tools)
    assert isinstance(found, Printed)
    assert b"(-15,570)" in found.data


def test_a_tool_that_says_nothing_or_is_none(tools: Path) -> None:
    _tool(tools, "exit 7")
    assert run_tool(("lmutil",), seconds=10, folder=tools) == NotAsked("lmutil ended with status 7 and printed nothing")
    (tools / "lmutil").write_bytes(b"\x7fELF no")
    found = run_tool(("lmutil",), seconds=10, folder=tools)
    assert isinstance(found, NotAsked)
    assert "cannot be run" in found.reason


def test_a_debug_log_is_counted_at_its_own_hours(settings: Settings) -> None:
    _add(settings)
    path = CASES / "flexnet_log_midnight.raw"
    for _ in range(2):
        import_status(settings, path, "cad", zone=ZoneInfo("America/Los_Angeles"))
    with district_session(settings) as session:
        peak = peaks(session, START)["autocad"]
        found = license_use(session, settings, since=START, title="autocad")
    assert (peak.in_use, peak.denied, peak.at) == (3, 2, datetime(2027, 1, 1, 8, tzinfo=UTC))
    assert found.products[0].sites["MUIR"].denied == 2
    assert found.products[0].features[0].denied == 2


def test_a_saved_text_is_counted_at_its_own_moment(settings: Settings) -> None:
    _add(settings)
    polled = import_status(settings, CASES / "flexnet_autodesk_package.raw", "cad", zone=ZoneInfo("UTC"))
    assert polled.at == datetime(2026, 3, 26, 10, tzinfo=UTC)
    with district_session(settings) as session:
        assert peaks(session, START)["autocad"].in_use == 3
        found = license_use(session, settings, since=START)
        with pytest.raises(UnknownTitle):
            license_use(session, settings, since=START, title="autocda")
    assert [one.within for one in found.products[0].features] == ["", "autocad", "autocad"]


def test_a_text_that_counts_nothing_or_has_no_date_is_refused(settings: Settings, tmp_path: Path) -> None:
    _add(settings)
    for case in ("flexnet_file_supersede", "rlm_two_isvs", "none_of_them"):
        with pytest.raises(NothingToCount):
            import_status(settings, CASES / f"{case}.raw", "cad")
    with pytest.raises(StatusFileError):
        read_file(tmp_path, settings)
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert import_status(settings, CASES / "rlm_two_isvs.raw", "cad", at=at).at == at
