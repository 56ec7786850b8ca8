"""`labfleet enrolment …`: which sites' machines may report."""

from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.district import settings
from cli.options import Json

app = typer.Typer(help="Enrolments: the secrets with which machines of a site may begin to report.")


@app.command()
def create(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="The site's code, such as MUIR.")],
    label: Annotated[str, typer.Option(help="What it is for, such as 'summer image'.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Write it there, readable by its owner only, instead of printing it.")
    ] = None,
) -> None:
    """Make an enrolment secret for a site; it is shown once and stored only as a digest.

    Example: `labfleet enrolment create MUIR --file muir.secret`
    """
    from fleet.access import create_enrolment, keep_secret
    from fleet.answers.places import site_called
    from fleet.district import district_session

    options = settings(context)
    with district_session(options, write=True) as session:
        secret = create_enrolment(session, site_called(session, site), label, options.now())
        if file is not None:
            keep_secret(file, secret)
    if file is not None:
        output.say(f"{file}: written; copy it to the machines of {site} and set LABFLEET_AGENT_SECRET_FILE to its path")
        return
    output.remark("Give this to the agents (LABFLEET_AGENT_SECRET_FILE); it is not shown again.")
    output.say(secret)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List enrolments, without their secrets.

    Example: `labfleet enrolment list`
    """
    from fleet.access import list_enrolments
    from fleet.district import district_session

    with district_session(settings(context)) as session:
        enrolments = list_enrolments(session)
    if json:
        output.show_json(enrolments)
        return
    output.show_table(
        (
            output.Column("No.", right=True),
            output.Column("Site", whole=True),
            output.Column("Label"),
            output.Column("Created", whole=True),
            output.Column("Revoked", whole=True),
        ),
        [(e.id, e.site, e.label, output.moment(e.created_at), output.moment(e.revoked_at)) for e in enrolments],
        empty="no enrolment yet: `labfleet enrolment create SITE` makes one",
    )


@app.command()
def revoke(
    context: typer.Context, enrolment: Annotated[int, typer.Argument(help="Its number in `enrolment list`.")]
) -> None:
    """Refuse an enrolment's secret from now on, and every credential given for it.

    Example: `labfleet enrolment revoke 3`
    """
    from fleet.access import revoke_enrolment
    from fleet.district import district_session

    options = settings(context)
    with district_session(options, write=True) as session:
        revoke_enrolment(session, enrolment, options.now())
    output.say(f"enrolment {enrolment}: revoked")
