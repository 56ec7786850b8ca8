"""What a careful person with a spreadsheet makes of scarce seats: first come, first served, own seats before suites.

Labs are gone through in order; each takes for its largest class what is left: of the seats for one title the narrowest
scope first, then of the suites, one seat for all the titles that a station still lacks. Then the seats of persons and
of moments, section by section.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from licenses.allocation import Holder, LabNeed, Pool, Sitting


@dataclass(frozen=True, slots=True)
class Tally:
    """Sections that are taught in full, the students in them, and all students who have everything."""

    sections: int
    students: int
    served: int


def greedy(pools: Sequence[Pool], needs: Sequence[LabNeed]) -> Tally:
    """Seats handed out once, from top to bottom."""
    order = sorted(pools, key=lambda one: (len(one.covers), str(one.scope) == "district", one.id))
    left = {one.id: one.seats or 0 for one in pools}
    now: defaultdict[tuple[int, str], int] = defaultdict(int)
    sections = students = served = 0
    for need in needs:
        reaching = [one for one in order if one.reaches(need.spot)]
        have: defaultdict[str, int] = defaultdict(int)
        most = max((one.students for one in need.sittings), default=need.stations)
        for pool in (one for one in reaching if one.holder is Holder.STATION):
            lacking = max((most - have[ask] for ask in pool.covers & need.asks), default=0)
            taken = max(0, min(lacking, left[pool.id]))
            left[pool.id] -= taken
            for ask in pool.covers:
                have[ask] = min(most, have[ask] + taken)
        for sitting in need.sittings:
            got = _carried(sitting, reaching, have, left, now)
            all_of_it = min((have[ask] + got.get(ask, 0) for ask in sitting.asks), default=sitting.students)
            here = min(sitting.students, all_of_it)
            served += here
            if here == sitting.students:
                sections += 1
                students += here
    return Tally(sections, students, served)


def _carried(
    sitting: Sitting,
    reaching: Sequence[Pool],
    have: Mapping[str, int],
    left: dict[int, int],
    now: dict[tuple[int, str], int],
) -> Mapping[str, int]:
    got: defaultdict[str, int] = defaultdict(int)
    for pool in (one for one in reaching if one.holder is not Holder.STATION):
        lacking = max((sitting.students - have[ask] - got[ask] for ask in pool.covers & sitting.asks), default=0)
        free = left[pool.id]
        if pool.holder is Holder.MOMENT:
            free = min((free - now[pool.id, period] for period in sitting.periods), default=0)
        taken = max(0, min(lacking, free))
        if pool.holder is Holder.PERSON:
            left[pool.id] -= taken
        for period in sitting.periods if pool.holder is Holder.MOMENT else ():
            now[pool.id, period] += taken
        for ask in pool.covers:
            got[ask] += taken
    return got
