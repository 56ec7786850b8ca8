"""The only writer of devices: what check-ins say becomes the devices' state, and their history.

What is unchanged writes nothing but the moment it was last heard and its vital numbers. Check-ins that arrive
together are looked up together and share their last statements, so a crowd costs each of them less.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, insert, select, update

from agents.report import Section, plain
from inventory.arrival import Arrival
from inventory.claims import ADD_ADAPTER, Claims, adapter_rows, booted_at_of, open_conflicts
from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, StateRow, SystemRow
from inventory.evidence import ReportRow
from inventory.identifiers import identifiers
from inventory.identity import Outcome, Verdict
from inventory.matching import two_starts
from inventory.sections import SectionShelf
from inventory.software import SoftwareSetRow

_DEVICES = table_of(DeviceRow)
_STATES = table_of(StateRow)
_HARDWARE = table_of(HardwareRow)
_SYSTEMS = table_of(SystemRow)
_SETS = table_of(SoftwareSetRow)
_REPORTS = table_of(ReportRow)

_CURRENT = (
    select(
        _DEVICES.c.id,
        _DEVICES.c.last_heard,
        _DEVICES.c.vitals,
        _DEVICES.c.evidence,
        _STATES.c.id.label("state_id"),
        _STATES.c.hardware_id,
        _STATES.c.system_id,
        _STATES.c.set_id,
        _HARDWARE.c.digest.label(Section.HARDWARE),
        _SYSTEMS.c.digest.label(Section.SYSTEM),
        _SETS.c.digest.label(Section.SOFTWARE),
    )
    .outerjoin(_STATES, (_STATES.c.device_id == _DEVICES.c.id) & _STATES.c.until.is_(None))
    .outerjoin(_HARDWARE, _HARDWARE.c.id == _STATES.c.hardware_id)
    .outerjoin(_SYSTEMS, _SYSTEMS.c.id == _STATES.c.system_id)
    .outerjoin(_SETS, _SETS.c.id == _STATES.c.set_id)
)
_BY_EVIDENCE = _CURRENT.where(_DEVICES.c.evidence.in_(bindparam("evidence", expanding=True))).order_by(_DEVICES.c.id)
_BY_KEY = _CURRENT.where(_DEVICES.c.id == bindparam("key"))
_HEARD = (
    update(_DEVICES)
    .where(_DEVICES.c.id == bindparam("key"))
    .values(last_heard=bindparam("heard"), vitals=bindparam("vitals"))
)
_OPEN = insert(_STATES)
_CLOSE = update(_STATES).where(_STATES.c.id == bindparam("key")).values(until=bindparam("ended"))
_KEEP_REPORT = insert(_REPORTS)
_ALREADY = select(_REPORTS.c.report, _REPORTS.c.device_id).where(
    _REPORTS.c.report.in_(bindparam("reports", expanding=True))
)


class Effect(StrEnum):
    """What a check-in did to the inventory."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    LATE = "late"  # older than what is known: acknowledged, and nothing is changed
    MISSING = "missing"  # sections are needed first; nothing was written


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of one check-in; `outcome` and `words` say whose it was when that was in question."""

    effect: Effect
    device_id: int | None = None
    missing: tuple[Section, ...] = ()
    outcome: Outcome = Outcome.SAME
    words: str = ""


def record(
    connection: Connection, shelf: SectionShelf, arrivals: Sequence[Arrival]
) -> tuple[Recorded | ValueError, ...]:
    """Write check-ins inside the caller's transaction; one with a section that makes no sense is that error, unwritten.

    When this raises, the caller rolls back and may try each arrival alone: two of them may have been one machine.
    """
    return _Recording(connection, shelf).record(arrivals)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a report is, what was known of it before, and whether its identity is news."""

    device_id: int
    before: Mapping[Any, Any]
    verdict: Verdict
    news: bool = False


