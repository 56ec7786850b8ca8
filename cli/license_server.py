"""`labfleet license server`: which licence servers there are, what they say, and the peaks of use since."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.district import settings
from cli.options import Check, Json, day_on

if TYPE_CHECKING:  # `labfleet --help` must not wait for SQLAlchemy
    from fleet.answers.license_use import UseAnswer
    from fleet.license_servers import Polled
    from licenses.servers.status import Status

verbs = typer.Typer(help="Licence servers: what is issued, in use, queued and refused.", no_args_is_help=True)

Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="flexnet, rlm, …; `auto` finds out from the text.")]
StatusFile = Annotated[Path, typer.Argument(metavar="FILE", help="A saved status text, or a FlexNet debug log.")]


@verbs.command()
def read(context: typer.Context, file: StatusFile, kind: Kind = "auto", as_json: Json = False) -> None:
    """Show what a saved text says: the server's state, and of each feature what is issued, in use, queued, reserved.

    What is not known is "?", never 0. Users and machines in the text are dropped as it is read.

    Example: `labfleet license server read lmstat.txt --json`
    """
    from cli.output import show_json
    from fleet.license_servers import read_file

    status = read_file(file, settings(context), _kind(kind, more=("auto",)))
    if as_json:
        show_json(_document(status))
    else:
        _show_status(status)
    _remark_unread(status)


@verbs.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")],
    address: Annotated[str, typer.Option("--address", metavar="PORT@HOST", help="As its tool takes it.")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="flexnet, rlm, lmx, lsdyna, dsls.")] = "flexnet",
    site: Annotated[str, typer.Option("--site", metavar="CODE", help="Whose it is; without it, the district's.")] = "",
) -> None:
    """Add a licence server to those that are polled.

    Example: `labfleet license server add cad --kind flexnet --address 27000@lic1 --site MUIR`
    """
    from cli.output import remark
    from fleet.answers.places import site_called
    from fleet.district import district_session
    from licenses.store.use import LicenseServer, add_server

    # The address becomes an argument of a tool: what begins with a dash would be read as one of its options.
    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise typer.BadParameter("a name is one line of at most 80 letters", param_hint="NAME")
    if not address.isascii() or not address.isprintable() or address.startswith("-") or not 0 < len(address) <= 200:
        raise typer.BadParameter("write it as 27000@host", param_hint="--address")
    with district_session(settings(context), write=True) as session:
        code = site_called(session, site).code if site else ""
        add_server(session, LicenseServer(name, _kind(kind, polled=True), address, code))
    remark(f"added {name}; `labfleet license server poll {name}` asks it now")


@verbs.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the licence servers, and what the last poll of each came to.

    Example: `labfleet license server list`
    """
    from cli.output import Column, moment, show_json, show_table
    from fleet.district import district_session
    from licenses.store.use import servers, states

    with district_session(settings(context)) as session:
        found, last = servers(session), states(session)
    if as_json:
        show_json({"servers": [{"server": one, "last": last.get(one.name)} for one in found]})
        return
    show_table(
        (
            Column("Name", whole=True),
            Column("Kind"),
            Column("Address", whole=True),
            Column("Site"),
            Column("Last poll"),
            Column("State"),
            Column("Why"),
        ),
        [
            (one.name, one.kind, one.address, one.site or "district")
            + ((moment(said.at), said.state, said.reason) if (said := last.get(one.name)) else ("never", "unknown", ""))
            for one in found
        ],
        empty="no licence server; `labfleet license server add NAME --address PORT@HOST` adds one",
    )


