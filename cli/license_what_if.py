"""`labfleet license position --with`: what thought-of sections would take and cost; nothing is written."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.what_if import Thought, WhatItTakes
    from fleet.settings import Settings
    from licenses.outlay import Outlay


def what_if(options: "Settings", said: list[str], on: datetime | None, *, as_json: bool) -> bool:
    """Print what sentences would take; returns whether seats that are there surely suffice for all of it."""
    from cli.options import day_on
    from cli.output import show_json
    from fleet.answers.what_if import what_it_takes
    from fleet.district import district_session

    with district_session(options) as session:
        found = what_it_takes(session, options, said, on=day_on(on, options.now()))
    if as_json:
        show_json(document(found))
    else:
        show(found)
    return found.enough


def show(found: "WhatItTakes") -> None:
    """Print what was understood, what it takes title by title, and what it costs."""
    from cli.output import Column, money, say, show_table

    say("What it would take: nothing is written", style="bold")
    for thought in found.thoughts:
        for line in _thought(thought):
            say(line)
    say()
    show_table(
        (
            Column("Title"),
            Column("Counted by"),
            Column("More seats", right=True),
            Column("Free now", right=True),
            Column("To buy", right=True),
            Column("Cost", right=True),
        ),
        [_line(found, one) for one in found.outlays],
        empty="no title that must be bought is asked for",
    )
    say()
    unpriced = f", and what no price is known of: {_names(found, found.unpriced)}" if found.unpriced else ""
    if any(one.buy for one in found.outlays):
        say(f"To buy: {money(found.cost_cents)} at the last prices{unpriced}")
    elif found.lacking:
        say("No seat more than what is lacking without these sections:")
    else:
        say("No seat is to be bought")
    for words in found.lacking:
        say(f"✗ {words}")
    if found.free_titles:
        say(f"Free of charge: {_names(found, found.free_titles)}")
    if any(one.assumed for one in found.outlays):
        say("* nothing of it was bought yet: as it is usually sold, by the catalog")
    say("Machines, furniture and teachers are not in this sum")


def _thought(one: "Thought") -> Iterator[str]:
    from cli.output import count

    yield f"  {one.what_if.words}"
    for assumed in one.what_if.assumed:
        yield f"    taken as {assumed}"
    if one.busy:
        periods = " and ".join(dict.fromkeys(one.what_if.periods))
        verb = "has" if len(one.busy) == 1 else "have"
        yield f"    {', '.join(one.busy)} {verb} a section in period {periods} already"
    if one.what_if.lab is None:
        where = one.what_if.site or "the district"
        free = "" if one.what_if.periods else ", if a period is free"
        stations = f"stations that are there: {', '.join(one.hosts)}{free}" if one.hosts else ""
        yield f"    taught at {stations}" if one.hosts else f"    no lab at {where} teaches it at that time"
    if one.new_stations:
        there = "" if one.in_lab is None else f" to the {one.in_lab} of {one.hosts[0] if one.hosts else one.busy[0]}"
        yield f"    {count(one.new_stations, 'new station')}{there}: their machines come on top"


def _line(found: "WhatItTakes", one: "Outlay") -> tuple[Any, ...]:
    from cli.output import money

    more = f"{one.most:,}" if one.least == one.most else f"{one.least:,}–{one.most:,}"
    cost = money(one.cost_cents) if one.cost_cents is not None else "price not known"
    if one.cost_cents and one.buy > 1:
        cost += f" ({money(one.each_cents)} each)"
    return (
        found.names.get(one.product, one.product),
        "not known" if one.metric is None else f"{one.metric.words}{'*' if one.assumed else ''}",
        more,
        "unlimited" if one.free is None else one.free,
        one.buy or "–",
        cost if one.buy else "–",
    )


def _names(found: "WhatItTakes", products: tuple[str, ...]) -> str:
    return ", ".join(sorted(found.names.get(one, one) for one in products))


def document(found: "WhatItTakes") -> dict[str, Any]:
    """What it takes as JSON; a price that is not on record is `null`."""
    return {
        "on": found.on,
        "understood": [
            {
                "said": one.what_if.said,
                "words": one.what_if.words,
                "sections": one.what_if.count,
                "pathway": one.what_if.pathway.code,
                "course": one.what_if.course,
                "site": one.what_if.site,
                "lab": one.what_if.lab.label if one.what_if.lab else None,
                "students": one.what_if.headcounts,
                "periods": one.what_if.periods,
                "start": one.what_if.start,
                "end": one.what_if.end,
                "assumed": one.what_if.assumed,
                "labs_free": one.hosts,
                "labs_busy": one.busy,
                "new_stations": one.new_stations,
            }
            for one in found.thoughts
        ],
        "takes": [
            {
                "product": one.product,
                "name": found.names.get(one.product, one.product),
                "metric": one.metric,
                "metric_assumed": one.assumed,
                "more_least": one.least,
                "more_most": one.most,
                "free": "unlimited" if one.free is None else one.free,
                "buy": one.buy,
                "seat_cents": one.each_cents,
                "cost_cents": one.cost_cents,
            }
            for one in found.outlays
        ],
        "cost_cents": found.cost_cents,
        "price_not_known": found.unpriced,
        "free_titles": found.free_titles,
        "lacking_already": found.lacking,
        "enough": found.enough,
    }
