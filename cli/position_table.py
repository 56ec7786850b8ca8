"""The positions as the terminal shows them: what is to look at, in words, and every number opened to its devices."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from cli.position_document import OPENED

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from cli.output import State
    from fleet.answers.positions import Positions, Span
    from inventory.roll import Whereabouts
    from licenses.amount import Amount
    from licenses.position import Position, Reckoning

SOON = 60
"""Days before its end within which a purchase is worth a look; or more where its notice asks so."""

MEANINGS = {
    "Seats": "seats that run on the day, each within its scope",
    "Needed": "what its seats count: devices, people at once, or persons; 28–56 where the number is not known",
    "Installed": "devices that surely have it, by a fresh report",
    "short": 'seats that are not there for those who need one; "0–28 short": whether any is lacking is not known',
    "missing": "needed at devices, and surely not installed",
    "unheard": "needed at devices, and not known: no fresh, complete report",
    "over": "on devices, by their last report, beyond what the seats reach",
    "outside": "on devices in a release that no purchase allows",
    "assigned": "held by persons, by the vendor's own report",
    "idle": "installed, and neither needed nor wanted where the device stands",
    "unused": "seats that nobody can take who needs it or has it",
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
    if one.missing or one.outside or one.over_assigned or (not by_suite and (one.over or one.enough is False)):
        return State.NO
    return State.UNKNOWN if one.unheard or (not by_suite and one.enough is None) else None


def _goes_by_suite(one: "Position") -> bool:
    """Whether all its seats are a suite's: what is short or over is so there, and is said once, in that row."""
    return bool(one.shares) and not one.running


def _look(one: "Position", on: date) -> tuple[str, ...]:
    """What there is to look at, in words; nothing where the title is in order."""
    return (*_short_or_over(one), *_where_installed(one), *_for_nothing(one), *_ending(one, on))


def _short_or_over(one: "Position") -> Iterator[str]:
    if not _goes_by_suite(one):
        said = [f"{_amount(one.short)} short"] if one.short != 0 else []
        said += [f"{one.over_installed:,} over"] if one.over else []
        yield from said
        if said and not one.running:
            yield from (note for note in one.notes if note.endswith("no longer counted"))
    if one.over_assigned and one.assigned:
        yield f"{one.assigned.assigned:,} assigned, {one.over_assigned:,} more than bought"
    if one.outside:
        yield f"{len(one.outside):,} outside ({', '.join(sorted(one.outside_releases))})"


def _where_installed(one: "Position") -> Iterator[str]:
    if one.missing:
        yield f"{len(one.missing):,} missing"
    if one.unheard:
        yield f"{len(one.unheard):,} unheard"


def _for_nothing(one: "Position") -> Iterator[str]:
    """What is paid for, seat by seat, and serves nobody."""
    from cli.output import money

    paid = [bought for bought in one.running if bought.quantity and bought.cost_cents]
    said = [f"{len(one.idle):,} idle"] if one.idle else []
    said += [f"{_amount(one.unused)} unused"] if one.unused else []
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
        _needed(one),
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
        )
    for reckoning in one.reckonings:
        yield f"  {reckoning.metric.words:<9} {_reckoned(reckoning)}"
    if one.people is not None:
        at = f", the most in period {one.time}" if one.time else ""
        yield f"  people    {_amount(one.people)}; at once {_amount(one.at_once or 0)}{at}"
    if one.allocated is not None:
        yield f"  allocated {one.allocated:,} seats"
    if one.used is not None and one.used.in_use is not None:
        yield f"  used      {one.used.in_use:,} at once at most, {one.used.at:%Y-%m-%d %H:%M} UTC, by {one.used.source}"
    if one.assigned is not None:
        yield f"  assigned  {one.assigned.assigned:,} persons on {one.assigned.on}, by {one.assigned.source}"
    for level, devices in one.levels.items():
        yield f"  evidence  {len(devices):,} installs: {level.value.replace('_', ' ')}"
    for share in one.shares:
        name = found.names.get(share.suite, share.suite)
        persons = " and seats of persons" if share.persons else ""
        yield f"  shared    with suite {name}: up to {share.most:,} more devices{persons}"
    for rule in one.rules:
        yield f"  rule      {rule}"
    for note in one.notes:
        yield f"  note      {note}"


def _opened(found: "Positions", one: "Position") -> Iterator[str]:
    if one.audiences:
        yield f"  sections and labs ({len(one.audiences):,})"
        for audience in one.audiences:
            people = "people not known" if audience.people is None else f"{audience.people:,} students"
            period = f", period {', '.join(sorted(audience.periods))}" if audience.periods else ""
            yield f"    {audience.label:<26} {people}{period}"
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
    from licenses.metrics import Metric

    seats = one.entitled
    if seats is None:
        return "free" if one.metrics == (Metric.FREE,) else "unlimited"
    return "by suite" if one.shares and not one.running else seats if one.terms else ""


def _needed(one: "Position") -> str | int:
    """What the seats are counted by: devices, people at once, or persons."""
    from licenses.metrics import AT_DEVICES, OF_PERSONS

    if one.people is None:
        return len(one.needed)
    metrics = set(one.metrics)
    if metrics & set(OF_PERSONS) or (one.on_web and not metrics):
        return f"{_amount(one.people)} persons"
    if metrics - AT_DEVICES or one.on_web:
        return f"{_amount(one.at_once or 0)} at once"
    return len(one.needed)


def _reckoned(one: "Reckoning") -> str:
    seats = "unlimited" if one.seats is None else f"{one.seats:,} seats"
    margin = f", and {_amount(one.margin)} more for the margin" if one.margin != 0 else ""
    return f"{_amount(one.asked)} asked{margin}, {seats}, {_amount(one.served)} served"


def _amount(amount: "Amount") -> str:
    if isinstance(amount, int):
        return f"{amount:,}"
    return f"{amount.low:,} or more" if amount.high is None else f"{amount.low:,}–{amount.high:,}"


def show_span(found: "Span") -> None:
    """The worst day of each title that is not surely enough all the time."""
    from cli.output import Column, State, say, show_table, state

    bad = [one for one in found.worst if one.position.enough is not True and not _goes_by_suite(one.position)]
    show_table(
        (Column("Title"), Column("Worst day", whole=True), Column("Needed", right=True), Column("Short")),
        [
            (
                found.names.get(one.position.title, one.position.title),
                str(one.on),
                _needed(one.position),
                state(
                    State.NO if one.position.enough is False else State.UNKNOWN,
                    f"{_amount(one.position.short)} short"
                    + "".join(f"; from {first} to {last}" for first, last in one.short),
                ),
            )
            for one in bad
        ],
        title=f"Licence positions from {found.start} to {found.end}",
        empty="every title is enough on every day",
    )
    say(f"asked on the {len(found.days)} days on which a purchase or a section begins or is over")
