"""What the labs' pathways ask for, title by title: which devices, and how many students on the web. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agents.report import Platform
from inventory.views import LabView, Snapshot, SoftwareSetView
from licenses.marks import SHELF_LIFE
from licenses.pathway import Kind, Level, Pathway, TitleNeed
from licenses.reconcile import Demand
from licenses.section import Section


@dataclass(frozen=True, slots=True)
class Asked:
    """What one pathway asks in one lab; `courses` are those taught there, `None` when that is not known."""

    pathway: Pathway
    courses: frozenset[str] | None

    def needs(self) -> tuple[TitleNeed, ...]:
        """The needs of the courses that are taught, for teaching and for exams."""
        return tuple(
            need
            for need in self.pathway.needs
            if self.courses is None or not need.courses or not self.courses.isdisjoint(need.courses)
        )


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


def wishes_of(asked: Iterable[Asked], platform: Platform | None, software: SoftwareSetView | None) -> Wishes:
    """The titles for a station with this system and software.

    Of the alternatives of a need, the one that is installed in a good release, else one that is installed, else the
    first. Where the system is not known, the need counts and the first alternative stands for it.
    """
    needed: set[str] = set()
    wanted: set[str] = set()
    for one in asked:
        for need in one.needs():
            if need.kind is Kind.STATION and (platform is None or need.asked_on(platform)):
                title = _chosen(need, platform, software)
                (needed if need.level is Level.REQUIRED else wanted).add(title)
        for quota in one.pathway.quotas:
            wanted.update(quota.titles)
    return Wishes(frozenset(needed - {""}), frozenset(wanted - {""}))


def _chosen(need: TitleNeed, platform: Platform | None, software: SoftwareSetView | None) -> str:
    choices = need.any_of if platform is None else need.choices(platform)
    there = ""
    for choice in choices:
        releases = software.releases(choice.title) if software else ()
        if any(choice.versions.holds(install.release or install.version) for install in releases):
            return choice.title
        if releases and not there:
            there = choice.title
    return there or (choices[0].title if choices else "")  # nothing exists for this system: a gap, but no seat


def demand_of(
    snapshot: Snapshot,
    pathways: Mapping[str, Pathway],
    sections: Sequence[Section],
    *,
    on: date,
    shelf_life: timedelta = SHELF_LIFE,
) -> Demand:
    """The needs of all stations of the snapshot's labs that have a device, and of the students of all sections."""
    needed: defaultdict[str, list[int]] = defaultdict(list)
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    empty: defaultdict[str, int] = defaultdict(int)
    in_lab: defaultdict[int, list[Section]] = defaultdict(list)
    for section in sections:
        in_lab[section.lab_id].append(section)
    known: dict[tuple[object, Platform | None, int | None], Wishes] = {}
    for lab in snapshot.labs.values():
        asked = asked_of(lab, pathways, in_lab[lab.id], on)
        if not asked:
            continue
        same = tuple((one.pathway.code, one.courses) for one in asked)  # hashing whole pathways would take longer
        for station in snapshot.stations.get(lab.id, ()):
            device = None if station.device_id is None else snapshot.devices.get(station.device_id)
            if device is None:
                for title in wishes_of(asked, None, None).needed:
                    empty[title] += 1
                continue
            platform = device.system.platform if device.system else None
            key = (same, platform, device.software.id if device.software else None)
            wishes = known.get(key)
            if wishes is None:
                wishes = known[key] = wishes_of(asked, platform, device.software)
            for title in wishes.needed:
                needed[title].append(device.id)
            for title in wishes.wanted:
                wanted[title].append(device.id)
    return Demand(
        needed={title: frozenset(devices) for title, devices in needed.items()},
        wanted={title: frozenset(devices) for title, devices in wanted.items()},
        students=students_of(pathways, sections, on),
        notes=_notes(pathways, empty, on, shelf_life),
    )


def students_of(pathways: Mapping[str, Pathway], sections: Iterable[Section], on: date) -> Mapping[str, int]:
    """Students who must have a seat on the web, by title: the first alternative, once for each section they sit in."""
    students: defaultdict[str, int] = defaultdict(int)
    for section in sections:
        pathway = pathways.get(section.pathway)
        if pathway is None or not section.runs(on):
            continue
        known = {course.code for course in pathway.courses}
        asked = Asked(pathway, frozenset({section.course}) if section.course in known else None)
        titles = {need.title for need in asked.needs() if need.kind is Kind.WEB and need.level is Level.REQUIRED}
        for title in titles:
            students[title] += section.headcount
    return dict(students)


def _notes(
    pathways: Mapping[str, Pathway], empty: Mapping[str, int], on: date, shelf_life: timedelta
) -> Mapping[str, tuple[str, ...]]:
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for pathway in pathways.values():
        for need in pathway.needs:
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
