"""Made-up districts with too few seats, and what a careful person with a spreadsheet would make of them."""

import random
from collections import defaultdict
from dataclasses import dataclass

from licenses.allocation import Holder, LabNeed, Pool, Sitting
from licenses.entitlement import Reach, Scope, Spot

TITLES_EACH = 4
PATHWAYS = 12


@dataclass(frozen=True, slots=True)
class Scarce:
    """Pools, and the needs that they do not suffice for."""

    pools: tuple[Pool, ...]
    needs: tuple[LabNeed, ...]

    @property
    def size(self) -> int:
        """How many needs: one for each thing that a lab or a section asks."""
        return sum(len(need.asks) + sum(len(one.asks) for one in need.sittings) for need in self.needs)


def district(labs: int, pools: int, seed: int, *, plenty: float = 0.8) -> Scarce:
    """The same district for the same seed; `plenty`: seats bought, as a share of what all would take."""
    dice = random.Random(seed)
    sites = max(2, labs // 25)
    titles = {code: [f"t{code}-{number}" for number in range(TITLES_EACH)] for code in range(PATHWAYS)}
    suites = {code: frozenset(titles[code][:3]) for code in range(PATHWAYS)}
    needs = tuple(_need(dice, number, sites, titles) for number in range(labs))
    wanted: defaultdict[tuple[int, int], int] = defaultdict(int)
    for need in needs:
        wanted[int(need.spot.site[1:]), int(next(iter(need.spot.pathways))[1:])] += max(
            one.students for one in need.sittings
        )
    places = sorted(wanted)
    made = []
    for number in range(pools):
        site, code = places[number % len(places)] if number < pools * 9 // 10 else (0, number % PATHWAYS)
        wide = number >= pools * 9 // 10
        heads = sum(n for (_, c), n in wanted.items() if c == code) if wide else wanted[site, code]
        turn = dice.random()
        covers = suites[code] if turn < 0.3 else frozenset({dice.choice(titles[code])})
        share = plenty * dice.uniform(0.2, 1.0) * (0.3 if wide else 0.8)
        holder = Holder.STATION if turn < 0.9 else Holder.MOMENT if turn < 0.95 else Holder.PERSON
        made.append(
            Pool(
                number + 1,
                f"suite-{code}" if turn < 0.3 else next(iter(covers)),
                covers,
                holder,
                int(heads * share * (3 if holder is Holder.PERSON else 1)),
                Scope() if wide else Scope(Reach.SITE, f"S{site}"),
            )
        )
    return Scarce(tuple(made), needs)


def _need(dice: random.Random, number: int, sites: int, titles: dict[int, list[str]]) -> LabNeed:
    code, site = dice.randrange(PATHWAYS), dice.randrange(sites)
    own = titles[code]
    stations = dice.choice((24, 28, 30, 32, 36))
    sittings = tuple(
        Sitting(
            f"L{number:05}-{turn}",
            min(stations, dice.randint(14, 34)),
            frozenset(own[:first]) if (first := dice.choice((1, 2, 3))) < 3 else frozenset((own[0], own[2], own[3])),
            periods=frozenset({str(1 + (turn * 2 + number) % 7)}),
        )
        for turn in range(dice.choice((2, 3, 3, 4)))
    )
    asks = frozenset().union(*(one.asks for one in sittings))
    spot = Spot(f"S{site}", f"S{site}/L{number}", frozenset({f"P{code}"}))
    return LabNeed(f"L{number:05}", spot.lab, spot, stations, asks, sittings)
