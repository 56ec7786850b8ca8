"""The benchmark of the allocation compares what it says it compares."""

import pytest

from benchmarks.allocation import compare, flow
from benchmarks.scarce import district


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_is_never_behind_the_spreadsheet(seed: int) -> None:
    made = district(30, 30, seed)
    found = compare(made)
    assert found.proven
    assert found.sections[1] >= found.sections[0] > 0
    assert flow(made) > 0
