"""`labfleet init | serve | status | backup`: the inventory and the service."""

from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.district import settings
from cli.options import Json


def init(context: typer.Context) -> None:
    """Make a district's folder and database, or bring the tables up to date.

    Example: `labfleet --home /srv/labfleet init`
    """
    from fleet import schema
    from fleet.district import make_district

    options = settings(context)
    make_district(options)
    output.say(f"{options.home}: ready, revision {schema.newest()}")


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: a free one.", show_default=False)] = None,
) -> None:
    """Take check-ins from agents until stopped.

    Example: `labfleet serve --host 0.0.0.0`
    """
    from fleet.serve import serve as run
    from fleet.settings import load

    options = settings(context)
    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    run(load(options.home, **changes) if changes else options)


def status(context: typer.Context, json: Json = False) -> None:
    """Say which district this is, how much it holds and how it is.

    Example: `labfleet status`
    """
    from fleet.answers.status import district_status
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        answer = district_status(session, options)
    if json:
        output.show_json(answer)
        return
    output.show_fields(
        (
            ("Home", str(answer.home)),
            ("Database", answer.database),
            ("Revision", answer.revision),
            (
                "Catalog",
                f"{answer.titles} titles"
                + ("" if answer.recognised else ", changed since: `labfleet init` applies it"),
            ),
            ("Sites", answer.sites),
            ("Labs", answer.labs),
            ("Stations", answer.stations),
            ("Devices", answer.devices),
            ("Heard", f"{answer.fresh} fresh, {answer.stale} stale, {answer.never} never"),
            ("Conflicts", f"{answer.conflicts} open"),
            ("Clock", f"stands still at {output.moment(options.clock)}" if options.clock else ""),
        )
    )


def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Where to write; must not exist yet.")]
) -> None:
    """Copy the database, whole and consistent, while the server runs.

    Example: `labfleet backup labfleet-2026-11-23.db`
    """
    from fleet.district import back_up

    back_up(settings(context), file)
    output.say(f"{file}: written")
