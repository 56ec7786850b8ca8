"""Sections with their headcounts, in and out of the database."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from inventory.columns import table_of
from inventory.places import LabRow
from licenses.roster.roster import Changes
from licenses.rows import SectionRow
from licenses.section import Section
from licenses.store.written import Written

_SECTIONS = table_of(SectionRow)
_LABS = table_of(LabRow)


def sections(session: Session, on: date | None = None) -> tuple[Section, ...]:
    """All sections, or those whose term takes in a day, by lab and code."""
    wanted = (
        select(_SECTIONS, _LABS.c.code.label("lab"))
        .outerjoin(_LABS, _LABS.c.id == _SECTIONS.c.lab_id)
        .order_by(_SECTIONS.c.site, _LABS.c.code, _SECTIONS.c.course, _SECTIONS.c.code, _SECTIONS.c.start_on)
    )
    if on is not None:
        wanted = wanted.where(_SECTIONS.c.start_on <= on, _SECTIONS.c.end_on >= on)
    return tuple(map(_section, session.connection().execute(wanted)))


def apply_changes(session: Session, changes: Changes) -> Written:
    """Write what a roster changes."""
    for section in changes.removed:  # first: what comes may have the key of what goes
        session.delete(session.get_one(SectionRow, section.id))
    session.flush()
    for _, section in changes.changed:
        session.merge(_section_row(section))
    session.add_all(_section_row(section) for section in changes.added)
    session.flush()
    return Written(len(changes.added), len(changes.changed), changes.unchanged, len(changes.removed))


def _section(row: Row[Any]) -> Section:
    return Section(
        site=row.site,
        lab=f"{row.site}/{row.lab}" if row.lab else "",
        lab_id=row.lab_id,
        pathway=row.pathway,
        course=row.course,
        code=row.code,
        period=row.period,
        start=row.start_on,
        end=row.end_on,
        headcount=row.headcount,
        grades=frozenset(int(grade) for grade in row.grades.split(",") if grade),
        id=row.id,
    )


def _section_row(section: Section) -> SectionRow:
    return SectionRow(
        id=section.id or None,
        site=section.site,
        lab_id=section.lab_id,
        pathway=section.pathway,
        course=section.course,
        code=section.code,
        period=section.period,
        start_on=section.start,
        end_on=section.end,
        headcount=section.headcount,
        grades=",".join(str(grade) for grade in sorted(section.grades)),
    )
