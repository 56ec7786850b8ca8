"""The benchmark of readiness judges what it says it judges."""

import pytest

from benchmarks.readiness import STATIONS, measure


@pytest.mark.parametrize("alike", [True, False])
def test_small_district(alike: bool) -> None:
    """Ready, failed and silent machines all occur, in the same numbers however the labs are imaged."""
    measured = measure(labs=8, alike=alike, rounds=1)
    assert 0 < measured.ready < 8 * STATIONS
    assert measured.unknown > 0
    assert measured.ratio > 1
