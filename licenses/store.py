"""The only reader and writer of the tables of licences; the caller owns the session and commits."""

from dataclasses import dataclass, fields, replace
from datetime import date

from sqlmodel import Session, col, select

from inventory.places import LabRow, SiteRow
from inventory.table_file import Problem, TableProblems
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from licenses.purchase_file import PurchaseFile
from licenses.roster_file import RosterFile
from licenses.rows import EntitlementRow, SectionRow
from licenses.section import Section


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a file added, changed, left as they were, and removed."""

    added: int
    changed: int
    unchanged: int
    removed: int = 0


def entitlements(session: Session) -> tuple[Entitlement, ...]:
    """All entitlements, running or not, by product and start."""
    rows = session.exec(
        select(EntitlementRow).order_by(
            EntitlementRow.title, EntitlementRow.suite, col(EntitlementRow.start_on), col(EntitlementRow.id)
        )
    )
    return tuple(_entitlement(row) for row in rows)


def sections(session: Session, on: date | None = None) -> tuple[Section, ...]:
    """All sections, or those whose term takes in a day, by lab and code."""
    wanted = (
        select(SectionRow, LabRow.code, SiteRow.code)
        .join(LabRow, col(LabRow.id) == SectionRow.lab_id)
        .join(SiteRow, col(SiteRow.id) == LabRow.site_id)
        .order_by(SiteRow.code, LabRow.code, SectionRow.course, SectionRow.code, col(SectionRow.start_on))
    )
    if on is not None:
        wanted = wanted.where(SectionRow.start_on <= on, SectionRow.end_on >= on)
    return tuple(_section(row, lab, site) for row, lab, site in session.exec(wanted))


def import_purchases(session: Session, file: PurchaseFile, *, replace_changed: bool = False) -> Written:
    """Write a purchase list, or raise TableProblems and write nothing.

    A purchase that is stored already, alike, is left; one that is stored otherwise is a problem, unless it is to be
    replaced.
    """
    stored = {one.purchase: one for one in entitlements(session)}
    problems = list(file.problems)
    new: list[Entitlement] = []
    changed: list[Entitlement] = []
    unchanged = 0
    for number, entitlement in file.entitlements.items():
        held = stored.get(entitlement.purchase)
        if held is None:
            new.append(entitlement)
        elif (same := replace(entitlement, id=held.id)) == held:
            unchanged += 1
        elif replace_changed:
            changed.append(same)
        else:
            problems.append(_stored_otherwise(file.file, number, entitlement, held))
    if problems:
        raise TableProblems(sorted(problems, key=lambda problem: problem.row))
    for entitlement in changed:
        session.merge(_entitlement_row(entitlement))
    session.add_all(_entitlement_row(entitlement) for entitlement in new)
    session.flush()
    return Written(len(new), len(changed), unchanged)


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


def _stored_otherwise(file: str, number: int, entitlement: Entitlement, held: Entitlement) -> Problem:
    differing = [
        f"{field.name} {getattr(held, field.name)!s} instead of {getattr(entitlement, field.name)!s}"
        for field in fields(Entitlement)
        if field.name != "id" and getattr(held, field.name) != getattr(entitlement, field.name)
    ]
    return Problem(
        file,
        number,
        "purchase_order",
        f"this purchase of {held.product} is stored already, with {', '.join(differing)}",
        "add --replace if this file is right, or give another purchase its own order number",
    )


def _entitlement(row: EntitlementRow) -> Entitlement:
    return Entitlement(
        title=row.title,
        suite=row.suite,
        metric=Metric(row.metric),
        quantity=row.quantity,
        start=row.start_on,
        end=row.end_on,
        scope=Scope.parse(row.scope),
        cost_cents=row.cost_cents,
        purchase_order=row.purchase_order,
        funding=row.funding,
        notice_days=row.notice_days,
        note=row.note,
        id=row.id or 0,
    )


def _entitlement_row(entitlement: Entitlement) -> EntitlementRow:
    return EntitlementRow(
        id=entitlement.id or None,
        title=entitlement.title,
        suite=entitlement.suite,
        metric=entitlement.metric.value,
        quantity=entitlement.quantity,
        start_on=entitlement.start,
        end_on=entitlement.end,
        scope=str(entitlement.scope),
        cost_cents=entitlement.cost_cents,
        purchase_order=entitlement.purchase_order,
        funding=entitlement.funding,
        notice_days=entitlement.notice_days,
        note=entitlement.note,
    )


def _section(row: SectionRow, lab: str, site: str) -> Section:
    return Section(
        site=site,
        lab=f"{site}/{lab}",
        lab_id=row.lab_id,
        pathway=row.pathway,
        course=row.course,
        code=row.code,
        period=row.period,
        start=row.start_on,
        end=row.end_on,
        headcount=row.headcount,
        id=row.id or 0,
    )


def _section_row(section: Section) -> SectionRow:
    return SectionRow(
        id=section.id or None,
        lab_id=section.lab_id,
        pathway=section.pathway,
        course=section.course,
        code=section.code,
        period=section.period,
        start_on=section.start,
        end_on=section.end,
        headcount=section.headcount,
    )
