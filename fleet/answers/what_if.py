"""What thought-of sections would take: seats by title, what is free, what to buy, and where they could be taught."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from fleet.answers.footing import Footing, footing
from fleet.settings import Settings
from inventory.device_set import DeviceSet
from inventory.views import LabView
from licenses.asking import asked_of, contested, wishes_of
from licenses.entitlement import Entitlement, Spot
from licenses.metrics import ALIASES, Metric
from licenses.outlay import NewStations, Outlay, Standing, Wanted, outlay
from licenses.pathway import Kind, Level, Occasion
from licenses.roster.periods import meets_with
from licenses.section import Section
from licenses.taught import at_once
from licenses.what_if import Known, WhatIf, read_what_if


@dataclass(frozen=True, slots=True)
class Thought:
    """One sentence as it was understood, the labs that could host it, and how many stations there are not yet.

    `in_lab`: the stations of the lab that is named, `None` where none is. `busy`: labs that would host it, but for a
    section in the same period.
    """

    what_if: WhatIf
    hosts: tuple[str, ...]
    busy: tuple[str, ...]
    in_lab: int | None
    new_stations: int


@dataclass(frozen=True, slots=True)
class WhatItTakes:
    """What all sentences together take; `free_titles` need no purchase.

    `lacking`: what is short, not known or ends before the sections do, even without them, in words.
    """

    on: date
    thoughts: tuple[Thought, ...]
    outlays: tuple[Outlay, ...]
    free_titles: tuple[str, ...]
    lacking: tuple[str, ...]
    names: Mapping[str, str]

    @property
    def enough(self) -> bool:
        """Whether the seats that are there surely suffice, for as long as the sections run."""
        return not self.lacking and not any(one.buy or one.metric is None for one in self.outlays)

    @property
    def cost_cents(self) -> int:
        """What is known of the cost."""
        return sum(one.cost_cents or 0 for one in self.outlays)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The products to buy of which no price is on record."""
        return tuple(one.product for one in self.outlays if one.cost_cents is None)


def what_it_takes(session: Session, settings: Settings, said: Sequence[str], *, on: date) -> WhatItTakes:
    """The seats that sentences take beyond what is taught already; writes nothing. Raises WhatIfError."""
    ground = footing(session, settings, on=on)
    known = Known(
        pathways=ground.book.rules.pathways,
        sites={site.code: site.name for site in ground.snapshot.sites.values()},
        labs=ground.snapshot.labs,
        sections=ground.sections,
    )
    read = [read_what_if(sentence, known, on=on) for sentence in said]
    # Of terms that do not overlap, the one with the most students decides: seats come back after the other.
    day = max(
        sorted({max(on, one.start) for one in read}),
        key=lambda start: sum(sum(one.headcounts) for one in read if one.start <= start <= one.end),
    )
    gathered = _Gathered(ground, day)
    thoughts = tuple(gathered.add(one, number) for number, one in enumerate(read, start=1))
    return WhatItTakes(
        on=day,
        thoughts=thoughts,
        outlays=tuple(
            outlay(
                gathered.wanted(product),
                gathered.standing(product),
                bought=gathered.bought(product),
                places=ground.places,
                on=day,
                hint=_hint(ground, product),
            )
            for product in gathered.products
        ),
        free_titles=tuple(sorted(gathered.free)),
        lacking=tuple(
            words
            for product in gathered.products
            for words in _lacking(ground, product, day, max(one.end for one in read))
        ),
        names=ground.names,
    )


def _lacking(ground: Footing, product: str, day: date, last: date) -> Iterator[str]:
    """What is wrong with a product's seats before anything is thought of, from the day on to the last day of class."""
    name = ground.names.get(product, product)
    position = ground.positions.get(product)
    if position is not None and position.enough is False:
        yield f"{name} is short already: {position.short} more"
    elif position is not None and position.enough is None:
        yield f"whether {name} has enough already is not known"
    running = [one for one in ground.bought if one.product == product and one.runs(day)]
    ends = [one.end for one in running if one.end is not None and one.end < last]
    if ends and not _as_many(running, [one for one in ground.bought if one.product == product and one.runs(last)]):
        yield f"{name} ends on {min(ends)}, and the sections run until {last}: to be renewed"


def _as_many(now: Sequence[Entitlement], then: Sequence[Entitlement]) -> bool:
    """Whether as many seats run later; an unlimited purchase is matched by another one only."""
    if any(one.quantity is None for one in then):
        return True
    return all(one.quantity is not None for one in now) and sum(one.quantity or 0 for one in then) >= sum(
        one.quantity or 0 for one in now
    )


