"""A check-in as it arrives: bytes from outside become a validated message, or a refusal that says why."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from agents.report import SCHEMA, CheckIn, Hardware, RawInstall, Section, Software, System, Vitals, canonical, digest
from fleet.errors import FleetError
from inventory.identifiers import identifiers

LONGEST_TEXT = 512
"""Characters in any one text of a report; agents cut what is longer."""

MOST_INSTALLS = 25_000
"""Entries in one list of software."""

MOST_KEPT = 100_000
"""Entries that are remembered as read, some hundred bytes each; a district has some thousands."""

LONGEST_KEPT = 1_000
"""Bytes of an entry that is remembered: what is longer is no installer's, or nobody else has it."""

MOST_LISTED = 250
"""Interfaces, volumes, disks, failures or unread lists in one report; agents list far fewer."""

MOST_ADDRESSES = 100
"""Addresses of one interface."""

MOST_VALUES = 1_000_000
"""Commas in one report: what bounds the memory that reading it takes. The largest list of software has half."""

LARGEST_SECTION = 256_000
"""Bytes of hardware or system, which are stored as they are sent, fields of a newer agent included."""

LONGEST_VERSION = 40
"""Characters of an agent's version, and of the name of a list of software."""

LARGEST_NUMBER = 2**63 - 1

_ESCAPE = re.compile(rb"\\(u00[01][0-9a-fA-F]|u007[fF]|u00[89][0-9a-fA-F]|[bfnrt])|\\.")
_UPPER_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadReport(FleetError, ValueError):
    """A report that is not one; it will never be accepted as it is."""

    code = "bad-report"


class SchemaTooNew(FleetError, ValueError):
    """A report of a schema that this server does not know yet."""

    code = "schema-too-new"


# The message's own dataclasses are the schema; the limits hold for all that is nested in them.
_LIMITS = ConfigDict(extra="ignore", str_max_length=LONGEST_TEXT, allow_inf_nan=False)
for _part in (CheckIn, Hardware, System, Software, RawInstall):
    setattr(_part, "__pydantic_config__", _LIMITS)  # noqa: B010 - pydantic reads it, `agents` must not know it
_CHECK_IN = TypeAdapter(CheckIn)
_INSTALL = TypeAdapter(RawInstall)
_SECTIONS: Mapping[Section, TypeAdapter[Hardware] | TypeAdapter[System] | TypeAdapter[Software]] = {
    Section.HARDWARE: TypeAdapter(Hardware),
    Section.SYSTEM: TypeAdapter(System),
    Section.SOFTWARE: TypeAdapter(Software),
}


@dataclass(frozen=True, slots=True)
class SentSection:
    """A section as it was sent; a section that the server knows is never read, so it costs nothing to send."""

    section: Section
    raw: Mapping[str, Any]
    digest: str

    def read(self) -> Hardware | System | Software:
        """The section, if it matches its digest and makes sense; raises BadReport."""
        # orjson writes our canonical form, but for rare floats that only a newer agent could send.
        try:
            written = orjson.dumps(self.raw, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            raise BadReport(f"{self.section}: is nested too deeply") from None
        if self.digest != digest(written) and self.digest != digest(canonical(self.raw)):
            raise BadReport(f"{self.section}: does not match its digest", hint="the report was damaged on its way")
        if self.section is not Section.SOFTWARE and len(written) > LARGEST_SECTION:
            raise BadReport(f"{self.section}: is larger than {LARGEST_SECTION} bytes")
        _count("software.installs", self.raw.get("installs"), MOST_INSTALLS)
        _count(f"{self.section}.unasked", self.raw.get("unasked"))
        raw = self.raw
        if self.section is Section.SOFTWARE:
            raw = {**raw, "installs": ()}
        try:
            body = _SECTIONS[self.section].validate_python(raw)
        except ValidationError as error:
            raise _bad(error, self.section) from None
        if isinstance(body, Software):
            return replace(body, installs=_installs(self.raw.get("installs", ())))
        if isinstance(body, Hardware):
            _numbers(self.section, body)
        return body


def _installs(entries: Any) -> tuple[RawInstall, ...]:
    """A list of software; raises BadReport that names the entry which makes no sense."""
    if not isinstance(entries, list | tuple):
        raise BadReport("software.installs: is not a list")
    try:
        return tuple(
            [
                _install(one) if len(one) < LONGEST_KEPT else _install.__wrapped__(one)
                for one in map(orjson.dumps, entries)
            ]
        )
    except (ValidationError, BadReport):
        for at, entry in enumerate(entries):
            try:
                _install(orjson.dumps(entry))
            except ValidationError as error:
                raise _bad(error, f"software.installs.{at}") from None
            except BadReport as error:
                raise BadReport(f"software.installs.{at}.{error}") from None
        raise


@lru_cache(maxsize=MOST_KEPT)
def _install(entry: bytes) -> RawInstall:
    """One entry from its JSON: machines that are alike state the same ones, and each is checked once."""
    install = _INSTALL.validate_json(entry)
    if len(install.source) > LONGEST_VERSION:
        raise BadReport(f"source: is longer than {LONGEST_VERSION} characters")
    return install


@dataclass(frozen=True, slots=True)
class Message:
    """A valid check-in, and the sections that came with it."""

    check_in: CheckIn
    sections: Mapping[Section, SentSection]


def decode(body: bytes) -> Message:
    """Read a check-in; raises BadReport or SchemaTooNew.

    Unknown fields are let through: they come from a newer agent. Control characters, texts beyond LONGEST_TEXT and
    wrong types are refused; sections are checked when they are read.
    """
    if body.count(b",") > MOST_VALUES:
        raise BadReport(f"holds more than {MOST_VALUES} values")
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadReport("is not JSON", hint="the report was cut off or damaged on its way") from None
    if not isinstance(raw, dict):
        raise BadReport("is not a check-in")
    schema = raw.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise _too_new(schema)
    if _holds_control(body):
        raise BadReport("a text holds a control character", hint="agents leave them out")
    _count_lists(raw)
    sent = {section: raw.pop(section) for section in Section if raw.get(section) is not None}
    try:
        check_in = _CHECK_IN.validate_python(raw)
    except ValidationError as error:
        raise _bad(error) from None
    _check(check_in)
    for section, content in sent.items():
        if not isinstance(content, dict):
            raise BadReport(f"{section}: is not an object")
    return Message(check_in, {s: SentSection(s, content, check_in.digests[s]) for s, content in sent.items()})


def _too_new(schema: int) -> SchemaTooNew:
    hint = "bring the server up to date"
    return SchemaTooNew(f"the report has schema {schema}, this server reads up to {SCHEMA}", hint=hint)


def _bad(error: ValidationError, within: str = "") -> BadReport:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, (within, *first["loc"]) if within else first["loc"])) or "report"
    return BadReport(f"{place[:100]}: {first['msg']}", hint="the agent and the server may differ in version")


