"""Numbers that are exact, or lie between two that are; what is not known is never zero. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Between:
    """A number that is at least `low` and at most `high`; how much at most is not known where `high` is `None`."""

    low: int
    high: int | None

    def __str__(self) -> str:
        return f"at least {self.low:,}" if self.high is None else f"{self.low:,} to {self.high:,}"


Amount: TypeAlias = int | Between
"""A number, exact or within bounds."""

Seats: TypeAlias = int | None
"""A number of seats; `None` is unlimited."""


def amount(low: int, high: int | None) -> Amount:
    """The number between two, exact where they are the same."""
    return low if low == high else Between(low, high)


def least(number: Amount) -> int:
    """What it surely comes to."""
    return number if isinstance(number, int) else number.low


def most(number: Amount) -> int | None:
    """What it comes to at most; `None` where nobody knows."""
    return number if isinstance(number, int) else number.high


def total(numbers: Iterable[Amount]) -> Amount:
    """All of them together."""
    low, high = 0, 0
    known = True
    for number in numbers:
        low += least(number)
        highest = most(number)
        known = known and highest is not None
        high += highest or 0
    return amount(low, high if known else None)
