"""Reads "2 sections of Engineering Design at MUIR, 28 students": teaching that is only thought of. Pure.

Forgiving about order, case and commas; what is not understood is an error that says what was.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from inventory.views import LabView
from licenses.errors import LicenseError
from licenses.pathway import Course, Pathway
from licenses.section import Section

MOST_SECTIONS = 99
MOST_STUDENTS = 5_000

_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
} | {"a": 1, "an": 1, "another": 1}
_COUNT = "|".join(("[0-9]{1,4}", *_NUMBERS))
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SECTIONS = re.compile(
    rf"\b(?:in\s+)?({_COUNT})(?:\s+more|\s+new)?\s+(?:sections?|classes|class)\b(?:\s+of\b)?", re.IGNORECASE
)
_STUDENTS = re.compile(
    r"\b(?:(?:with|for|of)\s+)?([0-9]{1,4})\s+students?\b\s*"
    r"((?:each|per section|per class|a section|a class|in each)\b|(?:in all|in total|together|altogether|overall)\b)?",
    re.IGNORECASE,
)
_STATIONS = re.compile(r"\b(?:(?:with|on)\s+)?([0-9]{1,4})\s+(?:stations?|machines?|computers?)\b", re.IGNORECASE)
_PERIODS = re.compile(
    r"\b(?:in\s+)?periods?\s+([0-9A-Za-z]{1,3}(?:\s*(?:,|and|&|/)\s*[0-9]{1,2}[A-Za-z]?)*)", re.IGNORECASE
)
_FROM_TO = re.compile(rf"\bfrom\s+({_DAY})\s+(?:to|until|till)\s+({_DAY})\b", re.IGNORECASE)
_TERM = re.compile(r"\b(?:in\s+|for\s+)?(spring|fall|autumn|summer|winter)\s+(?:of\s+)?([0-9]{4})\b", re.IGNORECASE)
_SPACE = re.compile(r"[\s,;:.]+")
_SEASONS: Mapping[str, tuple[int, int]] = {
    "winter": (1, 2),
    "spring": (1, 5),
    "summer": (6, 7),
    "fall": (8, 10),
    "autumn": (8, 10),
}
"""The months in which a term of that name begins."""


class WhatIfError(LicenseError, ValueError):
    """A thought-of section that cannot be understood; the hint says what was."""

    code = "bad-what-if"


@dataclass(frozen=True, slots=True)
class Known:
    """What a sentence may name: pathways by code, sites (code: name), labs by id, and the sections on record."""

    pathways: Mapping[str, Pathway]
    sites: Mapping[str, str]
    labs: Mapping[int, LabView]
    sections: Sequence[Section] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """So many sections of a pathway, each with so many students; `lab` `None` where no lab is named.

    `course` is "" where none is named. `periods` are as many as sections, or none. `stations` is `None` where the
    largest class decides. `assumed` says what was filled in.
    """

    said: str
    count: int
    pathway: Pathway
    course: str
    site: str
    lab: LabView | None
    headcounts: tuple[int, ...]
    periods: tuple[str, ...]
    start: date
    end: date
    stations: int | None
    assumed: tuple[str, ...]

    def sections(self, number: int = 1) -> tuple[Section, ...]:
        """The sections, with codes that no roster has; `number` tells several sentences apart."""
        return tuple(
            Section(
                site=self.site,
                lab=self.lab.label if self.lab else "",
                lab_id=self.lab.id if self.lab else None,
                pathway=self.pathway.code,
                course=self.course,
                code=f"what-if {number}.{place}",
                period=self.periods[place - 1] if self.periods else "",
                start=self.start,
                end=self.end,
                headcount=headcount,
            )
            for place, headcount in enumerate(self.headcounts, start=1)
        )

    @property
    def words(self) -> str:
        """What was understood, in one line."""
        course = f" ({self.course})" if self.course else ""
        where = self.lab.label if self.lab else self.site or "the district"
        each = " + ".join(str(one) for one in self.headcounts)
        alike = self.count > 1 and len(set(self.headcounts)) == 1
        students = f"{self.headcounts[0]} students each" if alike else f"{each} students"
        noun = "section" if self.count == 1 else "sections"
        periods = f", period {' and '.join(dict.fromkeys(self.periods))}" if self.periods else ""
        return (
            f"{self.count} {noun} of {self.pathway.name}{course} at {where}, {students}{periods}, "
            f"from {self.start} to {self.end}"
        )


@dataclass(slots=True)
class _Sentence:
    """What is left of a sentence, and what was understood of it so far."""

    said: str
    rest: str
    understood: list[str]

    def take(self, pattern: re.Pattern[str], noun: str) -> "re.Match[str] | None":
        """The one place that fits, cut out; raises where there are two."""
        found = list(pattern.finditer(self.rest))
        if len(found) > 1:
            raise self.error(f"names {noun} twice", "write a second --with for other sections")
        if not found:
            return None
        self.rest = self.rest.replace(found[0][0], " , ", 1)
        self.understood.append(" ".join(found[0][0].split()))
        return found[0]

    def error(self, what: str, hint: str = "") -> WhatIfError:
        said = f"understood: {', '.join(self.understood)}" if self.understood else ""
        return WhatIfError(f"{self.said!r} {what}", hint="; ".join(part for part in (hint, said) if part))


def read_what_if(said: str, known: Known, *, on: date) -> WhatIf:
    """The meaning of one sentence on a day; raises WhatIfError."""
    sentence = _Sentence(said, f" {said} ", [])
    students = sentence.take(_STUDENTS, "students")  # before the sections: "28 students a class"
    count = _count(sentence)
    stations = sentence.take(_STATIONS, "stations")
    periods = _periods(sentence, count)
    assumed: list[str] = []
    dates = _dates(sentence, known)
    site, lab = _place(sentence, known)
    pathway, course = _taught(sentence, known)
    if students is None:
        raise sentence.error("does not say how many students", 'write "28 students" or "56 students in all"')
    headcounts = _headcounts(sentence, count, int(students[1]), (students[2] or "").casefold(), assumed)
    if dates is None:
        dates, why = _running_term(known, on)
        assumed.append(why)
    if dates[1] < on:
        raise sentence.error(f"is over on {on}", "name a term to come")
    return WhatIf(
        said=said,
        count=count,
        pathway=pathway,
        course=course,
        site=site,
        lab=lab,
        headcounts=headcounts,
        periods=periods,
        start=dates[0],
        end=dates[1],
        stations=int(stations[1]) if stations else None,
        assumed=tuple(assumed),
    )


def _count(sentence: _Sentence) -> int:
    found = sentence.take(_SECTIONS, "a number of sections")
    if found is None:
        return 1
    count = _NUMBERS.get(found[1].casefold()) or int(found[1])
    if not 1 <= count <= MOST_SECTIONS:
        raise sentence.error(f"asks for {count} sections", f"write 1 to {MOST_SECTIONS}")
    return count


def _headcounts(sentence: _Sentence, count: int, students: int, manner: str, assumed: list[str]) -> tuple[int, ...]:
    if not 1 <= students <= MOST_STUDENTS:
        raise sentence.error(f"has {students} students", f"write 1 to {MOST_STUDENTS:,}")
    if manner in {"in all", "in total", "together", "altogether", "overall"}:
        if students < count:
            raise sentence.error(f"has fewer students than sections: {students} in {count}")
        return tuple(students // count + (place < students % count) for place in range(count))
    if not manner and count > 1:
        assumed.append(f'{students} students each: write "{students} students in all" if that is the sum')
    return (students,) * count


def _periods(sentence: _Sentence, count: int) -> tuple[str, ...]:
    found = sentence.take(_PERIODS, "periods")
    if found is None:
        return ()
    periods = tuple(part for part in re.split(r"\s*(?:,|and|&|/)\s*", found[1]) if part)
    if len(periods) == 1:
        return periods * count
    if len(periods) != count:
        raise sentence.error(f"has {len(periods)} periods for {count} sections", "write one for each, or one for all")
    return periods


def _dates(sentence: _Sentence, known: Known) -> tuple[date, date] | None:
    if found := sentence.take(_FROM_TO, "dates"):
        try:
            start, end = date.fromisoformat(found[1]), date.fromisoformat(found[2])
        except ValueError:
            raise sentence.error("has a day that does not exist", "write days as 2027-02-01") from None
        if end < start:
            raise sentence.error(f"ends on {end}, before it starts on {start}")
        return start, end
    found = sentence.take(_TERM, "a term")
    if found is None:
        return None
    season, year = found[1].casefold(), int(found[2])
    months = range(_SEASONS[season][0], _SEASONS[season][1] + 1)
    terms = [(one.start, one.end) for one in known.sections if one.start.year == year and one.start.month in months]
    if not terms:
        raise sentence.error(
            f"names a term of which no section is known, {season} {year}", 'write "from 2027-02-01 to 2027-06-11"'
        )
    return max(set(terms), key=lambda term: (terms.count(term), term))


def _running_term(known: Known, on: date) -> tuple[tuple[date, date], str]:
    """The term that most sections of the day have; a whole year from the day where none runs."""
    terms = [(one.start, one.end) for one in known.sections if one.runs(on)]
    if terms:
        start, end = max(set(terms), key=lambda term: (terms.count(term), term))
        return (start, end), f"in the term that runs now, {start} to {end}"
    coming = sorted((one.start, one.end) for one in known.sections if one.start > on)
    if coming:
        return coming[0], f"in the next term on record, {coming[0][0]} to {coming[0][1]}"
    return (on, on), f"on {on} only, for no term is known"


def _place(sentence: _Sentence, known: Known) -> tuple[str, LabView | None]:
    """The lab or the site that is named, by label, code or name, behind "at" or "in"."""
    labs = {**_by_code(known.labs.values()), **{lab.label.casefold(): lab for lab in known.labs.values()}}
    sites = {code.casefold(): code for code in known.sites} | {
        name.casefold(): code for code, name in known.sites.items() if name
    }
    found = re.search(r"\b(?:at|in)\s+(?:the\s+)?(?:lab\s+|site\s+)?([^\s,;:][^,;:]*)", sentence.rest, re.IGNORECASE)
    if found is None:
        return "", None
    named = " ".join(found[1].split())
    words = named.casefold()
    # The longest name that the rest begins with: what follows it may be a course.
    best = max((name for name in (*labs, *sites) if _begins(words, name)), key=len, default="")
    if not best:
        same = [label for label in labs if label.endswith(f"/{words}")]
        near = same or get_close_matches(words, [*labs, *sites], n=3, cutoff=0.5)
        shown = [labs[one].label if one in labs else sites[one] for one in near] or sorted(known.sites)[:5]
        raise sentence.error(f"names no site or lab that is known: {named!r}", f"did you mean {' or '.join(shown)}?")
    whole = found[0][: len(found[0]) - len(found[1])]
    sentence.rest = sentence.rest.replace(whole + found[1], f" , {named[len(best) :]} ", 1)
    lab = labs.get(best)
    sentence.understood.append(lab.label if lab else sites[best])
    if lab is None and best not in sites:
        raise sentence.error(f"names a lab that several sites have, {best!r}", "write SITE/LAB")
    return (lab.site.code, lab) if lab else (sites[best], None)


def _by_code(labs: Iterable[LabView]) -> dict[str, LabView]:
    """The labs by code or name alone, where only one has it."""
    found: dict[str, list[LabView]] = {}
    for lab in labs:
        for name in {lab.code.casefold(), lab.name.casefold()} - {""}:
            found.setdefault(name, []).append(lab)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def _begins(words: str, name: str) -> bool:
    return words == name or words.startswith(f"{name} ")


def _taught(sentence: _Sentence, known: Known) -> tuple[Pathway, str]:
    """The pathway and the course that the rest names, by code or name."""
    rest = _SPACE.sub(" ", sentence.rest).strip()
    words = re.sub(r"^(?:of|course|pathway|the)\s+|\s+(?:of|with|for|at|in|and)$", "", f"{rest}", flags=re.IGNORECASE)
    words = re.sub(r"\b(?:course|pathway)\b", " ", words, flags=re.IGNORECASE)
    words = " ".join(words.split()).casefold()
    if not words:
        raise sentence.error("does not say what is taught", f"name a pathway: {_choices(known)}")
    pathways, courses = _names(known)
    left = words
    course = _longest(left, courses)
    left = _without(left, course)
    named = _longest(left, pathways)
    left = _without(left, named)
    if course is None and named is None:
        near = get_close_matches(words, [*pathways, *courses], n=3, cutoff=0.5)
        shown = [
            _shown(pathways[one]) if one in pathways else f"{courses[one][0].code} {courses[one][1].name}"
            for one in near
        ]
        hint = f"did you mean {' or '.join(dict.fromkeys(shown))}?" if shown else f"the pathways are {_choices(known)}"
        raise sentence.error(f"names no pathway or course that is known: {words!r}", hint)
    taught, found = courses[course] if course else (pathways[named or ""], None)
    sentence.understood.append(f"{_shown(taught)}{f', {found.code} {found.name}' if found else ''}")
    if named is not None and pathways[named] is not taught:
        raise sentence.error(f"names course {course!r}, which is not of {_shown(pathways[named])}")
    if left := re.sub(r"\b(?:of|with|for|at|in|and|the|each)\b", " ", left).strip():
        raise sentence.error(f"has words that mean nothing here: {' '.join(left.split())!r}", "leave them out")
    return taught, found.code if found else ""


def _names(known: Known) -> tuple[Mapping[str, Pathway], Mapping[str, tuple[Pathway, Course]]]:
    pathways = {name.casefold(): one for one in known.pathways.values() for name in (one.code, one.name)}
    courses: dict[str, tuple[Pathway, Course]] = {}
    for one in known.pathways.values():
        for course in one.courses:
            for name in (course.code, course.name):
                if name.casefold() not in pathways:
                    courses[name.casefold()] = (one, course)
    return pathways, courses


def _longest(words: str, names: Iterable[str]) -> str | None:
    """The longest of the names that stands in some words as whole words."""
    return max((name for name in names if f" {name} " in f" {words} "), key=len, default=None)


def _without(words: str, name: str | None) -> str:
    return words if name is None else " ".join(f" {words} ".replace(f" {name} ", " ", 1).split())


def _shown(pathway: Pathway) -> str:
    return f"{pathway.code} {pathway.name}"


def _choices(known: Known) -> str:
    return ", ".join(_shown(one) for _, one in sorted(known.pathways.items()))
