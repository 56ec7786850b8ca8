"""Adobe Admin Console, the users of an organisation: a person per row with the product profiles that they hold.

The console's own list counts a person once for each product, in however many of its profiles they are.
"""

from datetime import date

from inventory.source import Source
from inventory.table_file import Column, text
from licenses.exports.reading import AssignedFile, ExportRows, Persons
from licenses.exports.tally import Tally
from licenses.exports.vendor_names import VendorNames

SOURCE = "adobe"
SIGNATURES = (
    frozenset({"identity_type", "product_configurations"}),
    frozenset({"identity_type", "team_products"}),
)


def read_adobe(source: Source, names: VendorNames, *, on: date | None, today: date, sheet: str = "") -> AssignedFile:
    """Counts by product on the day of the export, which the file does not say: today, unless it is given."""
    persons = Persons()
    identities = [Column(name, persons.digest) for name in ("Email", "Username", "ID")]
    rows = ExportRows(
        source,
        (
            *identities,
            Column(
                "Product Configurations", text(20_000), named=True, aliases=("Team Products", "Products"), default=""
            ),
        ),
        sheet=sheet,
    )
    tally = Tally(names, rows.file)
    for row in rows:
        person = next((row[one.name] for one in identities if row[one.name]), None)
        held = set()
        for said in filter(None, (part.strip() for part in row["Product Configurations"].split(","))):
            # What comes after the dash is the profile's name, which a teacher has given: it is not shown.
            name = said if names.knows(said) else said.partition(" - ")[0]
            if product := tally.product(row.number, name, "Product Configurations"):
                held.add(product)
        for product in held:
            tally.hold(product, person, used=False)
    return AssignedFile(
        rows.file,
        tally.counts(SOURCE, on or today, activity=False),
        tally.problems(rows.problems),
        whole=True,
        skipped=tally.skipped,
    )
