"""How releases compare ("2024", "26.1", "R2024b", "24H2", "3.13.0rc1"): the one place, pure.

A release is read as its numbers and words, from the first number on. What is missing counts as zero ("26" is
"26.0"); a word that announces a release (beta, rc, …) comes before it, any other word after it ("2024" < "2024b").
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Part: TypeAlias = tuple[int, int, str]
"""Rank (0 an early word, 1 a number, 2 another word), the number, the word."""

_PART = re.compile(r"[0-9]+|[a-z]+")
_NUMBER = re.compile(r"[0-9]")
_EARLY = frozenset({"alpha", "beta", "dev", "pre", "preview", "rc"})
_ZERO: Part = (1, 0, "")
_LONGEST = 100  # of characters read: a release is short, and what a machine states may be anything


def _part(text: str) -> Part:
    if text.isdigit():
        return (1, int(text), "")
    return (0 if text in _EARLY else 2, 0, text)


@lru_cache(maxsize=8192)
def release_parts(release: str) -> tuple[Part, ...]:
    """The numbers and words of a release, as they compare; empty when it says nothing."""
    text = release[:_LONGEST].lower()
    if first := _NUMBER.search(text):
        text = text[first.start() :]
    parts: list[Part] = []
    for part in map(_part, _PART.findall(text)):
        while part[0] == 0 and parts and parts[-1] == _ZERO:
            parts.pop()  # "3.13.0rc1" announces 3.13 as much as "3.13rc1" does
        parts.append(part)
    return tuple(parts)


@lru_cache(maxsize=8192)
def release_key(release: str) -> tuple[Part, ...]:
    """A key to sort releases by; equal for "26" and "26.0"."""
    parts = list(release_parts(release))
    while parts and parts[-1] == _ZERO:
        parts.pop()
    return (*parts, _ZERO)


def begins_with(release: str, line: str) -> bool:
    """Whether a release belongs to a line: "3.10.11" to "3.10", "26" to "26.0", "3.1" not to "3.10"."""
    wanted = release_parts(line)
    return bool(wanted) and bool(release_parts(release)) and _cut(release, len(wanted)) == wanted


@dataclass(frozen=True, slots=True)
class VersionRange:
    """From `minimum` to `maximum`, both inclusive, empty for no bound.

    The upper bound speaks for every release that begins with it: up to "26" lets 26.4.1 in.
    """

    minimum: str = ""
    maximum: str = ""

    def holds(self, release: str) -> bool | None:
        """Whether a release lies within; `None` when there is a bound and the release has no number to compare."""
        if not self.minimum and not self.maximum:
            return True
        if all(rank != 1 for rank, _, _ in release_parts(release)):
            return None
        if self.minimum and release_key(release) < release_key(self.minimum):
            return False
        upper = release_parts(self.maximum)
        return not upper or _cut(release, len(upper)) <= upper

    def __str__(self) -> str:
        if self.minimum and self.maximum:
            return self.minimum if self.minimum == self.maximum else f"{self.minimum} to {self.maximum}"
        if self.minimum:
            return f"{self.minimum} or later"
        return f"up to {self.maximum}" if self.maximum else "any release"


ANY_RELEASE = VersionRange()


def _cut(release: str, length: int) -> tuple[Part, ...]:
    parts = release_parts(release)[:length]
    return parts + (_ZERO,) * (length - len(parts))
