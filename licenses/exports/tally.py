"""Counts persons by product while an export streams past: who holds a seat, who used it, on which days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from inventory.cells import CellError
from inventory.table_file import Problem
from licenses.assigned import Assigned
from licenses.exports.vendor_names import VendorNames

_MOST_UNKNOWN = 200


@dataclass(slots=True)
class Tally:
    """One export's counts so far; persons are digests here, and gone with the tally.

    A row without a digest (the vendor hides who it is) counts as one person of its own.
    """

    names: VendorNames
    file: str = ""
    skipped: dict[str, int] = field(default_factory=dict)
    _unknown: dict[str, Problem] = field(default_factory=dict)
    _holders: dict[str, set[bytes]] = field(default_factory=dict)
    _users: dict[str, set[bytes]] = field(default_factory=dict)
    _nameless: int = 0
    first: date | None = None
    last: date | None = None

    def product(self, row: int, said: str, column: str) -> str:
        """The id of what a row is for; "" where it is passed over, or is not known, which is then a problem."""
        try:
            found = self.names.product(said)
        except CellError as error:
            if len(self._unknown) < _MOST_UNKNOWN:
                self._unknown.setdefault(said, Problem(self.file, row, column, str(error), error.hint))
            return ""
        if not found:
            self.skipped[said] = self.skipped.get(said, 0) + 1
        return found

    def hold(self, product: str, person: bytes | None, *, used: bool) -> None:
        """One person holds a seat of a product, and used it or not."""
        if person is None:
            self._nameless += 1
            person = self._nameless.to_bytes(9, "big")  # longer than a digest, so never one
        self._holders.setdefault(product, set()).add(person)
        if used:
            self._users.setdefault(product, set()).add(person)

    def name(self, product: str) -> None:
        """The export names a product, whether anybody holds it or not."""
        self._holders.setdefault(product, set())

    def day(self, day: date) -> None:
        """A day on which something was used: the report reaches at least from the first to the last of them."""
        self.first = min(self.first or day, day)
        self.last = max(self.last or day, day)

    def counts(self, source: str, on: date, *, activity: bool) -> tuple[Assigned, ...]:
        """What it came to, by product; `activity`: the export says who was active."""
        days = (self.last - self.first).days + 1 if self.first and self.last else None
        return tuple(
            Assigned(
                product=product,
                assigned=len(holders),
                active=len(self._users.get(product, ())) if activity else None,
                on=on,
                source=source,
                days=days if activity else None,
            )
            for product, holders in sorted(self._holders.items())
        )

    def problems(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """What was wrong in the rows, and each name that is not known, once, where it stands first."""
        return tuple(sorted((*found, *self._unknown.values()), key=lambda problem: problem.row))
