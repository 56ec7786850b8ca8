"""Reads FlexNet's debug log: seats taken and given back, and refusals, by hour of the log's own clock. Pure.

    8:00:02 (lmgrd) TIMESTAMP 11/23/2026
    8:00:05 (adskflex) OUT: "87545ACD_2022_0F" user@host
    8:00:09 (adskflex) DENIED: "87545ACD_2022_0F" user@host  (Licensed number of users already reached. (-4,342))

Only TIMESTAMP and start lines have a date; a clock that goes back by hours has passed midnight. What was in use when a
log begins is not in it: without a start of the server its peaks are "at least", counted from the lowest level.
Who was refused is told apart by a digest whose key is forgotten after the reading.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from secrets import token_bytes

from licenses.servers.dates import month_day_year
from licenses.servers.status import Counting, FeatureUse, HourUse, ServerAnswer, ServerState, Status
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_LINE = re.compile(r" *([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))? \(([^()]{1,60})\) ?(.*)")
_EVENT = re.compile(r'(OUT|IN|DENIED|QUEUED|DEQUEUED|UNSUPPORTED): *(?:"([^"]*)"|([0-9]+) (\S+)(?= to )|(\S+)) *(.*)')
_SEATS = re.compile(r"\(([0-9]{1,9}) licen[sc]es?\)")
_STAMP = re.compile(r"TIMESTAMP ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")
_START = re.compile(r".*\bstarted\b.*\(([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\)")
_DAEMON_START = re.compile(r"Server started on |\(@lmgrd-SLOG@\) Start-Date", re.IGNORECASE)
_HOLDER = re.compile(r"(?:to |by )?(\S*@\S+|\S+)")
_NO_SEAT = re.compile(
    r"licensed number of users already reached|\(-4,|no licenses? available|all licenses|exceeds MAX", re.IGNORECASE
)
_OTHER_REASON = re.compile(r"\((?:[^()]*)\(?-[0-9]+[,:)]")
_BACK = timedelta(hours=2)
"""The clock may go back by an hour in autumn, and daemons write a little out of order; further back is another day."""


@dataclass(slots=True)
class _Feature:
    """A feature while its log is read: its level since the last start, and what came of it in each hour."""

    name: str
    vendor: str
    level: int = 0
    lowest: int = 0
    tops: dict[datetime, int] = field(default_factory=dict)
    peaks: dict[datetime, int] = field(default_factory=dict)
    away: dict[datetime, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    denied: int = 0

    def taken(self, seats: int, hour: datetime) -> None:
        """Seats taken, or given back where negative."""
        self.tops[hour] = max(self.tops.get(hour, self.level), self.level + seats)
        self.level += seats
        self.lowest = min(self.lowest, self.level)

    def settle(self) -> None:
        """Ends a stretch between two starts: what was out before the stretch began is at least minus its lowest."""
        for hour, top in self.tops.items():
            self.peaks[hour] = max(self.peaks.get(hour, 0), top - self.lowest)
        self.tops, self.level, self.lowest = {}, 0, 0


class _Reader:
    def __init__(self, first: date | None) -> None:
        self.unread = UnreadLines()
        self.dated = first is not None
        self.now = datetime.combine(first or date(1, 1, 2), datetime.min.time())
        self.features: dict[str, _Feature] = {}
        self.open: tuple[_Feature, datetime, str] | None = None
        """A refusal whose reason may stand in the next line."""
        self.key = token_bytes(32)

    def line(self, text: str) -> bool:
        found = _LINE.fullmatch(text)
        if found is None:
            return self._continued(text.strip())
        self._clock(found)
        self.decide()
        message = found[5]
        if event := _EVENT.match(message):
            return self._event(event, found[4])
        if _STAMP.match(message) or _START.match(message) or _DAEMON_START.match(message):
            self._stamp(message, found[4])
        return True

    def _clock(self, found: re.Match[str]) -> None:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if hour > 23 or minute > 59 or second > 59:
            return
        then = self.now.replace(hour=hour, minute=minute, second=second)
        if self.now - then > _BACK and self.now.date() < date.max:
            then += timedelta(days=1)
        self.now = then

    def _stamp(self, message: str, daemon: str) -> None:
        if day := stamped(message):
            self.now = datetime.combine(day, self.now.time())
        if "started" in message.lower() or "start-date" in message.lower():
            for feature in self.features.values():
                if daemon in ("lmgrd", feature.vendor):
                    feature.settle()

    def _event(self, event: re.Match[str], daemon: str) -> bool:
        name = clean_name(event[2] or event[4] or event[5] or "")
        if not name or "@" in name:  # no feature, but somebody
            return False
        feature = self.features.setdefault(name, _Feature(name, clean_name(daemon)))
        seats = int(found[1]) if (found := _SEATS.search(event[6])) else int(event[3] or 1)
        hour = self.now.replace(minute=0, second=0)
        if event[1] == "OUT":
            feature.taken(seats, hour)
        elif event[1] == "IN":
            feature.taken(-seats, hour)
        elif event[1] == "DENIED":
            feature.denied += 1
            self.open = (feature, hour, event[6])
        return True

    def _continued(self, text: str) -> bool:
        if self.open is not None and text.startswith("("):
            feature, hour, told = self.open
            self.open = (feature, hour, f"{told} {text}")
            return True
        return not text

    def decide(self) -> None:
        """Counts the last refusal, now that its reason is whole: only those for want of a seat ask for more seats."""
        if self.open is None:
            return
        feature, hour, told = self.open
        self.open = None
        if _OTHER_REASON.search(told) and not _NO_SEAT.search(told):
            return
        holder = _HOLDER.match(told)
        digest = blake2b((holder[1] if holder else "").encode(), key=self.key, digest_size=12).digest()
        feature.away[hour].add(digest)


def stamped(message: str) -> date | None:
    """The date in a message of the log, if it is one that has a date."""
    found = _STAMP.match(message) or _START.match(message)
    return month_day_year(found[1], found[2], found[3]) if found else None


def read(lines: Sequence[str], _on: date) -> Status:
    """What the log says: refusals, and the most that were out at once, by feature and by hour."""
    reader = _Reader(_first_day(lines))
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST or not reader.line(line.rstrip()):
            reader.unread.add(number, line)
    reader.decide()
    for feature in reader.features.values():
        feature.settle()
    reason = "a debug log: it says what happened, not what is"
    if not reader.dated:
        reason += "; no line of it has a date, so its hours are not known"
    return Status(
        kind="flexnet-log",
        state=ServerState.UNKNOWN,
        reason=reason,
        features=tuple(_finished(one) for one in reader.features.values()),
        servers=(ServerAnswer("", ServerState.UNKNOWN, reason),),
        at=reader.now if reader.dated else None,
        unread=reader.unread.kept,
        unread_lines=reader.unread.count,
        hours=_hours(reader) if reader.dated else {},
    )


def _first_day(lines: Sequence[str]) -> date | None:
    """The day of the first line: that of the first date, less the midnights before it."""
    midnights, last = 0, timedelta()
    for found in _dated_lines(lines):
        now = timedelta(hours=int(found[1]), minutes=int(found[2]))
        if last - now > _BACK:
            midnights += 1
        last = now
        if day := stamped(found[5]):
            return day - timedelta(days=midnights)
    return None


def _dated_lines(lines: Sequence[str]) -> Iterator[re.Match[str]]:
    return (found for line in lines if len(line) <= LONGEST and (found := _LINE.fullmatch(line.rstrip())))


def _hours(reader: _Reader) -> dict[datetime, list[HourUse]]:
    found: dict[datetime, list[HourUse]] = defaultdict(list)
    for one in reader.features.values():
        for hour in sorted({*one.peaks, *one.away}):
            found[hour].append(HourUse(one.name, one.peaks.get(hour), len(one.away.get(hour, ()))))
    return dict(sorted(found.items()))


def _finished(one: _Feature) -> FeatureUse:
    return FeatureUse(
        feature=one.name,
        counting=Counting.LOGGED,
        vendor=one.vendor,
        peak=max(one.peaks.values(), default=None),
        denied=one.denied,
        turned_away=sum(len(holders) for holders in one.away.values()),
    )
