"""A workbook's sheet as numbered records of texts: what could lie in it is refused, cell by cell where that is enough.

A workbook is a zip of XML. Its members are inflated once before anything reads them, counted by what comes out and not
by what they claim; a document type, which is where entities live, ends the reading. `defusedxml` stands behind that.
"""

import re
import warnings
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

import openpyxl  # type: ignore[import-untyped]  # it ships no types
from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]  # the same

from inventory.cells import CellError, shown
from inventory.source import Source, Unreadable

Cell = str | CellError
"""A cell's text, or why there is none."""

MOST_INFLATED = 150_000_000
_MEMBERS = 2_000
_MERGES = 5_000
_CHUNK = 1 << 18
_OVERLAP = 400  # longer than any tag that is looked for
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{1,30})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGED = CellError("is merged with other cells", "unmerge them, and fill each cell")
_SAVE = "save it as an .xlsx workbook without a password and without macros, or as CSV (UTF-8)"


@dataclass(slots=True)
class Sheet:
    """What was learnt of the sheet that is read: its name, and what its reader should know."""

    name: str = ""
    hints: list[str] = field(default_factory=list)


def sheet_records(source: Source, size: int, sheet: str, about: Sheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Each row of a sheet that is not empty, with its number; `sheet` is a name, "" for the first that is not hidden.

    `about` is filled before the first row. Formulas are refused even where a value is stored with them: who made the
    file last did not look at that value.
    """
    with source.open() as stream:
        layouts = _inspected(stream, size)
        stream.seek(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of extensions and print settings that nobody asks for
                workbook = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
        except Exception as error:  # noqa: BLE001 - a bent workbook makes openpyxl raise whatever it stumbles over
            raise Unreadable(f"is not a workbook that can be read ({_reason(error)})", _SAVE) from None
        with closing(workbook):
            chosen = _chosen(workbook, sheet, about)
            layout = layouts.get(getattr(chosen, "_worksheet_path", "").lstrip("/"), _Layout())
            if layout.hidden:
                about.hints.append(f"{source.name}: {layout.hidden} hidden rows are read too")
            chosen.reset_dimensions()  # what it says of its size may be anything
            yield from _rows(chosen, layout)


@dataclass(slots=True)
class _Layout:
    """Merged cells by column (from 1): first and last rows of each range, by first row."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    hidden: int = 0

    def holds(self, row: int, column: int) -> bool:
        ranges = self.merged.get(column, ())
        at = bisect_right(ranges, (row, 1 << 30)) - 1
        return at >= 0 and row <= ranges[at][1]


def _inspected(stream: IO[bytes], size: int) -> Mapping[str, _Layout]:
    """The layouts of the sheets; raises Unreadable for what must not be given to a reader of workbooks."""
    start = stream.read(4)
    if start == b"\xd0\xcf\x11\xe0":
        raise Unreadable("is a workbook with a password, or of an old Excel", _SAVE)
    if not start.startswith(b"PK"):
        raise Unreadable("is not a workbook", "name it .csv if it is CSV, or save it as .xlsx")
    stream.seek(0, 2)
    if stream.tell() > size:
        raise Unreadable(f"is larger than {size} bytes", "split it into smaller files")
    try:
        with zipfile.ZipFile(stream) as archive:
            _allowed(archive.infolist())
            return _layouts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unreadable(f"is not a whole workbook ({_reason(error)})", _SAVE) from None


def _allowed(members: Sequence[zipfile.ZipInfo]) -> None:
    """Raises Unreadable for what shows without opening a part."""
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        raise Unreadable("is a zip, but no workbook", "unpack it, and name the table in it")
    if len(members) > _MEMBERS:
        raise Unreadable(f"holds {len(members)} parts", "save the one sheet that counts as CSV (UTF-8)")
    if len(names) < len(members):
        raise Unreadable("holds two parts of the same name", _SAVE)
    if any("vbaproject" in name.casefold() for name in names):
        raise Unreadable("holds macros", _SAVE)
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("is locked by a password", _SAVE)


def _layouts(archive: zipfile.ZipFile) -> Mapping[str, _Layout]:
    """Inflates every part, and counts while it does; the layouts of the sheets by the names of their parts."""
    layouts: dict[str, _Layout] = {}
    inflated = 0
    for member in archive.infolist():
        layout = _Layout()
        tail = b""
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                inflated += len(chunk)
                if inflated > MOST_INFLATED:
                    message = f"inflates to more than {MOST_INFLATED} bytes"
                    raise Unreadable(message, "save the one sheet that counts as CSV (UTF-8)")
                tail = _seen(tail, chunk, layout)
        for ranges in layout.merged.values():
            ranges.sort()
        layouts[member.filename] = layout
    return layouts


def _seen(tail: bytes, chunk: bytes, layout: _Layout) -> bytes:
    """Note what a part of the XML holds; returns the end of it, in which a tag may have begun."""
    text = tail + chunk
    if not tail and text.startswith((b"\xff\xfe<", b"\xfe\xff\0<", b"<\0", b"\0<")):
        raise Unreadable("holds XML in UTF-16", _SAVE)
    if _DOCTYPE.search(text):
        raise Unreadable("holds XML with a document type", _SAVE)
    # A tag that ends within the old part was counted with it.
    layout.hidden += sum(found.end() > len(tail) for found in _HIDDEN_ROW.finditer(text))
    for found in _MERGE.finditer(text):
        if found.end() <= len(tail):
            continue
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(found[1].decode()))
        if sum(map(len, layout.merged.values())) + right - left > _MERGES:
            raise Unreadable("has very many merged cells", "unmerge them, and fill each cell")
        for column in range(left, right + 1):
            layout.merged.setdefault(column, []).append((top, bottom))
    return text[-_OVERLAP:]


