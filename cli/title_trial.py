"""`labfleet title test`: what new rules would change, before they are taken over."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.district import settings
from cli.options import Json

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.titles import Change, Meaning, Trial

SHOWN = 40
"""Changes shown on a screen; `--json` has them all."""


def try_(
    context: typer.Context,
    rules: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A file of rules, or a folder of such files.")],
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 3 when an install of a title would be lost.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what new rules would make of this district's entries; nothing is written.

    Example: `labfleet title test own.toml --check`
    """
    from cli.output import show_json
    from fleet.answers.titles import try_rules
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        trial = try_rules(session, options, rules)
    if as_json:
        show_json(_document(trial))
    else:
        _show(trial)
    if check and trial.lost:
        raise typer.Exit(3)


def _show(trial: "Trial") -> None:
    from cli.output import Column, count, remark, say, show_table

    for what, titles in (("New titles", trial.added), ("Changed titles", trial.replaced)):
        if titles:
            say(f"{what}: {', '.join(titles)}")
    show_table(
        (
            Column("Entry"),
            Column("Now"),
            Column("With the rules"),
            Column("Devices", right=True),
            Column("Sets", right=True),
        ),
        [(one.name, _words(one.was), _words(one.would_be), one.devices, one.sets) for one in trial.changes[:SHOWN]],
        empty="no entry of this district would be recognised otherwise",
    )
    for conflict in trial.conflicts:
        say(f"conflict: the {conflict.kind} {conflict.said!r} is claimed by {' and '.join(conflict.titles)}")
    for claim in trial.claims:
        devices = count(claim.devices, "device")
        say(f"two titles claim {claim.name!r} on {devices}: {' and '.join(claim.titles)}")
    if len(trial.changes) > SHOWN:
        remark(f"{len(trial.changes) - SHOWN:,} more; --json has them all")
    lost, gained = len(trial.lost), sum(one.gained for one in trial.changes)
    remark(
        f"{count(len(trial.changes), 'entry', 'entries')} of {trial.entries:,} would be recognised otherwise: "
        f"{gained:,} would become installs, {lost:,} would be lost"
    )


def _words(one: "Meaning") -> str:
    said = " ".join(word for word in (one.name, one.release, one.edition) if word)
    if one.counts:
        return said
    role = one.role.value.replace("_", " ")
    return f"{said} ({role})" if one.title else f"{role}, of no title"


def _document(trial: "Trial") -> dict[str, object]:
    return {
        "entries": trial.entries,
        "added": trial.added,
        "replaced": trial.replaced,
        "changes": [_change(one) for one in trial.changes],
        "conflicts": trial.conflicts,
        "claims": trial.claims,
    }


def _change(one: "Change") -> dict[str, object]:
    return {
        "name": one.name,
        "publisher": one.publisher,
        "version": one.version,
        "platform": one.platform,
        "was": one.was,
        "would_be": one.would_be,
        "devices": one.devices,
        "sets": one.sets,
        "lost": one.lost,
        "gained": one.gained,
    }
