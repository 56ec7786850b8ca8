"""Which site, course and lab a timetable means: by exact names or by what was learnt; else only suggestions. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from inventory.views import LabView, SiteView
from licenses.pathway import Pathway
from licenses.roster.timetable import School, TaughtCourse

Place = tuple[str, str]
"""A pathway's code and one of its course codes; both "" for a course that is in no pathway."""

NOT_OURS: Place = ("", "")
_ROOM_WORDS = re.compile(r"\b(?:ROOM|RM|LAB|BLDG|BUILDING|CLASSROOM|SUITE)\b\.?")
_SCHOOLS = frozenset({"school", "high", "middle", "elementary", "senior", "junior", "academy", "the", "of"})
_COMMON = frozenset({"and", "the", "of", "to", "in", "for", "introduction", "intro", "i", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Learnt:
    """What mapping files said, now or at an earlier import: school to site, course code to place, location to lab.

    Names are compared by `folded`; a school that is none of our sites has "".
    """

    schools: Mapping[str, str] = field(default_factory=dict)
    courses: Mapping[str, Place] = field(default_factory=dict)
    rooms: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class District:
    """What a timetable is held against."""

    sites: tuple[SiteView, ...]
    labs: tuple[LabView, ...]
    pathways: Mapping[str, Pathway]
    learnt: Learnt = field(default_factory=Learnt)

    def site_of(self, school: School | None, schools: Mapping[str, School]) -> str | None:
        """The code of the site that a school is, or the school that a department belongs to; `None`: none of ours."""
        names = {folded(name): site.code for site in self.sites for name in (site.name, site.code)}
        seen: set[str] = set()
        while school and school.id not in seen:  # departments of one another would never end
            seen.add(school.id)
            for name in school.names:
                if (site := self.learnt.schools.get(folded(name))) is not None:
                    return site or None
            for name in school.names:
                if found := names.get(folded(name)):
                    return found
            school = schools.get(school.parent)
        return None

    def place_of(self, course: TaughtCourse, id_: str) -> Place | None:
        """The pathway and course that a course of a timetable is; `None` where nobody has said."""
        for name in (course.code, id_):
            if (place := self.learnt.courses.get(folded(name))) is not None:
                return place
        found = {
            (pathway.code, one.code)
            for pathway in self.pathways.values()
            for one in pathway.courses
            if folded(one.code) == folded(course.code)
        }
        return found.pop() if len(found) == 1 else None

    def lab_of(self, site: str, location: str) -> LabView | None:
        """The lab of a site with exactly this label, code or name, or the one that was said to be meant."""
        here = [lab for lab in self.labs if lab.site.code == site]
        learnt = self.learnt.rooms.get((site, folded(location)))
        wanted = folded(location)
        found = [lab for lab in here if lab.id == learnt] or [
            lab for lab in here if wanted in {folded(lab.label), folded(lab.code)}
        ]
        found = found or [lab for lab in here if wanted == folded(lab.name)]
        return found[0] if len(found) == 1 else None

    def near_labs(self, site: str, location: str) -> tuple[LabView, ...]:
        """Up to three labs of the site that may be meant, the likeliest first."""
        here = [(_room_likeness(location, lab), lab.code, lab) for lab in self.labs if lab.site.code == site]
        return tuple(lab for score, _, lab in sorted(here, key=lambda one: (-one[0], one[1]))[:3] if score >= 0.5)

    def near_course(self, course: TaughtCourse) -> tuple[float, Place, str] | None:
        """How likely (0 to 1) a course is one of ours by its title, which, and what ours is called."""
        best: tuple[float, Place, str] | None = None
        for pathway in self.pathways.values():
            for one in pathway.courses:
                score = _title_likeness(course.title or course.code, one.name)
                if score >= 0.6 and (best is None or score > best[0]):
                    best = (score, (pathway.code, one.code), one.name)
        return best

    def near_site(self, school: School) -> str:
        """The site whose code or name is likest to a school's, or ""."""
        scored = [
            (SequenceMatcher(None, _proper(name), _proper(ours)).ratio(), site.code)
            for site in self.sites
            for ours in (site.code, site.name)
            for name in school.names
            if _proper(name) and _proper(ours)
        ]
        score, code = max(scored, default=(0.0, ""))
        return code if score >= 0.75 else ""


def folded(name: str) -> str:
    """A name as it is compared: any case, any blanks."""
    return " ".join(name.casefold().split())


def _proper(name: str) -> str:
    """A school's name without the words that most have."""
    return " ".join(word for word in folded(name).split() if word not in _SCHOOLS)


def _room_likeness(location: str, lab: LabView) -> float:
    said = _squashed(_ROOM_WORDS.sub(" ", location.upper()))
    without = {said.removeprefix(_squashed(one)) for one in (lab.site.code, lab.site.name)} | {said}
    names = {_squashed(lab.code), _squashed(_ROOM_WORDS.sub(" ", lab.name.upper()))} - {""}
    if without & names:
        return 1.0
    digits = _digits(location)
    if digits and digits == _digits(lab.code):
        return 0.9
    return max((SequenceMatcher(None, one, name).ratio() for one in without for name in names), default=0.0) * 0.8


def _squashed(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _digits(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]{1,9}", name))


def _title_likeness(one: str, other: str) -> float:
    """By letters and by words: timetables shorten titles and number their parts."""
    here, there = (_words(title) for title in (one, other))
    if not here or not there:
        return 0.0
    letters = SequenceMatcher(None, folded(one), folded(other)).ratio()
    shared = sum(1 for word in here if any(word[:4] == ours[:4] for ours in there))
    return max(letters, shared / max(len(here), len(there)))


def _words(title: str) -> frozenset[str]:
    words: Iterable[str] = re.findall(r"[a-z0-9]+", title.casefold())
    return frozenset(word for word in words if word not in _COMMON)
