"""Sections of reports, kept once for every device that shares them; raw entries are recognised as they first arrive.

The shelf remembers the keys of what it has seen. What it remembers is committed, or forgotten: whoever rolls back
a transaction calls `forget`.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Executable, Insert, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from agents.report import Hardware, Platform, RawInstall, Section, Software, System, canonical, digest
from inventory.columns import table_of
from inventory.devices import HardwareRow, SystemRow
from inventory.packing import pack
from inventory.recognition import Recogniser, Role
from inventory.software import InstallRow, RawEntryRow, ReleaseRow, SoftwareSetRow, TitleRow
from inventory.titles import Catalog

MOST_REMEMBERED = 100_000
"""Raw entries, and sections, whose keys are kept in memory, about 200 bytes each; a district has some thousands."""

CHUNK = 500
"""Values in one `IN` list: below the limits of both databases."""

_TABLES: Mapping[Section, Table] = {
    Section.HARDWARE: table_of(HardwareRow),
    Section.SYSTEM: table_of(SystemRow),
    Section.SOFTWARE: table_of(SoftwareSetRow),
}
_BY_DIGEST: Mapping[Section, Select[Any]] = {
    section: select(table.c.digest, table.c.id).where(table.c.digest.in_(bindparam("digests", expanding=True)))
    for section, table in _TABLES.items()
}
_HARDWARE = _TABLES[Section.HARDWARE]
_SYSTEMS = _TABLES[Section.SYSTEM]
_ENTRIES = table_of(RawEntryRow)
_INSTALLS = table_of(InstallRow)
_RELEASES = table_of(ReleaseRow)
_TITLES = table_of(TitleRow)

_Fields = tuple[Any, ...]
"""A raw entry's fields in their order: a plain tuple, since a dataclass's own hash and equality are slow."""

_read_hardware = TypeAdapter(Hardware).validate_python
_FIELD_NAMES = tuple(field.name for field in dataclasses.fields(RawInstall))
_fields = attrgetter(*_FIELD_NAMES)
_KNOWN_ENTRIES = select(_ENTRIES.c.digest, _ENTRIES.c.id, _ENTRIES.c.role, _ENTRIES.c.release_id).where(
    _ENTRIES.c.digest.in_(bindparam("digests", expanding=True))
)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


@cache
def _insert_and_tell(dialect: str, table: Table) -> Executable:
    """As `_insert_new`, returning the new row's key."""
    return _insert_new(dialect, table).returning(table.c.id)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert what is not there yet; another writer may have been faster."""
    connection.execute(_insert_new(connection.dialect.name, table), rows)


class SectionShelf:
    """The keys of hardware, systems, software sets and raw entries by what they are."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._recogniser = Recogniser(catalog)
        self._keys: dict[tuple[Section, str], int] = {}
        self._entries: dict[Platform, dict[_Fields, tuple[int, bool]]] = {platform: {} for platform in Platform}
        # The intake hands on alike entries as one object. It is kept here, so its id stays its own.
        self._same: dict[Platform, dict[int, tuple[RawInstall, tuple[int, bool]]]] = {one: {} for one in Platform}
        self._releases: dict[tuple[str, str, str], int] = {}
        self._hardware: dict[int | None, Hardware] = {}
        self._platforms: dict[int | None, Platform] = {}
        self._unwritten: list[dict[str, int]] = []

    def forget(self) -> None:
        """Drop what is remembered: it may have been rolled back."""
        self._keys.clear()
        for platform in Platform:
            self._entries[platform].clear()
            self._same[platform].clear()
        for memory in (self._releases, self._hardware, self._platforms):
            memory.clear()
        self._unwritten = []

    def look_up(self, connection: Connection, digests: Iterable[Mapping[str, str]]) -> None:
        """Remember which of these sections were ever received, in one statement a kind; then `key` knows."""
        wanted = list(digests)
        if len(self._keys) > MOST_REMEMBERED:
            self.forget()
        for section in Section:
            new = {one[section] for one in wanted if (section, one[section]) not in self._keys}
            if new:
                rows = connection.execute(_BY_DIGEST[section], {"digests": list(new)})
                self._keys |= {(section, row.digest): row.id for row in rows}

    def key(self, section: Section, section_digest: str) -> int | None:
        """The key of a section that was looked up, if it has ever been received."""
        return self._keys.get((section, section_digest))

    def keep(
        self,
        connection: Connection,
        section_digest: str,
        body: Hardware | System | Software,
        raw: Mapping[str, Any],
        *,
        system_id: int | None,
    ) -> int:
        """Store a section under its digest and return its key.

        `raw` is the JSON as it was sent, `system_id` the key of the system that software runs on.
        """
        if isinstance(body, Software):
            return self._keep_set(connection, section_digest, body, self._platform(connection, system_id))
        if isinstance(body, Hardware):
            row = {"digest": section_digest, "maker": body.maker, "model": body.model, "body": raw}
            return self._insert(connection, Section.HARDWARE, row)
        row = {
            "digest": section_digest,
            "platform": body.platform,
            "name": body.name,
            "release": body.release,
            "body": raw,
        }
        return self._insert(connection, Section.SYSTEM, row)

    def hardware(self, connection: Connection, key: int | None) -> Hardware:
        """The hardware with this key."""
        if key not in self._hardware:
            body = connection.execute(select(_HARDWARE.c.body).where(_HARDWARE.c.id == key)).scalar_one()
            self._hardware[key] = _read_hardware(body)
        return self._hardware[key]

    def _platform(self, connection: Connection, system_id: int | None) -> Platform:
        if system_id not in self._platforms:
            platform = select(_SYSTEMS.c.platform).where(_SYSTEMS.c.id == system_id)
            self._platforms[system_id] = Platform(connection.execute(platform).scalar_one())
        return self._platforms[system_id]

    def _keep_set(self, connection: Connection, section_digest: str, body: Software, platform: Platform) -> int:
        entries = self._entry_keys(connection, platform, body.installs)
        row = {
            "digest": section_digest,
            "platform": platform,
            "entries": pack([key for key, _ in entries]),
            "unasked": list(body.unasked),
        }
        key = self._insert(connection, Section.SOFTWARE, row)
        products = {entry for entry, counts in entries if counts}
        self._unwritten += [{"set_id": key, "entry_id": entry} for entry in products]
        return key

    def write(self, connection: Connection) -> None:
        """Write the installs of new sets: they wait, so that many share one statement."""
        if self._unwritten:
            insert_new(connection, _INSTALLS, self._unwritten)
            self._unwritten = []

    def _insert(self, connection: Connection, section: Section, row: Mapping[str, Any]) -> int:
        table = _TABLES[section]
        inserted = connection.execute(_insert_and_tell(connection.dialect.name, table), row).scalar()
        if inserted is None:  # another writer was faster
            inserted = connection.execute(_BY_DIGEST[section], {"digests": [row["digest"]]}).one().id
        self._keys[section, row["digest"]] = int(inserted)
        return int(inserted)

    def _entry_keys(
        self, connection: Connection, platform: Platform, installs: Sequence[RawInstall]
    ) -> list[tuple[int, bool]]:
        """The key of each raw entry, and whether it counts as an install."""
        same = self._same[platform]
        try:
            return [same[id(install)][1] for install in installs]
        except KeyError:
            keys = self._keys_by_fields(connection, platform, installs)
        if len(same) > MOST_REMEMBERED:
            same.clear()
        same |= {id(install): (install, key) for install, key in zip(installs, keys, strict=True)}
        return keys

    def _keys_by_fields(
        self, connection: Connection, platform: Platform, installs: Sequence[RawInstall]
    ) -> list[tuple[int, bool]]:
        known = self._entries[platform]
        wanted = [_fields(install) for install in installs]
        new = {fields for fields in wanted if fields not in known}
        if len(known) + len(new) > MOST_REMEMBERED:
            known.clear()
            new = set(wanted)
        if new:
            self._learn(connection, platform, new)
        return [known[fields] for fields in wanted]

    def _learn(self, connection: Connection, platform: Platform, entries: Iterable[_Fields]) -> None:
        missing = {digest(canonical([platform, fields])): fields for fields in entries}
        for digests in _chunks(tuple(missing)):
            for row in connection.execute(_KNOWN_ENTRIES, {"digests": digests}):
                self._entries[platform][missing.pop(row.digest)] = (row.id, counts(row.role, row.release_id))
        if missing:
            insert_new(
                connection, _ENTRIES, [self._entry(connection, key, platform, new) for key, new in missing.items()]
            )
            self._learn(connection, platform, missing.values())

    def _entry(self, connection: Connection, key: str, platform: Platform, fields: _Fields) -> dict[str, Any]:
        columns = dict(zip(_FIELD_NAMES, fields, strict=True))
        recognised = self.recognised(connection, RawInstall(**columns), platform)
        return {"digest": key, "platform": platform, **columns, **recognised}

    def recognised(self, connection: Connection, raw: RawInstall, platform: Platform) -> dict[str, Any]:
        """The columns that recognition decides: role, release and the rule that decided."""
        found = self._recogniser.recognise(raw, platform)
        release = self._release(connection, found.title, found.release, found.edition) if found.title else None
        return {"role": found.role, "release_id": release, "rule": found.rule}

    def _release(self, connection: Connection, title: str, label: str, edition: str) -> int:
        key = self._releases.get((title, label, edition))
        if key is None:
            title_key = self._title(connection, title)
            insert_new(connection, _RELEASES, [{"title_id": title_key, "label": label, "edition": edition}])
            of = (_RELEASES.c.title_id == title_key, _RELEASES.c.label == label, _RELEASES.c.edition == edition)
            key = connection.execute(select(_RELEASES.c.id).where(*of)).scalar_one()
            self._releases[title, label, edition] = key
        return key

    def _title(self, connection: Connection, slug: str) -> int:
        title = self.catalog.by_id[slug]
        insert_new(connection, _TITLES, [{"slug": slug, "name": title.name, "publisher": title.publisher}])
        return int(connection.execute(select(_TITLES.c.id).where(_TITLES.c.slug == slug)).scalar_one())


def counts(role: str, release_id: int | None) -> bool:
    """Whether a raw entry is an install: the product itself, of a title of the catalog."""
    return role == Role.PRODUCT and release_id is not None


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
