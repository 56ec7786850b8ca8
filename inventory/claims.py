"""What devices claim to be: who carries which identifier, whose a check-in is, and where two claims collide."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from agents.report import CheckIn
from inventory.columns import table_of
from inventory.devices import DeviceRow, InterfaceRow
from inventory.evidence import ConflictRow, IdentifierRow
from inventory.identifiers import Identifier, Kind
from inventory.identity import Candidate, Conflict, Verdict, carried, decide

MOST_CARRIERS = 64
"""How many devices are looked at that carry one identifier: above it the value tells nothing apart."""

_WEAK = frozenset({Kind.SYSTEM, Kind.HOSTNAME})

_DEVICES = table_of(DeviceRow)
_IDENTIFIERS = table_of(IdentifierRow)
_INTERFACES = table_of(InterfaceRow)
_CONFLICTS = table_of(ConflictRow)

_CARRIERS = select(_IDENTIFIERS).where(_IDENTIFIERS.c.value.in_(bindparam("values", expanding=True)))
_CARRIED = select(_IDENTIFIERS).where(_IDENTIFIERS.c.device_id.in_(bindparam("keys", expanding=True)))
_HEARD = select(_DEVICES.c.id, _DEVICES.c.last_heard, _DEVICES.c.vitals).where(
    _DEVICES.c.id.in_(bindparam("keys", expanding=True))
)
_CREATE = insert(_DEVICES).returning(_DEVICES.c.id)
_STATE = insert(_IDENTIFIERS)
_STATE_AGAIN = (
    update(_IDENTIFIERS)
    .where(
        _IDENTIFIERS.c.value == bindparam("of_value"),
        _IDENTIFIERS.c.kind == bindparam("of_kind"),
        _IDENTIFIERS.c.device_id == bindparam("of_device"),
    )
    .values(current=bindparam("now"))
)
_ADAPTERS = insert(_INTERFACES)


def whose(
    connection: Connection, stated: frozenset[Identifier], *, taken_at: datetime, booted_at: datetime | None
) -> Verdict:
    """Which device a report is from that states these identifiers, over all devices that carry one of them.

    Both moments are by the server's clock. A system id or a name alone brings no candidate, unless there is nothing
    else: a whole image may share them.
    """
    strong = {identifier for identifier in stated if identifier.kind not in _WEAK} or stated
    carriers: Counter[Identifier] = Counter()
    candidates: set[int] = set()
    for identifier, device_id, current in _carriers(connection, stated):
        carriers[identifier] += current
        if identifier in strong:
            candidates.add(device_id)
    return decide(
        stated,
        _candidates(connection, candidates),
        shared=carriers,
        now=taken_at,
        booted_at=booted_at,
    )


def _carriers(connection: Connection, sought: Collection[Identifier]) -> list[tuple[Identifier, int, bool]]:
    """Who carries these identifiers now or did before; of a value that hundreds carry, the first MOST_CARRIERS."""
    wanted = {(identifier.value, identifier.kind): identifier for identifier in sought}
    most = MOST_CARRIERS * len(sought)
    rows = connection.execute(_CARRIERS.limit(most), {"values": [value for value, _ in wanted]}).all()
    if len(rows) == most:  # one value may have crowded out the others
        rows = [
            row
            for value, _ in wanted
            for row in connection.execute(_CARRIERS.limit(MOST_CARRIERS), {"values": [value]})
        ]
    return [
        (wanted[row.value, Kind(row.kind)], row.device_id, row.current)
        for row in rows
        if (row.value, row.kind) in wanted
    ]


def _candidates(connection: Connection, keys: set[int]) -> list[Candidate]:
    if not keys:
        return []
    carried: dict[tuple[int, bool], set[Identifier]] = defaultdict(set)
    for row in connection.execute(_CARRIED, {"keys": sorted(keys)}):
        carried[row.device_id, row.current].add(Identifier(Kind(row.kind), row.value))
    return [
        Candidate(
            device_id=row.id,
            current=frozenset(carried[row.id, True]),
            former=frozenset(carried[row.id, False]),
            last_heard=row.last_heard,
            booted_at=booted_at_of(row.vitals),
        )
        for row in connection.execute(_HEARD, {"keys": sorted(keys)})
    ]


def booted_at_of(vitals: Mapping[str, Any] | None) -> datetime | None:
    """When a device last started, by the server's clock, from its stored vital numbers."""
    text = (vitals or {}).get("booted_at")
    return datetime.fromisoformat(text) if text else None


