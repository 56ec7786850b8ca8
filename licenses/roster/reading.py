"""Reads a roster, recognised by what is in it: a OneRoster or School Data Sync export, or a list of our own shape."""

import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inventory.archive import Archive, ArchiveLimits, open_archive
from inventory.source import Unreadable
from inventory.table_file import Problem
from licenses.roster import oneroster, school_data_sync
from licenses.roster.findings import Findings
from licenses.roster.gathering import Gatherer, counted
from licenses.roster.headcount import headcounts
from licenses.roster.placing import District
from licenses.roster.roster import Extent, Roster
from licenses.roster.section_file import read_sections
from licenses.roster.timetable import Term


@dataclass(frozen=True, slots=True)
class Reading:
    """How an export is read: on which day, its term where it has none, and the order of days with slashes, if any."""

    on: date
    term: Term | None = None
    dates: str = ""
    limits: ArchiveLimits | None = None


def read_roster(path: Path, district: District, reading: Reading) -> Roster:
    """The sections of ours with their headcounts; what is wrong is in the roster's problems."""
    if not _packed(path):
        return read_sections(path, district.labs, district.pathways)
    found = Findings()
    try:
        archive = open_archive(path, reading.limits)
    except Unreadable as unreadable:
        problem = Problem(path.resolve().name, unreadable.row, "", str(unreadable), unreadable.hint)
        return Roster(path.name, (), frozenset(), (problem,))
    return _export(archive, district, reading, found)


def _packed(path: Path) -> bool:
    """Whether it is a folder or a zip of files; a workbook is a zip too, and a list."""
    if path.is_dir():
        return True
    if not path.is_file() or path.suffix.casefold() in {".xlsx", ".xlsm"}:
        return False
    with path.open("rb") as stream:
        if stream.read(4) not in {b"PK\x03\x04", b"PK\x05\x06"}:
            return False
    try:
        with zipfile.ZipFile(path) as opened:
            return "xl/workbook.xml" not in opened.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True


def _export(archive: Archive, district: District, reading: Reading, found: Findings) -> Roster:
    members: tuple[str, ...]
    if school_data_sync.holds_school_data_sync(archive):
        members = school_data_sync.MEMBERS
        timetable = school_data_sync.read_school_data_sync(archive, found, reading.dates)
    elif oneroster.holds_oneroster(archive):
        members = oneroster.MEMBERS
        whole = oneroster.read_oneroster(archive, found, reading.dates)
        if whole is None:
            return Roster(archive.file, (), frozenset(), (*archive.problems, *found.problems))
        timetable = whole
    else:
        hint = "name a folder or zip of OneRoster or School Data Sync, or a list like `labfleet roster template`"
        none = Problem(archive.file, 0, "", "holds no roster: neither classes.csv nor Section.csv is there", hint)
        return Roster(archive.file, (), frozenset(), (*archive.problems, none))
    ours = {member.casefold() for member in members}
    gathered = Gatherer(timetable, district, found, reading.term).gather()
    terms = {id_: (section.start, section.end) for id_, section in gathered.sections.items()}
    heads = headcounts(archive, timetable.enrolments, terms, found, on=reading.on, dates=reading.dates)
    sections = counted(gathered, heads, found)
    return Roster(
        file=archive.file,
        sections=sections,
        extents=frozenset(Extent(site, term) for site, term in gathered.terms),
        problems=(*archive.problems, *found.problems),
        hints=tuple(found.hints),
        unread=tuple(name for name in archive.names if name.casefold() not in ours),
    )
