"""A roster measured: 3,000,000 enrolments of 100,000 classes in a zip, beside the csv module alone over the same rows.

`python -m benchmarks.roster [ROWS]` prints rows a second, the ratio to `csv.reader` alone in the same run, and the most
memory that the import took. Every class is ours: the worst case, in which each enrolment is counted.
"""

import csv
import io
import resource
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path

from inventory.views import LabView, SiteView
from licenses.marks import Mark
from licenses.pathway import Course, CourseLevel, HardwareFloor, Pathway
from licenses.roster.placing import District
from licenses.roster.reading import Reading, read_roster

ON = date(2026, 11, 24)
HEAD = 30
MUIR = SiteView(1, "MUIR", "Muir High")


def district() -> District:
    """One site, one lab, one pathway of one course."""
    mark = Mark("made up", ON, False)
    floor = HardwareFloor(mark)
    course = Course("152A", "Engineering", CourseLevel.CAPSTONE)
    pathway = Pathway("152", "Design", "", frozenset(), (course,), (), (), floor, floor, (), mark)
    return District((MUIR,), (LabView(1, MUIR, "B12", "", ("152",)),), {"152": pathway})


def export(path: Path, rows: int) -> int:
    """Write the zip; returns how many students it has in all classes together."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("orgs.csv", "sourcedId,status,name,identifier\no1,,Muir High,MUIR\n")
        made.writestr("academicSessions.csv", "sourcedId,status,startDate,endDate\nfall,,2026-08-17,2026-12-18\n")
        made.writestr("courses.csv", "sourcedId,title,courseCode\nc1,Engineering,152A\n")
        with made.open("classes.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            text.write(
                "sourcedId,status,title,courseSourcedId,classCode,location,schoolSourcedId,termSourcedIds,periods\n"
            )
            for number in range(rows // HEAD):
                text.write(f"class-{number:08},,Design,c1,{number},B12,o1,fall,{number % 7}\n")
        with made.open("enrollments.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            text.write(
                "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
            )
            students = 0
            for number in range(rows):
                teacher = number % HEAD == 0
                students += not teacher
                section = number * 7919 % (rows // HEAD)  # not in the order of the classes
                text.write(
                    f"enrolment-{number:010},active,,class-{section:08},o1,user-{number:010},"
                    f"{'teacher' if teacher else 'student'},false,2026-08-17,2026-12-18\n"
                )
    return students


def floor(path: Path) -> float:
    """Seconds for the csv module alone over the same member."""
    started = time.perf_counter()
    with zipfile.ZipFile(path) as opened, opened.open("enrollments.csv") as raw:
        for _ in csv.reader(io.TextIOWrapper(raw, "utf-8", newline="")):
            pass
    return time.perf_counter() - started


def main(rows: int) -> None:
    """Measure once and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        students = export(path, rows)
        alone = floor(path)
        started = time.perf_counter()
        roster = read_roster(path, district(), Reading(ON))
        seconds = time.perf_counter() - started
    if roster.problems or sum(one.headcount for one in roster.sections) != students:
        raise SystemExit(f"miscounted: {roster.problems[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{rows:,} enrolments of {len(roster.sections):,} classes in {seconds:.1f} s: {rows / seconds:,.0f} rows/s\n"
    )
    sys.stdout.write(f"csv.reader alone: {alone:.1f} s; ratio {seconds / alone:.1f}; peak {peak:.0f} MB\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)
