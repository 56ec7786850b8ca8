"""What devices claim to be: who carries which identifier, whose a check-in is, and where two claims collide."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from agents.report import CheckIn, Hardware
from inventory.arrival import Arrival
from inventory.columns import table_of
from inventory.devices import DeviceRow, InterfaceRow
from inventory.evidence import ConflictRow, IdentifierRow
from inventory.identifiers import Identifier, Kind, identifiers
from inventory.identity import Candidate, Conflict, Verdict, carried, decide

MOST_STATED = 2_000
"""How many identifiers of one device are kept; above it, what it stated formerly is forgotten."""

MOST_CARRIERS = 64
"""How many devices are looked at that carry one identifier: above it the value tells nothing apart."""

_GUEST = Hardware(virtual=True)
"""Virtual machines may also be found by adapters that on others are of a hypervisor."""

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
ADD_ADAPTER = insert(_INTERFACES)


class Claims:
    """Who carries which identifier, looked up for many check-ins at once and kept true while they are written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._carriers: dict[str, dict[tuple[Kind, int], bool]] = {}
        self._unwritten: list[dict[str, Any]] = []

    def write(self) -> None:
        """Write what new devices state: it waits, so that many share one statement."""
        if self._unwritten:
            self._connection.execute(_STATE, self._unwritten)
            self._unwritten = []

    def look_up(self, arrivals: Iterable[Arrival]) -> None:
        """Ask once for all that these machines may be found by, whether they are guests or not."""
        self._ask(
            {
                identifier.value
                for arrival in arrivals
                for identifier in identifiers(arrival.check_in.identity, arrival.check_in.interfaces, _GUEST)
            }
        )

    def whose(self, stated: frozenset[Identifier], *, taken_at: datetime, booted_at: datetime | None) -> Verdict:
        """Which device a report is from that states these identifiers; both moments are by the server's clock.

        A system id or a name alone brings no candidate, unless there is nothing else: a whole image may share them.
        """
        self._ask({identifier.value for identifier in stated} - self._carriers.keys())
        strong = {identifier for identifier in stated if identifier.kind not in _WEAK} or stated
        shared: Counter[Identifier] = Counter()
        candidates: set[int] = set()
        for identifier in stated:
            for (kind, device_id), current in self._carriers[identifier.value].items():
                if kind is identifier.kind:
                    shared[identifier] += current
                    if identifier in strong:
                        candidates.add(device_id)
        if candidates:
            self.write()
        return decide(
            stated,
            _candidates(self._connection, candidates),
            shared=shared,
            now=taken_at,
            booted_at=booted_at,
        )

    def create(self, arrival: Arrival, stated: frozenset[Identifier]) -> int:
        """A device that nobody knew, with all that it says of itself but its adapters; returns its key."""
        identity = arrival.check_in.identity
        values = {
            "name": identity.hostname.strip() or identity.serial or identity.asset_tag or "unnamed",
            "serial": identity.serial,
            "asset_tag": identity.asset_tag,
            "evidence": arrival.evidence,
            "site_id": arrival.site_id,
            "first_heard": arrival.taken_at,
            "last_heard": arrival.taken_at,
            "vitals": arrival.vitals,
        }
        device_id = int(self._connection.execute(_CREATE, values).scalar_one())
        self._state(device_id, {}, stated)
        return device_id

    def restate(self, device_id: int, arrival: Arrival, stated: frozenset[Identifier]) -> None:
        """What a known device says of itself now; what it said before stays as former."""
        connection, identity = self._connection, arrival.check_in.identity
        row = connection.execute(select(_DEVICES).where(_DEVICES.c.id == device_id)).one()
        connection.execute(
            update(_DEVICES)
            .where(_DEVICES.c.id == device_id)
            .values(
                name=identity.hostname or row.name,
                serial=identity.serial or row.serial,
                asset_tag=row.asset_tag or identity.asset_tag,
                evidence=arrival.evidence,
                first_heard=row.first_heard or arrival.taken_at,
            )
        )
        self.write()
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
        if len(before) > MOST_STATED:  # a machine that names itself anew each time must not fill the database
            connection.execute(
                delete(_IDENTIFIERS).where(_IDENTIFIERS.c.device_id == device_id, _IDENTIFIERS.c.current.is_(False))
            )
            before = {identifier: current for identifier, current in before.items() if current}
        self._state(device_id, before, now)
        connection.execute(delete(_INTERFACES).where(_INTERFACES.c.device_id == device_id))
        if rows := adapter_rows(device_id, arrival.check_in):
            connection.execute(ADD_ADAPTER, rows)

    def _state(self, device_id: int, before: Mapping[Identifier, bool], now: frozenset[Identifier]) -> None:
        new = [
            {"device_id": device_id, "kind": identifier.kind, "value": identifier.value, "current": True}
            for identifier in now - before.keys()
        ]
        turned = [
            {"of_device": device_id, "of_kind": one.kind, "of_value": one.value, "now": one in now}
            for one, current in before.items()
            if current != (one in now)
        ]
        self._unwritten += new
        if turned:
            self._connection.execute(_STATE_AGAIN, turned)
        for identifier in before.keys() | now:
            if identifier.value in self._carriers:
                self._carriers[identifier.value][identifier.kind, device_id] = identifier in now

    def _ask(self, values: AbstractSet[str]) -> None:
        """Who carries these values now or did before; of a value that hundreds carry, the first MOST_CARRIERS."""
        if not values:
            return
        self.write()
        most = MOST_CARRIERS * len(values)
        rows = self._connection.execute(_CARRIERS.limit(most), {"values": list(values)}).all()
        if len(rows) == most:  # one value may have crowded out the others
            rows = [
                row
                for value in values
                for row in self._connection.execute(_CARRIERS.limit(MOST_CARRIERS), {"values": [value]})
            ]
        self._carriers |= {value: {} for value in values}
        for row in rows:
            self._carriers[row.value][Kind(row.kind), row.device_id] = row.current


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


def adapter_rows(device_id: int, check_in: CheckIn) -> list[dict[str, Any]]:
    """The values for ADD_ADAPTER; of two adapters with one name the last."""
    adapters = {interface.name: interface for interface in check_in.interfaces}
    return [{"device_id": device_id, "name": a.name, "mac": a.mac, "kind": a.kind} for a in adapters.values()]


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
