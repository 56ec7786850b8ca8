"""Tables from CSV files: whatever people save, every problem named, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import csv_text
from inventory.errors import InventoryError
from inventory.table_file import (
    CellError,
    Column,
    Limits,
    Source,
    Table,
    TableProblems,
    choice,
    iso_date,
    money,
    scan_table,
    stream_table,
    template,
    text,
    whole,
    write_csv,
    yes_no,
)


class Colour(StrEnum):
    """Choices for the tests."""

    RED = "red"
    DARK_RED = "dark_red"


COLUMNS = (
    Column("title", text(20), required=True, aliases=("product",), example="revit"),
    Column("quantity", whole(), aliases=("seats", "Qty."), default=1, example="30"),
    Column("start", iso_date, example="2026-08-01"),
    Column("cost", money),
)


def read_table(path: Path, columns: Sequence[Column], *, limits: Limits | None = None) -> Table:
    """A table that must be right, as every caller takes it."""
    table = scan_table(path, columns, limits=limits)
    if table.problems:
        raise TableProblems(table.problems)
    return table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bought.csv"


def problems(file: Path, body: str | bytes, limits: Limits | None = None) -> list[str]:
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return [str(problem) for problem in scan_table(file, COLUMNS, limits=limits).problems]


def test_any_order_alias_and_case_of_headers(file: Path) -> None:
    file.write_text("SEATS,  Product \n30,Revit\n")
    (row,) = read_table(file, COLUMNS).rows
    assert (row.number, row["title"], row["quantity"], row["start"]) == (2, "Revit", 30, None)


def test_a_blank_cell_gives_the_default(file: Path) -> None:
    file.write_text("title,quantity\nRevit,\n")
    assert read_table(file, COLUMNS).rows[0]["quantity"] == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(file: Path, delimiter: str, newline: str) -> None:
    lines = [["title", "quantity"], ['"Reader; DC, 64\tbit"', "3"]]
    file.write_bytes(newline.join(delimiter.join(cells) for cells in lines).encode())
    (row,) = read_table(file, COLUMNS).rows
    assert (row["title"], row["quantity"]) == ("Reader; DC, 64\tbit", 3)


def test_the_separator_line_of_a_spreadsheet_is_no_row(file: Path) -> None:
    file.write_text("sep=;\ntitle;quantity\nRevit;3\n")
    assert read_table(file, COLUMNS).rows[0].number == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(file: Path, encoding: str) -> None:
    file.write_bytes("title,quantity\nRésumé – Pro,3\n".encode(encoding))
    assert read_table(file, COLUMNS).rows[0]["title"] == "Résumé – Pro"


def test_rows_are_numbered_as_a_spreadsheet_does(file: Path) -> None:
    """Blank rows count, and a cell of two lines is one row."""
    found = problems(file, 'title,quantity\n\n"two\nlines",3\n,,\nRevit,many\n')
    assert found == ["bought.csv row 5, quantity: 'many' is not a whole number; write digits only, such as 30"]


def test_every_problem_of_every_row_is_named(file: Path) -> None:
    found = problems(file, "title,quantity,start\n,-3,03/04/2026\nRevit,1,2026-02-30\n")
    assert [line.split(":")[0] for line in found] == [
        "bought.csv row 2, title",
        "bought.csv row 2, quantity",
        "bought.csv row 2, start",
        "bought.csv row 3, start",
    ]


def test_read_raises_one_error_with_all_problems(file: Path) -> None:
    file.write_text("title,quantity\n,x\n")
    with pytest.raises(TableProblems) as refused:
        read_table(file, COLUMNS)
    assert isinstance(refused.value, InventoryError)
    assert isinstance(refused.value, ValueError)
    assert len(refused.value.problems) == len(str(refused.value).splitlines()) == 2


def test_good_rows_are_there_beside_the_problems(file: Path) -> None:
    file.write_text("title,quantity\nA,1\nB,x\nC,3\n")
    assert [row["title"] for row in scan_table(file, COLUMNS).rows] == ["A", "C"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "is empty"),
        ("\n , \n", "is empty"),
        ("titel,quantity\nRevit,1\n", "row 1, title: this column is missing; rename 'titel'"),
        ("name,quantity\nRevit,1\n", "this column is missing; the columns are: title, quantity, start, cost"),
        ("title,seats,quantity\nRevit,1,1\n", "row 1, quantity: is the same column as 'seats'"),
        ("title,extra,extra\nRevit,1,1\n", "row 1, extra: is the same column as 'extra'"),
        ("title,quantity\nRevit\n", "row 2: has 1 cells, the header has 2"),
        ("title,quantity\nRevit,1,200\n", "row 2: has 3 cells, the header has 2"),
        ('title,quantity\n"Revit,1\n', "row 2: is not CSV"),
        ('title,quantity\n"Re"vit,1\n', "row 2: is not CSV"),
        ("title,quantity\nRe\0vit,1\n", "row 2: holds NUL characters"),
        ("title,quantity\nRe\x1bvit,1\n", "row 2, title: holds control characters"),
        ("title,quantity\nRe\u202evit,1\n", "row 2, title: holds control characters"),
        ("title,quantity," + ",".join(map(str, range(1000))), "row 1: has 1002 columns"),
        (b"title,quantity\nA,1\n\x81\x8d,1\n", "row 3: is not text"),
        (b"PK\x03\x04....", "is a workbook or zip"),
        ("title,quantity\n" + "x" * 21 + ",1\n", "row 2, title: is 21 characters long"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(file: Path, body: str | bytes, said: str) -> None:
    (found,) = problems(file, body)
    assert said in found
    assert found.startswith("bought.csv")


def test_trailing_delimiters_are_nothing_wrong(file: Path) -> None:
    assert problems(file, "title,quantity\nRevit,1,,\n") == []


def test_columns_that_are_not_read_are_hints(file: Path) -> None:
    file.write_text("title,qantity,colour\nRevit,1,red\n")
    table = read_table(file, COLUMNS)
    assert table.unknown == ("qantity", "colour")
    assert table.hints == (
        "bought.csv: column 'qantity' is not read (did you mean quantity?)",
        "bought.csv: column 'colour' is not read",
    )


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(size=30), "larger than 30 bytes"),
        (Limits(rows=2), "more than 2 rows"),
        (Limits(cell=3), "row 3, title: is 5 characters long; a cell may hold 3"),
    ],
)
def test_limits(file: Path, limits: Limits, said: str) -> None:
    assert any(said in line for line in problems(file, "title,quantity\nA,1\nRevit,1\nB,1\n", limits))


def test_a_very_long_cell_is_one_problem(file: Path) -> None:
    (found,) = problems(file, f"title,quantity\n{'x' * 200_000},1\n")
    assert "row 2" in found


def test_problems_are_not_listed_without_end(file: Path) -> None:
    found = problems(file, "title,quantity\n" + "A,x\n" * 10, Limits(problems=3))
    assert len(found) == 4
    assert found[-1] == "bought.csv: 7 more problems are not listed; mend these first"


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "there is no such file" in str(scan_table(tmp_path / "none.csv", COLUMNS).problems[0])
    assert "is a directory" in str(scan_table(tmp_path, COLUMNS).problems[0])


@pytest.mark.parametrize(
    ("cell", "cents"),
    [("0", 0), ("12", 1200), ("12.5", 1250), ("$1,234.50", 123450), ("USD 7.05", 705), ("1234567.89", 123456789)],
)
def test_money_is_exact_cents(cell: str, cents: int) -> None:
    assert money(cell) == cents


@pytest.mark.parametrize("cell", ["1.234,50", "12,5", "1.005", "-3", "3e5", "£4", "1,23", "", "٣"])
def test_what_is_no_money(cell: str) -> None:
    with pytest.raises(CellError):
        money(cell)


@pytest.mark.parametrize("cell", ["1.5", "1e3", "٣", "1,00", "0x10", "", "9" * 19])
def test_what_is_no_whole_number(cell: str) -> None:
    with pytest.raises(CellError):
        whole()(cell)


def test_whole_numbers_stay_in_range() -> None:
    assert whole()("1,200") == 1200
    assert whole(-5)("-5") == -5
    with pytest.raises(CellError, match="out of range"):
        whole(0, 10)("11")


@pytest.mark.parametrize(
    "cell", ["03/04/2026", "3.4.2026", "2026-2-3", "2026-02-30", "20260203", "2026-W07-1", "0206-01-01"]
)
def test_days_are_year_month_day(cell: str) -> None:
    with pytest.raises(CellError) as refused:
        iso_date(cell)
    assert refused.value.hint


def test_choices_ignore_case_and_know_aliases() -> None:
    parse = choice(Colour, {"crimson": Colour.DARK_RED})
    assert (parse("Dark Red"), parse("CRIMSON"), parse("red")) == (Colour.DARK_RED, Colour.DARK_RED, Colour.RED)
    with pytest.raises(CellError) as refused:
        parse("blue")
    assert refused.value.hint == "write one of: red, dark_red"


def test_yes_and_no() -> None:
    assert [yes_no(cell) for cell in ("Yes", "x", "TRUE", "no", "0")] == [True, True, True, False, False]
    with pytest.raises(CellError):
        yes_no("sometimes")


def test_a_template_reads_back(file: Path) -> None:
    file.write_text(template(COLUMNS))
    (row,) = read_table(file, COLUMNS).rows
    assert (row["title"], row["quantity"], row["start"]) == ("revit", 30, date(2026, 8, 1))


@pytest.mark.parametrize("cell", ["=1+1", "+1 555", "-x", "@SUM", "\tx", "\rx", " =1", "'=1", "＝1"])
def test_text_that_would_be_a_formula_is_defused(cell: str) -> None:
    stream = io.StringIO()
    write_csv([{"a": cell}], ["a"], stream)
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1] == ["'" + cell.replace("\r", "\n")]


@pytest.mark.parametrize(
    ("value", "written"), [(-5, "-5"), ("-5.25", "-5.25"), (None, ""), (True, "yes"), (date(2026, 8, 1), "2026-08-01")]
)
def test_numbers_and_days_are_left_alone(value: object, written: str) -> None:
    stream = io.StringIO()
    write_csv([{"a": value, "b": 1}], ["a", "b"], stream)
    assert stream.getvalue().splitlines()[1] == f"{written},1"


letters = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
    lambda cell: cell == cell.strip()
)


@given(st.lists(letters | st.sampled_from(["=1", "'=1", "''=1", "' =1"]), min_size=1, max_size=5))
def test_what_we_write_reads_back(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    file = tmp_path_factory.mktemp("table") / "out.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        write_csv([{"a": cell} for cell in cells], ["a"], stream)
    assert [row["a"] for row in read_table(file, [Column("a", text())]).rows] == cells


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_problems(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    file = tmp_path_factory.mktemp("table") / "any.csv"
    file.write_bytes(b"title,quantity\n" + body)
    table = scan_table(file, COLUMNS)
    assert all(row["title"] for row in table.rows)


def test_a_member_of_a_zip_is_read_as_it_comes(tmp_path: Path) -> None:
    """Millions of rows, from bytes that are no file, and none of them kept."""
    with zipfile.ZipFile(tmp_path / "bulk.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", "title,quantity,secret\n" + "Revit,1,x\n" * 50_000 + "Revit,many,x\n")
    with zipfile.ZipFile(tmp_path / "bulk.zip") as archive:
        stream = stream_table(Source("rows.csv", lambda: archive.open("rows.csv")), COLUMNS)
        assert stream.unknown == ("secret",)  # known before the first row
        assert sum(row["quantity"] for row in stream) == 50_000
    assert [str(problem).split(":")[0] for problem in stream.problems] == ["rows.csv row 50002, quantity"]


def test_a_line_without_end_is_not_taken_into_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "_LONGEST", 1000)
    assert "has a line of more than 1000 characters" in problems(file, 'title\n"' + "x" * 2000)[0]


@pytest.mark.parametrize("place", [1, 3, 4, 5])
def test_bytes_are_judged_alike_wherever_a_chunk_ends(file: Path, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "_CHUNK", place)
    file.write_bytes("title\nRésumé – Pro €\n".encode())
    assert read_table(file, COLUMNS).rows[0]["title"] == "Résumé – Pro €"
    (found,) = problems(file, b"title,quantity\nA,1\n\x81\x8d,1\n")
    assert found.startswith("bought.csv row 3: is not text (byte 19 is not cp1252)")


def test_line_ends_within_a_cell_are_one_kind(file: Path) -> None:
    file.write_bytes(b'title\r\n"two\r\nlines"\r\n')
    assert read_table(file, COLUMNS).rows[0]["title"] == "two\nlines"
