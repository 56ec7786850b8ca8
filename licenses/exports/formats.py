"""The exports that are read, and which of them a file is by its header."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.cells import plain_name
from inventory.source import Source
from inventory.table_file import TableProblems, stream_table
from licenses.errors import LicenseError
from licenses.exports import adobe, autodesk, jetbrains, snipeit, webseats


class ExportError(LicenseError, ValueError):
    """An export that cannot be told, or that lacks what it does not say itself."""

    code = "bad-export"


class ExportFormat(StrEnum):
    """What a file may be: our own list of purchases, or a vendor's export."""

    PURCHASES = "purchases"
    AUTODESK = "autodesk"
    ADOBE = "adobe"
    JETBRAINS = "jetbrains"
    WEBSEATS = "webseats"
    SNIPEIT = "snipeit"


SIGNATURES: Mapping[ExportFormat, tuple[frozenset[str], ...]] = {
    ExportFormat.PURCHASES: (frozenset({"title", "metric"}), frozenset({"metric", "quantity"})),
    ExportFormat.AUTODESK: autodesk.SIGNATURES,
    ExportFormat.ADOBE: adobe.SIGNATURES,
    ExportFormat.JETBRAINS: jetbrains.SIGNATURES,
    ExportFormat.WEBSEATS: webseats.SIGNATURES,
    ExportFormat.SNIPEIT: snipeit.SIGNATURES,
}


def detected(source: Source, *, sheet: str = "") -> ExportFormat:
    """The one format whose columns a file has; raises ExportError where it is none or could be two."""
    stream = stream_table(source, (), sheet=sheet)
    if unreadable := [one for one in stream.problems if not one.row]:
        raise TableProblems(unreadable)
    header = {plain_name(title) for title in stream.unknown}
    fits = [kind for kind, ways in SIGNATURES.items() if any(way <= header for way in ways)]
    if len(fits) == 1:
        return fits[0]
    said = f"could be {' or '.join(fits)}" if fits else "has the columns of no export that is known"
    raise ExportError(f"{source.name}: {said}", hint=f"name one with --from: {', '.join(ExportFormat)}")
