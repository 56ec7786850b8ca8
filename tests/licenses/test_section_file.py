"""Rosters: sections with headcounts, and never a student."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from inventory.places import LabRow, SiteRow
from inventory.table_file import template
from inventory.views import LabView, SiteView
from licenses.marks import Mark
from licenses.pathway import Course, CourseLevel, HardwareFloor, Pathway
from licenses.roster.roster import Extent, Roster, changes
from licenses.roster.section_file import personal, read_sections, roster_columns
from licenses.section import Section
from licenses.store.sections import apply_changes, sections
from licenses.store.written import Written

MARK = Mark("own knowledge", date(2026, 11, 23), False)
COURSES = (Course("ED-2", "Design", CourseLevel.CAPSTONE),)
FLOOR = HardwareFloor(MARK)
PATHWAYS = {"152": Pathway("152", "Design", "", frozenset(), COURSES, (), (), FLOOR, FLOOR, (), MARK)}
MUIR, OAK = SiteView(1, "MUIR", "Muir"), SiteView(2, "OAK", "Oak")
LABS = (LabView(1, MUIR, "B12", "Design", ("152",)), LabView(2, OAK, "A1", "Media", ("113",)))
HEAD = "site,lab,pathway,course,section,period,start,end,headcount\n"
GOOD = HEAD + "muir,b12,152,ED-2,3,2,2026-08-17,2026-12-18,28\n"
FALL = (date(2026, 8, 17), date(2026, 12, 18))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        session.add_all([SiteRow(id=1, code="MUIR", name="Muir"), SiteRow(id=2, code="OAK", name="Oak")])
        session.flush()
        session.add(LabRow(id=1, site_id=1, code="B12", name="Design", pathways=["152"]))
        session.add(LabRow(id=2, site_id=2, code="A1", name="Media", pathways=["113"]))
        session.flush()
        yield session


def write(session: Session, roster: Roster) -> Written:
    return apply_changes(session, changes(sections(session), roster))


def read(folder: Path, body: str) -> Roster:
    file = folder / "sections.csv"
    file.write_text(body)
    return read_sections(file, LABS, PATHWAYS)


def test_a_section_as_it_stands_in_the_file(folder: Path) -> None:
    section = Section("MUIR", "MUIR/B12", 1, "152", "ED-2", "3", "2", *FALL, headcount=28)
    assert read(folder, GOOD).sections == (section,)
    assert read(folder, GOOD).extents == {Extent("MUIR", FALL, 1)}
    assert read(folder, GOOD).hints == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("MUIR,B21,152,ED-2,3,2,2026-08-17,2026-12-18,28", "lab: no lab of MUIR 'B21'; did you mean B12?"),
        ("MUIR,A1,152,ED-2,3,2,2026-08-17,2026-12-18,28", "lab: no lab of MUIR 'A1'"),
        ("MIUR,B12,152,ED-2,3,2,2026-08-17,2026-12-18,28", "site: no site 'MIUR'; did you mean MUIR?"),
        ("MUIR,B12,125,ED-2,3,2,2026-08-17,2026-12-18,28", "pathway: no pathway '125'; did you mean 152?"),
        ("MUIR,B12,152,ED-2,3,2,2026-12-18,2026-08-17,28", "end: 2026-08-17 is before the start on 2026-12-18"),
        ("MUIR,B12,152,ED-2,3,2,8/17/2026,2026-12-18,28", "start: '8/17/2026' can be read in two ways"),
        ("MUIR,B12,152,ED-2,3,2,2026-08-17,2026-12-18,-1", "headcount: -1 is out of range"),
        ("MUIR,B12,152,,3,2,2026-08-17,2026-12-18,28", "course: is blank"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(folder: Path, row: str, said: str) -> None:
    (found,) = read(folder, HEAD + row + "\n").problems
    assert str(found).startswith(f"sections.csv row 2, {said}")


def test_the_same_section_twice(folder: Path) -> None:
    (found,) = read(folder, GOOD + GOOD.splitlines()[1] + "\n").problems
    assert "the same section as in row 2" in str(found)


PERSONS = """
Student Name/First Name/lastName/E-Mail/student_id/Name/Username/givenName/SSID/name of student/Student ID Number
Students/Last, First/parent phone/Date of Birth/Sex
"""


@pytest.mark.parametrize("header", PERSONS.replace("\n", "/").strip("/").split("/"))
def test_a_column_of_persons_refuses_the_file(folder: Path, header: str) -> None:
    body = GOOD.replace("headcount\n", f'headcount,"{header}"\n').replace("28\n", "28,Jane Roe\n")
    found = read(folder, body)
    assert not found.sections
    (problem,) = found.problems
    assert "persons" in str(problem)
    assert "Jane" not in str(problem)


@pytest.mark.parametrize("header", ["Course Name", "Lab name", "Teacher room", "section name", "Total students"])
def test_columns_without_persons_do_not(header: str) -> None:
    assert not personal(header)


@given(
    st.sampled_from(["student", "pupil", "email", "guardian"]), st.sampled_from(["", "the ", "legal "]), st.booleans()
)
def test_personal_headers_in_any_dress(word: str, before: str, loud: bool) -> None:
    header = f" {before}{word}-x "
    assert personal(header.upper() if loud else header)


@pytest.mark.parametrize("header", ["Number of students", "Students enrolled", "Student count", "Total students"])
def test_a_count_of_students_is_a_headcount(folder: Path, header: str) -> None:
    assert read(folder, GOOD.replace("headcount", header)).sections[0].headcount == 28


def test_doubts_are_said_but_do_not_stop(folder: Path) -> None:
    found = read(folder, HEAD + "OAK,A1,152,ED-9,3,2,2026-08-17,2026-12-18,28\n")
    assert not found.problems
    assert [("lab OAK/A1" in hint, "no course 'ED-9'" in hint) for hint in found.hints] == [
        (True, False),
        (False, True),
    ]


def test_the_template_is_a_good_file(folder: Path) -> None:
    assert read(folder, template(roster_columns())).sections[0].headcount == 28


def test_sections_are_added_changed_or_left(session: Session, folder: Path) -> None:
    assert write(session, read(folder, GOOD)) == Written(1, 0, 0)
    assert write(session, read(folder, GOOD)) == Written(0, 0, 1)
    assert write(session, read(folder, GOOD.replace("28\n", "31\n"))) == Written(0, 1, 0)
    (stored,) = sections(session)
    assert (stored.lab, stored.headcount, stored.period) == ("MUIR/B12", 31, "2")
    assert sections(session, date(2026, 12, 18)) == (stored,)
    assert sections(session, date(2026, 12, 19)) == ()


def test_a_section_may_move_to_another_lab(session: Session, folder: Path) -> None:
    session.add(LabRow(id=3, site_id=1, code="C3", name="Old", pathways=[]))
    session.flush()
    write(session, read(folder, GOOD))
    other = Section("MUIR", "MUIR/C3", 3, "152", "ED-2", "3", "2", *FALL, headcount=28)
    extents = frozenset({Extent("MUIR", FALL, 3)})
    assert write(session, Roster("sections.csv", (other,), extents)) == Written(0, 1, 0)
    assert [one.lab for one in sections(session)] == ["MUIR/C3"]


def test_a_section_that_the_list_no_longer_names_is_removed(session: Session, folder: Path) -> None:
    write(session, read(folder, GOOD + GOOD.splitlines()[1].replace(",3,2,", ",4,2,") + "\n"))
    assert write(session, read(folder, GOOD)) == Written(0, 0, 1, 1)


def test_a_list_with_a_problem_removes_nothing(session: Session, folder: Path) -> None:
    write(session, read(folder, GOOD + GOOD.splitlines()[1].replace(",3,2,", ",4,2,") + "\n"))
    found = changes(sections(session), read(folder, GOOD + "MUIR,B21,152,ED-2,4,2,2026-08-17,2026-12-18,28\n"))
    assert (found.removed, found.kept) == ((), 1)


def test_grades_of_a_section(folder: Path) -> None:
    body = GOOD.replace("headcount\n", "headcount,grades\n").replace("28\n", '28,"11,12"\n')
    assert read(folder, body).sections[0].grades == {11, 12}
