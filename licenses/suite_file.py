"""Reads the suites: ours from `suites/`, and the district's own, which replace ours of the same id."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from inventory.releases import VersionRange
from inventory.table_file import Problem
from inventory.toml_file import Fields, nearest, open_toml, raise_problems, toml_files
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.suite import Member, Suite

OURS = Path(__file__).parent / "suites"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A suite as a file has it: its own members, and the suites within it."""

    fields: Fields
    suite: Suite
    within: tuple[str, ...]


def load_suites(extra: Path | None = None, *, titles: Collection[str]) -> tuple[Suite, ...]:
    """The suites by id. `titles` are the ids in the catalog; `extra` is a folder that may not exist.

    Raises `DataFileProblems` with one line for each problem of all the files.
    """
    problems: list[Problem] = []
    entries = {**_folder(OURS, titles, problems), **_folder(extra, titles, problems)}
    for entry in entries.values():
        for id_ in entry.within:
            if id_ not in entries:
                entry.fields.refuse("suites", f"there is no suite {id_!r}", nearest(id_, entries))
    suites = tuple(_apart(entry, entries) for _, entry in sorted(entries.items()))
    raise_problems(problems)
    return suites


def _folder(folder: Path | None, titles: Collection[str], problems: list[Problem]) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for path in toml_files(folder):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        marks = read_marks(fields)
        for table in fields.tables("suites"):
            entry = _entry(table, marks, titles)
            if entry.suite.id in entries:
                table.refuse("id", f"{entry.suite.id!r} stands there twice", "keep one of the two")
            entries[entry.suite.id] = entry
        fields.close()
    return entries


def _entry(table: Fields, marks: Mapping[str, Mark], titles: Collection[str]) -> _Entry:
    """`titles` are members in every release; `members` those in some releases only."""
    members = [Member(title) for title in table.texts("titles", known=titles, noun="title in the catalog")]
    for one in table.tables("members"):
        title = one.text("title")
        if title and title not in titles:
            one.refuse("title", f"there is no title {title!r} in the catalog", nearest(title, titles))
        members.append(Member(title, VersionRange(one.text("from", ""), one.text("to", ""))))
    within = table.texts("suites")
    suite = Suite(
        id=table.text("id"),
        name=table.text("name"),
        publisher=table.text("publisher"),
        members=tuple(members),
        mark=mark_of(table, marks),
        note=table.text("note", ""),
    )
    if suite.id in titles:
        table.refuse("id", f"{suite.id!r} is a title in the catalog", "a purchase could not tell them apart")
    if not members and not within:
        table.refuse("titles", "a suite without titles covers nothing")
    return _Entry(table, suite, within)


def _apart(entry: _Entry, entries: Mapping[str, _Entry]) -> Suite:
    """The suite with the members of all suites within it; one that comes back to itself is refused."""
    members = dict.fromkeys(entry.suite.members)
    seen = {entry.suite.id}
    waiting = list(entry.within)
    while waiting:
        id_ = waiting.pop()
        if id_ == entry.suite.id:
            entry.fields.refuse("suites", f"{id_!r} contains itself", "take it out of one of the suites within it")
        if id_ in seen or id_ not in entries:
            continue
        seen.add(id_)
        members.update(dict.fromkeys(entries[id_].suite.members))
        waiting.extend(entries[id_].within)
    return replace(entry.suite, members=tuple(members))
