"""`labfleet roster`: the sections that are taught, with their headcounts; never a student."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.district import settings
from cli.license import written
from cli.options import Json, On, day_on

_MOST_PROBLEMS = 50


class DayOrder(StrEnum):
    """How days with slashes are written."""

    MDY = "mdy"
    DMY = "dmy"


app = typer.Typer(help="Sections with headcounts: how many students need what; never who.")


@app.command()
def template() -> None:
    """Print a list of sections to fill in.

    Example: `labfleet roster template > sections.csv`
    """
    from cli.output import say
    from inventory.table_file import template as filled
    from licenses.roster.section_file import roster_columns

    for line in filled(roster_columns()).splitlines():
        say(line)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="DIR|ZIP|CSV", help="A OneRoster or School Data Sync export, or a list of sections."),
    ],
    courses: Annotated[
        Path | None, typer.Option("--courses", metavar="FILE", help="Which course is ours: code,pathway,course.")
    ] = None,
    rooms: Annotated[
        Path | None, typer.Option("--rooms", metavar="FILE", help="Which location is which lab: site,location,lab.")
    ] = None,
    sites: Annotated[
        Path | None, typer.Option("--sites", metavar="FILE", help="Which school is which site: school,site.")
    ] = None,
    term: Annotated[
        str | None, typer.Option("--term", metavar="FIRST..LAST", help="The term, where the export names none.")
    ] = None,
    dates: Annotated[
        DayOrder | None, typer.Option("--dates", help="Read days with slashes in this order; else they are refused.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Write what is right, and list what is not.")] = False,
    as_json: Json = False,
) -> None:
    """Read sections with headcounts; lists of persons are never opened, and no student is kept.

    An export is the whole truth for the schools and terms that it names, a list for its labs and terms: a stored
    section of them that is not in it is removed. With --partial nothing is removed.

    Example: `labfleet roster import oneroster.zip --courses ours.csv --dry-run`
    """
    from cli.output import remark, say, show_json
    from cli.roster_changes import show_changes
    from fleet.district import district_session
    from fleet.rosters import RosterOptions, import_roster_file
    from inventory.table_file import TableProblems

    options = settings(context)
    chosen = RosterOptions(
        courses, rooms, sites, _term(term), dates.value if dates else "", partial=partial, dry_run=dry_run
    )
    with district_session(options, write=not dry_run) as session:
        done = import_roster_file(session, options, file, chosen)
    if done.unread:
        remark(f"left unread: {', '.join(done.unread[:20])}")
    for hint in done.hints:
        remark(f"hint: {hint}")
    if as_json:
        show_json(done)
    elif dry_run:
        show_changes(done.changes)
    did = done.counts
    if not as_json:
        said = written("section", did.added, did.changed, did.unchanged, did.removed)
        say(f"nothing is written; this would be: {said}" if dry_run else said)
    if done.changes.kept:
        remark(f"hint: {done.changes.kept} stored sections are not in the file, and stay until all of it is right")
    if dry_run and done.problems and not partial:
        raise TableProblems(done.problems)
    for problem in done.problems[:_MOST_PROBLEMS]:
        remark(f"left out: {problem}")
    if len(done.problems) > _MOST_PROBLEMS:
        remark(f"left out: … and {len(done.problems) - _MOST_PROBLEMS} more")


@app.command("list")
def list_(context: typer.Context, on: On = None, as_json: Json = False) -> None:
    """List the sections whose term takes in a day.

    Example: `labfleet roster list --on 2027-02-01`
    """
    from cli.output import Column, day, show_json, show_table
    from fleet.district import district_session
    from licenses.store.sections import sections

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = sections(session, when)
    if as_json:
        show_json(found)
        return
    show_table(
        (
            Column("Lab", whole=True),
            Column("Pathway"),
            Column("Course", whole=True),
            Column("Section", whole=True),
            Column("Period"),
            Column("Start", whole=True),
            Column("End", whole=True),
            Column("Students", right=True),
        ),
        [
            (
                one.lab or f"{one.site}/?",
                one.pathway,
                one.course,
                one.code,
                one.period,
                day(one.start),
                day(one.end),
                one.headcount,
            )
            for one in found
        ],
        empty=f"no section on {when}; `labfleet roster template` shows how to write them down",
    )


@app.command()
def overlap(
    context: typer.Context,
    on: On = None,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TITLE", help="One title or suite, by id or name, period by period."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how many students use each title at the same time, by the bell schedule.

    A section without a period may meet with any other: then the peak is a least and a most.

    Example: `labfleet roster overlap --title revit --on 2027-02-01`
    """
    from cli.output import Column, say, show_json, show_table
    from fleet.answers.overlap import overlap as answer
    from fleet.district import district_session

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = answer(session, options, on=when, title=title)
    if as_json:
        show_json(found)
        return
    if title is not None:
        (one,) = found
        say(f"{one.name} on {when}: {_span(one.peak_low, one.peak_high)} students at once, of {one.students} in all")
        rows = [(time.period, time.students) for time in one.times]
        rows += [("not known", one.loose)] if one.loose else []
        show_table(
            (Column("Period", whole=True), Column("Students", right=True)), rows, empty="no section of it on this day"
        )
        return
    show_table(
        (
            Column("Pathway or title"),
            Column("Sections", right=True),
            Column("Students", right=True),
            Column("At once", right=True),
            Column("By period"),
        ),
        [
            (
                one.name,
                one.sections,
                one.students,
                _span(one.peak_low, one.peak_high),
                ", ".join(
                    [f"{time.period}: {time.students}" for time in one.times]
                    + ([f"not known: {one.loose}"] if one.loose else [])
                ),
            )
            for one in found
        ],
        empty=f"no section on {when}; `labfleet roster import` reads them",
    )


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _term(text: str | None) -> tuple[date, date] | None:
    """First and last day of `--term`."""
    if text is None:
        return None
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise typer.BadParameter(f"--term {text!r} is no term: write it as 2026-08-17..2026-12-18") from None
    if days[1] < days[0]:
        raise typer.BadParameter(f"--term {text!r} ends before it starts")
    return days
