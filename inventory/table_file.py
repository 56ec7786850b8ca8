"""Tables that people keep in CSV files and workbooks: read with every problem named, and the one way to read them.

columns = (Column("title", text(), required=True), Column("quantity", whole(), aliases=("seats",)))
table = scan_table(path, columns)
for row in table.rows:                         # those without a problem
    row.number, row["title"], row["quantity"]  # number as a spreadsheet shows it; blank cell -> column.default
if table.problems:                             # and those that the caller found
    raise TableProblems(table.problems)

What is too long to be kept is read by `stream_table`, from a path or from a `Source` such as a member of a zip:

source = Source("classes.csv", lambda: archive.open("classes.csv"))
stream = stream_table(source, columns, limits=Limits(rows=5_000_000))
stream.unknown                                 # the header is read already: which columns are not read
for row in stream:                             # each row without a problem, and none is kept
    ...
stream.problems                                # complete when the rows have run out
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from inventory.cells import CellError, choice, iso_date, money, plain_name, shown, text, whole, yes_no
from inventory.csv_text import records
from inventory.errors import InventoryError
from inventory.source import Source, Unreadable
from inventory.table_writing import template, unguarded, write_csv

__all__ = [
    "CellError",
    "Column",
    "Limits",
    "Problem",
    "Row",
    "Source",
    "Table",
    "TableProblems",
    "TableStream",
    "choice",
    "iso_date",
    "money",
    "plain_name",
    "scan_table",
    "shown",
    "stream_table",
    "template",
    "text",
    "whole",
    "write_csv",
    "yes_no",
]

DELIMITERS = (",", ";", "\t")
_OTHER_WORKBOOKS = (".xlsm", ".xltm", ".xlsb", ".xls", ".ods", ".numbers")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is accepted: `size` in bytes, filled `rows`, `cell` in characters, listed `problems`."""

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


def scan_table(
    source: Path | Source, columns: Sequence[Column], *, limits: Limits | None = None, sheet: str = ""
) -> Table:
    """The table of a file with its problems; rows that have one are left out of `rows`.

    A name that ends in .xlsx is read as a workbook, of which `sheet` names the sheet ("": the first that is shown).
    """
    stream = stream_table(source, columns, limits=limits, sheet=sheet)
    rows = tuple(stream)
    return Table(stream.file, rows, stream.problems, stream.unknown, stream.hints)


def stream_table(
    source: Path | Source, columns: Sequence[Column], *, limits: Limits | None = None, sheet: str = ""
) -> "TableStream":
    """The rows of a file as they come, for a file too long to be kept; its header is read at once."""
    return TableStream(source if isinstance(source, Source) else Source.of(source), columns, limits or Limits(), sheet)


