"""Reads Microsoft School Data Sync's first format ("SDS_Format"): School, Section, StudentEnrollment; no other file."""

from collections.abc import Iterator, Mapping

from inventory.archive import Archive
from licenses.roster.findings import Findings
from licenses.roster.member_table import Wanted, active, header_of, rows_of
from licenses.roster.oneroster import term_of
from licenses.roster.timetable import EnrolmentColumns, School, TaughtClass, TaughtCourse, Term, Timetable

MEMBERS = ("School.csv", "Section.csv", "StudentEnrollment.csv")
"""All that is ever opened."""

_ID = Wanted("SIS ID")
_SCHOOLS = (_ID, Wanted("Name"), Wanted("School Number", required=False))
_SECTIONS = (
    _ID,
    Wanted("School SIS ID"),
    Wanted("Section Name"),
    Wanted("Section Number", required=False),
    Wanted("Term SIS ID", required=False),
    Wanted("Term StartDate", required=False),
    Wanted("Term EndDate", required=False),
    Wanted("Course SIS ID", required=False),
    Wanted("Course Name", required=False),
    Wanted("Course Number", required=False),
    Wanted("Periods", required=False),
    Wanted("Status", required=False),
    Wanted("Room", ("Location",), required=False),
)


def holds_school_data_sync(archive: Archive) -> bool:
    """Whether the members are those of the first format."""
    return archive.holds("Section.csv") or archive.holds("StudentEnrollment.csv")


def read_school_data_sync(archive: Archive, found: Findings, dates: str = "") -> Timetable:
    """The export; a section without a course goes by its name, since courses are optional there."""
    sessions: dict[str, Term | None] = {}
    courses: dict[str, TaughtCourse] = {}
    return Timetable(
        file=archive.label("Section.csv") if archive.holds("Section.csv") else "Section.csv",
        schools=_schools(archive, found),
        sessions=sessions if "termstartdate" in header_of(archive, "Section.csv") else None,
        courses=courses,
        classes=_sections(archive, found, sessions, courses, dates),
        enrolments=EnrolmentColumns("StudentEnrollment.csv", "Section SIS ID", "SIS ID", "Status"),
        fields={"course": "Course Number", "term": "Term StartDate", "periods": "Periods", "section": "Section Number"},
        by_title=True,
    )


def _schools(archive: Archive, found: Findings) -> Mapping[str, School]:
    rows = rows_of(archive, "School.csv", _SCHOOLS, found)
    return {id_.strip(): School(id_.strip(), name.strip(), code.strip()) for _, (id_, name, code) in rows}


def _sections(
    archive: Archive,
    found: Findings,
    sessions: dict[str, Term | None],
    courses: dict[str, TaughtCourse],
    dates: str,
) -> Iterator[TaughtClass]:
    """Terms and courses stand in the rows of the sections, and are gathered from there; a wrong term is said once."""
    file = archive.label("Section.csv") if archive.holds("Section.csv") else "Section.csv"
    for row, cells in rows_of(archive, "Section.csv", _SECTIONS, found):
        id_, school, name, number, term, start, end, course_id, title, number_of_course, periods, status, room = map(
            str.strip, cells
        )
        state = active(status)
        if state is None:
            hint = "write Active or Inactive, or leave it blank"
            found.refuse(file, row, "Status", "is not a status", hint)
        if not state:
            continue
        session = f"{term} {start} {end}" if start or end else ""
        if session and session not in sessions:
            sessions[session] = term_of(found, file, row, (("Term StartDate", start), ("Term EndDate", end)), dates)
        course = number_of_course or course_id
        if course:
            courses.setdefault(course, TaughtCourse(course, title))
        terms = (session,) if session else ()
        yield TaughtClass(row, id_, school, course, number, name, "", room, periods, "", terms)
