"""`labfleet license activation`: which labs wake up without their activated titles after a time without class."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Json, day_on

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.horizon import Activations
    from licenses.activation import Activation, OfflineRule, Recess

RENEWING = {
    "sign_in": "sign in",
    "online": "let it go online",
    "server": "reach the licence server",
}


def activation(
    context: typer.Context,
    last: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="The last day with class; else by sections."),
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="The first day with class again."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the titles that last.")] = False,
    as_json: Json = False,
) -> None:
    """Show which labs lose activated titles while they stand dark, by each vendor's rule for working offline.

    A lab is dark between the last of its sections and the first of the next term. A device that is heard from counts
    from its last day of class, a silent one from its last word.

    Example: `labfleet license activation --to 2027-08-16`
    """
    from cli.output import show_json
    from fleet.answers.horizon import activations
    from fleet.district import district_session

    if last is not None and first is not None and first <= last:
        raise typer.BadParameter("--to must be after --from")
    options = settings(context)
    days = [None if day is None else day_on(day, options.now()) for day in (last, first)]
    with district_session(options) as session:
        found = activations(session, options, last=days[0], first=days[1])
    if as_json:
        show_json(document(found))
    else:
        show(found, everything=everything)


def show(found: "Activations", *, everything: bool = False) -> None:
    """Print what does not surely last, lab by lab; then by which rules, and what is not known."""
    from cli.output import Column, count, say, show_table
    from licenses.activation import Lasts

    shown = [one for one in found.found if everything or one.lasts is not Lasts.YES]
    show_table(
        (
            Column("Lab", whole=True),
            Column("Without class", whole=True),
            Column("Works until", whole=True),
            Column("Titles"),
            Column("Next term"),
            Column("What to do"),
        ),
        [_line(found, list(alike)) for _, alike in groupby(sorted(shown, key=_key), key=_key)],
        title=f"Activation of titles in labs without class, as of {found.on}",
        empty="every activated title lasts" if found.found else "no activated title is known to stand dark",
    )
    say()
    if left := len(found.found) - len(shown):
        say(f"{count(left, 'title')} in labs last over it: --all shows them")
    for line in _remarks(found, shown):
        say(line)


def _key(one: "Activation") -> tuple[Any, ...]:
    return (
        one.lab,
        one.recess.last,
        str(one.recess.first or ""),
        str(one.sure_until or ""),
        _then(one)[1],
        _to_do(one),
    )


def _line(found: "Activations", alike: "list[Activation]") -> tuple[Any, ...]:
    from cli.output import day, state

    one = alike[0]
    names = ", ".join(sorted(found.names.get(each.title, each.title) for each in alike))
    return (one.lab, _recess(one.recess), day(one.sure_until) or "?", names, state(*_then(one)), _to_do(one))


def _recess(recess: "Recess") -> str:
    return f"{recess.last} – {recess.first or '?'}"


def _then(one: "Activation") -> tuple[Any, str]:
    """How it stands on the first day of the next term, in words."""
    from cli.output import State, count

    if one.ending:
        return State.NO, f"ended by then on {count(len(one.ending), 'device')}"
    if not one.open:
        return State.YES, f"lasts on {count(len(one.lasting), 'device')}"
    devices = count(len(one.open), "device")
    if one.unruled:
        return State.UNKNOWN, f"no rule for seats by {', '.join(metric.words for metric in one.unruled)}"
    if one.never == one.open:
        return State.UNKNOWN, f"{devices} never heard"
    if one.recess.first is None:
        return State.UNKNOWN, "next term not known"
    silent = " silent" if one.silent == one.open else ""
    return State.UNKNOWN, f"not known on {devices}{silent}"


def _to_do(one: "Activation") -> str:
    rules = tuple(dict.fromkeys(RENEWING[rule.renews.value] for rule in one.rules if rule.wears_off))
    if one.switch_on is None or not rules:
        return ""
    first, last = one.switch_on
    when = f"on {first}" if first == last else f"{first} or later"
    return f"switch on {when}, {' and '.join(rules)}"


def _remarks(found: "Activations", shown: "list[Activation]") -> Iterator[str]:
    rules: dict[str, OfflineRule] = {rule.id: rule for one in shown for rule in one.rules}
    for _, rule in sorted(rules.items()):
        counted = ", ".join(metric.words for metric in sorted(rule.metrics))
        yield f"{rule.publisher} by {counted}: {_limit(rule)}{f'; {rule.note}' if rule.note else ''} ({rule.mark})"
    if any(one.recess.first is None for one in shown):
        yield "The first day of the next term is not known from sections: --to says it"
    if found.undated:
        yield f"No section is known in {', '.join(found.undated)}: --from and --to say when they are dark"
    if found.unruled:
        names = ", ".join(sorted(found.names.get(title, title) for title in found.unruled))
        yield f"How long they work offline is not on file, so not known: {names}"


def _limit(rule: "OfflineRule") -> str:
    from cli.output import count

    if rule.days is None:
        return "asks for no network again"
    if not rule.days:
        return "asks at each start, keeps nothing that a dark lab could lose"
    more = f", at most {rule.most_days}" if rule.most_days and rule.most_days > rule.days else ""
    return f"works {count(rule.days, 'day')} offline{more}"


def document(found: "Activations") -> dict[str, Any]:
    """The activations as JSON; `lasts` is yes, no or unknown, and devices are by id."""
    return {
        "on": found.on,
        "activations": [
            {
                "lab": one.lab,
                "title": one.title,
                "name": found.names.get(one.title, one.title),
                "last_class": one.recess.last,
                "first_class": one.recess.first,
                "sure_until": one.sure_until,
                "lasts": one.lasts,
                "lasting": list(one.lasting),
                "ended": list(one.ending),
                "not_known": list(one.open),
                "silent": list(one.silent),
                "never_heard": list(one.never),
                "switch_on_from": one.switch_on[0] if one.switch_on else None,
                "switch_on_to": one.switch_on[1] if one.switch_on else None,
                "rules": one.rules,
                "no_rule_for": one.unruled,
            }
            for one in found.found
        ],
        "no_rule": found.unruled,
        "no_section": found.undated,
    }
