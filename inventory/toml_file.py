"""Data that people keep in TOML files: read strictly, with every problem named by file and field.

    problems: list[Problem] = []
    fields = open_toml(path, problems)        # all that is wrong is added to `problems`
    name = fields.text("name")                # a stand-in where it is missing or of a wrong type
    for need in fields.tables("needs"):
        need.choice("level", Level)
    fields.close()                            # reports the keys that nothing asked for
    raise_problems(problems)                  # so a stand-in never gets out

Tables in a list are counted from 1: `needs[3].title`.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from inventory.errors import InventoryError
from inventory.table_file import Problem

Kind = TypeVar("Kind", bound=StrEnum)
StandIn = TypeVar("StandIn")

MOST_BYTES = 5_000_000
_UNITS = {"KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(KB|MB|GB|TB)")
_ABSENT = object()


class DataFileProblems(InventoryError, ValueError):
    """Data files that are not right: all of their problems, one line each."""

    code = "bad-data-file"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def raise_problems(problems: Sequence[Problem]) -> None:
    """Ends the reading when anything was wrong."""
    if problems:
        raise DataFileProblems(problems)


def toml_files(folder: Path | None) -> tuple[Path, ...]:
    """The data files of a folder by name; none where there is no such folder."""
    return tuple(sorted(folder.glob("*.toml"))) if folder is not None and folder.is_dir() else ()


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint with the known word that was probably meant, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""


class Fields:
    """One table of a data file; `place` is where it stands in the file ("" for the whole file)."""

    def __init__(self, file: str, place: str, table: Mapping[str, object], problems: list[Problem]) -> None:
        self.file = file
        self.place = place
        self._table = table
        self._problems = problems
        self._asked: set[str] = set()
        self._parts: list[Fields] = []

    def refuse(self, name: str, message: str, hint: str = "") -> None:
        """Adds a problem with a field of this table."""
        place = f"{self.place}.{name}" if self.place and name else self.place or name
        self._problems.append(Problem(self.file, 0, place, message, hint))

    def has(self, name: str) -> bool:
        """Whether the table has a field."""
        return name in self._table

    def names(self) -> tuple[str, ...]:
        """The fields that the table has, for tables whose keys are data."""
        return tuple(self._table)

    def ignore(self, *names: str) -> None:
        """Leaves fields unread that another problem speaks for."""
        self._asked.update(names)

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required, and not blank, unless there is a default."""
        value = self._value(name, default)
        if not isinstance(value, str):
            return self._wrong(name, value, "a text", "")
        if default is None and not value.strip():
            self.refuse(name, "is blank")
        if any(ord(letter) < 32 for letter in value):
            self.refuse(name, "holds control characters", "write it on one line")
        return value

    def texts(self, name: str, known: Collection[str] | None = None, noun: str = "") -> tuple[str, ...]:
        """A list of texts, empty when absent; each must be one of `known` where that is given."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return self._wrong(name, value, "a list of texts", ())
        for item in value:
            if known is not None and item not in known:
                self.refuse(name, f"there is no {noun} {item!r}", nearest(item, known))
        if len(set(value)) < len(value):
            self.refuse(name, "names one thing twice")
        return tuple(value)

    def number(self, name: str, default: int | None = None, *, least: int = 0, most: int = 10**12) -> int:
        """A whole number within bounds; required unless there is a default."""
        value = self._value(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            return self._wrong(name, value, "a whole number", least)
        if not least <= value <= most:
            self.refuse(name, f"{value} is out of range", f"write a number from {least} to {most}")
        return value

    def size(self, name: str) -> int | None:
        """A size such as "16 GB" in bytes (a GB is 2**30 of them); `None` when absent."""
        value = self._value(name, None, required=False)
        if value is None:
            return None
        found = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return self._wrong(name, value, 'a size such as "16 GB"', None)
        return int(float(found[1]) * _UNITS[found[2]])

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false; required unless there is a default."""
        value = self._value(name, default)
        return value if isinstance(value, bool) else self._wrong(name, value, "true or false", False)

    def day(self, name: str) -> date:
        """A day such as 2026-08-22 (without quotation marks)."""
        value = self._value(name, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            return self._wrong(name, value, "a day, such as 2026-08-22 without quotation marks", date.min)
        return value

    def day_or_none(self, name: str) -> date | None:
        """A day, or `None` when absent."""
        self._asked.add(name)
        return self.day(name) if self.has(name) else None

    def choice(self, name: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        """A member of an enumeration by its value; required unless there is a default."""
        value = self._value(name, default)
        for member in kind:
            if value == member.value:
                return member
        if value is not _ABSENT:
            self.refuse(name, f"{_shown(value)} is not one of the choices", f"write one of: {', '.join(kind)}")
        return next(iter(kind))

    def choices(self, name: str, kind: type[Kind]) -> frozenset[Kind]:
        """Members of an enumeration; empty when absent."""
        words = self.texts(name, known=[member.value for member in kind], noun="choice")
        return frozenset(member for member in kind if member.value in words)

    def table(self, name: str, *, required: bool = True) -> "Fields":
        """A table within this one; an empty one stands in when it is absent."""
        value = self._value(name, None, required=required)
        if value is _ABSENT or value is None:
            return Fields(self.file, self._at(name), {}, [])
        if not isinstance(value, dict):
            self._wrong(name, value, "a table", None)
            return Fields(self.file, self._at(name), {}, [])
        return self._part(self._at(name), value)

    def tables(self, name: str) -> "tuple[Fields, ...]":
        """A list of tables, empty when absent."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            return self._wrong(name, value, "a list of tables", ())
        return tuple(self._part(f"{self._at(name)}[{number}]", item) for number, item in enumerate(value, start=1))

    def close(self) -> None:
        """Reports every key of this table, and of the tables within, that nothing has asked for."""
        for name in self._table:
            if name not in self._asked:
                self.refuse(name, "this key is not known", nearest(name, self._asked))
        for part in self._parts:
            part.close()

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _part(self, place: str, table: Mapping[str, object]) -> "Fields":
        part = Fields(self.file, place, table, self._problems)
        self._parts.append(part)
        return part

    def _value(self, name: str, default: object, *, required: bool = True) -> object:
        self._asked.add(name)
        if name in self._table:
            return self._table[name]
        if default is not None or not required:
            return default
        self.refuse(name, "is missing")
        return _ABSENT

    def _wrong(self, name: str, value: object, wanted: str, stand_in: StandIn) -> StandIn:
        if value is not _ABSENT:
            self.refuse(name, f"{_shown(value)} is not {wanted}")
        return stand_in


def open_toml(path: Path, problems: list[Problem]) -> Fields:
    """The whole of a file; an empty one, and a problem, where it cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            problems.append(Problem(path.name, 0, "", f"is larger than {MOST_BYTES:,} bytes"))
        else:
            return Fields(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")), problems)
    except OSError as error:
        problems.append(Problem(path.name, 0, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 0, "", "is not UTF-8 text", "save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(path.name, 0, "", f"is not TOML: {error}"))
    return Fields(path.name, "", {}, [])


def _shown(value: object) -> str:
    shown = str(value) if isinstance(value, date) else repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."
