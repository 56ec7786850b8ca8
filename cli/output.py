"""The one place that prints: tables, JSON, states, and numbers as people write them.

What was asked for goes to standard output; everything else (progress, remarks) to standard error. On a terminal a table
follows its width; in a pipe it is plain, 100 columns or `COLUMNS`, and the same every time. An identifying column
(`whole=True`) is never cut or broken.
"""

import dataclasses
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

NOT_READY = 3
"""Exit status of a verb with `--check` whose answer is "not ready" or "short"."""

PIPE_WIDTH = 100
_WIDTH = re.compile(r"[1-9][0-9]{0,3}")
_SAFE_SPACE = {"\n": " ", "\t": " "}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Terminal commands and marks that turn the reading direction: names come from machines, and may hold any of them."""


class State(StrEnum):
    """The three answers of every question; glyph and word both, so that no colour is needed to read them."""

    YES = "ready"
    NO = "not ready"
    UNKNOWN = "unknown"


_LOOKS = {State.YES: ("✓", "green"), State.NO: ("✗", "bold red"), State.UNKNOWN: ("?", "yellow")}


def state(answer: State, word: str = "") -> Text:
    """`✓ ready`, `✗ not ready`, `? unknown`, or with a word that says it better ("? unheard")."""
    glyph, style = _LOOKS[answer]
    return Text(f"{glyph} {word or answer.value}", style=style)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `whole` for what identifies a row, `right` for numbers."""

    head: str
    whole: bool = False
    right: bool = False


Cell = str | int | Text | None


def show_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str = "", empty: str = "") -> None:
    """Print a table; `empty` is the sentence printed instead of one without rows."""
    cells = [[_cell(value) for value in row] for row in rows]
    if title:
        say(title, style="bold")
    if not cells:
        say(empty or "nothing to show")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    natural = [
        max(Text(column.head).cell_len, *(row[index].cell_len for row in cells)) for index, column in enumerate(columns)
    ]
    # Words that are not broken either; a longer one folds.
    least = [
        widest if column.whole or column.right else min(widest, max(12, Text(column.head).cell_len))
        for column, widest in zip(columns, natural, strict=True)
    ]
    gaps = 2 * (len(columns) - 1)
    # Rich would shrink columns below their least and cut what stands in them: it is told every width.
    widths = _widths(least, natural, _console().width - gaps)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            column.head,
            justify="right" if column.right else "left",
            width=width,
            no_wrap=column.whole or column.right,
            overflow="fold",
        )
    for row in cells:
        table.add_row(*row)
    _print(table, least=sum(widths) + gaps)


def _widths(least: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """The width of each column: its least, and what is left shared out evenly among those that would take more."""
    widths = list(least)
    left = room - sum(widths)
    while left > 0 and (wanting := [at for at, width in enumerate(widths) if width < natural[at]]):
        share = max(1, left // len(wanting))
        for at in wanting:
            more = min(share, natural[at] - widths[at], left)
            widths[at] += more
            left -= more
    return widths


def show_fields(fields: Sequence[tuple[str, Cell]]) -> None:
    """Print names and values of one thing, a line each; those without a value are left out."""
    named = [(name, _cell(value)) for name, value in fields if value not in (None, "")]
    width = max((len(name) for name, _ in named), default=0)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(min_width=width, no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in named:
        table.add_row(name, value)
    _print(table)


def say(text: str | Text = "", *, style: str = "") -> None:
    """Print one line of the answer; a long one wraps at words on a terminal only."""
    _print(_cell(text) if not style else Text(_clean(str(text)), style=style), wrap=False)


def remark(text: str) -> None:
    """Print one line beside the answer, to standard error."""
    print(_clean(text), file=sys.stderr)


def show_json(value: Any) -> None:
    """Print one JSON document."""
    print(_escaped(json.dumps(jsonable(value), ensure_ascii=False, indent=2)))


def show_json_lines(values: Iterable[Any]) -> None:
    """Print one JSON object per line, as they come."""
    for value in values:
        print(_escaped(json.dumps(jsonable(value), ensure_ascii=False)))


def jsonable(value: Any) -> Any:
    """`value` as JSON types: every field of a dataclass, moments in UTC, spans in seconds, sets sorted."""
    if isinstance(value, Enum):
        return jsonable(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(jsonable(key)): jsonable(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((jsonable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str):  # before Sequence, and so that a subclass prints as text
        return str(value)
    if isinstance(value, Sequence):
        return [jsonable(item) for item in value]
    return str(value) if isinstance(value, Path) else value


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show on a terminal that work goes on; silent in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(_clean(what)):
        yield


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 device`, `1,200 devices`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def money(cents: int | None) -> str:
    """`$1,234.50`; empty for what is not known."""
    if cents is None:
        return ""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def memory(size: int | None) -> str:
    """`16 GB` as memory is sold: 1,024 at each step. Firmware keeps a little of it, so the nearest half counts."""
    return "" if size is None else _humane(size, 1024, halves=True)


def storage(size: int | None) -> str:
    """`512 GB` as disks are sold: 1,000 at each step."""
    return "" if size is None else _humane(size, 1000)


def _humane(size: int, step: int, *, halves: bool = False) -> str:
    amount, unit = float(size), 0
    units = ("B", "kB", "MB", "GB", "TB", "PB")
    while amount >= step * 0.9995 and unit < len(units) - 1:
        amount, unit = amount / step, unit + 1
    if halves and unit >= 3:
        amount = round(amount * 2) / 2
    shown = f"{amount:.0f}" if amount >= 10 else f"{amount:.1f}".removesuffix(".0")
    return f"{shown} {units[unit]}"


def day(when: date | None) -> str:
    """`2026-11-23`; empty for never."""
    return "" if when is None else (when.date() if isinstance(when, datetime) else when).isoformat()


def moment(when: datetime | None) -> str:
    """`2026-11-23 16:00 UTC`; empty for never."""
    return "" if when is None else when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def ago(when: datetime | None, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `12 days ago`, `never`."""
    if when is None:
        return "never"
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 2:
        return "just now" if minutes >= -2 else "in the future"
    if minutes < 120:
        return f"{minutes} minutes ago"
    hours = minutes // 60
    return f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"


def _cell(value: Cell) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, int):
        return Text(f"{value:,}")
    return Text(_clean(value or ""))


def _clean(text: str) -> str:
    """Without anything that commands a terminal; shown as `�`, so that it is seen to be there."""
    return _CONTROL.sub(lambda found: _SAFE_SPACE.get(found[0], "�"), text)


def _escaped(document: str) -> str:
    """The same JSON, with such characters written as escapes; the line ends of its own layout stay."""
    return _CONTROL.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", document)


def _console(*, soft_wrap: bool = False) -> Console:
    """The terminal in its width; else plain, 100 columns or `COLUMNS`."""
    terminal = sys.stdout.isatty()
    columns = os.environ.get("COLUMNS", "")
    return Console(
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=soft_wrap and not terminal,
        width=int(columns) if _WIDTH.fullmatch(columns) else None if terminal else PIPE_WIDTH,
        color_system="auto" if terminal else None,
    )


def _print(what: RenderableType, *, least: int = 0, wrap: bool = True) -> None:
    console = _console(soft_wrap=not wrap)
    # Identifying values are never cut: where they need more than there is, the terminal breaks the line.
    console.width = max(console.width, least)
    if sys.stdout.isatty():
        console.print(what, soft_wrap=not wrap)
        return
    with console.capture() as captured:
        console.print(what, soft_wrap=not wrap)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
