"""Positions of a district of any size: a handful of statements, and every device can be found."""

from pathlib import Path

import pytest
from sqlmodel import Session

from benchmarks.big_district import NOW, Size, build
from fleet.answers.positions import Positions, answer
from fleet.settings import Settings
from inventory.database import open_database
from inventory.snapshots import load_snapshot
from tests.fleet.query_budget import at_most

STATEMENTS = 14


def ask(url: str, devices: int, home: Path) -> Positions:
    """The positions of a made-up district, within the budget."""
    settings = Settings(home=home, clock=NOW)
    engine = open_database(url)
    try:
        build(engine, Size(devices, 12))
        with Session(engine) as session, at_most(STATEMENTS, session.connection()):
            return answer(session, settings, on=NOW.date())
    finally:
        engine.dispose()


@pytest.mark.parametrize("devices", [40, 400])
def test_the_statements_do_not_grow_with_the_district(devices: int, tmp_path: Path) -> None:
    found = ask(f"sqlite:///{tmp_path / 'district.db'}", devices, tmp_path)
    assert len(found.devices) == devices
    assert sum(len(one.installed) for one in found.positions) > 10 * devices


def test_postgres_answers_alike(postgres_url: str, tmp_path: Path) -> None:
    here, there = ask(f"sqlite:///{tmp_path / 'district.db'}", 300, tmp_path), ask(postgres_url, 300, tmp_path)
    assert here.positions == there.positions
    assert dict(here.devices) == dict(there.devices)


def test_every_device_behind_a_number_is_found_where_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'district.db'}"
    found = ask(url, 200, tmp_path)
    engine = open_database(url)
    with Session(engine) as session:
        snapshot = load_snapshot(session, now=NOW)
    engine.dispose()
    numbers = {station.id: station.number for group in snapshot.stations.values() for station in group}
    for one in found.positions:
        for id_ in one.needed | one.installed | one.last_known:
            device, where = snapshot.devices[id_], found.devices[id_]
            assert (where.name, where.last_heard) == (device.name, device.last_heard)
            assert where.station == numbers[device.station_id or 0]
            assert where.lab == snapshot.labs[device.lab_id or 0].label
