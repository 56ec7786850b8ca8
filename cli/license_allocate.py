"""`labfleet license allocate`: the best use of every seat, its proof, who goes without, and what mends it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Check, Exam, Json, On, day_on, sitting

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.allocation import Allocated, Explanation
    from licenses.allocation import Contest, Outcome, Stage

_AIMS = {
    "sections": "sections taught and exams sat",
    "students": "students in them",
    "stay": "of them, such as could be taught before",
    "served": "students and stations with all they need",
    "titles": "single titles covered, over all places",
    "seats": "seats set aside for that",
    "moved": "seats taken from where they were",
}
_FROM_BEFORE = frozenset({"stay", "moved"})
"""Aims that mean nothing where no allocation was ever kept."""

_MOST_NAMES = 6

From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="The first day of a term; with --to."),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Its last day: only seats that run on both count."),
]


def allocate(
    context: typer.Context,
    on: On = None,
    first: From = None,
    last: To = None,
    exam: Exam = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="LAB|SECTION", help="Why a lab or a section got what it got.")
    ] = None,
    seats: Annotated[bool, typer.Option("--seats", help="Every seat: from which purchase, for whom.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Store it as the current allocation.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Also prove the choice among equally many sections in large districts.")
    ] = False,
    limit: Annotated[
        float, typer.Option("--limit", min=0.1, metavar="SECONDS", help="Time after which the best so far is given.")
    ] = 60.0,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Hand out all seats in the best way, prove it, and say what to buy for those who go without.

    Best means: first the most sections taught and exams sat, then the most students in them; with what remains, the
    most students and stations served; then the fewest seats set aside and the fewest moved. Nothing is written
    without --keep.

    Example: `labfleet license allocate --on 2027-05-03 --explain MUIR/B12`
    """
    from cli.output import NOT_READY, count, progress, remark, show_json
    from fleet.answers import allocation as answers
    from fleet.district import district_session

    if (first is None) is not (last is None) or (first and on):
        raise typer.BadParameter("give --from and --to together, or --on alone")
    if first and last and last < first:
        raise typer.BadParameter("--to lies before --from")
    options = settings(context)
    day = day_on(first or on, options.now())
    with district_session(options, write=keep) as session, progress("allocating"):
        made = answers.answer(
            session,
            options,
            on=day,
            until=last.date() if last else None,
            exam=sitting(exam),
            limit=limit,
            thorough=thorough,
        )
        reasons = answers.explain(made, explain, limit=limit) if explain else None
        rows = answers.keep_allocation(session, options, made) if keep else None
    if as_json:
        show_json(document(made, reasons))
    elif reasons:
        _show_explanation(made, reasons)
    else:
        _show(made, seats=seats)
    if rows is not None:
        remark(f"kept as the current allocation: {count(rows, 'entry', 'entries')}")
    if check and made.short:
        raise typer.Exit(NOT_READY)


def document(made: "Allocated", reasons: "Explanation | None" = None) -> dict[str, Any]:
    """The allocation as one JSON document."""
    purchase = made.purchase
    return {
        "on": made.on,
        "until": made.until,
        "proven": made.found.proven,
        "stages": [_stage(one) for one in made.found.stages],
        "outcomes": made.found.outcomes,
        "short": made.short,
        "seats": [
            {**_pool(made, one.pool), "for": one.need, "section": one.section, "seats": one.seats}
            for one in made.found.grants
        ],
        "contests": [{**_fields(one), "said": _said(made, (one,))} for one in made.contests],
        "purchase": None
        if purchase is None
        else {
            "seats": [
                {"product": offer.product, "held_by": offer.holder, "seats": number, "seat_cents": offer.cents}
                for offer, number in purchase.seats
            ],
            "cents": purchase.cents,
            "seats_without_price": purchase.unpriced,
            "stages": [_stage(one) for one in purchase.stages],
            "beyond": purchase.beyond,
        },
        **({} if reasons is None else {"explanation": reasons}),
    }


def _stage(one: "Stage") -> dict[str, Any]:
    return {
        "aim": one.name,
        "value": one.value,
        "bound": one.bound,
        "least": one.least,
        "proven": one.proven,
        "gap": one.gap,
    }


def _fields(one: "Contest") -> dict[str, Any]:
    from cli.output import jsonable

    fields = jsonable(one)
    assert isinstance(fields, dict)  # noqa: S101 - a dataclass becomes one
    return fields


def _pool(made: "Allocated", id_: int) -> dict[str, Any]:
    pool = next(one for one in made.pools if one.id == id_)
    return {"entitlement": pool.id, "product": pool.product, "purchase_order": pool.order, "scope": str(pool.scope)}


def _show(made: "Allocated", *, seats: bool) -> None:
    from cli.output import Column, State, count, say, show_table, state

    term = f"{made.on} to {made.until}" if made.until else str(made.on)
    if not made.needs:
        say(f"no lab and no section asks for seats on {term}")
        return
    told = [one for one in made.found.stages if made.before or one.name not in _FROM_BEFORE]
    _show_stages(f"Allocation for {term}", told)
    if seats:
        say()
        _show_seats(made)
    say()
    show_table(
        (
            Column("Lab", whole=True),
            Column("Section", whole=True),
            Column("Asked", right=True),
            Column("Served", right=True),
            Column("Lacks"),
        ),
        [
            (one.need, one.sitting or "all stations", one.asked, one.served, state(State.NO, _lacks(made, one)))
            for one in made.short
        ],
        title="Who goes without",
        empty="nobody goes without",
    )
    alone = [one for one in made.found.outcomes if not one.full and one not in made.short]
    if alone:
        say(f"{count(len(alone), 'lab')} with fewer seats than stations, but enough for their sections: --explain LAB")
    shown = [one for one in made.contests if any(one.ask in each.lacks for each in made.short)]
    if shown:
        say()
        say("Why", style="bold")
        for line in _causes(made, shown):
            say(f"  {line}")
    for line in _to_buy(made):
        say(line)


