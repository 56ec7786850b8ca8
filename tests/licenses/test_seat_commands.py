"""`license harvest`, `expiring`, `activation`, `position --with`: from files in to answers out, in a small district."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.report import RawInstall
from cli.main import main
from fleet.district import district_session
from fleet.purchases import import_purchase_file
from inventory.database import open_database
from licenses.assigned import Assigned
from licenses.rows import AssignedRow
from licenses.store.assigned import assigned
from tests.check_ins import REVIT
from tests.fleet.query_budget import at_most
from tests.fleet.small_district import District

BOUGHT = """title,metric,quantity,start,end,scope,cost,purchase_order,notice_days
autocad,device,5,2026-07-01,2027-06-30,site:MUIR,500.00,PO-2,60
maya,named_user,10,2026-07-01,2026-11-30,,1000.00,PO-3,
maya,named_user,10,2026-12-01,2027-11-30,,1200.00,PO-4,
matlab,concurrent,8,2026-07-01,2027-06-30,,,PO-5,
"""
AUTOCAD = RawInstall(
    name="Autodesk AutoCAD 2026 - English", version="25.1.60.0", publisher="Autodesk", source="registry", identifier="a"
)


class Desk:
    """An operator's terminal on the small district."""

    def __init__(self, district: District, output: pytest.CaptureFixture[str]) -> None:
        self.district = district
        self.output = output

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The exit status, standard output and standard error of `labfleet license …`."""
        self.output.readouterr()
        status = main(["--home", str(self.district.home), "license", *arguments])
        said = self.output.readouterr()
        return status, said.out, said.err

    def json(self, *arguments: str) -> Any:
        """The document that a command prints."""
        status, out, err = self.run(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    district = District(tmp_path / "home")
    district.hear(1, installs=[REVIT, AUTOCAD])
    district.hear(2, installs=[REVIT, AUTOCAD])
    with district_session(district.settings) as session:
        import_purchase_file(session, district.settings, district.file("more.csv", BOUGHT), replace_changed=False)
    return Desk(district, capsys)


def test_idle_installs_hold_seats_at_the_price_on_record(desk: Desk) -> None:
    found = desk.json("harvest")
    (idle,) = found["idle"]
    assert (idle["product"], idle["idle"], idle["seats"], idle["for"], idle["for_nobody"]) == ("autocad", 2, 2, [], 2)
    assert idle["seat_cents"] == {"low": 10_000, "high": 10_000}
    assert [(left["scope"], left["seats"]) for left in idle["left_over"]] == [("site:MUIR", 3)]
    assert idle["used"] is None, "agents report no use: not known is not unused"
    assert found["use_not_known"] == {"concurrent": ["matlab"], "named_user": ["maya"]}
    status, out, _ = desk.run("harvest", "--devices")
    assert status == 0
    assert "$200.00" in out
    assert "use not known" in out
    assert "MUIR-B12-01" in out


def test_seats_beyond_the_students_who_need_one_are_counted_never_named(desk: Desk) -> None:
    with district_session(desk.district.settings, write=True) as session:
        row = Assigned("maya", 9, 4, desk.district.settings.now().date(), "autodesk", 30)
        session.add(AssignedRow(source=row.source, product=row.product, on_day=row.on, assigned=9, active=4, days=30))
        session.flush()
        assert assigned(session)["maya"] == row
    found = desk.json("harvest")
    (one,) = found["named_user"]
    assert (one["product"], one["seats_least"], one["seats_most"]) == ("maya", 9, 9)
    assert one["report"]["active"] == 4
    assert "unassign" in found["advice"][0]["text"]


def test_what_ends_says_who_loses_it_and_what_takes_over(desk: Desk) -> None:
    found = {one["purchase"]["purchase_order"]: one for one in desk.json("expiring")["endings"]}
    assert {order: one["outcome"] for order, one in found.items()} == {
        "PO-1": "lost",
        "PO-2": "nobody loses",
        "PO-3": "taken over",
        "PO-5": "nobody loses",
    }
    assert found["PO-2"]["notice_by"] == "2027-05-01"
    assert [each["purchase_order"] for each in found["PO-3"]["taken_over_by"]] == ["PO-4"]
    assert {one["lab"] for one in found["PO-1"]["stations"]} == {"MUIR/B12", "PHS/B12"}
    assert found["PO-5"]["renewal_cents"] is None, "no price is on record"


def test_check_fails_only_where_something_needed_is_lost(desk: Desk) -> None:
    assert desk.run("expiring", "--check")[0] == 3
    assert desk.run("expiring", "--before", "2027-06-29", "--check")[0] == 0
    assert desk.run("expiring", "--before", "2027-06-30", "--check")[0] == 3, "the last day counts"


def test_a_window_without_an_end_says_so(desk: Desk) -> None:
    status, out, _ = desk.run("expiring", "--before", "2026-11-24")
    assert (status, "nothing on record ends" in out) == (0, True)


def test_activation_counts_from_the_last_class_and_names_the_rule(desk: Desk) -> None:
    found = desk.json("activation", "--to", "2027-08-16")
    by_title = {one["title"]: one for one in found["activations"]}
    assert set(by_title) == {"autocad", "revit"}
    revit = by_title["revit"]
    assert (revit["lab"], revit["last_class"], revit["lasts"]) == ("MUIR/B12", "2027-06-04", "unknown")
    assert revit["no_rule_for"] == ["site"], "no rule for a site licence: not known, and not yes"
    assert by_title["autocad"]["lasts"] == "yes"
    assert by_title["autocad"]["rules"][0]["mark"]["verified"] is False
    status, out, _ = desk.run("activation")
    assert status == 0
    assert "not known" in out or "no rule" in out


def test_activation_refuses_a_summer_that_ends_before_it_starts(desk: Desk) -> None:
    status, _, err = desk.run("activation", "--from", "2027-08-16", "--to", "2027-06-04")
    assert (status, "--to must be after --from" in err) == (2, True)


def test_thought_of_sections_take_seats_and_write_nothing(desk: Desk) -> None:
    before = desk.json("position")
    found = desk.json("position", "--with", "2 sections of Engineering Design at MUIR, 28 students")
    (understood,) = found["understood"]
    assert (understood["pathway"], understood["site"], understood["students"]) == ("152", "MUIR", [28, 28])
    assert (understood["labs_free"], understood["new_stations"]) == (["MUIR/B12"], 24)
    (revit,) = found["takes"]
    assert (revit["product"], revit["metric"], revit["more_most"], revit["free"], revit["buy"]) == (
        "revit",
        "site",
        24,
        "unlimited",
        0,
    )
    assert desk.json("position") == before
    status, out, _ = desk.run("position", "--with", "2 sections of 152 at MUIR, 28 students each", "--check")
    assert (status, "No seat is to be bought" in out) == (0, True)


def test_seats_that_end_before_the_thought_of_sections_do_are_not_enough(desk: Desk) -> None:
    late = "1 section of 152 at MUIR, 28 students from 2027-02-01 to 2027-08-31"
    status, out, _ = desk.run("position", "--with", late, "--check")
    assert (status, "Autodesk Revit ends on 2027-06-30, and the sections run until 2027-08-31" in out) == (3, True)
    status, out, _ = desk.run("position", "--with", "1 section of 152 at MUIR, 28 students", "--on", "2026-06-30")
    assert (status, "No seat is to be bought" in out) == (0, False)


def test_a_sentence_that_is_not_understood_is_one_line_and_one_hint(desk: Desk) -> None:
    status, out, err = desk.run("position", "--with", "2 sections of Engineering Desing at MUIR, 28 students")
    assert (status, out) == (1, "")
    assert "error: " in err
    assert "did you mean 152 Engineering Design" in err
    assert len(err.strip().splitlines()) == 2


@pytest.mark.parametrize("command", ["harvest", "expiring", "activation"])
def test_an_answer_takes_few_statements_however_many_devices(desk: Desk, command: str) -> None:
    from datetime import date

    from sqlmodel import Session

    from fleet.answers import harvest, horizon

    engine = open_database(desk.district.settings.database_url)
    on = date(2026, 11, 23)
    try:
        with Session(engine) as session, at_most(32, engine):
            if command == "harvest":
                harvest.harvest(session, desk.district.settings, on=on, days=30)
            elif command == "expiring":
                horizon.expiring(session, desk.district.settings, on=on)
            else:
                horizon.activations(session, desk.district.settings)
    finally:
        engine.dispose()


def test_over_a_term_the_worst_day_and_the_days_that_are_short_are_named(desk: Desk) -> None:
    found = desk.json("position", "--from", "2026-11-23", "--to", "2027-08-31", "--title", "revit")
    (revit,) = found["positions"]
    assert found["days"] == ["2026-11-23", "2026-12-01", "2027-06-05", "2027-07-01"]
    assert (revit["worst_day"], revit["entitled"], revit["enough"]) == ("2027-07-01", 0, False)
    assert revit["short_days"] == [{"from": "2027-07-01", "to": "2027-08-31"}]
    (before,) = desk.json("position", "--on", "2027-06-30", "--title", "revit")["positions"]
    assert before["enough"] is True
