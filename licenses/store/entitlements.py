"""Purchases, in and out of the database."""

from dataclasses import fields, replace

from sqlmodel import Session, col, select

from inventory.table_file import Problem, TableProblems
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from licenses.purchase_file import PurchaseFile
from licenses.rows import EntitlementRow
from licenses.store.written import Written


def entitlements(session: Session) -> tuple[Entitlement, ...]:
    """All entitlements, running or not, by product and start."""
    rows = session.exec(
        select(EntitlementRow).order_by(
            EntitlementRow.title, EntitlementRow.suite, col(EntitlementRow.start_on), col(EntitlementRow.id)
        )
    )
    return tuple(_entitlement(row) for row in rows)


def import_purchases(session: Session, file: PurchaseFile, *, replace_changed: bool = False) -> Written:
    """Write a purchase list, or raise TableProblems and write nothing.

    A purchase that is stored already, alike, is left; one that is stored otherwise is a problem, unless it is to be
    replaced.
    """
    stored = {one.purchase: one for one in entitlements(session)}
    problems = list(file.problems)
    new: list[Entitlement] = []
    changed: list[Entitlement] = []
    unchanged = 0
    for number, entitlement in file.entitlements.items():
        held = stored.get(entitlement.purchase)
        if held is None:
            new.append(entitlement)
        elif (same := replace(entitlement, id=held.id)) == held:
            unchanged += 1
        elif replace_changed:
            changed.append(same)
        else:
            problems.append(_stored_otherwise(file.file, number, entitlement, held))
    if problems:
        raise TableProblems(sorted(problems, key=lambda problem: problem.row))
    for entitlement in changed:
        session.merge(_entitlement_row(entitlement))
    session.add_all(_entitlement_row(entitlement) for entitlement in new)
    session.flush()
    return Written(len(new), len(changed), unchanged)


def _stored_otherwise(file: str, number: int, entitlement: Entitlement, held: Entitlement) -> Problem:
    differing = [
        f"{field.name} {getattr(held, field.name)!s} instead of {getattr(entitlement, field.name)!s}"
        for field in fields(Entitlement)
        if field.name != "id" and getattr(held, field.name) != getattr(entitlement, field.name)
    ]
    return Problem(
        file,
        number,
        "purchase_order",
        f"this purchase of {held.product} is stored already, with {', '.join(differing)}",
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


def _entitlement_row(entitlement: Entitlement) -> EntitlementRow:
    return EntitlementRow(
        id=entitlement.id or None,
        title=entitlement.title,
        suite=entitlement.suite,
        metric=entitlement.metric.value,
        quantity=entitlement.quantity,
        start_on=entitlement.start,
        end_on=entitlement.end,
        scope=str(entitlement.scope),
        cost_cents=entitlement.cost_cents,
        purchase_order=entitlement.purchase_order,
        funding=entitlement.funding,
        notice_days=entitlement.notice_days,
        note=entitlement.note,
        release=entitlement.release,
        maintenance_end=entitlement.maintenance_end,
        devices_per_seat=entitlement.devices_per_seat,
        cte_only=entitlement.cte_only,
    )
