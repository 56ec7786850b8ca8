"""Gathers the sections of our pathways from a timetable, counts the rest, and suggests rows for mapping files. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from inventory.cells import shown
from licenses.roster.findings import Findings
from licenses.roster.placing import NOT_OURS, District, folded
from licenses.roster.timetable import TaughtClass, TaughtCourse, Term, Timetable
from licenses.section import Section

_WIDE = 40
"""The most characters of a section's code or periods that the database holds."""

_SUGGESTED = 10
_STATE_SERIES = re.compile(r"[78][0-9]{3}")
"""California's codes for CTE courses (CALPADS, domain.md section 1); which code is which pathway we do not know."""


@dataclass(slots=True)
class Gathered:
    """The sections by their class's id, without headcounts yet, and the terms that the export names for each site."""

    sections: dict[str, Section] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    terms: set[tuple[str, Term]] = field(default_factory=set)


@dataclass(slots=True)
class Gatherer:
    """Goes through the classes once, keeping only ours."""

    timetable: Timetable
    district: District
    found: Findings
    term: Term | None = None
    _gathered: Gathered = field(default_factory=Gathered)
    _elsewhere: Counter[str] = field(default_factory=Counter)
    _unknown: Counter[TaughtCourse] = field(default_factory=Counter)
    _rooms: Counter[tuple[str, str]] = field(default_factory=Counter)
    _skipped: Counter[str] = field(default_factory=Counter)
    _ids: dict[int, str] = field(default_factory=dict)

    def gather(self) -> Gathered:
        """All of our sections; what is wrong, skipped or doubtful goes to the findings."""
        sites = {
            id_: self.district.site_of(school, self.timetable.schools) for id_, school in self.timetable.schools.items()
        }
        if self.timetable.schools and not any(sites.values()):
            self._no_site()
            return self._gathered
        for one in self.timetable.classes:
            site = sites.get(one.school)
            if site is None:
                self._elsewhere[one.school] += 1
            else:
                self._class(one, site)
        self._name_sections()
        self._say()
        return self._gathered

    def _class(self, one: TaughtClass, site: str) -> None:
        # Homerooms teach nothing unless they name one of our courses.
        if not one.course and not self.timetable.by_title and folded(one.kind) == "homeroom":
            self._skipped["homerooms without a course"] += 1
            return
        term = self._term(one)
        if term:
            self._gathered.terms.add((site, term))
        course = self._course(one)
        if course is None:
            return
        place = self.district.place_of(course, one.course)
        if place is None:
            self._unknown[course] += 1
        elif place == NOT_OURS:
            self._skipped["classes of courses that are said to be in no pathway"] += 1
        elif term is None:
            self._no_term(one)
        elif one.id in self._gathered.sections:
            message = f"the same class as in row {self._gathered.rows[one.id]}"
            self._refuse(one, "sourcedId", message, "keep one of the two rows")
        else:
            self._section(one, site, term, place)

    def _section(self, one: TaughtClass, site: str, term: Term, place: tuple[str, str]) -> None:
        periods = ",".join(part.strip() for part in one.periods.split(",") if part.strip())
        if len(periods) > _WIDE:
            message = f"is {len(periods)} characters long"
            self._refuse(one, self.timetable.fields["periods"], message, f"write at most {_WIDE}")
            return
        lab = self.district.lab_of(site, one.location) if one.location else None
        if lab is None:
            self._rooms[site, one.location] += 1
        section = Section(
            site=site,
            lab=lab.label if lab else "",
            lab_id=lab.id if lab else None,
            pathway=place[0],
            course=place[1],
            code=one.code,
            period=periods,
            start=term[0],
            end=term[1],
            headcount=0,
            grades=grades(one.grades),
        )
        self._gathered.sections[one.id] = section
        self._gathered.rows[one.id] = one.row

    def _course(self, one: TaughtClass) -> TaughtCourse | None:
        """The course that a class is of; a class of which that cannot be said is refused."""
        courses = self.timetable.courses
        if not one.course:
            if self.timetable.by_title and one.title:
                return TaughtCourse(one.title, one.title)
            self._refuse(one, self.timetable.fields["course"], "is blank", "a class must say which course it is of")
            return None
        if courses is None:
            return TaughtCourse(one.course, one.title if self.timetable.by_title else "")
        if found := courses.get(one.course):
            return found
        hint = "export that course too, or correct the class"
        self._refuse(one, self.timetable.fields["course"], f"there is no course {shown(one.course)}", hint)
        return None

    def _term(self, one: TaughtClass) -> Term | None:
        """From the first start to the last end of its terms."""
        known = self.timetable.sessions or {}
        terms = [term for id_ in one.terms if (term := known.get(id_))]
        if terms:
            return min(start for start, _ in terms), max(end for _, end in terms)
        return None if one.terms and self.timetable.sessions else self.term

    def _no_term(self, one: TaughtClass) -> None:
        name = self.timetable.fields["term"]
        known = self.timetable.sessions or {}
        if not one.terms:
            hint = "write its term, or say --term FIRST..LAST for all that have none"
            self._refuse(one, name, "is blank" if self.timetable.sessions else "there are no terms", hint)
        elif not any(id_ in known for id_ in one.terms):
            hint = "export that session too, or correct the class"
            self._refuse(one, name, f"there is no active session {shown(', '.join(one.terms))}", hint)
        # Else the session has a problem of its own, which is reported where it stands.

    def _name_sections(self) -> None:
        """Codes that tell the sections of a course apart; where a school's own do not, the class's id does."""
        sections = self._gathered.sections
        counts = Counter(one.key for one in sections.values() if one.code)
        for id_, one in sections.items():
            code = one.code if one.code and counts[one.key] == 1 and len(one.code) <= _WIDE else id_
            if len(code) > _WIDE:
                code = hashlib.sha256(code.encode()).hexdigest()[:16]
            sections[id_] = replace(one, code=code)

    def _refuse(self, one: TaughtClass, name: str, message: str, hint: str) -> None:
        self.found.refuse(self.timetable.file, one.row, name, message, hint)

    def _no_site(self) -> None:
        schools = list(self.timetable.schools.values())
        example = schools[0]
        hint = f"say which is which with --sites FILE (school,site): {_cell(example.names[0])},<site>"
        message = f"no site of the district is among its schools ({len(schools)})"
        self.found.refuse(self.timetable.file, 0, "school", message, hint)

    def _say(self) -> None:
        hints = self.found.hints
        hints.extend(f"{what}: {count}, left out" for what, count in sorted(self._skipped.items()))
        if self._elsewhere:
            classes, schools = sum(self._elsewhere.values()), len(self._elsewhere)
            hints.append(f"{_many(classes, 'class')} of {_many(schools, 'school')} that are no site of ours: not read")
            hints.extend(self._near_sites())
        if self._unknown:
            classes, courses = sum(self._unknown.values()), len(self._unknown)
            hints.append(
                f"{_many(classes, 'class')} of {_many(courses, 'course')} in no pathway that we know: not read; "
                "--courses FILE (code,pathway,course) says which are ours, and with pathway none which are not"
            )
            hints.extend(self._near_courses())
        unnamed = sum(count for (_, location), count in self._rooms.items() if not location)
        if unnamed:
            hints.append(f"{_many(unnamed, 'section')} without a location: for students, not for stations")
        hints.extend(self._near_rooms())

    def _near_sites(self) -> Iterable[str]:
        schools = (self.timetable.schools.get(id_) for id_ in self._elsewhere)
        near = [(school, site) for school in schools if school and (site := self.district.near_site(school))]
        for school, site in near[:_SUGGESTED]:
            yield f"school {shown(school.name)} may be {site}; row for --sites: {_cell(school.names[0])},{site}"

    def _near_courses(self) -> Iterable[str]:
        """The likeliest first; then those that the state's numbering calls CTE."""
        near = [(course, count, self.district.near_course(course)) for course, count in self._unknown.items()]
        likely = sorted((-found[0], course.code, count, found, course) for course, count, found in near if found)
        for _, code, count, (_, (pathway, ours), name), course in likely[:_SUGGESTED]:
            title = course.title or code
            yield (
                f"course {shown(title)} ({_many(count, 'class')}) may be {ours} {name}; "
                f"row for --courses: {_cell(code)},{pathway},{ours}"
            )
        state = sorted(course.code for course, _, found in near if not found and _STATE_SERIES.fullmatch(course.code))
        if state:
            rest = f" and {len(state) - _SUGGESTED} more" if len(state) > _SUGGESTED else ""
            codes = ", ".join(state[:_SUGGESTED]) + rest
            row = f"{state[0]},<pathway>,<course>"
            yield f"CTE courses by the state's numbers (7000 to 8999): {codes}; row for --courses: {row}"
        if len(likely) > _SUGGESTED:
            yield f"{len(likely) - _SUGGESTED} more courses look like ours"

    def _near_rooms(self) -> Iterable[str]:
        named = sorted((one for one in self._rooms.items() if one[0][1]), key=lambda one: (-one[1], one[0]))
        for (site, location), count in named[:_SUGGESTED]:
            near = self.district.near_labs(site, location)
            what = f"{site}: {shown(location)} is no lab ({_many(count, 'section')}: for students, not for stations)"
            row = f"row for --rooms: {site},{_cell(location)},{near[0].code if near else '<lab>'}"
            meant = f"; nearest: {', '.join(lab.label for lab in near)}" if near else ""
            yield f"{what}{meant}; {row}"
        if len(named) > _SUGGESTED:
            yield f"{len(named) - _SUGGESTED} more locations are no lab"


def grades(text: str) -> frozenset[int]:
    """The school years of a list ("09,10", "KG", "9-12"): kindergarten is 0; what is no year is left out."""
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", text.upper()):
        years = [_year(one) for one in part.split("-")]
        if len(years) <= 2 and all(0 <= year <= 12 for year in years):
            found.update(range(years[0], years[-1] + 1))
    return frozenset(found)


def _year(text: str) -> int:
    return 0 if text in {"K", "KG"} else int(text) if re.fullmatch(r"[0-9]{1,2}", text) else -1


def counted(gathered: Gathered, heads: Mapping[str, int], found: Findings) -> tuple[Section, ...]:
    """The sections with their headcounts."""
    empty = sum(1 for id_ in gathered.sections if not heads.get(id_))
    if empty:
        found.hints.append(f"{_many(empty, 'section')} without a student whose enrolment falls into the term")
    return tuple(replace(one, headcount=heads.get(id_, 0)) for id_, one in gathered.sections.items())


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{'es' if noun.endswith('s') else 's'}"


def _cell(text: str) -> str:
    """As it is written in a CSV."""
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\n]', text) else text
