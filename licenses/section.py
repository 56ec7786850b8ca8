"""Course sections with their headcounts, and where they are taught; never a student. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from licenses.roster.periods import at_once


@dataclass(frozen=True, slots=True)
class Section:
    """One class of a course in a term; `lab` is the lab's label ("MUIR/B12"), `headcount` its number of students.

    A section whose room is not known has no lab: it counts for students, not for stations.
    `period` is as the bell schedule names it; one that meets in several has them all, with commas ("1,3"). `grades`
    are empty where they are not known.
    """

    site: str
    lab: str
    lab_id: int | None
    pathway: str
    course: str
    code: str
    period: str
    start: date
    end: date
    headcount: int
    grades: frozenset[int] = frozenset()
    id: int = 0

    @property
    def key(self) -> tuple[str, str, str, date]:
        """What makes it the same section when a roster is read again."""
        return (self.site, self.course, self.code, self.start)

    def runs(self, on: date) -> bool:
        """Whether a day lies in its term, first and last day included."""
        return self.start <= on <= self.end


def largest_class(sections: Iterable[Section], on: date) -> Mapping[int, int]:
    """By lab id, how many students sit in it at once on a day: periods add nothing, sections of one period do."""
    by_lab: defaultdict[int, list[Section]] = defaultdict(list)
    for section in sections:
        if section.lab_id is not None and section.runs(on):
            by_lab[section.lab_id].append(section)
    return {lab_id: most_at_once(taught) for lab_id, taught in by_lab.items()}


def most_at_once(sections: Collection[Section]) -> int:
    """The most students of these sections that sit at one time.

    Without a period we do not know whether two sections meet at once; each then stands for itself.
    """
    alone = (section.headcount for section in sections if not section.period)
    together = at_once((section.period, section.headcount) for section in sections).values()
    return max((*alone, *together), default=0)
