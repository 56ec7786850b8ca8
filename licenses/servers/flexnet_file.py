r"""Reads FlexNet's licence file (INCREMENT, FEATURE, PACKAGE) and options file (RESERVE, MAX): what may be used. Pure.

    INCREMENT NAME daemon 1.0 31-dec-2026 25 \
        SUPERSEDE ISSUED=15-jul-2025 SIGN="..."

Increments of a feature add up; of its FEATURE lines the first counts. A line with SUPERSEDE takes the place of those of
its features (the ones that it names, else its own) that were issued before. Signatures and serials are not kept.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
)
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_SUPERSEDES = re.compile(r'\bSUPERSEDE(?:_SIGN)?(?:=(?:"([^"]*)"|(\S+)))?', re.IGNORECASE)
_ISSUED = re.compile(r"\bISSUED=\"?([0-9]{1,2}-[a-z]{3}-[0-9]{1,4})", re.IGNORECASE)
_COMPONENTS = re.compile(r'\bCOMPONENTS=(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_OTHER = ("USE_SERVER", "VENDOR", "DAEMON", "UPGRADE", "FEATURESET", "#", "MODIFIED", "SIGN", "HOSTID")
_OPTIONS = (
    "INCLUDE", "EXCLUDE", "GROUP", "HOST_GROUP", "TIMEOUT", "LINGER", "MAX_BORROW_HOURS", "BORROW_LOWWATER", "NOLOG",
    "MAX_OVERDRAFT", "REPORTLOG", "DEBUGLOG", "GROUPCASEINSENSITIVE", "AUTOMATIC_REREAD", "FQDN_MATCHING", "#",
    "DAEMON_SELECT_TIMEOUT", "EXCLUDE_BORROW", "INCLUDE_BORROW", "EXCLUDE_ENTITLEMENT", "INTERNET", "TRANSPORT",
)  # fmt: skip
_RESERVE = re.compile(r"RESERVE\s+([0-9]{1,9})\s+(\S+)\s+\S+\s+\S", re.IGNORECASE)
_MAX = re.compile(r"MAX\s+[0-9]{1,9}\s+\S+\s+\S+\s+\S", re.IGNORECASE)
_MOST_CONTINUED = 200_000


@dataclass(frozen=True, slots=True)
class _Purchase:
    """One INCREMENT or FEATURE line."""

    name: str
    vendor: str
    count: int | None
    expires: Expiry | None
    issued_on: date | None
    adds: bool
    supersedes: frozenset[str]


def read(lines: Sequence[str], on: date) -> Status:
    """What a licence file says was issued; `on` is the day by which an expiry has passed."""
    unread = UnreadLines()
    purchases: list[_Purchase] = []
    components: dict[str, tuple[str, ...]] = {}
    servers = []
    for number, line in _joined(lines):
        words = line.split()
        if not words:
            continue
        word = words[0].upper()
        if word in ("INCREMENT", "FEATURE") and (purchase := _purchase(line, words)):
            purchases.append(purchase)
        elif word == "PACKAGE" and len(words) >= 3:
            if named := _COMPONENTS.search(line):
                parts = (named[1] or named[2] or "").split()
                components[clean_name(words[1])] = tuple(clean_name(part.partition(":")[0]) for part in parts)
        elif word == "SERVER" and len(words) >= 3:
            port = words[3] if len(words) > 3 and words[3].isdigit() else ""
            servers.append(f"{port}@{clean_name(words[1])}")
        elif not word.startswith(_OTHER):
            unread.add(number, line)
    reason = "a licence file: it says what was issued, not what is used"
    address = ",".join(servers)
    return Status(
        kind="flexnet-file",
        state=ServerState.UNKNOWN,
        reason=reason,
        features=_features(purchases, components, address, on),
        servers=(ServerAnswer(address, ServerState.UNKNOWN, reason),),
        unread=unread.kept,
        unread_lines=unread.count,
    )


def read_options(lines: Sequence[str], _on: date) -> Status:
    """What an options file sets aside, by feature; for whom is not kept."""
    unread = UnreadLines()
    reserved: dict[str, int] = defaultdict(int)
    for number, line in _joined(lines):
        text = line.strip()
        if found := _RESERVE.match(text):
            reserved[clean_name(found[2].partition(":")[0].strip('"'))] += int(found[1])
        elif text and not _MAX.match(text) and not text.upper().startswith(_OPTIONS):
            unread.add(number, line)
    reason = "an options file: it says what is set aside, not what is used"
    return Status(
        kind="flexnet-options",
        state=ServerState.UNKNOWN,
        reason=reason,
        features=tuple(
            FeatureUse(feature=name, reserved=count, counting=Counting.LISTED) for name, count in reserved.items()
        ),
        servers=(ServerAnswer("", ServerState.UNKNOWN, reason),),
        unread=unread.kept,
        unread_lines=unread.count,
    )


def _joined(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    r"""Lines with those that a `\` at their end continues, and the number of the first."""
    parts: list[str] = []
    start, size = 0, 0
    for number, line in enumerate(lines, start=1):
        body = line.rstrip()
        start = start if parts else number
        if body.endswith("\\") and len(body) <= LONGEST and size < _MOST_CONTINUED:
            parts.append(body[:-1])
            size += len(body)
            continue
        # A line that no tool writes is not looked at: it comes out as one that nothing knows.
        yield start, " ".join((*parts, body)) if len(body) <= LONGEST else f"… {body[:100]}"
        parts, size = [], 0
    if parts:
        yield start, " ".join(parts)


def _purchase(line: str, words: Sequence[str]) -> _Purchase | None:
    if len(words) < 6:
        return None
    when, count = expiry(words[4]), words[5].lower()
    if when is None or not (count == "uncounted" or (count.isascii() and count.isdigit() and len(count) <= 12)):
        return None
    name = clean_name(words[1])
    issued = _ISSUED.search(line)
    issued_on = expiry(issued[1]) if issued else None
    supersedes: frozenset[str] = frozenset()
    if found := _SUPERSEDES.search(line):
        supersedes = frozenset((found[1] or found[2] or name).split())
    return _Purchase(
        name,
        clean_name(words[2]),
        int(count) if count.isdigit() and int(count) else None,
        when,
        issued_on if isinstance(issued_on, date) else None,
        words[0].upper() == "INCREMENT",
        supersedes,
    )


def _features(
    purchases: Sequence[_Purchase], components: dict[str, tuple[str, ...]], server: str, on: date
) -> tuple[FeatureUse, ...]:
    newest: dict[str, date] = {}
    for one in purchases:
        for name in one.supersedes:
            if one.issued_on is not None:
                newest[name] = max(one.issued_on, newest.get(name, date.min))
    kept: dict[str, list[_Purchase]] = defaultdict(list)
    for one in purchases:
        # Without a date it cannot be "issued before", and FlexNet leaves it.
        replaced = one.issued_on is not None and one.issued_on < newest.get(one.name, date.min)
        if not replaced and (one.adds or not kept[one.name]):
            kept[one.name].append(one)
    found = []
    for name, lines in kept.items():
        if not lines:
            continue
        batches = tuple(Batch(one.count, one.expires) for one in lines)
        issued = None if any(one.count is None for one in lines) else sum(one.count or 0 for one in lines)
        found.append(
            FeatureUse(
                feature=name,
                issued=issued,
                expires=earliest_running(batches, on),
                counting=Counting.LISTED if issued is not None else Counting.UNCOUNTED,
                vendor=lines[0].vendor,
                server=server,
                batches=batches,
                components=components.get(name, ()),
            )
        )
    return tuple(found)
