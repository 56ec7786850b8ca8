"""`labfleet lab …`: which labs there are, what stands in them, and whether they are ready."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Check, Exam, Json, On, day_on, sitting

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from datetime import datetime

    from fleet.gap import State as Found
    from fleet.readiness import LabReadiness, QuotaAnswer, StationReadiness

app = typer.Typer(help="Labs: is one ready to teach, or to sit the exam, and if not, what is in the way?")

Said = Annotated[str, typer.Argument(metavar="LAB", help="A lab, such as MUIR/B12, or B12 where one site has it.")]


@app.command()
def template() -> None:
    """Print a list of labs to fill in.

    Example: `labfleet lab template > labs.csv`
    """
    from cli.output import say
    from inventory.place_list import COLUMNS
    from inventory.table_file import template as filled

    for line in filled(COLUMNS).splitlines():
        say(line)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV of labs, one a row.")],
) -> None:
    """Read sites, labs and stations from a CSV; nothing is written unless all of it is right.

    Example: `labfleet lab import labs.csv`
    """
    from cli.license import written
    from cli.output import say
    from fleet.answers.labs import import_labs
    from fleet.district import district_session

    options = settings(context)
    with district_session(options, write=True) as session:
        done = import_labs(session, options, file)
    say(written("lab", done.added, done.changed, done.unchanged))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List labs with their pathways, stations, and how many of their devices were heard lately.

    Example: `labfleet lab list`
    """
    from cli.output import Column, show_json, show_table
    from fleet.answers.labs import list_labs
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        lines = list_labs(session, options)
    if as_json:
        show_json(lines)
        return
    show_table(
        (
            Column("Lab", whole=True),
            Column("Name"),
            Column("Pathways"),
            Column("Stations", right=True),
            Column("Devices", right=True),
            Column("Heard lately", right=True),
        ),
        [
            (one.lab.label, one.lab.name, ", ".join(one.lab.pathways), one.stations, one.devices, one.fresh)
            for one in lines
        ],
        empty="no lab yet; `labfleet lab template` shows how to write them down",
    )


@app.command()
def show(context: typer.Context, lab: Said, as_json: Json = False) -> None:
    """Show what stands in one lab, station by station.

    Example: `labfleet lab show MUIR/B12`
    """
    from cli.output import Column, ago, memory, say, show_fields, show_json, show_table
    from fleet.answers.labs import show_lab
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        answer = show_lab(session, options, lab)
    if as_json:
        show_json(answer)
        return
    found = answer.lab
    show_fields(
        (
            ("Lab", found.label),
            ("Name", found.name),
            ("Site", found.site.name),
            ("Pathways", ", ".join(found.pathways) or "none"),
            ("Spares", ", ".join(device.name for device in answer.spares)),
        )
    )
    say()
    rows = []
    for line in answer.stations:
        device = line.device
        system = device.system if device else None
        hardware = device.hardware if device else None
        rows.append(
            (
                f"{line.station.number}{' accessible' if line.station.accessible else ''}",
                device.name if device else "no device",
                hardware.model if hardware else "",
                memory(hardware.memory) if hardware else "",
                f"{system.name} {system.release}".strip() if system else "",
                ago(device.last_heard, options.now()) if device else "",
            )
        )
    heads = (Column("Station", whole=True), Column("Device", whole=True), Column("Model"))
    more = (Column("Memory", right=True), Column("System"), Column("Heard"))
    show_table((*heads, *more), rows, empty="no station yet")


