"""Reads Dassault's `DSLicSrv -admin -run "connect HOST PORT;getLicenseUsage -all"`, as text or with `-csv`. Pure.

    QUB maxReleaseNumber: 16 ... expirationDate: 5/3/27 12:59:00 AM type: Token count: 100 inuse: 25 customerId: ...
        internal Id: ...  by user: NAME on host: NAME

Lines with "internal Id:" name persons, as do the last columns of the CSV: they are dropped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from licenses.servers.dates import expiry
from licenses.servers.status import (
    Batch,
    Counting,
    FeatureUse,
    ServerAnswer,
    ServerState,
    Status,
    earliest_running,
)
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_FEATURE = re.compile(r"\bmaxReleaseNumber:", re.IGNORECASE)
_EXPIRES = re.compile(r"expirationDate: *(\S+)", re.IGNORECASE)
_COUNT = re.compile(r"\bcount: *([0-9]{1,12}|unlimited)", re.IGNORECASE)
_IN_USE = re.compile(r"\binuse: *([0-9]{1,12})", re.IGNORECASE)
_SERVER = re.compile(r"server name: *(\S+)", re.IGNORECASE)
_CONNECT = re.compile(r"connect (\S+) ([0-9]{1,5})", re.IGNORECASE)
_READY = re.compile(r"ready: *(yes|no)\b", re.IGNORECASE)
_VENDOR = re.compile(r"([\w .,&()-]{1,60}?) +\([0-9A-F]{8}-[0-9A-F-]{27}\)", re.IGNORECASE)
_PROMPT = re.compile(r"(?:admin *> *)+")
_HEAD = re.compile(r"editor,.*\bfeature,.*\bcount,.*\binuse\b", re.IGNORECASE)
_DOWN = re.compile(
    r"(?:cannot|could not|failed to|unable to) connect|connection (?:refused|failed)|not connected|no response"
    r"|unknown host|server is (?:down|not running)",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"license administration tool|software version|build date|standalone mode|failover mode"
    r"|server configuration|warning: *restricted|license usage|internal id:|granted since|session"
    r"|[-+=*]+$|.*\blisten port|server id"
    r"|ready:|administration port|editor|license server|copyright|\(c\)|dslicsrv|connect "
    r"|getlicenseusage|glu |quit|exit"
    r"|remote administration|automatic recycling|statistics|automatic|number of",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Feature:
    name: str
    vendor: str
    in_use: int = 0
    batches: list[Batch] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.unread = UnreadLines()
        self.server = ""
        self.vendor = ""
        self.answered = False
        self.silent = False
        self.columns: Mapping[str, int] = {}
        self.features: dict[tuple[str, str], _Feature] = {}

    def line(self, text: str) -> bool:
        text = _PROMPT.sub("", text, count=1).strip() if text.lower().startswith("admin") else text
        if not text or text.lower().startswith("internal id:"):
            return True
        if _HEAD.match(text):
            self.columns = {name.strip().lower(): at for at, name in enumerate(text.split(","))}
            self.answered = True
            return True
        if self.columns and self._row(text):
            return True
        if (found := _FEATURE.search(text)) and self._feature(clean_name(text[: found.start()]), text):
            return True
        return self._server_line(text)

    def _server_line(self, text: str) -> bool:
        if found := _READY.search(text):
            self.answered = found[1].lower() == "yes"
            self.silent = self.silent or not self.answered
        if found := _SERVER.search(text):
            self.server = clean_name(found[1])
        elif (found := _CONNECT.search(text)) and not self.server:
            self.server = f"{found[2]}@{clean_name(found[1])}"
        elif found := _VENDOR.fullmatch(text):
            self.vendor = clean_name(found[1])
        elif _DOWN.search(text):
            self.silent = True
        else:
            return bool(_KNOWN.match(text))
        return True

    def _feature(self, name: str, text: str) -> bool:
        # A person's name stands in no such line, so it may be searched from its start to its end.
        count, in_use, when = _COUNT.search(text), _IN_USE.search(text), _EXPIRES.search(text)
        if count is None or in_use is None or "@" in name or ":" in name:
            return False
        self._add(name, self.vendor, count[1], in_use[1], when[1] if when else "")
        return True

    def _row(self, text: str) -> bool:
        """Rows repeat a feature's counts for each holder: the first of a feature and customer counts."""
        cells = text.split(",")
        want = [self.columns.get(name) for name in ("feature", "count", "inuse")]
        if any(at is None or at >= len(cells) for at in want):
            return False
        name, count, in_use = (cells[at].strip() for at in want if at is not None)
        if not in_use.isdigit() or not (count.isdigit() or count.lower() == "unlimited") or len(count + in_use) > 20:
            return False
        ends, editor = self.columns.get("expiration date"), self.columns.get("editor", 0)
        when = cells[ends] if ends is not None and ends < len(cells) else ""
        key = (clean_name(cells[editor]), clean_name(name))
        if key not in self.features or Batch(_number(count), expiry(when)) not in self.features[key].batches:
            self._add(key[1], key[0], count, in_use, when)
        return True

    def _add(self, name: str, vendor: str, count: str, in_use: str, when: str) -> None:
        self.answered = True
        feature = self.features.setdefault((vendor, name), _Feature(name, vendor))
        feature.in_use += int(in_use)
        feature.batches.append(Batch(_number(count), expiry(when)))


def _number(count: str) -> int | None:
    return int(count) if count.isdigit() else None


def read(lines: Sequence[str], on: date) -> Status:
    """What the text says; `on` is the day by which an expiry has passed."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and (len(line) > LONGEST or not reader.line(text)):
            reader.unread.add(number, line)
    state, reason = ServerState.UNKNOWN, "the text does not say whether the server is up"
    if reader.silent:
        state, reason = ServerState.DOWN, "the server gave no answer, or is not ready"
    elif reader.answered:
        state, reason = ServerState.UP, ""
    return Status(
        kind="dsls",
        state=state,
        reason=reason,
        features=tuple(_finished(one, reader.server, on) for one in reader.features.values())
        if state is not ServerState.DOWN
        else (),
        servers=(ServerAnswer(reader.server, state, reason),),
        unread=reader.unread.kept,
        unread_lines=reader.unread.count,
    )


def _finished(one: _Feature, server: str, on: date) -> FeatureUse:
    counts = [batch.issued for batch in one.batches]
    issued = None if None in counts else sum(count for count in counts if count is not None)
    return FeatureUse(
        feature=one.name,
        issued=issued,
        in_use=one.in_use,
        expires=earliest_running(one.batches, on),
        held=one.in_use,
        counting=Counting.UNCOUNTED if issued is None else Counting.COUNTED,
        vendor=one.vendor,
        server=server,
        batches=tuple(one.batches),
    )
