"""What one cell of a table may say, and how it is read: text, numbers, money, days, choices. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

Kind = TypeVar("Kind", bound=StrEnum)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Terminal commands, and marks that turn the reading direction of whatever follows."""


class CellError(ValueError):
    """A cell's text that a parser refuses, with what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def text(most: int = 200) -> Callable[[str], str]:
    """Text of at most `most` characters without control characters."""

    def parse(cell: str) -> str:
        if _CONTROL.search(cell):
            raise CellError("holds control characters", "remove them")
        if len(cell) > most:
            raise CellError(f"is {len(cell)} characters long", f"write at most {most}")
        return cell

    return parse


def whole(least: int = 0, most: int = 1_000_000_000) -> Callable[[str], int]:
    """A whole number from `least` to `most`; thousands may be grouped by commas."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})", cell):
            raise CellError(f"{shown(cell)} is not a whole number", "write digits only, such as 30")
        number = int(cell.replace(",", ""))
        if not least <= number <= most:
            raise CellError(f"{number} is out of range", f"write a number from {least} to {most}")
        return number

    return parse


def money(cell: str) -> int:
    """An amount of dollars as integer cents: "1234.50", "$1,234.50"."""
    found = re.fullmatch(r"(?:USD ?|\$ ?)?([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?:\.([0-9]{1,2}))?", cell)
    if found is None:
        raise CellError(f"{shown(cell)} is not an amount of money", "write dollars and cents as 1234.50")
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))


def iso_date(cell: str) -> date:
    """A day as year-month-day; days with slashes are refused, because nobody can tell 03/04 from 04/03."""
    hint = "write it as year-month-day, such as 2026-08-31"
    if re.fullmatch(r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}", cell):
        raise CellError(f"{cell!r} can be read in two ways", hint)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise CellError(f"{shown(cell)} is not a date", hint)
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{cell!r} is no day of the calendar", hint) from None
    if not 1970 <= day.year < 2200:
        raise CellError(f"{cell!r} is not in this age", "check the year")
    return day


def choice(kind: type[Kind], aliases: Mapping[str, Kind] | None = None) -> Callable[[str], Kind]:
    """A member of a `StrEnum`, written in any case, with blanks or hyphens for its underscores."""
    known = {plain_name(member.value): member for member in kind}
    known.update({plain_name(name): member for name, member in (aliases or {}).items()})

    def parse(cell: str) -> Kind:
        try:
            return known[plain_name(cell)]
        except KeyError:
            names = ", ".join(member.value for member in kind)
            raise CellError(f"{shown(cell)} is not one of the choices", f"write one of: {names}") from None

    return parse


def yes_no(cell: str) -> bool:
    """A yes or a no, as spreadsheets write them."""
    word = cell.casefold()
    if word in {"yes", "y", "true", "1", "x"}:
        return True
    if word in {"no", "n", "false", "0"}:
        return False
    raise CellError(f"{shown(cell)} is neither yes nor no", "write yes or no")


def plain_name(name: str) -> str:
    """A header or choice as it is compared: lower case, anything but letters and digits one underscore."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def shown(cell: str) -> str:
    """A cell as it is quoted in a problem: never at any length."""
    return repr(cell if len(cell) <= 40 else cell[:37] + "...")
