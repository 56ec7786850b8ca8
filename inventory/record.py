"""The only writer of devices: what a check-in says becomes the device's state, and its history.

What is unchanged writes nothing but the moment it was last heard and its vital numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Protocol

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from agents.report import CheckIn, Hardware, Platform, Section, Software, System, canonical, plain
from inventory.claims import booted_at_of, create_device, open_conflicts, restate, whose
from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, StateRow, SystemRow
from inventory.evidence import ReportRow
from inventory.identifiers import identifiers
from inventory.identity import Outcome, Verdict
from inventory.matching import two_starts
from inventory.sections import SectionShelf
from inventory.software import SoftwareSetRow

LONGEST_WAIT = timedelta(days=90)
"""A report that says it waited longer is dated as if it had waited this long."""

LONGEST_UPTIME = timedelta(days=3650)
"""A machine that says it has been up for longer has a clock that jumped."""

_DEVICES = table_of(DeviceRow)
_STATES = table_of(StateRow)
_HARDWARE = table_of(HardwareRow)
_SYSTEMS = table_of(SystemRow)
_SETS = table_of(SoftwareSetRow)
_REPORTS = table_of(ReportRow)

_read_hardware = TypeAdapter(Hardware).validate_python

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
_BY_EVIDENCE = _CURRENT.where(_DEVICES.c.evidence == bindparam("evidence")).order_by(_DEVICES.c.id).limit(1)
_BY_KEY = _CURRENT.where(_DEVICES.c.id == bindparam("key"))
_HEARD = (
    update(_DEVICES)
    .where(_DEVICES.c.id == bindparam("key"))
    .values(last_heard=bindparam("heard"), vitals=bindparam("vitals"))
)
_OPEN = insert(_STATES)
_CLOSE = update(_STATES).where(_STATES.c.id == bindparam("key")).values(until=bindparam("ended"))
_KEEP_REPORT = insert(_REPORTS)
_ALREADY = select(_REPORTS.c.device_id).where(_REPORTS.c.report == bindparam("report"))


class Effect(StrEnum):
    """What a check-in did to the inventory."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    LATE = "late"  # older than what is known: acknowledged, and nothing is changed
    MISSING = "missing"  # sections are needed first; nothing was written


class GivenSection(Protocol):
    """A section as it came: its JSON, and what it says once somebody needs to know."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The JSON as it was sent, unknown fields of a newer agent included."""
        ...

    def read(self) -> Hardware | System | Software:
        """The section, checked; raises what the intake calls a bad report."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of one check-in; `outcome` and `words` say whose it was when that was in question."""

    effect: Effect
    device_id: int | None = None
    missing: tuple[Section, ...] = ()
    outcome: Outcome = Outcome.SAME
    words: str = ""


