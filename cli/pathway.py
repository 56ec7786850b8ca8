"""`labfleet pathway`: what each course of study asks of its labs, where that is written, and how old it is."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Json, On, day_on

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from agents.report import Platform
    from fleet.answers.pathways import PathwayAnswer
    from licenses.pathway import HardwareFloor, Quota, TitleNeed

app = typer.Typer(help="What each pathway asks: courses, exams, titles, hardware, assistive technology.")


@app.command("list")
def list_(context: typer.Context, on: On = None, as_json: Json = False) -> None:
    """List the pathways.

    Example: `labfleet pathway list`
    """
    from cli.output import Column, show_json, show_table
    from fleet.answers.pathways import list_pathways
    from licenses.pathway import Level, Occasion

    options = settings(context)
    answers = list_pathways(options, on=day_on(on, options.now()))
    if as_json:
        show_json([_document(answer) for answer in answers])
        return
    show_table(
        (
            Column("Code", whole=True),
            Column("Pathway"),
            Column("Sector"),
            Column("Systems"),
            Column("Courses", right=True),
            Column("Exams", right=True),
            Column("Titles required", right=True),
            Column("Old rules", right=True),
        ),
        [
            (
                one.pathway.code,
                one.pathway.name,
                one.pathway.sector,
                _systems(one.pathway.platforms),
                len(one.pathway.courses),
                len(one.pathway.certifications),
                sum(need.level is Level.REQUIRED for need in one.pathway.asks(Occasion())),
                sum(one.stale(mark) for mark in one.marks),
            )
            for one in answers
        ],
        empty="there is no pathway",
    )


@app.command()
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A pathway's code or name.")],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Show all that one pathway asks, each rule with its source.

    Example: `labfleet pathway show 152`
    """
    from cli.output import show_json
    from fleet.answers.pathways import show_pathway

    options = settings(context)
    answer = show_pathway(options, code, on=day_on(on, options.now()))
    if as_json:
        show_json(_document(answer))
        return
    _show(answer)


def _document(answer: "PathwayAnswer") -> dict[str, Any]:
    """The pathway with, for each source, whether it is old on the day that was asked for."""
    from cli.output import jsonable

    marks = [{**jsonable(mark), "stale": answer.stale(mark)} for mark in answer.marks]
    return {**jsonable(answer.pathway), "on": jsonable(answer.on), "marks": marks}


def _show(answer: "PathwayAnswer") -> None:
    from cli.output import Column, say, show_fields, show_table

    one = answer.pathway
    sources = _Sources(answer)
    say(f"{one.code} {one.name}", style="bold")
    show_fields((("Sector", one.sector), ("Taught on", _systems(one.platforms)), ("Source", sources.number(one))))
    say()
    show_table(
        (Column("Course", whole=True), Column("Name"), Column("Level")),
        [(course.code, course.name, course.level) for course in one.courses],
        empty="no courses",
    )
    say()
    show_table(
        (
            Column("Id", whole=True),
            Column("Exam"),
            Column("Issuer"),
            Column("Delivered by"),
            Column("Source", whole=True),
        ),
        [(exam.id, exam.name, exam.issuer, exam.delivery, sources.number(exam)) for exam in one.certifications],
        empty="no exams",
    )
    say()
    show_table(
        (Column("Title"), Column("Releases"), Column("Asked"), Column("Why"), Column("Source", whole=True)),
        [
            (_titles(need, answer), _releases(need, answer), _asked(need), need.why, sources.number(need))
            for need in one.needs
        ],
        empty="no titles",
    )
    say()
    show_table(
        (Column("Hardware"), Column("At least"), Column("Better")),
        [
            *_hardware(one.floor, one.preferred),
            ("why", one.floor.why, one.preferred.why),
            ("source", sources.number(one.floor), sources.number(one.preferred)),
        ],
    )
    say()
    show_table(
        (Column("Assistive technology"), Column("Stations"), Column("Met by"), Column("Source", whole=True)),
        [(quota.name, _stations(quota), _met_by(quota, answer), sources.number(quota)) for quota in one.quotas],
        empty="no quotas",
    )
    say()
    say("Sources", style="bold")
    for line in sources.lines():
        say(line)


