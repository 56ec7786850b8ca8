"""What the labs' pathways ask for, title by title: which devices, and how many students on the web. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agents.report import Platform
from inventory.device_set import DeviceSet
from inventory.views import InstallView, LabView, Snapshot, SoftwareSetView
from licenses.marks import SHELF_LIFE
from licenses.pathway import Alternative, Kind, Level, Occasion, Pathway, TitleNeed
from licenses.reconcile import Demand
from licenses.rights import Grade, Grades, Rights
from licenses.section import Section

TEACHING = Occasion()
NO_GRADES: Grades = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one pathway asks in one lab; `courses` are those taught there, `None` when that is not known.

    A pathway that is not `taught` there is asked for to see what it would take.
    """

    pathway: Pathway
    courses: frozenset[str] | None
    taught: bool = True

    def needs(self, occasion: Occasion) -> tuple[TitleNeed, ...]:
        """The needs of an occasion, of the courses that are taught."""
        return tuple(
            need
            for need in self.pathway.asks(occasion)
            if self.courses is None or not need.courses or not self.courses.isdisjoint(need.courses)
        )

    def at_stations(self, occasions: Iterable[Occasion]) -> tuple[TitleNeed, ...]:
        """What stations must or may have, for any of the occasions."""
        needs = (need for occasion in occasions for need in self.needs(occasion))
        return tuple(need for need in needs if need.kind is Kind.STATION)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Titles for one station: those that it must have, and those that it may have."""

    needed: frozenset[str]
    wanted: frozenset[str]


def asked_of(lab: LabView, pathways: Mapping[str, Pathway], sections: Iterable[Section], on: date) -> tuple[Asked, ...]:
    """The pathways that a lab serves or has sections of on a day; a course that a pathway does not know may be any."""
    taught: defaultdict[str, set[str]] = defaultdict(set)
    for section in sections:
        if section.lab_id == lab.id and section.runs(on):
            taught[section.pathway].add(section.course)
    asked = []
    for code in sorted({*lab.pathways, *taught}):
        if pathway := pathways.get(code):
            known = {course.code for course in pathway.courses}
            courses = frozenset(taught[code]) if taught[code] and taught[code] <= known else None
            asked.append(Asked(pathway, courses))
    return tuple(asked)


def contested(asked: Iterable[Asked], occasions: Sequence[Occasion]) -> frozenset[str]:
    """The titles of needs that several titles meet: which of them a station goes by hangs on what is licensed."""
    needs = (need for one in asked for need in one.at_stations(occasions))
    return frozenset(title for need in needs if len(need.any_of) > 1 for title in need.titles)


def chosen(
    choices: Sequence[Alternative], releases: Callable[[str], Sequence[InstallView]], grades: Grades
) -> Alternative:
    """The alternative that a station goes by; positions and readiness both ask here, and so cannot disagree.

    One that is installed in a good release, else in a release that is not known, else in another one, else the one to
    install; among equals the one that is best licensed, then the first.
    """

    def standing(choice: Alternative) -> tuple[int, Grade]:
        answers = {choice.versions.holds(install.release) for install in releases(choice.title)}
        place = 0 if True in answers else 1 if None in answers else 2 if answers else 3
        return (place, grades.get(choice.title, Grade.NONE))

    return choices[0] if len(choices) == 1 else min(choices, key=standing)


def wishes_of(
    asked: Iterable[Asked],
    platform: Platform | None,
    software: SoftwareSetView | None,
    *,
    occasions: Sequence[Occasion] = (TEACHING,),
    grades: Grades = NO_GRADES,
) -> Wishes:
    """The titles for a station with this system and software; where the system is not known, every need counts."""
    needed: set[str] = set()
    wanted: set[str] = set()
    for one in asked:
        for need in one.at_stations(occasions):
            if platform is None or need.asked_on(platform):
                choices = need.any_of if platform is None else need.choices(platform)
                if choices:  # where nothing exists for this system: a gap, but no seat
                    title = chosen(choices, software.releases if software else _nothing, grades).title
                    (needed if need.level is Level.REQUIRED else wanted).add(title)
        for quota in one.pathway.quotas:
            wanted.update(quota.titles)
    return Wishes(frozenset(needed), frozenset(wanted))


def _nothing(_title: str) -> Sequence[InstallView]:
    return ()


def demand_of(
    snapshot: Snapshot,
    pathways: Mapping[str, Pathway],
    sections: Sequence[Section],
    *,
    on: date,
    exam: str | None = None,
    rights: Rights | None = None,
    shelf_life: timedelta = SHELF_LIFE,
) -> Demand:
    """The needs of all stations of the snapshot's labs that have a device, and of the students of all sections.

    Every lab teaches. With `exam`, the labs of its pathway need what that exam asks besides ("": what any exam asks):
    their seats come out of the same purse.
    """
    occasions = (TEACHING,) if exam is None else (TEACHING, Occasion.of(exam))
    needed: defaultdict[str, list[int]] = defaultdict(list)
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    empty: defaultdict[str, int] = defaultdict(int)
    in_lab: defaultdict[int | None, list[Section]] = defaultdict(list)
    for section in sections:
        in_lab[section.lab_id].append(section)
    known: dict[tuple[object, ...], Wishes] = {}
    for lab in snapshot.labs.values():
        asked = asked_of(lab, pathways, in_lab[lab.id], on)
        if not asked:
            continue
        here = _occasions(asked, occasions)
        grades = {} if rights is None else rights.grades(lab, contested(asked, here))
        # Hashing whole pathways would take longer.
        same = (tuple((one.pathway.code, one.courses) for one in asked), here, tuple(sorted(grades.items())))
        for station in snapshot.stations.get(lab.id, ()):
            device = None if station.device_id is None else snapshot.devices.get(station.device_id)
            if device is None:
                for title in wishes_of(asked, None, None, occasions=here, grades=grades).needed:
                    empty[title] += 1
                continue
            platform = device.system.platform if device.system else None
            key = (same, platform, device.software.id if device.software else None)
            wishes = known.get(key)
            if wishes is None:
                wishes = known[key] = wishes_of(asked, platform, device.software, occasions=here, grades=grades)
            for title in wishes.needed:
                needed[title].append(device.id)
            for title in wishes.wanted:
                wanted[title].append(device.id)
    return Demand(
        needed={title: DeviceSet(devices) for title, devices in needed.items()},
        wanted={title: DeviceSet(devices) for title, devices in wanted.items()},
        students=_students(snapshot, pathways, sections, on=on, occasions=occasions, rights=rights),
        notes=_notes(pathways, empty, occasions, on, shelf_life),
    )


def _occasions(asked: Sequence[Asked], occasions: tuple[Occasion, ...]) -> tuple[Occasion, ...]:
    """The occasions of one lab: a named exam only where its pathway is taught."""
    return tuple(
        one
        for one in occasions
        if not one.certification or any(each.pathway.leads_to(one.certification) for each in asked)
    )


def _students(
    snapshot: Snapshot,
    pathways: Mapping[str, Pathway],
    sections: Iterable[Section],
    *,
    on: date,
    occasions: tuple[Occasion, ...],
    rights: Rights | None,
) -> Mapping[str, int]:
    """Students who must have a seat on the web, by title: the best licensed alternative, once for each section."""
    students: defaultdict[str, int] = defaultdict(int)
    for section in sections:
        pathway, lab = pathways.get(section.pathway), snapshot.labs.get(section.lab_id or 0)
        if pathway is None or not section.runs(on):
            continue
        known = {course.code for course in pathway.courses}
        asked = Asked(pathway, frozenset({section.course}) if section.course in known else None)
        needs = {need for one in _occasions((asked,), occasions) for need in asked.needs(one)}
        titles = {
            chosen(need.any_of, _nothing, rights.grades(lab, need.titles) if rights and lab else NO_GRADES).title
            for need in needs
            if need.kind is Kind.WEB and need.level is Level.REQUIRED
        }
        for title in titles:
            students[title] += section.headcount
    return dict(students)


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
