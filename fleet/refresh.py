"""Which devices are due for replacement, and why: too weak for their lab's pathway, system ending, or age. Pure.

What we cannot judge (never heard, stale, not known) stands apart, with what was last known: it is not "fine".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fleet.floors import floor_gaps, marked
from fleet.gap import Gap
from fleet.prices import Price, PriceList
from fleet.question import Rules
from inventory.views import DeviceView, Heard, LabView, Snapshot
from licenses.asking import Asked, asked_of
from licenses.section import Section

URGENCY = (
    "Sorted by what hurts first: too weak for its pathway, then a system already out of support, then one that ends, "
    "then age; among equals the most reasons, then the most students, then the oldest."
)

_DISPLAY = "display"
_NOT_BY_REPLACEMENT = frozenset({"virtualization"})  # switched on in the firmware, not bought


class Why(StrEnum):
    """What speaks against keeping a device, the most urgent first."""

    TOO_WEAK = "too-weak"
    SYSTEM_ENDED = "system-ended"
    SYSTEM_ENDS = "system-ends"
    AGE = "age"


_URGENT_FIRST = tuple(Why)


class Remedy(StrEnum):
    """The least that would mend it."""

    REPLACE = "replace"
    UPGRADE = "upgrade the system if the machine can take it, else replace"
    DISPLAY = "replace the display"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against a device; `subject` is the part of the machine that is too weak, else empty."""

    why: Why
    text: str
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A device that is due. `students` sit at it in one day: one for each section of its lab.

    `price` is that of the remedy before tax, for an upgrade what a replacement would cost; `None` where the price
    list has none. `doubts` are reasons that rest on an old word.
    """

    device: DeviceView
    lab: LabView | None
    station: int | None
    pathways: tuple[str, ...]
    students: int
    reasons: tuple[Reason, ...]
    doubts: tuple[Reason, ...]
    remedy: Remedy
    price: Price | None

    @property
    def cost_cents(self) -> int | None:
        """What to plan for the remedy; for an upgrade, what it costs if the machine cannot take it."""
        return None if self.price is None else self.price.planning


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A device of which we cannot say whether it is due: why not, and what was last known against it."""

    device: DeviceView
    lab: LabView | None
    station: int | None
    why: tuple[str, ...]
    doubts: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RefreshList:
    """The devices that are due, the most urgent first, and those that we cannot judge.

    `undated` devices have no purchase date, so that their age is not known; others are due after `age_years`.
    """

    on: date
    before: date
    age_years: int
    judged: int
    due: tuple[Due, ...]
    unjudged: tuple[Unjudged, ...]
    undated: int

    @property
    def cost_cents(self) -> int:
        """The planning figures added up, of all that have one; without those that an upgrade may keep."""
        return sum(one.cost_cents or 0 for one in self.due if one.remedy is not Remedy.UPGRADE)

    @property
    def upgrade_cents(self) -> int:
        """What comes on top at most: if none of the machines to upgrade can take it."""
        return sum(one.cost_cents or 0 for one in self.due if one.remedy is Remedy.UPGRADE)

    @property
    def unpriced(self) -> int:
        """How many that are due have no price."""
        return sum(one.price is None for one in self.due)


def school_year_after(on: date) -> date:
    """The last day of the next school year, which runs from 1 July to 30 June."""
    return date(on.year + (2 if on.month >= 7 else 1), 6, 30)


def refresh_list(
    snapshot: Snapshot,
    sections: Sequence[Section],
    rules: Rules,
    prices: PriceList,
    *,
    before: date,
    age_years: int,
    age_by_kind: Mapping[str, int] | None = None,
) -> RefreshList:
    """Judges every device of the snapshot; `before` is the day up to which support must last.

    `age_by_kind` overrides `age_years` for a chassis ("laptop", "desktop", …).
    """
    on = snapshot.taken_at.date()
    assessor = _Assessor(snapshot, sections, rules, prices, on, before, age_years, age_by_kind or {})
    due, unjudged = [], []
    for device in snapshot.devices.values():
        answer = assessor.assess(device)
        if isinstance(answer, Due):
            due.append(answer)
        elif answer is not None:
            unjudged.append(answer)
    return RefreshList(
        on=on,
        before=before,
        age_years=age_years,
        judged=len(snapshot.devices),
        due=tuple(sorted(due, key=_urgency)),
        unjudged=tuple(sorted(unjudged, key=_by_place)),
        undated=sum(device.acquired_on is None for device in snapshot.devices.values()),
    )


def _urgency(due: Due) -> tuple[int, int, int, date, str, int]:
    worst = min(_URGENT_FIRST.index(reason.why) for reason in due.reasons)
    bought = due.device.acquired_on or date.max
    return (worst, -len(due.reasons), -due.students, bought, due.device.name, due.device.id)


def _by_place(one: Unjudged) -> tuple[bool, str, int, str, int]:
    return (one.lab is None, one.lab.label if one.lab else "", one.station or 0, one.device.name, one.device.id)


@dataclass(frozen=True, slots=True)
class _Stand:
    """What the place of a device asks of it."""

    lab: LabView | None = None
    asked: tuple[Asked, ...] = ()
    students: int = 0


