"""The allocation as columns and rows of whole numbers: small, and exact about who can use what at once. Pure.

Why counting is enough: in one lab, let the needed parts of the seats' covers be nested or apart (laminar). Put the
wider seats from station 1 on, each narrower one behind the wider ones that contain it, own seats last: then every ask
holds at the stations 1 to D without a hole, D being the number of seats that cover it. So f students have everything at
once exactly when each ask is covered f times; seats of persons and of moments fill from the other end. Where covers
cross (each has a needed title that the other lacks, and they share one), a lab is given one of them for what they
share: a binary picks which, so that no seat is ever counted on for more than it can do.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from licenses.allocation import Holder, LabNeed, Sitting
from licenses.supply import Reached, Supply

Cover = frozenset[str]


def families(covers: Iterable[Cover]) -> list[dict[Cover, Cover]]:
    """The laminar readings of some covers: one where none cross, else one for each that may go before the others.

    A cover that crosses those before it keeps only what they do not have.
    """
    wide = sorted({cover for cover in covers if len(cover) > 1}, key=lambda cover: (-len(cover), sorted(cover)))
    crossing = [one for one in wide if any(_cross(one, other) for other in wide)]
    readings: list[dict[Cover, Cover]] = []
    for first in crossing or [frozenset()]:
        taken: list[Cover] = []
        reading: dict[Cover, Cover] = {}
        for cover in sorted(wide, key=lambda one: one != first):
            left = cover
            while clash := [one for one in taken if _cross(left, one)]:
                left = left - clash[0]
            reading[cover] = left
            taken.append(left)
        if reading not in readings:
            readings.append(reading)
    return readings


def _cross(one: Cover, other: Cover) -> bool:
    return bool(one & other) and not one <= other and not other <= one


@dataclass(slots=True)
class Model:
    """Columns with bounds, rows in sparse form, and what each column stands for."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    sections: dict[tuple[str, str], int] = field(default_factory=dict)
    served: dict[tuple[str, str], int] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)
    seats: dict[tuple[int, str, str], list[int]] = field(default_factory=dict)
    moved: list[int] = field(default_factory=list)
    bought: dict[int, int] = field(default_factory=dict)
    at_rest: dict[int, float] = field(default_factory=dict)
    heads: dict[tuple[str, str], int] = field(default_factory=dict)
    taught_before: list[int] = field(default_factory=list)
    done: dict[tuple[str, str], int] = field(default_factory=dict)
    provided: dict[tuple[str, str], dict[str, list[tuple[int, float]]]] = field(default_factory=dict)

    def idle(self) -> list[float]:
        """The columns when no seat is handed out."""
        values = list(self.lower)
        for column, value in self.at_rest.items():
            values[column] = value
        return values

    def column(self, upper: float, *, whole: bool = False) -> int:
        """A new column from 0 to `upper`."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def row(self, terms: Sequence[tuple[int, float]], lower: float = -inf, upper: float = inf) -> None:
        """lower <= sum of column × value <= upper."""
        for index, value in terms:
            self.indices.append(index)
            self.values.append(value)
        self.starts.append(len(self.indices))
        self.row_lower.append(lower)
        self.row_upper.append(upper)


@dataclass(frozen=True, slots=True)
class Reading:
    """One need as the model sees it: without the asks that unlimited seats cover; `by` are the supplies that reach it.

    `most` is how many stations or students it can have use for at once; `asked`: whether its stations ask anything.
    """

    need: LabNeed
    by: tuple[int, ...]
    asks: Cover
    most: int
    asked: bool

    def people(self) -> dict[str, int]:
        """The students of each section; the stations where no section is known."""
        heads: dict[str, int] = {}
        for sitting in self.need.sittings:
            heads[sitting.persons] = max(heads.get(sitting.persons, 0), sitting.students)
        return heads or {"": self.need.stations}

    def use_of(self, ask: str) -> int:
        """How many stations or students of it can have use for an ask at once."""
        classes = max((one.students for one in self.need.sittings if ask in one.asks), default=0)
        return max(classes, self.need.stations if ask in self.need.asks else 0)


def reading_of(need: LabNeed, unlimited: Sequence[Supply], supplies: Sequence[Supply], reached: Reached) -> Reading:
    """A need, cut down to what is to be handed out."""
    met: set[str] = set()
    for one in unlimited:
        if one.kind.reaches(need.spot):
            met |= one.kind.covers
    sittings = tuple(replace(one, asks=one.asks - met) for one in need.sittings)
    asks = frozenset().union(need.asks - met, *(one.asks for one in sittings))
    by = tuple(
        number
        for number in (reached.by(need.spot) if asks else ())
        if not asks.isdisjoint(supplies[number].kind.covers)
    )
    most = max(need.stations, *(one.students for one in sittings), 0) if sittings else need.stations
    return Reading(replace(need, asks=need.asks - met, sittings=sittings), by, asks, most, bool(need.asks))


Provision = Mapping[str, list[tuple[int, float]]]
"""For each ask, the columns whose seats cover it, each with how many it covers."""

Carried = Mapping[tuple[str, str], list[tuple[int, float]]]
"""The same for seats of persons and of moments, for each sitting and ask."""


class Builder:
    """Builds the model of some needs that share supplies."""

    def __init__(
        self, supplies: Sequence[Supply], loose: frozenset[int], kept: Mapping[tuple[int, str, str], int]
    ) -> None:
        self.model = Model()
        self._supplies = supplies
        self._loose = loose
        self._kept = kept
        self._used: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        self._moments: defaultdict[int, defaultdict[str, list[tuple[int, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def build(self, readings: Iterable[Reading]) -> Model:
        """All rows and columns."""
        for reading in readings:
            self._lab(reading)
        for number in sorted(self._used.keys() | self._moments.keys()):
            self._capacity(number)
        for place, before in sorted(self._kept.items()):
            if columns := self.model.seats.get(place):
                taken = self.model.column(before)
                self.model.moved.append(taken)
                self.model.at_rest[taken] = before
                self.model.row([(taken, 1.0), *((column, 1.0) for column in columns)], lower=before)
        self.model.taught_before.extend(self._before())
        return self.model

    def _before(self) -> Iterable[int]:
        """The sections that could be taught with the seats where they were."""
        model = self.model
        held = {columns[0]: self._kept[place] for place, columns in model.seats.items() if place in self._kept}
        for place, column in model.sections.items() if held else ():
            provided = model.provided[place].values()
            if all(sum(held.get(seat, 0) * each for seat, each in terms) >= model.heads[place] for terms in provided):
                yield column

    def _lab(self, reading: Reading) -> None:
        need, model = reading.need, self.model
        at_stations = [number for number in reading.by if self._supplies[number].kind.holder is Holder.STATION]
        floating = [number for number in reading.by if self._supplies[number].kind.holder is not Holder.STATION]
        floated = frozenset().union(*(self._supplies[number].kind.covers for number in floating))
        fixed = self._handed(need, "", at_stations, reading) if need.stations else {}
        have = {}
        for ask, columns in sorted(fixed.items()):
            have[ask] = model.column(reading.use_of(ask))
            if ask not in floated:
                model.parts.append(have[ask])
            model.row([(have[ask], -1.0), *columns], lower=0)
        by_people: defaultdict[str, list[Sitting]] = defaultdict(list)
        for sitting in need.sittings:
            by_people[sitting.persons].append(sitting)
        for people, sittings in sorted(by_people.items()):
            asked = frozenset().union(*(one.asks for one in sittings))
            carried = self._carried(need, people, sittings, asks=asked, floating=floating)
            for sitting in sorted(sittings, key=lambda one: one.id):
                self._sitting(need, sitting, have, fixed, carried)
        for ask in sorted(have.keys() - floated):
            self._steps(need, ask, have[ask])
        # Where people carry a title with them, its seats are theirs; only of an unknown class the stations stand in.
        asks = need.asks - floated if need.sittings else need.asks
        if need.stations and asks:
            extra = {} if need.sittings else self._carried(need, "", (), asks=asks, floating=floating)
            self._serve(need, "", need.stations, asks, have, fixed, extra)
        elif need.stations and reading.asked:
            model.done[need.id, ""] = need.stations

    def _sitting(
        self, need: LabNeed, sitting: Sitting, have: Mapping[str, int], fixed: Provision, carried: Carried
    ) -> None:
        model = self.model
        if not sitting.students or not sitting.asks:
            model.done[need.id, sitting.id] = sitting.students
            return
        served = self._serve(need, sitting.id, sitting.students, sitting.asks, have, fixed, carried)
        if served is not None:
            taught = model.column(1, whole=True)
            model.sections[need.id, sitting.id] = taught
            model.heads[need.id, sitting.id] = sitting.students
            model.row([(served, 1.0), (taught, -float(sitting.students))], lower=0)

    def _steps(self, need: LabNeed, ask: str, have: int) -> None:
        """Rows that no whole solution needs, and that spare the solver most of its search: the seats of a lab grow in
        steps, from the smallest class to the next larger one, and half of a step teaches nobody.
        """
        model = self.model
        sizes: defaultdict[int, list[int]] = defaultdict(list)
        for sitting in need.sittings:
            if ask in sitting.asks and (taught := model.sections.get((need.id, sitting.id))) is not None:
                sizes[sitting.students].append(taught)
        if not sizes:
            return
        total: list[tuple[int, float]] = [(have, 1.0)]
        below, before = 0, None
        for size in sorted(sizes):
            step = model.column(1)
            for taught in sizes[size]:
                model.row([(step, 1.0), (taught, -1.0)], lower=0)
            if before is not None:
                model.row([(before, 1.0), (step, -1.0)], lower=0)
            total.append((step, -float(size - below)))
            below, before = size, step
        model.row(total, lower=0)

    def _serve(
        self,
        need: LabNeed,
        sitting: str,
        most: int,
        asks: Cover,
        have: Mapping[str, int],
        fixed: Provision,
        carried: Carried,
    ) -> int | None:
        """The column of those who have every ask; none where some ask is out of reach."""
        model = self.model
        enough: list[list[tuple[int, float]]] = []
        for ask in sorted(asks):
            terms = [(have[ask], 1.0)] if ask in have else []
            if more := carried.get((sitting, ask)):
                terms += more
                part = model.column(most)
                model.parts.append(part)
                model.row([(part, -1.0), *terms], lower=0)
            enough.append(terms)
            model.provided.setdefault((need.id, sitting), {})[ask] = [*fixed.get(ask, ()), *(more or ())]
        if not all(enough):
            return None
        served = model.column(most)
        model.served[need.id, sitting] = served
        for terms in enough:
            model.row([(served, -1.0), *terms], lower=0)
        return served

    def _handed(self, need: LabNeed, who: str, numbers: Sequence[int], reading: Reading) -> Provision:
        """Columns of seats that stay at stations."""
        provision: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, reach, allowed in self._read(numbers, reading.asks):
            per_seat = self._supplies[number].kind.per_seat
            most = max(map(reading.use_of, reach))
            column = self._seat(number, need.id, who, -(-most // per_seat), allowed)
            self._used[number].append((column, 1.0))
            for ask in reach:
                provision[ask].append((column, float(per_seat)))
        return provision

    def _carried(
        self,
        need: LabNeed,
        people: str,
        sittings: Sequence[Sitting],
        *,
        asks: Cover,
        floating: Sequence[int],
    ) -> Carried:
        """What seats of persons and of moments cover, by sitting and ask; by ask of the stations without sittings."""
        meetings = sittings or (Sitting("", need.stations, asks),)
        most = max(one.students for one in meetings)
        carried: defaultdict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        for number, reach, allowed in self._read(floating, asks):
            if self._supplies[number].kind.holder is Holder.PERSON:
                column = self._seat(number, need.id, people, most, allowed)
                self._used[number].append((column, 1.0))
                columns = {sitting.id: column for sitting in meetings}
            else:
                columns = {one.id: self._moment(number, need, one, allowed) for one in meetings if reach & one.asks}
            for sitting in meetings:
                for ask in reach & sitting.asks:
                    carried[sitting.id, ask].append((columns[sitting.id], 1.0))
        return carried

    def _moment(self, number: int, need: LabNeed, sitting: Sitting, allowed: int | None) -> int:
        """Seats while one sitting lasts; one that may meet at any time takes them at all times, once for its lab."""
        column = self._seat(number, need.id, sitting.id, sitting.students, allowed)
        for period in sorted(sitting.periods) or ["\0" + need.id]:
            self._moments[number][period].append((column, 1.0))
        return column

    def _read(self, numbers: Sequence[int], asks: Cover) -> list[tuple[int, Cover, int | None]]:
        """Each supply with what it may be used for here, and the binary that allows it where covers cross."""
        reach = {number: self._supplies[number].kind.covers & asks for number in numbers}
        readings = families(reach.values())
        if len(readings) == 1:
            return [(number, cover, None) for number, cover in reach.items() if cover]
        chosen = [self.model.column(1, whole=True) for _ in readings]
        self.model.row([(column, 1.0) for column in chosen], lower=1, upper=1)
        self.model.at_rest[chosen[0]] = 1.0
        uses = []
        for number, cover in reach.items():
            by_use: dict[Cover, list[int]] = defaultdict(list)
            for column, reading in zip(chosen, readings, strict=True):
                by_use[reading.get(cover, cover)].append(column)
            for use, columns in sorted(by_use.items(), key=lambda item: sorted(item[0])):
                if use:
                    uses.append((number, use, self._any(columns, len(readings))))
        return uses

    def _any(self, columns: Sequence[int], of: int) -> int | None:
        """A column that may be 1 only while one of the binaries is; none where one always is."""
        if len(columns) == of:
            return None
        if len(columns) == 1:
            return columns[0]
        some = self.model.column(1)
        self.model.row([(some, -1.0), *((column, 1.0) for column in columns)], lower=0)
        return some

    def _seat(self, number: int, need: str, who: str, most: int, allowed: int | None) -> int:
        limit = self._supplies[number].seats if self._supplies[number].offer is None else most
        upper = min(most, limit)
        column = self.model.column(upper, whole=True)
        if allowed is not None:
            self.model.row([(column, 1.0), (allowed, -float(upper))], upper=0)
        self.model.seats.setdefault((number, need, who), []).append(column)
        return column

    def _capacity(self, number: int) -> None:
        supply = self._supplies[number]
        bought: list[tuple[int, float]] = []
        if supply.offer is not None:
            self.model.bought[number] = self.model.column(inf, whole=True)
            bought = [(self.model.bought[number], -1.0)]
        elif number in self._loose:
            return
        if number in self._used:
            self.model.row([*self._used[number], *bought], upper=supply.seats)
        by_period = self._moments.get(number)
        if not by_period:
            return
        always: list[tuple[int, float]] = []
        for period in sorted(name for name in by_period if name.startswith("\0")):
            most = self.model.column(inf)
            always.append((most, 1.0))
            for column, _ in by_period[period]:
                self.model.row([(most, 1.0), (column, -1.0)], lower=0)
        named = sorted(name for name in by_period if not name.startswith("\0"))
        for terms in [by_period[name] for name in named] or [[]]:
            self.model.row([*terms, *always, *bought], upper=supply.seats)
