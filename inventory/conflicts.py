"""Where two devices claim one identity, as people see it: grouped by what they share."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from inventory.columns import table_of
from inventory.evidence import ConflictRow

_CONFLICTS = table_of(ConflictRow)


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One identifier that several devices claim; open until a person decides."""

    kind: str
    value: str
    device_ids: tuple[int, ...]
    since: datetime
    words: str


def load_conflicts(session: Session) -> tuple[ConflictView, ...]:
    """Every open conflict, the largest first: one statement."""
    rows = session.exec(
        select(ConflictRow).where(_CONFLICTS.c.resolved_at.is_(None)).order_by(_CONFLICTS.c.since, _CONFLICTS.c.id)
    )
    groups: dict[tuple[str, str], list[ConflictRow]] = defaultdict(list)
    for row in rows:
        groups[row.kind, row.value].append(row)
    views = (
        ConflictView(
            kind=kind,
            value=value,
            device_ids=tuple(sorted({key for row in group for key in (row.device_id, row.other_id)})),
            since=group[0].since,
            words=group[-1].words,
        )
        for (kind, value), group in groups.items()
    )
    return tuple(sorted(views, key=lambda view: (-len(view.device_ids), view.since, view.kind, view.value)))
