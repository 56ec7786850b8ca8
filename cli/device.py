"""`labfleet device …`: what is out there, where, and is it healthy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.district import settings
from cli.options import Json

if TYPE_CHECKING:
    from datetime import datetime

    from fleet.answers.devices import DeviceLine

app = typer.Typer(help="Devices: what is out there, where, and is it healthy?")

Said = Annotated[str, typer.Argument(metavar="DEVICE", help="Its number, name, serial or asset tag.")]


@app.command("list")
def list_(
    context: typer.Context,
    lab: Annotated[str, typer.Option(help="Only this lab, such as MUIR/B12.")] = "",
    search: Annotated[
        str, typer.Option(help="Only what has this text in its name, serial, tag, model or system.")
    ] = "",
    json: Json = False,
) -> None:
    """List devices with place, model, system and when each was last heard.

    Example: `labfleet device list --lab MUIR/B12`
    """
    from fleet.answers.devices import list_devices
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        lines = list_devices(session, options, lab=lab, search=search)
    if json:
        output.show_json(lines)
        return
    _table(lines, options.now())
    output.say(output.count(len(lines), "device"))


@app.command()
def show(context: typer.Context, device: Said, json: Json = False) -> None:
    """Show one device: place, hardware, system, titles.

    Example: `labfleet device show MUIR-B12-07`
    """
    from fleet.answers.devices import find_device
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        answer = find_device(session, options, device)
    if json:
        output.show_json(answer)
        return
    line, view = answer.line, answer.device
    hardware, system = view.hardware, view.system
    output.show_fields(
        (
            ("Device", f"{line.id}"),
            ("Name", line.name),
            ("Serial", line.serial),
            ("Asset tag", view.asset_tag),
            ("Place", _place(line)),
            ("Heard", f"{output.moment(line.last_heard)} ({line.heard})" if line.last_heard else "never"),
            ("Identity", "in conflict: see `labfleet device conflicts`" if line.in_conflict else ""),
            ("Acquired", output.day(view.acquired_on)),
            ("Cost", output.money(view.cost_cents)),
            ("Funding", view.funding),
            ("System", f"{system.name} {system.release} {system.edition}".strip() if system else "not known"),
            ("Build", system.build if system else ""),
            ("Model", f"{hardware.maker} {hardware.model}".strip() if hardware else "not known"),
            ("Processor", hardware.cpu.model if hardware else ""),
            ("Cores", hardware.cpu.cores if hardware else None),
            ("Memory", output.memory(hardware.memory) if hardware else ""),
            ("Graphics", ", ".join(_gpu(g.name, g.vram) for g in hardware.gpus) if hardware else ""),
            (
                "Disks",
                ", ".join(_disk(d.model, d.size, d.kind) for d in hardware.disks) if hardware else "",
            ),
            (
                "Free",
                ", ".join(f"{v.mount} {output.storage(v.free)} of {output.storage(v.size)}" for v in view.volumes),
            ),
            ("Not read", ", ".join(view.software.unasked) if view.software else ""),
        )
    )
    if view.software is not None:
        output.say()
        columns = (output.Column("Title", whole=True), output.Column("Release"), output.Column("Version"))
        titles = [(one.name, one.release, ", ".join(one.versions)) for one in answer.titles]
        output.show_table(columns, titles, empty="no title of the catalog is installed")


@app.command()
def history(context: typer.Context, device: Said, json: Json = False) -> None:
    """Show what a device was and where it stood, and the reports behind it.

    Example: `labfleet device history MUIR-B12-07`
    """
    from fleet.answers.devices import device_history
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        answer, past = device_history(session, options, device)
    if json:
        output.show_json({"device": answer.line, "history": past})
        return
    output.say(f"{answer.line.name}: device {answer.line.id}, {_place(answer.line) or 'no place'}")
    since, until = output.Column("Since", whole=True), output.Column("Until", whole=True)
    output.say()
    output.show_table(
        (
            since,
            until,
            output.Column("Model"),
            output.Column("System"),
            output.Column("Entries", right=True),
            output.Column("Change"),
        ),
        [
            (_when(s.since), _when(s.until), s.model, s.system, s.entries, _change(s.change.added, s.change.removed))
            for s in past.states
        ],
        title="What it was",
        empty="never heard",
    )
    output.say()
    output.show_table(
        (since, until, output.Column("Lab", whole=True), output.Column("Station", right=True)),
        [(_when(p.since), _when(p.until), p.lab, p.station) for p in past.placements],
        title="Where it stood",
        empty="not placed",
    )
    output.say()
    output.show_table(
        (
            output.Column("Taken", whole=True),
            output.Column("Outcome", whole=True),
            output.Column("Why"),
            output.Column("Not asked"),
        ),
        [(_when(r.taken_at), r.outcome, r.words, "; ".join(r.failures)) for r in past.reports],
        title="Reports that changed something",
        empty="none",
    )


@app.command()
def conflicts(context: typer.Context, json: Json = False) -> None:
    """Show identities that several devices claim: clones, copies, serials given twice.

    Example: `labfleet device conflicts`
    """
    from fleet.answers.devices import device_conflicts
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        disputed = device_conflicts(session, options)
    if json:
        output.show_json(disputed)
        return
    grave = [one for one in disputed if one.conflict.grave]
    known = [one for one in disputed if not one.conflict.grave]
    for one in (*grave, *known):
        output.say(f"{one.conflict.words}, since {output.moment(one.conflict.since)}", style="bold")
        _table(one.devices, options.now())
        output.say()
    output.say(
        f"{output.count(len(grave), 'conflict')} for a person to decide: until then these devices' answers are in doubt"
        if grave
        else "no conflict: every device is one device"
    )
    if known:
        output.say(
            f"{output.count(len(known), 'shared value')} more, explained: the devices are told apart by the rest"
        )


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV as `labfleet device template` prints it.")],
    json: Json = False,
) -> None:
    """Read the district's asset list: which devices exist, where they stand, when they were bought.

    Example: `labfleet device import assets.csv`
    """
    from fleet.district import district_session
    from inventory.asset_list import import_assets

    options = settings(context)
    with district_session(options, write=True) as session:
        written = import_assets(session, file, now=options.now())
    if json:
        output.show_json(written)
        return
    output.say(f"{file.name}: {written.added} added, {written.changed} changed, {written.unchanged} unchanged")


@app.command()
def template() -> None:
    """Print the asset list's header and one example row.

    Example: `labfleet device template > assets.csv`
    """
    from inventory.asset_list import COLUMNS
    from inventory.table_file import template

    typer.echo(template(COLUMNS), nl=False)


@app.command()
def revoke(context: typer.Context, device: Said) -> None:
    """Refuse a device's credentials from now on; it must enrol again to report.

    Example: `labfleet device revoke MUIR-B12-07`
    """
    from fleet.access import revoke_device
    from fleet.answers.devices import find_device
    from fleet.district import district_session

    options = settings(context)
    with district_session(options, write=True) as session:
        found = find_device(session, options, device)
        revoked = revoke_device(session, found.device.id, options.now())
    output.say(f"{found.line.name}: {output.count(revoked, 'credential')} revoked")


def _table(lines: "tuple[DeviceLine, ...]", now: "datetime") -> None:
    output.show_table(
        (
            output.Column("No.", right=True),
            output.Column("Name", whole=True),
            output.Column("Lab", whole=True),
            output.Column("Station", right=True),
            output.Column("Model"),
            output.Column("System"),
            output.Column("Heard", whole=True),
        ),
        [
            (
                line.id,
                line.name,
                line.lab or line.site,
                line.station,
                line.model,
                line.system,
                output.ago(line.last_heard, now) + (", in conflict" if line.in_conflict else ""),
            )
            for line in lines
        ],
        empty="no device",
    )


def _place(line: "DeviceLine") -> str:
    return f"{line.lab} station {line.station}" if line.station else line.lab or line.site


def _gpu(name: str, vram: int | None) -> str:
    return f"{name} ({output.memory(vram)})" if vram else name


def _disk(model: str, size: int | None, kind: str) -> str:
    return " ".join(filter(None, (model, output.storage(size), "" if kind == "unknown" else str(kind))))


def _when(moment: "datetime | None") -> str:
    return output.moment(moment) or "now"


def _change(added: tuple[str, ...], removed: tuple[str, ...]) -> str:
    return "; ".join(
        f"{sign}{', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        for sign, names in (("+ ", added), ("- ", removed))
        if names
    )
