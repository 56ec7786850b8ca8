"""`labfleet license harvest`: seats that could be taken back, what they are worth, and for whom they would be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Json, On, day_on

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.harvest import Harvest
    from licenses.harvest import IdleSeats, Reclaim, Shelf, Slack, Want
    from licenses.seat_price import SeatPrice

LISTED = 6
"""How many labs or sections a cell names before it only counts them."""


def harvest(
    context: typer.Context,
    unused: Annotated[
        int, typer.Option("--unused", min=1, max=3650, metavar="DAYS", help="Look at use over so many days.")
    ] = 30,
    on: On = None,
    devices: Annotated[bool, typer.Option("--devices", help="Name the devices with idle installs.")] = False,
    as_json: Json = False,
) -> None:
    """List seats that could be taken back: idle installs, seats below their peak, seats of sections that ended.

    Only titles that cost something or are short. Where nothing is known about use, it says so, and never "unused".

    Example: `labfleet license harvest --unused 60`
    """
    from cli.output import show_json
    from fleet.answers.harvest import harvest as found_on
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        found = found_on(session, options, on=day_on(on, options.now()), days=unused)
    if as_json:
        show_json(document(found))
    else:
        show(found, devices=devices)


def show(found: "Harvest", *, devices: bool = False) -> None:
    """Print what could be taken back, the dearest first; then what is not known."""
    from cli.output import Column, say, show_table

    rows = [*_idle_rows(found), *_slack_rows(found), *_reclaim_rows(found)]
    rows.sort(key=lambda row: (row[0] is None, -(row[0] or 0), row[1]))
    show_table(
        (Column("Title"), Column("Seats", right=True), Column("Worth", right=True), Column("Why"), Column("For")),
        [row[1:] for row in rows],
        title=f"Seats to take back on {found.on}",
        empty="no seat could be taken back, by what is known",
    )
    say()
    for line in _remarks(found):
        say(line)
    if devices:
        for line in _opened(found):
            say(line)


Row = tuple[int | None, str, str, str, str, str]
"""What it is worth in cents, and the cells."""


def _idle_rows(found: "Harvest") -> Iterator[Row]:
    from cli.output import count

    for one in found.idle:
        name = found.names.get(one.product, one.product)
        if one.idle:
            where = Counter(found.devices[id_].lab or "no lab" for id_ in one.idle)
            held = "" if len(one.held) == len(one.idle) else f", {len(one.held):,} of them hold a seat"
            why = f"{count(len(one.idle), 'idle install')}{held}: {_counted(where)}"
            yield _row(name, one.seats, one.price, why, _for(one.freed, one.spare))
        for shelf in one.shelf:
            why = f"nobody has or needs them, {_reach(shelf)}"
            yield _row(name, shelf.seats, shelf.price, why, _elsewhere(shelf))


def _slack_rows(found: "Harvest") -> Iterator[Row]:
    from cli.output import count

    for one in found.slack:
        name = found.names.get(one.product, one.product)
        polls = f"{count(one.polls, 'poll')} in {one.days} days"
        if one.spare is None:
            yield _row(name, None, one.price, f"use not known ({polls})", "")
        elif one.spare:
            most = f", {one.at_once} students at once by the timetable" if one.at_once is not None else ""
            why = f"peak {one.peak} of {one.issued}{most} ({polls})"
            yield _row(name, one.spare, one.price, why, "nobody waits")


def _reclaim_rows(found: "Harvest") -> Iterator[Row]:
    for one in found.reclaim:
        if not one.most:
            continue
        few, many = one.people
        need = f"{few}–{many}" if few != many else f"{many}"
        active = "" if one.report.active is None else f", {one.report.active} of them active"
        why = f"{one.report.assigned} assigned on {one.report.on}{active}; {need} students need one"
        if one.ended:
            ended = Counter({f"{each.course}-{each.code} {each.end}": each.headcount for each in one.ended})
            why += f"; ended: {_counted(ended)}"
        spare = one.most - sum(want.seats for want in one.freed)
        name = found.names.get(one.product, one.product)
        yield _row(name, one.most, one.price, why, _for(one.freed, spare), least=one.least)


def _row(
    name: str, seats: int | None, price: "SeatPrice | None", why: str, whom: str, *, least: int | None = None
) -> Row:
    from cli.output import money

    shown = "?" if seats is None else f"up to {seats:,}" if least is not None and least < seats else f"{seats:,}"
    if seats is None or price is None:
        return None, name, shown, "price not known" if price is None else "", why, whom
    low, high = price.times(seats).low, price.times(seats).high
    worth = money(high) if low == high else f"{money(low)} to {money(high)}"
    return high, name, shown, worth, why, whom


def _for(freed: "Sequence[Want]", spare: int) -> str:
    said = [f"{want.who} {want.seats:,}{f' (from {want.since})' if want.since else ''}" for want in freed[:LISTED]]
    if more := freed[LISTED:]:
        said.append(f"{len(more)} more: {sum(want.seats for want in more):,}")
    if spare and said:
        said.append(f"{spare:,} for nobody")
    return ", ".join(said) or ("nobody waits" if spare else "")


def _elsewhere(shelf: "Shelf") -> str:
    if not shelf.elsewhere:
        return "nobody waits"
    verb = "waits" if shelf.elsewhere == 1 else "wait"
    widen = "not for CTE only" if shelf.pool.cte_only and shelf.pool.scope.name == "" else "a wider scope"
    return f"{shelf.elsewhere:,} {verb} outside it: ask for {widen}"


def _reach(shelf: "Shelf") -> str:
    return f"{shelf.pool.scope}{', for CTE only' if shelf.pool.cte_only else ''}"


def _counted(counts: "Counter[str]") -> str:
    said = [f"{name} {number:,}" for name, number in sorted(counts.items())]
    more = [f"{len(said) - LISTED} more"] if len(said) > LISTED else []
    return ", ".join([*said[:LISTED], *more])


def _remarks(found: "Harvest") -> Iterator[str]:
    if found.idle:
        yield (
            "Idle: installed, and neither needed nor wanted there. Whether it is opened is not known: agents do not "
            "report use yet"
        )
    for product in found.unmetered:
        yield f"{_name(found, product)}: use not known, no licence server counted it in the last {found.days} days"
    for product in found.unreported:
        yield f"{_name(found, product)}: use not known, no report of its vendor is on record"
    for one in found.reclaim:
        if one.most and (one.report.on < found.on):
            name = _name(found, one.product)
            yield f"{name}: as {one.report.source} said on {one.report.on}; teachers are not counted"
    for advice in found.advice:
        yield f"{advice.text} ({advice.mark})"


def _name(found: "Harvest", product: str) -> str:
    return found.names.get(product, product)


def _opened(found: "Harvest") -> Iterator[str]:
    for one in found.idle:
        if one.idle:
            yield ""
            yield f"{_name(found, one.product)}: idle ({len(one.idle):,})"
            for device in _ordered(found, one.idle):
                station = "spare" if device.station is None else f"station {device.station}"
                holds = "holds a seat" if device.device_id in one.held else ""
                yield f"  {device.lab or 'no lab':<14} {station:<11} {device.name:<20} {holds}".rstrip()


def _ordered(found: "Harvest", devices: Iterable[int]) -> Sequence[Any]:
    return sorted((found.devices[id_] for id_ in devices), key=lambda one: (one.lab, one.station or 0, one.name))


def document(found: "Harvest") -> dict[str, Any]:
    """The harvest as JSON; what is not known is `null`."""
    return {
        "on": found.on,
        "days": found.days,
        "idle": [_idle(found, one) for one in found.idle],
        "concurrent": [_slack(found, one) for one in found.slack],
        "named_user": [_reclaim(found, one) for one in found.reclaim],
        "use_not_known": {"concurrent": found.unmetered, "named_user": found.unreported},
        "advice": found.advice,
    }


def _idle(found: "Harvest", one: "IdleSeats") -> dict[str, Any]:
    return {
        "product": one.product,
        "name": _name(found, one.product),
        "idle": len(one.idle),
        "seats": one.seats,
        "seat_cents": one.price,
        "for": one.freed,
        "for_nobody": one.spare,
        "left_over": [
            {
                "scope": str(each.pool.scope),
                "cte_only": each.pool.cte_only,
                "seats": each.seats,
                "wait_elsewhere": each.elsewhere,
                "seat_cents": each.price,
            }
            for each in one.shelf
        ],
        "devices": _ordered(found, one.idle),
        "holding": [each.device_id for each in _ordered(found, one.held)],
        "used": None,
    }


def _slack(found: "Harvest", one: "Slack") -> dict[str, Any]:
    return {
        "product": one.product,
        "name": _name(found, one.product),
        "issued": one.issued,
        "peak": one.peak,
        "at": one.at,
        "denied": one.denied,
        "polls": one.polls,
        "students_at_once": one.at_once,
        "seats": one.spare,
        "seat_cents": one.price,
    }


def _reclaim(found: "Harvest", one: "Reclaim") -> dict[str, Any]:
    return {
        "product": one.product,
        "name": _name(found, one.product),
        "report": one.report,
        "students_least": one.people[0],
        "students_most": one.people[1],
        "seats_least": one.least,
        "seats_most": one.most,
        "ended": [
            {
                "course": each.course,
                "section": each.code,
                "site": each.site,
                "end": each.end,
                "students": each.headcount,
            }
            for each in one.ended
        ],
        "for": one.freed,
        "seat_cents": one.price,
    }
