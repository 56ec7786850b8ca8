"""What a list of purchases would change in what is stored, field by field. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from licenses.entitlement import Entitlement

_COLUMNS = {"cost_cents": "cost"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored purchase that a file states otherwise: `fresh` is what the file says, with the stored one's id."""

    row: int
    held: Entitlement
    fresh: Entitlement

    @property
    def differing(self) -> tuple[tuple[str, str, str], ...]:
        """The columns that differ, each with what is stored and what the file says."""
        return tuple(
            (_COLUMNS.get(one.name, one.name), stated(self.held, one.name), stated(self.fresh, one.name))
            for one in fields(Entitlement)
            if getattr(self.held, one.name) != getattr(self.fresh, one.name)
        )


@dataclass(frozen=True, slots=True)
class PurchaseChanges:
    """What a file adds, states otherwise, and states as it is; by the rows where they stand."""

    added: Mapping[int, Entitlement]
    changed: tuple[Changed, ...]
    unchanged: int


def purchase_changes(listed: Mapping[int, Entitlement], stored: Iterable[Entitlement]) -> PurchaseChanges:
    """Holds a list against what is stored; purchases are the same by `Entitlement.purchase`."""
    held = {one.purchase: one for one in stored}
    added: dict[int, Entitlement] = {}
    changed: list[Changed] = []
    unchanged = 0
    for row, one in listed.items():
        found = held.get(one.purchase)
        if found is None:
            added[row] = one
        elif (fresh := replace(one, id=found.id)) == found:
            unchanged += 1
        else:
            changed.append(Changed(row, found, fresh))
    return PurchaseChanges(added, tuple(changed), unchanged)


def stated(one: Entitlement, name: str) -> str:
    """A field as a purchase list states it; what is blank there is "none", a quantity without a number "unlimited"."""
    value = getattr(one, name)
    if name == "cost_cents" and value is not None:
        return f"{value // 100}.{value % 100:02d}"
    if name == "quantity" and value is None:
        return "unlimited"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return "none" if value in (None, "") else str(value)
