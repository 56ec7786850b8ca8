"""`labfleet refresh`: which devices to replace, and why."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.district import settings
from cli.options import Check, Json

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.refresh import Due, Reason, RefreshList, Unjudged

Listed = TypeVar("Listed", bound="Due | Unjudged")

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
            Column("Device", whole=True),
            Column("Place", whole=True),
            Column("Pathway"),
            Column("Reasons"),
            Column("Remedy"),
            Column("Cost", right=True),
        ),
        list(_alike(found.due[:top])),
        title=f"Due on {found.on}, or when support ends before {found.before}, or after {found.age_years} years",
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
                (_names(same), _places(same), *said)
                for said, same in _runs(
                    found.unjudged[:top],
                    lambda one: ("; ".join(one.why), "; ".join(doubt.text for doubt in one.doubts)),
                )
            ],
            title=f"Cannot judge: {count(len(found.unjudged), 'device')}",
        )


_REMEDIES = {"upgrade the system if the machine can take it, else replace": "upgrade or replace"}
"""In few words: what an upgrade costs at most is said below the table."""


def _alike(due: "Sequence[Due]") -> Iterator[tuple[Any, ...]]:
    """A line for each run of devices of one lab that are due for the same reasons: labs are bought alike."""
    from cli.output import money

    def said(one: "Due") -> tuple[str, ...]:
        reasons = "; ".join(reason.text for reason in one.reasons)
        return (", ".join(one.pathways), reasons, one.remedy.value, _cost(one))

    for (pathways, reasons, remedy, cost), same in _runs(due, said):
        whole = f"{len(same)} × {money(same[0].cost_cents)}" if len(same) > 1 and same[0].price else cost
        brief = _REMEDIES.get(remedy, remedy)
        yield (_names(same), _places(same), pathways, reasons, brief, whole)


def _runs(
    listed: "Sequence[Listed]", said: "Callable[[Listed], tuple[str, ...]]"
) -> "Iterator[tuple[Any, list[Listed]]]":
    """What is said of neighbours in a list that stand in one lab, and of whom the same is said."""
    for (_, words), same in groupby(listed, key=lambda one: (one.lab.id if one.lab else None, said(one))):
        yield words, list(same)


def _names(same: "Sequence[Due | Unjudged]") -> str:
    """The first and the last of several, as in "PHS-M103-01 … 04 (4)"."""
    first, last = same[0].device.name, same[-1].device.name
    if len(same) == 1:
        return first
    stem = first.rstrip("0123456789")
    return f"{first} … {last.removeprefix(stem)} ({len(same)})"


def _places(same: "Sequence[Due | Unjudged]") -> str:
    from fleet.gap import numbered

    one = same[0]
    if one.lab is None:
        return "no lab"
    numbers = [each.station for each in same if each.station is not None]
    return f"{one.lab.label} {numbered(numbers)}".strip() + (" and spares" if 0 < len(numbers) < len(same) else "")


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
