"""Entitlements from a district's list of purchases: all that is wrong in one run, nothing half-read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from inventory.table_file import (
    CellError,
    Column,
    Problem,
    Row,
    Table,
    choice,
    iso_date,
    money,
    plain_name,
    scan_table,
    shown,
    text,
    whole,
    yes_no,
)
from licenses.entitlement import Entitlement, EntitlementError, Reach, Scope, ScopeError
from licenses.fund import Funds
from licenses.metrics import ALIASES, COUNTING, Metric

Parsed = TypeVar("Parsed")

_MOST_SEARCHES = 300


@dataclass(frozen=True)
class Known:
    """What a purchase may name: titles and suites (name by id), the places of the district, and the funds.

    `others` are further names of titles and suites, each with its id; `metrics` is how titles are sold, where the
    catalog says it.
    """

    titles: Mapping[str, str]
    suites: Mapping[str, str]
    sites: frozenset[str]
    labs: frozenset[str]
    pathways: frozenset[str]
    funds: Funds | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _called(self) -> Mapping[str, str]:
        """Ids by every plain name; a title goes before a suite of the same name, and an id before any name."""
        called = {plain_name(said): id_ for said, id_ in self.others.items()}
        for names in (self.suites, self.titles):
            called |= {plain_name(name): id_ for id_, name in names.items()}
        for names in (self.suites, self.titles):
            called |= {plain_name(id_): id_ for id_ in names}
        return called

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {**self.suites, **self.titles}

    def near(self, said: str, *, cutoff: float = 0.5) -> str:
        """The names that were probably meant, as "did you mean Blender?", or nothing."""
        if not self._may_search():
            return ""
        close = get_close_matches(plain_name(said), self._called, n=6, cutoff=cutoff)
        names = tuple(dict.fromkeys(self._names[self._called[one]] for one in close))[:3]
        return f"did you mean {' or '.join(names)}?" if names else ""

    def called(self, said: str) -> str:
        """The id of the title or suite with this id or name, whatever its case; "" for none."""
        return said if said in self.titles or said in self.suites else self._called.get(plain_name(said), "")

    def parted(self, id_: str) -> tuple[str, str]:
        """An id as a title's or a suite's; the other is ""."""
        return (id_, "") if id_ in self.titles else ("", id_)

    def product(self, cell: str) -> tuple[str, str]:
        """The id of the title and of the suite that a cell names (one is ""); raises CellError with what is near."""
        if found := self.called(cell):
            return self.parted(found)
        hint = self.near(cell) or "`labfleet title list` shows all"
        raise CellError(f"no title or suite {shown(cell)} in the catalog", hint)

    def scope(self, cell: str) -> Scope:
        """The scope that a cell names, spelled as the place is; raises CellError."""
        try:
            scope = Scope.parse(cell)
        except ScopeError as error:
            raise CellError(str(error), "; ".join(error.__notes__)) from None
        if scope.reach in {Reach.DISTRICT, Reach.GRADE}:
            return scope
        places = self._places[scope.reach]
        found = places.get(scope.name.casefold())
        if found is None and not self._may_search():
            raise CellError(f"no {scope.reach} {shown(scope.name)}", f"write the {scope.reach} as the district has it")
        return Scope(scope.reach, found or nearest_name(scope.name, places.values(), str(scope.reach)))

    @cached_property
    def _places(self) -> Mapping[Reach, Mapping[str, str]]:
        places = {Reach.SITE: self.sites, Reach.LAB: self.labs, Reach.PATHWAY: self.pathways}
        return {reach: {name.casefold(): name for name in sorted(names)} for reach, names in places.items()}

    @cached_property
    def _searches(self) -> list[None]:
        return []

    def _may_search(self) -> bool:
        """Whether what is near may still be looked for: a long file of nothing but mistakes would take minutes."""
        self._searches.append(None)
        return len(self._searches) <= _MOST_SEARCHES


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
        Column(
            "title",
            remembered(known.product),
            required=True,
            aliases=("product", "suite", "software"),
            example="photoshop",
        ),
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
        Column("scope", remembered(known.scope), named=True, default=Scope(), example="district"),
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
        Column("release", text(40), aliases=("version", "release bought"), default=""),
        Column(
            "maintenance_end",
            iso_date,
            aliases=("maintenance until", "maintenance expires", "support end", "upgrades until"),
        ),
        Column("devices_per_seat", whole(1, 100), aliases=("devices per user", "activations"), default=1, example="1"),
        Column("cte_only", yes_no, aliases=("cte", "restricted to cte")),
        Column("note", text(1000), aliases=("notes", "comment"), default=""),
    )


@dataclass(frozen=True, slots=True)
class PurchaseFile:
    """What a purchase list says: entitlements by the row where they stand, and what is wrong."""

    file: str
    entitlements: Mapping[int, Entitlement]
    problems: tuple[Problem, ...]
    hints: tuple[str, ...]


def read_purchases(path: Path, known: Known, *, sheet: str = "") -> PurchaseFile:
    """Every entitlement of a purchase list; one purchase that stands there twice is a problem."""
    table = scan_table(path, purchase_columns(known), sheet=sheet)
    return purchase_file(table, known)


def purchase_file(table: Table, known: Known) -> PurchaseFile:
    """The entitlements of a table with the columns of a purchase list."""
    problems = list(table.problems)
    entitlements: dict[int, Entitlement] = {}
    seen: dict[object, int] = {}
    for row in table.rows:
        try:
            entitlement = _entitlement(row)
        except CellError as error:
            named, _, message = str(error).partition(": ")
            problems.append(Problem(table.file, row.number, named, message, error.hint))
            continue
        first = seen.setdefault(entitlement.purchase, row.number)
        if first == row.number:
            entitlements[row.number] = entitlement
            continue
        message = f"the same purchase as in row {first} ({_named(entitlement)})"
        if entitlements.get(first) != entitlement:
            # Nobody can tell which of the two is right, so neither is.
            entitlements.pop(first, None)
            message += ", otherwise"
        hint = "remove one of the two rows, or give each its own purchase order"
        problems.append(Problem(table.file, row.number, "purchase_order", message, hint))
    return PurchaseFile(
        table.file,
        entitlements,
        tuple(sorted(problems, key=lambda problem: problem.row)),
        (*table.hints, *_unknown_funds(table.file, entitlements.values(), known.funds)),
    )


def remembered(parse: Callable[[str], Parsed]) -> Callable[[str], Parsed]:
    """The same parser, which reads each text once: a list of purchases says the same few words thousands of times."""
    known: dict[str, Parsed | CellError] = {}

    def read(cell: str) -> Parsed:
        if cell not in known:
            try:
                known[cell] = parse(cell)
            except CellError as error:
                known[cell] = error
        found = known[cell]
        if isinstance(found, CellError):
            raise CellError(str(found), found.hint)
        return found

    return read


def _unknown_funds(file: str, entitlements: Iterable[Entitlement], funds: Funds | None) -> Iterable[str]:
    for funding in funds.unknown(entitlements) if funds else ():
        yield (
            f"{file}: no fund is known by {shown(funding)}: nothing restricts what it paid; "
            "write cte_only, or add the fund to funds/ in the district's home"
        )


def _entitlement(row: Row) -> Entitlement:
    metric, quantity, start, end = row["metric"], row["quantity"], row["start"], row["end"]
    maintained = row["maintenance_end"]
    if maintained is not None and maintained < start:
        raise CellError(f"maintenance_end: {maintained} is before the start on {start}", "correct one of the two dates")
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
            release=row["release"],
            maintenance_end=row["maintenance_end"],
            devices_per_seat=row["devices_per_seat"],
            cte_only=row["cte_only"],
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
