"""Software lists of the demonstration: rows in the shape that machines state them, put together into images.

A file in `software/` has one row a line, tab-separated: name, version, publisher, source, identifier, marks. The
identifier `*` stands for a product code made from the name; marks are `hidden` and `user`, with a comma between.
`{year}` and the like are filled in by whoever asks, so that one file serves several releases.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from agents.report import RawInstall, Software

FOLDER = Path(__file__).parent / "software"

AUTODESK: Mapping[str, Mapping[str, str]] = {
    year: {"year": year, "acad": acad, "inv": inv, "rvt": rvt, "nav": nav}
    for year, acad, inv, rvt, nav in (
        ("2023", "24.2", "27", "23", "20"),
        ("2025", "25.0", "29", "25", "22"),
        ("2026", "25.1", "30", "26", "23"),
    )
}
"""The numbers that Autodesk's programs of one release carry."""


@cache
def software_list(name: str, release: str = "") -> tuple[RawInstall, ...]:
    """The rows of one file; `release` fills in the numbers of an Autodesk release."""
    body = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    for word, value in AUTODESK.get(release, {}).items():
        body = body.replace(f"{{{word}}}", value)
    return tuple(_row(line) for line in body.splitlines() if line and not line.startswith("#"))


def image(*layers: str, without: str = "", add: Iterable[RawInstall] = ()) -> tuple[RawInstall, ...]:
    """Several lists as one, sorted: `autodesk-cad@2026` is a file and its release; `without` drops names by pattern."""
    rows = [row for layer in layers for row in software_list(*layer.split("@"))]
    if without:
        rows = [row for row in rows if not re.search(without, row.name)]
    return tuple(sorted({*rows, *add}, key=lambda row: (row.source, row.name, row.identifier, row.version)))


def software(installs: Iterable[RawInstall], unasked: tuple[str, ...] = ()) -> Software:
    """A report's section; what could not be asked is left out of the entries too."""
    return Software(tuple(row for row in installs if row.source not in unasked), unasked)


def _row(line: str) -> RawInstall:
    name, version, publisher, source, identifier, marks = (line.split("\t") + [""] * 5)[:6]
    if identifier == "*":
        identifier = f"{{{str(uuid5(NAMESPACE_URL, f'{publisher}/{name}/{version}')).upper()}}}"
    return RawInstall(
        name=name,
        version=version,
        publisher=publisher,
        source=source,
        identifier=identifier,
        per_user="user" in marks.split(","),
        hidden="hidden" in marks.split(","),
    )
