"""Enrolments reduced to one number per class while they stream by; no student is kept, quoted or written anywhere."""

import secrets
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from inventory.archive import Archive
from inventory.cells import CellError
from licenses.roster.findings import Findings
from licenses.roster.member_table import Wanted, active, export_day, rows_of
from licenses.roster.timetable import EnrolmentColumns, Term

_FULL = 4096
_MOST_REMEMBERED = 10_000
_ROLES = frozenset(
    {"teacher", "administrator", "proctor", "aide", "parent", "guardian", "relative", "counselor", "staff", "faculty"}
    | {"professor", "lecturer", "instructor", "principal", "other", "ta", "teacherassistant", "adjunct", "coach"}
)
"""Who is in a class beside its students, of those that exports name often."""


_ALWAYS = (date.min.toordinal(), date.max.toordinal())


@dataclass(frozen=True, slots=True)
class _Wrong:
    field: str
    message: str
    hint: str


class _Heads:
    """Who was counted in one class: salted 64-bit hashes for as long as the file is read, then only how many.

    Eight bytes each, not a set of numbers, which would take ten times that. `first` and `last` are the days, as
    numbers, between which an enrolment must fall.
    """

    __slots__ = ("first", "full", "hashes", "last")

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self.hashes = array("q")
        self.full = _FULL

    def squeeze(self) -> None:
        """Without doubles; a file that repeats itself must not grow without end."""
        self.hashes = array("q", set(self.hashes))
        self.full = max(_FULL, 2 * len(self.hashes))


def headcounts(
    archive: Archive,
    columns: EnrolmentColumns,
    terms: Mapping[str, Term],
    found: Findings,
    *,
    on: date,
    dates: str = "",
) -> Mapping[str, int]:
    """How many students each class of `terms` has, from all rows in any order; one student of two rows counts once.

    An enrolment counts if it falls into the class's term; of a term that runs on the day `on`, if it has not ended by
    then, so that those who left no longer need a seat.
    """
    heads = {id_: _Heads(*_window(term, on)) for id_, term in terms.items()}
    salt = secrets.token_hex(16)
    judged: dict[tuple[str, str, str, str], tuple[int, int] | bool | _Wrong] = {}
    names = ("section", "user", "role", "status", "begin", "end")
    wanted = tuple(
        Wanted(header or f"unused {name}", required=bool(header) and name in names[:3])
        for name in names
        for header in (getattr(columns, name),)
    )
    for row, (id_, user, role, status, begin, end) in rows_of(archive, columns.member, wanted, found):
        one = heads.get(id_) or heads.get(id_.strip())
        if one is None:
            continue
        span = judged.get((role, status, begin, end))
        if span is None:
            span = judged[role, status, begin, end] = _judge(role, status, begin, end, columns, dates)
            if len(judged) > _MOST_REMEMBERED:  # a file in which every row says something else must not fill the memory
                judged.clear()
        if span is False:
            continue
        if not isinstance(span, tuple) or not user:
            wrong = span if isinstance(span, _Wrong) else _nobody(columns)
            found.refuse(archive.label(columns.member), row, wrong.field, wrong.message, wrong.hint)
        elif span[0] <= one.last and span[1] >= one.first:
            hashes = one.hashes
            hashes.append(hash(salt + user))
            if len(hashes) >= one.full:
                one.squeeze()
    return {id_: len(set(one.hashes)) for id_, one in heads.items()}


def _window(term: Term, on: date) -> tuple[int, int]:
    start, end = term
    return (max(start, on) if on <= end else start).toordinal(), end.toordinal()


def _student(role: str) -> bool | None:
    """`None` for a blank, and for what may be a misspelt student; any other word is somebody else."""
    word = "".join(letter for letter in role.casefold() if letter.isalpha())
    if word == "student" or word in _ROLES:
        return word == "student"
    return None if not word or SequenceMatcher(None, word, "student").ratio() > 0.7 else False


def _judge(
    role: str, status: str, begin: str, end: str, columns: EnrolmentColumns, dates: str
) -> "tuple[int, int] | bool | _Wrong":
    """First and last day as numbers of a row that counts; false for one that does not.

    Cells are never quoted: a shifted row may have a name there.
    """
    state = active(status)
    if state is None:
        hint = "write active, inactive or tobedeleted, or leave it blank"
        return _Wrong(columns.status, "is not a status", hint)
    student = _student(role) if columns.role else True
    if state and student is None:
        return _Wrong(columns.role, "is not a role", "write student, teacher or another role")
    if not (state and student):
        return False
    found = list(_ALWAYS)
    for at, (name, cell) in enumerate(((columns.begin, begin), (columns.end, end))):
        if cell.strip():
            try:
                found[at] = export_day(cell, dates).toordinal()
            except CellError as error:
                return _Wrong(name, "is not a date of the form year-month-day", error.hint)
    if found[1] < found[0]:
        return _Wrong(columns.end, "is before the begin", "correct one of the two dates")
    return found[0], found[1]


def _nobody(columns: EnrolmentColumns) -> "_Wrong":
    return _Wrong(columns.user, "is blank", "each enrolment must name someone; nobody is stored")
