"""The allocation measured: 500 pools × 5,000 needs, suites included, beside a greedy person and beside a plain flow.

`python -m benchmarks.allocation` prints, over districts with too few seats: how many more students are served than by
handing out seats first come, first served; seconds and peak memory, each in a process of its own; and the ratio to a
plain flow of that size (a linear programme, pools to needs, no sections, no suites) by HiGHS in the same run.
"""

import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

import highspy
import numpy as np
from highspy._core import _Highs

from benchmarks.greedy import greedy
from benchmarks.scarce import Scarce, district
from licenses.allocate import allocate

LABS, POOLS = 560, 500
SEEDS = range(1, 21)
MOST_SECONDS, MOST_MEMORY = 3.0, 300


@dataclass(frozen=True, slots=True)
class Compared:
    """One district both ways: sections taught, students in them, students with everything."""

    sections: tuple[int, int]
    students: tuple[int, int]
    served: tuple[int, int]
    proven: bool

    @property
    def more(self) -> float:
        """Students in sections that are taught, beyond those of the greedy person, as a share."""
        return self.students[1] / max(1, self.students[0]) - 1


def compare(made: Scarce) -> Compared:
    """The greedy person's district against the best."""
    by_hand = greedy(made.pools, made.needs)
    found = allocate(made.pools, made.needs)
    reached = {stage.name: stage for stage in found.stages}
    served = sum(one.served for one in found.outcomes if one.sitting)
    return Compared(
        (by_hand.sections, reached["sections"].value),
        (by_hand.students, reached["students"].value),
        (by_hand.served, served),
        reached["sections"].proven,
    )


def flow(made: Scarce) -> float:
    """Seconds of HiGHS alone for the plain flow between the same pools and needs."""
    needs = [
        (need, ask, students)
        for need in made.needs
        for asks, students in ((need.asks, need.stations), *((one.asks, one.students) for one in need.sittings))
        for ask in asks
    ]
    pairs = [
        (at, to)
        for to, (need, ask, _) in enumerate(needs)
        for at, pool in enumerate(made.pools)
        if ask in pool.covers and pool.reaches(need.spot)
    ]
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(pairs), len(made.pools) + len(needs)
    lp.col_cost_ = -np.ones(len(pairs))
    lp.col_lower_, lp.col_upper_ = np.zeros(len(pairs)), np.full(len(pairs), np.inf)
    lp.row_lower_ = np.full(lp.num_row_, -np.inf)
    lp.row_upper_ = np.array([float(one.seats or 0) for one in made.pools] + [float(most) for _, _, most in needs])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * len(pairs) + 1, 2, dtype=np.int32)
    lp.a_matrix_.index_ = np.array([row for at, to in pairs for row in (at, len(made.pools) + to)], dtype=np.int32)
    lp.a_matrix_.value_ = np.ones(2 * len(pairs))
    start = time.perf_counter()
    highs.passModel(lp)
    highs.run()
    return time.perf_counter() - start


def one(what: str, seed: int) -> None:
    """What a child does: print seconds and peak megabytes of one way on one district."""
    made = district(LABS, POOLS, seed)
    start = time.perf_counter()
    if what == "flow":
        seconds = flow(made)
    else:
        allocate(made.pools, made.needs)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{seconds} {peak}\n")


def _child(what: str, seed: int) -> tuple[float, int]:
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.allocation", what, str(seed)], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(said[0]), int(said[1])


def main() -> int:
    """Print the figures; not zero where a target is missed."""
    if len(sys.argv) == 3:
        one(sys.argv[1], int(sys.argv[2]))
        return 0
    taken = [_child("exact", seed) for seed in SEEDS]
    floors = [_child("flow", seed) for seed in SEEDS]
    seconds, memory = median(took for took, _ in taken), max(peak for _, peak in taken)
    floor = median(took for took, _ in floors)
    sys.stdout.write(
        f"allocation {POOLS} pools × {district(LABS, POOLS, 1).size:,} needs, {len(SEEDS)} districts:\n"
        f"  median {seconds:.2f} s, slowest {max(took for took, _ in taken):.2f} s, peak memory {memory} MB\n"
        f"  plain flow of that size by HiGHS {floor:.2f} s, {max(peak for _, peak in floors)} MB;"
        f" ratio {seconds / floor:.1f}\n"
    )
    for labs, pools, plenty in ((20, 25, 0.8), (20, 25, 1.6), (100, 90, 0.8), (100, 90, 1.6)):
        _report(labs, pools, plenty)
    return int(seconds > MOST_SECONDS or memory > MOST_MEMORY)


def _report(labs: int, pools: int, plenty: float) -> None:
    results = [compare(district(labs, pools, seed, plenty=plenty)) for seed in SEEDS]
    more = median(one.more for one in results)
    sys.stdout.write(
        f"against first come, first served, {labs} labs, {pools} pools, {len(results)} districts"
        f" {'with few seats' if plenty < 1 else 'with more seats'}, medians:\n"
        f"  sections taught {median(one.sections[0] for one in results):.0f} -> "
        f"{median(one.sections[1] for one in results):.0f}; students in them "
        f"{median(one.students[0] for one in results):.0f} -> {median(one.students[1] for one in results):.0f} "
        f"({more:+.0%}); students with everything {median(one.served[0] for one in results):.0f} -> "
        f"{median(one.served[1] for one in results):.0f}; proven in {sum(one.proven for one in results)}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
