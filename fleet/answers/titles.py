"""What new rules would make of a district's entries before they are taken over, and the entries that no title knows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from agents.report import Platform
from fleet.errors import FleetError
from fleet.settings import Settings
from inventory.catalog_conflicts import RuleConflict, rule_conflicts
from inventory.naming import bare, read_name
from inventory.raw_entries import EntryView, RecordedEntries, load_entries
from inventory.recognition import Recognised, Recogniser, Role
from inventory.titles import Catalog, load_catalog

PACKAGE_LISTS = frozenset({"dpkg", "rpm", "pacman", "apk"})
"""Lists that are mostly the system's own: what the catalog does not know there is no gap of the catalog."""

EXAMPLES = 3
"""Versions shown of one entry."""


class UnknownName(FleetError, LookupError):
    """No entry without a title has this name."""

    code = "unknown-entry"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What recognition makes of an entry; `title` is empty for no title of the catalog."""

    title: str
    name: str
    role: Role
    release: str
    edition: str
    rule: str

    @property
    def counts(self) -> bool:
        """Whether it is an install."""
        return self.role is Role.PRODUCT and bool(self.title)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that would be recognised otherwise, on how many devices and in how many software sets."""

    name: str
    publisher: str
    version: str
    platform: Platform
    was: Meaning
    would_be: Meaning
    devices: int
    sets: int

    @property
    def lost(self) -> bool:
        """Whether an install of a title would no longer be one of this title."""
        return self.was.counts and not (self.would_be.counts and self.would_be.title == self.was.title)

    @property
    def gained(self) -> bool:
        """Whether an entry would become an install of a title that it was not."""
        return self.would_be.counts and not (self.was.counts and self.was.title == self.would_be.title)


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry that the rules of several titles speak for; only one is heard."""

    name: str
    publisher: str
    titles: tuple[str, ...]
    devices: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What new rules would do. The most widespread changes come first; nothing of it was written."""

    entries: int
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    changes: tuple[Change, ...]
    conflicts: tuple[RuleConflict, ...]
    claims: tuple[Claim, ...]

    @property
    def lost(self) -> tuple[Change, ...]:
        """The changes by which an install would be lost."""
        return tuple(change for change in self.changes if change.lost)


@dataclass(frozen=True, slots=True)
class UnknownEntry:
    """One name that no title of the catalog has; `looks_like` is what its words say that it is."""

    name: str
    publisher: str
    platform: Platform
    identifier: str
    versions: tuple[str, ...]
    looks_like: Role
    devices: int
    nearest: tuple[str, ...]


def try_rules(session: Session, settings: Settings, rules: Path) -> Trial:
    """What a file or a folder of rules would change, were it in the district's folder `catalog`.

    Raises DataFileProblems where a rule is not right, NothingToTry where there is no such file.
    """
    overrides = settings.overrides("catalog")
    now, then = load_catalog(overrides), load_catalog(overrides, trial=rules)
    before, after = Recogniser(now), Recogniser(then)
    recorded = load_entries(session)
    changes, claims = [], []
    for one in recorded.entries:
        devices = recorded.devices([one])
        was = _meaning(before.recognise(one.raw, one.platform))
        would_be = _meaning(after.recognise(one.raw, one.platform))
        if _decided(was) != _decided(would_be):
            raw = one.raw
            changes.append(
                Change(raw.name, raw.publisher, raw.version, one.platform, was, would_be, devices, len(one.sets))
            )
        rivals = after.claims(one.raw)
        if len(rivals) > 1 and rivals != before.claims(one.raw):
            claims.append(Claim(one.raw.name, one.raw.publisher, tuple(sorted(rivals)), devices))
    changed = [id_ for id_, title in then.by_id.items() if now.by_id.get(id_) != title]
    return Trial(
        entries=len(recorded.entries),
        added=tuple(sorted(id_ for id_ in changed if id_ not in now.by_id)),
        replaced=tuple(sorted(id_ for id_ in changed if id_ in now.by_id)),
        changes=tuple(sorted(changes, key=lambda one: (not one.lost, -one.devices, one.name))),
        conflicts=tuple(sorted(rule_conflicts(then) - rule_conflicts(now))),
        claims=tuple(sorted(claims, key=lambda one: (-one.devices, one.name))),
    )


