"""`labfleet license`: what was bought, and where each title stands against what is needed and installed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Check, Exam, Json, On, day_on, sitting

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from licenses.entitlement import Entitlement

app = typer.Typer(help="What was bought, and what is short, idle or ending.")


@app.command()
def template() -> None:
    """Print a purchase list to fill in.

    Example: `labfleet license template > purchases.csv`
    """
    from cli.output import say
    from inventory.table_file import template as filled
    from licenses.purchase_file import Known, purchase_columns

    nothing = Known({}, {}, frozenset(), frozenset(), frozenset())
    for line in filled(purchase_columns(nothing)).splitlines():
        say(line)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV of purchases.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Purchases that are stored otherwise become what the file says.")
    ] = False,
) -> None:
    """Read purchases from a CSV; nothing is written unless all of it is right.

    Example: `labfleet license import purchases.csv`
    """
    from cli.output import remark, say
    from fleet.district import district_session
    from fleet.purchases import import_purchase_file

    options = settings(context)
    with district_session(options, write=True) as session:
        done = import_purchase_file(session, options, file, replace_changed=replace)
    for hint in done.hints:
        remark(f"hint: {hint}")
    say(written("purchase", done.written.added, done.written.changed, done.written.unchanged))


@app.command("list")
def list_(context: typer.Context, on: On = None, as_json: Json = False) -> None:
    """List every purchase, with whether it runs.

    Example: `labfleet license list --on 2027-05-03`
    """
    from cli.output import Column, day, money, show_json, show_table
    from cli.position_table import purchase
    from fleet.district import district_session
    from licenses.store.entitlements import entitlements

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = entitlements(session)
    if as_json:
        show_json([{**purchase(one), "state": _state(one, when)} for one in found])
        return
    show_table(
        (
            Column("Title or suite", whole=True),
            Column("Metric"),
            Column("Seats", right=True),
            Column("Start", whole=True),
            Column("End", whole=True),
            Column("Scope"),
            Column("Cost", right=True),
            Column("Order"),
            Column(f"On {when}"),
        ),
        [
            (
                one.product,
                one.metric.value,
                "unlimited" if one.quantity is None else one.quantity,
                day(one.start),
                day(one.end) or "perpetual",
                str(one.scope),
                money(one.cost_cents),
                one.purchase_order,
                _state(one, when),
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
    exam: Exam = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the titles that are in order.")] = False,
    devices: Annotated[bool, typer.Option("--devices", help="Open every number to the devices behind it.")] = False,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Show which titles are short, missing, over, idle or not known: entitled against needed against installed.

    With --exam, what the exam asks of the labs of its pathway is needed besides what all labs teach.

    Example: `labfleet license position --title revit --devices`
    """
    from cli.output import NOT_READY, show_json
    from cli.position_table import document, show_positions
    from fleet.answers.positions import answer
    from fleet.district import district_session

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = answer(session, options, on=when, title=title, exam=sitting(exam))
    if as_json:
        show_json(document(found, devices=devices))
    else:
        show_positions(found, devices=devices, alone=title is not None, everything=everything)
    # A need that may be covered by what is not counted yet is not "enough" either.
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


def _state(one: "Entitlement", when: Any) -> str:
    if one.runs(when):
        return "runs"
    return "to come" if when < one.start else "ended"