class _Sources:
    """The sources of a pathway, numbered, so that every rule shows where it comes from and how far to trust it."""

    def __init__(self, answer: "PathwayAnswer") -> None:
        self._answer = answer
        self._numbers = {mark: number for number, mark in enumerate(answer.marks, start=1)}

    def number(self, rule: Any) -> str:
        mark = rule.mark
        return f"[{self._numbers[mark]}]" + " unverified" * (not mark.verified) + " old" * self._answer.stale(mark)

    def lines(self) -> Iterable[str]:
        for mark, number in self._numbers.items():
            old = "; too old to be sure of" if self._answer.stale(mark) else ""
            yield f"[{number}] {mark}{old}"


def _titles(need: "TitleNeed", answer: "PathwayAnswer") -> str:
    return " or ".join(answer.names.get(title, title) for title in need.titles)


def _releases(need: "TitleNeed", answer: "PathwayAnswer") -> str:
    ranges = [str(one.versions) for one in need.any_of]
    if len(set(ranges)) == 1:
        return ranges[0]
    return "; ".join(
        f"{answer.names.get(one.title, one.title)} {text}" for one, text in zip(need.any_of, ranges, strict=True)
    )


def _asked(need: "TitleNeed") -> str:
    """`required`, `recommended in 113C`, `required for exam acu-revit`, `required on the web`."""
    from licenses.pathway import Kind, Purpose

    words: list[str] = [need.level]
    if need.purpose is Purpose.EXAM:
        words.append(f"for exam {', '.join(need.certifications)}" if need.certifications else "for every exam")
    if need.kind is Kind.WEB:
        words.append("for each student, on the web")
    if need.courses:
        words.append(f"in {', '.join(need.courses)}")
    if need.platforms:
        words.append(f"on {_systems(need.platforms)}")
    return " ".join(words)


def _hardware(floor: "HardwareFloor", preferred: "HardwareFloor") -> Sequence[tuple[str, str, str]]:
    from cli.output import memory

    def each(part: "HardwareFloor") -> dict[str, str]:
        return {
            "memory": memory(part.memory),
            "processor cores": str(part.cores or ""),
            "clock": f"{part.mhz:,} MHz" if part.mhz else "",
            "graphics memory": memory(part.vram),
            "memory shared with graphics": memory(part.unified_memory),
            "free disk": memory(part.free_disk),
            "disk": " or ".join(sorted(part.disk_kinds)),
            "display": f"{part.display[0]} × {part.display[1]}" if part.display else "",
            "virtualization switched on": "yes" if part.virtualization else "",
        }

    least, better = each(floor), each(preferred)
    return [(name, least[name], better[name]) for name in least if least[name] or better[name]]


def _stations(quota: "Quota") -> str:
    share = f" and {quota.percent} % of the lab" if quota.percent else ""
    return f"{quota.level}: at least {quota.at_least}{share}"


def _met_by(quota: "Quota", answer: "PathwayAnswer") -> str:
    named = [answer.names.get(title, title) for title in quota.titles]
    for tool in quota.built_in:
        since = f" from build {tool.from_build}" if tool.from_build else ""
        named.append(f"{tool.name} ({_system(tool.platform)}{since})")
    if quota.accessible_station:
        named.append("a station marked accessible")
    return ", ".join(named)


def _systems(platforms: Iterable["Platform"]) -> str:
    return " or ".join(sorted(map(_system, platforms)))


def _system(platform: "Platform") -> str:
    from fleet.installed import SYSTEM_NAMES

    return SYSTEM_NAMES[platform]
