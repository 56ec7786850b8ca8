"""Why an entry is what it is: one name, or a whole machine's list from a file, through recognition."""

from dataclasses import dataclass
from pathlib import Path

from agents.report import Platform, RawInstall
from inventory.recognition import Recogniser, Role
from inventory.table_file import CellError, Column, Limits, Problem, TableProblems, scan_table, text, yes_no

MOST = Limits(size=200_000_000, rows=1_100_000)
"""A list may hold every distinct entry of a large district."""

SOURCES = {
    "windows": ("uninstall", Platform.WINDOWS),
    "uninstall": ("uninstall", Platform.WINDOWS),
    "msix": ("msix", Platform.WINDOWS),
    "macos": ("bundle", Platform.MACOS),
    "bundle": ("bundle", Platform.MACOS),
    "linux": ("", Platform.LINUX),
    "dpkg": ("dpkg", Platform.LINUX),
    "rpm": ("rpm", Platform.LINUX),
    "flatpak": ("flatpak", Platform.LINUX),
    "snap": ("snap", Platform.LINUX),
    "appimage": ("appimage", Platform.LINUX),
    "desktop": ("desktop", Platform.LINUX),
    "chromeos": ("", Platform.CHROMEOS),
}
"""What `--source` and the column `source` may say: a family of systems, or one of its lists."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What an entry is and by which rule; `title` is what to call it, `title_id` is empty for no title of ours."""

    name: str
    title: str
    title_id: str
    release: str
    role: Role
    edition: str
    rule: str

    @property
    def counts(self) -> bool:
        """Whether the entry is an install of a title."""
        return self.role is Role.PRODUCT and bool(self.title_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to explain."""

    raw: RawInstall
    platform: Platform


def entry(name: str, *, publisher: str = "", version: str = "", source: str = "windows", identifier: str = "") -> Entry:
    """An entry as a person states it; `source` is one of `SOURCES`."""
    kind, platform = SOURCES[source]
    raw = RawInstall(name=name, version=version, publisher=publisher, source=kind, identifier=identifier)
    return Entry(raw, platform)


def explain(recogniser: Recogniser, asked: Entry) -> Explained:
    """What one entry is."""
    found = recogniser.recognise(asked.raw, asked.platform)
    return Explained(
        name=asked.raw.name,
        title=found.name,
        title_id=found.title,
        release=found.release,
        role=found.role,
        edition=found.edition,
        rule=found.rule,
    )


def explain_file(recogniser: Recogniser, path: Path) -> tuple[Explained, ...]:
    """What each row of a tab-separated list is, in its order; raises TableProblems."""
    return tuple(explain(recogniser, asked) for asked in read_entries(path))


def read_entries(path: Path) -> tuple[Entry, ...]:
    """The rows of a list with the columns name, publisher, version, source; also identifier, hidden and parent."""
    table = scan_table(path, _columns(), limits=MOST)
    problems = list(table.problems)
    if not problems and table.rows and all(row["name"] is None for row in table.rows):
        problems.append(Problem(table.file, 1, "name", "no row has a name", "name the column of the entries `name`"))
    if problems:
        raise TableProblems(problems)
    entries = []
    for row in table.rows:
        kind, platform = row["source"]
        raw = RawInstall(
            name=row["name"] or "",
            version=row["version"] or "",
            publisher=row["publisher"] or "",
            source=kind,
            identifier=row["identifier"] or "",
            hidden=bool(row["hidden"]),
            parent=row["parent"] or "",
        )
        entries.append(Entry(raw, platform))
    return tuple(entries)


def _source(cell: str) -> tuple[str, Platform]:
    try:
        return SOURCES[cell.lower()]
    except KeyError:
        raise CellError(f"{cell!r} is not a list of software", f"write one of: {', '.join(SOURCES)}") from None


def _columns() -> tuple[Column, ...]:
    words = text(4_000)
    return (
        Column("name", words, aliases=("display name",)),
        Column("publisher", words, aliases=("vendor",)),
        Column("version", words, aliases=("display version",)),
        Column("source", _source, required=True, aliases=("platform",)),
        Column("identifier", words),
        Column("hidden", yes_no),
        Column("parent", words),
    )
