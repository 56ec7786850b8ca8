"""The census says of a district what its snapshot says, and reads it without holding its devices."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from sqlmodel import Session

from agents.report import Platform
from inventory.census import Census, Crowd, Likeness, census_of
from inventory.database import open_database
from inventory.device_set import DeviceSet
from inventory.snapshots import load_census, load_snapshot
from tests.fleet.query_budget import at_most
from tests.inventory.districts import NOW, Machine, Small, districts, write

STALE_AFTER = timedelta(days=14)


def both(url: str, small: Small) -> tuple[Census, Census]:
    """From the database, and from a snapshot of it."""
    engine = open_database(url)
    write(engine, small)
    try:
        with Session(engine) as session:
            with at_most(8, session.connection()):
                census = load_census(session, now=NOW, stale_after=STALE_AFTER)
            return census, census_of(load_snapshot(session, now=NOW), stale_after=STALE_AFTER)
    finally:
        engine.dispose()


TYPICAL = Small(
    [
        Machine(1, 1, 1, 0, 1, 1, False),
        Machine(2, 1, 2, 0, 1, 1, True),
        Machine(1, 1, 3, 0, 1, 1, False),
        Machine(None, 2, 1, 14, 2, 2, False),
        Machine(1, 2, 0, 15, 2, 2, False),
        Machine(2, 0, 0, None, 1, 0, False),
    ],
    [(frozenset({1, 2, 5}), False), (frozenset({3, 13}), True), (frozenset(), False)],
)


@given(districts)
@example(TYPICAL)
def test_the_census_is_that_of_the_snapshot(small: Small) -> None:
    census, other = both("sqlite:///:memory:", small)
    assert (census.sites, census.labs, census.empty) == (other.sites, other.labs, other.empty)
    assert dict(census.roll) == dict(other.roll)
    assert census.crowds == other.crowds
    named = {crowd.like.software for crowds in census.crowds.values() for crowd in crowds} - {None}
    assert {id_: census.software[id_] for id_ in named if id_ is not None} == other.software


@given(districts)
def test_every_device_is_in_one_crowd(small: Small) -> None:
    census, _ = both("sqlite:///:memory:", small)
    crowds = [crowd for group in census.crowds.values() for crowd in group]
    assert sum(len(crowd.devices) for crowd in crowds) == len(small.machines)
    assert DeviceSet().union(*(crowd.devices for crowd in crowds)) == DeviceSet(range(1, len(small.machines) + 1))
    assert len({crowd.like for crowd in crowds}) == len(crowds)


def test_a_district_in_crowds(postgres_url: str) -> None:
    """Machines 1 and 2 are alike although they were bought for two sites; 3 stands at a closed station."""
    census, other = both(postgres_url, TYPICAL)
    assert census.crowds == other.crowds
    windows, mac = Platform.WINDOWS, Platform.MACOS
    assert census.crowds == {
        1: (
            Crowd(Likeness(1, 1, True, windows, 1, True), DeviceSet({1, 2})),
            Crowd(Likeness(1, 1, False, windows, 1, True), DeviceSet({3})),
        ),
        2: (
            Crowd(Likeness(2, 2, True, mac, 2, True), DeviceSet({4})),
            Crowd(Likeness(2, 2, False, mac, 2, False), DeviceSet({5})),
        ),
        None: (Crowd(Likeness(2, None, False, None, None, False), DeviceSet({6})),),
    }
    assert census.empty == {2: 1}
    assert [install.title for install in census.software[1].installs] == ["autocad", "revit", "revit"]
    assert census.software_of(census.crowds[None][0]) is None
    assert census.software_of(census.crowds[1][0]) == census.software[1]


@pytest.mark.parametrize("machines", [0, 1, 9])
def test_the_statements_do_not_grow(machines: int) -> None:
    both("sqlite:///:memory:", Small([Machine(1, 1, 0, 0, 1, 1, False)] * machines, TYPICAL.sets))
