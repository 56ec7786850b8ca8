"""Reads 1EdTech OneRoster 1.1 and 1.2 bulk files, and School Data Sync's V2: the same files with fewer columns.

It opens the lists of orgs, academic sessions, courses, classes and enrolments, and no other file.
"""

from collections.abc import Iterator, Mapping

from inventory.archive import Archive
from inventory.cells import CellError, shown
from licenses.roster.findings import Findings
from licenses.roster.member_table import Wanted, active, export_day, header_of, rows_of
from licenses.roster.timetable import EnrolmentColumns, School, TaughtClass, TaughtCourse, Term, Timetable

MEMBERS = ("manifest.csv", "orgs.csv", "academicSessions.csv", "courses.csv", "classes.csv", "enrollments.csv")
"""All that is ever opened."""

_ID = Wanted("sourcedId", ("sourceId", "sourced id"))
_STATUS = Wanted("status", required=False)
_MANIFEST = (Wanted("propertyName"), Wanted("value"))
_ORGS = (_ID, Wanted("name"), Wanted("identifier", required=False), Wanted("parentSourcedId", required=False), _STATUS)
_SESSIONS = (_ID, Wanted("startDate", ("beginDate",)), Wanted("endDate"), _STATUS)
_COURSES = (_ID, Wanted("title"), Wanted("courseCode", ("code",), required=False))
_VERSIONS = frozenset({"1.0", "1.1", "1.2"})


def holds_oneroster(archive: Archive) -> bool:
    """Whether the members are those of OneRoster or of School Data Sync's V2."""
    return archive.holds("classes.csv") or archive.holds("enrollments.csv") or archive.holds("orgs.csv")


def read_oneroster(archive: Archive, found: Findings, dates: str = "") -> Timetable | None:
    """The export; nothing of it where its manifest says that it holds changes only."""
    if archive.holds("manifest.csv") and not _whole(archive, found):
        return None
    header = header_of(archive, "classes.csv")
    v2 = "orgsourcedid" in header and "schoolsourcedid" not in header
    return Timetable(
        file=archive.label("classes.csv") if archive.holds("classes.csv") else "classes.csv",
        schools=_schools(archive, found),
        sessions=_sessions(archive, found, dates) if archive.holds("academicSessions.csv") else None,
        courses=_courses(archive, found) if archive.holds("courses.csv") else None,
        classes=_classes(archive, found, v2=v2),
        enrolments=EnrolmentColumns(
            "enrollments.csv", "classSourcedId", "userSourcedId", "status", "role", "beginDate", "endDate"
        ),
        fields={
            "course": "courseSourcedId",
            "term": "sessionSourcedIds" if v2 else "termSourcedIds",
            "periods": "periods",
            "section": "classCode",
        },
        by_title=v2,
    )


def _whole(archive: Archive, found: Findings) -> bool:
    """Whether the manifest names whole files; those that hold changes only cannot be counted."""
    said = {name: value.strip() for _, (name, value) in rows_of(archive, "manifest.csv", _MANIFEST, found)}
    file = archive.label("manifest.csv")
    whole = True
    for member in MEMBERS[1:]:
        name = f"file.{member.removesuffix('.csv')}"
        state = said.get(name, "").casefold()
        if state == "delta":
            hint = "export the whole (bulk): counts cannot be made of what has changed since"
            found.refuse(file, 0, name, "the file holds changes only (delta)", hint)
            whole = False
        elif state == "absent" and member in {"orgs.csv", "classes.csv", "enrollments.csv"}:
            found.refuse(file, 0, name, "the file is said to be absent", "export it too")
            whole = False
    version = said.get("oneroster.version", "")
    if version and version not in _VERSIONS:
        found.hints.append(f"{file}: OneRoster {shown(version)} is not a version that we know; read as 1.2")
    return whole


def _schools(archive: Archive, found: Findings) -> Mapping[str, School]:
    schools = {}
    for _, (id_, name, code, parent, status) in rows_of(archive, "orgs.csv", _ORGS, found):
        if active(status) is not False and id_:
            schools[id_.strip()] = School(id_.strip(), name.strip(), code.strip(), parent.strip())
    return schools


def _sessions(archive: Archive, found: Findings, dates: str) -> Mapping[str, Term | None]:
    """Terms, semesters, grading periods and years alike: a class says which it is taught in."""
    sessions: dict[str, Term | None] = {}
    file = archive.label("academicSessions.csv")
    for row, (id_, start, end, status) in rows_of(archive, "academicSessions.csv", _SESSIONS, found):
        if active(status) is False:
            continue
        if active(status) is None:
            _not_a_status(found, file, row)
        sessions[id_.strip()] = term_of(found, file, row, (("startDate", start), ("endDate", end)), dates)
    return sessions


def term_of(
    found: Findings, file: str, row: int, days: tuple[tuple[str, str], tuple[str, str]], dates: str
) -> Term | None:
    """First and last day of two named cells; what is wrong with them is reported."""
    parsed = []
    for name, cell in days:
        if not cell.strip():
            found.refuse(file, row, name, "is blank", "write the day as 2026-08-17")
            continue
        try:
            parsed.append(export_day(cell, dates))
        except CellError as error:
            found.refuse(file, row, name, str(error), error.hint)
    if len(parsed) < 2:
        return None
    start, end = parsed
    if end < start:
        found.refuse(file, row, days[1][0], f"{end} is before the start on {start}", "correct one of the two dates")
        return None
    return start, end


def _courses(archive: Archive, found: Findings) -> Mapping[str, TaughtCourse]:
    courses = {}
    for _, (id_, title, code) in rows_of(archive, "courses.csv", _COURSES, found):
        courses[id_.strip()] = TaughtCourse(code.strip() or id_.strip(), title.strip())
    return courses


def _classes(archive: Archive, found: Findings, *, v2: bool) -> Iterator[TaughtClass]:
    columns = (
        _ID,
        _STATUS,
        Wanted("orgSourcedId") if v2 else Wanted("schoolSourcedId"),
        Wanted("courseSourcedId", required=not v2),
        Wanted("title"),
        Wanted("classCode", ("code",), required=False),
        Wanted("classType", ("type",), required=False),
        Wanted("location", ("room",), required=False),
        Wanted("periods", ("period",), required=False),
        Wanted("grades", ("grade",), required=False),
        Wanted("termSourcedIds", ("termSourcedId", "sessionSourcedIds", "sessionSourcedId"), required=False),
    )
    for row, cells in rows_of(archive, "classes.csv", columns, found):
        id_, status, school, course, title, code, kind, location, periods, grades, terms = map(str.strip, cells)
        state = active(status)
        if state is None:
            _not_a_status(found, archive.label("classes.csv"), row)
        elif not id_ and state:
            found.refuse(archive.label("classes.csv"), row, "sourcedId", "is blank", "each class must have an id")
        elif state:
            ids = tuple(one for part in terms.split(",") if (one := part.strip()))
            yield TaughtClass(row, id_, school, course, code, title, kind, location, periods, grades, ids)


def _not_a_status(found: Findings, file: str, row: int) -> None:
    found.refuse(file, row, "status", "is not a status", "write active, inactive or tobedeleted, or leave it blank")
