"""`labfleet license allocate` on a district of two labs: the proof, the causes, what to buy, and what is kept."""

import json
from pathlib import Path

import pytest

from cli.main import main
from fleet.district import district_session, make_district
from fleet.purchases import import_purchase_file
from fleet.rosters import import_roster_file
from fleet.settings import load
from inventory.place_list import import_places
from licenses.store.allocations import allotted

LABS = "site,lab,pathways,stations\nMUIR,B12,900,12\nMUIR,C3,900,12\n"
PATHWAY = """code = "900"
name = "Drafting"
sector = "Engineering"
platforms = ["windows"]
mark = "test"
[marks.test]
source = "a test"
as_of = 2026-11-01
verified = false
[[courses]]
code = "900A"
name = "Introduction"
level = "introductory"
[[needs]]
title = "revit"
level = "required"
mark = "test"
[floor]
memory = "16 GB"
mark = "test"
[preferred]
memory = "16 GB"
mark = "test"
"""
BOUGHT = (
    "title,metric,quantity,start,end,scope,purchase_order,cost\nrevit,device,20,2026-07-01,2027-06-30,,PO-1,400.00\n"
)
SECTIONS = """site,lab,pathway,course,section,period,start,end,headcount
MUIR,B12,900,900A,1,1,2026-08-17,2027-06-04,12
MUIR,C3,900,900A,2,2,2026-08-17,2027-06-04,11
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    settings = load(tmp_path)
    make_district(settings)
    (tmp_path / "pathways").mkdir(exist_ok=True)
    (tmp_path / "pathways" / "900.toml").write_text(PATHWAY)
    for name, text in (("labs.csv", LABS), ("bought.csv", BOUGHT), ("sections.csv", SECTIONS)):
        (tmp_path / name).write_text(text)
    with district_session(settings, write=True) as session:
        import_places(session, tmp_path / "labs.csv", pathways={"900"})
    with district_session(settings, write=True) as session:
        import_purchase_file(session, settings, tmp_path / "bought.csv")
        import_roster_file(session, settings, tmp_path / "sections.csv")
    return tmp_path


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), "license", "allocate", "--on", "2026-11-23", *arguments])


def test_it_says_who_goes_without_why_and_what_to_buy(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(home) == 0
    said = capfd.readouterr().out
    assert "MUIR/B12 and MUIR/C3 compete for 20 seats of Autodesk Revit" in said
    assert "$60.00" in said
    assert "HiGHS" not in said
    assert run(home, "--check") == 3


def test_json_is_one_document_and_the_same_each_time(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    documents = []
    for _ in range(2):
        assert run(home, "--json") == 0
        documents.append(capfd.readouterr().out)
    assert documents[0] == documents[1]
    found = json.loads(documents[0])
    assert found["proven"]
    assert [(one["aim"], one["value"], one["bound"]) for one in found["stages"]][:2] == [
        ("sections", 1, 1),
        ("students", 12, 12),
    ]
    assert found["purchase"]["seats"] == [{"product": "revit", "held_by": "station", "seats": 3, "seat_cents": 2000}]


def test_nothing_is_written_unless_it_is_kept(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(home) == 0
    with district_session(load(home)) as session:
        assert allotted(session) == ()
    for _ in range(2):
        assert run(home, "--keep") == 0
        with district_session(load(home)) as session:
            kept = allotted(session)
        assert sum(one.seats for one in kept) == 20
    capfd.readouterr()
    run(home, "--json")
    assert {one["aim"]: one["value"] for one in json.loads(capfd.readouterr().out)["stages"]}["moved"] == 0


def test_a_section_is_explained(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(home, "--explain", "MUIR/C3") == 0
    said = capfd.readouterr().out
    assert "900A/2: 8 of 11 served; lacks Autodesk Revit for 3" in said
    assert "if     MUIR/C3 900A/2 had to be taught: 11 students in them instead of 12" in said
    assert run(home, "--explain", "Z9") == 1
    assert "no lab and no section 'Z9'" in capfd.readouterr().err


def test_what_does_not_run_all_term_is_no_seat(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["--home", str(home), "license", "allocate", "--from", "2027-05-01", "--to", "2027-07-15", "--json"]
    assert main(arguments) == 0
    assert json.loads(capfd.readouterr().out)["stages"][0]["value"] == 0
    assert run(home, "--from", "2027-05-01") == 2
