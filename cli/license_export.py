"""`labfleet license export`: every purchase as CSV, as a workbook, or as a CycloneDX bill of materials."""

from pathlib import Path
from typing import Annotated

import typer

from cli.district import settings


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write: FILE.csv, FILE.xlsx or FILE.json.")],
) -> None:
    """Write every purchase to a file: CSV and .xlsx read back the same, .json is CycloneDX 1.6.

    Example: `labfleet license export purchases.xlsx`
    """
    from cli.output import count, say
    from fleet.answers.purchases import product_names
    from fleet.district import district_session
    from licenses.entitlement_file import bill_json, purchases_csv, purchases_xlsx
    from licenses.store.entitlements import entitlements

    kind = file.suffix.casefold()
    if kind not in {".csv", ".xlsx", ".json"}:
        raise typer.BadParameter("its name must end in .csv, .xlsx or .json", param_hint="FILE")
    options = settings(context)
    with district_session(options) as session:
        found = entitlements(session)
    if kind == ".csv":
        body = purchases_csv(found).encode()
    elif kind == ".xlsx":
        body = purchases_xlsx(found, created=options.now().date())
    else:
        body = bill_json(found, product_names(options), at=options.now()).encode()
    file.write_bytes(body)
    say(f"{count(len(found), 'purchase')} written to {file}")
