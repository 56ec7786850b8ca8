"""The tree of commands: `labfleet NOUN VERB`, and the few verbs that need no noun."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import agent, demo, device, enrolment, lab, pathway, refresh, roster, server, title
from cli import license as license_noun
from cli.district import Chosen

NOUNS: tuple[tuple[str, typer.Typer], ...] = (
    ("lab", lab.app),
    ("device", device.app),
    ("title", title.app),
    ("pathway", pathway.app),
    ("license", license_noun.app),
    ("roster", roster.app),
    ("refresh", refresh.app),
    ("enrolment", enrolment.app),
)
"""One module per noun, each with its `app`; in the order in which `--help` lists them."""

VERBS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("demo", demo.demo),
    ("init", server.init),
    ("serve", server.serve),
    ("status", server.status),
    ("backup", server.backup),
)
"""What is asked of the district as a whole, in the order in which `--help` lists them."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # cli.main is the one place where an error becomes a line
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"labfleet {version('labfleet')}")
        raise typer.Exit


@app.callback()
def labfleet(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", "-C", metavar="DIR", help="The district's folder (or LABFLEET_HOME).", show_default=False
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - the callback has done it all
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and stop.")
    ] = False,
) -> None:
    """Keeps the machines and software licences of school CTE labs ready to teach.

    Example: `labfleet demo` builds a whole small district, then `labfleet lab ready` asks it.
    """
    context.obj = Chosen(home)


for _name, _noun in NOUNS:
    app.add_typer(_noun, name=_name, no_args_is_help=True)
for _name, _verb in VERBS:
    app.command(_name)(_verb)
app.command("agent", context_settings=agent.FORWARDED, add_help_option=False)(agent.agent)
