"""The catalog: our files, one per maker, with a district's own over them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from inventory.catalog_file import TITLE_ID, CatalogFile
from inventory.errors import InventoryError
from inventory.table_file import Problem
from inventory.title_rules import Catalog, Family, Maker, Title
from inventory.toml_file import nearest, open_toml, raise_problems, toml_files

__all__ = ["Catalog", "NothingToTry", "Title", "UnknownTitle", "load_catalog", "load_titles", "title_called"]

OURS = Path(__file__).with_name("catalog")
"""Read in the order of their names: those that begin with "zz-" hold families of any maker, and speak last."""

_CODE = (
    "makers.py",
    "name_index.py",
    "naming.py",
    "packages.py",
    "recognised.py",
    "recognition.py",
    "release_labels.py",
    "spelling.py",
    "title_rules.py",
)
"""The modules that decide: what they are is a part of the catalog's digest."""


class UnknownTitle(InventoryError, LookupError):
    """The catalog has no such title."""

    code = "unknown-title"


class NothingToTry(InventoryError, FileNotFoundError):
    """A file or folder of rules that is not there."""

    code = "no-rules"


def load_titles(extra: Path | None = None) -> tuple[Title, ...]:
    """Every title, those of the folder `extra` instead of ours with the same id."""
    return load_catalog(extra).titles


def load_catalog(extra: Path | None = None, *, trial: Path | None = None) -> Catalog:
    """Our catalog with a district's folder of files over it; the district's families speak before ours.

    A `trial` is a file, or a folder of files, as if it stood in the district's folder, in place of those of its name.
    Raises `DataFileProblems` with one line for each problem of all the files.
    """
    problems: list[Problem] = []
    ours = _read(toml_files(OURS), {}, problems)
    makers = {maker.name: maker for maker in (*ours.makers, *(title.maker for title in ours.titles))}
    files = _own_files(extra, trial)
    theirs = _read(files, makers, problems, known=frozenset(ours.by_id))
    raise_problems(problems)
    titles = {title.id: title for title in (*ours.titles, *theirs.titles)}
    return Catalog(
        titles=tuple(titles.values()),
        families=(*theirs.families, *ours.families),
        makers=(*theirs.makers, *ours.makers),
        digest=_digest(files),
    )


def title_called(catalog: Catalog, said: str) -> Title:
    """The title with this id or name; an error that offers the nearest where there is none."""
    found = catalog.find(said)
    if found is None:
        near = " or ".join(catalog.nearest(said))
        hint = f"did you mean {near}? " if near else ""
        raise UnknownTitle(f"no title {said!r} in the catalog", hint=f"{hint}`labfleet title list` shows them all")
    return found


def _own_files(extra: Path | None, trial: Path | None) -> tuple[Path, ...]:
    """A district's files by name, with those that are tried instead of or beside them."""
    tried = (trial,) if trial is not None and not trial.is_dir() else toml_files(trial)
    if trial is not None and not tried:
        raise NothingToTry(f"{trial}: no file of rules is there", hint="name a file, or a folder with *.toml in it")
    files = {path.name: path for path in (*toml_files(extra), *tried)}
    return tuple(files[name] for name in sorted(files))


def _read(
    files: Iterable[Path], makers: dict[str, Maker], problems: list[Problem], known: frozenset[str] = frozenset()
) -> Catalog:
    titles: dict[str, Title] = {}
    families: list[Family] = []
    own_makers: list[Maker] = []
    belongings = []
    for path in files:
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        file = CatalogFile(fields, makers)
        own_makers.extend(file.makers())
        for table, title in file.titles():
            if title.id in titles:
                table.refuse("id", f"{title.id!r} stands there twice", "keep one of the two")
            titles[title.id] = title
        for table, family in file.families():
            families.append(family)
            belongings.append((table, family.of))
        file.close()
    ids = known | frozenset(titles)
    for table, of in belongings:
        # What is written like an id must be one; anything else is a name for people.
        if of and TITLE_ID.fullmatch(of) and of not in ids:
            table.refuse("of", f"there is no title {of!r}", nearest(of, ids))
    return Catalog(tuple(titles.values()), tuple(families), tuple(own_makers))


def _digest(own: Iterable[Path]) -> str:
    """Changes with the data and with the code that decides by them."""
    digest = hashlib.sha256()
    code = [Path(__file__).with_name(name) for name in _CODE]
    for path in (*code, *toml_files(OURS), *own):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
