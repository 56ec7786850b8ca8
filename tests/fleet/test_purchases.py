"""Purchases and vendors' exports, all the way into a district's database and out of it again."""

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, event
from sqlmodel import select

import cli.commands
from cli.district import Chosen
from cli.license import app
from cli.main import main
from fleet.district import district_session
from fleet.purchases import ImportAsked, import_licenses
from inventory.places import LabRow
from inventory.table_file import TableProblems
from licenses.exports.formats import ExportError
from licenses.rows import AllocationRow
from licenses.store.assigned import assigned, reports
from licenses.store.entitlements import entitlements
from tests.fleet.small_district import NOW, District

Said = Callable[..., tuple[int, str, str]]
CASES = Path(__file__).parents[1] / "licenses" / "cases" / "exports"
PERSONS = ("Zephyrina", "Quackenbush", "Bartholomew", "Vanterpool", "Ichabod", "Featherstone", "example.org", "KEY-")
HEAD = "title,metric,quantity,start,end,scope,cost,purchase_order,funding,cte_only\n"
TWO = HEAD + "maya,device,3,2026-07-01,2027-06-30,lab:MUIR/B12,1000,PO-7,Perkins V,\nblender,free,,2026-07-01,,,,,,\n"


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path / "home")


@pytest.fixture
def said(district: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs `labfleet license …` for the district, and says its status, output and errors."""
    tree = typer.Typer()

    @tree.callback()
    def home(context: typer.Context) -> None:
        context.obj = Chosen(district.home)

    tree.add_typer(app, name="license")
    monkeypatch.setattr(cli.commands, "app", tree)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["license", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def stored(district: District) -> dict[str, int | None]:
    with district_session(district.settings) as session:
        return {one.product: one.quantity for one in entitlements(session)}


def test_a_dry_run_shows_each_change_and_writes_nothing(district: District, said: Said) -> None:
    file = district.file("two.csv", TWO)
    status, out, _ = said("import", str(file), "--dry-run")
    assert status == 0
    assert "2 purchases would be added; nothing is written" in out
    assert stored(district) == {"revit": None}
    said("import", str(file))
    district.file("two.csv", TWO.replace("device,3", "device,4").replace("2027-06-30", "2027-12-31"))
    status, out, _ = said("import", str(file), "--dry-run", "--json")
    document = json.loads(out)
    assert (status, document["unchanged"], document["written"]) == (0, 1, None)
    assert document["changed"][0]["differs"] == [
        {"field": "quantity", "stored": "3", "file": "4"},
        {"field": "end", "stored": "2027-06-30", "file": "2027-12-31"},
    ]
    assert stored(district)["maya"] == 3


def test_all_that_is_wrong_comes_at_once_and_nothing_is_written(district: District, said: Said) -> None:
    rows = [
        "mayya,device,3,2026-07-01,,,,PO-8,,",
        "maya,device,-3,2026-07-01,,,,PO-8,,",
        "maya,device,3,07/01/2026,,,,PO-8,,",
        "maya,device,3,2026-07-01,2026-06-30,,,PO-8,,",
        "maya,device,3,2026-07-01,,,,PO-9,,",
        "maya,device,4,2026-07-01,,,,po-9,,",
    ]
    file = district.file("bad.csv", HEAD + "\n".join(rows))
    status, _, err = said("import", str(file))
    lines = [line for line in err.splitlines() if line.startswith("error: bad.csv row")]
    assert status == 1
    assert [line.split(":")[1].strip() for line in lines] == [
        "bad.csv row 2, title",
        "bad.csv row 3, quantity",
        "bad.csv row 4, start",
        "bad.csv row 5, end",
        "bad.csv row 7, purchase_order",
    ]
    assert "did you mean Autodesk Maya" in lines[0]
    assert stored(district) == {"revit": None}


def test_partial_writes_what_is_right_and_lists_the_rest(district: District, said: Said) -> None:
    file = district.file("part.csv", TWO + "mayya,device,3,2026-07-01,,,,PO-8,,\n")
    status, out, err = said("import", str(file), "--partial")
    assert status == 0
    assert out.splitlines() == ["2 purchases added", "1 problem: what is listed was not written"]
    assert err.startswith("left out: part.csv row 4, title: no title or suite 'mayya'")
    assert stored(district) == {"revit": None, "maya": 3, "blender": None}


def test_of_two_that_contradict_each_other_partial_writes_neither(district: District, said: Said) -> None:
    rows = "maya,device,3,2026-07-01,,,,PO-9,,\nmaya,device,4,2026-07-01,,,,PO-9,,\n"
    said("import", str(district.file("twice.csv", TWO + rows)), "--partial")
    with district_session(district.settings) as session:
        assert {one.purchase_order for one in entitlements(session)} == {"PO-1", "PO-7", ""}


def test_partial_with_nothing_right_is_refused(district: District, said: Said) -> None:
    status, _, err = said("import", str(district.file("none.csv", "titel,metric\nmaya,device\n")), "--partial")
    assert status == 1
    assert "this column is missing" in err


def test_a_fund_that_nobody_knows_is_told(district: District, said: Said) -> None:
    file = district.file("fund.csv", TWO.replace("Perkins V", "Widget grant"))
    _, _, err = said("import", str(file))
    assert "hint: fund.csv: no fund is known by 'Widget grant'" in err


def test_out_and_in_again_by_every_kind_of_file(district: District, said: Said, tmp_path: Path) -> None:
    said("import", str(district.file("two.csv", TWO)))
    for name in ("out.csv", "out.xlsx"):
        assert said("export", str(tmp_path / name))[0] == 0
        assert said("import", str(tmp_path / name))[1] == "3 unchanged\n"
    said("export", str(tmp_path / "bom.json"))
    document = json.loads((tmp_path / "bom.json").read_text())
    assert document["metadata"]["timestamp"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert [one["name"] for one in document["components"]] == ["Blender", "Autodesk Maya", "Autodesk Revit"]
    assert said("export", str(tmp_path / "out.pdf"))[0] == 2


def test_a_template_as_a_workbook_is_a_list_to_import(said: Said, tmp_path: Path) -> None:
    assert said("template", "--xlsx", str(tmp_path / "t.xlsx"))[0] == 0
    assert said("import", str(tmp_path / "t.xlsx"))[1] == "1 purchase added\n"
    assert said("import", str(tmp_path / "t.xlsx"), "--sheet", "Columns")[0] == 1
    assert said("template", "--xlsx", str(tmp_path / "t.csv"))[0] == 2


def test_a_purchase_goes_by_number_and_by_order_with_its_allocations(district: District, said: Said) -> None:
    said("import", str(district.file("two.csv", TWO)))
    with district_session(district.settings, write=True) as session:
        ids = {one.product: one.id for one in entitlements(session)}
        lab = session.exec(select(LabRow)).first()
        assert lab is not None
        assert lab.id is not None
        session.add(AllocationRow(entitlement_id=ids["maya"], lab_id=lab.id, seats=2, made_at=NOW))
    assert said("remove", str(ids["maya"]))[0] == 2  # nobody to ask
    status, out, _ = said("remove", "po-7:Autodesk Maya", "--yes")
    assert (status, out.splitlines()[-1]) == (0, "1 purchase removed, and 1 allocation of them")
    assert stored(district) == {"revit": None, "blender": None}
    assert said("remove", str(ids["blender"]), "--yes")[0] == 0
    status, _, err = said("remove", "PO-11", "--yes")
    assert status == 1
    assert "no purchase 'PO-11'\nhint: did you mean PO-1?" in err


def test_what_was_bought_of_a_title_with_terms_rights_and_fund(district: District, said: Said) -> None:
    said("import", str(district.file("two.csv", TWO)))
    _, out, _ = said("show", "Autodesk Maya")
    assert "3 by device" in out
    assert "Perkins V" in out
    assert "may serve CTE only" in out
    document = json.loads(said("show", "maya", "--json")[1])
    assert document["purchases"][0]["may_serve_cte_only"] is True
    assert document["purchases"][0]["rights"].startswith("Autodesk, a subscription")
    assert said("show", "mayya")[0] == 1


def test_the_list_fits_a_terminal_and_has_the_numbers(district: District, said: Said) -> None:
    said("import", str(district.file("two.csv", TWO.replace("PO-7", "PO-2026-0417-A"))))
    _, out, _ = said("list")
    assert max(map(len, out.splitlines())) <= 80
    assert [line.split()[0] for line in out.splitlines()[1:] if line[:3].strip()] == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        *(("autodesk", "usage_report"), ("adobe", "profiles"), ("jetbrains", "account"), ("webseats", "codes")),
        *(("snipeit", "old_sample"), ("autodesk", "usage_by_day")),
    ],
)
def test_no_person_reaches_the_database_the_log_or_the_screen(
    kind: str, case: str, district: District, said: Said, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = district.home.parent / f"{case}.csv"
    file.write_bytes((CASES / kind / f"{case}.raw").read_bytes())
    for words in ([], ["--dry-run"], ["--partial"], ["--partial", "--json"], ["--from", "purchases"]):
        _, out, err = said("import", str(file), "--from", kind, "--title", "simchart", *words)
        assert [person for person in PERSONS if person.casefold() in (out + err).casefold()] == []
    assert [person for person in PERSONS if person.casefold() in caplog.text.casefold()] == []
    os.truncate(file, 0)
    for kept in district.home.iterdir():
        if kept.is_file():
            body = kept.read_bytes().lower()
            assert [person for person in PERSONS if person.lower().encode() in body] == []
    with district_session(district.settings) as session:
        assert reports(session) or len(entitlements(session)) > 1


def test_counts_of_assigned_seats_by_the_newest_report_of_each_source(district: District) -> None:
    def report(body: str, *, kind: str = "adobe", on: date, partial: bool = False) -> None:
        asked = ImportAsked(district.file("r.csv", body), kind=kind, on=on, partial=partial)
        import_licenses(district.settings, asked)

    head = "Identity Type,Email,Product Configurations\n"
    both = head + 'F,a@b,"All Apps - x,Photoshop - x"\nF,b@b,All Apps - x\n'
    report(both, on=date(2026, 9, 1))
    report(head + "F,a@b,All Apps - x\n", on=date(2026, 10, 1))
    with district_session(district.settings) as session:
        now = assigned(session)
    # Who is in no profile of a product any more holds no seat of it.
    assert {id_: (one.assigned, one.on) for id_, one in now.items()} == {
        "creative-cloud-all-apps": (1, date(2026, 10, 1)),
        "photoshop": (0, date(2026, 10, 1)),
    }
    report(
        "Product,Email,Day used\nPhotoshop,a,10/05/2026\nPhotoshop,b,10/05/2026\n",
        kind="autodesk",
        on=date(2026, 10, 5),
    )
    with district_session(district.settings) as session:
        one = assigned(session)["photoshop"]
    assert (one.assigned, one.active, one.on, one.source) == (2, None, date(2026, 10, 1), "adobe + autodesk")


def test_the_same_report_again_changes_nothing(district: District) -> None:
    file = CASES / "jetbrains" / "account.raw"
    asked = ImportAsked(district.file("jb.csv", file.read_text()), kind="auto")
    first, again = (import_licenses(district.settings, asked).written for _ in range(2))
    assert first is not None
    assert again is not None
    assert (first.added, again.added, again.changed, again.unchanged) == (2, 0, 0, 2)


def test_what_a_file_is_must_be_plain(district: District) -> None:
    body = (CASES / "adobe" / "profiles.raw").read_text()
    with pytest.raises(ExportError, match="is an export of another kind"):
        import_licenses(district.settings, ImportAsked(district.file("a.csv", body)))
    with pytest.raises(ExportError, match="the columns of no export that is known"):
        import_licenses(district.settings, ImportAsked(district.file("a.csv", "a,b\n1,2\n"), kind="auto"))
    with pytest.raises(ExportError, match="the roster names no title"):
        import_licenses(
            district.settings, ImportAsked(district.file("a.csv", "Code,Status\n1,used\n"), kind="webseats")
        )
    with pytest.raises(TableProblems, match="this column is missing"):
        import_licenses(district.settings, ImportAsked(district.file("a.csv", "a,b\n1,2\n"), kind="adobe"))


@pytest.fixture
def slow_district(district: District) -> Iterator[District]:
    """One whose database another writer holds for as long as the test runs."""
    other = sqlite3.connect(district.home / "labfleet.db", isolation_level=None)
    other.execute("begin immediate")
    yield district
    other.execute("rollback")
    other.close()


def test_a_file_is_read_before_the_database_is_written_to(slow_district: District) -> None:
    """A wrong file is refused while another writes, for reading it takes no lock."""
    file = slow_district.file("bad.csv", "titel\nx\n")
    with pytest.raises(TableProblems):
        import_licenses(slow_district.settings, ImportAsked(file, partial=True))
    asked = ImportAsked(slow_district.file("two.csv", TWO), dry_run=True)
    assert import_licenses(slow_district.settings, asked).written is None


def test_many_purchases_take_few_statements(district: District) -> None:
    rows = "".join(f"maya,device,{n},2026-07-01,2027-06-30,,,PO-{n},,\n" for n in range(1, 1001))
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        import_licenses(district.settings, ImportAsked(district.file("many.csv", HEAD + rows)))
        changed = HEAD + rows.replace("2027-06-30", "2027-07-31")
        import_licenses(district.settings, ImportAsked(district.file("many.csv", changed), replace=True))
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert len(stored(district)) == 2
    assert len(statements) < 60
