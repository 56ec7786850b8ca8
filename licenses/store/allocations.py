"""The allocation that was kept last, in and out of the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from licenses.rows import AllocationRow


@dataclass(frozen=True, slots=True, order=True)
class Allotted:
    """Seats of an entitlement, set aside for the stations of a lab (`section` "") or for one section.

    `lab_id` is `None` for a section whose room is not known.
    """

    entitlement_id: int
    lab_id: int | None
    section: str
    seats: int


def allotted(session: Session) -> tuple[Allotted, ...]:
    """The last allocation that was kept; empty where none ever was."""
    rows = session.exec(
        select(AllocationRow).order_by(
            col(AllocationRow.entitlement_id), col(AllocationRow.lab_id), AllocationRow.section, col(AllocationRow.id)
        )
    )
    return tuple(Allotted(row.entitlement_id, row.lab_id, row.section, row.seats) for row in rows)


def keep(session: Session, seats: Iterable[Allotted], *, now: datetime) -> int:
    """Make this the current allocation, in place of the last; returns how many rows it has."""
    session.execute(delete(AllocationRow))
    rows = [
        AllocationRow(
            entitlement_id=one.entitlement_id, lab_id=one.lab_id, section=one.section, seats=one.seats, made_at=now
        )
        for one in sorted(seats, key=lambda one: (one.entitlement_id, one.lab_id or 0, one.section))
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)