@dataclass(slots=True)
class TableStream:
    """A table while it is read, once: the rows by iteration, beside them what is wrong so far."""

    source: Source
    columns: Sequence[Column]
    limits: Limits
    sheet: str = ""
    file: str = ""
    _found: list[Problem] = field(default_factory=list)
    _more: int = 0
    _unknown: list[str] = field(default_factory=list)
    _hints: list[str] = field(default_factory=list)
    _rows: Iterator[Row] = field(default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        self.file = self.source.name
        try:
            self._rows = self._read()
        except Unreadable as unreadable:
            self._report(unreadable.row, "", str(unreadable), unreadable.hint)

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self._rows
        except Unreadable as unreadable:
            self._report(unreadable.row, "", str(unreadable), unreadable.hint)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in what has been read so far."""
        if not self._more:
            return tuple(self._found)
        more = Problem(self.file, 0, "", f"{self._more} more problems are not listed", "mend these first")
        return (*self._found, more)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The columns that are not read, as they are written."""
        return tuple(self._unknown)

    @property
    def hints(self) -> tuple[str, ...]:
        """What is not wrong, and yet its owner should know."""
        return tuple(self._hints)

    def _report(self, row: int, name: str, message: str, hint: str) -> None:
        if len(self._found) < self.limits.problems:
            self._found.append(Problem(self.file, row, name, message, hint))
        else:
            self._more += 1

    def _read(self) -> Iterator[Row]:
        """The header at once, and the rows to come; none where the header is wrong."""
        workbook = self._is_workbook()
        numbered = self._sheet() if workbook else records(self.source, self.limits.size, self._delimiter)
        first, header = self._header(numbered)
        places = {} if self._found else self._places(header, first)
        return iter(()) if self._found else self._body(numbered, len(header), places, workbook=workbook)

    def _body(
        self,
        numbered: "Iterator[tuple[int, Sequence[str | CellError]]]",
        width: int,
        places: Mapping[str, int],
        *,
        workbook: bool,
    ) -> Iterator[Row]:
        filled = 0
        for number, record in numbered:
            if not any(map(_said, record)):
                continue
            filled += 1
            if filled > self.limits.rows:
                raise Unreadable(f"has more than {self.limits.rows} rows", "split it into smaller files", number)
            cells = [*record, *[""] * (width - len(record))] if workbook else record
            if row := self._row(number, cells, width, places, unguard=not workbook):
                yield row

    def _header(self, numbered: "Iterator[tuple[int, Sequence[str | CellError]]]") -> tuple[int, Sequence[str]]:
        """The first row that is not blank, and its number."""
        hint = f"its first row must name the columns: {self._names()}"
        number, record = next(((number, record) for number, record in numbered if any(map(_said, record))), (0, ()))
        if not record:
            raise Unreadable("is empty", hint)
        header = [self._title(number, cell) for cell in record]
        while not header[-1]:
            header.pop()
        if len(header) > self.limits.columns:
            raise Unreadable(f"has {len(header)} columns", hint, number)
        return number, header

    def _is_workbook(self) -> bool:
        name = self.source.name.casefold()
        if name.endswith(_OTHER_WORKBOOKS):
            raise Unreadable("is a kind of workbook that is not read", "save it as .xlsx, or the sheet as CSV (UTF-8)")
        workbook = name.endswith(".xlsx")
        if self.sheet and not workbook:
            raise Unreadable("has no sheets: it is read as CSV", "leave out the name of the sheet, or name an .xlsx")
        return workbook

    def _sheet(self) -> "Iterator[tuple[int, Sequence[str | CellError]]]":
        from inventory.xlsx_file import Sheet, sheet_records

        about = Sheet()
        rows = sheet_records(self.source, self.limits.size, self.sheet, about)
        first = next(rows, None)
        if about.name:
            self.file = f"{self.source.name} sheet {shown(about.name)}"
        self._hints.extend(about.hints)
        return chain((first,), rows) if first else rows

    def _title(self, number: int, cell: str | CellError) -> str:
        if isinstance(cell, CellError):
            self._report(number, "", f"a cell of the header {cell}", cell.hint)
            return "?"
        return cell.strip()

    def _names(self) -> str:
        return ", ".join(column.name for column in self.columns)

    def _known(self) -> dict[str, Column]:
        known = {plain_name(alias): column for column in self.columns for alias in column.aliases}
        return known | {plain_name(column.name): column for column in self.columns}

    def _delimiter(self, line: str) -> str:
        """The delimiter under which most columns of a header are known."""
        known = self._known()

        def score(delimiter: str) -> tuple[int, int]:
            cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
            return sum(plain_name(cell) in known for cell in cells), len(cells)

        return max(DELIMITERS, key=score)

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
                self._report(number, title, f"is the same column as {seen[key]!r}", "keep one of the two")
            elif column:
                places[column.name] = place
            elif title:
                self._unknown.append(title)
            seen.setdefault(key, title)
        for column in self.columns:
            if (column.required or column.named) and column.name not in places:
                near = _nearest(column.name, self._unknown)
                hint = f"rename {near!r}" if near else f"the columns are: {self._names()}"
                self._report(number, column.name, "this column is missing", hint)
        free = [column.name for column in self.columns if column.name not in places]
        for title in self._unknown:
            near = _nearest(title, free)
            meant = f" (did you mean {near}?)" if near else ""
            self._hints.append(f"{self.file}: column {shown(title)} is not read{meant}")
        return places

    def _row(
        self, number: int, record: Sequence[str | CellError], width: int, places: Mapping[str, int], *, unguard: bool
    ) -> Row | None:
        if len(record) != width and (len(record) < width or any(map(_said, record[width:]))):
            message = f"has {len(record)} cells, the header has {width}"
            self._report(number, "", message, "look for a missing or an unquoted delimiter in this row")
            return None
        right = True
        cells: dict[str, Any] = {}
        for column in self.columns:
            place = places.get(column.name)
            cells[column.name] = column.default
            if place is None:
                continue
            try:
                cell = self._cell(record[place], unguard=unguard)
                if cell or column.required:
                    cells[column.name] = column.parse(cell) if cell else _blank()
            except CellError as error:
                right = False
                self._report(number, column.name, str(error), error.hint)
        return Row(number, cells) if right else None

    def _cell(self, cell: str | CellError, *, unguard: bool) -> str:
        if isinstance(cell, CellError):
            raise cell
        cell = cell.strip()
        if len(cell) > self.limits.cell:
            raise CellError(f"is {len(cell)} characters long", f"a cell may hold {self.limits.cell}")
        if "\r" in cell:
            cell = cell.replace("\r\n", "\n").replace("\r", "\n")
        return unguarded(cell) if unguard else cell


def _blank() -> NoReturn:
    raise CellError("is blank", "this column must be filled in every row")


def _said(cell: str | CellError) -> bool:
    return isinstance(cell, CellError) or bool(cell.strip())


def _nearest(name: str, others: Sequence[str]) -> str:
    by_plain = {plain_name(other): other for other in others}
    near = get_close_matches(plain_name(name), by_plain, n=1, cutoff=0.6)
    return by_plain[near[0]] if near else ""
