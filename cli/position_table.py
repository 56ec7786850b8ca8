"""The positions as the terminal shows them: what is to look at, in words, and every number opened to its devices."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from cli.output import State
    from fleet.answers.positions import Positions, Whereabouts
    from licenses.entitlement import Amount, Entitlement, Seats
    from licenses.reconcile import Position

OPENED = ("needed", "installed", "missing", "idle", "unheard", "uncovered", "over", "last_known")
"""The sets of a position that `--devices` opens."""

SOON = 60
"""Days before its end within which a purchase is worth a look; or more where its notice asks so."""

MEANINGS = {
    "Seats": "seats that run on the day, each within its scope; ? where a metric is not reconciled yet",
    "Needed": "devices whose station must have it for a pathway of its lab; for web titles, students",
    "Installed": "devices that surely have it, by a fresh report",
    "short": 'needed by devices that no seat reaches; "up to" where seats that are not reconciled yet may do',
    "missing": "needed, and surely not installed",
    "unheard": "needed, and not known: no fresh, complete report",
    "over": "on devices, by their last report, beyond what the seats reach",
    "idle": "installed, and neither needed nor wanted where the device stands",
    "unused": "seats within whose scope no device needs it or has it",
    "ends": f"the last day of some seats: within {SOON} days, or within the notice for their renewal",
}
"""Each column and each word of the table of positions, in one sentence."""


def show_positions(found: "Positions", *, devices: bool, alone: bool, everything: bool) -> None:
    from cli.output import Column, count, say, show_table

    looked = [(one, _look(one, found.on)) for one in sorted(found.positions, key=_worst_first)]
    shown = [(one, look) for one, look in looked if look or alone or everything]
    show_table(
        (
            Column("Title"),
            Column("Seats", right=True),
            Column("Needed", right=True),
            Column("Installed", right=True),
            Column("To look at"),
        ),
        [_line(found, one, look) for one, look in shown],
        title=f"Licence positions on {found.on}",
        empty="nothing of it is needed or bought, and nothing that must be bought is installed"
        if not looked
        else "every title is in order",
    )
    if not looked:
        return
    if left := len(looked) - len(shown):
        say(f"{count(left, 'more title')} in order: --all shows them" if shown else f"{left}: --all shows them")
    if shown:
        say()
        said = " ".join(text for _, look in shown for text in look)
        for word, meaning in MEANINGS.items():
            if word[0].isupper() or re.search(rf"\b{word}\b", said):
                say(f"  {word:<9}  {meaning}")
    if not devices:
        say("`labfleet license position --title TITLE --devices` opens every number to its devices")
    for one, _ in shown if alone or devices else ():
        for line in _reasons(found, one):
            say(line)
        if devices:
            for line in _opened(found, one):
                say(line)


def _worst_first(one: "Position") -> tuple[int, bool, int]:
    """What is wrong before what is not known; what is short before what is not; then the most devices."""
    from cli.output import State

    place = {State.NO: 0, State.UNKNOWN: 1, None: 2}[_state_of(one)]
    covered = _goes_by_suite(one) or one.short == 0
    return (place, covered, -len(one.over | one.missing | one.uncovered))


def _state_of(one: "Position") -> "State | None":
    """No where something is surely wrong, unknown where something is not known, nothing where it is in order."""
    from cli.output import State

    by_suite = _goes_by_suite(one)
    over = isinstance(one.over_installed, int) and one.over
    if one.missing or (not by_suite and (over or one.enough is False)):
        return State.NO
    open_ = one.unheard or any(not bought.reconciled for bought in one.running)
    return State.UNKNOWN if open_ or (not by_suite and (one.enough is None or one.over)) else None


def _goes_by_suite(one: "Position") -> bool:
    """Whether all its seats are a suite's: what is short or over is so there, and is said once, in that row."""
    return bool(one.shares) and not one.running


def _look(one: "Position", on: date) -> tuple[str, ...]:
    """What there is to look at, in words; nothing where the title is in order."""
    return (*_short_or_over(one), *_where_installed(one), *_for_nothing(one), *_ending(one, on))


def _short_or_over(one: "Position") -> Iterator[str]:
    if not _goes_by_suite(one):
        said = [f"{_amount(one.short)} short"] if one.short != 0 else []
        said += [f"{_amount(one.over_installed)} over"] if one.over else []
        yield from said
        if said and not one.running:
            yield from (note for note in one.notes if note.endswith("no longer counted"))
    if open_ := sorted({bought.metric.words for bought in one.running if not bought.reconciled}):
        yield f"seats counted by {', '.join(open_)} are not reconciled yet"