def create_device(
    connection: Connection,
    check_in: CheckIn,
    stated: frozenset[Identifier],
    evidence: str,
    *,
    site_id: int | None,
    taken_at: datetime,
) -> int:
    """A device that nobody knew, with all that it says of itself; returns its key."""
    identity = check_in.identity
    values = {
        "name": identity.hostname,
        "serial": identity.serial,
        "asset_tag": identity.asset_tag,
        "evidence": evidence,
        "site_id": site_id,
        "first_heard": taken_at,
    }
    device_id = int(connection.execute(_CREATE, values).scalar_one())
    _state_identifiers(connection, device_id, {}, stated)
    _state_adapters(connection, device_id, check_in)
    return device_id


def restate(
    connection: Connection,
    device_id: int,
    check_in: CheckIn,
    stated: frozenset[Identifier],
    evidence: str,
    taken_at: datetime,
) -> None:
    """What a known device says of itself now; what it said before stays as former."""
    identity = check_in.identity
    row = connection.execute(select(_DEVICES).where(_DEVICES.c.id == device_id)).one()
    connection.execute(
        update(_DEVICES)
        .where(_DEVICES.c.id == device_id)
        .values(
            name=identity.hostname or row.name,
            serial=identity.serial or row.serial,
            asset_tag=row.asset_tag or identity.asset_tag,
            evidence=evidence,
            first_heard=row.first_heard or taken_at,
        )
    )
    before = {
        Identifier(Kind(row.kind), row.value): row.current
        for row in connection.execute(_CARRIED, {"keys": [device_id]})
    }
    candidate = Candidate(
        device_id,
        current=frozenset(one for one, current in before.items() if current),
        former=frozenset(one for one, current in before.items() if not current),
    )
    now, _former = carried(candidate, stated)
    _state_identifiers(connection, device_id, before, now)
    connection.execute(delete(_INTERFACES).where(_INTERFACES.c.device_id == device_id))
    _state_adapters(connection, device_id, check_in)


def _state_identifiers(
    connection: Connection, device_id: int, before: Mapping[Identifier, bool], now: frozenset[Identifier]
) -> None:
    new = [
        {"device_id": device_id, "kind": identifier.kind, "value": identifier.value, "current": True}
        for identifier in now - before.keys()
    ]
    turned = [
        {"of_device": device_id, "of_kind": one.kind, "of_value": one.value, "now": one in now}
        for one, current in before.items()
        if current != (one in now)
    ]
    if new:
        connection.execute(_STATE, new)
    if turned:
        connection.execute(_STATE_AGAIN, turned)


def _state_adapters(connection: Connection, device_id: int, check_in: CheckIn) -> None:
    adapters = {interface.name: interface for interface in check_in.interfaces}
    if adapters:
        rows = [{"device_id": device_id, "name": a.name, "mac": a.mac, "kind": a.kind} for a in adapters.values()]
        connection.execute(_ADAPTERS, rows)


def open_conflicts(connection: Connection, device_id: int, conflicts: Sequence[Conflict], since: datetime) -> bool:
    """Open a conflict for each device that carries the same identity, unless one is open; tells whether any was.

    A device that seems to be up twice is in conflict with itself: one record, two machines.
    """
    opened = False
    for conflict in (found for found in conflicts if found.grave):
        for other in conflict.device_ids:
            pair = (
                _CONFLICTS.c.device_id == device_id,
                _CONFLICTS.c.other_id == other,
                _CONFLICTS.c.kind == conflict.identifier.kind,
                _CONFLICTS.c.resolved_at.is_(None),
            )
            if connection.execute(select(_CONFLICTS.c.id).where(*pair)).first() is None:
                opened = True
                connection.execute(
                    insert(_CONFLICTS).values(
                        device_id=device_id,
                        other_id=other,
                        kind=conflict.identifier.kind,
                        value=conflict.identifier.value,
                        words=conflict.words[:1000],
                        since=since,
                    )
                )
    return opened
