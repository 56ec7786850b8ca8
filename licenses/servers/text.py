"""The bytes of a status text as lines: its encoding, its line ends, and what of an unknown line may be shown. Pure."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from licenses.servers.status import Unread

LONGEST = 2_000
"""Characters of a line that are read; no tool writes longer ones."""

SHOWN_UNREAD = 100
"""How many unread lines are kept; all are counted."""

NAME_LENGTH = 120
"""Characters of a feature's name that are kept: the width of its column."""

_SAMPLE = 4_096
_NAME_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[0-9/:.,;()\[\]*#=+|_-]{1,12}")
_KNOWN_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
    a about access active all already an and any are as at available be been being borrowed by can cannot
    changed clock connect connection could count daemon daemons data date denied detecting does down end error
    expired expires expiry feature features file files floating for free from group handle has have host hosts
    in info information installed invalid is issued license license(s) licenses licensing line linger lmgrd
    locked manager master max missing name no node nodelocked not number of on or out path permanent pid pool
    port program queue queued read refused removed request reservation reservations reserved responding running
    server servers shared start started state stats status such supported system the there this time timed to
    token total type uncounted unknown unlimited unsupported up usage use used user users vendor version waiting
    warning was with wrong
        """,
    )
)


def lines_of(data: bytes) -> list[str]:
    """The lines of a text in UTF-8, UTF-16 (as PowerShell writes it) or, failing those, Windows' Western letters."""
    return _decoded(data).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    sample = data[:_SAMPLE]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) > 3 and sample[start::2].count(0) > 0.4 * len(sample) / 2 > sample[1 - start :: 2].count(0):
            return data.decode(encoding, errors="replace")
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def shown(line: str) -> str:
    """A line that no rule knows, without anything that could be a person, a machine or a terminal's command."""
    return _WORD.sub(_masked, line[:200]).strip()[:200]


def _masked(word: re.Match[str]) -> str:
    bare = word[0].strip(".,:;()[]\"'").lower()
    return word[0] if bare in _KNOWN_WORDS or _PLAIN.fullmatch(word[0]) else "…"


def clean_name(name: str) -> str:
    """A feature's, vendor's or server's name as it may be kept: one line, no terminal commands, of bounded length."""
    name = name.strip()
    if not name.isascii() or not name.isprintable():
        name = _NAME_CONTROL.sub("�", name)
    return name[:NAME_LENGTH]


class UnreadLines:
    """Counts the lines that no rule knows, and keeps the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Unread] = []

    def add(self, number: int, line: str) -> None:
        """Notes a line; `number` counts from 1."""
        self.count += 1
        if len(self._kept) < SHOWN_UNREAD:
            self._kept.append(Unread(number, shown(line)))

    @property
    def kept(self) -> tuple[Unread, ...]:
        """The first of them, in the order of the text."""
        return tuple(sorted(self._kept, key=lambda one: one.line))
