"""A check-in as it arrives: bytes from outside become a validated message, or a refusal that says why."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from agents.report import SCHEMA, CheckIn, Section, canonical, digest
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


# The message's own dataclasses are the schema; the limits hold for all that is nested in it.
CheckIn.__pydantic_config__ = ConfigDict(  # type: ignore[attr-defined]  # pydantic reads it, `agents` must not know it
    strict=True, extra="ignore", str_max_length=LONGEST_TEXT, allow_inf_nan=False
)
_CHECK_IN = TypeAdapter(CheckIn)


@dataclass(frozen=True, slots=True)
class Message:
    """A valid check-in, and its sections as the JSON that was sent: a newer agent's unknown fields included."""

    check_in: CheckIn
    bodies: Mapping[str, Mapping[str, Any]]


def decode(body: bytes) -> Message:
    """Read a check-in; raises BadReport or SchemaTooNew.

    Unknown fields are let through: they come from a newer agent. Control characters, texts beyond LONGEST_TEXT,
    wrong types and sections that do not match their digest are refused.
    """
    try:
        check_in = _CHECK_IN.validate_json(body)
    except ValidationError as error:
        _refuse_newer(body)
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "report"
        raise BadReport(f"{place}: {first['msg']}", hint="the agent and the server may differ in version") from None
    if check_in.schema > SCHEMA:
        raise _newer(check_in.schema)
    if _holds_control(body):
        raise BadReport("a text holds a control character", hint="agents leave them out")
    _check(check_in)
    if check_in.hardware is None and check_in.system is None and check_in.software is None:
        return Message(check_in, {})
    raw = from_json(body)
    bodies: dict[str, Mapping[str, Any]] = {
        section: raw[section] for section in Section if raw.get(section) is not None
    }
    for section, content in bodies.items():
        if digest(canonical(content)) != check_in.digests[section]:
            raise BadReport(f"{section}: does not match its digest", hint="the report was damaged on its way")
    return Message(check_in, bodies)


def _holds_control(body: bytes) -> bool:
    """JSON has control characters as escapes only, but for DEL and the upper ones; most bodies have neither."""
    if b"\x7f" in body or (b"\xc2" in body and _UPPER_CONTROL.search(body)):
        return True
    return b"\\" in body and any(found[1] for found in _ESCAPE.finditer(body))


def _refuse_newer(body: bytes) -> None:
    try:
        raw = from_json(body)
    except ValueError:
        raise BadReport("is not JSON", hint="the report was cut off or damaged on its way") from None
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise _newer(schema)


def _newer(schema: int) -> SchemaTooNew:
    return SchemaTooNew(
        f"the report has schema {schema}, this server reads up to {SCHEMA}", hint="bring the server up to date"
    )


def _check(check_in: CheckIn) -> None:
    if not _ID.fullmatch(check_in.id):
        raise BadReport("id: is not 32 hexadecimal digits")
    if not math.isfinite(check_in.age):
        raise BadReport("age: is not a number of seconds")
    for section in Section:
        if not _DIGEST.fullmatch(check_in.digests.get(section, "")):
            raise BadReport(f"digests.{section}: is not a SHA-256 in hexadecimal")
    if check_in.software is not None and len(check_in.software.installs) > MOST_INSTALLS:
        raise BadReport(f"software.installs: has more than {MOST_INSTALLS} entries")
    for field, moment in (("vitals.booted_at", check_in.vitals.booted_at), ("sent_at", check_in.sent_at)):
        if moment is not None and moment.tzinfo is None:
            raise BadReport(f"{field}: has no time zone")
