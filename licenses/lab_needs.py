"""What labs and sections ask, and what seats can give, in the words of the allocation. Pure.

Every section asks what its own course asks; a lab's stations what any of its sections does. Where several titles would
do, the one that the lab has installed counts; where none is installed, any. Students beyond the stations of a room can
use no seat of a station, and are not counted; a section whose room is not known asks only what runs on the web.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from agents.report import Platform
from inventory.releases import ANY_RELEASE, VersionRange
from inventory.views import DeviceView, LabView, Snapshot
from licenses.allocation import HOLDERS, LabNeed, Offer, Pool, Sitting
from licenses.asking import TEACHING, Asked, asked_of
from licenses.entitlement import Entitlement, Spot
from licenses.metrics import Metric
from licenses.pathway import Alternative, Kind, Level, Occasion, Pathway, TitleNeed
from licenses.roster.periods import meetings
from licenses.seat_price import last_priced, seat_cents
from licenses.section import Section
from licenses.suite import Suite

Allowed = Callable[[Entitlement, str, date], VersionRange]
"""Which releases of a title an entitlement, of it or of a suite, lets one run on a day."""


@dataclass(slots=True)
class Asks:
    """The asks that came up, by name, each with the titles and releases any of which will do."""

    choices: dict[str, tuple[Alternative, ...]] = field(default_factory=dict)

    def name(self, choices: Sequence[Alternative]) -> str:
        """The name of an ask: "revit", "revit 2024 to 2026", "inventor-professional or solidworks"."""
        said = " or ".join(
            one.title if one.versions == ANY_RELEASE else f"{one.title} {one.versions}" for one in choices
        )
        self.choices[said] = tuple(choices)
        return said


@dataclass(frozen=True, slots=True)
class Room:
    """A lab, the system that most of its stations have, how many have a device, and what is installed there."""

    lab: LabView
    platform: Platform | None
    stations: int
    installed: Counter[tuple[str, str]]

    def choice(self, need: TitleNeed) -> tuple[Alternative, ...]:
        """The titles of a need that count here; none where it is not asked, or nothing exists for the system."""
        if need.kind is Kind.WEB or self.platform is None:
            return need.any_of
        if not need.asked_on(self.platform):
            return ()
        choices = need.choices(self.platform)
        held = {one.title: self._held(one) for one in choices}
        most = max(held.values(), default=0)
        return tuple(one for one in choices if held[one.title] == most)[:1] if most else choices

    def _held(self, choice: Alternative) -> int:
        return sum(
            count
            for (title, release), count in self.installed.items()
            if title == choice.title and choice.versions.holds(release) is not False
        )


def room_of(lab: LabView, snapshot: Snapshot) -> Room:
    """A lab as its devices are."""
    standing: list[DeviceView] = [
        snapshot.devices[station.device_id]
        for station in snapshot.stations.get(lab.id, ())
        if station.device_id is not None and station.device_id in snapshot.devices
    ]
    systems = Counter(one.system.platform for one in standing if one.system)
    installed = Counter(
        pair
        for one in standing
        if one.software
        for pair in {(install.title, install.release) for install in one.software.installs}
    )
    platform = max(sorted(systems), key=systems.__getitem__) if systems else None
    return Room(lab, platform, len(standing) or len(snapshot.stations.get(lab.id, ())), installed)


def lab_needs(
    snapshot: Snapshot,
    pathways: Mapping[str, Pathway],
    sections: Iterable[Section],
    asks: Asks,
    *,
    on: date,
    exam: str | None = None,
) -> tuple[LabNeed, ...]:
    """All that is asked on a day; with `exam`, the sittings of that exam besides ("": of any)."""
    by_lab: defaultdict[int | None, list[Section]] = defaultdict(list)
    for section in sorted(sections, key=lambda one: (one.key, one.id)):
        if section.pathway in pathways:
            by_lab[section.lab_id if section.lab_id in snapshot.labs else None].append(section)
    needs: list[LabNeed] = []
    for lab in sorted(snapshot.labs.values(), key=lambda one: one.label):
        here = by_lab[lab.id]
        needs.extend(_of_lab(room_of(lab, snapshot), here, pathways, asks, on, exam))
    for section in by_lab[None]:
        spot = Spot(section.site, "", frozenset({section.pathway}), section.grades)
        sittings = _sittings(section, None, section.headcount, pathways, asks, exam)
        if any(one.asks for one in sittings):
            needs.append(LabNeed(f"{section.site}, room not known, {_called(section)}", "", spot, sittings=sittings))
    return tuple(needs)


def _of_lab(
    room: Room,
    sections: Sequence[Section],
    pathways: Mapping[str, Pathway],
    asks: Asks,
    on: date,
    exam: str | None,
) -> Iterable[LabNeed]:
    lab = room.lab
    asked = asked_of(lab, pathways, sections, on)
    if not asked:
        return
    grades = (
        frozenset().union(*(one.grades for one in sections)) if all(one.grades for one in sections) else frozenset()
    )
    spot = Spot(lab.site.code, lab.label, frozenset(one.pathway.code for one in asked), grades)
    wanted = _asks(room, asked, (TEACHING, *_exam(asked, exam)), asks, Kind.STATION)
    if not sections:
        yield LabNeed(lab.label, lab.label, spot, room.stations, wanted)
        return
    left = room.stations
    for number, part in enumerate(_parts(sections)):
        most = max(one.headcount for one in part)
        places = left if not number else min(left, most)
        sittings = tuple(
            sitting
            for section in part
            for sitting in _sittings(
                section,
                room,
                min(section.headcount, places) if room.stations else section.headcount,
                pathways,
                asks,
                exam,
            )
        )
        more = f", part {number + 1}" if number else ""
        stations, at_stations = (places, wanted) if room.stations else (most, frozenset[str]())
        yield LabNeed(f"{lab.label}{more}", lab.label, spot, stations, at_stations, sittings)
        left -= most if not number else places
        left = max(left, 0)


def _parts(sections: Sequence[Section]) -> list[list[Section]]:
    """The sections of a lab, so that no two of one part meet at once: the largest go first."""
    parts: list[list[Section]] = []
    taken: list[set[str]] = []
    for section in sorted(sections, key=lambda one: (-one.headcount, one.key)):
        meets = set(_periods(section))
        number = next((at for at, periods in enumerate(taken) if periods.isdisjoint(meets)), len(parts))
        if number == len(parts):
            parts.append([])
            taken.append(set())
        parts[number].append(section)
        taken[number] |= meets
    return parts


def _periods(section: Section) -> frozenset[str]:
    # Days are left out: seats that suffice for the fullest week suffice on each of its days.
    return frozenset(one.period for one in meetings(section.period))


def _called(section: Section) -> str:
    return f"{section.course}/{section.code}"


def _sittings(
    section: Section,
    room: Room | None,
    students: int,
    pathways: Mapping[str, Pathway],
    asks: Asks,
    exam: str | None,
) -> tuple[Sitting, ...]:
    pathway = pathways[section.pathway]
    known = {course.code for course in pathway.courses}
    asked = (Asked(pathway, frozenset({section.course}) if section.course in known else None),)
    kind = None if room else Kind.WEB
    people = f"{section.site} {_called(section)} {section.start}"
    sittings = [
        Sitting(_called(section), students, _asks(room, asked, (TEACHING,), asks, kind), people, _periods(section))
    ]
    if sitting := _exam(asked, exam):
        wanted = _asks(room, asked, (TEACHING, *sitting), asks, kind)
        sittings.append(Sitting(f"{_called(section)} exam", students, wanted, people))
    return tuple(sittings)


def _exam(asked: Sequence[Asked], exam: str | None) -> tuple[Occasion, ...]:
    if exam is None or (exam and not any(one.pathway.leads_to(exam) for one in asked)):
        return ()
    return (Occasion.of(exam),)


def _asks(
    room: Room | None, asked: Iterable[Asked], occasions: Sequence[Occasion], asks: Asks, kind: Kind | None
) -> frozenset[str]:
    found = set()
    for one in asked:
        for need in (need for occasion in occasions for need in one.needs(occasion)):
            if need.level is Level.REQUIRED and kind in {None, need.kind}:
                choices = room.choice(need) if room else need.any_of
                if choices:
                    found.add(asks.name(choices))
    return frozenset(found)


def pools_of(
    entitlements: Iterable[Entitlement],
    suites: Iterable[Suite],
    free: Iterable[str],
    asks: Asks,
    *,
    on: date,
    until: date | None = None,
    allowed: Allowed | None = None,
) -> tuple[Pool, ...]:
    """The seats that run from `on` to `until`; what ends or starts between is no seat for the term."""
    by_id = {suite.id: suite for suite in suites}
    pools = []
    if unlimited := _covers(asks, lambda one: one.title in set(free)):
        pools.append(Pool(0, "free", unlimited, HOLDERS[Metric.FREE], None))
    for one in sorted(entitlements, key=lambda each: each.id):
        if not (one.runs(on) and one.runs(until or on)):
            continue
        covers = _covers(asks, lambda choice, one=one: _runs(one, choice, by_id, on, allowed))  # type: ignore[misc]  # bound now
        if covers:
            pools.append(
                Pool(
                    one.id,
                    one.product,
                    covers,
                    HOLDERS[one.metric],
                    one.quantity,
                    one.scope,
                    bool(one.cte_only),
                    one.devices_per_seat,
                    one.end,
                    one.purchase_order,
                )
            )
    return tuple(pools)


def _covers(asks: Asks, able: Callable[[Alternative], bool]) -> frozenset[str]:
    return frozenset(name for name, choices in asks.choices.items() if any(map(able, choices)))


def _runs(
    one: Entitlement, choice: Alternative, suites: Mapping[str, Suite], on: date, allowed: Allowed | None
) -> bool:
    ranges = [choice.versions]
    if one.suite:
        members = (
            [member for member in suites[one.suite].members if member.title == choice.title]
            if one.suite in suites
            else []
        )
        if not members:
            return False
        ranges += [member.releases for member in members]
    elif one.title != choice.title:
        return False
    if allowed is not None:
        ranges.append(allowed(one, choice.title, on))
    return all(_meet(ranges[0], other) for other in ranges[1:])


def _meet(one: VersionRange, other: VersionRange) -> bool:
    """Whether some release may lie in both."""
    bounds = ((one.minimum, other.maximum), (other.minimum, one.maximum))
    return all(VersionRange(maximum=high).holds(low) is not False for low, high in bounds if low and high)


def offers_of(
    asks: Asks, entitlements: Sequence[Entitlement], suites: Iterable[Suite], free: Iterable[str]
) -> tuple[Offer, ...]:
    """What could be bought: every title that is asked, and each suite that was bought before; priced as last bought,
    and counted as last bought, by device where it never was.
    """
    titles = {one.title for choices in asks.choices.values() for one in choices} - set(free)
    bought: defaultdict[str, list[Entitlement]] = defaultdict(list)
    for one in entitlements:
        bought[one.product].append(one)
    products = {title: frozenset({title}) for title in titles}
    products |= {suite.id: suite.titles for suite in suites if suite.id in bought and suite.titles & titles}
    offers = []
    for product, has in sorted(products.items()):
        counted = [one for one in bought[product] if one.quantity]
        priced = last_priced(counted)
        last = priced or max(counted, key=lambda one: (one.start, one.id), default=None)
        offers.append(
            Offer(
                product,
                _covers(asks, lambda choice, has=has: choice.title in has),  # type: ignore[misc]  # bound now
                HOLDERS[last.metric] if last else HOLDERS[Metric.DEVICE],
                seat_cents(priced) if priced else None,
                last.devices_per_seat if last else 1,
            )
        )
    return tuple(offers)


def with_webs(offers: Iterable[Offer], web: frozenset[str]) -> tuple[Offer, ...]:
    """Offers of what runs on the web only are counted by student where nothing on record says otherwise."""
    return tuple(
        replace(one, holder=HOLDERS[Metric.WEB_SEAT]) if one.cents is None and one.product in web else one
        for one in offers
    )
