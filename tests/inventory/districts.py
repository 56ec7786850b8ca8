"""Small districts straight into the tables: whatever may stand there, also what intake would seldom write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from inventory.columns import table_of
from inventory.devices import DeviceRow, HardwareRow, PlacementRow, StateRow, SystemRow
from inventory.evidence import ConflictRow
from inventory.places import LabRow, SiteRow, StationRow
from inventory.software import InstallRow, RawEntryRow, ReleaseRow, SoftwareSetRow, TitleRow

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
PLATFORMS = ("windows", "macos")
TITLES = ("revit", "autocad", "maya")
LABS = 2
STATIONS = 3
"""Of each lab; the last one is closed. Each site has one lab."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One device: where, how many days since its last word (`None`: never), its system and its set (0: none)."""

    site: int | None
    lab: int
    station: int
    days: int | None
    system: int
    software: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class Small:
    """A district: machines; the sets as (raw entries, unasked)."""

    machines: Sequence[Machine]
    sets: Sequence[tuple[frozenset[int], bool]]


machines = st.builds(
    Machine,
    site=st.sampled_from([None, 1, 2]),
    lab=st.integers(0, LABS),
    station=st.integers(0, STATIONS),
    days=st.sampled_from([None, 0, 13, 14, 15, 90]),
    system=st.integers(1, len(PLATFORMS)),
    software=st.integers(0, 3),
    disputed=st.booleans(),
)
# Entries 1 to 12: of each title two releases in two versions; 13 is no product.
sets = st.tuples(st.frozensets(st.integers(1, 13), max_size=5), st.booleans())
districts = st.builds(Small, st.lists(machines, max_size=12), st.lists(sets, min_size=3, max_size=3))


def write(engine: Engine, small: Small) -> None:
    """Fill an empty database; a place that is taken already makes a spare."""
    SQLModel.metadata.create_all(engine)
    taken: set[int] = set()
    rows: list[SQLModel] = [SiteRow(id=n, code=f"S{n}", name=f"S{n}") for n in range(1, LABS + 1)]
    rows += [LabRow(id=n, site_id=n, code="L", name="L", pathways=["152"]) for n in range(1, LABS + 1)]
    rows += [
        StationRow(id=10 * lab + n, lab_id=lab, number=n, closed=n == STATIONS)
        for lab in range(1, LABS + 1)
        for n in range(1, STATIONS + 1)
    ]
    rows += [TitleRow(id=n, slug=slug, name=slug, publisher="") for n, slug in enumerate(TITLES, start=1)]
    rows += [ReleaseRow(id=n, title_id=(n + 1) // 2, label=f"202{n % 2}", edition="") for n in range(1, 7)]
    rows += [_entry(n) for n in range(1, 14)]
    rows.append(HardwareRow(id=1, digest=_digest("hardware"), maker="", model="", body={"chassis": "desktop"}))
    rows += [
        SystemRow(id=n, digest=_digest("system", n), platform=said, name="", release="", body={"platform": said})
        for n, said in enumerate(PLATFORMS, start=1)
    ]
    for id_, (entries, unasked) in enumerate(small.sets, start=1):
        missed = ["msix"] if unasked else []
        rows.append(SoftwareSetRow(id=id_, digest=_digest("set", id_), platform="", entries=b"", unasked=missed))
        rows += [InstallRow(set_id=id_, entry_id=entry) for entry in sorted(entries)]
    for id_, machine in enumerate(small.machines, start=1):
        heard = None if machine.days is None else NOW - timedelta(days=machine.days)
        rows.append(DeviceRow(id=id_, name=f"PC-{id_}", site_id=machine.site, first_heard=heard, last_heard=heard))
        if machine.software:
            rows += [
                StateRow(device_id=id_, since=NOW, until=until, hardware_id=1, system_id=machine.system, set_id=set_)
                for until, set_ in ((NOW, machine.software % 3 + 1), (None, machine.software))
            ]
        if machine.lab:
            station = 10 * machine.lab + machine.station if machine.station else None
            station = None if station in taken else station
            if station is not None:
                taken.add(station)
            rows.append(PlacementRow(device_id=id_, lab_id=machine.lab, station_id=station, since=NOW))
    disputed = [id_ for id_, machine in enumerate(small.machines, start=1) if machine.disputed]
    rows += [ConflictRow(device_id=one, other_id=1, kind="", value="", words="", since=NOW) for one in disputed]
    with engine.begin() as connection:
        for row in rows:
            values = {name: value for name, value in row.model_dump().items() if name != "id" or value is not None}
            connection.execute(insert(table_of(type(row))).values(**values))


def _entry(id_: int) -> RawEntryRow:
    release = (id_ + 1) // 2 if id_ < 13 else None
    text = dict.fromkeys(("platform", "publisher", "source", "identifier", "parent", "rule"), "")
    return RawEntryRow(
        id=id_,
        digest=_digest("entry", id_),
        name=f"entry {id_}",
        version=f"1.{id_ % 2}",
        per_user=False,
        hidden=False,
        role="product" if release else "unknown",
        release_id=release,
        **text,
    )


def _digest(*said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()
