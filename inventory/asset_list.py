"""Devices from the district's asset list: where each stands, when it was bought, and that it should exist at all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from sqlmodel import Session, col, select

from agents.report import Identity
from inventory.columns import key_of
from inventory.devices import DeviceRow, PlacementRow
from inventory.evidence import IdentifierRow
from inventory.identifiers import Identifier, Kind, identifiers
from inventory.places import LabRow, SiteRow, StationRow
from inventory.table_file import Column, Problem, Row, TableProblems, iso_date, money, scan_table, text, whole

COLUMNS = (
    Column("site", text(40), required=True, aliases=("site_code", "school"), example="MUIR"),
    Column("lab", text(40), default="", aliases=("lab_code", "room"), example="B12"),
    Column("station", whole(1, 500), default=None, example="7"),
    Column("serial", text(), default="", aliases=("serial_number",), example="5CG2104XYZ"),
    Column("asset_tag", text(), default="", aliases=("tag",), example="PUSD-20417"),
    Column("name", text(), default="", aliases=("device_name", "hostname"), example="MUIR-B12-07"),
    Column("acquired", iso_date, default=None, aliases=("acquired_on", "purchase_date"), example="2022-08-01"),
    Column("cost", money, default=None, aliases=("purchase_cost",), example="2150.00"),
    Column("funding", text(), default="", aliases=("funding_source",), example="Perkins V"),
)


@dataclass(frozen=True, slots=True)
class AssetsWritten:
    """How many devices a list added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


