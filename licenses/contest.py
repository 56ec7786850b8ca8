"""Why somebody goes without: who competes for which seats, and how many are missing. Pure.

From the one who lacks a title we walk to the pools that reach it, to all who hold seats of those, to the pools that
those could take instead, and so on: where the walk ends, no seat can be set free without someone else in the same
circle going short. So what is missing in the circle is missing, however its seats are turned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from licenses.allocation import Allocation, Contest, LabNeed, Pool


def contests(pools: Sequence[Pool], needs: Sequence[LabNeed], found: Allocation) -> tuple[Contest, ...]:
    """One for each circle of needs that compete for a title, and one for each title that no seat reaches; by title."""
    return tuple(
        one for ask, lacking in sorted(_lacking(found).items()) for one in _of(ask, lacking, pools, needs, found)
    )


def _lacking(found: Allocation) -> Mapping[str, Mapping[str, int]]:
    """By ask, the needs that lack it, and for how many at once."""
    lacking: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for outcome in found.outcomes:
        for ask, missing in outcome.lacks.items():
            lacking[ask][outcome.need] = max(missing, lacking[ask].get(outcome.need, 0))
    return lacking


def _of(
    ask: str, lacking: Mapping[str, int], pools: Sequence[Pool], needs: Sequence[LabNeed], found: Allocation
) -> Iterable[Contest]:
    asking = {need.id: need for need in needs if _wanted(need, ask)}
    able = sorted((pool for pool in pools if ask in pool.covers and pool.seats is not None), key=lambda one: one.id)
    reached = {id_: [pool for pool in able if pool.reaches(need.spot)] for id_, need in asking.items()}
    by_pool: defaultdict[int, set[str]] = defaultdict(set)
    for grant in found.grants:
        by_pool[grant.pool].add(grant.need)
    left = set(lacking)
    if out := tuple(sorted(id_ for id_ in left if not any(pool.seats for pool in reached.get(id_, ())))):
        missing = sum(lacking[id_] for id_ in out)
        yield Contest(ask, out, (), 0, missing, missing)
        left -= set(out)
    while left:
        circle, around = {min(left)}, [min(left)]
        held: dict[int, Pool] = {}
        while around:
            for pool in reached.get(around.pop(), ()):
                if pool.id not in held:
                    held[pool.id] = pool
                    fresh = (
                        (by_pool[pool.id] & asking.keys()) | {one for one in left if pool in reached[one]}
                    ) - circle
                    circle |= fresh
                    around.extend(sorted(fresh))
        missing = sum(lacking[id_] for id_ in circle & left)
        seats = sum((pool.seats or 0) * pool.per_seat for pool in held.values())
        wanted = sum(_wanted(asking[id_], ask) for id_ in circle)
        yield Contest(ask, tuple(sorted(circle)), tuple(sorted(held)), seats, wanted, missing)
        left -= circle


def _wanted(need: LabNeed, ask: str) -> int:
    """For how many at once a need asks it."""
    classes = max((one.students for one in need.sittings if ask in one.asks), default=0)
    return max(classes, need.stations if ask in need.asks else 0)
