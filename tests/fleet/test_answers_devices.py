"""One device as `labfleet device show` tells it."""

from dataclasses import replace
from pathlib import Path

import pytest

from agents.report import Disk
from cli.main import main
from fleet.answers.devices import find_device
from fleet.district import district_session
from tests.check_ins import REVIT, WORKSTATION
from tests.fleet.small_district import District


def test_titles_by_name_and_each_release_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two entries of one release are one line with both versions; an unknown kind of disk is left out."""
    district = District(tmp_path / "home")
    hardware = replace(WORKSTATION, disks=(Disk(size=274_877_906_944),))
    later = replace(REVIT, version=f"{REVIT.version}.1")
    district.hear(1, installs=(REVIT, later), hardware=hardware)
    with district_session(district.settings) as session:
        (revit,) = find_device(session, district.settings, "1").titles
    assert (revit.title, revit.name) == ("revit", "Autodesk Revit")
    assert revit.versions == (REVIT.version, later.version)
    assert main(["--home", str(district.home), "device", "show", "1"]) == 0
    said = capsys.readouterr().out
    (disks,) = [line for line in said.splitlines() if line.startswith("Disks")]
    assert disks.removeprefix("Disks").strip() == "275 GB"
    assert f"{REVIT.version}, {later.version}" in said
