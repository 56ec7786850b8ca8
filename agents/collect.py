"""Asks every probe that fits the machine and puts the answers together into one report."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from agents import VERSION
from agents.errors import NotThere, QuestionFailed
from agents.machine import Machine
from agents.probe import Found, Part, Probe, Several, known, merged
from agents.probes import PROBES
from agents.report import (
    Hardware,
    Identity,
    Interface,
    InterfaceKind,
    ProbeFailure,
    RawInstall,
    Report,
    Software,
    System,
    Vitals,
)

LONGEST = 512
"""Characters of one text, so that no installer's essay can grow a report."""
INSTALLS = 20_000
LISTED = 250
"""Interfaces, volumes or failures in one report: hundreds are a container host's, and the server refuses more."""
Value = TypeVar("Value")


def collect(machine: Machine, *, now: datetime, probes: Iterable[Probe[Any]] = PROBES) -> Report:
    """All that the machine says of itself at this moment. Never raises: what failed stands in the report."""
    fitting = [probe for probe in probes if machine.platform in probe.platforms]
    identity, hardware, vitals = Identity(hostname=""), Hardware(), Vitals()
    system = System(platform=machine.platform)
    installs: set[RawInstall] = set()
    interfaces: tuple[Interface, ...] = ()
    failures: list[ProbeFailure] = []
    failed: list[Probe[Any]] = []
    for probe in fitting:
        found, reasons = ask(probe, machine)
        if reasons:
            failed.append(probe)
            failures += (ProbeFailure(probe.name, probe.part.value, impersonal(reason)) for reason in reasons)
        identity, hardware = merged(identity, found.identity), merged(hardware, found.hardware)
        vitals = merged(vitals, found.vitals)
        if found.system:
            system = replace(merged(system, found.system), platform=found.system.platform)
        installs.update(map(clean, found.installs))
        interfaces += found.interfaces
    entries = sorted(installs, key=order)
    if len(entries) > INSTALLS:
        failures.append(ProbeFailure("software", Part.SOFTWARE.value, f"more than {INSTALLS} entries: others left out"))
    return Report(
        id=os.urandom(16).hex(),
        taken_at=now,
        agent_version=VERSION,
        identity=clean(identity),
        system=clean(replace(system, unasked=unknown(system, failed))),
        hardware=clean(replace(hardware, unasked=unknown(hardware, failed))),
        software=Software(
            tuple(entries[:INSTALLS]),
            tuple(sorted({name for probe in failed if probe.part is Part.SOFTWARE for name in probe.feeds}))
            + (("entries",) if len(entries) > INSTALLS else ()),
        ),
        interfaces=clean(fewer(interfaces, last=lambda one: one.kind is InterfaceKind.VIRTUAL)),
        vitals=clean(replace(vitals, volumes=fewer(vitals.volumes, last=lambda one: not one.system))),
        failures=clean(tuple(failures[:LISTED])),
    )


def fewer(items: tuple[Value, ...], *, last: Callable[[Value], bool]) -> tuple[Value, ...]:
    """At most LISTED of them; those that matter least go first."""
    return items if len(items) <= LISTED else tuple(sorted(items, key=last)[:LISTED])


def order(one: RawInstall) -> tuple[str | bool, ...]:
    """All fields, so that like machines send like lists."""
    return (one.source, one.identifier, one.name, one.version, one.publisher, one.per_user, one.hidden, one.parent)


def ask(probe: Probe[Any], machine: Machine) -> tuple[Found, tuple[str, ...]]:
    """What a probe found, and the reasons why it found less than it asked for."""
    reasons: list[str] = []
    try:
        if isinstance(probe.question, Several):
            answer: Any = tuple(_part(machine, part, reasons) for part in probe.question.questions)
        else:
            answer = _part(machine, probe.question, reasons)
            if answer is None:
                return Found(), tuple(reasons)
        found = probe.parse(answer)
    except Exception as problem:  # noqa: BLE001 - whatever a probe trips over must not cost the rest of the report
        return Found(), (*reasons, _reason(problem))
    return found, (*reasons, *found.unread)


def _part(machine: Machine, question: Any, reasons: list[str]) -> Any:
    """The answer to one question, or `None`: with a reason, but for a tool that this machine does not have."""
    try:
        return machine.ask(question)
    except NotThere:
        return None
    except QuestionFailed as problem:
        reasons.append(str(problem))
        return None


def _reason(problem: Exception) -> str:
    """One line for a probe that broke: our own words for what makes no sense, else the kind of the surprise."""
    if isinstance(problem, QuestionFailed):
        return str(problem)
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    if type(problem) is ValueError:
        return f"its answer makes no sense: {problem}"
    return f"its answer makes no sense: {type(problem).__name__}"


def unknown(section: Hardware | System, failed: Iterable[Probe[Any]]) -> tuple[str, ...]:
    """The fields of a section that stayed unknown because a probe failed; not those that another probe filled in.

    Lists count as unknown even where some of their entries were found: there may be more.
    """
    defaults = {item.name: item.default for item in fields(section)}
    names = {name for probe in failed for name in probe.feeds if name in defaults}
    return tuple(
        sorted(
            name
            for name in names
            if isinstance(getattr(section, name), tuple) or not known(getattr(section, name), defaults[name])
        )
    )


def clean(value: Value) -> Value:
    """The value with every text freed of control characters, blanks at its ends and what is beyond `LONGEST`."""
    result: Any = value
    if isinstance(value, str) and type(value) is str:
        result = clean_text(value)
    elif isinstance(value, tuple):
        result = tuple(clean(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changes = {
            item.name: new
            for item in fields(value)
            if (new := clean(old := getattr(value, item.name))) is not old and new != old
        }
        result = replace(value, **changes) if changes else value
    return result  # type: ignore[no-any-return]  # the same type as `value`, which mypy cannot follow


def clean_text(text: str) -> str:
    """One line of printable text."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " if letter.isspace() else "" for letter in text)
    return text.strip()[:LONGEST].rstrip()


def impersonal(reason: str) -> str:
    """A reason in one line without what names a person: folders below homes, and the name of who runs the agent."""
    reason = re.sub(r"((?:/home|/Users|[A-Z]:\\Users)[/\\])[^/\\\s:'\"]+", r"\1…", reason)
    for name in {os.environ.get(key, "") for key in ("USER", "LOGNAME", "USERNAME", "SUDO_USER")} - {"", "root"}:
        reason = re.sub(rf"\b{re.escape(name)}\b", "…", reason)
    return clean_text(" ".join(reason.split())[:200])
