"""`labfleet license`: what was bought, and where each title stands against what is needed and installed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Check, Json, On, day_on

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.positions import Positions, Whereabouts
    from licenses.entitlement import Amount, Entitlement, Seats
    from licenses.reconcile import Position

app = typer.Typer(help="What was bought, and what is short, idle or ending.")

OPENED = ("needed", "installed", "missing", "idle", "unheard", "uncovered", "over", "last_known")
"""The sets of a position that `--devices` opens."""

MEANINGS = {
    "Entitled": "seats that run on the day, each within its scope; ? where a metric is not reconciled yet",
    "Needed": "devices whose station must have it for a pathway of its lab; for web titles, students",
    "Installed": "devices that surely have it, by a fresh report",
    "Missing": "needed, and surely not installed",
    "Idle": "installed, and neither needed nor wanted where the device stands",
    "Unheard": "needed, and not known: no fresh, complete report",
    "Short": "needed devices that no seat reaches; ? where seats that are not reconciled yet may do",
    "Over": "devices that have it, by their last report, beyond what the seats reach",
}
"""Each column of the table of positions, in one sentence."""


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
    with district_session(options) as session:
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
    from fleet.district import district_session
    from licenses.store import entitlements

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = entitlements(session)
    if as_json:
        show_json([{**_purchase(one), "state": _state(one, when)} for one in found])
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
    devices: Annotated[bool, typer.Option("--devices", help="Open every number to the devices behind it.")] = False,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Show entitled against needed against installed, for every title; three ways: yes, no, not known.

    Example: `labfleet license position --title revit --devices`
    """
    from cli.output import NOT_READY, show_json
    from fleet.answers.positions import answer
    from fleet.district import district_session

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = answer(session, options, on=when, title=title)
    if as_json:
        show_json(_document(found, devices=devices))
    else:
        _show(found, devices=devices, alone=title is not None)
    # A need that may be covered by what is not counted yet is not "enough" either.
    if check and found.enough is not True:
        raise typer.Exit(NOT_READY)


def written(noun: str, added: int, changed: int, unchanged: int) -> str:
    """What an import did, in one line."""
    from cli.output import count

    parts = [f"{count(added, noun)} added"] if added or not (changed or unchanged) else []
    parts += [f"{changed:,} replaced"] if changed else []
    parts += [f"{unchanged:,} unchanged"] if unchanged else []
    return ", ".join(parts)


def _show(found: "Positions", *, devices: bool, alone: bool) -> None:
    from cli.output import Column, say, show_table

    heads = ("Entitled", "Needed", "Installed", "Missing", "Idle", "Unheard", "Short", "Over")
    show_table(
        (Column("Title", whole=True), Column("Metric"), *(Column(head, right=True) for head in heads)),
        [_line(found, one) for one in sorted(found.positions, key=_worst_first)],
        title=f"Licence positions on {found.on}",
        empty="nothing of it is needed or bought, and nothing that must be bought is installed",
    )
    if not found.positions:
        return
    say()
    for head, meaning in MEANINGS.items():
        say(f"  {head:<10} {meaning}")
    if any(one.shares for one in found.positions):
        say("  *          seats of a suite cover it too; they are shared with other titles")
    if not devices:
        say("`labfleet license position --title TITLE --devices` opens every number to its devices")
    for one in found.positions:
        if alone or devices:
            for line in _reasons(found, one):
                say(line)
        if devices:
            for line in _opened(found, one):
                say(line)


def _worst_first(one: "Position") -> tuple[int, bool]:
    return ((False, None, True).index(one.enough), not one.over)


def _line(found: "Positions", one: "Position") -> Sequence[Any]:
    from cli.output import State, state
    from licenses.entitlement import NotReconciled

    look = {True: State.YES, False: State.NO, None: State.UNKNOWN}[one.enough]
    name = found.names.get(one.title, one.title)
    open_ = isinstance(one.entitled, NotReconciled)
    return (
        f"suite {one.title}" if one.suite else f"{name} *" if one.shares else name,
        (", ".join(one.metrics) or ("by suite" if one.shares else "none runs"))
        + (": not reconciled yet" if open_ else ""),
        _seats(one.entitled),
        f"{one.students:,} students" if one.students else len(one.needed),
        len(one.installed),
        len(one.missing),
        len(one.idle),
        len(one.unheard),
        state(look, _amount(one.short)),
        state(State.NO if isinstance(one.over_installed, int) else State.UNKNOWN, _amount(one.over_installed))
        if one.over
        else 0,
    )


