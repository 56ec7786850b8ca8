"""Every kind of text that is read, how each is known, and the one function that reads them all. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from licenses.servers import debug_log, dsls, flexnet, flexnet_file, lmx, lsdyna, rlm
from licenses.servers.status import ServerAnswer, ServerState, Status
from licenses.servers.text import LONGEST, UnreadLines, lines_of

AUTO = "auto"
_LOOKED_AT = 2_000


class Read(Protocol):
    """Reads the lines of a text; `on` is the day by which an expiry has passed."""

    def __call__(self, lines: Sequence[str], on: date, /) -> Status: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of text: what it is, how its lines are known, how it is read, and how a server is asked for it.

    `asks` makes the command from an address, for the tools that answer over the network; the tool only reads.
    """

    words: str
    sign: re.Pattern[str]
    read: Read
    asks: Callable[[str], tuple[str, ...]] | None = None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


READERS: Mapping[str, Reader] = {
    "flexnet": Reader(
        "lmutil lmstat -a, -i or -vd",
        _pattern(
            r"\s*(?:users of .*:|lm(?:util|stat|grd)\b|flexible license manager|license server status"
            r"|vendor daemon status|\S+: license server |.*\(-[0-9]+,[0-9]+|feature usage info"
            r"|.*license server system|feature\s+version\s+#"
            r"|.*\bvendor daemon\b|.*license server machine)"
        ),
        flexnet.read,
        lambda address: ("lmutil", "lmstat", "-a", "-c", address),
    ),
    "rlm": Reader(
        "rlmutil rlmstat -a",
        _pattern(
            r"\s*(?:rlmutil|rlmstat|rlm status|\S+ license pool status|\S+ ISV server"
            r'|error connecting to "?rlm|count: )'
        ),
        rlm.read,
        lambda address: ("rlmutil", "rlmstat", "-a", "-c", address),
    ),
    "lmx": Reader(
        "lmxendutil -licstat",
        _pattern(r"\s*(?:LM-X|feature: .* version: |[0-9]+ of [0-9]+ license\(s\) used|.*no licenses available)"),
        lmx.read,
        lambda address: ("lmxendutil", "-licstat", *_host_and_port(address)),
    ),
    "lsdyna": Reader(
        "lstc_qrun -r",
        _pattern(
            r"\s*(?:using (?:user specified|default) server|program +expiration|license group +[0-9]|\*+ error failed)"
        ),
        lsdyna.read,
        lambda address: ("lstc_qrun", "-r", "-s", address),
    ),
    "dsls": Reader(
        "DSLicSrv getLicenseUsage -all",
        _pattern(r"\s*(?:.*maxReleaseNumber:|license administration tool|admin ?>|editor,.*feature,)"),
        dsls.read,
    ),
    "flexnet-log": Reader(
        "a FlexNet debug log",
        _pattern(r" *[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? \([^()]{1,60}\) "),
        debug_log.read,
    ),
    "flexnet-file": Reader(
        "a FlexNet licence file",
        _pattern(
            r"\s*(?:(?:increment|feature|package|upgrade) +\S+ +\S+ +\S|server +\S+ +\S"
            r"|use_server\b|(?:vendor|daemon) +\S)"
        ),
        flexnet_file.read,
    ),
    "flexnet-options": Reader(
        "a FlexNet options file",
        _pattern(
            r"\s*(?:(?:reserve|max) +[0-9]|(?:host_)?group +\S+ +\S|(?:in|ex)clude(?:all|_borrow)? +\S|nolog |timeout)"
        ),
        flexnet_file.read_options,
    ),
}


def read_status(data: bytes, *, on: date, kind: str = AUTO) -> Status:
    """What a text says, by the reader of its kind; of an unknown kind all lines are unread."""
    lines = lines_of(data)
    known = kind_of(lines) if kind == AUTO else kind
    if known is not None:
        return READERS[known].read(lines, on)
    unread = UnreadLines()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            unread.add(number, line)
    reason = "this is no text of a licence server that we know" if unread.count else "the text is empty"
    answer = ServerAnswer("", ServerState.UNKNOWN, reason)
    return Status("", answer.state, reason, servers=(answer,), unread=unread.kept, unread_lines=unread.count)


def kind_of(lines: Sequence[str]) -> str | None:
    """The kind of text that most lines at its start are of; the first of those that tie."""
    hits = dict.fromkeys(READERS, 0)
    for line in lines[:_LOOKED_AT]:
        if 0 < len(line) <= LONGEST:
            for kind, reader in READERS.items():
                if reader.sign.match(line):
                    hits[kind] += 1
    best = max(hits, key=lambda kind: hits[kind])
    return best if hits[best] else None


def _host_and_port(address: str) -> tuple[str, ...]:
    port, _, host = address.rpartition("@")
    return ("-host", host, *(("-port", port) if port else ()))
