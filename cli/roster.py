"""`labfleet roster`: the sections that are taught, with their headcounts; never a student."""

from pathlib import Path
from typing import Annotated

import typer

from cli.district import settings
from cli.license import written
from cli.options import Json, On, day_on

app = typer.Typer(help="Sections with headcounts: how many students need what; never who.")


@app.command()
def template() -> None:
    """Print a list of sections to fill in.

    Example: `labfleet roster template > sections.csv`
    """
    from cli.output import say
    from inventory.table_file import template as filled
    from licenses.roster_file import roster_columns

    for line in filled(roster_columns()).splitlines():
        say(line)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV of sections with headcounts.")],
) -> None:
    """Read sections from a CSV; refused whole when a column holds persons or any row is wrong.

    The file is the whole truth for the labs and terms that it names: a stored section of such a lab with the same
    start that is not in the file is removed. Other labs and other terms stay as they are.

    Example: `labfleet roster import sections.csv`
    """
    from cli.output import remark, say
    from fleet.district import district_session
    from fleet.purchases import import_roster_file

    options = settings(context)
    with district_session(options, write=True) as session:
        done = import_roster_file(session, options, file)
    for hint in done.hints:
        remark(f"hint: {hint}")
    did = done.written
    say(written("section", did.added, did.changed, did.unchanged, did.removed))


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
            (one.lab, one.pathway, one.course, one.code, one.period, day(one.start), day(one.end), one.headcount)
            for one in found
        ],
        empty=f"no section on {when}; `labfleet roster template` shows how to write them down",
    )