@verbs.command()
def remove(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Forget a licence server; the peaks that it counted stay.

    Example: `labfleet license server remove cad`
    """
    from cli.output import remark
    from fleet.district import district_session
    from licenses.store.use import remove_server

    with district_session(settings(context), write=True) as session:
        remove_server(session, name)
    remark(f"removed {name}; what it counted stays")


@verbs.command()
def poll(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One server; without it, all.")] = None,
    tools: Annotated[
        Path | None, typer.Option("--tools", metavar="DIR", help="Where lmutil, rlmutil … are; else on the PATH.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="How long a tool may take.")] = 60,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Ask the licence servers with their own tools, which only read, and keep the peak of each hour.

    Run it every few minutes by cron or a systemd timer. With --check the exit status is 3 when a server is not up.

    Example: `labfleet license server poll --check`
    """
    from cli.output import NOT_READY, show_json
    from fleet.license_servers import poll as ask

    found = ask(settings(context), (name,) if name else (), seconds=seconds, tools=tools)
    if as_json:
        show_json({"polls": found})
    else:
        _show_polls(found)
    if check and any(one.state != "up" for one in found):
        raise typer.Exit(NOT_READY)


@verbs.command("import")
def import_(
    context: typer.Context,
    file: StatusFile,
    server: Annotated[str, typer.Option("--server", metavar="NAME", help="Whose text it is.")],
    kind: Kind = "auto",
    zone: Annotated[
        str,
        typer.Option(
            "--zone", metavar="ZONE", help="Of the server's clock (America/Los_Angeles); else this machine's."
        ),
    ] = "",
    at: Annotated[
        datetime | None,
        typer.Option("--at", formats=["%Y-%m-%dT%H:%M"], metavar="MOMENT", help="When a text without a date was made."),
    ] = None,
) -> None:
    """Put a saved status text or a FlexNet debug log into the peaks of a server, as if it had been polled then.

    Example: `labfleet license server import debug.log --server cad --zone America/Los_Angeles`
    """
    from zoneinfo import ZoneInfo

    from fleet.license_servers import import_status

    try:
        clock = ZoneInfo(zone) if zone else None
    except (LookupError, ValueError, OSError):
        raise typer.BadParameter(f"{zone!r} is no time zone", param_hint="--zone") from None
    moment = None if at is None else at.replace(tzinfo=clock) if clock else at.astimezone()
    _show_polls(
        (import_status(settings(context), file, server, kind=_kind(kind, more=("auto",)), zone=clock, at=moment),)
    )


@verbs.command()
def usage(
    context: typer.Context,
    title: Annotated[str | None, typer.Option("--title", metavar="ID", help="One title or suite, by hour.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], metavar="DATE", help="From this day; else the last 30 days."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the most seats in use at once, issued and refused, by title and site; of one title, by hour of the day.

    Example: `labfleet license server usage --title autocad --since 2026-08-17`
    """
    from cli.output import show_json
    from fleet.answers.license_use import license_use
    from fleet.district import district_session

    options = settings(context)
    day_on(since, options.now())
    begin = since.astimezone() if since else options.now().astimezone(UTC) - timedelta(days=30)
    with district_session(options) as session:
        found = license_use(session, options, since=begin, title=title)
    if as_json:
        show_json(found)
    else:
        _show_use(found, alone=title is not None)


def _kind(kind: str, *, more: tuple[str, ...] = (), polled: bool = False) -> str:
    from licenses.servers.readers import READERS

    known = [*more, *(name for name in READERS if not polled or "flexnet-" not in name)]
    if kind not in known:
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join(known)}", param_hint="--kind")
    return kind


def _document(status: "Status") -> dict[str, object]:
    """The status as JSON has it; the hours of a log are what `usage` shows once it is imported."""
    from dataclasses import fields

    first = {"state": status.state, "reason": status.reason, "server": status.server, "features": status.features}
    rest = {field.name: getattr(status, field.name) for field in fields(status) if field.name not in ("hours", "at")}
    return {**first, **rest, "at": status.at.isoformat() if status.at else None}


def _known(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _show_status(status: "Status") -> None:
    from cli.output import Column, say, show_table
    from licenses.servers.status import Counting

    say(f"{status.server or 'server'}: {status.state}" + (f" ({status.reason})" if status.reason else ""))
    if not status.features:
        return
    logged = all(one.counting is Counting.LOGGED for one in status.features)
    rights = ("Peak", "Denied", "Turned away") if logged else ("Issued", "In use", "Queued", "Reserved")
    columns = [Column("Feature", whole=True), *(Column(head, right=True) for head in rights)]
    rows: list[tuple[str, ...]] = []
    for one in status.features:
        numbers = (
            (one.peak, one.denied, one.turned_away) if logged else (one.issued, one.in_use, one.queued, one.reserved)
        )
        note = "" if one.counting in (Counting.COUNTED, Counting.LOGGED) else one.counting.value
        rows.append((one.feature, *(_known(number) for number in numbers), str(one.expires or "?"), note))
    show_table((*columns, Column("Expires", whole=True), Column("Note")), rows)


def _remark_unread(status: "Status") -> None:
    from cli.output import count, remark

    if not status.unread_lines:
        return
    numbers = ", ".join(str(one.line) for one in status.unread[:10])
    more = ", …" if status.unread_lines > 10 else ""
    remark(
        f"{count(status.unread_lines, 'line')} not understood (line {numbers}{more}); --json shows their known words"
    )


def _show_polls(found: "tuple[Polled, ...]") -> None:
    from cli.output import Column, moment, show_table

    show_table(
        (
            Column("Server", whole=True),
            Column("At", whole=True),
            Column("State"),
            Column("Features", right=True),
            Column("Unread lines", right=True),
            Column("Why"),
        ),
        [(one.server, moment(one.at), one.state, one.features, one.unread_lines, one.reason) for one in found],
        empty="no licence server; `labfleet license server add NAME --address PORT@HOST` adds one",
    )


def _show_use(found: "UseAnswer", *, alone: bool) -> None:
    from cli.output import Column, count, moment, remark, say, show_table

    rights = [Column(head, right=True) for head in ("Peak", "Issued", "Reserved", "Denied", "Polls")]
    rows = []
    for one in found.products:
        parts = one.hours.items() if alone else one.sites.items()
        for part, peak in parts:
            where = f"{part:02}:00" if isinstance(part, int) else part or "district"
            numbers = (peak.in_use, peak.issued, peak.reserved, peak.denied, peak.polls)
            rows.append((one.product, where, *(_known(number) for number in numbers), moment(peak.at), peak.source))
    show_table(
        (
            Column("Title", whole=True),
            Column("Hour" if alone else "Site", whole=True),
            *rights,
            Column("At", whole=True),
            Column("Server"),
        ),
        rows,
        empty=f"nothing was counted since {moment(found.since)}; `labfleet license server poll` asks the servers",
    )
    if alone:
        for one in found.products:
            for feature in one.features:
                part = f", counted within {feature.within}" if feature.within else ""
                say(f"{feature.source}: {feature.feature}: at most {_known(feature.in_use)} at once{part}")
    if found.unrecognised:
        names = ", ".join(dict.fromkeys(one.feature for one in found.unrecognised[:8]))
        remark(
            f"{count(len(found.unrecognised), 'feature')} of no known title ({names} …): name them in features/*.toml"
        )
