"""`labfleet refresh`: which devices to replace, and why."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Check, Json

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.refresh import Due, Reason, RefreshList, Unjudged

app = typer.Typer(help="Which machines to replace, and why.")

COLUMNS = (
    "order",
    "device",
    "serial",
    "asset_tag",
    "site",
    "lab",
    "station",
    "pathways",
    "students",
    "reasons",
    "remedy",
    "cost_dollars",
    "price",
    "acquired_on",
    "last_heard",
)
"""The columns of the file that `--csv` writes."""


@app.callback()
def refresh() -> None:
    """Which machines to replace, and why."""


@app.command("list")
def list_(
    context: typer.Context,
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Up to when a system must be supported; else to the end of the next school year.",
        ),
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, metavar="N", help="Only the first N.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the list as CSV.")] = None,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """List devices that are too weak for their lab, out of support, or past their age; with cost and reason.

    Example: `labfleet refresh list --before 2028-06-30 --csv refresh.csv`
    """
    from cli.output import NOT_READY, count, say, show_json
    from fleet.answers.refresh import devices_due
    from fleet.district import district_session

    options = settings(context)
    with district_session(options) as session:
        found = devices_due(session, options, before=before.date() if before else None)
    if csv is not None:
        _write(found, csv, top)
    if as_json:
        show_json(document(found, top))
    elif csv is not None:
        say(f"{csv}: {count(len(found.due[:top]), 'device')}")
    else:
        show(found, top)
    if check and (found.due or found.unjudged):
        raise typer.Exit(NOT_READY)


def show(found: "RefreshList", top: int | None = None) -> None:
    """Print the list, or its first `top`; then what cannot be judged, and the sum."""
    from cli.output import Column, count, money, say, show_table
    from fleet.refresh import URGENCY

    show_table(
        (
            Column("#", right=True),
            Column("Device", whole=True),
            Column("Place", whole=True),
            Column("Pathway"),
            Column("Students", right=True),
            Column("Reasons"),
            Column("Remedy"),
            Column("Cost", right=True),
        ),
        [
            (
                order,
                one.device.name,
                _place(one),
                ", ".join(one.pathways),
                one.students,
                "; ".join(reason.text for reason in one.reasons),
                one.remedy.value,
                _cost(one),
            )
            for order, one in enumerate(found.due[:top], 1)
        ],
        title=f"Due on {found.on}, or when support ends before {found.before}",
        empty="no device is due",
    )
    say()
    if found.due:
        say(URGENCY)
        unpriced = f", {found.unpriced} without a price" if found.unpriced else ""
        shown = f", the first {top} shown" if top and top < len(found.due) else ""
        total = f"planning figures before tax {money(found.cost_cents)}{unpriced}"
        if found.upgrade_cents:
            total += f"; up to {money(found.upgrade_cents)} more for machines that cannot be upgraded"
        say(f"{count(len(found.due), 'device')} of {found.judged:,}{shown}; {total}.")
    if found.undated:
        say(f"{count(found.undated, 'device')} without a purchase date: age not known.")
    if found.unjudged:
        say()
        show_table(
            (Column("Device", whole=True), Column("Place", whole=True), Column("Why"), Column("Last known against it")),
            [
                (one.device.name, _place(one), "; ".join(one.why), "; ".join(doubt.text for doubt in one.doubts))
                for one in found.unjudged[:top]
            ],
            title=f"Cannot judge: {count(len(found.unjudged), 'device')}",
        )


def document(found: "RefreshList", top: int | None = None) -> dict[str, Any]:
    """The list as JSON, with the sum of all of it."""
    return {
        "on": found.on,
        "before": found.before,
        "judged": found.judged,
        "due": len(found.due),
        "cost_cents": found.cost_cents,
        "upgrade_cents": found.upgrade_cents,
        "unpriced": found.unpriced,
        "undated": found.undated,
        "devices": [
            {
                **_device(one),
                "pathways": one.pathways,
                "students": one.students,
                "reasons": [_reason(reason) for reason in one.reasons],
                "doubts": [_reason(reason) for reason in one.doubts],
                "remedy": one.remedy,
                "cost_cents": one.cost_cents,
                "price": one.price,
            }
            for one in found.due[:top]
        ],
        "cannot_judge": [
            {**_device(one), "why": one.why, "doubts": [_reason(reason) for reason in one.doubts]}
            for one in found.unjudged
        ],
    }


def _write(found: "RefreshList", path: Path, top: int | None) -> None:
    from cli.output import day
    from inventory.table_file import write_csv

    rows = (
        {
            "order": order,
            "device": one.device.name,
            "serial": one.device.serial,
            "asset_tag": one.device.asset_tag,
            "site": one.lab.site.code if one.lab else "",
            "lab": one.lab.code if one.lab else "",
            "station": one.station,
            "pathways": ", ".join(one.pathways),
            "students": one.students,
            "reasons": "; ".join(reason.text for reason in one.reasons),
            "remedy": one.remedy.value,
            "cost_dollars": None if one.cost_cents is None else f"{one.cost_cents / 100:.2f}",
            "price": one.price.name if one.price else "",
            "acquired_on": day(one.device.acquired_on),
            "last_heard": day(one.device.last_heard),
        }
        for order, one in enumerate(found.due[:top], 1)
    )
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(rows, COLUMNS, stream)


def _device(one: "Due | Unjudged") -> dict[str, Any]:
    device = one.device
    return {
        "id": device.id,
        "name": device.name,
        "serial": device.serial,
        "asset_tag": device.asset_tag,
        "lab": one.lab.label if one.lab else "",
        "station": one.station,
        "acquired_on": device.acquired_on,
        "last_heard": device.last_heard,
    }


def _reason(reason: "Reason") -> dict[str, Any]:
    return {"why": reason.why, "text": reason.text, "note": reason.note}


def _cost(one: "Due") -> str:
    from cli.output import money
    from fleet.refresh import Remedy

    if one.cost_cents is None:
        return "no price"
    return f"{'up to ' if one.remedy is Remedy.UPGRADE else ''}{money(one.cost_cents)}"


def _place(one: "Due | Unjudged") -> str:
    if one.lab is None:
        return "no lab"
    return one.lab.label if one.station is None else f"{one.lab.label} {one.station}"
