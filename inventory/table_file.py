"""Tables that people keep in CSV files: read with every problem named, written safe for spreadsheets.

columns = (Column("title", text(), required=True), Column("quantity", whole(), aliases=("seats",)))
table = scan_table(path, columns)
for row in table.rows:                         # those without a problem
    row.number, row["title"], row["quantity"]  # number as a spreadsheet shows it; blank cell -> column.default
if table.problems:                             # and those that the caller found
    raise TableProblems(table.problems)
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO, TypeVar

from inventory.csv_text import Unreadable, read_text, records
from inventory.errors import InventoryError

Kind = TypeVar("Kind", bound=StrEnum)

DELIMITERS = (",", ";", "\t")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Terminal commands, and marks that turn the reading direction of whatever follows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is accepted: `size` in bytes, `cell` in characters, `problems` that are listed."""

    size: int = 50_000_000
    rows: int = 200_000
    columns: int = 1_000
    cell: int = 65_536
    problems: int = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file; `row` as a spreadsheet numbers it (the header is 1), 0 for the file itself."""

    file: str
    row: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file + (f" row {self.row}" if self.row else "") + (f", {self.field}" if self.field else "")
        return f"{place}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class TableProblems(InventoryError, ValueError):
    """A file that is not right: all of its problems, one line each."""

    code = "bad-table"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class CellError(ValueError):
    """A cell's text that a parser refuses, with what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read; a blank cell gives `default`.

    `required` means in the header and never blank; `named` in the header but maybe blank, where leaving the whole
    column out by mistake would change what every row means.
    """

    name: str
    parse: Callable[[str], Any]
    required: bool = False
    named: bool = False
    aliases: tuple[str, ...] = ()
    default: Any = None
    example: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the spreadsheet and its parsed cells by column name."""

    number: int
    cells: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: the rows without problems, the problems, and the names of columns that are not read."""

    file: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def text(most: int = 200) -> Callable[[str], str]:
    """Text of at most `most` characters without control characters."""

    def parse(cell: str) -> str:
        if _CONTROL.search(cell):
            raise CellError("holds control characters", "remove them")
        if len(cell) > most:
            raise CellError(f"is {len(cell)} characters long", f"write at most {most}")
        return cell

    return parse


def whole(least: int = 0, most: int = 1_000_000_000) -> Callable[[str], int]:
    """A whole number from `least` to `most`; thousands may be grouped by commas."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})", cell):
            raise CellError(f"{shown(cell)} is not a whole number", "write digits only, such as 30")
        number = int(cell.replace(",", ""))
        if not least <= number <= most:
            raise CellError(f"{number} is out of range", f"write a number from {least} to {most}")
        return number

    return parse


def money(cell: str) -> int:
    """An amount of dollars as integer cents: "1234.50", "$1,234.50"."""
    found = re.fullmatch(r"(?:USD ?|\$ ?)?([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?:\.([0-9]{1,2}))?", cell)
    if found is None:
        raise CellError(f"{shown(cell)} is not an amount of money", "write dollars and cents as 1234.50")
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))


def iso_date(cell: str) -> date:
    """A day as year-month-day; days with slashes are refused, because nobody can tell 03/04 from 04/03."""
    hint = "write it as year-month-day, such as 2026-08-31"
    if re.fullmatch(r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}", cell):
        raise CellError(f"{cell!r} can be read in two ways", hint)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise CellError(f"{shown(cell)} is not a date", hint)
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{cell!r} is no day of the calendar", hint) from None
    if not 1970 <= day.year < 2200:
        raise CellError(f"{cell!r} is not in this age", "check the year")
    return day


def choice(kind: type[Kind], aliases: Mapping[str, Kind] | None = None) -> Callable[[str], Kind]:
    """A member of a `StrEnum`, written in any case, with blanks or hyphens for its underscores."""
    known = {plain_name(member.value): member for member in kind}
    known.update({plain_name(name): member for name, member in (aliases or {}).items()})

    def parse(cell: str) -> Kind:
        try:
            return known[plain_name(cell)]
        except KeyError:
            names = ", ".join(member.value for member in kind)
            raise CellError(f"{shown(cell)} is not one of the choices", f"write one of: {names}") from None

    return parse


def yes_no(cell: str) -> bool:
    """A yes or a no, as spreadsheets write them."""
    word = cell.casefold()
    if word in {"yes", "y", "true", "1", "x"}:
        return True
    if word in {"no", "n", "false", "0"}:
        return False
    raise CellError(f"{shown(cell)} is neither yes nor no", "write yes or no")


def scan_table(path: Path, columns: Sequence[Column], *, limits: Limits | None = None) -> Table:
    """The table of a file with its problems; rows that have one are left out of `rows`."""
    scan = _Scan(path.name, columns, limits or Limits())
    try:
        scan.read(path)
    except Unreadable as unreadable:
        scan.report(unreadable.row, "", str(unreadable), unreadable.hint)
    problems = scan.problems[: scan.limits.problems]
    if more := len(scan.problems) - len(problems):
        problems.append(Problem(scan.file, 0, "", f"{more} more problems are not listed", "mend these first"))
    return Table(scan.file, tuple(scan.rows), tuple(problems), tuple(scan.unknown), tuple(scan.hints))


