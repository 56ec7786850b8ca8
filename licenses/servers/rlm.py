"""Reads Reprise's `rlmutil rlmstat -a`: ISV servers, licence pools, and how many of each are in use. Pure.

    isv license pool status on host (port 63133)
        product v3.0
            count: 1000, # reservations: 0, inuse: 93, exp: 31-jan-2022

Lines of use name a person: they are counted where somebody waits, and dropped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from licenses.servers.dates import expiry
from licenses.servers.status import (
    Batch,
    Counting,
    Daemon,
    FeatureUse,
    ServerAnswer,
    ServerState,
    Status,
    earliest_running,
)
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_SERVER = re.compile(r"rlm status on (\S+) \(port ([0-9]{1,5})\)", re.IGNORECASE)
_SETTING = re.compile(r"setting license file path to (.+)", re.IGNORECASE)
_SOFTWARE = re.compile(r"(\S+) software version (v\S+)", re.IGNORECASE)
_RUNNING = re.compile(r"(\S+)\s+([0-9]{1,5})\s+(Yes|No)\s+([0-9]+)\s*\**", re.IGNORECASE)
_ISV = re.compile(r"(\S+) ISV server status on ", re.IGNORECASE)
_POOL = re.compile(r"(\S+) license pool status on ", re.IGNORECASE)
_USE = re.compile(r"(\S+) license usage status on ", re.IGNORECASE)
_PRODUCT = re.compile(r"(\S(?:.*\S)?) v([0-9][\w.-]*)(?:\s*\(.*\))?(?:\s+\[.*\])?")
_COUNT = re.compile(r"count: *([0-9]{1,12}|uncounted|unlimited)", re.IGNORECASE)
_RESERVED = re.compile(r"reservations: *([0-9]{1,9})", re.IGNORECASE)
_IN_USE = re.compile(r"in ?use: *([0-9]{1,12})", re.IGNORECASE)
_EXPIRES = re.compile(r"exp(?:ires)?: *(\S+)", re.IGNORECASE)
_DENIED = re.compile(r"denials:\s+[0-9]+ \(\S+\)\s+[0-9]+ \(\S+\)\s+([0-9]{1,12}) ", re.IGNORECASE)
_HANDLE = re.compile(r": .*@.* at [0-9]{1,2}/[0-9]{1,2} [0-9]{1,2}:[0-9]{2}|\(handle: *[0-9a-f]+\)", re.IGNORECASE)
_SEATS = re.compile(r" ([0-9]{1,9})(?:/[0-9]+)? at [0-9]{1,2}/")
_DOWN = re.compile(
    r"error connecting to|cannot connect to|connection refused|server is down|no response from|communications error"
    r"|unable to (?:connect|contact)|error -[0-9]+",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"rlmutil\b|rlmstat\b|copyright\b|rlm comm version|startup time|todays statistics|recent statistics|recent stats"
    r"|messages:|connections:|checkouts:|removals:|denials:|-+|connection attempted to|no error|\S+ comm version"
    r"|\S+ debug log filename|\S+ report log filename|name\s+port\s+running|obsolete: *[0-9]+|[0-9:]+\s+[0-9:]+|"
    r"[0-9]+d [0-9:]+|options? file|license files?:|total checkouts|hostid|(?:named users|roam|roaming|timezone|type):",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Pool:
    name: str
    vendor: str
    issued: int | None = 0
    in_use: int = 0
    reserved: int = 0
    queued: int = 0
    counted: bool = False
    batches: list[Batch] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.unread = UnreadLines()
        self.server = ""
        self.version = ""
        self.vendor = ""
        self.daemons: dict[str, Daemon] = {}
        self.pools: dict[tuple[str, str], _Pool] = {}
        self.name = ""
        self.answered = False
        self.refused = False
        self.in_use_list = False

    def line(self, text: str) -> bool:
        if found := _SERVER.match(text):
            self.server = f"{found[2]}@{clean_name(found[1])}"
            self.answered = True
        elif found := _SETTING.match(text):
            self.server = self.server or clean_name(found[1])
        elif found := _SOFTWARE.match(text):
            self._version(found)
        elif found := _RUNNING.fullmatch(text):
            state = ServerState.UP if found[3].lower() == "yes" else ServerState.DOWN
            self.daemons[found[1]] = Daemon(clean_name(found[1]), state)
        elif found := _ISV.match(text) or _POOL.match(text) or _USE.match(text):
            self._section(found)
        else:
            return self._of_section(text)
        return True

    def _of_section(self, text: str) -> bool:
        if self.in_use_list and _HANDLE.search(text):
            return self._held(text)
        if text.lower().startswith("count:"):
            return self._pool(text)
        if _KNOWN.match(text):
            return True
        if _DOWN.search(text):
            self.refused = True
            return True
        if self.vendor and not self.in_use_list and (found := _PRODUCT.fullmatch(text)):
            self.name = clean_name(found[1])
            return True
        return False

    def _version(self, found: re.Match[str]) -> None:
        if found[1].lower() == "rlm":
            self.version = found[2]
        elif found[1] in self.daemons:
            one = self.daemons[found[1]]
            self.daemons[found[1]] = Daemon(one.vendor, one.state, found[2])

    def _section(self, found: re.Match[str]) -> None:
        self.answered = True
        self.vendor, self.name = clean_name(found[1]), ""
        self.in_use_list = found.re is _USE
        self.daemons.setdefault(found[1], Daemon(self.vendor, ServerState.UP))

    def _pool(self, text: str) -> bool:
        count, in_use = _COUNT.match(text), _IN_USE.search(text)
        if not self.name or count is None or in_use is None:
            return False
        pool = self.pools.setdefault((self.vendor, self.name), _Pool(self.name, self.vendor))
        # RLM counts a licence without a count as 0.
        issued = int(count[1]) if count[1].isdigit() and int(count[1]) else None
        pool.issued = None if issued is None or pool.issued is None else pool.issued + issued
        pool.in_use += int(in_use[1])
        if reserved := _RESERVED.search(text):
            pool.reserved += int(reserved[1])
        when = _EXPIRES.search(text)
        pool.batches.append(Batch(issued, expiry(when[1]) if when else None))
        pool.counted = True
        return True

    def _held(self, text: str) -> bool:
        """Who holds a seat is in the pool's own number already; who waits for one is only here."""
        if "queue" not in text.lower():
            return True
        name = text.partition(": ")[0].rpartition(" v")[0]
        pool = self.pools.get((self.vendor, clean_name(name)))
        if pool is None:
            return False
        seats = _SEATS.search(text)
        pool.queued += int(seats[1]) if seats else 1
        return True