def unknown_entries(
    session: Session, settings: Settings, *, platform: Platform | None = None, most: int | None = None
) -> tuple[UnknownEntry, ...]:
    """The names that no title has, the most widespread first; versions of one name are one."""
    catalog = load_catalog(settings.overrides("catalog"))
    recogniser = Recogniser(catalog)
    groups: defaultdict[tuple[str, str, Platform], list[tuple[EntryView, Recognised]]] = defaultdict(list)
    recorded = load_entries(session)
    for one in recorded.entries:
        if (platform is not None and one.platform is not platform) or one.raw.source in PACKAGE_LISTS:
            continue
        found = recogniser.recognise(one.raw, one.platform)
        if not found.title and not one.raw.hidden and one.raw.name.strip():
            said = bare(read_name(one.raw.name))
            groups[said.casefold(), one.raw.publisher, one.platform].append((one, found))
    numbers = {group: recorded.devices(entry for entry, _ in found) for group, found in groups.items()}
    ordered = sorted(groups, key=lambda group: (-numbers[group], group))
    return tuple(_unknown(groups[group], numbers[group], recorded, catalog) for group in ordered[:most])


def unknown_called(found: Iterable[UnknownEntry], said: str) -> UnknownEntry:
    """The unknown entry with this name, whatever its case and version."""
    wanted = bare(read_name(said)).casefold()
    for one in found:
        if one.name.casefold() == wanted:
            return one
    raise UnknownName(
        f"no entry without a title is called {said!r}", hint="`labfleet title unknown` lists them by their names"
    )


def rule_stub(one: UnknownEntry, *, day: date) -> str:
    """A file of rules to begin with, in TOML: a title, or a family where the entry looks like a part of something."""
    quoted = _quoted
    who = one.publisher or "who makes it"
    lines = [f"publisher = {quoted(who)}"]
    if one.publisher:
        lines.append(f"writes = [{quoted(one.publisher.casefold())}]")
    lines += ['source = "own knowledge"', f"as_of = {day}", "verified = false", ""]
    if one.looks_like in {Role.PRODUCT, Role.UNKNOWN}:
        lines += [
            "[[title]]",
            f"id = {quoted(_slug(one.name))}",
            f"name = {quoted(one.name)}",
            f"names = [{quoted(one.name)}]",
        ]
        if one.identifier and one.platform is Platform.MACOS:
            lines.append(f"ids = [{quoted(one.identifier)}]")
        lines.append(f"release = {quoted('major.minor' if any(one.versions) else 'none')}")
    else:
        lines += ["[[family]]", 'rule = "part"', f"role = {quoted(one.looks_like)}", f"exact = [{quoted(one.name)}]"]
    return "\n".join(lines) + "\n"


def _unknown(
    found: list[tuple[EntryView, Recognised]], devices: int, recorded: RecordedEntries, catalog: Catalog
) -> UnknownEntry:
    number = {id(entry): recorded.devices([entry]) for entry, _ in found}
    widest, recognised = max(found, key=lambda pair: number[id(pair[0])])
    versions = Counter[str]()
    for entry, _ in found:
        if entry.raw.version:
            versions[entry.raw.version] += number[id(entry)]
    name = bare(read_name(widest.raw.name))
    return UnknownEntry(
        name=name,
        publisher=widest.raw.publisher,
        platform=widest.platform,
        identifier=widest.raw.identifier,
        versions=tuple(version for version, _ in versions.most_common(EXAMPLES)),
        looks_like=recognised.role,
        devices=devices,
        nearest=catalog.nearest(name),
    )


def _meaning(found: Recognised) -> Meaning:
    return Meaning(found.title, found.name, found.role, found.release, found.edition, found.rule)


def _decided(one: Meaning) -> tuple[str, Role, str, str]:
    return one.title, one.role, one.release, one.edition


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "own-title"


def _quoted(text: str) -> str:
    """A text as TOML writes it on one line."""
    return '"' + re.sub(r'(["\\\\])', r"\\\1", text) + '"'
