"""One file of the catalog: a maker, its titles and the families of rows around them, checked field by field."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.name_index import first_word
from inventory.title_rules import Family, Maker, ReleaseStyle, Role, Title
from inventory.toml_file import Fields

TITLE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PLAIN_KEY = 4
"""Characters at the beginning of a key's pattern that must stand for themselves."""


class MetricHint(StrEnum):
    """How a title is usually licensed in schools, so that a purchase need not say it."""

    UNKNOWN = ""
    DEVICE = "device"
    NAMED_USER = "named-user"
    CONCURRENT = "concurrent"
    SITE = "site"
    SHARED_DEVICE = "shared-device"
    WEB_SEAT = "web-seat"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Usual:
    """What a file says once for all of its titles; each may say it differently."""

    source: str = ""
    as_of: date = date.min
    verified: bool = False
    release: ReleaseStyle = ReleaseStyle.MINOR
    metric: MetricHint = MetricHint.UNKNOWN
    free: bool = False
    host: bool = False


class CatalogFile:
    """One file, read when its parts are asked for; call `close` when all of them were."""

    def __init__(self, fields: Fields, known: Mapping[str, Maker]) -> None:
        self._fields = fields
        self._maker: Maker | None = None
        if fields.has("publisher"):
            stated = _maker(fields)
            self._maker = known.get(stated.name, stated)
        self._usual = _usual(fields, Usual())

    def makers(self) -> Iterator[Maker]:
        """The file's maker, and makers without a title."""
        if self._maker is not None:
            yield self._maker
        for table in self._fields.tables("maker"):
            yield _maker(table)

    def titles(self) -> Iterator[tuple[Fields, Title]]:
        """The titles, each with the place where it stands."""
        for table in self._fields.tables("title"):
            maker = _maker(table) if table.has("publisher") else self._maker
            if maker is None:
                table.refuse("publisher", "is missing", "say who makes it, here or for the whole file")
                continue
            yield table, _title(table, maker, self._usual)

    def families(self) -> Iterator[tuple[Fields, Family]]:
        """The families in their order, each with the place where it stands."""
        for table in self._fields.tables("family"):
            yield table, _family(table, self._maker)

    def close(self) -> None:
        """Report what nothing has asked for."""
        self._fields.close()


def _maker(table: Fields) -> Maker:
    return Maker(
        name=table.text("publisher"),
        writes=table.texts("writes"),
        prefixes=table.texts("prefixes"),
        closed=table.flag("closed", default=False),
        shared=table.text("shared", default=""),
        plain=table.flag("plain", default=False),
    )


def _usual(table: Fields, usual: Usual) -> Usual:
    return Usual(
        source=table.text("source", default=usual.source),
        as_of=table.day("as_of") if table.has("as_of") else usual.as_of,
        verified=table.flag("verified", default=usual.verified),
        release=table.choice("release", ReleaseStyle, default=usual.release),
        metric=table.choice("metric", MetricHint, default=usual.metric),
        free=table.flag("free", default=usual.free),
        host=table.flag("host", default=usual.host),
    )


def _title(table: Fields, maker: Maker, file: Usual) -> Title:
    usual = _usual(table, file)
    identifier = table.text("id")
    if not TITLE_ID.fullmatch(identifier):
        table.refuse("id", f"{identifier!r} is not an id", "write lower-case words with hyphens, such as autocad-lt")
    if not usual.source or usual.as_of == date.min:
        table.refuse(
            "source", "nobody knows where this is from", "say source, as_of and verified, here or for the file"
        )
    majors = table.table("majors", required=False)
    editions = table.table("editions", required=False)
    metric = usual.metric or (MetricHint.FREE if usual.free else MetricHint.UNKNOWN)
    return Title(
        id=identifier,
        name=table.text("name"),
        maker=maker,
        source=usual.source,
        as_of=usual.as_of,
        verified=usual.verified,
        names=table.texts("names"),
        guarded=table.texts("guarded"),
        shapes=_shapes(table, "shapes"),
        firm=_shapes(table, "firm"),
        ids=table.texts("ids"),
        keys=_keys(table),
        packages=table.texts("packages"),
        editions={name: editions.texts(name) for name in editions.names()},
        release=usual.release,
        majors={name: majors.text(name) for name in majors.names()},
        metric=metric.value,
        free=usual.free,
        role=table.choice("role", Role, default=Role.PRODUCT),
        web=table.flag("web", default=False),
        host=usual.host,
        localised=table.flag("localised", default=False),
        point_updates=table.flag("point_updates", default=False),
        free_editions=table.texts("free_editions"),
        edition_from=_edition_from(table),
        note=table.text("note", default=""),
    )


def _edition_from(table: Fields) -> tuple[str, str] | None:
    """`edition_from = { Unified = "2025.1" }`: one edition and the release it begins with."""
    stated = table.table("edition_from", required=False)
    pairs = [(edition, stated.text(edition)) for edition in stated.names()]
    if len(pairs) > 1:
        table.refuse("edition_from", "names more than one edition", "keep the one that a row without an edition is of")
    return pairs[0] if pairs else None


def _family(table: Fields, maker: Maker | None) -> Family:
    family = Family(
        rule=table.text("rule"),
        role=table.choice("role", Role),
        of=table.text("of", default=""),
        maker=maker,
        exact=table.texts("exact"),
        starts=table.texts("starts"),
        ends=table.texts("ends"),
        has=table.texts("has"),
        begins=table.texts("begins"),
        closes=table.texts("closes"),
        contains=table.texts("contains"),
        shapes=_shapes(table, "shapes"),
        keys=_keys(table),
        ids=table.texts("ids"),
        packages=table.texts("packages"),
        own=table.flag("own", default=False),
    )
    if family.role is Role.PRODUCT:
        table.refuse("role", "a family is never a product", "a product is a [[title]]")
    if not any((*_phrases(family), family.shapes, family.keys, family.ids, family.packages)):
        table.refuse("exact", "nothing says how its rows look", "write exact, starts, ends, has or shapes")
    return family


def _phrases(family: Family) -> Iterable[tuple[str, ...]]:
    return (family.exact, family.starts, family.ends, family.has, family.begins, family.closes, family.contains)


def _shapes(table: Fields, name: str) -> tuple[str, ...]:
    shapes = table.texts(name)
    for shape in shapes:
        try:
            re.compile(shape)
        except re.error as error:
            table.refuse(name, f"{shape!r} is not a pattern: {error}")
        if not first_word(shape):
            table.refuse(name, f"{shape!r} does not begin with a plain word", "begin with the first word of the name")
    return shapes


def _keys(table: Fields) -> tuple[str, ...]:
    keys = table.texts("keys")
    for key in keys:
        if not re.fullmatch(r"[\w {#-]{4}", key[:PLAIN_KEY]):
            table.refuse("keys", f"{key!r} does not begin with {PLAIN_KEY} plain characters")
    return keys
