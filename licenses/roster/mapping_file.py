"""Reads what a district says of its timetables: which school is which site, which course ours, which location a lab."""

from collections.abc import Callable, Collection
from pathlib import Path

from inventory.cells import CellError, text
from inventory.table_file import Column, Problem, scan_table
from licenses.purchase_file import nearest_name
from licenses.roster.placing import NOT_OURS, District, Learnt, Place, folded


def read_mappings(
    district: District, *, courses: Path | None = None, rooms: Path | None = None, sites: Path | None = None
) -> tuple[Learnt, tuple[Problem, ...]]:
    """What the files say, without what is wrong in them."""
    problems: list[Problem] = []
    learnt = Learnt(
        schools=_schools(sites, district, problems) if sites else {},
        courses=_courses(courses, district, problems) if courses else {},
        rooms=_rooms(rooms, district, problems) if rooms else {},
    )
    return learnt, tuple(problems)


def _schools(path: Path, district: District, problems: list[Problem]) -> dict[str, str]:
    columns = (
        Column("school", text(200), required=True, aliases=("identifier", "school name")),
        Column("site", _named({site.code for site in district.sites}, "site"), required=True),
    )
    table = scan_table(path, columns)
    problems.extend(table.problems)
    return {folded(row["school"]): row["site"] for row in table.rows}


def _courses(path: Path, district: District, problems: list[Problem]) -> dict[str, Place]:
    columns = (
        Column("code", text(80), required=True, aliases=("course code",)),
        Column("pathway", _named(district.pathways, "pathway"), required=True, aliases=("pathway code",)),
        Column("course", text(40), named=True, default=""),
    )
    table = scan_table(path, columns)
    problems.extend(table.problems)
    found = {}
    for row in table.rows:
        pathway, course = row["pathway"], row["course"]
        try:
            if pathway:
                codes = [one.code for one in district.pathways[pathway].courses]
                course = nearest_name(course, codes, f"course of pathway {pathway}")
            found[folded(row["code"])] = (pathway, course) if pathway else NOT_OURS
        except CellError as error:
            problems.append(Problem(table.file, row.number, "course", str(error), error.hint))
    return found


def _rooms(path: Path, district: District, problems: list[Problem]) -> dict[tuple[str, str], int]:
    columns = (
        Column("site", _named({site.code for site in district.sites}, "site"), required=True),
        Column("location", text(200), required=True, aliases=("room",)),
        Column("lab", text(40), required=True),
    )
    table = scan_table(path, columns)
    problems.extend(table.problems)
    labs = {(lab.site.code, lab.code): lab.id for lab in district.labs}
    found = {}
    for row in table.rows:
        codes = [code for site, code in labs if site == row["site"]]
        try:
            found[row["site"], folded(row["location"])] = labs[
                row["site"], nearest_name(row["lab"], codes, f"lab of {row['site']}")
            ]
        except CellError as error:
            problems.append(Problem(table.file, row.number, "lab", str(error), error.hint))
    return found


def _named(names: Collection[str], kind: str) -> Callable[[str], str]:
    """One of ours, or "none" for what is none of ours."""

    def parse(cell: str) -> str:
        return "" if cell.casefold() == "none" else nearest_name(cell, names, kind)

    return parse
