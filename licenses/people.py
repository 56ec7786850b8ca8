"""The handing-out of seats that are a person's: concurrent, named user, web; after those of the devices. Pure.

The same seats are handed out twice on paper: to those who surely need one, time by time, and to all who may. What both
come to alike is exact; else the truth lies between. Nobody gets two seats, and no seat is given twice: for each time a
seat for concurrent use is handed out afresh, every other seat once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.audience import Audience
from licenses.books import Books
from licenses.entitlement import Spot
from licenses.metrics import OF_PERSONS, Metric
from licenses.overlap import ANY_TIME, SOME_TIME, Heads, Turnout, turnout
from licenses.seats import Flow, Kind, Pool, meet
from licenses.suite import Suite

_AT_ONCE = (Metric.CONCURRENT,)
_ALL = (*_AT_ONCE, *OF_PERSONS)


@dataclass(frozen=True, slots=True)
class Served:
    """What came of one title: who needs it, who surely goes without, who may.

    `lost`: the audiences that may have to do without. `by_persons`: counted over all times, else at one time.
    """

    audiences: tuple[Audience, ...]
    short_low: int
    short_high: int | None
    persons_low: int
    persons_high: int | None
    once_low: int
    once_high: int
    time: str
    by_persons: bool
    lost: tuple[Audience, ...] = ()
    others: int = 0


@dataclass(slots=True)
class Dealt:
    """How many seats of a product and metric are asked for and given, at least and at most.

    `open`: besides, persons whose number nobody knows ask for some.
    """

    low: int = 0
    high: int = 0
    given_low: int = 0
    given_high: int = 0
    open: bool = False


@dataclass(slots=True)
class People:
    """Everybody who needs a title of which some seats are persons', or that is used on the web.

    `seated`: the devices with a seat of their own, by title. Those of a lab that is `last` are served after all others.
    """

    books: Books
    audiences: Sequence[Audience]
    others: Sequence[Audience]
    needed: Mapping[str, DeviceSet]
    seated: Mapping[str, DeviceSet]
    last: int | None = None
    dealt: dict[tuple[str, Metric], Dealt] = field(default_factory=dict, init=False)
    served: dict[str, Served] = field(default_factory=dict, init=False)
    _all: dict[int, Audience] = field(default_factory=dict, init=False)
    _kinds: dict[tuple[str, Metric, Spot, object, str], Kind] = field(default_factory=dict, init=False)
    _asking: dict[str, list[int]] = field(default_factory=dict, init=False)
    _by_metric: dict[str, frozenset[Metric]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        day = sorted(self.audiences, key=lambda one: self.last is not None and one.lab_id == self.last)
        self._all = dict(enumerate((*day, *self.others)))
        for number in range(len(day)):
            for title in self._all[number].titles | self._all[number].web:
                if title not in self.books.free and (self._metrics(title) or title in self._all[number].web):
                    self._asking.setdefault(title, []).append(number)
        if self._asking:
            self._serve(len(day))

    def _metrics(self, title: str) -> frozenset[Metric]:
        """The metrics of persons by which the title has seats, own or of a suite."""
        if title not in self._by_metric:
            products = (title, *(suite.id for suite in self.books.covering(title)))
            found = (one.metric for product in products for one in self.books.by_product.get(product, ()))
            self._by_metric[title] = frozenset(metric for metric in found if metric in _ALL)
        return self._by_metric[title]

    def _serve(self, today: int) -> None:
        titles = sorted(self._asking)
        asking = {title: self._limited(title, self._asking[title]) for title in titles}
        turnouts = {title: self._turnout(title, asking[title]) for title in titles}
        later = {title: self._later(title, today) for title in titles}
        low = dict.fromkeys((*titles, *(suite.id for suite in self.books.suites)), 0)
        for found in self._days(turnouts, later):
            self._surely(found, low)
        high, lost = self._perhaps(turnouts, later)
        for title in titles:
            everybody = [*self._asking[title], *later[title]]
            short = (low[title], high[title])
            self.served[title] = self._outcome(title, self._asking[title], everybody, short, lost[title])
        for suite in self.books.suites:
            inside = [title for title in titles if title in suite.titles]
            if inside and any(self.books.pools(suite.id, frozenset({metric})) for metric in _ALL):
                numbers = sorted({n for title in inside for n in (*self._asking[title], *later[title])})
                without = set[int]().union(*(lost[title] for title in inside))
                parts = [self.served[title] for title in inside]
                persons = [self._people(number) for number in numbers]
                most = high[suite.id]
                self.served[suite.id] = Served(
                    audiences=tuple(self._all[number] for number in numbers),
                    short_low=low[suite.id],
                    short_high=None if most is None else max(most, low[suite.id]),
                    persons_low=max(one.persons_low for one in parts),
                    persons_high=None if None in persons else sum(number or 0 for number in persons),
                    once_low=max(one.once_low for one in parts),
                    once_high=sum(one.once_high for one in parts),
                    time=max(parts, key=lambda one: one.once_high).time,
                    by_persons=any(one.by_persons for one in parts),
                    lost=tuple(self._all[number] for number in sorted(without)),
                    others=sum(number >= len(self.audiences) for number in numbers),
                )

    def _outcome(
        self, title: str, today: Sequence[int], numbers: Sequence[int], short: tuple[int, int | None], lost: set[int]
    ) -> Served:
        low, high = short
        here = {number: self._all[number] for number in today}
        bare = turnout(here, title=title, needed=self.needed.get(title, NO_DEVICES), seated=NO_DEVICES)
        sections = [number for number in today if self._all[number].section is not None]
        persons = [self._people(number) for number in numbers]
        return Served(
            audiences=tuple(self._all[number] for number in numbers),
            short_low=low,
            short_high=None if high is None else max(high, low),
            persons_low=max(sum(heads.get(n, 0) for n in sections) for heads in bare.surely.values()),
            persons_high=None if None in persons else sum(number or 0 for number in persons),
            once_low=max(bare.low.values()),
            once_high=max(bare.high.values()),
            time=max(bare.high, key=lambda time: (bare.high[time], time)),
            by_persons=self._by_persons(title),
            lost=tuple(self._all[number] for number in sorted(lost)),
            others=len(numbers) - len(today),
        )

    def _people(self, number: int) -> int | None:
        return self._all[number].people

    def _by_persons(self, title: str) -> bool:
        metrics = self._metrics(title)
        return bool(metrics & set(OF_PERSONS)) or not (metrics or self._at_devices(title))

    def _at_devices(self, title: str) -> bool:
        return bool(self.books.pools(title)) or any(self.books.pools(one.id) for one in self.books.covering(title))

    def _limited(self, title: str, numbers: Sequence[int]) -> list[int]:
        """Those whom no unlimited seats of the whole place reach."""
        products = (title, *(suite.id for suite in self.books.covering(title)))
        pools = [pool for one in products for pool, seats in self.books.pools(one).items() if seats is None]
        return [n for n in numbers if not any(self._inside(pool, title, n) for pool in pools)]

    def _turnout(self, title: str, numbers: Iterable[int]) -> Turnout:
        here = {number: self._all[number] for number in numbers}
        return turnout(
            here,
            title=title,
            needed=self.needed.get(title, NO_DEVICES),
            seated=self.seated.get(title, NO_DEVICES),
        )

    def _later(self, title: str, today: int) -> list[int]:
        """The sections of another day that take a seat which is used up once and for all."""
        products = (title, *(suite.id for suite in self.books.covering(title)))
        if not any(self.books.pools(product, frozenset({Metric.WEB_SEAT})) for product in products):
            return []
        found = [
            number
            for number in range(today, len(self._all))
            if self._all[number].needs(title)
            and any(self._kind(product, Metric.WEB_SEAT, title, number) for product in products)
        ]
        return self._limited(title, found)

    def _days(
        self, turnouts: Mapping[str, Turnout], later: Mapping[str, Sequence[int]]
    ) -> Iterable[Mapping[str, Turnout]]:
        """The day itself; and the first day of each section of another day, for the titles that it takes seats of."""
        yield turnouts
        starts = sorted({one.section.start for ns in later.values() for n in ns if (one := self._all[n]).section})
        for day in starts:
            found = {}
            for title, numbers in later.items():
                everyone = [*self._asking[title], *numbers] if numbers else []
                here = [n for n in everyone if (taught := self._all[n].section) is not None and taught.runs(day)]
                if here:
                    found[title] = self._turnout(title, self._limited(title, here))
            yield found

    def _surely(self, turnouts: Mapping[str, Turnout], low: dict[str, int]) -> None:
        """Hands the seats out to those who surely need one, for each time; keeps the worst."""
        times = {ANY_TIME, SOME_TIME}.union(*(found.surely for found in turnouts.values()))
        for time in sorted(times):
            heads = {title: dict(found.at_least(time)) for title, found in turnouts.items()}
            self._hand(heads, _AT_ONCE, low=True)
            for title, here in heads.items():
                if self._by_persons(title):  # stations are no persons
                    heads[title] = {n: many for n, many in here.items() if self._all[n].section is not None}
            self._hand(heads, OF_PERSONS, low=True)
            for title, here in heads.items():
                low[title] = max(low[title], sum(here.values()))
            for suite in self.books.suites:
                low[suite.id] = max(low[suite.id], self._together(suite, heads))

    def _together(self, suite: Suite, heads: Mapping[str, Heads]) -> int:
        """How many have not all that they need of a suite: who lacks several of its titles is one."""
        most: Heads = {}
        for title in suite.titles & heads.keys():
            for number, many in heads[title].items():
                most[number] = max(most.get(number, 0), many)
        return sum(most.values())

    def _perhaps(
        self, turnouts: Mapping[str, Turnout], later: Mapping[str, Sequence[int]]
    ) -> tuple[dict[str, int | None], dict[str, set[int]]]:
        """Hands the seats out to all who may need one."""
        times = {ANY_TIME}.union(*(found.perhaps for found in turnouts.values()))
        rest: dict[str, Heads] = {title: {} for title in turnouts}
        lost: dict[str, set[int]] = {title: set() for title in turnouts}
        suites = self.books.suites
        high: dict[str, int | None] = dict.fromkeys((*turnouts, *(suite.id for suite in suites)), 0)
        for time in sorted(times):
            before = {title: found.at_most(time) for title, found in turnouts.items()}
            heads = {title: dict(here) for title, here in before.items()}
            self._hand(heads, _AT_ONCE, low=False)
            for title, here in heads.items():
                for number, many in turnouts[title].meeting(time).items():
                    got = before[title].get(number, 0) - here.get(number, 0)
                    rest[title][number] = max(rest[title].get(number, 0), many - got)
                lost[title].update(number for number, many in here.items() if many)
                high[title] = max(high[title] or 0, sum(here.values()))
            for suite in suites:
                high[suite.id] = max(high[suite.id] or 0, self._together(suite, heads))
        heads = {}
        unknown: dict[str, set[int]] = {}
        for title, found in turnouts.items():
            if not self._by_persons(title):
                continue
            unknown[title] = found.unknown & lost[title]
            heads[title] = {
                number: many for number, many in rest[title].items() if many and self._people(number) is not None
            }
            heads[title] |= {number: self._people(number) or 0 for number in later[title]}
        self._hand(heads, OF_PERSONS, low=False, unknown=unknown)
        for title, here in heads.items():
            lost[title] = unknown[title] | {number for number, many in here.items() if many}
            high[title] = None if unknown[title] else sum(here.values())
        for suite in suites:
            if suite.titles & heads.keys():
                open_ = any(unknown[title] for title in suite.titles & heads.keys())
                high[suite.id] = None if open_ else self._together(suite, heads)
        return high, lost

    def _hand(
        self,
        heads: dict[str, Heads],
        metrics: Iterable[Metric],
        *,
        low: bool,
        unknown: Mapping[str, set[int]] | None = None,
    ) -> None:
        """Hands out the seats of these metrics: each title's own, then the suites'; takes those who got one out."""
        unknown = unknown or {}
        for metric in metrics:
            for title in sorted(heads):
                self._push(title, metric, {title: heads[title]}, {title: unknown.get(title, set())}, low=low)
            for suite in self.books.suites:
                inside = {title: heads[title] for title in sorted(suite.titles & heads.keys())}
                if inside:
                    open_ = {title: unknown.get(title, set()) for title in inside}
                    self._push(suite.id, metric, inside, open_, low=low)

    def _push(
        self,
        product: str,
        metric: Metric,
        heads: Mapping[str, Heads],
        unknown: Mapping[str, set[int]],
        *,
        low: bool,
    ) -> None:
        """One seat of a suite serves one person for all its titles. Those whose number is not known may take all."""
        pools = self.books.pools(product, frozenset({metric}))
        if not pools:
            return
        flow = Flow(tuple(pools.values()))
        taken = False
        for title, numbers in unknown.items():
            for number in sorted(numbers):
                every = sum(seats or 0 for seats in pools.values())
                taken = flow.push(self._kind(product, metric, title, number), every) > 0 or taken
        asked = given = 0
        for number in sorted({number for here in heads.values() for number in here}):
            reached = [t for t, here in heads.items() if number in here and self._kind(product, metric, t, number)]
            claim = max((heads[title][number] for title in reached), default=0)
            if not claim:
                continue
            asked += claim
            got = flow.push(self._kind(product, metric, reached[0], number), claim)
            given += got
            for title in reached:
                heads[title][number] = max(0, heads[title][number] - got)
        dealt = self.dealt.setdefault((product, metric), Dealt())
        if low:
            dealt.low, dealt.given_low = max(dealt.low, asked), max(dealt.given_low, given)
        else:
            dealt.high, dealt.given_high = max(dealt.high, asked), max(dealt.given_high, given)
            dealt.open = dealt.open or taken

    def _kind(self, product: str, metric: Metric, title: str, number: int) -> Kind:
        """The pools of a product that an audience may take a seat from for a title."""
        one = self._all[number]
        pools = self.books.pools(product, frozenset({metric}))
        term = (one.section.start, one.section.end) if one.section and metric is Metric.WEB_SEAT else None
        key = (product, metric, one.spot, (term, one.lab_id if self.books.asked.get(title) else None), title)
        if key not in self._kinds:
            suite = next((suite for suite in self.books.suites if suite.id == product), None)
            reached = suite is None or self._reaches(suite, title, one)
            self._kinds[key] = tuple(
                place for place, pool in enumerate(pools) if reached and self._inside(pool, title, number)
            )
        return self._kinds[key]

    def _reaches(self, suite: Suite, title: str, one: Audience) -> bool:
        here = one.stations & self.needed.get(title, NO_DEVICES)
        return not here or bool(self.books.suite_reaches(suite, title, here))

    def _inside(self, pool: Pool, title: str, number: int) -> bool:
        one = self._all[number]
        if not pool.covers(one.spot):
            return False
        section = one.section
        if pool.start is not None and section is not None:
            ended = pool.end is not None and pool.end < section.start
            if ended or section.end < pool.start:
                return False
        asked = self.books.asked.get(title, {})
        return all(meet(pool.releases, wanted) for wanted, on in asked.items() if not on.isdisjoint(one.stations))
