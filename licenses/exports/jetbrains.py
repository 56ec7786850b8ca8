"""JetBrains Account and License Vault: a licence per row, with whom it is assigned to and how long it holds."""

from datetime import date

from inventory.source import Source
from inventory.table_file import Column, text
from licenses.exports.reading import AssignedFile, ExportRows, Persons, us_day
from licenses.exports.tally import Tally
from licenses.exports.vendor_names import VendorNames

SOURCE = "jetbrains"
SIGNATURES = (
    frozenset({"license_id", "product", "assignee"}),
    frozenset({"license_id", "product", "assignee_email"}),
    frozenset({"license_id", "product", "assigned_to"}),
    frozenset({"license_id", "product", "valid_until"}),
)


def read_jetbrains(
    source: Source, names: VendorNames, *, on: date | None, today: date, sheet: str = ""
) -> AssignedFile:
    """Counts by product of the licences that are assigned and have not ended on the day of the export."""
    persons = Persons()
    holders = [Column(name, persons.digest) for name in ("Assignee", "Assignee email", "Assignee name", "Assigned to")]
    rows = ExportRows(
        source,
        (
            Column("License ID", persons.digest, required=True, aliases=("License",)),
            Column("Product", text(), required=True, aliases=("Product name",)),
            *holders,
            Column("Valid until", us_day, aliases=("Expiration date", "Expires", "Paid until")),
        ),
        sheet=sheet,
    )
    day = on or today
    tally = Tally(names, rows.file)
    for row in rows:
        product = tally.product(row.number, row["Product"], "Product")
        if not product:
            continue
        tally.name(product)
        if any(row[one.name] for one in holders) and (row["Valid until"] is None or row["Valid until"] >= day):
            tally.hold(product, row["License ID"], used=False)
    return AssignedFile(
        rows.file,
        tally.counts(SOURCE, day, activity=False),
        tally.problems(rows.problems),
        whole=True,
        skipped=tally.skipped,
    )
