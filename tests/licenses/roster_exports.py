"""Small exports for tests: OneRoster files in a folder or zip, and the district that they are held against."""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from inventory.views import LabView, SiteView
from licenses.marks import Mark
from licenses.pathway import Course, CourseLevel, HardwareFloor, Pathway
from licenses.roster.placing import District, Learnt
from licenses.roster.reading import Reading, read_roster
from licenses.roster.roster import Roster

ON = date(2026, 11, 24)
FALL = (date(2026, 8, 17), date(2026, 12, 18))
MARK = Mark("own knowledge", date(2026, 11, 23), False)
COURSES = (
    Course("152A", "Introduction to Engineering Design", CourseLevel.INTRODUCTORY),
    Course("152B", "Principles of Engineering", CourseLevel.CONCENTRATOR),
)
FLOOR = HardwareFloor(MARK)
PATHWAYS = {"152": Pathway("152", "Design", "", frozenset(), COURSES, (), (), FLOOR, FLOOR, (), MARK)}
MUIR, OAK = SiteView(1, "MUIR", "John Muir High"), SiteView(2, "OAK", "Oak High")
LABS = (
    LabView(1, MUIR, "B12", "Design", ("152",)),
    LabView(2, MUIR, "C3", "Media", ()),
    LabView(3, OAK, "A1", "Media", ()),
)
DISTRICT = District((MUIR, OAK), LABS, PATHWAYS)

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.enrollments,bulk\n"
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,John Muir High,school,MUIR,\n"
SESSIONS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "fall,,,Fall,term,2026-08-17,2026-12-18,,2027\nspring,,,Spring,term,2027-01-11,2027-06-04,,2027\n"
)
COURSE_LIST = (
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n"
    "c1,,,,Intro to Engineering Design,152A,,,,\nc2,,,,Algebra,M1,,,,\nc3,,,,Principles of Engineerng,E-20,,,,\n"
)
CLASS_HEAD = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
    "termSourcedIds,subjects,subjectCodes,periods\n"
)
CLASS = 'k1,,,Design,"09,10",c1,1,scheduled,B12,o1,fall,,,"1,3"\n'
ENROLMENT_HEAD = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
)


def enrolment(
    user: str, section: str = "k1", role: str = "student", status: str = "", begin: str = "", end: str = ""
) -> str:
    """One row of enrollments.csv."""
    return f"e-{user},{status},,{section},o1,{user},{role},false,{begin},{end}\n"


GOOD: Mapping[str, str] = {
    "manifest.csv": MANIFEST,
    "orgs.csv": ORGS,
    "academicSessions.csv": SESSIONS,
    "courses.csv": COURSE_LIST,
    "classes.csv": CLASS_HEAD + CLASS,
    "enrollments.csv": ENROLMENT_HEAD + enrolment("s1") + enrolment("s2") + enrolment("t1", role="teacher"),
}


def export(folder: Path, **changes: str | bytes | None) -> Path:
    """A folder with the good files, some of them otherwise (by the name without its suffix; `None`: left out)."""
    here = folder / "export"
    here.mkdir(exist_ok=True)
    for name, body in {**GOOD, **{f"{name}.csv": body for name, body in changes.items()}}.items():
        if body is not None:
            (here / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    return here


def packed(folder: Path, members: Mapping[str, str | bytes], name: str = "export.zip") -> Path:
    """A zip with these members."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for member, body in members.items():
            made.writestr(member, body)
    return path


def read(path: Path, *, learnt: Learnt | None = None, reading: Reading | None = None) -> Roster:
    """The roster, in the small district on the day of these tests."""
    return read_roster(path, replace(DISTRICT, learnt=learnt or Learnt()), reading or Reading(ON))


def said(roster: Roster) -> list[str]:
    """Its problems as they are printed."""
    return [str(problem) for problem in roster.problems]
