"""A check-in as it arrives: bytes from outside become a validated message, or a refusal that says why."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from agents.report import SCHEMA, CheckIn, Hardware, Section, Software, System, canonical, digest
from fleet.errors import FleetError

LONGEST_TEXT = 512
"""Characters in any one text of a report; agents cut what is longer."""

MOST_INSTALLS = 50_000
"""Entries in one list of software."""

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
for _part in (CheckIn, Hardware, System, Software):
    setattr(_part, "__pydantic_config__", _LIMITS)  # noqa: B010 - pydantic reads it, `agents` must not know it
_CHECK_IN = TypeAdapter(CheckIn)
_SECTIONS: Mapping[Section, TypeAdapter[Any]] = {
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
        written = orjson.dumps(self.raw, option=orjson.OPT_SORT_KEYS)
        if self.digest != digest(written) and self.digest != digest(canonical(self.raw)):
            raise BadReport(f"{self.section}: does not match its digest", hint="the report was damaged on its way")
        try:
            body = _SECTIONS[self.section].validate_python(self.raw)
        except ValidationError as error:
            raise _bad(error, self.section) from None
        if isinstance(body, Software) and len(body.installs) > MOST_INSTALLS:
            raise BadReport(f"software.installs: has more than {MOST_INSTALLS} entries")
        return body  # type: ignore[no-any-return]  # one of the three, by _SECTIONS


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
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadReport("is not JSON", hint="the report was cut off or damaged on its way") from None
    if not isinstance(raw, dict):
        raise BadReport("is not a check-in")
    schema = raw.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise SchemaTooNew(
            f"the report has schema {schema}, this server reads up to {SCHEMA}", hint="bring the server up to date"
        )
    if _holds_control(body):
        raise BadReport("a text holds a control character", hint="agents leave them out")
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


def _bad(error: ValidationError, within: str = "") -> BadReport:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, (within, *first["loc"]) if within else first["loc"])) or "report"
    return BadReport(f"{place}: {first['msg']}", hint="the agent and the server may differ in version")


def _holds_control(body: bytes) -> bool:
    """JSON has control characters as escapes only, but for DEL and the upper ones; most bodies have neither."""
    if b"\x7f" in body or (b"\xc2" in body and _UPPER_CONTROL.search(body)):
        return True
    return b"\\" in body and any(found[1] for found in _ESCAPE.finditer(body))


def _check(check_in: CheckIn) -> None:
    if not _ID.fullmatch(check_in.id):
        raise BadReport("id: is not 32 hexadecimal digits")
    if not math.isfinite(check_in.age):
        raise BadReport("age: is not a number of seconds")
    for section in Section:
        if not _DIGEST.fullmatch(check_in.digests.get(section, "")):
            raise BadReport(f"digests.{section}: is not a SHA-256 in hexadecimal")
    for field, moment in (("vitals.booted_at", check_in.vitals.booted_at), ("sent_at", check_in.sent_at)):
        if moment is not None and moment.tzinfo is None:
            raise BadReport(f"{field}: has no time zone")
