"""Rosters in: an export or list of sections, held against the district's sites, labs and pathways."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from fleet.answers.rulebook import load_rulebook
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from inventory.table_file import Problem, TableProblems
from licenses.roster.mapping_file import read_mappings
from licenses.roster.placing import District, Learnt
from licenses.roster.reading import Reading, read_roster
from licenses.roster.roster import Changes, changes
from licenses.roster.timetable import Term
from licenses.store.sections import apply_changes, sections
from licenses.store.timetable import learn, learnt
from licenses.store.written import Written

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RosterOptions:
    """How a roster is read and written; the files say what its schools, courses and locations are of ours.

    `term` is that of classes whose export names none, `dates` ("mdy", "dmy") the order of days with slashes.
    """

    courses: Path | None = None
    rooms: Path | None = None
    sites: Path | None = None
    term: Term | None = None
    dates: str = ""
    partial: bool = False
    dry_run: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RosterDone:
    """What a roster changes or has changed; `written` is false where nothing was."""

    file: str
    changes: Changes
    problems: tuple[Problem, ...]
    hints: tuple[str, ...]
    unread: tuple[str, ...]
    written: bool

    @property
    def counts(self) -> Written:
        """How many sections are added, changed, left and removed."""
        found = self.changes
        return Written(len(found.added), len(found.changed), found.unchanged, len(found.removed))


def import_roster_file(
    session: Session, settings: Settings, path: Path, options: RosterOptions | None = None
) -> RosterDone:
    """Write the sections of a roster and what the mapping files say.

    Raises TableProblems and writes nothing when anything is wrong, unless `partial` writes what is right. A dry run
    writes nothing, and returns the problems.
    """
    options = options or RosterOptions()
    snapshot = load_snapshot(session, now=settings.now(), labs=())
    district = District(
        sites=tuple(snapshot.sites.values()),
        labs=tuple(snapshot.labs.values()),
        pathways=load_rulebook(settings).rules.pathways,
    )
    said, mapping_problems = read_mappings(district, courses=options.courses, rooms=options.rooms, sites=options.sites)
    district = replace(district, learnt=_both(learnt(session), said))
    reading = Reading(on=options.on or settings.now().date(), term=options.term, dates=options.dates)
    roster = read_roster(path, district, reading)
    roster = replace(roster, problems=(*mapping_problems, *roster.problems))
    found = changes(sections(session), roster)
    writes = not options.dry_run
    if writes and roster.problems and not options.partial:
        raise TableProblems(roster.problems)
    if writes:
        learn(session, said)
        apply_changes(session, found)
    return RosterDone(roster.file, found, roster.problems, roster.hints, roster.unread, writes)


def _both(before: Learnt, now: Learnt) -> Learnt:
    return Learnt(
        _over(before.schools, now.schools), _over(before.courses, now.courses), _over(before.rooms, now.rooms)
    )


def _over(before: Mapping[Key, Value], now: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return {**before, **now}