def _show_stages(title: str, stages: Iterable["Stage"]) -> None:
    from cli.output import Column, State, show_table, state

    show_table(
        (Column("Aim, in this order"), Column("Reached", right=True), Column("Bound", right=True), Column("Proof")),
        [
            (
                _AIMS[one.name],
                one.value,
                one.bound,
                state(State.YES, "optimal")
                if one.proven
                else state(State.UNKNOWN, f"not proven optimal, gap {one.gap:,}"),
            )
            for one in stages
        ],
        title=title,
    )


def _show_seats(made: "Allocated") -> None:
    from cli.output import Column, show_table

    pools = {one.id: one for one in made.pools}
    show_table(
        (Column("Product"), Column("Order"), Column("For", whole=True), Column("Section"), Column("Seats", right=True)),
        [
            (
                made.names.get(pools[one.pool].product, pools[one.pool].product),
                pools[one.pool].order,
                one.need,
                one.section or "stations",
                one.seats,
            )
            for one in made.found.grants
        ],
        title="Seats set aside",
        empty="no counted seat is needed",
    )


def _lacks(made: "Allocated", one: "Outcome") -> str:
    return "; ".join(f"{made.names.get(ask, ask)} for {number:,}" for ask, number in sorted(one.lacks.items())) or (
        f"all titles at once for {one.asked - one.served:,}"
    )


def _causes(made: "Allocated", contests: Iterable["Contest"]) -> list[str]:
    """One sentence for each cause; titles that fail for the same reason share one."""
    alike: defaultdict[tuple[Any, ...], list[Contest]] = defaultdict(list)
    for one in contests:
        alike[one.needs, one.pools, one.missing].append(one)
    return [_said(made, group) for group in alike.values()]


def _said(made: "Allocated", group: Sequence["Contest"]) -> str:
    """A cause in one sentence."""
    from cli.output import count

    one, who = group[0], _names(group[0].needs)
    titles = [made.names.get(each.ask, each.ask) for each in group]
    products = sorted({made.names.get(pool.product, pool.product) for pool in made.pools if pool.id in one.pools})
    if not one.pools:
        return f"no seat of {_names(titles)} reaches {who}: {one.missing:,} are needed"
    seats = f"{count(one.seats, 'seat')} of {_names(products)}"
    for_what = "" if products == titles else f" (for {_names(titles)})"
    does = f"{who} compete for" if len(one.needs) > 1 else f"{who} alone asks for more than the"
    return f"{does} {seats}{for_what}; {one.missing:,} more {'is' if one.missing == 1 else 'are'} needed"


def _names(labs: Sequence[str]) -> str:
    shown = [*labs[:_MOST_NAMES], *([f"{len(labs) - _MOST_NAMES:,} more"] if len(labs) > _MOST_NAMES else [])]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _to_buy(made: "Allocated") -> Iterator[str]:
    from cli.output import count, money

    purchase = made.purchase
    if purchase is None:
        return
    yield ""
    proof = "proven" if purchase.proven else "not proven the cheapest"
    if purchase.late:
        yield "the cheapest purchase was not found within the time limit: give more with --limit"
    if purchase.seats:
        total = f"{money(purchase.cents)}" if purchase.cents or not purchase.unpriced else ""
        unknown = (
            f"{count(purchase.unpriced, 'seat')} at a price that no purchase on record tells"
            if purchase.unpriced
            else ""
        )
        cost = " and ".join(filter(None, (total, unknown)))
        yield f"The cheapest purchase that lets every section be taught ({proof}): {cost}"
    for offer, number in purchase.seats:
        price = "price not known" if offer.cents is None else f"{money(offer.cents)} each, as last bought"
        yield f"  {count(number, 'seat')} of {made.names.get(offer.product, offer.product)}, by {offer.holder}: {price}"
    if purchase.beyond:
        yield f"no purchase helps {_names([' '.join(filter(None, place)) for place in purchase.beyond])}"


def _show_explanation(made: "Allocated", reasons: "Explanation") -> None:
    from cli.output import say

    pools = {one.id: one for one in made.pools}
    held: defaultdict[str, list[str]] = defaultdict(list)
    for grant in reasons.grants:
        pool = pools[grant.pool]
        order = f", {pool.order}" if pool.order else ""
        whom = grant.section or "its stations"
        held[grant.need].append(
            f"  has    {grant.seats:,} of {made.names.get(pool.product, pool.product)} for {whom} ({pool.scope}{order})"
        )
    for need in sorted({one.need for one in reasons.outcomes}):
        say(need, style="bold")
        for one in (one for one in reasons.outcomes if one.need == need):
            got = "everything" if one.full else _lacks(made, one) if one.lacks else "not everything at once"
            lacks = "" if one.full else "lacks "
            say(f"  {one.sitting or 'stations'}: {one.served:,} of {one.asked:,} served; {lacks}{got}")
        for line in held[need]:
            say(line)
    for line in _causes(made, reasons.contests):
        say(f"  why    {line}")
    best = {one.name: one.value for one in made.found.stages}
    for name, stages in reasons.forced.items():
        if not stages:
            say(f"  if     {name} had to be taught: it cannot be, with the seats that run")
            continue
        then = {one.name: one.value for one in stages}
        changes = [
            f"{then[aim]:,} {_AIMS[aim]} instead of {best[aim]:,}"
            for aim in ("sections", "students", "served")
            if then[aim] != best[aim]
        ]
        say(f"  if     {name} had to be taught: {changes[0] if changes else 'as many, but others would go without'}")