def record(
    connection: Connection,
    shelf: SectionShelf,
    check_in: CheckIn,
    given: Mapping[Section, GivenSection],
    *,
    site_id: int | None,
    received_at: datetime,
) -> Recorded:
    """Write one check-in inside the caller's transaction; `given` are the sections that came with it.

    Whatever `GivenSection.read` raises comes before anything is written.
    """
    taken_at = received_at - min(max(timedelta(seconds=check_in.age), timedelta(0)), LONGEST_WAIT)
    booted_at = _booted_at(check_in, received_at)
    evidence = _evidence(check_in)
    known = connection.execute(_BY_EVIDENCE, {"evidence": evidence}).mappings().first()
    twin = known is not None and two_starts(booted_at, taken_at, booted_at_of(known["vitals"]), known["last_heard"])
    if known is not None and known["last_heard"] is not None and not twin:
        if taken_at < known["last_heard"]:
            return Recorded(Effect.LATE, known["id"])
        if all(known[section] == check_in.digests[section] for section in Section):
            values = {"key": known["id"], "heard": taken_at, "vitals": _vitals(check_in, booted_at)}
            connection.execute(_HEARD, values)
            return Recorded(Effect.UNCHANGED, known["id"])

    keys = {section: shelf.key(connection, section, check_in.digests[section]) for section in Section}
    needed = [section for section in Section if keys[section] is None]
    if missing := tuple(section for section in needed if section not in given):
        return Recorded(Effect.MISSING, missing=missing)
    if already := connection.execute(_ALREADY, {"report": check_in.id}).first():
        return Recorded(Effect.LATE, already.device_id)
    bodies = {section: given[section].read() for section in needed}
    system = bodies.get(Section.SYSTEM)
    platform = system.platform if isinstance(system, System) else _platform(connection, keys[Section.SYSTEM])
    for section, body in bodies.items():
        keys[section] = shelf.keep(connection, check_in.digests[section], body, given[section].raw, platform)

    if known is None or twin:
        sent = bodies.get(Section.HARDWARE)
        hardware = sent if isinstance(sent, Hardware) else _hardware(connection, keys[Section.HARDWARE])
        owner = _owner(connection, check_in, hardware, evidence, site_id, taken_at, booted_at)
    else:
        owner = _Owner(known["id"], known, Verdict(Outcome.SAME, known["id"]))
    device_id, before, verdict = owner.device_id, owner.before, owner.verdict
    if before.get("last_heard") is not None and taken_at < before["last_heard"]:
        return Recorded(Effect.LATE, device_id, outcome=verdict.outcome, words=verdict.words)
    vitals = _vitals(check_in, booted_at)
    if not _state(connection, device_id, before, keys, vitals, taken_at) and not owner.news:
        return Recorded(Effect.UNCHANGED, device_id, outcome=verdict.outcome, words=verdict.words)
    connection.execute(
        _KEEP_REPORT,
        {
            "report": check_in.id,
            "device_id": device_id,
            "taken_at": taken_at,
            "received_at": received_at,
            "agent_version": check_in.agent_version,
            "outcome": verdict.outcome,
            "words": verdict.words[:2000] if verdict.outcome is not Outcome.SAME else "",
            "failures": plain(check_in.failures),
        },
    )
    return Recorded(Effect.CHANGED, device_id, outcome=verdict.outcome, words=verdict.words)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a report is, what was known of it before, and whether its identity is news."""

    device_id: int
    before: Mapping[Any, Any]
    verdict: Verdict
    news: bool = False


def _owner(
    connection: Connection,
    check_in: CheckIn,
    hardware: Hardware,
    evidence: str,
    site_id: int | None,
    taken_at: datetime,
    booted_at: datetime | None,
) -> _Owner:
    """Decide whose a report is that was not recognised at first sight, and write down what it says of itself."""
    stated = identifiers(check_in.identity, check_in.interfaces, hardware)
    verdict = whose(connection, stated, taken_at=taken_at, booted_at=booted_at)
    if verdict.device_id is None:
        device_id = create_device(connection, check_in, stated, evidence, site_id=site_id, taken_at=taken_at)
        open_conflicts(connection, device_id, verdict.conflicts, taken_at)
        return _Owner(device_id, {}, verdict, news=True)
    device_id = verdict.device_id
    before = connection.execute(_BY_KEY, {"key": device_id}).mappings().one()
    news = open_conflicts(connection, device_id, verdict.conflicts, taken_at)
    late = before["last_heard"] is not None and taken_at < before["last_heard"]
    if before["evidence"] != evidence and not late:
        restate(connection, device_id, check_in, stated, evidence, taken_at)
        news = True
    return _Owner(device_id, before, verdict, news)


def _booted_at(check_in: CheckIn, received_at: datetime) -> datetime | None:
    """When the machine started, by our clock: its own may be years off, but it is off by as much as it sent it."""
    booted_at, sent_at = check_in.vitals.booted_at, check_in.sent_at
    if booted_at is None or sent_at is None:
        return booted_at
    return received_at - min(max(sent_at - booted_at, timedelta(0)), LONGEST_UPTIME)


def _evidence(check_in: CheckIn) -> str:
    """All that the machine says of who it is, in 16 bytes: alike means the same machine, without a second look."""
    adapters = sorted((interface.name, interface.mac, interface.kind) for interface in check_in.interfaces)
    return blake2b(canonical((check_in.identity, adapters)), digest_size=16).hexdigest()


def _vitals(check_in: CheckIn, booted_at: datetime | None) -> dict[str, Any]:
    addresses = {i.name: i.addresses for i in check_in.interfaces if i.addresses}
    vitals = replace(check_in.vitals, booted_at=booted_at)
    return {**plain(vitals), "addresses": plain(addresses)}


def _hardware(connection: Connection, hardware_id: int | None) -> Hardware:
    body = connection.execute(select(_HARDWARE.c.body).where(_HARDWARE.c.id == hardware_id)).scalar_one()
    return _read_hardware(body)


def _platform(connection: Connection, system_id: int | None) -> Platform:
    return Platform(connection.execute(select(_SYSTEMS.c.platform).where(_SYSTEMS.c.id == system_id)).scalar_one())


def _state(
    connection: Connection,
    device_id: int,
    before: Mapping[Any, Any],
    keys: Mapping[Section, int | None],
    vitals: Mapping[str, Any],
    taken_at: datetime,
) -> bool:
    """Note the device as heard; where it changed, close the interval that ended, open one, and say so."""
    now = {
        "hardware_id": keys[Section.HARDWARE],
        "system_id": keys[Section.SYSTEM],
        "set_id": keys[Section.SOFTWARE],
    }
    changed = any(before.get(column) != key for column, key in now.items())
    if changed:
        if before.get("state_id") is not None:
            connection.execute(_CLOSE, {"key": before["state_id"], "ended": taken_at})
        connection.execute(_OPEN, {"device_id": device_id, "since": taken_at, **now})
    connection.execute(_HEARD, {"key": device_id, "heard": taken_at, "vitals": vitals})
    return changed
