"""Reads LSTC's `lstc_qrun -r` (LS-DYNA): programs that draw on one group of seats. Pure.

    PROGRAM          EXPIRATION CPUS  USED   FREE    MAX | QUEUE
    MPPDYNA          12/30/2026          -     60    500 |     0
      user 123@host  80
                       LICENSE GROUP   440     60    500 |     0

"-" stands where the users follow: their seats are added. The group is a feature of its own, "LICENSE GROUP".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from licenses.servers.dates import expiry
from licenses.servers.status import Batch, Expiry, FeatureUse, ServerAnswer, ServerState, Status
from licenses.servers.text import LONGEST, UnreadLines, clean_name

_SERVER = re.compile(r"using (?:user specified|default|environment\w*) server (\S+)", re.IGNORECASE)
_NUMBERS = r"(-|[0-9]{1,9}) +(-?[0-9]{1,9}) +([0-9]{1,9}) *\| *([0-9]{1,9})"
_PROGRAM = re.compile(rf"(\S+) +([0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}) +(?:[0-9]+ +)??{_NUMBERS}")
_GROUP = re.compile(rf"LICENSE GROUP +{_NUMBERS}", re.IGNORECASE)
_HOLDER = re.compile(r".*@\S+ +([0-9]{1,9})")
_DOWN = re.compile(r"\*+ *error|failed to open server|cannot connect|connection refused|no response", re.IGNORECASE)
_KNOWN = re.compile(r"license information|program +expiration|[- |]+$|lstc|no programs|copyright", re.IGNORECASE)


@dataclass(slots=True)
class _Program:
    name: str
    used: int | None
    issued: int
    queued: int
    expires: Expiry | None
    held: int = 0


def read(lines: Sequence[str], _on: date) -> Status:
    """What the text says. An expiry is the program's only one, whatever the day."""
    unread = UnreadLines()
    programs: list[_Program] = []
    server, down = "", False
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or _KNOWN.match(text):
            continue
        if len(line) > LONGEST:
            unread.add(number, line)
        elif found := _SERVER.match(text):
            server = clean_name(found[1])
        elif found := _PROGRAM.fullmatch(text):
            programs.append(_program(clean_name(found[1]), expiry(found[2]), found.group(3, 5, 6)))
        elif found := _GROUP.fullmatch(text):
            ends = [one.expires for one in programs if isinstance(one.expires, date)]
            programs.append(_program("LICENSE GROUP", min(ends, default=None), found.group(1, 3, 4)))
        elif programs and (found := _HOLDER.fullmatch(text)):
            programs[-1].held += int(found[1])
        elif _DOWN.search(text):
            down = True
        else:
            unread.add(number, line)
    state, reason = ServerState.UNKNOWN, "the text does not say whether the server is up"
    if programs:
        state, reason = ServerState.UP, ""
    elif down:
        state, reason = ServerState.DOWN, "the server gave no answer"
    return Status(
        kind="lsdyna",
        state=state,
        reason=reason,
        features=tuple(_finished(one, server) for one in programs),
        servers=(ServerAnswer(server, state, reason),),
        unread=unread.kept,
        unread_lines=unread.count,
    )


def _program(name: str, expires: Expiry | None, numbers: Sequence[str]) -> _Program:
    used, most, queue = numbers
    return _Program(name, None if used == "-" else int(used), int(most), int(queue), expires)


def _finished(one: _Program, server: str) -> FeatureUse:
    in_use = one.held if one.used is None else one.used
    return FeatureUse(
        feature=one.name,
        issued=one.issued,
        in_use=in_use,
        queued=one.queued,
        reserved=None,
        expires=one.expires,
        held=in_use,
        vendor="LSTC",
        server=server,
        batches=(Batch(one.issued, one.expires),),
    )
