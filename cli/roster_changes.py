"""Shows what a roster would change: each section that is added, changed or removed."""

from typing import TYPE_CHECKING

from cli.output import Column, show_table

if TYPE_CHECKING:
    from licenses.roster.roster import Changes
    from licenses.section import Section

_SHOWN = 40


def show_changes(found: "Changes") -> None:
    """One line a section; of a change, what was and what comes."""
    rows = [("add", one, _plain(one)) for one in found.added]
    rows += [("change", new, _difference(old, new)) for old, new in found.changed]
    rows += [("remove", one, _plain(one)) for one in found.removed]
    show_table(
        (
            Column("Change", whole=True),
            Column("Lab", whole=True),
            Column("Course", whole=True),
            Column("Section"),
            Column("Start", whole=True),
            Column("What"),
        ),
        [
            (what, one.lab or f"{one.site}/?", one.course, one.code, one.start.isoformat(), words)
            for what, one, words in rows[:_SHOWN]
        ],
        empty="no section is added, changed or removed",
    )
    if len(rows) > _SHOWN:
        show_table((Column("…", whole=True),), [(f"and {len(rows) - _SHOWN} more; --json shows them all",)])


def _plain(one: "Section") -> str:
    return f"{one.headcount} students" + (f", period {one.period}" if one.period else "")


def _difference(old: "Section", new: "Section") -> str:
    pairs = (
        ("students", old.headcount, new.headcount),
        ("period", old.period, new.period),
        ("lab", old.lab, new.lab),
        ("pathway", old.pathway, new.pathway),
        ("end", old.end, new.end),
        ("grades", _grades(old), _grades(new)),
    )
    return ", ".join(f"{name} {was or '-'} → {comes or '-'}" for name, was, comes in pairs if was != comes)


def _grades(one: "Section") -> str:
    return ",".join(str(grade) for grade in sorted(one.grades))