def read(lines: Sequence[str], on: date) -> Status:
    """What the text says; `on` is the day by which an expiry has passed."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and (len(line) > LONGEST or not reader.line(text)):
            reader.unread.add(number, line)
    daemons = tuple(reader.daemons.values())
    stopped = [one.vendor for one in daemons if one.state is ServerState.DOWN]
    state, reason = ServerState.UNKNOWN, "the text does not say whether the server is up"
    if reader.pools or reader.answered:
        state, reason = ServerState.UP, ""
        if stopped or reader.refused:
            state = ServerState.DOWN if stopped and len(stopped) == len(daemons) else ServerState.DEGRADED
            reason = "; ".join(f"ISV server {name} is not running" for name in stopped) or "a part gave no answer"
    elif reader.refused:
        state, reason = ServerState.DOWN, "the server gave no answer"
    return Status(
        kind="rlm",
        state=state,
        reason=reason,
        features=tuple(_finished(one, reader.server, on) for one in reader.pools.values())
        if state is not ServerState.DOWN
        else (),
        servers=(ServerAnswer(reader.server, state, reason, reader.version),),
        daemons=daemons,
        unread=reader.unread.kept,
        unread_lines=reader.unread.count,
    )


def _finished(one: _Pool, server: str, on: date) -> FeatureUse:
    return FeatureUse(
        feature=one.name,
        issued=one.issued,
        in_use=one.in_use,
        queued=one.queued,
        reserved=one.reserved,
        expires=earliest_running(one.batches, on),
        held=one.in_use,
        counting=Counting.COUNTED if one.issued is not None else Counting.UNCOUNTED,
        vendor=one.vendor,
        server=server,
        batches=tuple(one.batches),
    )
