"""What vendors' own reports say of named-user seats: counts by product and day, in and out of the database."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from sqlmodel import Session, col, select

from inventory.table_file import TableProblems
from licenses.assigned import Assigned
from licenses.exports.reading import AssignedFile
from licenses.rows import AssignedRow
from licenses.store.written import Written


def assigned(session: Session) -> Mapping[str, Assigned]:
    """By product: what the newest report of each source says, summed over the sources.

    Each source is one vendor's own console, and a person who holds a seat there holds none of it elsewhere: Autodesk's
    users hold Autodesk's seats. A sum over two sources is as old as its older report, and knows who was active only
    where both do.
    """
    newest: dict[tuple[str, str], Assigned] = {}
    for one in reports(session):
        newest[one.product, one.source] = one  # by day, so that the last one stays
    return {
        product: _sum(tuple(found))
        for product, found in groupby((newest[key] for key in sorted(newest)), key=lambda one: one.product)
    }


def reports(session: Session) -> tuple[Assigned, ...]:
    """Every stored count, by day."""
    rows = session.exec(select(AssignedRow).order_by(col(AssignedRow.on_day), AssignedRow.source, AssignedRow.product))
    return tuple(Assigned(row.product, row.assigned, row.active, row.on_day, row.source, row.days) for row in rows)


def write_assigned(session: Session, file: AssignedFile, *, partial: bool = False) -> Written:
    """Write the counts of one report, or raise TableProblems and write nothing; the same day again is replaced.

    Products of the source that a whole report does not name any more have no seats on its day.
    """
    if file.problems and not partial:
        raise TableProblems(file.problems)
    added = changed = unchanged = 0
    for one in (*file.counts, *(_gone(session, file) if file.whole else ())):
        row = session.exec(
            select(AssignedRow).where(
                AssignedRow.source == one.source, AssignedRow.product == one.product, AssignedRow.on_day == one.on
            )
        ).first()
        if row is None:
            added += 1
            row = AssignedRow(source=one.source, product=one.product, on_day=one.on, assigned=one.assigned)
        elif (row.assigned, row.active, row.days) == (one.assigned, one.active, one.days):
            unchanged += 1
            continue
        else:
            changed += 1
        row.assigned, row.active, row.days = one.assigned, one.active, one.days
        session.add(row)
    session.flush()
    return Written(added, changed, unchanged)


def _gone(session: Session, file: AssignedFile) -> tuple[Assigned, ...]:
    first = next(iter(file.counts), None)
    if first is None:
        return ()
    named = {one.product for one in file.counts}
    before = {one.product for one in reports(session) if one.source == first.source and one.on < first.on}
    return tuple(replace(first, product=product, assigned=0, active=None) for product in sorted(before - named))


def _sum(found: tuple[Assigned, ...]) -> Assigned:
    first, *others = found
    if not others:
        return first
    active = [one.active for one in found]
    return replace(
        first,
        assigned=sum(one.assigned for one in found),
        active=None if None in active else sum(number or 0 for number in active),
        on=min(one.on for one in found),
        source=" + ".join(one.source for one in found),
        days=max((one.days for one in found if one.days is not None), default=None),
    )