def import_assets(session: Session, path: Path, *, now: datetime) -> AssetsWritten:
    """Write an asset list; raises TableProblems and writes nothing when any row is wrong.

    A device is found by its serial, else by its asset tag; one that nobody has heard yet is recorded as expected.
    A machine that reports neither (a virtual one, an agent without rights) is found by its name, where its site has
    only one of that name, the list too, and the row gives no serial: else two machines could become one.
    """
    table = scan_table(path, COLUMNS)
    district = _Known.load(session)
    problems = list(table.problems)
    taken: dict[tuple[str, object], int] = {}
    named = Counter(_called(row) for row in table.rows)
    for row in table.rows:
        problems += district.problems(table.file, row)
        for field, value in (
            ("serial", _key("serial", row["serial"])[1]),
            ("asset_tag", _key("asset_tag", row["asset_tag"])[1]),
            ("station", (row["site"], row["lab"], row["station"]) if row["station"] else ""),
        ):
            if not value:
                continue
            if (field, value) in taken:
                message = f"{row[field]} stands in row {taken[field, value]} already"
                problems.append(Problem(table.file, row.number, field, message, "each may stand in one row only"))
            taken.setdefault((field, value), row.number)
        if not row["serial"] and not row["asset_tag"] and district.by_name(row, named) is None:
            hint = "give one of the two; a name alone finds only a device that reports neither"
            problems.append(Problem(table.file, row.number, "serial", "neither a serial nor an asset tag", hint))
        elif row["serial"] and not row["asset_tag"] and not _stated(row):
            message = f"{row['serial']!r} is what makers write where they give no serial"
            problems.append(Problem(table.file, row.number, "serial", message, "give the serial or an asset tag"))
    if problems:
        raise TableProblems(sorted(problems, key=lambda problem: problem.row))
    outcomes = [_write(session, district, row, district.by_name(row, named), now) for row in table.rows]
    session.flush()
    return AssetsWritten(outcomes.count("added"), outcomes.count("changed"), outcomes.count("unchanged"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the district has already: places by code, devices by serial and tag, and by name those without both."""

    sites: Mapping[str, int]
    labs: Mapping[tuple[str, str], int]
    stations: Mapping[tuple[int, int], int]
    devices: Mapping[tuple[str, str], int]
    unmarked: Mapping[tuple[str, str], int]

    @classmethod
    def load(cls, session: Session) -> "_Known":
        sites = {site.code: key_of(site) for site in session.exec(select(SiteRow))}
        by_id = {key: code for code, key in sites.items()}
        labs = {(by_id[lab.site_id], lab.code): key_of(lab) for lab in session.exec(select(LabRow))}
        stations = {(s.lab_id, s.number): key_of(s) for s in session.exec(select(StationRow)) if not s.closed}
        rows = session.exec(select(DeviceRow)).all()
        devices = {
            _key(field, value): key_of(device)
            for device in rows
            for field, value in (("serial", device.serial), ("asset_tag", device.asset_tag))
            if value
        }
        heard = [(by_id.get(device.site_id or 0, ""), device.name.casefold()) for device in rows if device.last_heard]
        times = Counter(heard)
        unmarked = {
            place: key_of(device)
            for place, device in zip(heard, (device for device in rows if device.last_heard), strict=True)
            if not device.serial and not device.asset_tag and times[place] == 1
        }
        return cls(sites, labs, stations, devices, unmarked)

    def by_name(self, row: Row, named: Mapping[tuple[str, str], int]) -> int | None:
        """The one device of the row's site that reported under its name, and nothing stronger."""
        if row["serial"] or not row["name"] or named[_called(row)] > 1:
            return None
        return self.unmarked.get(_called(row))

    def problems(self, file: str, row: Row) -> list[Problem]:
        """What is wrong with where a row says its device stands."""
        if row["site"] not in self.sites:
            return [Problem(file, row.number, "site", f"no site '{row['site']}'", _nearest(row["site"], self.sites))]
        if not row["lab"]:
            if row["station"]:
                return [Problem(file, row.number, "station", "a station without a lab", "name the lab")]
            return []
        lab = self.labs.get((row["site"], row["lab"]))
        if lab is None:
            labs = {code: 0 for site, code in self.labs if site == row["site"]}
            message = f"no lab '{row['lab']}' at {row['site']}"
            return [Problem(file, row.number, "lab", message, _nearest(row["lab"], labs))]
        if row["station"] and (lab, row["station"]) not in self.stations:
            message = f"no station {row['station']} in {row['site']}/{row['lab']}"
            return [Problem(file, row.number, "station", message, "`labfleet lab import` sets how many there are")]
        return []


def _nearest(name: str, known: Mapping[str, int]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)[:5]
    return f"did you mean {', '.join(close)}?" if close else "import the list of labs first"


def _stated(row: Row) -> list[Identifier]:
    """What a row says of its device that weighs something: no "To be filled by O.E.M."."""
    stated = identifiers(Identity(hostname="", serial=row["serial"], asset_tag=row["asset_tag"]))
    return sorted(i for i in stated if i.kind in (Kind.SERIAL, Kind.ASSET_TAG))


def _called(row: Row) -> tuple[str, str]:
    return row["site"], row["name"].casefold()


def _key(field: str, value: str) -> tuple[str, str]:
    return field, "".join(value.split()).casefold()


def _write(session: Session, district: _Known, row: Row, unmarked: int | None, now: datetime) -> str:
    stated = _stated(row)
    key = district.devices.get(_key("serial", row["serial"])) if any(i.kind is Kind.SERIAL for i in stated) else None
    key = key or district.devices.get(_key("asset_tag", row["asset_tag"]))
    device = session.get(DeviceRow, key) if key is not None else None
    if unmarked is not None and (device is None or device.last_heard is None):
        if device is not None:
            _forget_expected(session, device)
        device = session.get(DeviceRow, unmarked)
    outcome = "unchanged"
    if device is None:
        device = DeviceRow(name=row["name"] or row["asset_tag"] or row["serial"])
        session.add(device)
        session.flush()
        outcome = "added"
    device_id = key_of(device)
    known = {(i.kind, i.value) for i in session.exec(select(IdentifierRow).where(IdentifierRow.device_id == device_id))}
    for identifier in stated:
        if (identifier.kind, identifier.value) not in known:
            session.add(IdentifierRow(device_id=device_id, kind=identifier.kind, value=identifier.value))
    facts = {
        "site_id": district.sites[row["site"]],
        "serial": device.serial or row["serial"],
        "asset_tag": row["asset_tag"] or device.asset_tag,
        "acquired_on": row["acquired"] or device.acquired_on,
        "cost_cents": device.cost_cents if row["cost"] is None else row["cost"],
        "funding": row["funding"] or device.funding,
    }
    for field, value in facts.items():
        if getattr(device, field) != value:
            setattr(device, field, value)
            outcome = "added" if outcome == "added" else "changed"
    moved = _place(session, district, device_id, row, now)
    return "changed" if moved and outcome == "unchanged" else outcome


def _forget_expected(session: Session, device: DeviceRow) -> None:
    """Remove a device that was only ever expected: it has reported, under its name alone."""
    for table in (IdentifierRow, PlacementRow):
        for one in session.exec(select(table).where(table.device_id == device.id)):
            session.delete(one)
    session.flush()
    session.delete(device)
    session.flush()


def _place(session: Session, district: _Known, device_id: int, row: Row, now: datetime) -> bool:
    """Put the device where the list says; whoever stood at that station does not stand there any more."""
    lab_id = district.labs.get((row["site"], row["lab"]))
    station_id = district.stations[lab_id, row["station"]] if lab_id and row["station"] else None
    open_ones = select(PlacementRow).where(col(PlacementRow.until).is_(None))
    current = session.exec(open_ones.where(PlacementRow.device_id == device_id)).first()
    if (current and (current.lab_id, current.station_id)) == (lab_id and (lab_id, station_id)):
        return False
    if station_id is not None:
        for other in session.exec(open_ones.where(PlacementRow.station_id == station_id)):
            other.until = now
    if current is not None:
        current.until = now
    session.flush()  # those that end first: a station holds one device at a time
    if lab_id is not None:
        session.add(PlacementRow(device_id=device_id, lab_id=lab_id, station_id=station_id, since=now))
    return True
