"""What pathways ask of stations with some system and software, once for all stations that are alike. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agents.report import Platform
from inventory.releases import ANY_RELEASE, VersionRange
from inventory.views import InstallView, LabView, SoftwareSetView
from licenses.pathway import Alternative, Kind, Level, Occasion, Pathway, TitleNeed
from licenses.rights import Grade, Grades
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
    """Titles for one station: those that it must have, and those that it may have.

    `releases` are asked of those that it must have; without any, every release will do.
    """

    needed: frozenset[str]
    wanted: frozenset[str]
    releases: frozenset[tuple[str, VersionRange]] = frozenset()


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
    return Plan(tuple(asked), tuple(occasions)).graded(grades).wishes(platform, software)


class Plan:
    """What some pathways ask on some occasions, worked out once for all labs that it is asked of.

    `contested`: see there; `several` also the titles of needs on the web that several titles meet.
    """

    def __init__(self, asked: tuple[Asked, ...], occasions: tuple[Occasion, ...]) -> None:
        needs = [need for one in asked for occasion in occasions for need in one.needs(occasion)]
        self.contested = contested(asked, occasions)
        self.several = frozenset(title for need in needs if len(need.any_of) > 1 for title in need.titles)
        self.stations = [need for need in needs if need.kind is Kind.STATION]
        self.quotas = frozenset(title for one in asked for quota in one.pathway.quotas for title in quota.titles)
        self._web = [need for need in needs if need.kind is Kind.WEB and need.level is Level.REQUIRED]
        self._graded: dict[tuple[Grade | None, ...], Graded] = {}
        self._held: dict[int, tuple[InstallView, ...]] = {}

    def graded(self, grades: Grades) -> "Graded":
        """The plan in labs of these grades."""
        key = tuple(map(grades.get, self.contested))
        if key not in self._graded:
            self._graded[key] = Graded(self, grades)
        return self._graded[key]

    def on_web(self, grades: Grades) -> frozenset[str]:
        """The titles that students must have on the web."""
        return frozenset(chosen(need.any_of, _nothing, grades).title for need in self._web)

    def contestants(self, software: SoftwareSetView) -> tuple[InstallView, ...]:
        """The installs that decide which of several titles a station goes by."""
        if software.id not in self._held:
            self._held[software.id] = tuple(one for one in software.installs if one.title in self.contested)
        return self._held[software.id]


class Graded:
    """A plan in labs that are licensed alike: what each kind of station asks there."""

    def __init__(self, plan: Plan, grades: Grades) -> None:
        self._plan = plan
        self._grades = grades
        self._kinds: dict[tuple[Platform | None, int | None], Wishes] = {}
        self._known: dict[tuple[object, ...], Wishes] = {}
        self._alike: dict[Wishes, Wishes] = {}
        self._settled: dict[Platform | None, tuple[Wishes, Sequence[tuple[TitleNeed, Sequence[Alternative]]]]] = {}

    def wishes(self, platform: Platform | None, software: SoftwareSetView | None) -> Wishes:
        """Of stations with this system and software; the same object for stations that ask alike."""
        kind = (platform, software.id if software and self._plan.contested else None)
        if kind not in self._kinds:
            held = self._plan.contestants(software) if software else ()
            key = (platform, *((one.title, one.release) for one in held))
            if key not in self._known:
                wishes = self._wishes(platform, held)
                self._known[key] = self._alike.setdefault(wishes, wishes)
            self._kinds[kind] = self._known[key]
        return self._kinds[kind]

    def _wishes(self, platform: Platform | None, held: Sequence[InstallView]) -> Wishes:
        settled, open_ = self._needs(platform)

        def releases(title: str) -> Sequence[InstallView]:
            return [one for one in held if one.title == title]

        picked = [(need, chosen(choices, releases, self._grades)) for need, choices in open_]
        more = _wished(picked)
        return Wishes(settled.needed | more.needed, settled.wanted | more.wanted, settled.releases | more.releases)

    def _needs(self, platform: Platform | None) -> tuple[Wishes, Sequence[tuple[TitleNeed, Sequence[Alternative]]]]:
        """What such stations ask whatever they run, and the needs that several titles meet."""
        if platform not in self._settled:
            asked = [need for need in self._plan.stations if platform is None or need.asked_on(platform)]
            choices = [(need, need.any_of if platform is None else need.choices(platform)) for need in asked]
            alone = _wished((need, any_of[0]) for need, any_of in choices if len(any_of) == 1)
            settled = Wishes(alone.needed, alone.wanted | self._plan.quotas, alone.releases)
            # Where nothing exists for this system there is a gap, but no seat.
            self._settled[platform] = (settled, [(need, any_of) for need, any_of in choices if len(any_of) > 1])
        return self._settled[platform]


def _wished(picked: Iterable[tuple[TitleNeed, Alternative]]) -> Wishes:
    picked = tuple(picked)
    must = [choice for need, choice in picked if need.level is Level.REQUIRED]
    return Wishes(
        frozenset(choice.title for choice in must),
        frozenset(choice.title for need, choice in picked if need.level is not Level.REQUIRED),
        frozenset((choice.title, choice.versions) for choice in must if choice.versions != ANY_RELEASE),
    )


class Plans:
    """The plans of a district: one for all labs that are asked the same."""

    def __init__(self, occasions: tuple[Occasion, ...]) -> None:
        self._occasions = occasions
        self._known: dict[tuple[tuple[str, frozenset[str] | None], ...], Plan] = {}

    def of(self, asked: tuple[Asked, ...]) -> Plan:
        """Known by the codes of its pathways: hashing whole ones would take longer."""
        key = tuple((one.pathway.code, one.courses) for one in asked)
        if key not in self._known:
            self._known[key] = Plan(asked, occasions_of(asked, self._occasions))
        return self._known[key]


def _nothing(_title: str) -> Sequence[InstallView]:
    return ()


def occasions_of(asked: Sequence[Asked], occasions: tuple[Occasion, ...]) -> tuple[Occasion, ...]:
    """The occasions of one lab: a named exam only where its pathway is taught."""
    return tuple(
        one
        for one in occasions
        if not one.certification or any(each.pathway.leads_to(one.certification) for each in asked)
    )
