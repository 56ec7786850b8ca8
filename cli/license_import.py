"""`labfleet license import`: lists of purchases and vendors' exports, with a look before anything is written."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.district import settings
from cli.options import Json, day_on

if TYPE_CHECKING:
    from fleet.purchases import ImportOutcome

FORMATS = ("purchases", "auto", "autodesk", "adobe", "jetbrains", "webseats", "snipeit")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list as CSV or .xlsx, or a vendor's export.")],
    kind: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help=f"What the file is: {', '.join(FORMATS)}.")
    ] = "purchases",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Write the rows that are right, and list those that are not.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Purchases that are stored otherwise become what the file says.")
    ] = False,
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook; else the first.")
    ] = "",
    title: Annotated[
        str, typer.Option("--title", metavar="TITLE", help="Of which title a web vendor's roster is.")
    ] = "",
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="Of which day a vendor's report is."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read purchases from a CSV or a workbook; nothing is written unless all of it is right.

    With --from, a vendor's export is reduced to counts: no name, address or key of it is kept.

    Example: `labfleet license import purchases.xlsx --dry-run`
    """
    from cli.output import remark, show_json
    from fleet.purchases import ImportAsked, import_licenses
    from inventory.table_file import TableProblems

    if kind not in FORMATS:
        raise typer.BadParameter(f"{kind!r} is none of: {', '.join(FORMATS)}", param_hint="--from")
    options = settings(context)
    done = import_licenses(
        options,
        ImportAsked(
            path=file,
            kind=kind,
            sheet=sheet,
            title=title,
            on=day_on(on, options.now()) if on else None,
            replace=replace,
            partial=partial,
            dry_run=dry_run,
        ),
    )
    for hint in done.hints:
        remark(f"hint: {hint}")
    if as_json:
        show_json(_document(done))
    else:
        _show(done, dry_run=dry_run, replace=replace)
    if dry_run and done.left_out and not partial:
        raise TableProblems(done.left_out)
    for problem in done.left_out:
        remark(f"left out: {problem}")


def _show(done: "ImportOutcome", *, dry_run: bool, replace: bool) -> None:
    from cli.license import written
    from cli.output import count, say

    if dry_run:
        _show_changes(done, replace=replace)
    elif done.written:
        noun = "purchase" if done.changes else "count"
        say(written(noun, done.written.added, done.written.changed, done.written.unchanged))
    if done.counts and not dry_run:
        _show_counts(done)
    if done.skipped:
        rows = sum(done.skipped.values())
        say(f"{count(rows, 'row')} of products that take no seat: {', '.join(sorted(done.skipped))}")
    if done.left_out and not dry_run:
        say(f"{count(len(done.left_out), 'problem')}: what is listed was not written")


def _show_changes(done: "ImportOutcome", *, replace: bool) -> None:
    from cli.output import Column, count, day, say, show_table

    if done.changes is None:
        _show_counts(done)
        say("nothing is written")
        return
    changes = done.changes
    rows = [
        ("+", row, one.product, one.metric.words, _seats(one.quantity), day(one.start), str(one.scope), "")
        for row, one in changes.added.items()
    ]
    for one in changes.changed:
        said = "; ".join(f"{name} {held} → {fresh}" for name, held, fresh in one.differing)
        fresh = one.fresh
        rows.append(
            (
                "~",
                one.row,
                fresh.product,
                fresh.metric.words,
                _seats(fresh.quantity),
                day(fresh.start),
                str(fresh.scope),
                said,
            )
        )
    if rows:
        columns = (
            Column("", whole=True),
            Column("Row", right=True),
            Column("Title or suite"),
            Column("Metric"),
            Column("Seats", right=True),
            Column("Start", whole=True),
            Column("Scope"),
        )
        changed = Column("Would change") if changes.changed else None
        show_table(
            (*columns, changed) if changed else columns,
            [row if changed else row[:-1] for row in sorted(rows, key=lambda row: row[1])],
        )
    would = "would be replaced" if replace else "stored otherwise: refused without --replace"
    parts = [f"{count(len(changes.added), 'purchase')} would be added"]
    parts += [f"{len(changes.changed):,} {would}"] if changes.changed else []
    parts += [f"{changes.unchanged:,} unchanged"] if changes.unchanged else []
    say(f"{', '.join(parts)}; nothing is written")


def _show_counts(done: "ImportOutcome") -> None:
    from cli.output import Column, day, show_table

    show_table(
        (
            Column("Title or suite", whole=True),
            Column("Assigned", right=True),
            Column("Active", right=True),
            Column("On", whole=True),
        ),
        [(one.product, one.assigned, "?" if one.active is None else one.active, day(one.on)) for one in done.counts],
        empty="no seat of any title or suite is assigned in it",
    )


def _seats(quantity: int | None) -> str:
    return "unlimited" if quantity is None else f"{quantity:,}"


def _document(done: "ImportOutcome") -> dict[str, Any]:
    from cli.license_show import whole_purchase as purchase

    changes = done.changes
    return {
        "format": done.kind,
        "written": done.written,
        "added": [{"row": row, **purchase(one)} for row, one in changes.added.items()] if changes else [],
        "changed": [
            {
                "row": one.row,
                **purchase(one.fresh),
                "differs": [{"field": name, "stored": held, "file": fresh} for name, held, fresh in one.differing],
            }
            for one in (changes.changed if changes else ())
        ],
        "unchanged": changes.unchanged if changes else 0,
        "counts": done.counts,
        "skipped": done.skipped,
        "problems": [
            {"file": one.file, "row": one.row, "field": one.field, "message": one.message, "hint": one.hint}
            for one in done.left_out
        ],
    }
