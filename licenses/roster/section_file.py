"""Sections with headcounts from a list of our own shape; one that names students is refused whole."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from inventory.table_file import CellError, Column, Problem, iso_date, plain_name, scan_table, text, whole
from inventory.views import LabView
from licenses.pathway import Pathway
from licenses.purchase_file import nearest_name
from licenses.roster.gathering import grades
from licenses.roster.roster import Extent, Roster
from licenses.section import Section

_PERSONS = frozenset(
    {"student", "students", "pupil", "pupils", "learner", "learners", "guardian", "guardians", "parent", "parents"}
    | {"user", "userid", "username", "login", "upn", "email", "mail", "phone", "telephone", "birth", "birthday", "dob"}
    | {
        "birthdate",
        "ssn",
        "ssid",
        "surname",
        "firstname",
        "lastname",
        "fullname",
        "givenname",
        "familyname",
        "initials",
    }
    | {"middlename", "studentid", "studentname", "usersourcedid", "gender", "sex", "ethnicity", "race"}
)
_NAMES = frozenset({"first", "last", "full", "given", "family", "middle", "preferred", "legal"})
_IDS = frozenset({"name", "names", "sis_id", "local_id", "e_mail", "last_first", "first_last", "student_s"})
_COUNTS = frozenset(
    {"students_count", "total_students", "students_total", "num_students", "no_of_students", "enrolled_students"}
)


def personal(header: str) -> bool:
    """Whether a column with this header would hold persons; in doubt, yes."""
    name = plain_name(header)
    words = set(name.split("_"))
    if name in _COUNTS:
        return False
    return name in _IDS or bool(words & _PERSONS) or ("name" in words and bool(words & _NAMES))


def roster_columns(labs: Iterable[LabView] = (), pathways: Collection[str] = ()) -> tuple[Column, ...]:
    """The columns of a list of sections; labs are named with their site."""
    sites = {lab.site.code for lab in labs}

    def site(cell: str) -> str:
        return nearest_name(cell, sites, "site")

    def pathway(cell: str) -> str:
        return nearest_name(cell, pathways, "pathway")

    return (
        Column("site", site, required=True, aliases=("school", "campus"), example="MUIR"),
        Column("lab", text(40), required=True, aliases=("room", "location"), example="B12"),
        Column("pathway", pathway, required=True, aliases=("pathway code",), example="152"),
        Column("course", text(40), required=True, aliases=("course code",), example="152B"),
        Column("section", text(40), required=True, aliases=("section code", "class", "class code"), example="3"),
        Column("period", text(40), default="", aliases=("periods", "block"), example="2"),
        Column("start", iso_date, required=True, aliases=("term start", "start date", "from"), example="2026-08-17"),
        Column("end", iso_date, required=True, aliases=("term end", "end date", "until"), example="2026-12-18"),
        Column(
            "headcount",
            whole(0, 1000),
            required=True,
            aliases=("students enrolled", "student count", "number of students", "enrolled", "count", *sorted(_COUNTS)),
            example="28",
        ),
        Column("grades", text(40), default="", aliases=("grade",), example="11,12"),
    )


def read_sections(path: Path, labs: Iterable[LabView], pathways: Mapping[str, Pathway]) -> Roster:
    """Every section of a list; refused without a look at its rows when a column would hold persons.

    It is the whole truth for the labs and terms that it names.
    """
    labs = tuple(labs)
    table = scan_table(path, roster_columns(labs, tuple(pathways)))
    if persons := [header for header in table.unknown if personal(header)]:
        hint = "remove the column: only headcounts are kept, never a student"
        refused = (Problem(table.file, 1, header, "looks like a column of persons", hint) for header in persons)
        return Roster(table.file, (), frozenset(), tuple(refused))
    problems = list(table.problems)
    hints = list(table.hints)
    sections: list[Section] = []
    seen: dict[object, int] = {}
    by_label = {lab.label: lab for lab in labs}
    for row in table.rows:
        try:
            names = [lab.code for lab in labs if lab.site.code == row["site"]]
            code = nearest_name(row["lab"], names, f"lab of {row['site']}")
        except CellError as error:
            problems.append(Problem(table.file, row.number, "lab", str(error), error.hint))
            continue
        lab = by_label[f"{row['site']}/{code}"]
        if row["end"] < row["start"]:
            message = f"{row['end']} is before the start on {row['start']}"
            problems.append(Problem(table.file, row.number, "end", message, "correct one of the two dates"))
            continue
        section = Section(
            site=row["site"],
            lab=lab.label,
            lab_id=lab.id,
            pathway=row["pathway"],
            course=row["course"],
            code=row["section"],
            period=row["period"],
            start=row["start"],
            end=row["end"],
            headcount=row["headcount"],
            grades=grades(row["grades"]),
        )
        if first := seen.get(section.key):
            message = f"the same section as in row {first} ({section.site}, {section.course}, {section.code})"
            problems.append(Problem(table.file, row.number, "section", message, "keep one of the two rows"))
            continue
        seen[section.key] = row.number
        sections.append(section)
        hints.extend(_doubts(table.file, row.number, section, lab, pathways))
    extents = frozenset(Extent(one.site, (one.start, one.end), one.lab_id) for one in sections)
    ordered = sorted(problems, key=lambda problem: problem.row)
    return Roster(table.file, tuple(sections), extents, tuple(ordered), tuple(hints))


def _doubts(file: str, number: int, section: Section, lab: LabView, pathways: Mapping[str, Pathway]) -> Iterable[str]:
    if section.pathway not in lab.pathways:
        yield f"{file} row {number}: lab {lab.label} is not listed for {section.pathway}; its needs count there too"
    if section.course not in {course.code for course in pathways[section.pathway].courses}:
        yield (
            f"{file} row {number}: pathway {section.pathway} has no course {section.course!r}; "
            "the needs of all its courses count"
        )
