"""Purchase lists: read by names people use, refused line by line, written whole or not at all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from inventory.table_file import TableProblems, template
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.metrics import Metric
from licenses.purchase_file import Known, PurchaseFile, purchase_columns, read_purchases
from licenses.rows import EntitlementRow
from licenses.store.entitlements import entitlements, import_purchases
from licenses.store.written import Written

KNOWN = Known(
    titles={"revit": "Revit", "photoshop": "Adobe Photoshop", "blender": "Blender", "dwg-trueview": "DWG TrueView"},
    suites={"adobe-all-apps": "Adobe Creative Cloud All Apps"},
    sites=frozenset({"MUIR", "OAK"}),
    labs=frozenset({"MUIR/B12", "OAK/A1"}),
    pathways=frozenset({"113", "152"}),
)
HEAD = "title,metric,quantity,start,end,scope,cost,purchase_order,funding\n"
GOOD = HEAD + "revit,device,30,2026-07-01,2027-06-30,lab:muir/b12,1250.50,PO-1,Perkins V\n"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, body: str) -> PurchaseFile:
    file = folder / "bought.csv"
    file.write_text(body)
    return read_purchases(file, KNOWN)


def problems(folder: Path, row: str) -> list[str]:
    return [str(problem).removeprefix("bought.csv row 2, ") for problem in read(folder, HEAD + row + "\n").problems]


def test_a_purchase_as_it_stands_in_the_file(folder: Path) -> None:
    assert read(folder, GOOD).entitlements == {
        2: Entitlement(
            title="revit",
            suite="",
            metric=Metric.DEVICE,
            quantity=30,
            start=date(2026, 7, 1),
            end=date(2027, 6, 30),
            scope=Scope(Reach.LAB, "MUIR/B12"),
            cost_cents=125050,
            purchase_order="PO-1",
            funding="Perkins V",
        )
    }


@pytest.mark.parametrize(
    ("named", "product"),
    [
        ("Adobe Photoshop", ("photoshop", "")),
        ("DWG_TRUEVIEW", ("dwg-trueview", "")),
        ("adobe creative cloud all apps", ("", "adobe-all-apps")),
        ("adobe-all-apps", ("", "adobe-all-apps")),
    ],
)
def test_titles_and_suites_by_id_or_name(folder: Path, named: str, product: tuple[str, str]) -> None:
    one = read(folder, HEAD + f"{named},device,3,2026-07-01,,,,,\n").entitlements[2]
    assert (one.title, one.suite) == product
    assert (one.end, one.scope, one.cost_cents) == (None, Scope(), None)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Blendr,device,3,2026-07-01,,,,,", "title: no title or suite 'Blendr' in the catalog; did you mean Blender?"),
        ("revit,device,3,2026-07-01,2026-06-30,,,,", "end: 2026-06-30 is before the start on 2026-07-01"),
        ("revit,device,-3,2026-07-01,,,,,", "quantity: -3 is negative; write how many were bought"),
        ("revit,device,,2026-07-01,,,,,", "quantity: is blank, but metric device counts seats"),
        ("revit,concurrent,unlimited,2026-07-01,,,,,", "quantity: is blank, but metric concurrent counts seats"),
        ("revit,device,3,07/01/2026,,,,,", "start: '07/01/2026' can be read in two ways"),
        ("revit,device,3,,,,,,", "start: is blank"),
        (
            "revit,seatz,3,2026-07-01,,,,,",
            "metric: 'seatz' is not one of the choices; write one of: device, named_user",
        ),
        ("revit,device,3,2026-07-01,,site:MUR,,,", "scope: no site 'MUR'; did you mean MUIR?"),
        ("revit,device,3,2026-07-01,,lab:MUIR/B21,,,", "scope: no lab 'MUIR/B21'; did you mean MUIR/B12"),
        ("revit,device,3,2026-07-01,,pathway:999,,,", "scope: no pathway '999'"),
        ("revit,device,3,2026-07-01,,B12,,,", "scope: 'B12' is not a scope; write district, site:CODE"),
        ("revit,device,3,2026-07-01,,,12 EUR,,", "cost: '12 EUR' is not an amount of money"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(folder: Path, row: str, said: str) -> None:
    (found,) = problems(folder, row)
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("release", "x" * 41, "release: is 41 characters long"),
        ("maintenance_end", "2026-06-30", "maintenance_end: 2026-06-30 is before the start on 2026-07-01"),
        ("devices_per_seat", "0", "devices_per_seat: 0 is out of range"),
        ("cte_only", "sometimes", "cte_only: 'sometimes' is neither yes nor no"),
        ("notice_days", "-1", "notice_days: -1 is out of range"),
        ("scope", "grade:9-99", "scope: '9-99' is not a grade"),
    ],
)
def test_what_is_wrong_in_the_further_columns(folder: Path, column: str, cell: str, said: str) -> None:
    cells = {"title": "revit", "metric": "device", "quantity": "3", "start": "2026-07-01", "end": "", "scope": ""}
    cells |= {"purchase_order": "", column: cell}
    head, row = ",".join(cells) + "\n", ",".join(cells.values()) + "\n"
    (found,) = read(folder, head + row).problems
    assert str(found).startswith(f"bought.csv row 2, {said}")


def test_names_that_were_meant_are_found_by_every_name(folder: Path) -> None:
    (found,) = problems(folder, "photoshp,device,3,2026-07-01,,,,,")
    assert "did you mean Adobe Photoshop" in found


def test_a_long_file_of_mistakes_takes_no_minutes(folder: Path) -> None:
    rows = "".join(f"titel-{n},device,3,2026-07-01,,lab:MUIR/X{n},,PO-{n},\n" for n in range(5_000))
    found = read(folder, HEAD + rows).problems
    assert len(found) == 1001
    assert "did you mean" not in str(found[900])


def test_all_problems_of_a_file_come_at_once_in_its_order(folder: Path) -> None:
    body = HEAD + "Blendr,device,-3,1/2/2026,,nowhere,,,\nrevit,device,3,2026-07-01,2026-01-01,,,,\n"
    found = read(folder, body)
    assert [(problem.row, problem.field) for problem in found.problems] == [
        (2, "title"),
        (2, "quantity"),
        (2, "start"),
        (2, "scope"),
        (3, "end"),
    ]


def test_the_same_purchase_twice_in_a_file(folder: Path) -> None:
    twice = GOOD + GOOD.splitlines()[1].replace("30,", "31,", 1) + "\n"
    (found,) = read(folder, twice).problems
    assert (found.row, found.field) == (3, "purchase_order")
    assert "row 2" in found.message


def test_one_order_may_split_a_title_over_scopes(folder: Path) -> None:
    row = GOOD.splitlines()[1]
    assert not read(folder, GOOD + row.replace("lab:muir/b12", "site:OAK") + "\n").problems


def test_site_and_free_need_no_quantity(folder: Path) -> None:
    rows = "revit,site,,2026-07-01,,site:MUIR,,,\nblender,free,unlimited,2026-07-01,,,,,\n"
    assert [one.quantity for one in read(folder, HEAD + rows).entitlements.values()] == [None, None]


def test_the_template_is_a_good_file(folder: Path) -> None:
    nothing = Known({}, {}, frozenset(), frozenset(), frozenset())
    found = read(folder, template(purchase_columns(nothing)))
    assert not found.problems
    assert found.entitlements[2].quantity == 30


def test_what_is_written_is_read_back(session: Session, folder: Path) -> None:
    file = read(folder, GOOD + "adobe-all-apps,site,,2026-07-01,,site:OAK,,PO-2,\n")
    assert import_purchases(session, file) == Written(2, 0, 0)
    stored = entitlements(session)
    assert {(one.product, one.scope, one.quantity, one.cost_cents) for one in stored} == {
        ("revit", Scope(Reach.LAB, "MUIR/B12"), 30, 125050),
        ("adobe-all-apps", Scope(Reach.SITE, "OAK"), None, None),
    }
    assert all(one.id for one in stored)


def test_the_same_file_again_changes_nothing(session: Session, folder: Path) -> None:
    import_purchases(session, read(folder, GOOD))
    assert import_purchases(session, read(folder, GOOD)) == Written(0, 0, 1)
    assert len(entitlements(session)) == 1


def test_a_purchase_stored_otherwise_is_refused_or_replaced(session: Session, folder: Path) -> None:
    import_purchases(session, read(folder, GOOD))
    other = read(folder, GOOD.replace("30,", "31,", 1) + "blender,free,,2026-07-01,,,,,\n")
    with pytest.raises(TableProblems, match=r"row 2, purchase_order: .* quantity 30 instead of 31"):
        import_purchases(session, other)
    assert [one.quantity for one in entitlements(session)] == [30]
    assert import_purchases(session, other, replace_changed=True) == Written(1, 1, 0)
    assert {one.product: one.quantity for one in entitlements(session)} == {"revit": 31, "blender": None}


def test_one_bad_row_writes_nothing(session: Session, folder: Path) -> None:
    with pytest.raises(TableProblems):
        import_purchases(session, read(folder, GOOD + "nothing,device,3,2026-07-01,,,,,\n"))
    assert entitlements(session) == ()


@pytest.mark.parametrize(
    "wrong",
    [{"quantity": -1}, {"end_on": date(2026, 6, 30)}, {"suite": "adobe-all-apps"}, {"title": ""}, {"cost_cents": -1}],
)
def test_the_database_itself_refuses_contradictions(session: Session, wrong: dict[str, object]) -> None:
    row = EntitlementRow(title="revit", metric="device", quantity=1, start_on=date(2026, 7, 1), scope="district")
    for name, value in wrong.items():
        setattr(row, name, value)
    session.add(row)
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("column", ["quantity", "end", "scope", "purchase_order"])
def test_a_column_that_changes_what_rows_mean_cannot_be_left_out(column: str, folder: Path) -> None:
    """Without a scope every seat would hold everywhere, without an end for ever, without an order twice."""
    columns = HEAD.strip().split(",")
    found = read(folder, ",".join(name for name in columns if name != column) + "\n").problems
    assert f"{column}: this column is missing" in "\n".join(map(str, found))