class _Recording:
    """Check-ins of one transaction: those unchanged first, all at once; then the others in their order."""

    def __init__(self, connection: Connection, shelf: SectionShelf) -> None:
        self._connection = connection
        self._shelf = shelf
        self._claims = Claims(connection)
        self._waiting: dict[Executable, list[Mapping[str, Any]]] = defaultdict(list)
        self._touched: set[int] = set()
        self._stated: set[str] = set()

    def record(self, arrivals: Sequence[Arrival]) -> tuple[Recorded | ValueError, ...]:
        """What each check-in did."""
        known = self._by_evidence({arrival.evidence for arrival in arrivals})
        found = [self._unchanged(arrival, known.get(arrival.evidence)) for arrival in arrivals]
        self._flush()
        rest = [arrival for arrival, done in zip(arrivals, found, strict=True) if done is None]
        if not rest:
            return tuple(one for one in found if one is not None)
        self._shelf.look_up(self._connection, (arrival.check_in.digests for arrival in rest))
        already = {
            row.report: row.device_id
            for row in self._connection.execute(_ALREADY, {"reports": [arrival.check_in.id for arrival in rest]})
        }
        self._claims.look_up(arrival for arrival in rest if arrival.evidence not in known)
        written = iter([self._changed(arrival, known, already) for arrival in rest])
        self._flush()
        return tuple(next(written) if done is None else done for done in found)

    def _later(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Write what nothing in this transaction reads, together with the others of its kind."""
        self._waiting[statement].append(values)

    def _flush(self) -> None:
        self._claims.write()
        self._shelf.write(self._connection)
        for statement, rows in self._waiting.items():
            self._connection.execute(statement, rows)
        self._waiting.clear()

    def _by_evidence(self, evidence: Iterable[str]) -> dict[str, RowMapping]:
        rows = self._connection.execute(_BY_EVIDENCE, {"evidence": list(evidence)}).mappings()
        found: dict[str, RowMapping] = {}
        for row in rows:
            found.setdefault(row["evidence"], row)
        return found

    def _unchanged(self, arrival: Arrival, known: RowMapping | None) -> Recorded | None:
        """Note a device as heard that says just what it said before; `None` when it needs a closer look."""
        if known is None or known["last_heard"] is None or _twin(arrival, known):
            return None
        if arrival.taken_at < known["last_heard"]:
            return Recorded(Effect.LATE, known["id"])
        if any(known[section] != arrival.check_in.digests[section] for section in Section):
            return None
        self._later(_HEARD, {"key": known["id"], "heard": arrival.taken_at, "vitals": arrival.vitals})
        return Recorded(Effect.UNCHANGED, known["id"])

    def _changed(
        self, arrival: Arrival, known: dict[str, RowMapping], already: Mapping[str, int]
    ) -> Recorded | ValueError:
        check_in, shelf = arrival.check_in, self._shelf
        keys = {section: shelf.key(section, check_in.digests[section]) for section in Section}
        needed = [section for section in Section if keys[section] is None]
        if missing := tuple(section for section in needed if section not in arrival.given):
            return Recorded(Effect.MISSING, missing=missing)
        if check_in.id in already:
            return Recorded(Effect.LATE, already[check_in.id])
        try:
            bodies = {section: arrival.given[section].read() for section in needed}
        except ValueError as error:
            return error
        for section, body in bodies.items():  # in the order of Section: software comes after the system it runs on
            raw = arrival.given[section].raw
            system_id = keys[Section.SYSTEM]
            keys[section] = shelf.keep(self._connection, check_in.digests[section], body, raw, system_id=system_id)
        return self._written(arrival, keys, self._owner(arrival, keys, self._known_now(arrival, known)))

    def _known_now(self, arrival: Arrival, known: dict[str, RowMapping]) -> RowMapping | None:
        """The device with this evidence, read anew if an arrival before this one may have changed it."""
        row = known.get(arrival.evidence)
        if arrival.evidence not in self._stated and (row is None or row["id"] not in self._touched):
            return row
        self._flush()
        return self._by_evidence({arrival.evidence}).get(arrival.evidence)

    def _written(self, arrival: Arrival, keys: Mapping[Section, int | None], owner: _Owner) -> Recorded:
        verdict, before = owner.verdict, owner.before
        if before.get("last_heard") is not None and arrival.taken_at < before["last_heard"]:
            return Recorded(Effect.LATE, owner.device_id, outcome=verdict.outcome, words=verdict.words)
        self._touched.add(owner.device_id)
        self._stated.add(arrival.evidence)
        if not self._state(arrival, keys, owner) and not owner.news:
            return Recorded(Effect.UNCHANGED, owner.device_id, outcome=verdict.outcome, words=verdict.words)
        self._later(
            _KEEP_REPORT,
            {
                "report": arrival.check_in.id,
                "device_id": owner.device_id,
                "taken_at": arrival.taken_at,
                "received_at": arrival.received_at,
                "agent_version": arrival.check_in.agent_version,
                "outcome": verdict.outcome,
                "words": verdict.words[:2000] if verdict.outcome is not Outcome.SAME else "",
                "failures": plain(arrival.check_in.failures),
            },
        )
        return Recorded(Effect.CHANGED, owner.device_id, outcome=verdict.outcome, words=verdict.words)

    def _owner(self, arrival: Arrival, keys: Mapping[Section, int | None], known: RowMapping | None) -> _Owner:
        """Decide whose a report is, and write down what it says of itself where that is news."""
        if known is not None and not _twin(arrival, known):
            return _Owner(known["id"], known, Verdict(Outcome.SAME, known["id"]))
        connection, taken_at = self._connection, arrival.taken_at
        hardware = self._shelf.hardware(connection, keys[Section.HARDWARE])
        stated = identifiers(arrival.check_in.identity, arrival.check_in.interfaces, hardware)
        verdict = self._claims.whose(stated, taken_at=taken_at, booted_at=arrival.booted_at)
        if verdict.device_id is None:
            device_id = self._claims.create(arrival, stated)
            for row in adapter_rows(device_id, arrival.check_in):
                self._later(ADD_ADAPTER, row)
            open_conflicts(connection, device_id, verdict.conflicts, taken_at)
            return _Owner(device_id, {}, verdict, news=True)
        device_id = verdict.device_id
        self._flush()
        before = connection.execute(_BY_KEY, {"key": device_id}).mappings().one()
        news = open_conflicts(connection, device_id, verdict.conflicts, taken_at)
        late = before["last_heard"] is not None and taken_at < before["last_heard"]
        if before["evidence"] != arrival.evidence and not late:
            self._claims.restate(device_id, arrival, stated)
            news = True
        return _Owner(device_id, before, verdict, news)

    def _state(self, arrival: Arrival, keys: Mapping[Section, int | None], owner: _Owner) -> bool:
        """Note the device as heard; where it changed, close the interval that ended, open one, and say so."""
        now = {
            "hardware_id": keys[Section.HARDWARE],
            "system_id": keys[Section.SYSTEM],
            "set_id": keys[Section.SOFTWARE],
        }
        before, taken_at = owner.before, arrival.taken_at
        changed = any(before.get(column) != key for column, key in now.items())
        if changed:
            if before.get("state_id") is not None:
                self._connection.execute(_CLOSE, {"key": before["state_id"], "ended": taken_at})
            self._later(_OPEN, {"device_id": owner.device_id, "since": taken_at, **now})
        if before:  # a new device was written with it
            self._later(_HEARD, {"key": owner.device_id, "heard": taken_at, "vitals": arrival.vitals})
        return changed


def _twin(arrival: Arrival, known: RowMapping) -> bool:
    """Whether a device that says just what a known one said is up from another start: a whole copy."""
    return two_starts(arrival.booted_at, arrival.taken_at, booted_at_of(known["vitals"]), known["last_heard"])
