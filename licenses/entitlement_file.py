"""Purchases as a file: in the columns of the list that is read, so that what is written reads back the same."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import version
from io import BytesIO, StringIO

from inventory.table_file import Column
from inventory.table_writing import Cents, SheetOut, write_csv, write_xlsx
from licenses.bill import Product, bill
from licenses.entitlement import Entitlement, Reach
from licenses.metrics import COUNTING, Metric
from licenses.purchase_file import Known, purchase_columns

_MEANS: Mapping[str, str] = {
    "title": "a title's or a suite's id or name; `labfleet title list` shows them",
    "metric": "how use is counted: see the choices below",
    "quantity": "seats; blank only for site and free, which then have no limit",
    "start": "first day, as 2026-07-01",
    "end": "last day; blank means for ever",
    "scope": "district, site:MUIR, lab:MUIR/B12, pathway:152 or grade:9-12; blank means the district",
    "cost": "dollars for the whole purchase",
    "purchase_order": "with title, start, metric and scope it tells purchases apart",
    "funding": "who paid; a fund that may serve CTE only restricts the seats",
    "notice_days": "days before the end by which one must act",
    "release": "the release that was bought; blank where the right moves with the newest",
    "maintenance_end": "last day on which newer releases came with it",
    "devices_per_seat": "on how many devices one seat may be used; blank means 1",
    "cte_only": "yes or no: may serve CTE labs only; blank means by the fund's rule",
    "note": "anything else; no names of persons",
}


def purchase_names() -> tuple[str, ...]:
    """The columns of a list of purchases, in their order."""
    return tuple(column.name for column in _columns())


def purchase_cells(one: Entitlement) -> Mapping[str, object]:
    """A purchase by the columns of a list of purchases."""
    return {
        "title": one.product,
        "metric": one.metric.value,
        "quantity": one.quantity,
        "start": one.start,
        "end": one.end,
        "scope": str(one.scope),
        "cost": None if one.cost_cents is None else Cents(one.cost_cents),
        "purchase_order": one.purchase_order,
        "funding": one.funding,
        "notice_days": one.notice_days,
        "release": one.release,
        "maintenance_end": one.maintenance_end,
        "devices_per_seat": one.devices_per_seat,
        "cte_only": one.cte_only,
        "note": one.note,
    }


def purchases_csv(purchases: Iterable[Entitlement]) -> str:
    """A list of purchases as CSV."""
    stream = StringIO()
    write_csv((purchase_cells(one) for one in purchases), purchase_names(), stream)
    return stream.getvalue()


def purchases_xlsx(purchases: Iterable[Entitlement], *, created: date) -> bytes:
    """A list of purchases as a workbook, with the sheet that explains its columns."""
    return _workbook((purchase_cells(one) for one in purchases), created)


def template_xlsx(*, created: date) -> bytes:
    """A workbook to fill in: one example, and a sheet that explains the columns and lists the choices."""
    return _workbook(({column.name: _typed(column) for column in _columns()},), created)


def bill_json(purchases: Iterable[Entitlement], products: Mapping[str, Product], *, at: datetime) -> str:
    """The purchases as CycloneDX; the same purchases at the same moment are the same text."""
    document = bill(purchases, products, at=at, version=version("labfleet"))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _workbook(rows: Iterable[Mapping[str, object]], created: date) -> bytes:
    stream = BytesIO()
    write_xlsx((SheetOut("Purchases", purchase_names(), rows), _explained()), stream, created=created)
    return stream.getvalue()


def _columns() -> Sequence[Column]:
    return purchase_columns(Known({}, {}, frozenset(), frozenset(), frozenset()))


def _typed(column: Column) -> object:
    """The example of a column as a workbook holds it."""
    if column.name == "cost":
        return Cents(column.parse(column.example))
    if column.name in {"quantity", "start", "end", "notice_days", "devices_per_seat"} and column.example:
        return column.parse(column.example)
    return column.example


def _explained() -> SheetOut:
    rows: list[Mapping[str, object]] = []
    for column in _columns():
        filled = "always" if column.required else "the column must be there" if column.named else ""
        also = ", ".join(column.aliases)
        rows.append({"column": column.name, "filled": filled, "means": _MEANS[column.name], "also called": also})
    rows.append({})
    rows.extend({"column": "metric", "filled": metric.value, "means": COUNTING[metric].rule} for metric in Metric)
    rows.append({})
    rows.extend({"column": "scope", "filled": reach.value, "means": _REACHES[reach]} for reach in Reach)
    return SheetOut("Columns", ("column", "filled", "means", "also called"), rows)


_REACHES: Mapping[Reach, str] = {
    Reach.DISTRICT: "everywhere; nothing follows",
    Reach.SITE: "one site, by its code, as site:MUIR",
    Reach.LAB: "one lab, as lab:MUIR/B12",
    Reach.PATHWAY: "the labs and sections of one pathway, as pathway:152",
    Reach.GRADE: "sections of some grades, as grade:11 or grade:9-12",
}