@app.command()
def ready(
    context: typer.Context,
    lab: Annotated[
        str | None, typer.Argument(metavar="[LAB]", help="A lab, such as MUIR/B12; else all of them.")
    ] = None,
    pathway: Annotated[
        str | None, typer.Option("--pathway", "-p", metavar="CODE", help="Only this pathway, by code or name.")
    ] = None,
    on: On = None,
    exam: Exam = None,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Say whether labs are ready for their students; if not, what is in the way and what to do next.

    Example: `labfleet lab ready MUIR/B12 --on 2027-05-03`
    """
    from cli.output import NOT_READY, say, show_json
    from fleet.answers.readiness import lab_readiness
    from fleet.district import district_session
    from fleet.gap import State

    options = settings(context)
    when = day_on(on, options.now())
    with district_session(options) as session:
        answers = lab_readiness(session, options, lab=lab, pathway=pathway, on=when, exam=sitting(exam))
    if not as_json:
        for line in dict.fromkeys(_not_taught(one) for one in answers if not one.taught):
            say(line)
    if as_json:
        show_json([document(one) for one in answers])
    elif lab is None or exam == "any":
        _overview(answers)
    else:
        for place, one in enumerate(answers):
            if place:
                say()
            _one(one, options.now())
    # What is not known is not ready either.
    if check and any(one.state is not State.READY for one in answers):
        raise typer.Exit(NOT_READY)


def document(answer: "LabReadiness") -> dict[str, Any]:
    """One answer as JSON: every number, and every gap behind it."""
    from cli.output import jsonable

    return {
        "lab": answer.lab.label,
        "pathway": answer.pathway,
        "pathway_name": answer.pathway_name,
        "taught": answer.taught,
        "exam": answer.exam,
        "exam_name": answer.exam_name,
        "on": answer.on,
        "heard_until": answer.heard_until,
        "state": answer.state,
        "sentence": answer.sentence,
        "stations": len(answer.stations),
        "ready": answer.ready,
        "not_ready": answer.not_ready,
        "unknown": answer.unknown,
        "could_be": answer.could_be,
        "students": answer.students,
        "short": answer.short,
        "surely_short": answer.surely_short,
        "rules": answer.rules,
        "unverified_rules": answer.unverified,
        "problem": answer.problem,
        "causes": answer.causes,
        "web_titles": answer.web,
        "quotas": [{**jsonable(quota), "met": quota.met} for quota in answer.quotas],
        "station_answers": answer.stations,
    }


def _overview(answers: Sequence["LabReadiness"]) -> None:
    from cli.output import Column, say, show_table, state

    exam = any(one.exam for one in answers)
    show_table(
        (
            Column("Lab", whole=True),
            *([Column("Exam", whole=True)] if exam else [Column("Pathway", whole=True)]),
            Column("Answer", whole=True),
            Column("Ready", right=True),
            Column("Not", right=True),
            Column("Unknown", right=True),
            Column("Students", right=True),
            Column("Short", right=True),
            Column("First in the way"),
        ),
        [
            (
                one.lab.label,
                one.exam if exam else one.pathway,
                state(_look(one.state)),
                one.ready,
                one.not_ready,
                one.unknown,
                "?" if one.students is None else one.students,
                _short(one),
                first_in_the_way(one),
            )
            for one in answers
        ],
        title=_title(answers),
        empty="no lab to answer for; `labfleet lab list` shows them all",
    )
    if answers:
        say()
        say("`labfleet lab ready LAB` shows what is in the way, station by station, and what to do next.")


def _one(answer: "LabReadiness", now: "datetime") -> None:
    from cli.output import Column, say, show_table, state

    name = f"{answer.lab.label}  {answer.pathway} {answer.pathway_name}".rstrip()
    if answer.exam:
        name += f", exam {answer.exam} {answer.exam_name}".rstrip()
    say(f"{name}, on {answer.on}", style="bold")
    line = state(_look(answer.state))
    line.append(f": {answer.sentence}", style="not bold default")
    say(line)
    for note in _notes(answer, now):
        say(note)
    if answer.causes:
        say()
        show_table(
            (Column("In the way"), Column("Stations"), Column("Sure", whole=True), Column("Next step")),
            [(cause.message, _numbers(cause.stations), _sure(cause), cause.next_step) for cause in answer.causes],
        )
    if answer.web or answer.quotas:
        say()
        for text in _beside(answer):
            say(text)
    if answer.stations:
        say()
        _stations(answer.stations)


def _stations(stations: Sequence["StationReadiness"]) -> None:
    """The stations by what is in their way: labs are imaged alike, so many have the same."""
    from cli.output import Column, say, show_table, state
    from fleet.gap import State

    alike: dict[tuple[State, str], list[StationReadiness]] = {}
    for one in stations:
        alike.setdefault((one.state, "; ".join(map(_gap, one.gaps))), []).append(one)
    if fit := alike.pop((State.READY, ""), []):
        say(f"{'station' if len(fit) == 1 else 'stations'} {_numbers([one.number for one in fit])} ready")
    if alike:
        show_table(
            (Column("Stations"), Column("Device"), Column("Answer", whole=True), Column("Why")),
            [
                (_numbers([one.number for one in same]), _devices(same), state(_look(found)), why)
                for (found, why), same in alike.items()
            ],
        )


def _devices(same: Sequence["StationReadiness"]) -> str:
    from cli.output import count

    names = [one.device for one in same if one.device_id is not None]
    return names[0] if len(names) == 1 else count(len(names), "device") if names else ""


def _gap(gap: Any) -> str:
    doubt = "" if gap.certain else "? "
    return f"{doubt}{gap.message}{f': {gap.found}' if gap.found else ''}"


def _not_taught(answer: "LabReadiness") -> str:
    teaches = ", ".join(answer.lab.pathways) or "no pathway"
    return (
        f"{answer.lab.label} does not teach {answer.pathway}; it teaches {teaches}. What it would take, were it to "
        "teach it (`labfleet lab import` changes what a lab teaches):"
    )


def _notes(answer: "LabReadiness", now: "datetime") -> Iterator[str]:
    if answer.on != now.date():
        yield f"machines as last heard by {now.date()}; licences and end of support as of {answer.on}"
    if answer.unverified:
        yield f"{answer.unverified} of {answer.rules} rules unverified (`labfleet pathway show {answer.pathway}`)"


def _beside(answer: "LabReadiness") -> Iterator[Any]:
    from cli.output import State, state
    from fleet.licensed import Right

    for licence in answer.web:
        look = {Right.COVERED: State.YES, Right.NONE: State.NO}.get(licence.right, State.UNKNOWN)
        word = {State.YES: "licensed", State.NO: "not licensed", State.UNKNOWN: "unknown"}[look]
        yield state(look, f"{word}, for each student on the web: {licence.message or licence.name}")
    for quota in answer.quotas:
        yield _quota(quota)


def _quota(quota: "QuotaAnswer") -> Any:
    from cli.output import State, count, state

    look = {True: State.YES, False: State.NO, None: State.UNKNOWN}[quota.met]
    word = {State.YES: "met", State.NO: "not met", State.UNKNOWN: "unknown"}[look]
    may = f", {quota.may} more not known" if quota.may else ""
    return state(look, f"{word}, {quota.name}: {count(quota.has, 'station')}, {quota.asked} asked{may}")


def _short(answer: "LabReadiness") -> str | int:
    """Students without a station: the least and the most that it may come to."""
    if answer.short is None:
        return "?"
    return answer.short if answer.surely_short == answer.short else f"{answer.surely_short}–{answer.short}"


def first_in_the_way(answer: "LabReadiness") -> str:
    """The one thing to look at first, in few words; empty where nothing is in the way."""
    from fleet.licensed import Right

    if answer.problem or not answer.stations:
        return answer.sentence
    stations = [f"{cause.message} ({len(cause.stations)})" for cause in answer.causes]
    beside = [(one.right is not Right.NONE, one.message) for one in answer.web if one.message]
    beside += [
        (quota.met is not False, f"{quota.name}: {quota.has} of {quota.asked}")
        for quota in answer.quotas
        if quota.met is not True
    ]
    lab = [text for _, text in sorted(beside, key=lambda one: one[0])]
    # Where every student has a station, no station is what keeps the lab from being ready.
    return next(iter([*lab, *stations] if answer.short == 0 else [*stations, *lab]), "")


def _title(answers: Sequence["LabReadiness"]) -> str:
    if not answers:
        return ""
    one = answers[0]
    day = f"On {one.on}"
    if one.on == one.heard_until.date():
        return day
    return f"{day}: machines as last heard by {one.heard_until.date()}"


def _sure(cause: Any) -> str:
    if cause.certain == len(cause.stations):
        return "yes"
    return f"{cause.certain} of {len(cause.stations)}" if cause.certain else "no"


def _numbers(numbers: Sequence[int]) -> str:
    from fleet.gap import numbered

    return numbered(numbers)


def _look(found: "Found") -> Any:
    from cli.output import State
    from fleet.gap import State as Known

    return {Known.READY: State.YES, Known.NOT_READY: State.NO, Known.UNKNOWN: State.UNKNOWN}[found]
