"""Pools that are alike taken as one, and which of them reach a lab. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from licenses.allocation import Holder, Offer, Pool
from licenses.entitlement import Reach, Spot


@dataclass(frozen=True, slots=True)
class Supply:
    """Pools that are alike but for their ends and orders; as one. `offer` is its number where it is yet to buy."""

    kind: Pool
    pools: tuple[Pool, ...]
    seats: int
    offer: int | None = None


def supplies_of(pools: Iterable[Pool]) -> tuple[Supply, ...]:
    """Alike pools taken together, in an order that hangs on what they are and not on their numbers."""
    alike: defaultdict[tuple[object, ...], list[Pool]] = defaultdict(list)
    for pool in pools:
        alike[_kind(pool)].append(pool)
    return tuple(
        Supply(replace(group[0], id=0, end=None, order=""), tuple(sorted(group, key=_first_out)), _sum(group))
        for _, group in sorted(alike.items(), key=lambda item: str(item[0]))
    )


def offered(offers: Sequence[Offer]) -> tuple[Supply, ...]:
    """Seats that could be bought, as many as it takes."""
    return tuple(
        Supply(Pool(0, one.product, one.covers, one.holder, 0, per_seat=one.per_seat), (), 0, number)
        for number, one in enumerate(offers)
    )


def _kind(pool: Pool) -> tuple[object, ...]:
    per_seat = pool.per_seat if pool.holder is Holder.STATION else 1
    alike = (pool.product, pool.holder.value, str(pool.scope), pool.cte_only, per_seat, tuple(sorted(pool.covers)))
    # Seats of moments stay apart: which pool a seat comes from would hang on all the periods of all the others.
    return (*alike, *_first_out(pool)) if pool.holder is Holder.MOMENT else alike


def _first_out(pool: Pool) -> tuple[date, str, int, int]:
    return (pool.end or date.max, pool.order, pool.seats or 0, pool.id)


def _sum(pools: Iterable[Pool]) -> int:
    return sum(pool.seats or 0 for pool in pools)


class Reached:
    """Which supplies reach a spot, by the names in their scopes: the same as asking each, but quick."""

    def __init__(self, supplies: Sequence[Supply]) -> None:
        self._named: defaultdict[tuple[Reach, str], list[int]] = defaultdict(list)
        self._banded: list[int] = []
        self._supplies = supplies
        for number, one in enumerate(supplies):
            scope = one.kind.scope
            if scope.reach is Reach.GRADE:
                self._banded.append(number)
            else:
                self._named[scope.reach, scope.name].append(number)

    def by(self, spot: Spot) -> list[int]:
        """Their numbers, in order."""
        names = [(Reach.DISTRICT, ""), (Reach.SITE, spot.site), (Reach.LAB, spot.lab)]
        names += [(Reach.PATHWAY, code) for code in spot.pathways]
        found = {number for name in names for number in self._named.get(name, ())}
        found.update(self._banded)
        return sorted(number for number in found if self._supplies[number].kind.reaches(spot))
