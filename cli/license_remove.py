"""`labfleet license remove`: takes purchases back, with what was set aside of them."""

import sys
from typing import Annotated

import typer

from cli.district import settings


def remove(
    context: typer.Context,
    purchases: Annotated[
        list[str],
        typer.Argument(metavar="PURCHASE…", help="A number of `license list`, an order, or ORDER:TITLE."),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove purchases that were recorded; seats that were allocated of them are free again.

    Example: `labfleet license remove PO-2026-0417:photoshop`
    """
    from cli.license_show import seats
    from cli.output import count, say
    from fleet.district import district_session
    from fleet.purchases import known_products
    from licenses.purchase_choice import purchases_meant
    from licenses.store.entitlements import entitlements, remove_purchases

    options = settings(context)
    with district_session(options) as session:
        stored = entitlements(session)
        called = known_products(session, options).called
    meant = {one.id: one for said in purchases for one in purchases_meant(stored, said, called)}
    for one in meant.values():
        order = f", {one.purchase_order}" if one.purchase_order else ""
        say(f"{one.id}: {one.product}, {seats(one)}, from {one.start}, {one.scope}{order}")
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("add --yes where nobody can be asked", param_hint="--yes")
        typer.confirm(f"Remove {count(len(meant), 'purchase')}?", abort=True, err=True)
    with district_session(options, write=True) as session:
        freed = remove_purchases(session, meant)
    also = f", and {count(freed, 'allocation')} of them" if freed else ""
    say(f"{count(len(meant), 'purchase')} removed{also}")
