"""Snipe-IT's licences as purchases: title, seats, dates and cost; holders, product keys and free notes are not read.

That export has no metric: it is the one by which the catalog says that the title is sold, else by device. Its days
always have the month first.
"""

from inventory.cells import CellError, plain_name
from inventory.source import Source
from inventory.table_file import Column, Problem, Row, Table, money, text, whole
from licenses.entitlement import Scope
from licenses.exports.reading import ExportRows, unquoted, us_day
from licenses.exports.vendor_names import VendorNames
from licenses.metrics import Metric
from licenses.purchase_file import Known, PurchaseFile, purchase_file

SIGNATURES = (
    frozenset({"item_name", "seats", "purchase_date"}),
    frozenset({"item_name", "reassignable", "seats"}),
    frozenset({"license_name", "seats", "purchase_date"}),
)
_METRICS = {plain_name(metric.value): metric for metric in Metric}
_FIELDS = {
    "title": "Item name",
    "quantity": "seats",
    "start": "purchase date",
    "end": "expiration date",
    "cost": "purchase cost",
    "purchase_order": "order number",
}


def read_snipeit(source: Source, known: Known, names: VendorNames, *, sheet: str = "") -> PurchaseFile:
    """The purchases of a list of licences; names of products that are no title of ours are problems."""

    def product(cell: str) -> tuple[str, str]:
        if found := names.product(cell):
            return known.parted(found)
        raise CellError("takes no seat", "leave the row out")

    rows = ExportRows(
        source,
        (
            Column("Item name", product, required=True, aliases=("License name", "Software name", "Product")),
            Column("seats", unquoted(whole()), required=True, aliases=("total seats", "quantity")),
            Column("purchase date", us_day, required=True),
            Column("expiration date", us_day, named=True, aliases=("expires",)),
            Column("purchase cost", unquoted(money), aliases=("cost",)),
            Column("purchase order", text(100), aliases=("purchase order number",), default=""),
            Column("order number", text(100), default=""),
        ),
        sheet=sheet,
    )
    purchases = tuple(Row(row.number, _purchase(row, names)) for row in rows)
    found = purchase_file(Table(rows.file, purchases, rows.problems), known)
    problems = tuple(
        Problem(one.file, one.row, _FIELDS.get(one.field, one.field), one.message, one.hint) for one in found.problems
    )
    hint = f"{rows.file}: its licences have no metric: taken from the catalog, else by device; see `license list`"
    return PurchaseFile(found.file, found.entitlements, problems, (*found.hints, hint))


def _purchase(row: Row, names: VendorNames) -> dict[str, object]:
    title, suite = row["Item name"]
    return {
        "title": (title, suite),
        "metric": _METRICS.get(plain_name(names.metric(title or suite)), Metric.DEVICE),
        "quantity": row["seats"],
        "start": row["purchase date"],
        "end": row["expiration date"],
        "scope": Scope(),
        "cost": row["purchase cost"],
        "purchase_order": row["purchase order"] or row["order number"],
        "funding": "",
        "notice_days": None,
        "release": "",
        "maintenance_end": None,
        "devices_per_seat": 1,
        "cte_only": None,
        "note": "",
    }
