"""Course sections with their headcounts, and where they are taught; never a student. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


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
    together: defaultdict[tuple[int, str], int] = defaultdict(int)
    for section in sections:
        if section.lab_id is not None and section.runs(on):
            # Without a period we do not know whether two sections meet at once; each then stands for itself.
            together[section.lab_id, section.period or f"\0{section.key}"] += section.headcount
    most: dict[int, int] = {}
    for (lab_id, _), headcount in together.items():
        most[lab_id] = max(most.get(lab_id, 0), headcount)
    return most
