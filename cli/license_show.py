"""`labfleet license show`: all that was bought of one title or suite."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Json, On, day_on

if TYPE_CHECKING:
    from fleet.answers.purchases import Purchase
    from licenses.entitlement import Entitlement


def show(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="A title or a suite, by id or name.")],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Show what was bought of a title: terms, releases that each purchase allows, who paid, and what that restricts.

    Example: `labfleet license show revit`
    """
    from cli.output import say, show_fields, show_json
    from fleet.answers.purchases import title_purchases
    from fleet.district import district_session

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        found = title_purchases(session, options, title, on=when)
    if as_json:
        show_json(
            {
                "id": found.id,
                "name": found.name,
                "on": found.on,
                "purchases": [_document(one) for one in found.purchases],
                "assigned": [held for _, held in found.assigned],
            }
        )
        return
    say(f"{found.name} ({found.id})", style="bold")
    if not found.purchases:
        say("nothing was bought of it, nor of a suite that covers it")
    for one in found.purchases:
        say()
        show_fields(_fields(one))
    for name, held in found.assigned:
        say()
        active = "how many used it is not said" if held.active is None else f"{held.active:,} used it"
        say(f"{name}: {held.assigned:,} assigned by the {held.source} report of {held.on}; {active}")


def _fields(one: "Purchase") -> list[tuple[str, str | None]]:
    from cli.output import day, money

    bought = one.entitlement
    each = f", each on {bought.devices_per_seat} devices" if bought.devices_per_seat > 1 else ""
    notice = f", notice {bought.notice_days} days before" if bought.notice_days is not None and bought.end else ""
    only = {True: "may serve CTE only", False: "may serve anyone", None: "no rule is known for it"}[one.cte_only]
    funds = f" ({', '.join(fund.name for fund in one.funds)})" if one.funds else ""
    return [
        ("Purchase", f"{bought.id}" + (f", {bought.purchase_order}" if bought.purchase_order else "")),
        ("Suite", one.by_suite),
        ("Seats", f"{seats(bought)}{each}"),
        ("Term", f"{day(bought.start)} to {day(bought.end) or 'for ever'}: {one.state}{notice}"),
        ("Scope", str(bought.scope)),
        ("Release bought", bought.release),
        ("Maintenance", f"until {bought.maintenance_end}" if bought.maintenance_end else ""),
        ("Releases", one.rights.reason if one.rights else ""),
        ("Cost", money(bought.cost_cents)),
        (
            "Funding",
            f"{bought.funding or 'not said'}{funds}: {only}" if bought.funding or one.cte_only is not None else "",
        ),
        ("Note", bought.note),
    ]


def seats(one: "Entitlement") -> str:
    """How many of what: "30 by device", "unlimited by site", "free"."""
    from licenses.metrics import Metric

    if one.metric is Metric.FREE and one.quantity is None:
        return one.metric.words
    return f"{'unlimited' if one.quantity is None else f'{one.quantity:,}'} by {one.metric.words}"


def whole_purchase(one: "Entitlement") -> dict[str, Any]:
    """A purchase as JSON, with all that was recorded of it."""
    from cli.position_document import purchase

    more = {
        "release": one.release,
        "maintenance_end": one.maintenance_end,
        "devices_per_seat": one.devices_per_seat,
        "cte_only": one.cte_only,
    }
    return {**purchase(one), **more}


def _document(one: "Purchase") -> dict[str, Any]:
    return {
        **whole_purchase(one.entitlement),
        "state": one.state,
        "by_suite": one.by_suite,
        "rights": one.rights.reason if one.rights else None,
        "funds": [fund.id for fund in one.funds],
        "may_serve_cte_only": one.cte_only,
    }
