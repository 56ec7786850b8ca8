"""Options that many verbs share, so that they are spelled and explained alike."""

from datetime import date, datetime
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Check = Annotated[bool, typer.Option("--check", help='Exit status 3 when the answer is "not ready" or "short".')]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="Ask for this day (2027-05-03); else for today."),
]


def day_on(chosen: datetime | None, now: datetime) -> date:
    """The day that `--on` means."""
    return (chosen or now).date()
