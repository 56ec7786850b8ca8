"""Options that many verbs share, so that they are spelled and explained alike."""

from datetime import date, datetime
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Check = Annotated[bool, typer.Option("--check", help='Exit status 3 when the answer is "not ready" or "short".')]
Exam = Annotated[
    str | None,
    typer.Option("--exam", metavar="ID", help="For an exam instead of a class: a certification's id, or `any`."),
]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="Ask for this day (2027-05-03); else for today."),
]

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def day_on(chosen: datetime | None, now: datetime) -> date:
    """The day that `--on` means. Raises BadParameter for one so far off that no term or span around it makes sense."""
    day = (chosen or now).date()
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise typer.BadParameter(f"{day} is not in this age; check the year")
    return day


def sitting(exam: str | None) -> str | None:
    """The exam that `--exam` means: a certification's id, "" for any of them, none for a class."""
    return "" if exam == "any" else exam
