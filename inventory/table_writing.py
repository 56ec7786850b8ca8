"""Tables out: CSV that no spreadsheet takes for formulas, workbooks with types, and templates to fill in."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from inventory.table_file import Column

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Cents:
    """An amount of money, so that a workbook shows it as one and a CSV as 1250.00."""

    cents: int

    def __str__(self) -> str:
        return f"{'-' if self.cents < 0 else ''}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"


Value = str | int | float | bool | date | Cents | None


def write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], stream: TextIO) -> None:
    """Rows as CSV with a header; text that a spreadsheet would take for a formula is defused by an apostrophe."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_written(row.get(name)) for name in columns])


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to be written: its name, the columns in their order, and the rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Mapping[str, object]]


def write_xlsx(sheets: Sequence[SheetOut], target: IO[bytes], *, created: date | None = None) -> None:
    """A workbook with days as days, numbers as numbers and all else as text: never a formula, never a link.

    `created` is the day that it names; with one, the same rows give the same bytes.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        if created is not None:
            book.set_properties({"created": created})
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        amount = book.add_format({"num_format": "#,##0.00"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            widths = [len(name) for name in sheet.columns]
            for place, name in enumerate(sheet.columns):
                page.write_string(0, place, name, head)
            for number, row in enumerate(sheet.rows, 1):
                for place, name in enumerate(sheet.columns):
                    value = row.get(name)
                    match value:
                        case None | "":
                            continue
                        case bool():
                            page.write_string(number, place, "yes" if value else "no")
                        case Cents():
                            page.write_number(number, place, value.cents / 100, amount)
                        case int() | float():
                            page.write_number(number, place, value)
                        case date():
                            page.write_datetime(number, place, value, day)
                        case _:
                            long = "\n" in str(value) or len(str(value)) > 60
                            page.write_string(number, place, str(value), wrap if long else None)
                    widths[place] = max(widths[place], min(60, len(str(value))))
            for place, width in enumerate(widths):
                page.set_column(place, place, width + 2)


def template(columns: "Sequence[Column]") -> str:
    """A file to fill in: the header and one example row."""
    stream = io.StringIO()
    write_csv([{column.name: column.example for column in columns}], [column.name for column in columns], stream)
    return stream.getvalue()


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = str(value).replace("\r\n", "\n").replace("\r", "\n")  # the writer would leave a lone one unquoted
    if isinstance(value, str) and shown.lstrip("' ").startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(shown):
        return "'" + shown
    return shown


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that `write_csv` put before a formula, so that our own files read back."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("' ").startswith(FORMULA_STARTS) else cell
