"""The cheapest purchase that lets every section be taught, exact by the same model.

First the fewest seats of which no purchase tells the price, then the least money, then the fewest seats. Nothing that
is allotted today stands in the way: seats may move where that saves buying. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from licenses.allocate import TIME_LIMIT, Clock, Solved, SolverError, run_stages
from licenses.allocation import LabNeed, Offer, Pool, Stage
from licenses.seat_model import Builder, Model
from licenses.seat_parts import parts_of
from licenses.supply import Supply, offered


@dataclass(frozen=True, slots=True)
class Purchase:
    """Seats to buy, by offer; `beyond` are the sittings (need, id) and stations ("") that no offer would help.

    `late`: the time was over before anything was found.
    """

    seats: tuple[tuple[Offer, int], ...] = ()
    stages: tuple[Stage, ...] = ()
    beyond: tuple[tuple[str, str], ...] = ()
    late: bool = False

    @property
    def proven(self) -> bool:
        """Whether nothing cheaper does it."""
        return not self.late and all(stage.proven for stage in self.stages)

    @property
    def cents(self) -> int:
        """What the seats with a known price come to."""
        return sum((offer.cents or 0) * count for offer, count in self.seats)

    @property
    def unpriced(self) -> int:
        """How many seats have no price on record."""
        return sum(count for offer, count in self.seats if offer.cents is None)


def cheapest(
    pools: Iterable[Pool], needs: Iterable[LabNeed], offers: Sequence[Offer], *, limit: float = TIME_LIMIT
) -> Purchase:
    """What to buy so that all sections are taught, and stations of labs without known sections have what they ask."""
    pools, needs = tuple(pools), tuple(sorted(needs, key=lambda one: one.id))
    offers = sorted(offers, key=lambda one: (one.product, one.holder.value, one.per_seat, sorted(one.covers)))
    parts, supplies, _ = parts_of(pools, needs, (), offered(offers))
    clock = Clock(limit)
    solved: list[Solved] = []
    beyond: list[tuple[str, str]] = []
    for part in parts:
        model = Builder(supplies, part.loose, {}).build(part.readings)
        beyond.extend(_demand(model, [reading.need for reading in part.readings]))
        try:
            found = run_stages(model, _aims(model, supplies, offers), clock)
        except SolverError:
            return Purchase(beyond=tuple(sorted(beyond)), late=True)
        if found is None:  # seats that cross hold each other up: no number of them helps
            beyond.extend((reading.need.id, "") for reading in part.readings)
            continue
        solved.append(found)
    bought: dict[int, int] = {}
    for one in solved:
        for number, column in one.model.bought.items():
            offer = supplies[number].offer or 0
            bought[offer] = bought.get(offer, 0) + round(one.values[column])
    stages = tuple(
        Stage(
            name, sum(one.reached[name][0] for one in solved), sum(one.reached[name][1] for one in solved), least=True
        )
        for name in ("unpriced", "cents", "bought")
    )
    return Purchase(
        tuple((offers[number], count) for number, count in sorted(bought.items()) if count),
        stages,
        tuple(sorted(beyond)),
    )


def _demand(model: Model, needs: Sequence[LabNeed]) -> Iterable[tuple[str, str]]:
    """Ask the model for everything; returns what no seat can help."""
    for need in needs:
        places = {one.id: one.students for one in need.sittings} or {"": need.stations}
        for sitting, asked in places.items():
            place = (need.id, sitting)
            if place in model.served:
                model.lower[model.served[place]] = float(asked)
            elif place not in model.done and asked:
                yield place


def _aims(model: Model, supplies: Sequence[Supply], offers: Sequence[Offer]) -> dict[str, dict[int, float]]:
    by_column = {column: offers[supplies[number].offer or 0] for number, column in model.bought.items()}
    return {
        "unpriced": {column: 1.0 for column, offer in by_column.items() if offer.cents is None},
        "cents": {column: float(offer.cents) for column, offer in by_column.items() if offer.cents},
        "bought": dict.fromkeys(by_column, 1.0),
    }


def with_bought(pools: Iterable[Pool], purchase: Purchase) -> tuple[Pool, ...]:
    """The pools as they would be after a purchase, for the whole district."""
    pools = tuple(pools)
    first = 1 + max((pool.id for pool in pools), default=0)
    return (
        *pools,
        *(
            Pool(first + number, offer.product, offer.covers, offer.holder, count, per_seat=offer.per_seat)
            for number, (offer, count) in enumerate(purchase.seats)
        ),
    )