def _reasons(found: "Positions", one: "Position") -> Iterator[str]:
    yield ""
    yield f"{found.names.get(one.title, one.title)}"
    for bought in one.running:
        seats = "unlimited" if bought.quantity is None else f"{bought.quantity:,} seats"
        end = "perpetual" if bought.end is None else f"until {bought.end}"
        yield (
            f"  entitled  {seats} by {bought.metric}, {bought.scope}, {end}"
            + (f", {bought.purchase_order}" if bought.purchase_order else "")
            + ("" if bought.reconciled else ": not reconciled yet")
        )
    for share in one.shares:
        name = found.names.get(share.suite, share.suite)
        yield f"  shared    with suite {name}: {_most(share.most)}"
    for other in (bought for bought in one.unreconciled if bought not in one.running):
        yield f"  open      {other.quantity} seats of {other.product} by {other.metric}: not reconciled yet"
    for rule in one.rules:
        yield f"  rule      {rule}"
    for note in one.notes:
        yield f"  note      {note}"


def _opened(found: "Positions", one: "Position") -> Iterator[str]:
    for name in OPENED:
        members = sorted((found.devices[id_] for id_ in getattr(one, name)), key=_place)
        if members:
            yield f"  {name.replace('_', ' ')} ({len(members):,})"
            for member in members:
                yield f"    {member.lab or 'no lab':<14} {_station(member):<11} {member.name}"


def _place(member: "Whereabouts") -> tuple[str, int, str]:
    return (member.lab, member.station or 0, member.name)


def _station(member: "Whereabouts") -> str:
    return "spare" if member.station is None else f"station {member.station}"


def _seats(seats: "Seats") -> str | int:
    if seats is None:
        return "unlimited"
    if isinstance(seats, int):
        return seats
    return f"{seats.counted:,} + ?" if seats.counted else "?"


def _amount(amount: "Amount") -> str:
    return f"{amount:,}" if isinstance(amount, int) else f"up to {amount.counted:,}"


def _most(amount: "Amount") -> str:
    if isinstance(amount, int):
        return f"up to {amount:,} more"
    return f"up to {amount.counted:,} more, and seats that are not reconciled yet"


def _state(one: "Entitlement", when: Any) -> str:
    if one.runs(when):
        return "runs"
    return "to come" if when < one.start else "ended"


def _purchase(one: "Entitlement") -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "suite": one.suite,
        "metric": one.metric,
        "quantity": one.quantity,
        "start": one.start,
        "end": one.end,
        "scope": str(one.scope),
        "cost_cents": one.cost_cents,
        "purchase_order": one.purchase_order,
        "funding": one.funding,
        "notice_days": one.notice_days,
        "note": one.note,
    }


def _document(found: "Positions", *, devices: bool) -> dict[str, Any]:
    """The positions as JSON; a number that is not reconciled yet is `null`, with what is known beside it."""
    return {"on": found.on, "positions": [_position(found, one, devices=devices) for one in found.positions]}


def _position(found: "Positions", one: "Position", *, devices: bool) -> dict[str, Any]:
    def known(amount: "Seats") -> int | str:
        return "unlimited" if amount is None else amount if isinstance(amount, int) else "not reconciled yet"

    def most(amount: "Amount") -> int:
        return amount if isinstance(amount, int) else amount.counted

    document = {
        "title": one.title,
        "name": found.names.get(one.title, one.title),
        "suite": one.suite,
        "metrics": one.metrics,
        "entitled": known(one.entitled),
        "needed": len(one.needed),
        "students": one.students,
        "installed": len(one.installed),
        "last_known": len(one.last_known),
        "missing": len(one.missing),
        "idle": len(one.idle),
        "unheard": len(one.unheard),
        "short": known(one.short),
        "short_at_most": most(one.short),
        "over": known(one.over_installed),
        "over_at_most": most(one.over_installed),
        "enough": one.enough,
        "shares": [{"suite": share.suite, "at_most": most(share.most)} for share in one.shares],
        "running": [_purchase(bought) for bought in one.running],
        "unreconciled": [_purchase(bought) for bought in one.unreconciled],
        "rules": one.rules,
        "notes": one.notes,
    }
    if devices:
        document["devices"] = {
            name: [found.devices[id_] for id_ in sorted(getattr(one, name))] for name in (*OPENED, "covered")
        }
    return document
