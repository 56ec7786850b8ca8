"""`labfleet license` and `labfleet roster`, from files in to positions out, on a district of four devices."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from cli.main import main
from fleet.district import district_session, make_district
from fleet.settings import load
from inventory.devices import DeviceRow, PlacementRow
from inventory.place_list import import_places
from inventory.places import StationRow

LABS = """site,lab,pathways,stations
MUIR,B12,152,3
OAK,A1,113,1
"""
BOUGHT = """title,metric,quantity,start,end,scope,purchase_order
Autodesk Revit,device,2,2026-07-01,2027-06-30,lab:muir/b12,PO-1
aec-collection,device,1,2026-07-01,2027-06-30,site:OAK,PO-2
creative-cloud-all-apps,named_user,25,2026-07-01,2027-06-30,,PO-3
photoshop,device,9,2025-07-01,2026-06-30,,PO-0
"""
SECTIONS = """site,lab,pathway,course,section,start,end,headcount
MUIR,B12,152,152B,3,2026-08-17,2026-12-18,28
"""
NAME_OF_A_STUDENT = "Quincy Doe"


class Desk:
    """An operator's terminal on one district."""

    def __init__(self, home: Path, output: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.output = output

    def file(self, name: str, body: str) -> str:
        path = self.home / name
        path.write_text(body)
        return str(path)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The exit status, standard output and standard error of one command line."""
        self.output.readouterr()
        status = main(["--home", str(self.home), *arguments])
        said = self.output.readouterr()
        return status, said.out, said.err

    def position(self, title: str, *more: str) -> dict[str, Any]:
        status, out, err = self.run(
            "license", "position", "--title", title, "--on", "2026-11-23", "--json", "--devices", *more
        )
        assert (status, err) == (0, "")
        (position,) = json.loads(out)["positions"]
        assert isinstance(position, dict)
        return position


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    settings = load(tmp_path)
    make_district(settings)
    desk = Desk(tmp_path, capsys)
    labs = Path(desk.file("labs.csv", LABS))
    with district_session(settings) as session:
        import_places(session, labs, pathways={"113", "152"})
        for station in session.exec(select(StationRow)).all():
            device = DeviceRow(name=f"PC-{station.id}", site_id=1)
            session.add(device)
            session.flush()
            assert device.id is not None
            session.add(
                PlacementRow(device_id=device.id, lab_id=station.lab_id, station_id=station.id, since=settings.now())
            )
    return desk


def test_templates_are_printed_without_a_district(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "template"]) == 0
    assert main(["roster", "template"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if "start" in line]
    assert [head.split(",")[:3] for head in heads] == [["title", "metric", "quantity"], ["site", "lab", "pathway"]]


def test_a_file_is_imported_once(desk: Desk) -> None:
    file = desk.file("bought.csv", BOUGHT)
    assert desk.run("license", "import", file) == (0, "4 purchases added\n", "")
    assert desk.run("license", "import", file) == (0, "4 unchanged\n", "")
    status, out, _ = desk.run("license", "list", "--on", "2026-11-23")
    assert status == 0
    assert [line.split()[-1] for line in out.splitlines()[1:]] == ["runs", "runs", "ended", "runs"]


def test_a_bad_row_is_named_and_nothing_is_written(desk: Desk) -> None:
    bad = desk.file("bought.csv", BOUGHT + "Blendr,device,-1,1/2/2026,,nowhere,PO-9\n")
    status, out, err = desk.run("license", "import", bad)
    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("error: bought.csv row 6, ") for line in lines)
    assert json.loads(desk.run("license", "list", "--json")[1]) == []


def test_positions_open_to_devices(desk: Desk) -> None:
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    revit = desk.position("revit")
    assert (revit["entitled"], revit["needed"], revit["unheard"], revit["short"]) == (2, 3, 3, 1)
    for name in ("needed", "installed", "missing", "idle", "unheard", "over", "last_known"):
        assert len(revit["devices"][name]) == revit[name]
    assert len(revit["devices"]["uncovered"]) == revit["short"]
    assert revit["devices"]["uncovered"][0]["lab"] == "MUIR/B12"


def test_seats_of_another_site_do_not_help(desk: Desk) -> None:
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    suite = desk.position("aec-collection")
    assert (suite["suite"], suite["entitled"], suite["short"]) == (True, 1, 3)


def test_what_is_not_known_is_never_zero(desk: Desk) -> None:
    """Named users of a suite, and no section known."""
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    shop, suite = desk.position("photoshop"), desk.position("creative-cloud-all-apps")
    assert (shop["entitled"], shop["short"], shop["short_at_least"], shop["short_at_most"], shop["enough"]) == (
        0,
        None,
        0,
        None,
        None,
    )
    assert suite["people"] == {"at_least": 0, "at_most": None}
    assert "until 2026-06-30: no longer counted" in shop["notes"][-1]
    assert "0 or more short" in desk.run("license", "position", "--on", "2026-11-23")[1]


def test_check_ends_with_three_unless_surely_enough(desk: Desk) -> None:
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    ask = ("license", "position", "--on", "2026-11-23", "--check", "--title")
    assert desk.run(*ask, "revit")[0] == 3
    assert desk.run(*ask, "photoshop")[0] == 3
    desk.run("license", "import", desk.file("more.csv", BOUGHT.splitlines()[0] + "\nrevit,site,,2026-07-01,,,PO-7\n"))
    assert desk.run(*ask, "revit")[0] == 0


def test_devices_are_listed_by_lab_and_station(desk: Desk) -> None:
    out = desk.run("license", "position", "--title", "Autodesk Revit", "--devices", "--on", "2026-11-23")[1]
    assert next(line.split()[:3] for line in out.splitlines() if "station 2" in line) == ["MUIR/B12", "station", "2"]
    assert "Adobe" not in out


def test_an_unknown_title_is_one_line_and_a_hint(desk: Desk) -> None:
    status, out, err = desk.run("license", "position", "--title", "Photosop")
    assert (status, out) == (1, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["error", "hint"]
    assert "Adobe Photoshop" in err


def test_a_roster_is_imported_and_listed(desk: Desk) -> None:
    file = desk.file("sections.csv", SECTIONS)
    assert desk.run("roster", "import", file)[:2] == (0, "1 section added\n")
    assert desk.run("roster", "import", file)[:2] == (0, "1 unchanged\n")
    (section,) = json.loads(desk.run("roster", "list", "--on", "2026-11-23", "--json")[1])
    assert (section["lab"], section["headcount"]) == ("MUIR/B12", 28)
    assert json.loads(desk.run("roster", "list", "--on", "2027-01-01", "--json")[1]) == []


def test_a_roster_is_the_whole_truth_for_its_labs_and_terms(desk: Desk) -> None:
    """A corrected course is one section, not two; another lab and another term keep theirs."""
    other = (
        "MUIR,B12,152,152B,3,2027-01-11,2027-05-28,20\nMUIR,B12,152,152C,1,2026-08-17,2026-12-18,9\n"
        "OAK,A1,113,113A,1,2026-08-17,2026-12-18,7\n"
    )
    desk.run("roster", "import", desk.file("all.csv", SECTIONS + other))
    row = "MUIR,B12,152,152C,1,2026-08-17,2026-12-18,9\n"
    mended = desk.file("mended.csv", SECTIONS.replace("152B", "152D") + row)
    assert desk.run("roster", "import", mended)[:2] == (0, "1 section added, 1 removed, 1 unchanged\n")
    kept = json.loads(desk.run("roster", "list", "--on", "2026-11-23", "--json")[1])
    assert [(one["course"], one["headcount"]) for one in kept] == [("152C", 9), ("152D", 28), ("113A", 7)]
    assert len(json.loads(desk.run("roster", "list", "--on", "2027-02-01", "--json")[1])) == 1


def test_a_roster_with_students_leaves_no_trace(desk: Desk) -> None:
    head, row = SECTIONS.splitlines()
    status, out, err = desk.run(
        "roster", "import", desk.file("s.csv", f"{head},Student Name\n{row},{NAME_OF_A_STUDENT}\n")
    )
    assert (status, out) == (1, "")
    assert "Student Name" in err
    assert NAME_OF_A_STUDENT not in err
    assert NAME_OF_A_STUDENT.encode() not in (desk.home / "labfleet.db").read_bytes()
    assert json.loads(desk.run("roster", "list", "--on", "2026-11-23", "--json")[1]) == []


def test_what_is_in_order_is_counted_not_listed(desk: Desk) -> None:
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    enough = desk.file("more.csv", BOUGHT.splitlines()[0] + "\nmaya,device,1,2026-07-01,,,PO-8\n")
    desk.run("license", "import", enough)
    said = desk.run("license", "position", "--on", "2026-11-23")[1]
    assert "Autodesk Maya" not in said
    assert " in order: --all shows them" in said
    everything = desk.run("license", "position", "--on", "2026-11-23", "--all")[1]
    assert "Autodesk Maya" in everything
    assert "--all shows them" not in everything
    listed = json.loads(desk.run("license", "position", "--on", "2026-11-23", "--json")[1])["positions"]
    assert "maya" in {one["title"] for one in listed}


def test_a_position_says_in_words_what_there_is_to_look_at(desk: Desk) -> None:
    desk.run("license", "import", desk.file("bought.csv", BOUGHT))
    said = desk.run("license", "position", "--on", "2027-06-01")[1]
    (line,) = [line for line in said.splitlines() if line.startswith("Autodesk Revit ")]
    assert line.split(maxsplit=5)[2:] == ["2", "3", "0", "✗ 1 short; 3 unheard; ends"]  # the day is below
    explained = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    assert {"short", "unheard", "ends"} <= set(explained)
    assert "idle" not in explained


def test_an_exam_is_asked_for_as_readiness_asks(desk: Desk) -> None:
    assert "SOLIDWORKS" not in desk.run("license", "position", "--on", "2026-11-23", "--all")[1]
    assert "SOLIDWORKS" in desk.run("license", "position", "--on", "2026-11-23", "--exam", "cswa")[1]
    assert desk.run("license", "position", "--exam", "cswaa")[2].startswith("error: no exam 'cswaa'")