def write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], stream: TextIO) -> None:
    """Rows as CSV with a header; text that a spreadsheet would take for a formula is defused by an apostrophe."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_written(row.get(name)) for name in columns])


def template(columns: Sequence[Column]) -> str:
    """A file to fill in: the header and one example row."""
    stream = io.StringIO()
    write_csv([{column.name: column.example for column in columns}], [column.name for column in columns], stream)
    return stream.getvalue()


def plain_name(name: str) -> str:
    """A header or choice as it is compared: lower case, anything but letters and digits one underscore."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def shown(cell: str) -> str:
    """A cell as it is quoted in a problem: never at any length."""
    return repr(cell if len(cell) <= 40 else cell[:37] + "...")


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = str(value).replace("\r\n", "\n").replace("\r", "\n")  # the writer would leave a lone one unquoted
    if isinstance(value, str) and shown.lstrip("' ").startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(shown):
        return "'" + shown
    return shown


def _unguarded(cell: str) -> str:
    """The cell without the apostrophe that `write_csv` put before a formula, so that our own files read back."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("' ").startswith(FORMULA_STARTS) else cell


@dataclass(slots=True)
class _Scan:
    file: str
    columns: Sequence[Column]
    limits: Limits
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def report(self, row: int, name: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, row, name, message, hint))

    def read(self, path: Path) -> None:
        numbered = records(*self._delimited(read_text(path, self.limits.size)))
        header: list[str] = []
        first = 0
        for number, record in numbered:
            if any(cell.strip() for cell in record):
                header, first = [cell.strip() for cell in record], number
                break
        if not header:
            raise Unreadable("is empty", f"its first row must name the columns: {self._names()}")
        if len(header) > self.limits.columns:
            hint = f"its first row must name the columns: {self._names()}"
            raise Unreadable(f"has {len(header)} columns", hint, first)
        places = self._places(header, first)
        if self.problems:
            return
        for number, record in numbered:
            if number - first > self.limits.rows:
                raise Unreadable(f"has more than {self.limits.rows} rows", "split it into smaller files", number)
            if any(cell.strip() for cell in record):
                self._row(number, record, header, places)

    def _names(self) -> str:
        return ", ".join(column.name for column in self.columns)

    def _known(self) -> dict[str, Column]:
        known = {plain_name(alias): column for column in self.columns for alias in column.aliases}
        return known | {plain_name(column.name): column for column in self.columns}

    def _delimited(self, body: str) -> tuple[str, str]:
        """The text without Excel's `sep=` line, and the delimiter under which most columns are known."""
        if found := re.match(r"sep=([,;\t])\r?\n", body):
            return body[found.end() :], found[1]
        start = next((line for line in body.splitlines() if line.strip()), "")
        known = self._known()

        def score(delimiter: str) -> tuple[int, int]:
            cells = [cell.strip().strip('"') for cell in start.split(delimiter)]
            return sum(plain_name(cell) in known for cell in cells), len(cells)

        return body, max(DELIMITERS, key=score)

    def _places(self, header: Sequence[str], number: int) -> dict[str, int]:
        """Where each column stands; what is missing, doubled or not known is reported."""
        known = self._known()
        places: dict[str, int] = {}
        seen: dict[str, str] = {}
        for place, title in enumerate(header):
            name = plain_name(title)
            column = known.get(name)
            key = column.name if column else name
            if key and key in seen:
                self.report(number, title, f"is the same column as {seen[key]!r}", "keep one of the two")
            elif column:
                places[column.name] = place
            elif title:
                self.unknown.append(title)
            seen.setdefault(key, title)
        for column in self.columns:
            if (column.required or column.named) and column.name not in places:
                near = _nearest(column.name, self.unknown)
                hint = f"rename {near!r}" if near else f"the columns are: {self._names()}"
                self.report(number, column.name, "this column is missing", hint)
        free = [column.name for column in self.columns if column.name not in places]
        for title in self.unknown:
            near = _nearest(title, free)
            meant = f" (did you mean {near}?)" if near else ""
            self.hints.append(f"{self.file}: column {shown(title)} is not read{meant}")
        return places

    def _row(self, number: int, record: Sequence[str], header: Sequence[str], places: Mapping[str, int]) -> None:
        if len(record) < len(header) or any(cell.strip() for cell in record[len(header) :]):
            message = f"has {len(record)} cells, the header has {len(header)}"
            self.report(number, "", message, "look for a missing or an unquoted delimiter in this row")
            return
        before = len(self.problems)
        cells: dict[str, Any] = {}
        for column in self.columns:
            place = places.get(column.name)
            cell = "" if place is None else _unguarded(record[place].strip())
            cells[column.name] = column.default
            if len(cell) > self.limits.cell:
                hint = f"a cell may hold {self.limits.cell}"
                self.report(number, column.name, f"is {len(cell)} characters long", hint)
            elif cell:
                try:
                    cells[column.name] = column.parse(cell)
                except CellError as error:
                    self.report(number, column.name, str(error), error.hint)
            elif column.required:
                self.report(number, column.name, "is blank", "this column must be filled in every row")
        if len(self.problems) == before:
            self.rows.append(Row(number, cells))


def _nearest(name: str, others: Sequence[str]) -> str:
    by_plain = {plain_name(other): other for other in others}
    near = get_close_matches(plain_name(name), by_plain, n=1, cutoff=0.6)
    return by_plain[near[0]] if near else ""
