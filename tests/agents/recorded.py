"""The recorded report of the first agent version, as a value: an invented machine for tests."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from agents.report import Report

PLACE = Path(__file__).parent / "cases" / "reports" / "0.1.0.json"


def body() -> dict[str, Any]:
    """The recorded JSON."""
    row: dict[str, Any] = json.loads(PLACE.read_text("utf-8"))
    return row


def report(**changes: Any) -> Report:
    """The recorded report; `changes` replace its fields."""
    made: Report = typed(Report, {**body(), **changes})
    return made


def typed(kind: Any, value: Any) -> Any:
    """A value of a report's type from its JSON."""
    if get_origin(kind) in {UnionType, Union}:
        return None if value is None else typed(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(typed(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        names = {item.name for item in fields(kind)}
        assert set(value) <= names, f"{kind.__name__} has no {set(value) - names}"
        return kind(**{name: typed(hints[name], item) for name, item in value.items()})
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
