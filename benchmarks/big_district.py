"""A made-up district of any size in a database, written by bulk insert: the same one every time.

Labs of 30 alike machines, 5 % of which have another set; 3 % are stale, 1 % were never heard; one state in ten has a
past. Every set has SHARE of TITLES titles: those that the pathways ask for, and others.
"""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Table

from fleet import schema
from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, PlacementRow, StateRow, SystemRow
from inventory.places import LabRow, SiteRow, StationRow
from inventory.software import InstallRow, RawEntryRow, ReleaseRow, SoftwareSetRow, TitleRow
from inventory.titles import load_catalog
from licenses.pathway_file import load_pathways
from licenses.rows import EntitlementRow, SectionRow

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
LAB = 30
LABS_PER_SITE = 25
TITLES = 60
SHARE = 2 / 3
BUILDS = 40
"""Patch levels of the system: neighbours differ in them."""

_PAST = NOW - timedelta(days=200)
_VOLUME = {"mount": "C:", "size": 5 * 10**11, "free": 10**11, "system": True}
_PATHWAYS = ("113", "152", "174", "198")


@dataclass(frozen=True, slots=True)
class Size:
    """How many devices, and how many distinct software sets they share."""

    devices: int
    sets: int

    @property
    def labs(self) -> int:
        """The last one may not be full."""
        return -(-self.devices // LAB)

    @property
    def sites(self) -> int:
        """The last one may not be full either."""
        return -(-self.labs // LABS_PER_SITE)


def build(engine: Engine, size: Size) -> None:
    """Make the tables and fill them."""
    schema.upgrade(engine)
    dice = random.Random(19)
    titles = _titles()
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        for row, rows in (*_software(dice, titles, size.sets), *_places(dice, size), *_bought(dice, titles, size)):
            _insert(connection, table_of(row), rows)
        # What a database that has grown over months has done by itself.
        connection.exec_driver_sql("ANALYZE")


def _titles() -> Sequence[str]:
    """Those that pathways ask for first, then others that somebody has to buy."""
    catalog = load_catalog()
    asked = {title for one in load_pathways(titles=catalog.by_id) for need in one.needs for title in need.titles}
    installed = [title.id for title in catalog.titles if not title.web]
    return sorted(installed, key=lambda id_: (id_ not in asked, catalog.by_id[id_].free, id_))[:TITLES]


Rows = Iterable[dict[str, Any]]


def _digest(*said: object) -> bytes:
    return sha256(repr(said).encode()).digest()


def _software(dice: random.Random, titles: Sequence[str], sets: int) -> Iterator[tuple[type[Any], Rows]]:
    """Each title in three releases of three versions each."""
    numbered = list(enumerate(titles, start=1))
    yield TitleRow, [{"id": key, "slug": slug, "name": slug, "publisher": ""} for key, slug in numbered]
    releases = [(3 * key - 3 + n, key, f"{2023 + n}") for key, _ in numbered for n in (1, 2, 3)]
    yield ReleaseRow, [{"id": id_, "title_id": key, "label": label, "edition": ""} for id_, key, label in releases]
    yield (
        RawEntryRow,
        [
            {
                "id": 3 * id_ - 3 + n,
                "digest": _digest("entry", id_, n),
                "platform": "windows",
                "name": titles[key - 1],
                "version": f"{label}.{n}",
                "publisher": "",
                "source": "registry",
                "identifier": "",
                "per_user": False,
                "hidden": False,
                "parent": "",
                "role": "product",
                "release_id": id_,
                "rule": "name",
            }
            for id_, key, label in releases
            for n in (1, 2, 3)
        ],
    )
    yield (
        SoftwareSetRow,
        [
            {
                "id": id_,
                "digest": _digest("set", id_),
                "platform": "windows",
                "entries": b"",
                "unasked": ["msix"] if id_ % 50 == 0 else [],
            }
            for id_ in range(1, sets + 1)
        ],
    )
    held = round(len(titles) * SHARE)
    keys = range(len(titles))
    yield (
        InstallRow,
        (
            {"set_id": id_, "entry_id": 9 * key + dice.randrange(9) + 1}
            for id_ in range(1, sets + 1)
            for key in sorted(dice.sample(keys, held))
        ),
    )
    yield HardwareRow, [{"id": 1, "digest": _digest("hardware"), "maker": "M", "model": "D", "body": {}}]
    yield (
        SystemRow,
        [
            {
                "id": id_,
                "digest": _digest("system", id_),
                "platform": "windows",
                "name": "Windows 11",
                "release": "25H2",
                "body": {"platform": "windows", "name": "Windows 11", "release": "25H2", "build": f"26200.{id_}"},
            }
            for id_ in range(1, BUILDS + 1)
        ],
    )


def _places(dice: random.Random, size: Size) -> Iterator[tuple[type[Any], Rows]]:
    yield SiteRow, [{"id": id_, "code": f"S{id_}", "name": f"School {id_}"} for id_ in range(1, size.sites + 1)]
    yield (
        LabRow,
        [
            {
                "id": lab,
                "site_id": _site(lab),
                "code": f"L{lab}",
                "name": f"Lab {lab}",
                "pathways": [_PATHWAYS[lab % len(_PATHWAYS)]],
            }
            for lab in range(1, size.labs + 1)
        ],
    )
    yield (
        StationRow,
        (
            {"id": LAB * (lab - 1) + n, "lab_id": lab, "number": n, "accessible": n == 1, "closed": False}
            for lab in range(1, size.labs + 1)
            for n in range(1, LAB + 1)
        ),
    )
    devices = range(1, size.devices + 1)
    yield (
        DeviceRow,
        (
            {
                "id": id_,
                "name": f"PC-{id_}",
                "serial": f"SN{id_:08}",
                "asset_tag": f"{id_}",
                "site_id": _site(_lab(id_)),
                "evidence": _digest("evidence", id_),
                "first_heard": None if id_ % 100 == 0 else _PAST,
                "last_heard": None if id_ % 100 == 0 else NOW - timedelta(days=30 if dice.random() < 0.03 else 1),
                "vitals": None if id_ % 100 == 0 else {"volumes": [_VOLUME]},
                "acquired_on": date(2024, 8, 1),
                "cost_cents": 120_000,
                "funding": "",
            }
            for id_ in devices
        ),
    )
    images = [dice.randrange(size.sets) + 1 for _ in range(size.labs)]
    yield (
        StateRow,
        (
            {
                "device_id": id_,
                "since": _PAST + timedelta(days=100 * now),
                "until": None if now else _PAST + timedelta(days=100),
                "hardware_id": 1,
                "system_id": dice.randrange(BUILDS) + 1,
                "set_id": dice.randrange(size.sets) + 1 if dice.random() < 0.05 else images[_lab(id_) - 1],
            }
            for id_ in devices
            if id_ % 100
            for now in ((False, True) if id_ % 10 == 0 else (True,))
        ),
    )
    yield (
        PlacementRow,
        ({"device_id": id_, "lab_id": _lab(id_), "station_id": id_, "since": _PAST, "until": None} for id_ in devices),
    )


def _lab(device: int) -> int:
    return (device - 1) // LAB + 1


def _site(lab: int) -> int:
    return (lab - 1) // LABS_PER_SITE + 1


def _bought(dice: random.Random, titles: Sequence[str], size: Size) -> Iterator[tuple[type[Any], Rows]]:
    """Each title for the district, for a pathway and for five sites; two suites; two sections in each lab."""
    found = []
    for number, name in enumerate((*titles, "creative-cloud-all-apps", "aec-collection")):
        scopes = ["district", f"pathway:{_PATHWAYS[number % len(_PATHWAYS)]}"]
        scopes += [f"site:S{site}" for site in sorted({dice.randrange(size.sites) + 1 for _ in range(5)})]
        for scope in scopes:
            part = 200 if scope.startswith("site") else 8
            found.append(
                {
                    "title": name if number < len(titles) else "",
                    "suite": "" if number < len(titles) else name,
                    "metric": "device",
                    "quantity": dice.randrange(size.devices // part + 1),
                    "start_on": date(2026, 7, 1),
                    "end_on": date(2027, 6, 30),
                    "scope": scope,
                    "purchase_order": f"PO-{number}",
                    "funding": "general fund",
                    "note": "",
                    "release": "",
                    "devices_per_seat": 1,
                }
            )
    yield EntitlementRow, found
    yield (
        SectionRow,
        (
            {
                "site": f"S{_site(lab)}",
                "lab_id": lab,
                "pathway": _PATHWAYS[lab % len(_PATHWAYS)],
                "course": "",
                "code": f"{lab}-{period}",
                "period": period,
                "start_on": date(2026, 8, 17),
                "end_on": date(2027, 6, 4),
                "headcount": 26,
                "grades": "",
            }
            for lab in range(1, size.labs + 1)
            for period in ("1", "2")
        ),
    )


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    """By the driver's quickest way, not by ours: filling is not what is measured."""
    sqlite = connection.dialect.name == "sqlite"
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    waiting = iter(rows)
    first = next(waiting)
    names = tuple(first)
    values = (tuple(_plain(row[name], sqlite=sqlite) for name in names) for row in _all(first, waiting))
    columns = ", ".join(names)
    if sqlite:
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)  # noqa: S608 - our names
        return
    with driver.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _all(first: dict[str, Any], others: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from others


def _plain(value: Any, *, sqlite: bool) -> Any:
    """As the column types store it."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    if sqlite and isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return value.isoformat() if sqlite and isinstance(value, date) else value
