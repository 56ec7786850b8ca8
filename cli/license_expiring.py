"""`labfleet license expiring`: what ends within a window, until when to give notice, and who would lose it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Exam, Json, On, day_on, sitting

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.horizon import Expiring
    from licenses.horizon import Ending


def expiring(
    context: typer.Context,
    on: On = None,
    before: Annotated[
        datetime | None,
        typer.Option("--before", formats=["%Y-%m-%d"], metavar="DATE", help="Up to this day; else a year ahead."),
    ] = None,
    exam: Exam = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 3 when anything ends that is needed and not taken over.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what ends: licences, maintenance, and education terms; with who loses it and what takes over.

    The last day counts as a day of use. Notice is due by its end less the days that the purchase asks for.

    Example: `labfleet license expiring --before 2027-06-30`
    """
    from cli.output import NOT_READY, show_json
    from fleet.answers.horizon import expiring as ends
    from fleet.district import district_session
    from licenses.horizon import Outcome

    options = settings(context)
    when = day_on(on, options.now())
    if before is not None and before.date() < when:
        raise typer.BadParameter(f"--before {before.date()} is before {when}, the day that is asked from")
    with district_session(options) as session:
        found = ends(
            session,
            options,
            on=when,
            before=before.date() if before else None,
            exam=sitting(exam),
        )
    if as_json:
        show_json(document(found))
    else:
        show(found)
    if check and any(one.outcome in {Outcome.LOST, Outcome.UNKNOWN} for one in found.endings):
        raise typer.Exit(NOT_READY)


def show(found: "Expiring") -> None:
    """Print what ends, the first first; then what the words mean."""
    from cli.output import Column, money, say, show_table
    from licenses.horizon import Outcome

    show_table(
        (
            Column("Last day", whole=True),
            Column("Notice by", whole=True),
            Column("Title"),
            Column("Seats", right=True),
            Column("The day after"),
            Column("To renew", right=True),
        ),
        [
            (
                _dated(one.day, found.on, one.urgent(found.on) and one.outcome is Outcome.LOST),
                _notice(one, found.on),
                f"{found.names.get(one.entitlement.product, one.entitlement.product)}{_kind(one)}",
                "unlimited" if one.entitlement.quantity is None else one.entitlement.quantity,
                _after(one),
                "price not known" if one.renewal_cents is None else money(one.renewal_cents),
            )
            for one in found.endings
        ],
        title=f"What ends from {found.on} to {found.before}",
        empty="nothing on record ends in that time",
    )
    if not found.endings:
        return
    lost = [one for one in found.endings if one.outcome is Outcome.LOST]
    costs = [one.renewal_cents for one in lost]
    say()
    unpriced = f", {costs.count(None)} without a price" if None in costs else ""
    say(
        f"{len(found.endings):,} end, {len(lost):,} of them are needed and not taken over: to renew those costs "
        f"{money(sum(cents or 0 for cents in costs))} at the last prices{unpriced}"
    )
    for line in _remarks(found):
        say(line)


def _dated(day: date, on: date, urgent: bool) -> Any:
    from cli.output import State, state

    return state(State.NO, str(day)) if urgent and day >= on else str(day)


def _notice(one: "Ending", on: date) -> Any:
    """The last day to give notice; in red when it is past or within two weeks, unless the purchase is renewed."""
    from cli.output import State, state
    from licenses.horizon import SOON

    if one.notice_by is None:
        return ""
    if one.renewed or one.notice_by - on > SOON:
        return str(one.notice_by)
    return state(State.NO, f"{one.notice_by}{' past' if one.late(on) else ''}")


def _kind(one: "Ending") -> str:
    from licenses.entitlement import Reach
    from licenses.horizon import What
    from licenses.metrics import Metric

    where = "" if one.entitlement.scope.reach is Reach.DISTRICT else f", {one.entitlement.scope}"
    if one.what is What.MAINTENANCE:
        return f"{where}: its maintenance"
    if one.what is What.EDUCATION:
        return f"{where}: its education term"
    return f"{where}: free" if one.entitlement.metric is Metric.FREE else where


def _after(one: "Ending") -> Any:
    from cli.output import State, state
    from licenses.horizon import Outcome, What

    if one.what is What.MAINTENANCE:
        return "newer releases no longer come with it"
    if one.outcome is Outcome.TAKEN_OVER:
        by = ", ".join(dict.fromkeys(heir.purchase_order or str(heir.start) for heir in one.by))
        return state(State.YES, f"taken over by {by}")
    if one.outcome is Outcome.NOBODY_LOSES:
        return "no need known"
    said = "; ".join(_losses(one))
    return state(State.NO if one.outcome is Outcome.LOST else State.UNKNOWN, said)


def _losses(one: "Ending") -> Iterator[str]:
    from cli.output import count

    if one.taken_over:
        yield f"only {one.taken_over:,} taken over"
    if one.cut:
        students = sum(section.headcount for section in one.cut)
        yield f"in the middle of {count(len(one.cut), 'section')} ({count(students, 'student')})"
    if one.coming:
        students = sum(section.headcount for section in one.coming)
        yield f"{count(len(one.coming), 'section')} to come ({count(students, 'student')})"
    if one.stations:
        yield f"{count(len(one.stations), 'station')} lose it" if len(one.stations) > 1 else "1 station loses it"
    if one.cut and one.exams:
        yield f"and {count(len(one.exams), 'exam')}"
    if one.resumes:
        yield f"bought again only from {one.resumes}"


def _remarks(found: "Expiring") -> Iterator[str]:
    from licenses.horizon import What

    exams = dict.fromkeys(name for one in found.endings if one.cut for name in one.exams)
    if exams:
        yield f"Exams that ask for what ends in the middle of a term: {', '.join(exams)}"
    for mark in dict.fromkeys(one.mark for one in found.endings if one.mark):
        yield f"Education terms by {mark}"
    if any(one.what is What.TERM and one.notice_by is None for one in found.endings):
        yield "Where no notice is shown, the purchase does not say when it is due"


def document(found: "Expiring") -> dict[str, Any]:
    """What ends as JSON; a price that is not on record is `null`."""
    return {"on": found.on, "before": found.before, "endings": [_ending(found, one) for one in found.endings]}


def _ending(found: "Expiring", one: "Ending") -> dict[str, Any]:
    from cli.position_document import purchase

    def sections(which: Any) -> list[dict[str, Any]]:
        return [
            {
                "site": each.site,
                "lab": each.lab,
                "pathway": each.pathway,
                "course": each.course,
                "section": each.code,
                "start": each.start,
                "end": each.end,
                "students": each.headcount,
            }
            for each in which
        ]

    return {
        "product": one.entitlement.product,
        "name": found.names.get(one.entitlement.product, one.entitlement.product),
        "what": one.what,
        "last_day": one.day,
        "notice_by": one.notice_by,
        "notice_past": one.late(found.on),
        "urgent": one.urgent(found.on),
        "outcome": one.outcome,
        "taken_over": "unlimited" if one.taken_over is None else one.taken_over,
        "taken_over_by": [purchase(each) for each in one.by],
        "resumes": one.resumes,
        "cut": sections(one.cut),
        "coming": sections(one.coming),
        "stations": [{"device_id": id_, "lab": found.labs.get(id_, "")} for id_ in one.stations],
        "exams": one.exams,
        "renewal_cents": one.renewal_cents,
        "mark": one.mark,
        "purchase": purchase(one.entitlement),
    }
