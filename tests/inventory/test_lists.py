"""The district's own lists of labs and of assets: written whole, or not at all with every problem named."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from agents.report import Identity
from inventory.arrival import Arrival
from inventory.asset_list import AssetsWritten, import_assets
from inventory.place_list import PlacesWritten, import_places
from inventory.record import record
from inventory.sections import SectionShelf
from inventory.snapshots import load_sites, load_snapshot
from inventory.table_file import TableProblems
from inventory.views import DeviceView, Heard
from tests.check_ins import check_in, given
from tests.district import NOW

LABS = """\
site,site_name,lab,lab_name,pathways,stations,accessible
MUIR,John Muir High School,B12,Engineering,152,3,1
PHS,Pasadena High School,B12,Media,"113, 174",2,
"""
ASSETS = """\
site,lab,station,serial,asset_tag,name,acquired,cost,funding
MUIR,B12,1,5CG0000001,T-1,MUIR-B12-01,2022-08-01,"$2,150.00",Perkins V
MUIR,B12,,5CG0000002,T-2,SPARE,,,
PHS,,,,T-3,CART,,,
"""


@pytest.fixture
def district(engine: Engine, tmp_path: Path) -> "District":
    """Sites, labs and stations, and a folder for files."""
    found = District(engine, tmp_path)
    found.places(LABS)
    return found


class District:
    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def places(self, text: str) -> PlacesWritten:
        path = self.folder / "labs.csv"
        path.write_text(text)
        with Session(self.engine) as session, session.begin():
            return import_places(session, path, pathways={"113", "152", "174"})

    def assets(self, text: str) -> AssetsWritten:
        path = self.folder / "assets.csv"
        path.write_text(text)
        with Session(self.engine) as session, session.begin():
            return import_assets(session, path, now=NOW)

    def hear_nameless(self, name: str, site: str, shelf: SectionShelf) -> None:
        """A check-in from a machine that states nothing but its name, enrolled at a site."""
        whole = check_in(5, identity=Identity(hostname=name, system_id="a" * 32), interfaces=())
        with Session(self.engine) as session:
            (site_id,) = (key for key, one in load_sites(session).items() if one.code == site)
        with self.engine.begin() as connection:
            record(connection, shelf, [Arrival(whole, given(whole), site_id, NOW)])

    def numbers(self, label: str) -> list[int]:
        with Session(self.engine) as session:
            snapshot = load_snapshot(session, now=NOW)
        (lab,) = (lab for lab in snapshot.labs.values() if lab.label == label)
        return [station.number for station in snapshot.stations[lab.id]]

    def devices(self) -> dict[str, DeviceView]:
        with Session(self.engine) as session:
            return {d.asset_tag: d for d in load_snapshot(session, now=NOW).devices.values()}


def test_labs_are_unique_within_their_site_only(district: District) -> None:
    with Session(district.engine) as session:
        snapshot = load_snapshot(session, now=NOW)
    assert sorted(lab.label for lab in snapshot.labs.values()) == ["MUIR/B12", "PHS/B12"]
    stations = {snapshot.labs[key].label: found for key, found in snapshot.stations.items()}
    assert [(s.number, s.accessible) for s in stations["MUIR/B12"]] == [(1, True), (2, False), (3, False)]


def test_the_same_list_again_changes_nothing(district: District) -> None:
    assert district.places(LABS) == PlacesWritten(added=0, changed=0, unchanged=2)
    assert district.assets(ASSETS) == AssetsWritten(added=3, changed=0, unchanged=0)
    assert district.assets(ASSETS) == AssetsWritten(added=0, changed=0, unchanged=3)


def test_an_asset_nobody_heard_is_expected_not_ready(district: District) -> None:
    district.assets(ASSETS)
    device = district.devices()["T-1"]
    assert (device.name, device.cost_cents, device.software) == ("MUIR-B12-01", 215_000, None)
    assert device.heard(NOW, stale_after=NOW - NOW) is Heard.NEVER


def test_a_report_meets_the_asset_by_its_serial(district: District, shelf: SectionShelf) -> None:
    district.assets(ASSETS)
    whole = check_in(1)
    with district.engine.begin() as connection:
        record(connection, shelf, [Arrival(whole, given(whole), None, NOW)])
    devices = district.devices()
    assert len(devices) == 3
    assert devices["T-1"].last_heard == NOW
    assert devices["T-1"].station_id is not None


def test_a_device_that_moves_leaves_its_station(district: District) -> None:
    district.assets(ASSETS)
    swapped = ASSETS.replace("MUIR,B12,,5CG0000002", "MUIR,B12,1,5CG0000002").replace(
        "B12,1,5CG0000001", "B12,,5CG0000001"
    )
    assert district.assets(swapped).changed == 2
    devices = district.devices()
    assert devices["T-1"].station_id is None
    assert devices["T-2"].station_id is not None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("NUIR,B12,1,X1,,,,,", "row 2, site: no site 'NUIR'; did you mean MUIR?"),
        ("MUIR,B21,1,X1,,,,,", "row 2, lab: no lab 'B21' at MUIR; did you mean B12?"),
        ("MUIR,B12,9,X1,,,,,", "row 2, station: no station 9 in MUIR/B12"),
        ("MUIR,,1,X1,,,,,", "row 2, station: a station without a lab"),
        ("MUIR,B12,1,,,,,,", "row 2, serial: neither a serial nor an asset tag"),
        ("MUIR,B12,1,To be filled by O.E.M.,,,,,", "row 2, serial: 'To be filled by O.E.M.' is what makers write"),
        ("MUIR,B12,1,X1,,,,,\nMUIR,B12,2,X 1,,,,,", "row 3, serial: X 1 stands in row 2 already"),
        ("MUIR,B12,1,X1,,,8/1/2022,,", "row 2, acquired: '8/1/2022' can be read in two ways"),
        ("MUIR,B12,1,X1,,,,-5,", "row 2, cost:"),
        ("MUIR,B12,1,X1,,,,,\nMUIR,B12,2,x1,,,,,", "row 3, serial: x1 stands in row 2 already"),
        ("MUIR,B12,1,X1,,,,,\nMUIR,B12,1,X2,,,,,", "row 3, station: 1 stands in row 2 already"),
    ],
)
def test_a_bad_asset_list_writes_nothing(district: District, row: str, problem: str) -> None:
    with pytest.raises(TableProblems) as refused:
        district.assets(f"{ASSETS.splitlines()[0]}\n{row}\n")
    assert problem in str(refused.value)
    assert district.devices() == {}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("MUIR,,A1,,999,3,", "row 2, pathways: no pathway '999'; known: 113, 152, 174"),
        ("MUIR,,A1,,152,3,9", "row 2, accessible: station 9 is beyond the 3 of the lab"),
        ("MUIR,,A1,,152,-3,", "row 2, stations:"),
        (
            "MUIR,,A1,,152,3," + "9" * 5000,
            "row 2, accessible: '9999999999999999999999999999999999999...' is not a list",
        ),
        ("MUIR,,A1,,152,3,²", "row 2, accessible: '²' is not a list of station numbers"),
        (
            "MUIR,,A1,," + "1" * 60_000 + ",3,",
            "row 2, pathways: '1111111111111111111111111111111111111...' is not a list",
        ),
        ('MUIR,,A1,,"' + ",".join(map(str, range(5000))) + '",3,', "row 2, pathways: '0,1,2,3,4,5,6,7,8,9,10"),
        ("MUIR,M\u202etxt,A1,,152,3,", "row 2, site_name: holds control characters"),
        ("MUIR,M\x9b2J,A1,,152,3,", "row 2, site_name: holds control characters"),
        ("MUIR,,A1,,152,3,\nMUIR,,A1,,152,3,", "row 3, lab: MUIR/A1 stands in row 2 already"),
    ],
)
def test_a_bad_list_of_labs_writes_nothing(district: District, row: str, problem: str) -> None:
    with pytest.raises(TableProblems) as refused:
        district.places(f"{LABS.splitlines()[0]}\n{row}\n")
    assert problem in str(refused.value)
    with Session(district.engine) as session:
        assert len(load_snapshot(session, now=NOW).labs) == 2


def test_a_lab_that_shrinks_closes_its_stations(district: District) -> None:
    district.assets(ASSETS.replace("MUIR,B12,1,", "MUIR,B12,3,"))
    smaller = LABS.replace("Engineering,152,3,1", "Engineering,152,2,1")
    with pytest.raises(TableProblems) as refused:
        district.places(smaller)
    assert "row 2, stations: MUIR-B12-01 stands at station 3, beyond 2" in str(refused.value)
    district.assets(ASSETS)
    assert district.places(smaller).changed == 1
    assert district.numbers("MUIR/B12") == [1, 2]
    with pytest.raises(TableProblems, match="no station 3 in MUIR/B12"):
        district.assets(ASSETS.replace("MUIR,B12,1,", "MUIR,B12,3,"))
    assert district.places(LABS).changed == 1
    assert district.numbers("MUIR/B12") == [1, 2, 3]


@pytest.mark.parametrize("list_first", [True, False])
def test_a_machine_without_serial_and_tag_is_placed_by_its_name(
    district: District, shelf: SectionShelf, list_first: bool
) -> None:
    """A virtual machine states nothing but its name; the list gives it a tag and a place."""
    listed = f"{ASSETS.splitlines()[0]}\nMUIR,B12,2,,T-9,vm,,,\n"
    if list_first:
        district.assets(listed)
    district.hear_nameless("vm", "MUIR", shelf)
    district.assets(listed)
    (device,) = district.devices().values()
    assert (device.asset_tag, device.last_heard, device.name) == ("T-9", NOW, "vm")
    assert device.station_id is not None
    assert district.assets(listed).unchanged == 1


@pytest.mark.parametrize(
    "rows",
    [
        "MUIR,B12,1,,T-1,vm,,,\nMUIR,B12,2,,T-2,vm,,,",  # two of that name in the list
        "PHS,B12,1,,T-1,vm,,,",  # one of that name at another site
        "MUIR,B12,1,5CG0000009,T-1,vm,,,",  # a machine that has a serial
    ],
)
def test_a_name_alone_never_makes_two_machines_one(district: District, shelf: SectionShelf, rows: str) -> None:
    district.hear_nameless("vm", "MUIR", shelf)
    district.assets(f"{ASSETS.splitlines()[0]}\n{rows}\n")
    devices = district.devices()
    assert len(devices) == 1 + len(rows.splitlines())
    assert [tag for tag, device in devices.items() if device.last_heard] == [""]
