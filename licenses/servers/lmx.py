"""Reads X-Formation's `lmxendutil -licstat` (LM-X, as Altair uses it). Pure.

LM-X License Server on 6200@host:
Feature: NAME Version: 21.0 Vendor: ALTAIR
Start date: 2022-02-17 Expire date: 2023-01-31
40 of 100 license(s) used:
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from licenses.servers.dates import expiry
from licenses.servers.status import (
    Batch,
    Counting,
    Expiry,
    FeatureUse,
    ServerAnswer,
    ServerState,
    Status,
    earliest_running,
    together,
)
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_SERVER = re.compile(r"LM-X license server(?:\(s\))? on (\S+?):?", re.IGNORECASE)
_VERSION = re.compile(r"server version: *(\S+)", re.IGNORECASE)
_FEATURE = re.compile(r" version: *(\S+)(?: +vendor: *(.*))?$", re.IGNORECASE)
_EXPIRES = re.compile(r"expire date: *(\S+)", re.IGNORECASE)
_COUNT = re.compile(r"([0-9]{1,12}) of ([0-9]{1,12}|unlimited|infinite) license\(?s?\)? (used|borrowed)", re.IGNORECASE)
_OF_HOLDER = re.compile(
    r"([0-9]{1,12}) license\(?s?\)? (used|borrowed|reserved|queued|in queue|waiting)\b", re.IGNORECASE
)
_DOWN = re.compile(
    r"no license\(?s?\)? available|no available license|could not connect|cannot connect"
    r"|unable to connect|no response|connection refused"
    r"|network error|server is down|failed to connect",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"LM-X |copyright\b|start date:|key type:|login time:|checkout time:|shared on |borrow expire|[-+=*]+$|uptime|"
    r"license sharing|project:|comment:|denied|platforms?:|options?:|hostid:|\(c\)|license status|total",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Feature:
    name: str
    vendor: str
    server: str
    expires: Expiry | None = None
    issued: int | None = None
    in_use: int | None = None
    queued: int = 0
    reserved: int = 0
    borrowed: int = 0


class _Reader:
    def __init__(self) -> None:
        self.unread = UnreadLines()
        self.servers: list[str] = []
        self.versions: dict[str, str] = {}
        self.silent: list[str] = []
        self.features: list[_Feature] = []

    @property
    def server(self) -> str:
        return self.servers[-1] if self.servers else ""

    def line(self, text: str) -> bool:
        feature = self.features[-1] if self.features else None
        if found := _SERVER.fullmatch(text):
            self.servers.append(clean_name(found[1]))
        elif found := _VERSION.match(text):
            self.versions[self.server] = found[1]
        elif text[:8].lower() == "feature:" and (found := _FEATURE.search(text)):
            name, vendor = clean_name(text[8 : found.start()]), clean_name(found[2] or "")
            self.features.append(_Feature(name, vendor, self.server))
        elif feature and (found := _EXPIRES.search(text)):
            feature.expires = expiry(found[1])
            return feature.expires is not None
        elif feature and (found := _COUNT.match(text)):
            feature.in_use = int(found[1])
            feature.issued = int(found[2]) if found[2].isdigit() else None
        elif feature and (found := _OF_HOLDER.match(text)):
            _count(feature, int(found[1]), found[2].lower())
        elif _DOWN.search(text):
            self.silent.append(self.server)
        else:
            return bool(_KNOWN.match(text))
        return True


def _count(feature: _Feature, seats: int, what: str) -> None:
    if what == "reserved":
        feature.reserved += seats
    elif what == "borrowed":
        feature.borrowed += seats
    elif what != "used":
        feature.queued += seats


def read(lines: Sequence[str], on: date) -> Status:
    """What the text says; `on` is the day by which an expiry has passed."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and (len(line) > LONGEST or not reader.line(text)):
            reader.unread.add(number, line)
    answers = [_answer(name, reader) for name in dict.fromkeys([*reader.servers, *reader.silent]) or [""]]
    state, reason = together(answers)
    return Status(
        kind="lmx",
        state=state,
        reason=reason,
        features=_features(reader, on) if state is not ServerState.DOWN else (),
        servers=tuple(answers),
        unread=reader.unread.kept,
        unread_lines=reader.unread.count,
    )


def _answer(name: str, reader: _Reader) -> ServerAnswer:
    version = reader.versions.get(name, "")
    if any(one.server == name and one.in_use is not None for one in reader.features):
        return ServerAnswer(name, ServerState.UP, "", version)
    if name in reader.silent:
        return ServerAnswer(name, ServerState.DOWN, "the server gave no answer, or has no licences", version)
    if version:
        return ServerAnswer(name, ServerState.UP, "", version)
    return ServerAnswer(name, ServerState.UNKNOWN, "the text does not say whether the server is up", version)


def _features(reader: _Reader, on: date) -> tuple[FeatureUse, ...]:
    found = []
    for one in reader.features:
        batch = Batch(one.issued, one.expires)
        found.append(
            FeatureUse(
                feature=one.name,
                issued=one.issued,
                in_use=one.in_use,
                queued=one.queued if one.in_use is not None else None,
                reserved=one.reserved if one.in_use is not None else None,
                expires=earliest_running([batch], on),
                held=one.in_use,
                borrowed=one.borrowed if one.in_use is not None else None,
                counting=Counting.UNCOUNTED if one.issued is None and one.in_use is not None else Counting.COUNTED,
                vendor=one.vendor,
                server=one.server,
                batches=(batch,),
            )
        )
    return tuple(found)