@dataclass(slots=True)
class _Assessor:
    snapshot: Snapshot
    sections: Sequence[Section]
    rules: Rules
    prices: PriceList
    on: date
    before: date
    age_years: int
    age_by_kind: Mapping[str, int]
    _stands: dict[int | None, _Stand] = field(default_factory=dict, init=False)
    _weak: dict[tuple[str, int, int], tuple[Gap, ...]] = field(default_factory=dict, init=False)
    _numbers: dict[int, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._numbers = {one.id: one.number for stations in self.snapshot.stations.values() for one in stations}
        here: dict[int | None, list[Section]] = {}
        for section in self.sections:
            if section.runs(self.on):
                here.setdefault(section.lab_id, []).append(section)
        self._stands[None] = _Stand()
        for lab in self.snapshot.labs.values():
            taught = here.get(lab.id, [])
            asked = asked_of(lab, self.rules.pathways, taught, self.on)
            self._stands[lab.id] = _Stand(lab, asked, len(taught))

    def assess(self, device: DeviceView) -> Due | Unjudged | None:
        stand = self._stands.get(device.lab_id, self._stands[None])
        weak = self._too_weak(device, stand)
        ending, unknown = self._system(device)
        machine = [*self._weak_reasons(weak), *ending]
        age = list(self._age(device))
        why = [*self._silence(device), *unknown, *(gap.message for gap in weak if not gap.certain)]
        believed = not self._silence(device)
        station = self._numbers.get(device.station_id) if device.station_id is not None else None
        reasons = sorted([*(machine if believed else ()), *age], key=lambda one: _URGENT_FIRST.index(one.why))
        doubts = () if believed else tuple(machine)
        if not reasons:
            return Unjudged(device, stand.lab, station, tuple(dict.fromkeys(why)), doubts) if why else None
        remedy = _remedy(reasons)
        pathways = tuple(asked.pathway.code for asked in stand.asked)
        price = self._price(device, pathways, remedy)
        return Due(device, stand.lab, station, pathways, stand.students, tuple(reasons), doubts, remedy, price)

    def _silence(self, device: DeviceView) -> tuple[str, ...]:
        """Why its last word is not to be relied on."""
        heard = device.heard(self.snapshot.taken_at, self.rules.stale_after)
        if heard is Heard.NEVER:
            return ("never heard",)
        if heard is Heard.STALE:
            return (f"last heard {device.last_heard:%Y-%m-%d}",)
        return ("two machines claim to be this device",) if device.in_conflict else ()

    def _too_weak(self, device: DeviceView, stand: _Stand) -> tuple[Gap, ...]:
        if device.last_heard is None or (device.hardware is not None and device.hardware.virtual):
            return ()  # nothing to go by; a virtual machine is not bought anew
        gaps: dict[tuple[str, str], Gap] = {}
        for asked in stand.asked:
            key = (asked.pathway.code, id(device.hardware), id(device.system))
            if key not in self._weak:
                self._weak[key] = floor_gaps(asked.pathway.floor, device.hardware, device.system)
            for gap in self._weak[key]:
                gaps.setdefault((gap.subject, gap.message), gap)
        return tuple(gap for gap in gaps.values() if gap.subject not in _NOT_BY_REPLACEMENT)

    def _weak_reasons(self, gaps: Sequence[Gap]) -> Iterator[Reason]:
        for gap in gaps:
            if gap.certain:
                yield Reason(Why.TOO_WEAK, gap.brief, gap.subject, gap.note)

    def _system(self, device: DeviceView) -> tuple[list[Reason], list[str]]:
        """When its system ends, if it does; and what is not known about that."""
        if device.system is None:
            return [], [] if device.last_heard is None else ["its operating system is not known"]
        support = self.rules.lifecycle.ends(device.system)
        note = marked(support.mark) if support.mark else ""
        # Its edition decides until when, and is no help to the reader of a list.
        name = support.product.removesuffix(f" {device.system.edition}")
        if support.ended(self.on):
            return [Reason(Why.SYSTEM_ENDED, f"{name} ended {support.ends_on}", note=note)], []
        ended = support.ended(self.before)
        if ended:
            return [Reason(Why.SYSTEM_ENDS, f"{name} ends {support.ends_on}", note=note)], []
        return [], [f"end of {support.product} is not known"] if ended is None else []

    def _age(self, device: DeviceView) -> Iterator[Reason]:
        kind = device.hardware.chassis if device.hardware else ""
        years = self.age_by_kind.get(kind, self.age_years)
        bought = device.acquired_on
        if bought is None or (device.hardware is not None and device.hardware.virtual):
            return
        if _years_later(bought, years) <= self.on:
            old = self.on.year - bought.year - ((self.on.month, self.on.day) < (bought.month, bought.day))
            yield Reason(Why.AGE, f"{old} years old" if old != 1 else "1 year old", note=f"due after {years} years")

    def _price(self, device: DeviceView, pathways: Sequence[str], remedy: Remedy) -> Price | None:
        if remedy is Remedy.DISPLAY:
            return self.prices.price_of("display")
        platform = device.system.platform if device.system else None
        fitting = [price for code in pathways or ("",) if (price := self.prices.price_for(code, platform))]
        return max(fitting, key=lambda price: price.planning, default=None)


def _remedy(reasons: Sequence[Reason]) -> Remedy:
    why = {reason.why for reason in reasons}
    if why <= {Why.SYSTEM_ENDED, Why.SYSTEM_ENDS}:
        return Remedy.UPGRADE
    if why == {Why.TOO_WEAK} and {reason.subject for reason in reasons} == {_DISPLAY}:
        return Remedy.DISPLAY
    return Remedy.REPLACE


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
