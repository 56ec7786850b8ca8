"""What the labs' pathways ask for: which devices need which title, and who needs seats together. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from inventory.census import Census, census_of
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.releases import VersionRange
from inventory.views import LabView, Snapshot
from licenses.asking import (
    NO_GRADES,
    TEACHING,
    Asked,
    Plans,
    Wishes,
    asked_of,
)
from licenses.audience import Audience, slots_of, spot_of
from licenses.demand import Demand
from licenses.entitlement import Spot
from licenses.marks import SHELF_LIFE
from licenses.pathway import Occasion, Pathway
from licenses.rights import Grades, Rights
from licenses.section import Section

Wish = TypeVar("Wish", str, tuple[str, VersionRange])


def demand_of(
    stock: Snapshot | Census,
    pathways: Mapping[str, Pathway],
    sections: Sequence[Section],
    *,
    on: date,
    exam: str | None = None,
    rights: Rights | None = None,
    shelf_life: timedelta = SHELF_LIFE,
) -> Demand:
    """The needs of all stations of an inventory's labs that have a device, and of whoever needs seats together.

    Every lab teaches. With `exam`, the labs of its pathway need what that exam asks besides ("": what any exam asks):
    their seats come out of the same purse. Sections that do not run on the day make the audiences of `Demand.others`.
    """
    occasions = (TEACHING,) if exam is None else (TEACHING, Occasion.of(exam))
    alike: dict[int, tuple[Wishes, list[DeviceSet]]] = {}
    empty: defaultdict[str, int] = defaultdict(int)
    # Whether a word is fresh makes no need.
    census = census_of(stock, stale_after=timedelta.max) if isinstance(stock, Snapshot) else stock
    in_lab = by_lab(sections)
    plans = Plans(occasions)
    for lab in census.labs.values():
        asked = asked_of(lab, pathways, in_lab.get(lab.id, ()), on)
        if not asked:
            continue
        plan = plans.of(asked)
        graded = plan.graded({} if rights is None else rights.grades(lab, plan.contested))
        if vacant := census.empty.get(lab.id, 0):
            for title in graded.wishes(None, None).needed:
                empty[title] += vacant
        for crowd in census.crowds.get(lab.id, ()):
            if crowd.like.standing:
                wishes = graded.wishes(crowd.like.platform, census.software_of(crowd))
                alike.setdefault(id(wishes), (wishes, []))[1].append(crowd.devices)
    together = [(wishes, NO_DEVICES.union(*devices)) for wishes, devices in alike.values()]
    audiences = audiences_of(census, pathways, sections, on=on, plans=plans, rights=rights)
    return Demand(
        needed=_by_wish((wishes.needed, devices) for wishes, devices in together),
        wanted=_by_wish((wishes.wanted, devices) for wishes, devices in together),
        notes=_notes(pathways, empty, occasions, on, shelf_life),
        audiences=tuple(one for one in audiences if one.section is None or one.section.runs(on)),
        others=tuple(one for one in audiences if one.section is not None and not one.section.runs(on)),
        releases=_by_wish((wishes.releases, devices) for wishes, devices in together),
    )


def _by_wish(wished: Iterable[tuple[frozenset[Wish], DeviceSet]]) -> dict[Wish, DeviceSet]:
    found: defaultdict[Wish, list[DeviceSet]] = defaultdict(list)
    for wishes, devices in wished:
        for wish in wishes:
            found[wish].append(devices)
    return {wish: NO_DEVICES.union(*devices) for wish, devices in found.items()}


def by_lab(sections: Iterable[Section]) -> Mapping[int | None, Sequence[Section]]:
    """The sections of each lab; under `None` those whose room is not known."""
    found: defaultdict[int | None, list[Section]] = defaultdict(list)
    for section in sections:
        found[section.lab_id].append(section)
    return dict(found)


def audiences_of(
    census: Census,
    pathways: Mapping[str, Pathway],
    sections: Sequence[Section],
    *,
    on: date,
    plans: Plans,
    rights: Rights | None = None,
) -> tuple[Audience, ...]:
    """One for each section, running on the day or not; one for each pathway of a lab no section of which runs there."""
    in_lab = by_lab(sections)
    slots = slots_of(section.period for section in sections)
    audiences = []
    nowhere: _Room | None = None
    for lab in census.labs.values():
        here = in_lab.get(lab.id, ())
        if not here and not lab.pathways:
            continue
        running = [section for section in here if section.runs(on)]
        room = _Room(census, lab, running, on, plans, rights, slots)
        taught = {section.pathway for section in running}
        audiences += [
            room.audience(Asked(pathways[code], None), None)
            for code in sorted(set(lab.pathways) - taught)
            if code in pathways
        ]
        audiences += [
            room.audience(_asked(pathway, one), one) for one in here if (pathway := pathways.get(one.pathway))
        ]
    for section in sections:
        pathway = pathways.get(section.pathway)
        if pathway is not None and (section.lab_id is None or section.lab_id not in census.labs):
            nowhere = nowhere or _Room(census, None, (), on, plans, rights, slots)
            audiences.append(nowhere.audience(_asked(pathway, section), section))
    return tuple(audiences)


def _asked(pathway: Pathway, section: Section) -> Asked:
    """What a section asks; a course that its pathway does not know may be any."""
    known = {course.code for course in pathway.courses}
    return Asked(pathway, frozenset({section.course}) if section.course in known else None)


class _Room:
    """A lab (`None`: a room that is not known) with the kinds of stations that stand in it."""

    def __init__(
        self,
        census: Census,
        lab: LabView | None,
        running: Sequence[Section],
        on: date,
        plans: Plans,
        rights: Rights | None,
        slots: Mapping[str, frozenset[str]],
    ) -> None:
        self.lab = lab
        self.spot = Spot("") if lab is None else spot_of(lab, running, on)
        self.plans = plans
        self.rights = rights
        self.slots = slots
        standing = [crowd for crowd in census.crowds.get(lab.id, ()) if crowd.like.standing] if lab else []
        self.stations = NO_DEVICES.union(*(crowd.devices for crowd in standing))
        self.empty = census.empty.get(lab.id, 0) if lab else 0
        self.kinds = {(one.like.platform, one.like.software): census.software_of(one) for one in standing}
        self._titles: dict[tuple[str, frozenset[str] | None], tuple[frozenset[str], frozenset[str]]] = {}

    def audience(self, asked: Asked, section: Section | None) -> Audience:
        """Who needs seats together; a section is where its own pathway and grades are."""
        key = (asked.pathway.code, asked.courses)
        if key not in self._titles:
            self._titles[key] = self._needs(asked)
        titles, web = self._titles[key]
        code = asked.pathway.code
        lab_id = self.lab.id if self.lab else None
        if section is None:
            spot = replace(self.spot, pathways=frozenset({code}))
            nothing = frozenset[str]()
            return Audience(spot, lab_id, None, None, nothing, titles, web, self.stations, self.empty, code)
        spot = Spot(self.spot.site or section.site, self.spot.lab, frozenset({code}), section.grades)
        return Audience(
            spot=spot,
            lab_id=lab_id,
            section=section,
            people=section.headcount,
            periods=self.slots.get(section.period, frozenset()),
            titles=titles,
            web=web,
            stations=self.stations,
            empty=self.empty,
            pathway=code,
        )

    def _needs(self, asked: Asked) -> tuple[frozenset[str], frozenset[str]]:
        plan = self.plans.of((asked,))
        grades: Grades = NO_GRADES
        if self.rights is not None and self.lab is not None:
            grades = self.rights.grades(self.lab, plan.several)
        graded = plan.graded(grades)
        needed = {graded.wishes(platform, software).needed for (platform, _), software in self.kinds.items()}
        if self.empty or not needed:
            needed.add(graded.wishes(None, None).needed)
        return frozenset[str]().union(*needed), plan.on_web(grades)


def _notes(
    pathways: Mapping[str, Pathway],
    empty: Mapping[str, int],
    occasions: Sequence[Occasion],
    on: date,
    shelf_life: timedelta,
) -> Mapping[str, tuple[str, ...]]:
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for pathway in pathways.values():
        for need in (need for occasion in occasions for need in pathway.asks(occasion)):
            stale = need.mark.stale(on, shelf_life)
            if stale or not need.mark.verified:
                state = " and ".join(["old"] * stale + ["unverified"] * (not need.mark.verified))
                for title in need.titles:
                    note = f"asked for {pathway.code} by a rule that is {state} ({need.mark.source}, {need.mark.as_of})"
                    if note not in notes[title]:
                        notes[title].append(note)
    for title, count in empty.items():
        notes[title].append(f"stations that need it and have no device: {count}, not counted")
    return {title: tuple(lines) for title, lines in notes.items()}
