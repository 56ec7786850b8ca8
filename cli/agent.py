"""`labfleet agent …`: the lab machine's own command, where the server's is installed too."""

import typer

FORWARDED = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def agent(context: typer.Context) -> None:
    """Say what this machine is, or report it: all of `labfleet-agent`.

    Example: `labfleet agent show`
    """
    from agents.__main__ import main

    raise typer.Exit(main(context.args))
