"""Reads FlexNet's `lmutil lmstat -a`, `-i`, `-vd`: several servers, redundant ones, several daemons in one text. Pure.

    Users of NAME:  (Total of 10 licenses issued;  Total of 2 licenses in use)
      "NAME" v2.0, vendor: daemon, expiry: 31-dec-2026
        USER HOST DISPLAY (v2.0) (server/27000 101), start Mon 3/16 8:13, 2 licenses, PID: 7

What stands in a line before ", start" is a person's, and may hold anything: it is never looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from licenses.servers.dates import expiry, month_day_year
from licenses.servers.flexnet_state import Block, is_prose, state_line
from licenses.servers.status import (
    Batch,
    Counting,
    FeatureUse,
    ServerState,
    Status,
    earliest_running,
    together,
)
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_HEAD = re.compile(r"Users of (.*?):\s*\((?=total of|uncounted|error|no licen)(.*)", re.IGNORECASE)
_BARE_HEAD = re.compile(r"Users of (.*?):?\s*(?:\(.*)?$", re.IGNORECASE)
_REFUSED = re.compile(r"Users of (.*?):\s*(?:cannot|error|no such).*\(-[0-9]", re.IGNORECASE)
_COUNTS = re.compile(
    r"total of ([0-9]{1,12}) licen[sc]es? issued;\s*(?:(?:total of )?([0-9]{1,12}) licen[sc]es? in use)?", re.IGNORECASE
)
_UNSUPPORTED = re.compile(r"error:? *([0-9]{1,12})? *licen[sc]es?", re.IGNORECASE)
_START = ", start "
_TAIL = re.compile(
    r", start (?:[^\W\d_]{2,9}\.? )?[0-9]{1,4}[/.-][0-9]{1,2}(?:[/.-][0-9]{2,4})? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"(?:, ([0-9]{1,9}) licen[sc]es?)?(?:,? *PID: *[0-9]+)?(?:,? *([0-9]{1,9}) licen[sc]es?)?"
    r" *(\( *linger: *[0-9]+(?: */ *[0-9]+)? *\))?(?: *\([^()]*\))* *"
)
_QUEUED = re.compile(r" queued for ([0-9]{1,9}) licen[sc]es?", re.IGNORECASE)
_RESERVED = re.compile(r"([0-9]{1,9}) RESERVATIONs? for ", re.IGNORECASE)
_INCREMENT = re.compile(r'"([^"]*)" v\S*, vendor: *([^,]*)(?:, *expiry: *(.*))?')
_MADE = re.compile(
    r"Flexible License Manager status on \S* *([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})"
)
_LISTING = re.compile(r"Feature\s+Version\s+#\s*licenses\s+(Expires|Vendor)\s+(Expires|Vendor)\s*$", re.IGNORECASE)
_LISTED = re.compile(r"(\S+)\s+(\S+)\s+([0-9]{1,12}|uncounted)\s+(\S.*)", re.IGNORECASE)
_NODE_LOCKED = re.compile(r"(?:uncounted )?(?:floating|node-?locked) license|license type:", re.IGNORECASE)
_OF_INCREMENT = re.compile(
    r"(?:vendor_string|asset_info|dist_info|distributor_info|user_info|vendor_info|notice|issuer|issued|start_date"
    r"|start|dup_group|hostid|platforms|sn|serial|component of|package)\s*[:=]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Feature:
    """A feature while its lines are read."""

    name: str
    server: str
    vendor: str
    issued: int | None = None
    in_use: int | None = None
    counting: Counting = Counting.COUNTED
    held: int = 0
    reserved: int = 0
    queued: int = 0
    borrowed: int = 0
    details: int = 0
    batches: list[Batch] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.unread = UnreadLines()
        self.blocks = [Block()]
        self.features: list[_Feature] = []
        self.listed: dict[tuple[int, str], _Feature] = {}
        self.feature: _Feature | None = None
        self.made: datetime | None = None
        self.listing: bool | None = None
        """In the table of `lmstat -i`: whether its expiry stands before its vendor."""
        self.pending = ""
        self.pending_line = 0
        self.explaining = False
        self.cut = False

    def read(self, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines, start=1):
            at = line.rfind(_START)
            if at >= 0 and self.feature is not None and self._held(line, at):
                continue
            text = line.strip()
            if not text:
                self.explaining = False
            elif len(line) > LONGEST or not self._line(text, number):
                self.unread.add(number, line)
        self._give_up(at_end=True)

    def _line(self, text: str, number: int) -> bool:
        if self.pending:
            joined = f"{self.pending} {text}"
            if not text.startswith("Users of ") and self._header(joined):
                self.pending = ""
                return True
            self._give_up()
        if text.startswith("Users of ") and not is_prose(text, explaining=False):
            self.explaining, self.listing = False, None
            if not self._header(text) and not self._refused(text):
                self.pending, self.pending_line = text, number
            return True
        if self._detail(text):
            return True
        return self._outside(text)

    def _header(self, text: str) -> bool:
        found = _HEAD.match(text)
        if found is None:
            return False
        what = found[2]
        feature = self._new(found[1])
        if counts := _COUNTS.match(what):
            if counts[2] is None:
                return False
            feature.issued, feature.in_use = int(counts[1]), int(counts[2])
        elif what.lower().startswith("uncounted"):
            feature.counting = Counting.UNCOUNTED
        elif (error := _UNSUPPORTED.match(what)) and "unsupported" in what:
            feature.counting = Counting.UNSUPPORTED
            feature.issued = int(error[1]) if error[1] else None
        else:
            return False
        self.features.append(feature)
        self.feature, self.blocks[-1].counted = feature, True
        return True

    def _new(self, name: str) -> _Feature:
        block = self.blocks[-1]
        return _Feature(clean_name(name), block.address, block.only_vendor)

    def _refused(self, text: str) -> bool:
        """A feature that the daemon gave an error for: it is named, and nothing of it is known."""
        found = _REFUSED.match(text)
        if found is None:
            return False
        self.feature = self._new(found[1])
        self.feature.counting = Counting.UNSUPPORTED
        self.features.append(self.feature)
        return state_line(text, self.blocks[-1])

    def _give_up(self, *, at_end: bool = False) -> None:
        """A header that never ends was cut: what it says is kept, the line is reported."""
        if not self.pending:
            return
        self.unread.add(self.pending_line, self.pending)
        self.cut = at_end
        if "(" in self.pending and (bare := _BARE_HEAD.match(self.pending)):
            feature = self._new(bare[1])
            if counts := _COUNTS.search(self.pending):
                feature.issued = int(counts[1])
            self.features.append(feature)
            self.feature = feature
        self.pending = ""

    def _held(self, line: str, at: int) -> bool:
        tail = _TAIL.fullmatch(line, at)
        feature = self.feature
        if tail is None or feature is None:
            return False
        seats = int(tail[1] or tail[2] or 1)
        feature.held += seats
        feature.details += 1
        if tail[3]:
            feature.borrowed += seats
        return True

    def _detail(self, text: str) -> bool:
        feature = self.feature
        if feature is None:
            return False
        if found := _RESERVED.match(text):
            feature.reserved += int(found[1])
        elif " queued for " in text and (queued := _QUEUED.search(text, text.rfind(" queued for "))):
            feature.queued += int(queued[1])
        elif text[0] == '"' and (found := _INCREMENT.match(text)):
            feature.vendor = clean_name(found[2]) or feature.vendor
            # lmstat writes no expiry where the feature has none to tell: that is not known, not "permanent".
            feature.batches.append(Batch(None, expiry(found[3]) if found[3] else None))
            return True
        else:
            return bool(_NODE_LOCKED.match(text) or _OF_INCREMENT.match(text))
        feature.details += 1
        return True

    def _outside(self, text: str) -> bool:
        if found := _MADE.match(text):
            return self._made(found)
        if text.startswith("License server status"):
            self._block(clean_name(text.partition(":")[2]))
            return True
        if found := _LISTING.match(text):
            self.listing, self.feature = found[1].lower() == "expires", None
            return True
        if self.listing is not None and (found := _LISTED.fullmatch(text)) and self._listed(found):
            return True
        if state_line(text, self.blocks[-1]):
            self.explaining = self.blocks[-1].failed
            return True
        return is_prose(text, explaining=self.explaining)

    def _made(self, found: re.Match[str]) -> bool:
        day = month_day_year(found[1], found[2], found[3])
        if day is None or int(found[4]) > 23 or int(found[5]) > 59:
            return False
        # One clock for the text: of several runs in one file the last, which is the nearest to what is true now.
        self.made = datetime.combine(day, time(int(found[4]), int(found[5])))
        if self.blocks[-1].said:
            self._block("")
        return True

    def _block(self, address: str) -> None:
        if self.blocks[-1].said:
            self.blocks.append(Block())
        self.blocks[-1].address = address
        self.feature, self.listing, self.explaining = None, None, False

    def _listed(self, found: re.Match[str]) -> bool:
        expires, _, vendor = found[4].rpartition(" ")
        if not self.listing:
            vendor, _, expires = found[4].partition(" ")
        when = expiry(expires)
        if when is None:
            return False
        key = (len(self.blocks), found[1])
        feature = self.listed.get(key)
        if feature is None:
            feature = self.listed[key] = self._new(found[1])
            feature.counting = Counting.LISTED
        feature.vendor = clean_name(vendor)
        # A count of 0 is FlexNet's "uncounted".
        feature.batches.append(Batch(int(found[3]) if found[3].isdigit() and int(found[3]) else None, when))
        return True


def read(lines: Sequence[str], on: date) -> Status:
    """What the text says; `on` is the day by which an expiry has passed, where the text has no day of its own."""
    reader = _Reader()
    reader.read(lines)
    day = reader.made.date() if reader.made else on
    features = _merged(reader, day)
    asked = bool(reader.features)
    answers = [one.answer(listed=bool(reader.listed)) for one in reader.blocks if one.said]
    state, reason = together(answers) if answers else (ServerState.UNKNOWN, "")
    if state is ServerState.UNKNOWN and not reason:
        reason = (
            "only the licence file was read (lmstat -i), the server was not asked"
            if reader.listed and not asked
            else "the text says nothing of a server's state"
        )
    if reader.cut:
        reason = "; ".join(filter(None, (reason, "the text is cut off within a feature")))
    return Status(
        kind="flexnet",
        state=state,
        reason=reason,
        features=features if state is not ServerState.DOWN else (),
        servers=tuple(answers),
        daemons=tuple(daemon for block in reader.blocks for daemon in block.daemons),
        at=reader.made,
        unread=reader.unread.kept,
        unread_lines=reader.unread.count,
    )


def _merged(reader: _Reader, day: date) -> tuple[FeatureUse, ...]:
    """The counted features, with the purchases that `-i` lists for them; then those that are only listed."""
    # Seats in use and not one line of who has them: lmstat was run without `-a`, and names no queue either.
    detailed = any(one.details for one in reader.features) or not any(one.in_use for one in reader.features)
    left = {(one.server, one.name): one for one in reader.listed.values()}
    found = []
    for one in reader.features:
        listed = left.pop((one.server, one.name), None) or left.pop(("", one.name), None)
        if listed is not None:
            one.batches = listed.batches
        found.append(_finished(one, day, detailed=detailed))
    return (*found, *(_finished(one, day, detailed=False) for one in left.values()))


def _finished(one: _Feature, day: date, *, detailed: bool) -> FeatureUse:
    in_use, issued = one.in_use, one.issued
    if one.counting is Counting.UNCOUNTED and one.held:
        in_use = one.held
    if one.counting is Counting.LISTED:
        counts = [batch.issued for batch in one.batches]
        issued = sum(count for count in counts if count is not None) if None not in counts else None
        if issued is None:
            one.counting = Counting.UNCOUNTED
    known = detailed and one.counting is not Counting.LISTED and in_use is not None
    reserved = one.reserved if known else None
    return FeatureUse(
        feature=one.name,
        issued=issued,
        in_use=in_use,
        queued=one.queued if known else None,
        reserved=reserved,
        expires=earliest_running(one.batches, day),
        held=None if in_use is None else max(0, in_use - (reserved or 0)),
        borrowed=one.borrowed if known else None,
        counting=one.counting,
        vendor=one.vendor,
        server=one.server,
        batches=tuple(one.batches),
    )
