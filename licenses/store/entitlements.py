"""Purchases, in and out of the database."""

from collections.abc import Collection

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from inventory.table_file import Problem, TableProblems
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from licenses.purchase_changes import Changed, PurchaseChanges, purchase_changes
from licenses.purchase_file import PurchaseFile
from licenses.rows import AllocationRow, EntitlementRow
from licenses.store.written import Written


def entitlements(session: Session) -> tuple[Entitlement, ...]:
    """All entitlements, running or not, by product and start."""
    rows = session.exec(
        select(EntitlementRow).order_by(
            EntitlementRow.title, EntitlementRow.suite, col(EntitlementRow.start_on), col(EntitlementRow.id)
        )
    )
    return tuple(_entitlement(row) for row in rows)


def import_purchases(
    session: Session, file: PurchaseFile, *, replace_changed: bool = False, partial: bool = False
) -> Written:
    """Write a purchase list, or raise TableProblems and write nothing.

    A purchase that is stored already, alike, is left; one that is stored otherwise is a problem, unless it is to be
    replaced. With `partial` the rows that are right are written beside those that are not.
    """
    changes = purchase_changes(file.entitlements, entitlements(session))
    problems = refusals(file, changes, replace_changed=replace_changed)
    if problems and not partial:
        raise TableProblems(problems)
    changed = changes.changed if replace_changed else ()
    if changed:
        session.execute(update(EntitlementRow), [{"id": one.fresh.id, **_columns(one.fresh)} for one in changed])
    if changes.added:
        session.execute(insert(EntitlementRow), [_columns(one) for one in changes.added.values()])
    session.expire_all()
    return Written(len(changes.added), len(changed), changes.unchanged)


def refusals(file: PurchaseFile, changes: PurchaseChanges, *, replace_changed: bool) -> tuple[Problem, ...]:
    """All that stands in the way of writing a list whole, in the order of its rows."""
    otherwise = () if replace_changed else (_stored_otherwise(file.file, one) for one in changes.changed)
    return tuple(sorted((*file.problems, *otherwise), key=lambda problem: problem.row))


def remove_purchases(session: Session, ids: Collection[int]) -> int:
    """Take purchases back, with what was allocated of them; how many allocations went."""
    chosen = tuple(ids)
    gone = session.execute(delete(AllocationRow).where(col(AllocationRow.entitlement_id).in_(chosen)))
    session.execute(delete(EntitlementRow).where(col(EntitlementRow.id).in_(chosen)))
    session.expire_all()
    return int(getattr(gone, "rowcount", 0))


def _stored_otherwise(file: str, one: Changed) -> Problem:
    differing = ", ".join(f"{name} {held} instead of {fresh}" for name, held, fresh in one.differing)
    return Problem(
        file,
        one.row,
        "purchase_order",
        f"this purchase of {one.held.product} is stored already, with {differing}",
        "add --replace if this file is right, or give another purchase its own order number",
    )


def _entitlement(row: EntitlementRow) -> Entitlement:
    return Entitlement(
        title=row.title,
        suite=row.suite,
        metric=Metric(row.metric),
        quantity=row.quantity,
        start=row.start_on,
        end=row.end_on,
        scope=Scope.parse(row.scope),
        cost_cents=row.cost_cents,
        purchase_order=row.purchase_order,
        funding=row.funding,
        notice_days=row.notice_days,
        note=row.note,
        release=row.release,
        maintenance_end=row.maintenance_end,
        devices_per_seat=row.devices_per_seat,
        cte_only=row.cte_only,
        id=row.id or 0,
    )


def _columns(entitlement: Entitlement) -> dict[str, object]:
    return {
        "title": entitlement.title,
        "suite": entitlement.suite,
        "metric": entitlement.metric.value,
        "quantity": entitlement.quantity,
        "start_on": entitlement.start,
        "end_on": entitlement.end,
        "scope": str(entitlement.scope),
        "cost_cents": entitlement.cost_cents,
        "purchase_order": entitlement.purchase_order,
        "funding": entitlement.funding,
        "notice_days": entitlement.notice_days,
        "note": entitlement.note,
        "release": entitlement.release,
        "maintenance_end": entitlement.maintenance_end,
        "devices_per_seat": entitlement.devices_per_seat,
        "cte_only": entitlement.cte_only,
    }
