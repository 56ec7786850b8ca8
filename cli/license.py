"""`labfleet license`: what was bought, and where each title stands against what is needed and installed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import (
    license_activation,
    license_allocate,
    license_expiring,
    license_export,
    license_harvest,
    license_import,
    license_remove,
    license_server,
    license_show,
)
from cli.district import settings
from cli.options import Check, Exam, Json, On, day_on, sitting

From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="The first day of a span.")
]
To = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="The last day of a span.")
]

app = typer.Typer(help="What was bought, and what is short, idle or ending.")


@app.command()
def template(
    context: typer.Context,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook that explains itself instead.")
    ] = None,
) -> None:
    """Print a purchase list to fill in.

    Example: `labfleet license template --xlsx purchases.xlsx`
    """
    from cli.output import say
    from inventory.table_file import template as filled
    from licenses.entitlement_file import template_xlsx
    from licenses.purchase_file import Known, purchase_columns

    if xlsx is not None:
        if xlsx.suffix.casefold() != ".xlsx":
            raise typer.BadParameter("its name must end in .xlsx", param_hint="--xlsx")
        xlsx.write_bytes(template_xlsx(created=settings(context).now().date()))
        say(f"written to {xlsx}")
        return
    nothing = Known({}, {}, frozenset(), frozenset(), frozenset())
    for line in filled(purchase_columns(nothing)).splitlines():
        say(line)


@app.command("list")
def list_(context: typer.Context, on: On = None, as_json: Json = False) -> None:
    """List every purchase, with whether it runs; `license show` has the rest of what is known of it.

    Example: `labfleet license list --on 2027-05-03`
    """
    from cli.license_show import seats, whole_purchase
    from cli.output import Column, day, show_json, show_table
    from fleet.answers.purchases import state
    from fleet.district import district_session
    from licenses.store.entitlements import entitlements

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = entitlements(session)
    if as_json:
        show_json([{**whole_purchase(one), "state": state(one, when)} for one in found])
        return
    show_table(
        (
            Column("No.", right=True),
            Column("Title or suite"),
            Column("Seats"),
            Column("Ends", whole=True),
            Column("Scope"),
            Column("Order"),
            Column("State"),
        ),
        [
            (
                str(one.id),
                f"{one.product} {one.release}".rstrip(),
                seats(one),
                day(one.end) or "never",
                str(one.scope) + (", CTE only" if one.cte_only else ""),
                one.purchase_order,
                state(one, when),
            )
            for one in found
        ],
        empty="no purchase is recorded yet; `labfleet license template` shows how to write them down",
    )


@app.command()
def position(
    context: typer.Context,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TITLE", help="One title or suite, by id or name.")
    ] = None,
    on: On = None,
    start: From = None,
    end: To = None,
    exam: Exam = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the titles that are in order.")] = False,
    devices: Annotated[bool, typer.Option("--devices", help="Open every number to the devices behind it.")] = False,
    thought: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="SECTIONS", help="What so many sections more would take; may be repeated."),
    ] = None,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Show which titles are short, missing, over, idle or not known: entitled against needed against installed.

    With --from and --to, the worst day of each title between two days, and the days on which it is short.
    With --exam, what the exam asks of the labs of its pathway is needed besides what all labs teach. With --with, what
    sections that are only thought of would take and cost, such as "2 sections of Engineering Design at MUIR, 28
    students"; nothing is written.

    Example: `labfleet license position --title revit --devices`
    """
    from cli.license_what_if import what_if
    from cli.output import NOT_READY, show_json
    from cli.position_document import document, span_document
    from cli.position_table import show_positions, show_span
    from fleet.answers.positions import answer, over
    from fleet.district import district_session

    options = settings(context)
    if thought:
        if start is not None or end is not None:
            raise typer.BadParameter("--with takes no --from or --to: the sentence says its own term, or --on the day")
        if title is not None or exam is not None:
            raise typer.BadParameter("--with takes no --title or --exam: it shows what its sections need to be taught")
        enough = what_if(options, thought, on, as_json=as_json)
        raise typer.Exit(NOT_READY if check and not enough else 0)
    when = day_on(on, options.now())
    if start is not None or end is not None:
        if start is None or end is None or on is not None:
            raise typer.BadParameter("--from and --to go together, and without --on")
        first, last = day_on(start, options.now()), day_on(end, options.now())
        if last < first:
            raise typer.BadParameter(f"--to {last} is before --from {first}")
        with district_session(options) as session:
            span = over(session, options, start=first, end=last, title=title, exam=sitting(exam))
        if as_json:
            show_json(span_document(span))
        else:
            show_span(span)
        if check and span.enough is not True:
            raise typer.Exit(NOT_READY)
        return
    with district_session(options) as session:
        found = answer(session, options, on=when, title=title, exam=sitting(exam))
    if as_json:
        show_json(document(found, devices=devices))
    else:
        show_positions(found, devices=devices, alone=title is not None, everything=everything)
    # A need that may be covered, by what is not known, is not "enough" either.
    if check and found.enough is not True:
        raise typer.Exit(NOT_READY)


def written(noun: str, added: int, changed: int, unchanged: int, removed: int = 0) -> str:
    """What an import did, in one line."""
    from cli.output import count

    parts = [f"{count(added, noun)} added"] if added or not (changed or unchanged or removed) else []
    parts += [f"{changed:,} replaced"] if changed else []
    parts += [f"{removed:,} removed"] if removed else []
    parts += [f"{unchanged:,} unchanged"] if unchanged else []
    return ", ".join(parts)


app.command("import")(license_import.import_)
app.command()(license_export.export)
app.command()(license_show.show)
app.command()(license_remove.remove)
app.add_typer(license_server.verbs, name="server")
app.command()(license_harvest.harvest)
app.command()(license_expiring.expiring)
app.command()(license_activation.activation)
app.command()(license_allocate.allocate)
