"""Entitlements from a district's CSV of purchases: all that is wrong in one run, nothing half-read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from inventory.table_file import (
    CellError,
    Column,
    Problem,
    Row,
    choice,
    iso_date,
    money,
    plain_name,
    scan_table,
    text,
    whole,
)
from licenses.entitlement import Entitlement, EntitlementError, Reach, Scope, ScopeError
from licenses.metrics import ALIASES, COUNTING, Metric


@dataclass(frozen=True, slots=True)
class Known:
    """What a purchase may name: titles and suites (name by id), and the places of the district."""

    titles: Mapping[str, str]
    suites: Mapping[str, str]
    sites: frozenset[str]
    labs: frozenset[str]
    pathways: frozenset[str]

    def product(self, cell: str) -> tuple[str, str]:
        """The id of the title and of the suite that a cell names (one is ""); raises CellError with what is near."""
        ids: dict[str, tuple[str, str]] = {}
        for suite, name in self.suites.items():
            ids |= dict.fromkeys((plain_name(name), plain_name(suite)), ("", suite))
        for title, name in self.titles.items():
            ids |= dict.fromkeys((plain_name(name), plain_name(title)), (title, ""))
        if found := ids.get(plain_name(cell)):
            return found
        names = {plain_name(name): name for name in (*self.suites.values(), *self.titles.values())}
        near = get_close_matches(plain_name(cell), names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(names[one] for one in near)}?" if near else "`labfleet title list` shows all"
        raise CellError(f"no title or suite {cell!r} in the catalog", hint)

    def scope(self, cell: str) -> Scope:
        """The scope that a cell names, spelled as the place is; raises CellError."""
        try:
            scope = Scope.parse(cell)
        except ScopeError as error:
            raise CellError(str(error), "; ".join(error.__notes__)) from None
        if scope.reach in {Reach.DISTRICT, Reach.GRADE}:
            return scope
        names = {Reach.SITE: self.sites, Reach.LAB: self.labs, Reach.PATHWAY: self.pathways}[scope.reach]
        return Scope(scope.reach, nearest_name(scope.name, names, str(scope.reach)))


def nearest_name(name: str, names: Iterable[str], kind: str) -> str:
    """The one of `names` that is meant, whatever its case; raises CellError with the nearest ones."""
    known = {one.casefold(): one for one in sorted(names)}
    if found := known.get(name.casefold()):
        return found
    near = get_close_matches(name.casefold(), known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(known[one] for one in near)}?" if near else f"the district has no {kind} like it"
    raise CellError(f"no {kind} {name!r}", hint)


def purchase_columns(known: Known) -> tuple[Column, ...]:
    """The columns of a purchase list; the first of each name is the one in the template."""
    return (
        Column("title", known.product, required=True, aliases=("product", "suite", "software"), example="photoshop"),
        Column(
            "metric",
            choice(Metric, ALIASES),
            required=True,
            aliases=("license type", "licence type", "type"),
            example="device",
        ),
        Column("quantity", _quantity, named=True, aliases=("seats", "qty", "count"), example="30"),
        Column("start", iso_date, required=True, aliases=("start date", "from", "valid from"), example="2026-07-01"),
        Column(
            "end",
            iso_date,
            named=True,
            aliases=("end date", "expires", "expiration date", "until"),
            example="2027-06-30",
        ),
        Column("scope", known.scope, named=True, default=Scope(), example="district"),
        Column("cost", money, aliases=("price", "total", "total cost", "amount"), example="1250.00"),
        Column(
            "purchase_order",
            text(100),
            named=True,
            aliases=("po", "po number", "order number"),
            default="",
            example="PO-2026-0417",
        ),
        Column("funding", text(), aliases=("funding source", "fund", "grant"), default="", example="Perkins V"),
        Column("notice_days", whole(0, 3650), aliases=("notice",), example="60"),
        Column("note", text(1000), aliases=("notes", "comment"), default=""),
    )


@dataclass(frozen=True, slots=True)
class PurchaseFile:
    """What a purchase list says: entitlements by the row where they stand, and what is wrong."""

    file: str
    entitlements: Mapping[int, Entitlement]
    problems: tuple[Problem, ...]
    hints: tuple[str, ...]


def read_purchases(path: Path, known: Known) -> PurchaseFile:
    """Every entitlement of a purchase list; one purchase that stands there twice is a problem."""
    table = scan_table(path, purchase_columns(known))
    problems = list(table.problems)
    entitlements: dict[int, Entitlement] = {}
    seen: dict[object, int] = {}
    for row in table.rows:
        try:
            entitlement = _entitlement(row)
        except CellError as error:
            field, _, message = str(error).partition(": ")
            problems.append(Problem(table.file, row.number, field, message, error.hint))
            continue
        if first := seen.get(entitlement.purchase):
            problems.append(
                Problem(
                    table.file,
                    row.number,
                    "purchase_order",
                    f"the same purchase as in row {first} ({_named(entitlement)})",
                    "remove one of the two rows, or give each its own purchase order",
                )
            )
        seen.setdefault(entitlement.purchase, row.number)
        entitlements[row.number] = entitlement
    return PurchaseFile(table.file, entitlements, tuple(sorted(problems, key=lambda problem: problem.row)), table.hints)


def _entitlement(row: Row) -> Entitlement:
    metric, quantity, start, end = row["metric"], row["quantity"], row["start"], row["end"]
    if end is not None and end < start:
        raise CellError(f"end: {end} is before the start on {start}", "correct one of the two dates")
    if quantity is None and not COUNTING[metric].unlimited:
        raise CellError(f"quantity: is blank, but metric {metric} counts seats", "write how many were bought")
    title, suite = row["title"]
    try:
        return Entitlement(
            title=title,
            suite=suite,
            metric=metric,
            quantity=quantity,
            start=start,
            end=end,
            scope=row["scope"],
            cost_cents=row["cost"],
            purchase_order=row["purchase_order"],
            funding=row["funding"],
            notice_days=row["notice_days"],
            note=row["note"],
        )
    except EntitlementError as error:
        raise CellError(f"title: {error}", "; ".join(error.__notes__)) from None


def _named(entitlement: Entitlement) -> str:
    order = entitlement.purchase_order or "no purchase order"
    return f"{order}, {entitlement.product}, from {entitlement.start}, {entitlement.scope}"


def _quantity(cell: str) -> int | None:
    if cell.casefold() in {"unlimited", "all"}:
        return None
    if cell.startswith("-"):
        raise CellError(f"{cell} is negative", "write how many were bought")
    return whole()(cell)
