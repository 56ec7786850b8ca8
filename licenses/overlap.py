"""How many people are at one title at the same time, by the bell schedule, and who they are at most. Pure.

A lab without sections is at it with all its stations, in every period. A section without a period may meet in any; in
one room no more of those sit at once than it has stations.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.device_set import DeviceSet
from licenses.audience import Audience

ANY_TIME = ""
"""A time in which no section with a known period meets."""

SOME_TIME = "?"
"""The time, whichever it is, of the largest section without a period."""

Heads = dict[int, int]
"""People by the number of their audience."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """People at a title, by time: `surely` and at most (`perhaps`) without a seat at their station.

    `whole`: likewise of each that may meet then, also of those for whom the room has no station left. `unknown`: where
    nobody knows how many persons come over all times. `low` and `high` are the sums by time, with the seated ones.
    """

    surely: dict[str, Heads] = field(default_factory=dict)
    perhaps: dict[str, Heads] = field(default_factory=dict)
    whole: dict[str, Heads] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    low: dict[str, int] = field(default_factory=dict)
    high: dict[str, int] = field(default_factory=dict)

    def at_least(self, time: str) -> Heads:
        """Who surely is at it at a time; at one that this title's sections do not know, those of any time."""
        return self.surely.get(time, self.surely[ANY_TIME])

    def at_most(self, time: str) -> Heads:
        """Who is at it at a time at most."""
        return self.perhaps.get(time, self.perhaps[ANY_TIME])

    def meeting(self, time: str) -> Heads:
        """Who may meet at a time, everybody that has no seat at a station then."""
        return self.whole.get(time, self.whole[ANY_TIME])


def turnout(audiences: Mapping[int, Audience], *, title: str, needed: DeviceSet, seated: DeviceSet) -> Turnout:
    """The people of numbered audiences that need a title; `seated` devices have a seat of their own."""
    times = [ANY_TIME, *sorted({time for one in audiences.values() for time in one.periods})]
    found = Turnout({time: {} for time in (*times, SOME_TIME)}, {time: {} for time in times}, {t: {} for t in times})
    found.low.update(dict.fromkeys((*times, SOME_TIME), 0))
    found.high.update(dict.fromkeys(times, 0))
    rooms: defaultdict[object, list[int]] = defaultdict(list)
    for number, one in audiences.items():
        rooms[one.lab_id if one.lab_id is not None else f"unknown {number}"].append(number)
    largest: tuple[int, int, _Room] | None = None
    for numbers in rooms.values():
        room = _Room({number: audiences[number] for number in numbers}, title, needed, seated)
        for time in times:
            fixed = [number for number in room.sections if time in audiences[number].periods]
            low, before, _ = room.sit(fixed, room.always, room.low)
            found.surely[time].update(low)
            found.low[time] += before
            high, before, seated_here = room.sit(fixed, [*room.loose, *room.always], room.high)
            found.perhaps[time].update(high)
            found.whole[time].update(room.whole(fixed, seated_here))
            found.high[time] += before
        found.unknown.update(room.unknown(found))
        for number in room.loose:
            if largest is None or room.low[number] > largest[0]:
                largest = (room.low[number], number, room)
    found.surely[SOME_TIME] = dict(found.surely[ANY_TIME])
    found.low[SOME_TIME] = found.low[ANY_TIME]
    if largest is not None:
        _, number, room = largest
        alone, before, _ = room.sit([number], room.always, room.low)
        found.low[SOME_TIME] += before - room.sit([], room.always, room.low)[1]
        found.surely[SOME_TIME].update(dict.fromkeys(room.always, 0) | alone)
    return found


class _Room:
    """The audiences of one lab, or one whose room is not known."""

    def __init__(self, here: Mapping[int, Audience], title: str, needed: DeviceSet, seated: DeviceSet) -> None:
        one = next(iter(here.values()))
        self.here = here
        self.known = one.lab_id is not None
        every = len(one.stations) + one.empty
        web = any(title in each.web for each in here.values())
        devices = len(one.stations) if web else len(one.stations & needed)
        asking = every if web else devices + one.empty
        self.stations = asking
        self.seats = len(one.stations & seated)
        self.loose = [n for n, each in here.items() if each.section is not None and not each.periods]
        self.sections = [n for n, each in here.items() if each.section is not None]
        self.always = [n for n, each in here.items() if each.section is None]
        self.low: Heads = {}
        self.high: Heads = {}
        for number, each in here.items():
            if each.people is None:
                self.low[number] = self.high[number] = devices
            elif not self.known or asking == every:
                self.low[number] = self.high[number] = each.people
            else:  # some stations go by another title: who sits where is not known
                self.low[number] = max(0, each.people - (every - asking))
                self.high[number] = max(self.low[number], min(each.people, asking))
        self.loose.sort(key=lambda number: -self.high[number])

    def sit(self, fixed: Sequence[int], more: Iterable[int], heads: Heads) -> tuple[Heads, int, Heads]:
        """Those who are here at once, without those on stations that have seats; how many all are; those on seats."""
        more = list(more)
        sure = sum(heads[number] for number in fixed)
        room = max(self.stations, sure, *(heads[number] for number in more if number in self.loose), 0) - sure
        without: Heads = {}
        seated: Heads = {}
        seats = self.seats
        everybody = 0
        for number in (*fixed, *more):
            here = heads[number] if number in fixed or not self.known else min(heads[number], room)
            if number not in fixed:
                room -= here
            seated[number] = taken = min(here, seats)
            seats -= taken
            everybody += here
            if here > taken:
                without[number] = here - taken
        return without, everybody, seated

    def whole(self, fixed: Sequence[int], seated: Heads) -> Heads:
        """By section that may meet with the fixed ones, how many of all its people have no seat at their station.

        Whoever else comes: each has at least the seats that it has when all come. One that fits with no other has all.
        """
        sure = sum(self._least(number) for number in fixed)
        found = {number: self.high[number] - seated[number] for number in fixed}
        for number in self.loose:
            if fixed and sure + self._least(number) > self.stations:
                continue
            others = [self._least(n) for n in self.sections if n != number]
            alone = self.known and (not others or self._least(number) + min(others) > self.stations)
            found[number] = max(0, self.high[number] - (self.seats if alone else seated[number]))
        return found

    def _least(self, number: int) -> int:
        return 0 if self.here[number].people is None else self.low[number]

    def unknown(self, found: Turnout) -> set[int]:
        """The audiences of which nobody knows how many persons have no seat at their station."""
        return {
            number
            for number, each in self.here.items()
            if each.people is None
            and (self.seats < self.stations or any(heads.get(number) for heads in found.perhaps.values()))
        }