class _Gathered:
    """What the sentences ask for, product by product."""

    def __init__(self, ground: Footing, day: date) -> None:
        self.ground = ground
        self.day = day
        self.free: set[str] = set()
        self._devices: defaultdict[str, set[int]] = defaultdict(set)
        self._stations: defaultdict[str, dict[int, NewStations]] = defaultdict(dict)
        self._sections: defaultdict[str, dict[str, Section]] = defaultdict(dict)

    @property
    def products(self) -> tuple[str, ...]:
        """What is asked for, by name."""
        return tuple(sorted(self._sections, key=lambda product: self.ground.names.get(product, product).casefold()))

    def add(self, one: WhatIf, number: int) -> Thought:
        """Take in one sentence."""
        sections = one.sections(number)
        spot = Spot(one.site, one.lab.label if one.lab else "", frozenset({one.pathway.code}))
        together = at_once(sections, one.start)[0]
        asked_for = one.stations or together
        hosts, busy = self._hosts(one)
        in_lab = None if one.lab is None else len(self.ground.snapshot.stations.get(one.lab.id, ()))
        sizes = [len(self.ground.snapshot.stations.get(lab.id, ())) for lab in hosts]
        # Classes that meet at once may spread over labs; one class does not.
        spread = sum(sizes) if together > max(one.headcounts) else max(sizes, default=0)
        there = spread if in_lab is None else in_lab
        new = max(0, asked_for - there)
        for product in self._asked(one, spot):
            self._sections[product] |= {section.code: section for section in sections}
            if new and product in self._at_stations(one, spot):
                self._stations[product][number] = NewStations(spot, new)
        if one.lab is not None:
            for title, devices in self._newly_needed(one.lab, sections).items():
                if product := self._product(title, spot):
                    self._devices[product] |= devices
                    self._sections[product] |= {section.code: section for section in sections}
        return Thought(one, tuple(lab.label for lab in hosts), tuple(lab.label for lab in busy), in_lab, new)

    def wanted(self, product: str) -> Wanted:
        """What is asked of a product."""
        return Wanted(
            product,
            DeviceSet(self._devices[product]),
            tuple(self._stations[product].values()),
            tuple(self._sections[product].values()),
        )

    def standing(self, product: str) -> Standing:
        """Who has a seat of a product, or needs one, before."""
        position = self.ground.positions.get(product)
        users = self.ground.users.get(product, ())
        if position is None:
            return Standing(sections=users)
        return Standing(position.needed | position.installed | position.last_known, users)

    def bought(self, product: str) -> tuple[Entitlement, ...]:
        """All purchases of a product."""
        return tuple(one for one in self.ground.bought if one.product == product)

    def _asked(self, one: WhatIf, spot: Spot) -> tuple[str, ...]:
        needs = [need for need in one.pathway.asks(Occasion()) if need.level is Level.REQUIRED]
        titles = [
            self._choice(need.titles, spot)
            for need in needs
            if not (need.courses and one.course) or one.course in need.courses
        ]
        return tuple(dict.fromkeys(product for title in titles if (product := self._product(title, spot))))

    def _at_stations(self, one: WhatIf, spot: Spot) -> frozenset[str]:
        return frozenset(
            self._product(self._choice(need.titles, spot), spot)
            for need in one.pathway.asks(Occasion())
            if need.kind is Kind.STATION
        )

    def _choice(self, titles: Sequence[str], spot: Spot) -> str:
        """Of several titles that would do: one that is free or bought for the place, else the first."""
        good = (title for title in titles if title in self.ground.book.free or self._running(title, spot))
        return next(good, titles[0])

    def _running(self, title: str, spot: Spot) -> tuple[str, ...]:
        """What is bought for a place that has a title: the title itself, else suites."""
        suites = {suite.id for suite in self.ground.book.suites if title in suite.titles}
        found = {one.product for one in self.ground.bought if one.runs(self.day) and one.covers(spot)}
        return tuple(product for product in (title, *sorted(suites)) if product in found)

    def _product(self, title: str, spot: Spot) -> str:
        """What is bought to run a title; "" for what is free, which is remembered."""
        if title in self.ground.book.free:
            self.free.add(title)
            return ""
        return next(iter(self._running(title, spot)), title)

    def _hosts(self, one: WhatIf) -> tuple[tuple[LabView, ...], tuple[LabView, ...]]:
        """The lab that is named, else those at the site that serve the pathway: free in the periods, and not."""
        labs = [
            lab
            for lab in self.ground.snapshot.labs.values()
            if (one.lab is None and one.pathway.code in lab.pathways and one.site in {"", lab.site.code})
            or (one.lab is not None and lab.id == one.lab.id)
        ]
        taken = {
            section.lab_id
            for section in self.ground.sections
            if section.start <= one.end
            and section.end >= one.start
            and any(meets_with(section.period, period) for period in one.periods)
        }
        labs.sort(key=lambda lab: lab.label)
        return tuple(lab for lab in labs if lab.id not in taken), tuple(lab for lab in labs if lab.id in taken)

    def _newly_needed(self, lab: LabView, sections: Sequence[Section]) -> Mapping[str, set[int]]:
        """By title, the devices of a lab that do not need it yet and would."""
        ground, pathways = self.ground, self.ground.book.rules.pathways
        before = asked_of(lab, pathways, ground.sections, self.day)
        after = asked_of(lab, pathways, (*ground.sections, *sections), self.day)
        rights = ground.book.rights(ground.bought, on=self.day)
        found: defaultdict[str, set[int]] = defaultdict(set)
        for station in ground.snapshot.stations.get(lab.id, ()):
            device = None if station.device_id is None else ground.snapshot.devices.get(station.device_id)
            if device is None:
                continue
            platform = device.system.platform if device.system else None
            now, then = (
                wishes_of(
                    asked,
                    platform,
                    device.software,
                    grades=rights.grades(lab, contested(asked, (Occasion(),))),
                ).needed
                for asked in (before, after)
            )
            for title in then - now:
                found[title].add(device.id)
        return found


def _hint(ground: Footing, product: str) -> Metric | None:
    """How the catalog says that a title is usually sold."""
    title = ground.book.catalog.by_id.get(product)
    said = (title.metric if title else "").replace("-", "_")
    return next((metric for metric in Metric if metric == said), None) or ALIASES.get(said)
