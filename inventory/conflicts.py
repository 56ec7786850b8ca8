"""Where several devices claim one identity: what a person must decide, and what is explained but worth knowing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlmodel import Session

from inventory.columns import table_of
from inventory.devices import DeviceRow
from inventory.evidence import ConflictRow, IdentifierRow
from inventory.identifiers import Identifier, Kind
from inventory.identity import Conflict

_CONFLICTS = table_of(ConflictRow)
_IDENTIFIERS = table_of(IdentifierRow)
_DEVICES = table_of(DeviceRow)

_FIRMWARE = (Kind.SERIAL, Kind.UUID, Kind.BOARD_SERIAL)
"""Identifiers that a maker gives to one machine only: carried by several, somebody cloned, copied or mistyped."""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One identifier that several devices claim, since the second of them did.

    `grave`: a person must say which machine is which, and until then the devices' answers are in doubt. Else the
    devices are told apart by all the rest, and only the value is worthless.
    """

    kind: str
    value: str
    device_ids: tuple[int, ...]
    since: datetime
    words: str
    grave: bool


def load_conflicts(session: Session) -> tuple[ConflictView, ...]:
    """Every open conflict and every firmware identifier that several live devices carry: grave and large ones first."""
    views = {(view.kind, view.value): view for view in _shared(session)}
    for opened in _open(session):
        known = views.get((opened.kind, opened.value))
        views[opened.kind, opened.value] = opened if known is None else _joined(opened, known)
    return tuple(
        sorted(views.values(), key=lambda view: (not view.grave, -len(view.device_ids), view.since, view.value))
    )


def _joined(opened: ConflictView, shared: ConflictView) -> ConflictView:
    """A conflict with all who carry its value now: those after the first few were told apart without a doubt."""
    keys = tuple(sorted({*opened.device_ids, *shared.device_ids}))
    if len(keys) == len(opened.device_ids):
        return opened
    words = Conflict(Identifier(Kind(opened.kind), opened.value), keys, carriers=len(keys), grave=True).words
    return replace(opened, device_ids=keys, words=words)


def _open(session: Session) -> list[ConflictView]:
    """What was recorded as a conflict and is not resolved."""
    found = session.connection().execute(
        select(_CONFLICTS).where(_CONFLICTS.c.resolved_at.is_(None)).order_by(_CONFLICTS.c.since, _CONFLICTS.c.id)
    )
    groups = defaultdict(list)
    for row in found:
        groups[row.kind, row.value].append(row)
    return [
        ConflictView(
            kind=kind,
            value=value,
            device_ids=tuple(sorted({key for row in group for key in (row.device_id, row.other_id)})),
            since=group[0].since,
            words=group[-1].words,
            grave=True,
        )
        for (kind, value), group in groups.items()
    ]


def _shared(session: Session) -> Iterable[ConflictView]:
    """What several heard devices state now."""
    value = (_IDENTIFIERS.c.kind, _IDENTIFIERS.c.value)
    live = (_IDENTIFIERS.c.current.is_(True), _IDENTIFIERS.c.kind.in_(_FIRMWARE))
    several = select(*value).where(*live).group_by(*value).having(func.count() > 1)
    carriers = (
        select(*value, _DEVICES.c.id, _DEVICES.c.first_heard)
        .join(_DEVICES, _DEVICES.c.id == _IDENTIFIERS.c.device_id)
        .where(*live, _DEVICES.c.last_heard.is_not(None), tuple_(*value).in_(several))
        .order_by(_DEVICES.c.first_heard, _DEVICES.c.id)
    )
    groups = defaultdict(list)
    for row in session.connection().execute(carriers):
        groups[row.kind, row.value].append(row)
    for (kind, text), group in groups.items():
        if len(group) > 1:
            keys = tuple(row.id for row in group)
            identifier = Identifier(Kind(kind), text)
            words = Conflict(identifier, keys, carriers=len(keys), grave=False).words
            yield ConflictView(kind, text, tuple(sorted(keys)), group[1].first_heard, words, grave=False)
