"""A district taken apart into needs that share scarce seats, each part to be solved alone. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from licenses.allocation import Grant, Holder, LabNeed, Pool
from licenses.seat_model import Reading, reading_of
from licenses.supply import Reached, Supply, supplies_of

Place = tuple[int, str, str]
"""The number of a supply, a need, and who of it holds the seats."""


@dataclass(frozen=True, slots=True)
class Part:
    """Needs that share scarce seats with each other, and with no need of another part; `loose` pools are not scarce."""

    readings: tuple[Reading, ...]
    loose: frozenset[int]


def parts_of(
    pools: Sequence[Pool], needs: Sequence[LabNeed], kept: Iterable[Grant], offers: Sequence[Supply] = ()
) -> tuple[tuple[Part, ...], tuple[Supply, ...], Mapping[Place, int]]:
    """The parts that are solved apart, all supplies by number, and the seats where they were before."""
    unlimited = supplies_of(one for one in pools if one.seats is None)
    supplies = (*supplies_of(one for one in pools if one.seats is not None), *offers)
    reached = Reached(supplies)
    readings = [reading_of(need, unlimited, supplies, reached) for need in needs]
    use: defaultdict[int, int] = defaultdict(int)
    for reading in readings:
        for number in reading.by:
            use[number] += _most(supplies[number], reading)
    loose = frozenset(n for n, one in enumerate(supplies) if one.offer is None and one.seats >= use[n])
    by_pool = {pool.id: number for number, one in enumerate(supplies) for pool in one.pools}
    before: defaultdict[Place, int] = defaultdict(int)
    for grant in kept:
        if grant.pool in by_pool:
            before[by_pool[grant.pool], grant.need, grant.section] += grant.seats
    # What is bought for several needs is shared only where they use it one after the other.
    joins = frozenset(
        n
        for n, one in enumerate(supplies)
        if n not in loose and (one.offer is None or one.kind.holder is Holder.MOMENT)
    )
    groups = _together(readings, joins)
    return tuple(Part(tuple(group), loose) for group in groups), supplies, before


def _most(supply: Supply, reading: Reading) -> int:
    match supply.kind.holder:
        case Holder.STATION:
            return -(-reading.most // supply.kind.per_seat)
        case Holder.PERSON:
            return sum(reading.people().values())
        case Holder.MOMENT:
            return sum(one.students for one in reading.need.sittings) or reading.need.stations


def _together(readings: Sequence[Reading], joins: frozenset[int]) -> list[list[Reading]]:
    """The needs by the scarce pools that they share; those with plenty are one group, which is no work."""
    parent = list(range(len(readings) + 1))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    first: dict[int, int] = {}
    for index, reading in enumerate(readings):
        scarce = [number for number in reading.by if number in joins]
        if not scarce:
            parent[root(index)] = root(len(readings))
        for number in scarce:
            parent[root(index)] = root(first.setdefault(number, index))
    groups: dict[int, list[Reading]] = {}
    for index, reading in enumerate(readings):
        groups.setdefault(root(index), []).append(reading)
    return list(groups.values())