def _chosen(workbook: Any, wanted: str, about: Sheet) -> Any:
    sheets = workbook.worksheets
    if wanted:
        named = [one for one in sheets if one.title.casefold() == wanted.casefold()]
        if not named:
            names = ", ".join(shown(one.title) for one in sheets)
            raise Unreadable(f"has no sheet {shown(wanted)}", f"its sheets are: {names}")
        about.name = named[0].title
        return named[0]
    visible = [one for one in sheets if one.sheet_state == "visible"] or sheets
    if not visible:
        raise Unreadable("has no sheet of cells", "name a workbook with a table")
    about.name = visible[0].title
    return visible[0]


def _rows(sheet: Any, layout: _Layout) -> Iterator[tuple[int, Sequence[Cell]]]:
    rows = enumerate(sheet.iter_rows(), 1)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # Blank rows by the million are passed over here, one by one and kept nowhere.
                number, cells = next((number, cells) for number, cells in rows if _filled(cells))
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - as above
            raise Unreadable(f"is not a workbook that can be read ({_reason(error)})", _SAVE) from None
        texts = [_text(cell) for cell in cells]
        if layout.merged:
            # A merged cell may stand beyond the last cell that its row holds.
            texts += [""] * (max(layout.merged) - len(texts))
            texts = [_MERGED if layout.holds(number, at) else cell for at, cell in enumerate(texts, 1)]
        yield number, texts


def _filled(cells: Sequence[Any]) -> bool:
    return any(cell.value is not None for cell in cells)


def _text(cell: Any) -> Cell:
    """A cell as it would stand in a CSV, or why it is not taken."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return CellError("holds a formula", "paste its value")
    if cell.data_type == "e":
        return CellError(f"holds the error {shown(str(value))}", "write the value that is meant")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # As many digits as a spreadsheet has, and never as 1e+16.
        return format(Decimal(format(value, ".15g")).normalize() + 0, "f")
    return str(value).replace("_x000D_", "\r")  # Excel's line end within a cell, which openpyxl leaves as it is


def _reason(error: BaseException) -> str:
    """What kind of thing a library stumbled over; not its words, for they may quote a cell."""
    return type(error).__name__
