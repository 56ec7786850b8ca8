"""Reads the marks of a data file: each named once in `[marks]`, and referred to by every datum in the file.

shelf_life_days = 200

[marks.certiport]
source = "certiport.pearsonvue.com, technical requirements"
as_of = 2026-11-23
verified = true
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from inventory.toml_file import Fields, nearest
from licenses.marks import Mark

_STAND_IN = Mark(source="", as_of=date.min, verified=False)


def read_marks(fields: Fields) -> Mapping[str, Mark]:
    """The marks of a file, by name, with the file's own shelf life where it sets one."""
    days = fields.number("shelf_life_days", 0, most=10_000)
    table = fields.table("marks")
    marks = {}
    for name in table.names():
        entry = table.table(name)
        marks[name] = Mark(entry.text("source"), entry.day("as_of"), entry.flag("verified"))
        if days:
            marks[name] = replace(marks[name], shelf_life=timedelta(days=days))
    return marks


def mark_of(fields: Fields, marks: Mapping[str, Mark]) -> Mark:
    """The mark that a datum refers to by its `mark` key."""
    name = fields.text("mark")
    if name and name not in marks:
        fields.refuse("mark", f"there is no mark {name!r} in [marks]", nearest(name, marks))
    return marks.get(name, _STAND_IN)
