"""When in the bell schedule a section meets, and who therefore sits at the same time. Pure.

"2", "1,3", "1-3", "Period 2" and "P2" are periods on every day; "1(M-W) 3(F)" and "1(A) 2(B)" on some days of the week
or of a cycle; "A1 B2" likewise. Anything else is a label of its own, which meets only itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WEEK = ("M", "T", "W", "R", "F", "S", "U")
_LONGER = {
    "MO": "M", "MON": "M", "TU": "T", "TUE": "T", "WE": "W", "WED": "W", "TH": "R", "H": "R", "THU": "R", "FR": "F",
    "FRI": "F", "SA": "S", "SAT": "S", "SU": "U", "SUN": "U",
}  # fmt: skip
_CYCLE = tuple("ABCDEFGH")
_PLAIN = re.compile(r"(?:PERIODS?|PER|PD|P|BLOCK|HOUR)?[. ]*([0-9]{1,2})(?:ST|ND|RD|TH)?")
_RANGE = re.compile(r"([0-9]{1,2})\s*-\s*([0-9]{1,2})")
_CYCLED = re.compile(r"([A-H])[- ]?([0-9]{1,2})|([0-9]{1,2})[- ]?([A-H])")
_PART = re.compile(r"[^\s,;/()]+(?:\s*-\s*[^\s,;/()]+)?\s*\([^()]*\)|[^\s,;/]+")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A period, and the days of the week or of a cycle on which it is; no days means every day."""

    period: str
    days: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """One period on one day of the week and one of the cycle; "" where the schedule does not tell them apart."""

    period: str
    week: str = ""
    cycle: str = ""

    def __str__(self) -> str:
        days = "/".join(day for day in (self.week, self.cycle) if day)
        return f"{self.period}({days})" if days else self.period


def meetings(text: str) -> frozenset[Meeting]:
    """When a section meets, from the words of a timetable; none where they are blank: then we do not know."""
    plain = " ".join(re.sub(r"\b(PERIODS?|PER|PD|BLOCK|HOUR)[. ]+(?=[0-9])", "", text.upper()).split())
    if not plain:
        return frozenset()
    found: set[Meeting] = set()
    for part in _PART.findall(re.sub(r"(?<=[0-9])\s*-\s*(?=[0-9])", "-", plain)):
        if (one := _meeting(part)) is None:
            return frozenset({Meeting(plain)})
        found |= one
    return frozenset(found) or frozenset({Meeting(plain)})


def meets_with(one: str, other: str) -> bool | None:
    """Whether two sections ever sit at the same time; `None` where the periods of one are not known."""
    here, there = meetings(one), meetings(other)
    if not here or not there:
        return None
    return any(a.period == b.period and _same_day(a.days, b.days) for a in here for b in there)


def at_once(sections: Iterable[tuple[str, int]]) -> Mapping[Slot, int]:
    """How many sit at each time, of sections with their periods and headcounts; those without periods are left out.

    A section of every day sits with those of some days. Days of the week and of a cycle are of two schedules: they are
    taken to fall together, since on some day they do.
    """
    sittings: defaultdict[str, list[tuple[frozenset[Meeting], int]]] = defaultdict(list)
    for text, headcount in sections:
        met = meetings(text)
        for period in {meeting.period for meeting in met}:
            sittings[period].append((frozenset(one for one in met if one.period == period), headcount))
    return {
        slot: sum(headcount for met, headcount in sitting if any(_covers(one.days, slot) for one in met))
        for period, sitting in sittings.items()
        for slot in _slots(period, [one.days for met, _ in sitting for one in met])
    }


def _slots(period: str, days: Iterable[frozenset[str]]) -> list[Slot]:
    named = frozenset[str]().union(*days)
    week = [day for day in _WEEK if f"week {day}" in named] or [""]
    cycle = [day for day in _CYCLE if f"cycle {day}" in named] or [""]
    return [Slot(period, one, other) for one in week for other in cycle]


def _covers(days: frozenset[str], slot: Slot) -> bool:
    """Each kind of day that a section names must be the slot's; of the other kind it sits on all."""
    week = {day for day in days if day.startswith("week ")}
    cycle = days - week
    return (not week or f"week {slot.week}" in week) and (not cycle or f"cycle {slot.cycle}" in cycle)


def _same_day(one: frozenset[str], other: frozenset[str]) -> bool:
    for kind in ("week ", "cycle "):
        here, there = ({day for day in days if day.startswith(kind)} for days in (one, other))
        if here and there and not here & there:
            return False
    return True


def _meeting(part: str) -> set[Meeting] | None:
    name, bracket, days = part.partition("(")
    on = _days(days.rstrip(")")) if bracket else frozenset[str]()
    if on is None:
        return None
    name = name.strip()
    if spread := _RANGE.fullmatch(name):
        first, last = int(spread[1]), int(spread[2])
        return {Meeting(str(number), on) for number in range(first, last + 1)} if first < last <= 20 else None
    if plain := _PLAIN.fullmatch(name):
        return {Meeting(str(int(plain[1])), on)}
    if not bracket and (cycled := _CYCLED.fullmatch(name)):
        letter, number = (cycled[1], cycled[2]) if cycled[1] else (cycled[4], cycled[3])
        return {Meeting(str(int(number)), frozenset({f"cycle {letter}"}))}
    return {Meeting(name, on)} if bracket or re.fullmatch(r"[A-Z]{1,3}", name) else None


def _days(text: str) -> frozenset[str] | None:
    """The days in a bracket: of the week where all of them can be, else of a cycle."""
    words = [word for word in re.split(r"[\s,;&]+", text.strip()) if word]
    if len(words) == 1 and re.fullmatch(r"[A-Z]{2,7}", words[0]) and words[0] not in _LONGER:
        words = re.findall("TH|SA|SU|[A-Z]", words[0])
    for order, kind in ((_WEEK, "week"), (_CYCLE, "cycle")):
        found: set[str] = set()
        for word in words:
            first, spread, last = (_LONGER.get(one, one) if kind == "week" else one for one in word.partition("-"))
            if first not in order or (spread and last not in order):
                break
            at = order.index(first)
            found.update(order[at : order.index(last) + 1] if spread else (first,))
        else:
            return frozenset(f"{kind} {day}" for day in found) if found else None
    return None
