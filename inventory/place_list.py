"""Sites, labs and stations from the district's list of labs: one row a lab."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select as sql_select
from sqlmodel import Session, select

from inventory.columns import key_of, table_of
from inventory.devices import DeviceRow, PlacementRow
from inventory.places import LabRow, SiteRow, StationRow
from inventory.table_file import CellError, Column, Problem, TableProblems, scan_table, shown, text, whole

_SITES = table_of(SiteRow)
_LABS = table_of(LabRow)
_STATIONS = table_of(StationRow)
_PLACEMENTS = table_of(PlacementRow)
_DEVICES = table_of(DeviceRow)

MOST_STATIONS = 500
MOST_PATHWAYS = 20
LONGEST_CODE = 40


def _numbers(cell: str) -> tuple[int, ...]:
    """Station numbers: "1, 2, 30"."""
    parts = [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
    if not all(re.fullmatch("[0-9]{1,4}", part) and 0 < int(part) <= MOST_STATIONS for part in parts):
        raise CellError(f"{shown(cell)} is not a list of station numbers", "write them as 1, 2, 30")
    return tuple(int(part) for part in parts)


def _codes(cell: str) -> tuple[str, ...]:
    """Pathway codes: "152" or "152, 174"."""
    codes = tuple(dict.fromkeys(part.strip() for part in cell.replace(";", ",").split(",") if part.strip()))
    if len(codes) > MOST_PATHWAYS or any(len(code) > LONGEST_CODE for code in codes):
        raise CellError(f"{shown(cell)} is not a list of pathway codes", "write them as 152, 174")
    return codes


COLUMNS = (
    Column("site", text(40), required=True, aliases=("site_code", "school"), example="MUIR"),
    Column("site_name", text(), default="", aliases=("school_name",), example="John Muir High School"),
    Column("lab", text(40), required=True, aliases=("lab_code", "room"), example="B12"),
    Column("lab_name", text(), default="", example="Engineering Design Lab"),
    Column("pathways", _codes, default=(), aliases=("pathway",), example="152"),
    Column("stations", whole(0, MOST_STATIONS), required=True, example="30"),
    Column("accessible", _numbers, default=(), aliases=("accessible_stations",), example="1"),
)


@dataclass(frozen=True, slots=True)
class PlacesWritten:
    """How many labs a list added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


def import_places(session: Session, path: Path, *, pathways: Collection[str]) -> PlacesWritten:
    """Write a list of labs; raises TableProblems and writes nothing when any row is wrong.

    Stations that a shorter row leaves out stay: a device may stand there, and history names them.
    """
    table = scan_table(path, COLUMNS)
    problems = list(table.problems)
    occupied = _occupied(session)
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        place = (row["site"], row["lab"])
        if place in seen:
            message = f"{row['site']}/{row['lab']} stands in row {seen[place]} already"
            problems.append(Problem(table.file, row.number, "lab", message, "keep one of the two rows"))
        seen.setdefault(place, row.number)
        for code in row["pathways"]:
            if code not in pathways:
                known = ", ".join(sorted(pathways))
                problems.append(Problem(table.file, row.number, "pathways", f"no pathway '{code}'", f"known: {known}"))
        if row["accessible"] and max(row["accessible"]) > row["stations"]:
            message = f"station {max(row['accessible'])} is beyond the {row['stations']} of the lab"
            problems.append(Problem(table.file, row.number, "accessible", message, "correct one of the two"))
        for number, device in occupied.get(place, {}).items():
            if number > row["stations"]:
                message = f"{device} stands at station {number}, beyond {row['stations']}"
                hint = "place it elsewhere with `labfleet device import` first"
                problems.append(Problem(table.file, row.number, "stations", message, hint))
    if problems:
        raise TableProblems(problems)
    outcomes = [
        _write_lab(
            session,
            _write_site(session, row["site"], row["site_name"]),
            row["lab"],
            row["lab_name"],
            list(row["pathways"]),
            {number: number in row["accessible"] for number in range(1, row["stations"] + 1)},
        )
        for row in table.rows
    ]
    session.flush()
    return PlacesWritten(outcomes.count("added"), outcomes.count("changed"), outcomes.count("unchanged"))


def _write_site(session: Session, code: str, name: str) -> SiteRow:
    site = session.exec(select(SiteRow).where(SiteRow.code == code)).first()
    if site is None:
        site = SiteRow(code=code, name=name or code)
        session.add(site)
        session.flush()
    elif name:
        site.name = name
    return site


def _write_lab(
    session: Session, site: SiteRow, code: str, name: str, pathways: list[str], stations: dict[int, bool]
) -> str:
    lab = session.exec(select(LabRow).where(LabRow.site_id == site.id, LabRow.code == code)).first()
    outcome = "unchanged"
    if lab is None:
        lab = LabRow(site_id=key_of(site), code=code, name=name or code, pathways=pathways)
        session.add(lab)
        session.flush()
        outcome = "added"
    elif lab.pathways != pathways or (name and lab.name != name):
        lab.name, lab.pathways, outcome = name or lab.name, pathways, "changed"
    present = {s.number: s for s in session.exec(select(StationRow).where(StationRow.lab_id == lab.id))}
    for number, accessible in stations.items():
        if number not in present:
            session.add(StationRow(lab_id=key_of(lab), number=number, accessible=accessible))
            outcome = "added" if outcome == "added" else "changed"
        elif present[number].accessible != accessible:
            present[number].accessible, outcome = accessible, "changed"
    for number, station in present.items():
        if station.closed != (number not in stations):
            station.closed, outcome = number not in stations, "changed"
    return outcome


def _occupied(session: Session) -> dict[tuple[str, str], dict[int, str]]:
    """Which device stands at which station of which lab."""
    standing = session.connection().execute(
        sql_select(_SITES.c.code, _LABS.c.code, _STATIONS.c.number, _DEVICES.c.name)
        .select_from(_PLACEMENTS)
        .join(_STATIONS, _STATIONS.c.id == _PLACEMENTS.c.station_id)
        .join(_LABS, _LABS.c.id == _STATIONS.c.lab_id)
        .join(_SITES, _SITES.c.id == _LABS.c.site_id)
        .join(_DEVICES, _DEVICES.c.id == _PLACEMENTS.c.device_id)
        .where(_PLACEMENTS.c.until.is_(None))
    )
    found: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for site, lab, number, device in standing:
        found[site, lab][number] = device
    return found
