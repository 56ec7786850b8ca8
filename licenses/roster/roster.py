"""A roster as it was read: its sections, what it is the whole truth of, and what it would change. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from inventory.table_file import Problem
from licenses.roster.timetable import Term
from licenses.section import Section


@dataclass(frozen=True, slots=True)
class Extent:
    """A place and a term of which a roster names every section: a site, or one lab of it.

    Terms are the same when they begin on one day, or when each holds the other's middle day: so a term whose first day
    was corrected is still the same, and a semester is not the year that it lies in.
    """

    site: str
    term: Term
    lab_id: int | None = None

    def holds(self, section: Section) -> bool:
        """Whether a stored section that the roster does not name is gone."""
        if section.site != self.site or (self.lab_id is not None and section.lab_id != self.lab_id):
            return False
        start, end = self.term
        if section.start == start:
            return True
        ours, theirs = start + (end - start) / 2, section.start + (section.end - section.start) / 2
        return section.start <= ours <= section.end and start <= theirs <= end


@dataclass(frozen=True, slots=True)
class Roster:
    """Sections without problems; `unread` names the files that were left alone, persons above all."""

    file: str
    sections: tuple[Section, ...]
    extents: frozenset[Extent]
    problems: tuple[Problem, ...] = ()
    hints: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a roster does to the stored sections; `changed` pairs what is stored with what it becomes.

    `kept` are stored sections that the roster does not name and that stay, because not all of it could be read.
    """

    added: tuple[Section, ...]
    changed: tuple[tuple[Section, Section], ...]
    removed: tuple[Section, ...]
    unchanged: int
    kept: int = 0


def changes(stored: Iterable[Section], roster: Roster) -> Changes:
    """Held against each other by the key of each section; a roster with problems removes nothing."""
    known = {one.key: one for one in stored}
    fresh = [replace(one, id=known[one.key].id) if one.key in known else one for one in roster.sections]
    named = {one.key for one in fresh}
    gone = [
        one
        for one in known.values()
        if one.key not in named and any(extent.holds(one) for extent in _near(roster.extents, one.site))
    ]
    changed = [(known[one.key], one) for one in fresh if one.id and one != known[one.key]]
    added = tuple(one for one in fresh if not one.id)
    removed = () if roster.problems else tuple(gone)
    unchanged = len(fresh) - len(added) - len(changed)
    return Changes(added, tuple(changed), removed, unchanged, kept=len(gone) - len(removed))


def _near(extents: Iterable[Extent], site: str) -> list[Extent]:
    return [extent for extent in extents if extent.site == site]
