"""Sections with their headcounts, in and out of the database."""

from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from inventory.places import LabRow
from inventory.table_file import TableProblems
from licenses.roster_file import RosterFile
from licenses.rows import SectionRow
from licenses.section import Section
from licenses.store.written import Written


def sections(session: Session, on: date | None = None) -> tuple[Section, ...]:
    """All sections, or those whose term takes in a day, by lab and code."""
    wanted = (
        select(SectionRow, LabRow.code)
        .outerjoin(LabRow, col(LabRow.id) == SectionRow.lab_id)
        .order_by(SectionRow.site, LabRow.code, SectionRow.course, SectionRow.code, col(SectionRow.start_on))
    )
    if on is not None:
        wanted = wanted.where(SectionRow.start_on <= on, SectionRow.end_on >= on)
    return tuple(_section(row, lab) for row, lab in session.exec(wanted))


def import_roster(session: Session, file: RosterFile) -> Written:
    """Write a list of sections, or raise TableProblems and write nothing.

    It is the whole truth for the labs and terms that it names: stored sections of such a lab with such a start that are
    not in it are removed, else a section whose course was corrected would count its students twice.
    """
    if file.problems:
        raise TableProblems(file.problems)
    stored = {one.key: one for one in sections(session)}
    fresh = [replace(one, id=stored[one.key].id) if one.key in stored else one for one in file.sections.values()]
    changed = [one for one in fresh if one.id and one != stored[one.key]]
    new = [one for one in fresh if not one.id]
    for section in changed:
        session.merge(_section_row(section))
    session.add_all(_section_row(section) for section in new)
    named = {(one.lab_id, one.start) for one in fresh}
    kept = {one.key for one in fresh}
    gone = [one for one in stored.values() if (one.lab_id, one.start) in named and one.key not in kept]
    for section in gone:
        session.delete(session.get_one(SectionRow, section.id))
    session.flush()
    return Written(len(new), len(changed), len(fresh) - len(new) - len(changed), len(gone))


def _section(row: SectionRow, lab: str | None) -> Section:
    return Section(
        site=row.site,
        lab=f"{row.site}/{lab}" if lab else "",
        lab_id=row.lab_id,
        pathway=row.pathway,
        course=row.course,
        code=row.code,
        period=row.period,
        start=row.start_on,
        end=row.end_on,
        headcount=row.headcount,
        grades=frozenset(int(grade) for grade in row.grades.split(",") if grade),
        id=row.id or 0,
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
