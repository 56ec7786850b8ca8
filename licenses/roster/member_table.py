"""One CSV of an export as rows of wanted cells, streaming: headers under usual names, misspelt ones pointed out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from operator import itemgetter

from inventory.archive import Archive
from inventory.cells import CellError, iso_date
from inventory.csv_stream import streamed_records
from inventory.source import Unreadable
from licenses.roster.findings import Findings

MOST_ROWS = 20_000_000
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column that is read; `required` where nothing can be understood without it."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = True

    @property
    def plain(self) -> tuple[str, ...]:
        """Its names as they are compared."""
        return tuple(_plain(name) for name in (self.name, *self.aliases))


def rows_of(
    archive: Archive, member: str, columns: Sequence[Wanted], found: Findings
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row's number and its wanted cells in the order of `columns`; "" for a column that is not there.

    What ends the reading, and rows that are cut off, are reported and left out; nothing of a row is quoted.
    """
    if not archive.holds(member):
        known = {name.casefold(): name for name in archive.names}
        close = get_close_matches(member.casefold(), known, n=1)
        hint = f"rename {known[close[0]]}" if close else "export it too"
        found.refuse(archive.file, 0, member, "is not there", hint)
        return
    file = archive.label(member)
    names = {plain for column in columns for plain in column.plain}

    def delimiter(first: str) -> str:
        return max(_DELIMITERS, key=lambda one: sum(_plain(cell) in names for cell in first.split(one)))

    try:
        with archive.open(member) as chunks:
            records = streamed_records(chunks, delimiter, most=MOST_ROWS)
            header = next((record for _, record in records if any(map(str.strip, record))), [])
            places = _places(file, header, columns, found)
            if places is None:
                return
            width = max(places, default=-1) + 1
            yield from _cells(file, records, places, width, len(header), found)
    except Unreadable as unreadable:
        found.refuse(file, unreadable.row, "", str(unreadable), unreadable.hint)


def _cells(
    file: str,
    records: Iterator[tuple[int, list[str]]],
    places: Sequence[int],
    width: int,
    whole: int,
    found: Findings,
) -> Iterator[tuple[int, tuple[str, ...]]]:
    spare = whole  # a cell that is always "", for the columns that are not there
    pick = itemgetter(*(spare if place < 0 else place for place in places))
    for number, record in records:
        length = len(record)
        if length == whole:
            record.append("")
        elif not any(map(str.strip, record)):
            continue
        elif length < width or any(map(str.strip, record[whole:])):
            message = f"has {length} cells, the header has {whole}"
            found.refuse(file, number, "", message, "look for a missing or an unquoted comma in this row")
            continue
        else:
            record[length:] = [""] * (whole - length)
            record[whole:] = [""]
        yield number, pick(record)


def _places(file: str, header: Sequence[str], columns: Sequence[Wanted], found: Findings) -> tuple[int, ...] | None:
    if not header:
        found.refuse(file, 1, "", "is empty", f"its first row names the columns: {', '.join(c.name for c in columns)}")
        return None
    plain = [_plain(cell) for cell in header]
    known = {name for column in columns for name in column.plain}
    unknown = {name: cell.strip() for name, cell in zip(plain, header, strict=True) if name and name not in known}
    places = []
    wrong = False
    for column in columns:
        at = [place for place, name in enumerate(plain) if name in column.plain]
        if len(at) > 1:
            found.refuse(file, 1, column.name, "is there twice", "keep one of the two columns")
            wrong = True
        elif not at and (column.required or near(column.name, unknown)):
            # A misspelt column is as bad as none: where a writer leaves one out, none looks like it.
            meant = near(column.name, unknown)
            hint = f"rename {meant!r}" if meant else "export it too"
            found.refuse(file, 1, column.name, "this column is missing", hint)
            wrong = True
        places.append(at[0] if at else -1)
    return None if wrong else tuple(places)


def header_of(archive: Archive, member: str) -> frozenset[str]:
    """The names of a member's columns in lower-case letters and digits; none where it cannot be read."""
    if not archive.holds(member):
        return frozenset()
    try:
        with archive.open(member) as chunks:
            records = streamed_records(chunks, lambda first: max(_DELIMITERS, key=first.count), most=MOST_ROWS)
            return frozenset(_plain(cell) for cell in next((record for _, record in records if any(record)), []))
    except Unreadable:
        return frozenset()


def near(name: str, unknown: Mapping[str, str]) -> str:
    """Which of the unknown headers (by plain name) is this one misspelt, or ""."""
    others = [one for one in unknown if not one.startswith("metadata")]
    close = get_close_matches(_plain(name), others, n=1, cutoff=0.75)
    return unknown[close[0]] if close else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.casefold())


ACTIVE = frozenset({"", "active"})
GONE = frozenset({"inactive", "tobedeleted", "deleted"})


def active(status: str) -> bool | None:
    """Whether a row counts; blank means active. `None` for a word that is neither."""
    word = status.strip().casefold()
    return True if word in ACTIVE else False if word in GONE else None


def export_day(cell: str, order: str = "") -> date:
    """A day as an export writes it, also with a time behind it; `order` ("mdy", "dmy") reads days with slashes."""
    cell = cell.strip()
    if order and (slashes := re.fullmatch(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})", cell)):
        month, day = (slashes[1], slashes[2]) if order == "mdy" else (slashes[2], slashes[1])
        cell = f"{slashes[3]}-{month:0>2}-{day:0>2}"
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.Z+-]+", cell):
        cell = found[1]
    try:
        return iso_date(cell)
    except CellError as error:
        if re.fullmatch(r"[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}", cell) and not order:
            error.hint += ", or say with --dates mdy or --dates dmy which it is"
        raise
