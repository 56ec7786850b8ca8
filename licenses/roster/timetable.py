"""What an export says of schools, terms, courses and classes, whoever wrote it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

Term = tuple[date, date]
"""First and last day."""


@dataclass(frozen=True, slots=True)
class School:
    """A school, or a department of one, which counts as its `parent`."""

    id: str
    name: str
    code: str = ""
    parent: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called, what people say first."""
        return tuple(name for name in (self.code, self.name, self.id) if name)


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course as the school's timetable has it; `code` is what a mapping file calls it."""

    code: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class TaughtClass:
    """One class as it stands in row `row`; cells that only matter for our own classes are still text.

    `terms` are ids of sessions. `course` is empty where the row names none.
    """

    row: int
    id: str
    school: str
    course: str
    code: str = ""
    title: str = ""
    kind: str = ""
    location: str = ""
    periods: str = ""
    grades: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolmentColumns:
    """Where the enrolments stand; without `role` every row is a student's."""

    member: str
    section: str
    user: str
    status: str = ""
    role: str = ""
    begin: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """An export: the small tables whole, the classes as they come.

    `file` is what problems call the list of classes, `fields` what they call its columns. `sessions` are `None` where a
    session has a problem of its own; the whole is `None` where the export has no terms. `courses` is `None` where it
    has no list of them: a class's course is then its own code. With `by_title`, a class without one goes by its title.
    """

    file: str
    schools: Mapping[str, School]
    sessions: Mapping[str, Term | None] | None
    courses: Mapping[str, TaughtCourse] | None
    classes: Iterator[TaughtClass]
    enrolments: EnrolmentColumns
    fields: Mapping[str, str]
    by_title: bool = False
