"""Reads the ends of support: our `lifecycle.toml`, and the district's files, whose systems and titles replace ours."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.report import Platform
from fleet.lifecycle import Lifecycle, ReleaseEnd, SystemProduct
from inventory.table_file import Problem
from inventory.toml_file import Fields, open_toml, raise_problems, toml_files
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark

OURS = Path(__file__).with_name("lifecycle.toml")


def load_lifecycle(extra: Path | None = None) -> Lifecycle:
    """The ends of support; `extra` is a folder that may not exist. Raises `DataFileProblems`."""
    problems: list[Problem] = []
    systems: dict[str, SystemProduct] = {}
    titles: dict[str, Sequence[ReleaseEnd]] = {}
    tracks: dict[str, str] = {}
    for path in (OURS, *toml_files(extra)):
        read = _read(path, problems)
        # The district's systems are asked first: a machine's name may begin with the words of several.
        theirs = {one.id: one for one in read.systems}
        systems = theirs | {id_: one for id_, one in systems.items() if id_ not in theirs}
        titles.update(read.titles)
        tracks.update(read.tracks)
    raise_problems(problems)
    return Lifecycle(tuple(systems.values()), titles, tracks)


def _read(path: Path, problems: list[Problem]) -> Lifecycle:
    fields = open_toml(path, problems)
    marks = read_marks(fields)
    tracks = fields.table("tracks", required=False)
    titles = fields.table("titles", required=False)
    lifecycle = Lifecycle(
        systems=tuple(_system(entry, marks) for entry in fields.tables("systems")),
        titles={title: _releases(titles.table(title), marks) for title in titles.names()},
        tracks={edition: tracks.text(edition) for edition in tracks.names()},
    )
    fields.close()
    return lifecycle


def _system(entry: Fields, marks: Mapping[str, Mark]) -> SystemProduct:
    return SystemProduct(
        id=entry.text("id"),
        name=entry.text("name"),
        platform=entry.choice("platform", Platform),
        words=entry.texts("words"),
        releases=_releases(entry, marks),
        note=entry.text("note", ""),
    )


def _releases(entry: Fields, marks: Mapping[str, Mark]) -> tuple[ReleaseEnd, ...]:
    """The releases of a system or title; one without a mark of its own has that of the whole."""
    common = mark_of(entry, marks)
    releases = []
    for one in entry.tables("releases"):
        release = ReleaseEnd(
            release=one.text("release"),
            mark=mark_of(one, marks) if one.has("mark") else common,
            ends_on=one.day_or_none("ends"),
            sure_until=one.day_or_none("sure_until"),
            extended_until=one.day_or_none("extended_until"),
            extended_by=one.text("extended_by", ""),
            track=one.text("track", ""),
            build=one.text("build", ""),
            note=one.text("note", ""),
        )
        if release.ends_on is None and release.sure_until is None:
            one.refuse("ends", "a release without an end would be supported for ever", "write ends or sure_until")
        one.ignore("mark")
        releases.append(release)
    return tuple(releases)
