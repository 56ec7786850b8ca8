"""Autodesk Account: Usage Report, Seat Usage, and the older Usage by user; one row for a user and product, or a day.

The Usage Report lists every seat that is assigned, and says whether it was used. The other two list only those who used
a product: the count of assigned seats is then the least that it can be.
"""

from datetime import date

from inventory.source import Source
from inventory.table_file import Column, Problem, text
from licenses.exports.reading import AssignedFile, ExportRows, Persons, number, us_day
from licenses.exports.tally import Tally
from licenses.exports.vendor_names import VendorNames

SOURCE = "autodesk"
SIGNATURES = (
    frozenset({"product_name", "day_used"}),
    frozenset({"product", "day_used"}),
    frozenset({"product", "days_used"}),
    frozenset({"product", "seat_assignment"}),
    frozenset({"product_name", "usagedate"}),
)


def read_autodesk(source: Source, names: VendorNames, *, on: date | None, today: date, sheet: str = "") -> AssignedFile:
    """Counts by product; `on` is the report's day, where the file has no days of use and it is not given, today."""
    persons = Persons()
    identities = [
        Column(name, persons.digest, aliases=aliases)
        for name, aliases in (
            ("hashed autodesk id", ("hashed user id", "hashedUserId")),
            ("Autodesk ID", ()),
            ("User ID", ("userId",)),
            ("Email", ("User email", "emailAddress", "email address")),
            ("User name", ("userName",)),
        )
    ]
    rows = ExportRows(
        source,
        (
            *identities,
            Column("Product name", text(), required=True, aliases=("Product", "productName")),
            Column("Day used", us_day, aliases=("usageDate",)),
            Column("Last accessed", us_day, aliases=("Last accessed date",)),
            Column("Days used", number),
            Column("User activity", text(40), default=""),
            Column("Seat assignment", text(40), default=""),
            Column("Unassigned date", us_day),
        ),
        sheet=sheet,
    )
    tally = Tally(names, rows.file)
    whole, told = False, False
    for row in rows:
        product = tally.product(row.number, row["Product name"], "Product name")
        if row["Day used"]:
            tally.day(row["Day used"])
        if not product:
            continue
        seat = row["Seat assignment"].casefold()
        activity = row["User activity"].casefold()
        whole = whole or bool(seat)
        told = told or row["Day used"] is not None or row["Days used"] is not None or bool(activity)
        tally.name(product)
        if seat.startswith(("un", "not", "no")) or (row["Unassigned date"] and not seat):
            continue
        used = row["Day used"] is not None or (row["Days used"] or 0) > 0 or activity == "active"
        person = next((row[one.name] for one in identities if row[one.name]), None)
        tally.hold(product, person, used=used)
    problems = list(rows.problems)
    day = on or tally.last or today
    if day > today:
        problems.append(Problem(rows.file, 0, "", f"tells of {day}, which is still to come", "check the clock"))
    return AssignedFile(
        rows.file,
        tally.counts(SOURCE, day, activity=told),
        tally.problems(problems),
        whole=whole,
        skipped=tally.skipped,
    )
