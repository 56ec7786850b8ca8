"""The simulated district: no machine mixed silently, none doubled by the re-image, every copy raised."""

import pytest

from benchmarks.identity import simulate


@pytest.mark.parametrize("seed", [2, 3])
def test_a_year_of_a_district_mixes_no_machines(seed: int) -> None:
    tally = simulate(labs=26, seed=seed, days=48, size=14)
    assert tally.reports > 25_000
    assert tally.mixed_silently == 0, tally.mistakes
    assert tally.doubled_per_thousand < 1, tally.mistakes
    assert tally.conflicts_false == 0, tally.mistakes
    assert tally.copies_raised == tally.copies > 0
    assert tally.doubled_silently <= tally.reports / 5000
