"""Reads the vendors' rules about releases: ours from `version_rights/`, and the district's own over them.

[[cycles]]
id = "autodesk"
beyond = "yearly"              # after the last: the same again each year; "unknown" otherwise
mark = "own"
releases = [{ release = "2026", at = 2025-03-25 }, { release = "2027", at = 2026-03-25 }]

[[rules]]
id = "autodesk-subscription"
publisher = "Autodesk"
titles = []                    # titles or suites that the rule is for, instead of all of the publisher's
bought = ["term"]              # term, maintained, perpetual
allows = "window"              # any, window, bought
cycle = "autodesk"
previous = 3
mark = "versions"
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from inventory.table_file import Problem
from inventory.title_rules import Title
from inventory.toml_file import Fields, nearest, open_toml, raise_problems, toml_files
from licenses.cycle import Beyond, Cycle, Release
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.version_rights import Allows, Bought, VersionRights, VersionRule

OURS = Path(__file__).parent / "version_rights"
One = TypeVar("One", Cycle, VersionRule)


def load_version_rights(
    extra: Path | None = None, *, titles: Mapping[str, Title], suites: Collection[str] = ()
) -> VersionRights:
    """The rules; a district's rule, or cycle, replaces ours of the same id, and speaks before ours of other ids.

    `titles` is the catalog, `suites` the ids of the suites. Raises `DataFileProblems` with one line for each problem.
    """
    problems: list[Problem] = []
    products = {*titles, *suites}
    makers = {title.publisher for title in titles.values()}
    folders = [_open(folder, problems) for folder in (extra, OURS)]
    cycles: dict[str, Cycle] = {}
    for files in folders:
        own = [(table, _cycle(table, marks)) for fields, marks in files for table in fields.tables("cycles")]
        cycles = _by_id(own) | cycles
    rules: dict[str, VersionRule] = {}
    for files in folders:
        found = []
        for fields, marks in files:
            found += [(table, _rule(table, marks, cycles, products, makers)) for table in fields.tables("rules")]
            fields.close()
        rules |= {id_: rule for id_, rule in _by_id(found).items() if id_ not in rules}
    raise_problems(problems)
    return VersionRights(tuple(rules.values()), titles)


def _open(folder: Path | None, problems: list[Problem]) -> list[tuple[Fields, Mapping[str, Mark]]]:
    files = []
    for path in toml_files(folder):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) == before:
            files.append((fields, read_marks(fields)))
    return files


def _by_id(found: Iterable[tuple[Fields, One]]) -> dict[str, One]:
    """What one folder holds; refuses what stands there twice."""
    by_id: dict[str, One] = {}
    for table, one in found:
        if one.id in by_id:
            table.refuse("id", f"{one.id!r} stands there twice", "keep one of the two")
        by_id[one.id] = one
    return by_id


def _cycle(table: Fields, marks: Mapping[str, Mark]) -> Cycle:
    releases = tuple(Release(one.text("release"), one.day("at")) for one in table.tables("releases"))
    if not releases:
        table.refuse("releases", "a cycle without releases says nothing")
    for earlier, later in pairwise(releases):
        if later.at <= earlier.at:
            table.refuse("releases", f"{later.label} does not come after {earlier.label}", "write the first one first")
    return Cycle(table.text("id"), releases, table.choice("beyond", Beyond), mark_of(table, marks))


def _rule(
    table: Fields, marks: Mapping[str, Mark], cycles: Mapping[str, Cycle], products: set[str], makers: set[str]
) -> VersionRule:
    publisher, named = table.text("publisher", ""), table.text("cycle", "")
    if publisher and publisher not in makers:
        table.refuse("publisher", f"the catalog has nothing by {publisher!r}", nearest(publisher, makers))
    if named and named not in cycles:
        table.refuse("cycle", f"there is no cycle {named!r}", nearest(named, cycles))
    bought = table.choices("bought", Bought)
    if not bought:
        table.refuse("bought", "the rule is for no purchase", "write term, maintained or perpetual")
    allows = table.choice("allows", Allows)
    if allows is Allows.WINDOW and not named:
        table.refuse("cycle", "is missing: a window is counted from the current release")
    return VersionRule(
        id=table.text("id"),
        publisher=publisher,
        products=frozenset(table.texts("titles", known=products, noun="title or suite")),
        bought=bought,
        allows=allows,
        mark=mark_of(table, marks),
        cycle=cycles.get(named),
        previous=table.number("previous", 0, most=100),
        older=table.flag("older", False),
        note=table.text("note", ""),
    )
