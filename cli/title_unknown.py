"""`labfleet title unknown`: the entries that no title has, and a rule to begin with."""

from typing import Annotated

import typer

from agents.report import Platform
from cli.district import settings
from cli.options import Json


def unknown(
    context: typer.Context,
    top: Annotated[int, typer.Option("--top", min=1, metavar="N", help="So many names, the most widespread.")] = 30,
    platform: Annotated[Platform | None, typer.Option("--platform", help="Only entries of these systems.")] = None,
    stub: Annotated[str, typer.Option("--stub", metavar="NAME", help="Print a file of rules for this entry.")] = "",
    as_json: Json = False,
) -> None:
    """List the entries that the catalog has no title for, by how many devices have them.

    Example: `labfleet title unknown --stub "Lab Timer" > own.toml`
    """
    from cli.output import Column, say, show_json, show_table
    from fleet.answers.titles import rule_stub, unknown_called, unknown_entries
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        found = unknown_entries(session, options, platform=platform, most=None if stub else top)
    if stub:
        for line in rule_stub(unknown_called(found, stub), day=options.now().date()).splitlines():
            say(line)
        return
    if as_json:
        show_json(found)
        return
    show_table(
        (
            Column("Name"),
            Column("Publisher"),
            Column("Versions"),
            Column("Looks like"),
            Column("Devices", right=True),
            Column("Nearest titles"),
        ),
        [
            (
                one.name,
                one.publisher,
                ", ".join(one.versions),
                one.looks_like.value.replace("_", " "),
                one.devices,
                ", ".join(one.nearest),
            )
            for one in found
        ],
        empty="every entry of this district is known",
    )
