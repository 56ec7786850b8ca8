"""A web vendor's roster of seats, such as an EHR simulator's: which codes are redeemed, and until when they hold.

A seat that is redeemed is spent: it does not come back before it expires.
"""

from datetime import date

from inventory.cells import CellError
from inventory.source import Source
from inventory.table_file import Column
from licenses.assigned import Assigned
from licenses.exports.reading import AssignedFile, ExportRows, Persons, us_day

SOURCE = "webseats"
SIGNATURES = (
    frozenset({"access_code", "redeemed"}),
    frozenset({"access_code", "redeemed_date"}),
    frozenset({"access_code", "status", "expires"}),
)
_IDENTITIES = (
    *("Access code", "License code", "Code", "Key", "Seat ID", "Seat"),
    *("Student ID", "Student email", "Email", "Student", "Username", "User ID", "User"),
)
"""What tells seats apart, the best first: a code before who holds it."""

_REDEEMED = frozenset({"redeemed", "active", "used", "activated", "claimed", "assigned", "expired", "yes", "true"})
_OPEN = frozenset(
    {"", "unredeemed", "not redeemed", "available", "unused", "open", "new", "issued", "invited", "pending", "no"}
    | {"false", "revoked", "returned", "refunded", "cancelled", "canceled", "inactive", "never"}
)


def read_webseats(source: Source, product: str, *, on: date | None, today: date, sheet: str = "") -> AssignedFile:
    """How many seats of one product are redeemed and have not expired on a day.

    The same code twice, or where there are no codes the same student, is one seat.
    """
    persons = Persons()
    identities = [Column(name, persons.digest) for name in _IDENTITIES]
    rows = ExportRows(
        source,
        (
            *identities,
            Column("Redeemed", _redeemed, aliases=("Activated",)),
            Column("Redeemed date", us_day, aliases=("Redeemed on", "Activation date", "Activated on")),
            Column("Expires", us_day, aliases=("Expires on", "Expiration date", "Expiry", "End date", "Valid until")),
            Column("Status", _status, aliases=("State",)),
        ),
        sheet=sheet,
    )
    day = on or today
    seats: set[bytes] = set()
    nameless = 0
    for row in rows:
        said = (row["Redeemed date"], row["Redeemed"], row["Status"])
        redeemed = next((one for one in said if one is not None), None)
        ended = row["Expires"] is not None and row["Expires"] < day
        if ended or not redeemed or row["Status"] is False or (isinstance(redeemed, date) and redeemed > day):
            continue
        seat = next((row[one.name] for one in identities if row[one.name]), None)
        nameless += seat is None
        if seat is not None:
            seats.add(seat)
    count = Assigned(product=product, assigned=len(seats) + nameless, active=None, on=day, source=SOURCE)
    return AssignedFile(rows.file, (count,), rows.problems)


def _status(cell: str) -> bool:
    word = cell.casefold().strip()
    if word in _REDEEMED:
        return True
    if word in _OPEN:
        return False
    raise CellError("is no status that is known", "write redeemed or available")


def _redeemed(cell: str) -> date | bool:
    """The day on which it was redeemed, or whether it was."""
    word = cell.casefold().strip()
    return word in _REDEEMED if word in _REDEEMED | _OPEN else us_day(cell)