def _holds_control(body: bytes) -> bool:
    """JSON has control characters as escapes only, but for DEL and the upper ones; most bodies have neither."""
    if b"\x7f" in body or (b"\xc2" in body and _UPPER_CONTROL.search(body)):
        return True
    return b"\\" in body and any(found[1] for found in _ESCAPE.finditer(body))


def _count(field: str, content: Any, most: int = MOST_LISTED) -> None:
    """Refuse a list that is too long, before anything is made of its entries."""
    if isinstance(content, list) and len(content) > most:
        raise BadReport(f"{field}: has more than {most} entries")


def _count_lists(raw: Mapping[str, Any]) -> None:
    """The lists that this server knows; a newer agent's own are dropped anyway."""
    identity, vitals, interfaces = raw.get("identity"), raw.get("vitals"), raw.get("interfaces")
    _count("interfaces", interfaces)
    _count("failures", raw.get("failures"))
    if isinstance(identity, dict):
        _count("identity.disk_serials", identity.get("disk_serials"))
    if isinstance(vitals, dict):
        _count("vitals.volumes", vitals.get("volumes"))
    for interface in interfaces if isinstance(interfaces, list) else ():
        if isinstance(interface, dict):
            _count("interfaces.addresses", interface.get("addresses"), MOST_ADDRESSES)


def _numbers(place: str, part: Any) -> None:
    """Refuse numbers below zero or beyond 63 bits: sizes, counts and clocks are neither."""
    for one in dataclasses.fields(part):
        value = getattr(part, one.name)
        for item in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(item):
                _numbers(f"{place}.{one.name}", item)
            elif isinstance(item, int) and not 0 <= item <= LARGEST_NUMBER:
                raise BadReport(f"{place}.{one.name}: {item} is no number of this kind")


def _check(check_in: CheckIn) -> None:
    if not _ID.fullmatch(check_in.id):
        raise BadReport("id: is not 32 hexadecimal digits")
    if check_in.schema > SCHEMA:  # written as text or with a point
        raise _too_new(check_in.schema)
    if len(check_in.agent_version) > LONGEST_VERSION:
        raise BadReport(f"agent_version: is longer than {LONGEST_VERSION} characters")
    for section in Section:
        if not _DIGEST.fullmatch(check_in.digests.get(section, "")):
            raise BadReport(f"digests.{section}: is not a SHA-256 in hexadecimal")
    identity = check_in.identity
    for text in (identity.hostname, identity.serial, identity.board_serial, identity.asset_tag, *identity.disk_serials):
        if not text.isascii() and len(text.casefold()) > LONGEST_TEXT:  # as it is compared and stored
            raise BadReport(f"identity: a text is longer than {LONGEST_TEXT} characters")
    if not identity.system_id and not identifiers(identity, check_in.interfaces):
        raise BadReport("identity: nothing tells this machine from any other")
    _check_vitals(check_in.vitals)
    for field, moment in (("vitals.booted_at", check_in.vitals.booted_at), ("sent_at", check_in.sent_at)):
        if moment is not None and moment.tzinfo is None:
            raise BadReport(f"{field}: has no time zone")
        if moment is not None and not 1 < moment.year < 9999:  # no other time zone has it
            raise BadReport(f"{field}: is beyond the calendar")


def _check_vitals(vitals: Vitals) -> None:
    for volume in vitals.volumes:
        if not (0 <= volume.size <= LARGEST_NUMBER and 0 <= volume.free <= LARGEST_NUMBER):
            raise BadReport("vitals.volumes: a size is no number of bytes")
    if vitals.battery is not None:
        _numbers("vitals.battery", vitals.battery)
