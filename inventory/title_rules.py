"""Titles, their makers and the families of rows around them, as the catalog's files state them; pure."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from inventory.naming import fold


class Role(StrEnum):
    """What a raw entry is; only a product counts as an install."""

    PRODUCT = "product"
    COMPONENT = "component"
    LANGUAGE_PACK = "language_pack"
    UPDATE = "update"
    CONTENT = "content"
    RUNTIME = "runtime"
    UNKNOWN = "unknown"


class ReleaseStyle(StrEnum):
    """How people number a title's releases."""

    YEAR = "year"
    MAJOR = "major"
    MINOR = "major.minor"
    NAMED = "named"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Maker:
    """A publisher: how its rows name it, and what to think of its rows that no rule knows.

    `writes` are beginnings of the Publisher column, `prefixes` words that may stand before its names. From a `closed`
    maker an unknown row is a part of something: its products are all in the catalog. The names of a `plain` maker are
    known without its word before them ("Revit"); of others such a name needs the publisher ("Desktop").
    """

    name: str
    writes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    closed: bool = False
    shared: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """One software product and how its rows look on every system.

    `names` are whole names (without version, architecture, language and the maker's prefix); `guarded` ones are
    ordinary words that need the maker's word for it. `shapes` are patterns for whole folded names, `firm` ones go
    before every other rule. `ids` are bundle, flatpak and store ids, `keys` patterns of uninstall keys, `packages`
    Linux package names with `#` for a number. `editions` maps an edition to the names that say so. `metric` is a
    hint of how it is usually licensed in schools, `""` for unknown. `role` is that of
    the title's own rows: the helper that licenses a suite is a component. `web` titles are never installed. From a
    title with `point_updates` a row with a point release ("Revit 2025.4.1") is an update: the product's own row has its
    year alone. `free_editions` are those that nobody has to buy, `edition_from` an edition and the release from which
    on a row that names none is of it.
    """

    id: str
    name: str
    maker: Maker
    source: str
    as_of: date
    verified: bool
    names: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    firm: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    editions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    release: ReleaseStyle = ReleaseStyle.MINOR
    majors: Mapping[str, str] = field(default_factory=dict)
    metric: str = ""
    free: bool = False
    role: Role = Role.PRODUCT
    web: bool = False
    host: bool = False
    localised: bool = False
    point_updates: bool = False
    free_editions: tuple[str, ...] = ()
    edition_from: tuple[str, str] | None = None
    note: str = ""

    @property
    def publisher(self) -> str:
        """The maker's name, for people."""
        return self.maker.name

    def edition_by_release(self, release: str) -> str:
        """The edition that a row of this release has when it names none; empty for none that is known."""
        if self.edition_from is None or not release:
            return ""
        edition, first = self.edition_from
        return edition if _ordered(release) >= _ordered(first) else ""

    def is_free(self, edition: str) -> bool:
        """Whether nobody has to buy an install of this edition."""
        return self.free or edition in self.free_editions


@dataclass(frozen=True, slots=True)
class Family:
    """Rows that are not products: how they look, what they are, and what they belong to.

    `of` is a title's id or a name for people, empty for "whatever title the row names". Phrases are whole words:
    `starts`, `ends` and `has` look at the beginning, the end (before version and architecture) and anywhere; `exact`
    at all of the name. `begins`, `closes` (before the version) and `contains` are pieces of text, not words. `packages`
    are Linux package names with `#` for a number and `*` at one end. `own` families need the maker's word.
    """

    rule: str
    role: Role
    of: str = ""
    maker: Maker | None = None
    exact: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Catalog:
    """Every title, family and maker; `digest` changes with the data and with the code that reads them.

    Families that come first speak first. `makers` are those that have no title.
    """

    titles: tuple[Title, ...]
    families: tuple[Family, ...] = ()
    makers: tuple[Maker, ...] = ()
    digest: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Title]:
        """Titles by their id."""
        return {title.id: title for title in self.titles}

    @cached_property
    def _spoken(self) -> Mapping[str, str]:
        return {
            said: title.name
            for title in reversed(self.titles)
            for said in (title.id, *map(fold, (title.name, *title.names, *title.guarded)))
        }

    def find(self, said: str) -> Title | None:
        """The title with this id or name, whatever its case."""
        if said in self.by_id:
            return self.by_id[said]
        name = self._spoken.get(fold(said))
        return next((title for title in self.titles if title.name == name), None)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Names of at most three titles that somebody may have meant, the likeliest first."""
        said = fold(name)
        likely = sorted(((_likeness(said, spoken), spoken) for spoken in self._spoken), reverse=True)[:6]
        return tuple(dict.fromkeys(self._spoken[spoken] for likeness, spoken in likely if likeness > 0.6))[:3]


def _ordered(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release))


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; letters that only changed places ("Rivet", "Revit") are nearly alike."""
    if sorted(one) == sorted(other):
        return 0.95
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6 else 0.0
