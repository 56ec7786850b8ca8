"""OneRoster and School Data Sync: sections with headcounts, and every problem in its line."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licenses.roster.gathering import grades
from licenses.roster.placing import Learnt
from licenses.roster.reading import Reading
from licenses.roster.roster import Extent, Roster, changes
from licenses.section import Section
from tests.licenses.roster_exports import (
    CLASS,
    CLASS_HEAD,
    ENROLMENT_HEAD,
    FALL,
    GOOD,
    MANIFEST,
    ON,
    ORGS,
    SESSIONS,
    enrolment,
    export,
    packed,
    read,
    said,
)

DESIGN = Section("MUIR", "MUIR/B12", 1, "152", "152A", "1", "1,3", *FALL, 2, frozenset({9, 10}))
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "imports"


def test_a_folder_and_a_zip_say_the_same(tmp_path: Path) -> None:
    folder, zipped = read(export(tmp_path)), read(packed(tmp_path, GOOD))
    nested = read(packed(tmp_path, {f"today/{name}": body for name, body in GOOD.items()}, "nested.zip"))
    assert said(folder) == []
    assert folder.sections == zipped.sections == nested.sections == (DESIGN,)
    assert folder.extents == {Extent("MUIR", FALL)}


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        (enrolment("s1") + enrolment("s1"), 1),
        (
            enrolment("s1", status="tobedeleted")
            + enrolment("s2", status="Active")
            + enrolment("s3", status="inactive"),
            1,
        ),
        (enrolment("s1", role="Student") + enrolment("t", role="aide") + enrolment("u", role="facilitator"), 1),
        (enrolment("s1", section="elsewhere"), 0),
        (enrolment("s1", end="2026-09-30"), 0),  # left before today
        (enrolment("s1", begin="2026-12-01"), 1),  # still to come
        (enrolment("s1", begin="2027-01-11", end="2027-06-04"), 0),  # another term
        (enrolment("s1", begin="2026-08-17T00:00:00.000Z", end="2026-12-18"), 1),
    ],
)
def test_who_counts(tmp_path: Path, rows: str, heads: int) -> None:
    roster = read(export(tmp_path, enrollments=ENROLMENT_HEAD + rows))
    assert said(roster) == []
    assert [one.headcount for one in roster.sections] == [heads]


def test_in_a_term_that_is_over_all_who_were_in_it_count(tmp_path: Path) -> None:
    rows = ENROLMENT_HEAD + enrolment("s1", end="2026-09-30")
    roster = read(export(tmp_path, enrollments=rows), reading=Reading(date(2027, 2, 1)))
    assert roster.sections[0].headcount == 1


@given(st.data())
def test_the_order_of_enrolments_does_not_matter(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    users = st.sampled_from([f"s{number}" for number in range(6)])
    role = st.sampled_from(["student", "teacher"])
    rows = data.draw(st.lists(st.builds(enrolment, users, st.sampled_from(["k1", "k2"]), role), max_size=20))
    folder = tmp_path_factory.mktemp("orders")
    classes = CLASS_HEAD + CLASS + CLASS.replace("k1", "k2").replace("c1,1", "c1,2")
    once, again = (
        read(export(folder, classes=classes, enrollments=ENROLMENT_HEAD + "".join(order)))
        for order in (rows, data.draw(st.permutations(rows)))
    )
    assert once.sections == again.sections
    for code, section in (("1", "k1"), ("2", "k2")):
        students = {row for row in rows if f",{section},o1," in row and ",student," in row}
        assert [one.headcount for one in once.sections if one.code == code] == [len(students)]


def test_several_terms_and_a_singular_column_and_trailing_metadata(tmp_path: Path) -> None:
    head = CLASS_HEAD.replace("termSourcedIds", "termSourcedId").replace("periods\n", "periods,metadata.campus\n")
    row = CLASS.replace(",fall,", ',"fall, spring",').replace('"1,3"\n', '"1,3",x\n')
    (section,) = read(export(tmp_path, classes=head + row)).sections
    assert (section.start, section.end) == (date(2026, 8, 17), date(2027, 6, 4))


def test_rows_that_are_deleted_are_not_there(tmp_path: Path) -> None:
    sessions = SESSIONS.replace("spring,,", "spring,tobedeleted,")
    classes = CLASS_HEAD + CLASS + CLASS.replace("k1,,", "k2,inactive,")
    roster = read(export(tmp_path, academicSessions=sessions, classes=classes))
    assert (said(roster), len(roster.sections)) == ([], 1)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"classes": CLASS_HEAD + CLASS.replace(",c1,", ",,")}, "classes.csv row 2, courseSourcedId: is blank"),
        ({"classes": CLASS_HEAD + CLASS.replace(",c1,", ",c9,")}, "row 2, courseSourcedId: there is no course 'c9'"),
        (
            {"classes": CLASS_HEAD + CLASS.replace("fall", "autumn")},
            "row 2, termSourcedIds: there is no active session",
        ),
        ({"classes": CLASS_HEAD + CLASS.replace("fall", "")}, "row 2, termSourcedIds: is blank"),
        ({"classes": CLASS_HEAD + CLASS.replace("k1,,", "k1,actve,")}, "classes.csv row 2, status: is not a status"),
        ({"classes": CLASS_HEAD + CLASS * 2}, "classes.csv row 3, sourcedId: the same class as in row 2"),
        ({"classes": CLASS_HEAD.replace("courseSourcedId", "courseSourceId") + CLASS}, "rename 'courseSourceId'"),
        (
            {"classes": CLASS_HEAD.replace("periods", "perods") + CLASS},
            "periods: this column is missing; rename 'perods'",
        ),
        ({"classes": CLASS_HEAD + "k1,,,Design\n"}, "classes.csv row 2: has 4 cells, the header has 14"),
        ({"classes": CLASS_HEAD + '"k1,,\n'}, "classes.csv row 2: is not CSV"),
        ({"classes": b"\0\0" + b"x" * 90}, "classes.csv row 1: holds NUL characters"),
        ({"classes": "x" * 2_000_000}, "classes.csv row 1: "),
        (
            {"academicSessions": SESSIONS.replace("2026-08-17", "17/8/2026")},
            "row 2, startDate: '17/8/2026' can be read",
        ),
        ({"academicSessions": SESSIONS.replace("2026-12-18", "2026-01-18")}, "endDate: 2026-01-18 is before the start"),
        ({"enrollments": ENROLMENT_HEAD + enrolment("s1", role="")}, "enrollments.csv row 2, role: is not a role"),
        ({"enrollments": ENROLMENT_HEAD + enrolment("s1", role="studnet")}, "row 2, role: is not a role"),
        ({"enrollments": ENROLMENT_HEAD + enrolment("s1", begin="8/17/2026")}, "row 2, beginDate: is not a date"),
        ({"enrollments": ENROLMENT_HEAD + enrolment("s1", status="gone")}, "enrollments.csv row 2, status: is not"),
        ({"enrollments": ENROLMENT_HEAD + enrolment("")}, "row 2, userSourcedId: is blank"),
        ({"enrollments": ""}, "enrollments.csv row 1: is empty"),
        ({"enrollments": None}, "enrollments.csv: is not there"),
        ({"enrollments": None, "enrolments": ENROLMENT_HEAD}, "rename enrolments.csv"),
        ({"manifest": MANIFEST.replace("bulk", "delta")}, "file.enrollments: the file holds changes only (delta)"),
        ({"manifest": MANIFEST.replace("bulk", "absent")}, "file.enrollments: the file is said to be absent"),
        (
            {"orgs": ORGS.replace("MUIR", "X").replace("John Muir High", "Elm")},
            "no site of the district is among its schools (1)",
        ),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, changed: dict[str, str | bytes | None], line: str) -> None:
    lines = said(read(export(tmp_path, **changed)))
    assert len(lines) == 1, lines
    assert line in lines[0]


def test_all_problems_come_in_one_run(tmp_path: Path) -> None:
    classes = CLASS_HEAD + CLASS + CLASS.replace("k1", "k2").replace(",c1,", ",,") + CLASS.replace(",fall,", ",x,")
    lines = said(read(export(tmp_path, classes=classes, enrollments=ENROLMENT_HEAD + enrolment("s", begin="1/2/2026"))))
    assert [line.split(":")[0] for line in lines] == [
        "export/classes.csv row 3, courseSourcedId",
        "export/classes.csv row 4, termSourcedIds",
        "export/enrollments.csv row 2, beginDate",
    ]


def test_many_problems_are_counted(tmp_path: Path) -> None:
    rows = "".join(enrolment(f"s{number}", begin="x") for number in range(1000))
    lines = said(read(export(tmp_path, enrollments=ENROLMENT_HEAD + rows)))
    assert len(lines) == 201
    assert "800 more problems are not listed" in lines[-1]


def test_days_with_slashes_are_read_in_the_order_that_is_said(tmp_path: Path) -> None:
    made = export(tmp_path, academicSessions=SESSIONS.replace("2026-08-17", "8/17/2026"))
    assert read(made, reading=Reading(ON, dates="mdy")).sections[0].start == date(2026, 8, 17)


def test_encodings(tmp_path: Path) -> None:
    changed = CLASS_HEAD + CLASS.replace("Design", "Diseño")
    bodies = [changed.encode("utf-8-sig"), changed.encode("utf-16"), changed.encode("cp1252")]
    bodies.append(changed.encode("utf-16-le"))
    for body in bodies:
        assert read(export(tmp_path, classes=body)).sections == (DESIGN,)
    semicolons = changed.replace(",", ";").replace('"09;10"', '"09,10"').replace('"1;3"', '"1,3"')
    assert read(export(tmp_path, classes=semicolons)).sections == (DESIGN,)


def test_schools_that_are_not_ours_are_counted(tmp_path: Path) -> None:
    orgs = ORGS + "o2,,,John Muir Middle,school,JMM,\no3,,,Design Department,department,,o1\n"
    classes = (
        CLASS_HEAD
        + CLASS
        + CLASS.replace("k1", "k2").replace(",o1,", ",o2,")
        + CLASS.replace("o1", "o3").replace("k1,", "k3,").replace("c1,1", "c1,7")
    )
    roster = read(export(tmp_path, orgs=orgs, classes=classes))
    assert [one.code for one in roster.sections] == ["1", "7"]
    assert "1 class of 1 school that are no site of ours: not read" in roster.hints
    told = read(export(tmp_path, orgs=orgs, classes=classes), learnt=Learnt(schools={"jmm": "OAK"}))
    assert [one.site for one in told.sections] == ["MUIR", "OAK", "MUIR"]


def test_courses_of_no_pathway_are_counted_and_likely_ones_named(tmp_path: Path) -> None:
    classes = (
        CLASS_HEAD
        + CLASS
        + CLASS.replace("k1", "k2").replace("c1", "c2")
        + CLASS.replace("k1", "k3").replace("c1", "c3")
    )
    roster = read(export(tmp_path, classes=classes))
    assert len(roster.sections) == 1
    assert any(hint.startswith("2 classes of 2 courses in no pathway that we know") for hint in roster.hints)
    (likely,) = (hint for hint in roster.hints if "may be" in hint)
    assert likely.endswith("row for --courses: E-20,152,152B")
    told = Learnt(courses={"e-20": ("152", "152B"), "m1": ("", "")})
    taught = read(export(tmp_path, classes=classes), learnt=told)
    assert [one.course for one in taught.sections] == ["152A", "152B"]
    assert "classes of courses that are said to be in no pathway: 1, left out" in taught.hints


@pytest.mark.parametrize("location", ["B12", "b12", "MUIR/B12", "Design"])
def test_a_location_that_is_a_lab(tmp_path: Path, location: str) -> None:
    assert read(export(tmp_path, classes=CLASS_HEAD + CLASS.replace("B12", location))).sections == (DESIGN,)


@pytest.mark.parametrize("location", ["Room 12", "MUIR B-12", "B-12", "Rm. B12", "John Muir High B12"])
def test_a_location_is_never_guessed(tmp_path: Path, location: str) -> None:
    made = export(tmp_path, classes=CLASS_HEAD + CLASS.replace("B12", location))
    roster = read(made)
    assert roster.sections == (replace(DESIGN, lab="", lab_id=None),)
    (hint,) = (hint for hint in roster.hints if "no lab" in hint)
    assert "nearest: MUIR/B12" in hint
    assert hint.endswith(f"row for --rooms: MUIR,{location},B12")
    told = Learnt(rooms={("MUIR", location.casefold()): 1})
    assert read(made, learnt=told).sections == (DESIGN,)


def test_a_section_whose_code_is_taken_goes_by_its_id(tmp_path: Path) -> None:
    roster = read(export(tmp_path, classes=CLASS_HEAD + CLASS + CLASS.replace("k1", "k2")))
    assert [one.code for one in roster.sections] == ["k1", "k2"]


def test_homerooms_without_a_course_are_left_out(tmp_path: Path) -> None:
    row = CLASS.replace("k1", "k2").replace("c1", "").replace("scheduled", "Homeroom")
    assert said(read(export(tmp_path, classes=CLASS_HEAD + CLASS + row))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("09,10,11", {9, 10, 11}),
        ("KG", {0}),
        ("9-12", {9, 10, 11, 12}),
        ("PK,UG", set()),
        ("", set()),
        ("12 11", {11, 12}),
    ],
)
def test_grades(text: str, found: set[int]) -> None:
    assert grades(text) == found


def test_a_whole_export_removes_what_its_school_no_longer_has(tmp_path: Path) -> None:
    roster = read(export(tmp_path))
    gone = replace(DESIGN, code="9", id=5)
    corrected = replace(DESIGN, code="8", start=date(2026, 8, 20), id=6)
    other_term = replace(DESIGN, code="7", start=date(2027, 1, 11), end=date(2027, 6, 4), id=7)
    other_site = replace(DESIGN, site="OAK", id=8)
    found = changes([gone, corrected, other_term, other_site, replace(DESIGN, id=4, headcount=1)], roster)
    assert (found.added, found.removed, found.unchanged) == ((), (gone, corrected), 0)
    assert [new.headcount for _, new in found.changed] == [2]


SDS_V2 = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\no1,John Muir High,school,\n",
    "classes.csv": "sourcedId,orgSourcedId,title\nk1,o1,Principles of Engineering\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\nk1,s1,Student\nk1,s2,Student\nk1,t1,Teacher\n",
}
SDS_V1 = {
    "School.csv": "SIS ID,Name\no1,John Muir High\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name,Section Number,Term SIS ID,Term Name,Term StartDate,Term EndDate,"
    "Course SIS ID,Course Name,Course Number,Course Description,Course Subject,Periods,Status\n"
    "k1,o1,Design,1,t,Fall,8/17/2026,12/18/2026,c1,Design,152A,,,2,Active\n",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\nk1,s1\nk1,s2\nk1,s2\n",
    "Student.csv": "SIS ID,School SIS ID,First Name\ns1,o1,Ora\n",
}


def test_school_data_sync_of_the_second_format(tmp_path: Path) -> None:
    path = packed(tmp_path, SDS_V2)
    told = Learnt(courses={"principles of engineering": ("152", "152B")})
    assert "termSourcedIds" not in "".join(said(read(path, learnt=told)))
    assert "sessionSourcedIds: there are no terms; write its term, or say --term" in said(read(path, learnt=told))[0]
    (section,) = read(path, learnt=told, reading=Reading(ON, term=FALL)).sections
    assert (section.course, section.headcount, section.start) == ("152B", 2, FALL[0])


def test_school_data_sync_of_the_first_format(tmp_path: Path) -> None:
    path = packed(tmp_path, SDS_V1)
    assert [line.split(":")[0] for line in said(read(path))] == [
        "export.zip/Section.csv row 2, Term StartDate",
        "export.zip/Section.csv row 2, Term EndDate",
    ]
    roster = read(path, reading=Reading(ON, dates="mdy"))
    (section,) = roster.sections
    assert (section.course, section.period, section.headcount, section.end) == ("152A", "2", 2, FALL[1])
    assert roster.unread == ("Student.csv",)


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    path = packed(tmp_path, {"notes.txt": "x"})
    assert "holds no roster" in said(read(path))[0]


def sample(name: str, learnt: Learnt, reading: Reading) -> Roster:
    return read(SAMPLES / name, learnt=learnt, reading=reading)


THEN = date(2022, 9, 1)
PHYSICS = Learnt(schools={"org-sch-222-456": "MUIR"}, courses={"crs-222-2023-456-12345": ("152", "152A")})
ALGEBRA = Learnt(schools={"10001": "MUIR"}, courses={"101": ("152", "152A"), "math - algebra 1": ("152", "152A")})


@pytest.mark.parametrize(
    ("name", "learnt", "reading", "heads"),
    [
        ("oneroster/Test_minimal_data_set", PHYSICS, Reading(THEN), 2),
        ("oneroster/Test_minimal_data_set.zip", PHYSICS, Reading(THEN), 2),
        ("oneroster/Test_full_data_set.zip", PHYSICS, Reading(THEN), 0),  # its enrolments end before its terms begin
        ("oneroster/v1p2_full_dataset.zip", PHYSICS, Reading(THEN), 0),
        ("microsoft_sds/SDS_v2", ALGEBRA, Reading(THEN, term=FALL), 6),
        ("microsoft_sds/SDS_Format/Min_Required_Attributes", ALGEBRA, Reading(THEN, term=FALL), 22),
        ("microsoft_sds/SDS_Format/25_Users", ALGEBRA, Reading(THEN, dates="mdy"), 22),
        ("microsoft_sds/SDS_Format/100_Users", ALGEBRA, Reading(THEN, dates="mdy"), 30),
    ],
)
def test_real_exports_where_they_are_present(name: str, learnt: Learnt, reading: Reading, heads: int) -> None:
    if (SAMPLES / name).exists():
        roster = sample(name, learnt, reading)
        assert said(roster) == []
        assert [one.headcount for one in roster.sections] == [heads]


def test_a_file_that_repeats_itself_does_not_grow(tmp_path: Path) -> None:
    rows = "".join(enrolment(f"s{number % 30}") for number in range(10_000))
    assert read(export(tmp_path, enrollments=ENROLMENT_HEAD + rows)).sections[0].headcount == 30
