"""Workbooks as tables: real days and numbers taken, and nothing that lies in wait in one."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import xlsx_file
from inventory.table_file import Column, Limits, Table, iso_date, money, scan_table, text, whole
from inventory.table_writing import Cents, SheetOut, write_xlsx

COLUMNS = (
    Column("title", text(100), required=True),
    Column("quantity", whole(), aliases=("seats",)),
    Column("start", iso_date),
    Column("cost", money),
)
HEAD = ("title", "quantity", "start", "cost")


def book(path: Path, *rows: tuple[Any, ...], change: Callable[[Any], None] | None = None) -> Path:
    """A workbook with one sheet, saved by another library than the one that reads it would write with."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Bought"
    for row in rows:
        sheet.append(row)
    if change:
        change(workbook)
    workbook.save(path)
    return path


def problems(table: Table) -> list[str]:
    return [str(problem) for problem in table.problems]


def swapped(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one of its parts changed, or added."""
    old = zipfile.ZipFile(path)
    parts = {name: old.read(name) for name in old.namelist()}
    old.close()
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            new.writestr(name, body)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bought.xlsx"


def test_days_and_numbers_as_a_spreadsheet_holds_them(file: Path) -> None:
    rows = [("Revit", 30, date(2026, 7, 1), 1250.5), ("Maya", 30.0, datetime(2026, 7, 1), 0.1 + 0.2)]  # noqa: DTZ001 - cells have no zone
    table = scan_table(book(file, HEAD, *rows), COLUMNS)
    assert not table.problems
    assert [tuple(row.cells.values()) for row in table.rows] == [
        ("Revit", 30, date(2026, 7, 1), 125050),
        ("Maya", 30, date(2026, 7, 1), 30),
    ]
    assert table.file == "bought.xlsx sheet 'Bought'"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Revit", "=10+20", None, None), "row 2, quantity: holds a formula; paste its value"),
        (("Revit", 30.5, None, None), "row 2, quantity: '30.5' is not a whole number"),
        (("Revit", "#REF!", None, None), "row 2, quantity: holds the error '#REF!'"),
        (("Revit", 1, "07/01/2026", None), "row 2, start: '07/01/2026' can be read in two ways"),
        (("Revit", 1, 46204, None), "row 2, start: '46204' is not a date"),
        (("Revit", 1, datetime(2026, 7, 1, 8, 30), None), "row 2, start: '2026-07-01 08:30:00' is not a date"),  # noqa: DTZ001 - cells have no zone
        (("Revit", True, None, None), "row 2, quantity: 'yes' is not a whole number"),
        ((None, 1, None, None), "row 2, title: is blank"),
        (("Revit", 1, None, None, "beyond"), "row 2: has 5 cells, the header has 4"),
    ],
)
def test_a_wrong_cell_is_one_line_with_sheet_row_and_field(file: Path, row: tuple[Any, ...], said: str) -> None:
    (found,) = problems(scan_table(book(file, HEAD, row), COLUMNS))
    assert found.startswith(f"bought.xlsx sheet 'Bought' {said}")


def test_a_formula_is_refused_though_its_value_is_stored(file: Path) -> None:
    book(file, HEAD, ("Revit", 7, None, None))
    swapped(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>"))
    assert "holds a formula" in problems(scan_table(file, COLUMNS))[0]


def test_formulas_in_the_header_and_beside_what_is_read(file: Path) -> None:
    (found,) = problems(scan_table(book(file, ("=A9", "quantity"), ("Revit", 1)), COLUMNS))[:1]
    assert "row 1: a cell of the header holds a formula" in found
    assert not scan_table(book(file, (*HEAD, "total"), ("Revit", 1, None, None, "=1+1")), COLUMNS).problems


def test_all_wrong_cells_come_in_one_run(file: Path) -> None:
    table = scan_table(book(file, HEAD, ("A", "=1", "1/2/2026", "x"), ("B", 1, None, None)), COLUMNS)
    assert [(one.row, one.field) for one in table.problems] == [(2, "quantity"), (2, "start"), (2, "cost")]
    assert [row["title"] for row in table.rows] == ["B"]


def test_merged_cells_are_refused_where_they_are(file: Path) -> None:
    """Below a merged day stand blanks: for an end, that would be "for ever"."""

    def merge(workbook: Any) -> None:
        workbook.active.merge_cells("C2:C3")

    rows = [("A", 1, date(2026, 7, 1), None), ("B", 1, None, None), ("C", 1, None, None)]
    table = scan_table(book(file, HEAD, *rows, change=merge), COLUMNS)
    assert [(one.row, one.field) for one in table.problems] == [(2, "start"), (3, "start")]
    assert "unmerge" in str(table.problems[1])


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("A1:XFD1048576", "has very many merged cells"),
        ("A1:", "is not a whole workbook"),
        ("B:B", "is not a workbook that can be read"),
    ],
)
def test_merges_that_make_no_sense(file: Path, ref: str, said: str) -> None:
    book(file, HEAD, ("Revit", 1, None, None))
    merge = f'</sheetData><mergeCells><mergeCell ref="{ref}"/></mergeCells>'.encode()
    swapped(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", merge))
    assert said in problems(scan_table(file, COLUMNS))[0]


def test_hidden_rows_count_and_are_told(file: Path) -> None:
    def hide(workbook: Any) -> None:
        workbook.active.row_dimensions[3].hidden = True

    table = scan_table(book(file, HEAD, ("A", 1, None, None), ("B", 1, None, None), change=hide), COLUMNS)
    assert len(table.rows) == 2
    assert table.hints == ("bought.xlsx: 1 hidden rows are read too",)


def test_the_first_sheet_that_is_shown_or_one_by_name(file: Path) -> None:
    def more(workbook: Any) -> None:
        old = workbook.create_sheet("Old", 0)
        old.append(HEAD)
        old.append(("Maya", 1, None, None))
        old.sheet_state = "hidden"

    book(file, HEAD, ("Revit", 1, None, None), change=more)
    assert scan_table(file, COLUMNS).rows[0]["title"] == "Revit"
    assert scan_table(file, COLUMNS, sheet="old").rows[0]["title"] == "Maya"
    assert "has no sheet 'New'; its sheets are: 'Old', 'Bought'" in problems(scan_table(file, COLUMNS, sheet="New"))[0]


def test_a_sheet_of_a_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title\nRevit\n")
    assert "has no sheets" in problems(scan_table(tmp_path / "a.csv", COLUMNS, sheet="Bought"))[0]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.xlsx", b"title,quantity\nRevit,1\n", "is not a workbook; name it .csv"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "with a password, or of an old Excel"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is a workbook of an old Excel"),
        ("a.csv", b"PK\x03\x04....", "is a workbook or zip, not CSV"),
        ("a.xlsx", b"PK\x03\x04....", "is not a whole workbook"),
        ("a.xlsx", b"", "is not a workbook"),
        ("a.xlsm", b"PK", "is a kind of workbook that is not read"),
        ("a.xls", b"PK", "is a kind of workbook that is not read"),
        ("a.ods", b"PK", "is a kind of workbook that is not read"),
    ],
)
def test_what_is_no_workbook_is_one_line(tmp_path: Path, name: str, body: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    (found,) = problems(scan_table(path, COLUMNS))
    assert said in found
    assert found.startswith(name)


def test_a_zip_that_is_no_workbook(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("users.csv", "a,b")
    assert "is a zip, but no workbook" in problems(scan_table(file, COLUMNS))[0]


def test_macros_are_refused_whatever_the_name(file: Path) -> None:
    swapped(book(file, HEAD), "xl/vbaProject.bin", lambda _: b"x")
    assert "holds macros" in problems(scan_table(file, COLUMNS))[0]


def test_a_bomb_is_stopped_while_it_inflates(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swapped(book(file, HEAD), "xl/media/image1.png", lambda _: bytes(3_000_000))
    monkeypatch.setattr(xlsx_file, "MOST_INFLATED", 2_000_000)
    assert file.stat().st_size < 20_000
    assert "inflates to more than 2000000 bytes" in problems(scan_table(file, COLUMNS))[0]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "docProps/core.xml"])
def test_entities_are_refused(file: Path, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def declared(xml: bytes) -> bytes:
        head, mark, rest = xml.partition(b"?>")
        return head + mark + bomb + rest if mark else bomb + xml

    swapped(book(file, HEAD, ("Revit", 1, None, None)), part, declared)
    assert "a document type" in problems(scan_table(file, COLUMNS))[0]


def test_a_doctype_over_the_edge_of_a_chunk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "_CHUNK", 7)
    swapped(book(file, HEAD), "xl/worksheets/sheet1.xml", lambda xml: b"<!DOCTYPE x>" + xml)
    assert "a document type" in problems(scan_table(file, COLUMNS))[0]


def test_defusedxml_stands_behind_the_reader_of_workbooks() -> None:
    assert openpyxl.DEFUSEDXML is True


def test_a_million_blank_rows_are_nothing(file: Path) -> None:
    def blanks(xml: bytes) -> bytes:
        rows = b"".join(b'<row r="%d" ht="20"/>' % number for number in range(3, 200_001))
        return xml.replace(b"</sheetData>", rows + b'<row r="1048576"/></sheetData>')

    swapped(book(file, HEAD, ("Revit", 1, None, None)), "xl/worksheets/sheet1.xml", blanks)
    table = scan_table(file, COLUMNS, limits=Limits(rows=10))
    assert len(table.rows) == 1
    assert not table.problems


def test_a_wrong_dimension_hides_no_row(file: Path) -> None:
    book(file, HEAD, ("A", 1, None, None), ("B", 1, None, None))
    swapped(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:D3"', b'ref="A1:B2"'))
    assert [row["title"] for row in scan_table(file, COLUMNS).rows] == ["A", "B"]


def test_a_bent_part_is_one_line_that_quotes_no_cell(file: Path) -> None:
    book(file, HEAD, ("Revit", 1, None, None))
    swapped(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>1</v>", b"<v>Ada Lovelace</v>"))
    (found,) = problems(scan_table(file, COLUMNS))
    assert "is not a workbook that can be read" in found
    assert "Ada" not in found


cells = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=30)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            (cells | st.sampled_from(["=1+1", "'=1", "_x0041_", "http://x.y", "007", "two\nlines", "1e5"]))
            .map(str.strip)
            .filter(bool),
            st.none() | st.integers(0, 10**9),
            st.none() | st.dates(date(1970, 1, 1), date(2199, 12, 31)),
            st.none() | st.integers(0, 10**12),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_we_write_reads_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]) -> None:
    stream = io.BytesIO()
    written = [dict(zip(HEAD, row, strict=True)) for row in rows]
    out = [{**row, "cost": None if row["cost"] is None else Cents(row["cost"])} for row in written]
    write_xlsx([SheetOut("Bought", HEAD, out)], stream)
    file = tmp_path_factory.mktemp("book") / "out.xlsx"
    file.write_bytes(stream.getvalue())
    table = scan_table(file, COLUMNS)
    assert not table.problems
    assert [row.cells for row in table.rows] == written


def test_nothing_that_is_written_is_a_formula_or_a_link() -> None:
    stream = io.BytesIO()
    write_xlsx([SheetOut("A", ["a"], [{"a": "=1+1"}, {"a": "http://x.y"}, {"a": "{=1}"}])], stream)
    sheet = openpyxl.load_workbook(stream).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 4
    assert not any(cell.hyperlink for cell in sheet["A"])
