"""How an export is read so that no person gets out of it: identities become keyed digests as they come."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from inventory.cells import CellError, iso_date, shown
from inventory.source import Source
from inventory.table_file import Column, Limits, Problem, Row, stream_table
from licenses.assigned import Assigned

Parsed = TypeVar("Parsed")

LIMITS = Limits(size=1_000_000_000, rows=20_000_000)
"""A report by user, product and day of a large district and a year."""

_US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class AssignedFile:
    """What a vendor's report comes to: a count for each product, and what is wrong in it.

    `whole`: the report lists every seat that is assigned, so that a product which it does not name has none. `skipped`
    are names of products that take no seat, by how many rows have them.
    """

    file: str
    counts: tuple[Assigned, ...]
    problems: tuple[Problem, ...]
    whole: bool = False
    skipped: Mapping[str, int] | None = None


class Persons:
    """Tells persons apart by digests under a key that dies with the reading: two files cannot be joined by them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def digest(self, identity: str) -> bytes | None:
        """A person's digest; `None` where the vendor has hidden the identity behind stars."""
        said = identity.strip().casefold()
        if not said.strip("*"):
            return None
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8, key=self._key).digest()


class ExportRows:
    """The rows of an export; what is said of it names columns that we know, and never quotes a header or a person.

    A file whose header is missing has a person where a header should be.
    """

    def __init__(self, source: Source, columns: Sequence[Column], *, sheet: str = "") -> None:
        self._stream = stream_table(source, columns, limits=LIMITS, sheet=sheet)
        names = ", ".join(column.name for column in columns)
        ours = {column.name for column in columns}
        self._header = tuple(
            one
            if not one.row
            else replace(one, message="this column is missing", hint=f"of this export, these are read: {names}")
            if one.field in ours and "missing" in one.message
            else replace(one, field="", message="the header cannot be used", hint=f"it must name, once each: {names}")
            for one in self._stream.problems
        )

    @property
    def file(self) -> str:
        """What problems call the file."""
        return self._stream.file

    def __iter__(self) -> Iterator[Row]:
        return iter(()) if self._header else iter(self._stream)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, complete when the rows have run out."""
        return self._header or self._stream.problems


def unquoted(parse: Callable[[str], Parsed]) -> Callable[[str], Parsed]:
    """The same parser, which does not quote words: where cells have slipped, a name stands in place of a day."""

    def read(cell: str) -> Parsed:
        try:
            return parse(cell)
        except CellError as error:
            if any(letter.isalpha() for letter in cell):
                raise CellError("holds words", error.hint) from None
            raise

    return read


@unquoted
def us_day(cell: str) -> date:
    """A day as 08/31/2026, for exports that always write the month first; 2026-08-31 is taken too."""
    if found := _US_DAY.fullmatch(cell):
        month, day, year = (int(part) for part in found.groups())
        cell = f"{year:04d}-{month:02d}-{day:02d}"
    return iso_date(cell[:10] if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]", cell) else cell)


def number(cell: str) -> float:
    """A number as reports write it: "12", "3.5", "1,204"."""
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        raise CellError("is not a number", "export the report again") from None


def quoted(said: str) -> str:
    """A product's name as it is shown in a problem, unless it looks like a person's address."""
    return "what looks like an address" if "@" in said else shown(said)