def _where_installed(one: "Position") -> Iterator[str]:
    if one.missing:
        yield f"{len(one.missing):,} missing"
    if one.unheard:
        yield f"{len(one.unheard):,} unheard"


def _for_nothing(one: "Position") -> Iterator[str]:
    """What is paid for, seat by seat, and serves nobody."""
    from cli.output import money

    paid = [bought for bought in one.running if bought.quantity and bought.cost_cents and bought.reconciled]
    said = [f"{len(one.idle):,} idle"] if one.idle else []
    said += [f"{one.unused:,} unused"] if one.unused else []
    if paid and said:
        seats = sum(bought.quantity or 0 for bought in paid)
        cost = money(sum(bought.cost_cents or 0 for bought in paid))
        yield f"{' and '.join(said)} ({seats:,} seats cost {cost})"


def _ending(one: "Position", on: date) -> Iterator[str]:
    """Until when it may be used, where that is soon, or the notice for its renewal is due."""
    for end in sorted({bought.end for bought in one.running if bought.end is not None}):
        notice = max((bought.notice_days or 0 for bought in one.running if bought.end == end), default=0)
        if (end - on).days <= max(notice, SOON):
            yield f"ends {end}"


def _line(found: "Positions", one: "Position", look: Sequence[str]) -> Sequence[Any]:
    from cli.output import state

    text: Any = "; ".join(look) or ("" if one.terms else "terms not known")
    if look and (found_state := _state_of(one)) is not None:
        text = state(found_state, text)
    name = found.names.get(one.title, one.title)
    return (
        f"suite {name}" if one.suite else name,
        _seats(one),
        one.students or len(one.needed),
        len(one.installed),
        text,
    )


def _reasons(found: "Positions", one: "Position") -> Iterator[str]:
    yield ""
    yield f"{found.names.get(one.title, one.title)}"
    if not one.terms:
        remark = found.remarks.get(one.title, "nothing on record says whether it must be bought")
        yield f"  terms     not known: {remark}"
    for bought in one.running:
        seats = "unlimited" if bought.quantity is None else f"{bought.quantity:,} seats"
        end = "perpetual" if bought.end is None else f"until {bought.end}"
        yield (
            f"  entitled  {seats} by {bought.metric.words}, {bought.scope}, {end}"
            + (f", {bought.purchase_order}" if bought.purchase_order else "")
            + ("" if bought.reconciled else ": not reconciled yet")
        )
    for share in one.shares:
        name = found.names.get(share.suite, share.suite)
        yield f"  shared    with suite {name}: {_most(share.most)}"
    for other in (bought for bought in one.unreconciled if bought not in one.running):
        yield f"  open      {other.quantity} seats of {other.product} by {other.metric.words}: not reconciled yet"
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


def _seats(one: "Position") -> str | int:
    from licenses.entitlement import NotReconciled
    from licenses.metrics import Metric

    seats = one.entitled
    if seats is None:
        return "free" if one.metrics == (Metric.FREE,) else "unlimited"
    if isinstance(seats, NotReconciled):
        counted = sum(bought.quantity or 0 for bought in one.running if not bought.reconciled)
        return f"{seats.counted:,} + {counted:,} ?" if seats.counted else f"{counted:,} ?"
    return "by suite" if one.shares and not one.running else seats if one.terms else ""


def _amount(amount: "Amount") -> str:
    return f"{amount:,}" if isinstance(amount, int) else f"up to {amount.counted:,}"


def _most(amount: "Amount") -> str:
    if isinstance(amount, int):
        return f"up to {amount:,} more"
    return f"up to {amount.counted:,} more, and seats that are not reconciled yet"


def purchase(one: "Entitlement") -> dict[str, Any]:
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


def document(found: "Positions", *, devices: bool) -> dict[str, Any]:
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
        "unused": one.unused,
        "terms_known": one.terms,
        "enough": one.enough,
        "shares": [{"suite": share.suite, "at_most": most(share.most)} for share in one.shares],
        "running": [purchase(bought) for bought in one.running],
        "unreconciled": [purchase(bought) for bought in one.unreconciled],
        "rules": one.rules,
        "notes": one.notes,
    }
    if devices:
        document["devices"] = {
            name: [found.devices[id_] for id_ in sorted(getattr(one, name))] for name in (*OPENED, "covered")
        }
    return document
