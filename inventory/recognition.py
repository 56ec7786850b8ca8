"""Raw entry to title, release and role, with the rule that decided; pure.

The rules in their order: what the entry's own key says; a whole name of the catalog; a family of parts, packs and
updates; a shape of a title's name; a maker whose products are all known. What is left is a product that the catalog
does not have, never an install of a title.
"""

import re
from dataclasses import dataclass, replace

from agents.report import Platform, RawInstall
from inventory.makers import MakerIndex
from inventory.name_index import Keys, Phrases, Shapes, longest
from inventory.naming import Name, bare, fold, phrase, read_name, squeezed
from inventory.packages import PackageIndex
from inventory.release_labels import first_number, release_of, year_in
from inventory.title_rules import Catalog, Family, Maker, ReleaseStyle, Role, Title

__all__ = ["Recognised", "Recogniser", "Role"]

_PACKAGE_LISTS = frozenset({"dpkg", "rpm", "pacman", "apk"})
_APP_LISTS = frozenset({"snap", "flatpak", "appimage"})
_ID_TAIL = re.compile(r"[-._\d]+$")
_LETTER = re.compile(r"[^\W\d_]")
_BY_STORE = re.compile(r"_[a-z0-9]{13}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a raw entry is. `title` is an id of the catalog or empty; `name` is what to call it in either case.

    `title` also says what a component, pack or update belongs to: only role and title together make an install.
    """

    role: Role
    title: str
    release: str
    edition: str
    rule: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A title that a name may mean; a guarded one needs the maker's word."""

    title: Title
    guarded: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A raw entry, read."""

    raw: RawInstall
    name: Name
    publisher: Maker | None
    maker: Maker | None


class Recogniser:
    """The catalog's rules, indexed by the words that a name must have for a rule to speak about it."""

    def __init__(self, catalog: Catalog) -> None:
        self._titles = catalog.by_id
        self._makers = MakerIndex((*catalog.makers, *(title.maker for title in catalog.titles)))
        self._packages = PackageIndex(catalog.titles, catalog.families)
        self._names: dict[str, list[_Candidate]] = {}
        self._editions: dict[tuple[str, str], str] = {}
        self._ids: dict[str, Title | Family] = {}
        self._title_keys: Keys[Title] = Keys()
        self._family_keys: Keys[Family] = Keys()
        self._firm: Shapes[Title] = Shapes()
        self._late: Shapes[Title] = Shapes()
        self._phrases: Phrases[tuple[int, Family]] = Phrases()
        self._family_shapes: Shapes[tuple[int, Family]] = Shapes()
        self._begins: list[tuple[str, int, Family]] = []
        self._closes: list[tuple[str, int, Family]] = []
        self._contains: list[tuple[str, int, Family]] = []
        self._named: Phrases[Title] = Phrases()
        for title in catalog.titles:
            self._take_title(title)
        hosts = tuple(_add_ins(title) for title in catalog.titles if title.host)
        for rank, family in enumerate((*catalog.families, *hosts)):
            self._take_family(rank, family)
        self._any_begins = tuple(text for text, _, _ in self._begins)
        self._any_closes = tuple(text for text, _, _ in self._closes)
        self._any_contains = re.compile("|".join(re.escape(text) for text, _, _ in self._contains) or r"(?!)")

    def recognise(self, raw: RawInstall, platform: Platform) -> Recognised:
        """What one entry is, on one family of systems."""
        if platform is Platform.LINUX and raw.source not in {"desktop", "appimage"}:
            return self._package(raw) or self._application(raw)
        return self._by_name(raw, platform)

    # Building the indexes

    def _take_title(self, title: Title) -> None:
        guarded = {fold(name) for name in title.guarded}
        for said in (title.name, *title.names, *title.guarded):
            for name, own in _spellings(fold(said), title.maker):
                shortened = not own and name != fold(said) and not title.maker.plain
                needs_word = not own and (shortened or name in guarded)
                self._names.setdefault(name, []).append(_Candidate(title, needs_word))
                if not needs_word:
                    self._named.add(name, Phrases.HAS, title)
        for edition, names in title.editions.items():
            for said in names:
                for name, _ in _spellings(fold(said), title.maker):
                    self._editions[title.id, name] = edition
        for identifier in title.ids:
            self._ids[_identifier(identifier)] = title
        for key in title.keys:
            self._title_keys.add(key, title)
        for shape in title.firm:
            self._firm.add(shape, title)
        for shape in title.shapes:
            self._late.add(shape, title)

    def _take_family(self, rank: int, family: Family) -> None:
        target = (rank, family)
        for texts, place in (
            (family.has, Phrases.HAS),
            (family.starts, Phrases.STARTS),
            (family.ends, Phrases.ENDS),
            (family.exact, Phrases.EXACT),
        ):
            for text in texts:
                self._phrases.add(text, place, target)
        for shape in family.shapes:
            self._family_shapes.add(shape, target)
        self._begins.extend((fold(text), *target) for text in family.begins)
        self._closes.extend((fold(text), *target) for text in family.closes)
        self._contains.extend((fold(text), *target) for text in family.contains)
        for key in family.keys:
            self._family_keys.add(key, family)
        for identifier in family.ids:
            self._ids[_identifier(identifier)] = family

    # Deciding

    def _by_name(self, raw: RawInstall, platform: Platform) -> Recognised:
        name = read_name(raw.name)
        publisher = self._makers.of_publisher(raw.publisher)
        row = _Row(raw, name, publisher, publisher or self._makers.of_name(name.words))
        return (
            self._junk(row)
            or self._by_family_key(row)
            or self._by_parent(row)
            or self._by_id(row)
            or self._by_whole_name(row)
            or self._by_title_key(row)
            or self._by_shape(row, self._firm)
            or self._by_family(row)
            or self._by_shape(row, self._late)
            or self._by_maker(row, platform)
            or self._uncatalogued(row, platform)
        )

    def _junk(self, row: _Row) -> Recognised | None:
        if not _LETTER.search(row.name.text):
            return Recognised(Role.UNKNOWN, "", "", "", "the entry has no name")
        return None

    def _by_family_key(self, row: _Row) -> Recognised | None:
        identifier = row.raw.identifier
        if not identifier:
            return None
        for family in self._family_keys.match(identifier):
            return self._part(row, family, f"key {identifier}")
        found = self._ids.get(_identifier(identifier))
        return self._part(row, found, f"id {identifier}") if isinstance(found, Family) else None

    def _by_parent(self, row: _Row) -> Recognised | None:
        if not row.raw.parent:
            return None
        family = self._family(row)
        role = family[1].role if family else Role.COMPONENT
        of = self._belongs(row)
        rule = f"parent: the entry is a part of {row.raw.parent!r}, which counts itself"
        return self._found(role, of, self._part_release(row, of), "", rule, row)

    def _by_whole_name(self, row: _Row) -> Recognised | None:
        for core, number in (*row.name.stages, *squeezed(row.name)):
            for candidate in self._names.get(core, ()):
                title = candidate.title
                if not _may_be(row.publisher, title.maker, guarded=candidate.guarded):
                    continue
                if row.name.garbled and not title.localised:
                    rule = f"name: {core!r} with a language in lost letters is a language pack"
                    return self._found(Role.LANGUAGE_PACK, title, self._part_release(row, title), "", rule, row)
                word = "publisher" if row.publisher else "the name alone"
                rule = f"name: {core!r} is {title.name} in the catalog, by {word}"
                return self._product(title, core, number or row.name.number, row, rule)
        return None

    def _by_id(self, row: _Row) -> Recognised | None:
        found = self._ids.get(_identifier(row.raw.identifier)) if row.raw.identifier else None
        if not isinstance(found, Title):
            return None
        return self._product(found, row.name.core, row.name.number, row, f"id: {row.raw.identifier} is {found.name}")

    def _by_title_key(self, row: _Row) -> Recognised | None:
        title = next(self._title_keys.match(row.raw.identifier), None)
        if title is None:
            return None
        said = row.name.core
        return self._product(title, said, row.name.number, row, f"key: {row.raw.identifier} is {title.name}")

    def _by_shape(self, row: _Row, shapes: Shapes[Title]) -> Recognised | None:
        for stage, number in row.name.stages:
            for found, title in shapes.match(stage):
                if not _may_be(row.publisher, title.maker, guarded=False):
                    continue
                said = found.groupdict()
                release = said.get("release") or number or row.name.number or first_number(row.name.words)
                edition = said.get("edition") or stage
                return self._product(title, edition, release, row, f"shape: {found.re.pattern!r} is {title.name}")
        return None

    def _by_family(self, row: _Row) -> Recognised | None:
        found = self._family(row)
        if found is None:
            return None
        said, family, release = found
        if row.name.garbled and family.role is Role.COMPONENT:
            family = replace(family, rule=f"{family.rule}, language in lost letters", role=Role.LANGUAGE_PACK)
        return self._part(row, family, repr(said), release)

    def _by_maker(self, row: _Row, platform: Platform) -> Recognised | None:
        of = self._belongs(row)
        lead = self._lead(row)
        maker = row.maker or (self._makers.of_publisher(lead.maker.writes[0]) if lead and lead.maker.writes else None)
        if maker is not None and maker.closed:
            rule = f"maker: the catalog has every product of {maker.name}, and this is none of them"
            found = self._found(Role.COMPONENT, of, self._part_release(row, of), "", rule, row)
            return found if of else _called(found, maker.shared or maker.name)
        if row.publisher is None and (whole := self._lead(row, of_words=2)):  # one word may begin any name
            rule = f"name: more than {whole.name} is a part of it"
            return self._found(Role.COMPONENT, whole, self._part_release(row, whole), "", rule, row)
        if row.raw.hidden:
            return self._found(Role.COMPONENT, of, "", "", "hidden: the entry is marked as a system component", row)
        if platform is Platform.MACOS and row.raw.identifier.lower().startswith("com.apple."):
            return self._found(Role.COMPONENT, None, "", "", "id: a part of macOS", row)
        return None

    def _uncatalogued(self, row: _Row, platform: Platform) -> Recognised:
        name = row.name
        if row.raw.source == "desktop" or platform is Platform.CHROMEOS:
            return self._found(Role.UNKNOWN, None, "", "", "nothing in the catalog speaks about this entry", row)
        if platform is Platform.MACOS and not (row.raw.publisher or row.raw.identifier):
            return self._found(
                Role.UNKNOWN, None, "", "", "nobody is named as its maker, and no title has its name", row
            )
        if "_" in name.core and " " not in name.core:
            return self._found(Role.COMPONENT, None, "", "", "name: an identifier, not a product's name", row)
        release = year_in(name.words) or name.number
        rule = "uncatalogued: looks like a product, and the catalog has no such title; it is no install of any title"
        return _called(self._found(Role.PRODUCT, None, release, "", rule, row), bare(name))

    def _package(self, raw: RawInstall) -> Recognised | None:
        identifier = raw.identifier or raw.name
        if found := self._ids.get(_identifier(identifier)):
            row = self._row(raw)
            if isinstance(found, Family):
                return self._part(row, found, f"id {identifier}")
            return self._product(found, identifier.lower(), "", row, f"id: {identifier} is {found.name}")
        if match := self._packages.title(raw.name):
            title, row = match.title, self._row(raw)
            if match.role is Role.PRODUCT:
                rule = f"package: {match.package} is {title.name}"
                return self._product(title, match.package, "", row, rule)
            rule = f"package: {match.part!r} is a companion of {match.package}, {title.name}"
            return self._found(match.role, title, release_of(title, "", raw.version, ""), "", rule, row)
        if family := self._packages.family(raw.name):
            return self._part(self._row(raw), family, f"package {raw.name}")
        if raw.source in _PACKAGE_LISTS:
            return Recognised(Role.UNKNOWN, "", "", "", "package: of the system, of no title in the catalog", raw.name)
        return None

    def _application(self, raw: RawInstall) -> Recognised:
        found = self._by_name(raw, Platform.LINUX)
        if raw.source not in _APP_LISTS and not found.title and found.role is Role.PRODUCT:
            return Recognised(Role.UNKNOWN, "", "", "", "nothing in the catalog speaks about this entry", found.name)
        return found

    # Saying it

    def _row(self, raw: RawInstall) -> _Row:
        publisher = self._makers.of_publisher(raw.publisher)
        return _Row(raw, read_name(raw.name), publisher, publisher)

    def _product(self, title: Title, said: str, number: str, row: _Row, rule: str) -> Recognised:
        edition = self._editions.get((title.id, said)) or self._editions.get((title.id, row.raw.identifier.lower()), "")
        release = release_of(title, number, row.raw.version, row.name.words)
        if title.role is not Role.PRODUCT:
            rule = f"{rule}, a {title.role.value.replace('_', ' ')}"
        return Recognised(title.role, title.id, release, edition or row.name.edition, rule, title.name)

    def _part(self, row: _Row, family: Family, why: str, release: str = "") -> Recognised:
        of = self._titles.get(family.of) if family.of else self._belongs(row)
        rule = f"{family.rule}: {why} is {family.role.value.replace('_', ' ')}"
        found = self._found(family.role, of, release or self._part_release(row, of), "", rule, row)
        if of is None:
            shared = family.maker.shared if family.maker else row.maker.shared if row.maker else ""
            return _called(found, family.of or shared or found.name)
        return found

    def _found(self, role: Role, of: Title | None, release: str, edition: str, rule: str, row: _Row) -> Recognised:
        if of is None:
            return Recognised(role, "", release or year_in(row.name.words), edition, rule, bare(row.name))
        return Recognised(role, of.id, release, edition, rule, of.name)

    def _part_release(self, row: _Row, of: Title | None) -> str:
        """The release of the title that a part is for, told by its name alone: a part has versions of its own."""
        if of is None:
            return year_in(row.name.words)
        if of.release in {ReleaseStyle.YEAR, ReleaseStyle.NAMED}:
            return release_of(of, "", "", row.name.words)
        for said in (of.name, *of.names):
            _, found, rest = row.name.words.partition(phrase(fold(said)))
            if found and (after := first_number(rest)):
                return release_of(of, after, "", "")
        return release_of(of, first_number(row.name.words), "", "")

    def _belongs(self, row: _Row) -> Title | None:
        """The title with the longest name that stands in the row's name."""
        return longest(self._named.find(row.name))

    def _lead(self, row: _Row, *, of_words: int = 1) -> Title | None:
        """The title with the longest name, of so many words at least, that the row's name begins with."""
        return longest(
            (said, title)
            for said, title in self._named.find(row.name)
            if row.name.words.startswith(f" {said} ") and said.count(" ") + 1 >= of_words
        )

    def _family(self, row: _Row) -> tuple[str, Family, str] | None:
        """The first family, in the order of the catalog, that the row fits, by what, and a release that this says."""
        name = row.name
        hits = [(rank, said, family, "") for said, (rank, family) in self._phrases.find(name)]
        for stage, _ in name.stages:
            for found, (rank, family) in self._family_shapes.match(stage):
                hits.append((rank, stage, family, found.groupdict().get("release") or ""))
        if name.folded.startswith(self._any_begins):
            hits += [(rank, text, family, "") for text, rank, family in self._begins if name.folded.startswith(text)]
        if name.core.endswith(self._any_closes):
            hits += [(rank, text, family, "") for text, rank, family in self._closes if name.core.endswith(text)]
        if not name.folded.isascii() and self._any_contains.search(name.folded):
            hits += [(rank, text, family, "") for text, rank, family in self._contains if text in name.folded]
        heard = sorted((hit for hit in hits if _speaks(hit[2], row)), key=lambda hit: hit[0])
        if not heard:
            return None
        first = heard[0]
        if first[2].role in {Role.COMPONENT, Role.CONTENT}:  # a pack for a part is a pack
            pack = next((hit for hit in heard if hit[2].role is Role.LANGUAGE_PACK), None)
            if pack is not None:
                first = (pack[0], pack[1], replace(pack[2], of=pack[2].of or first[2].of), pack[3])
        return first[1], first[2], first[3]


def _speaks(family: Family, row: _Row) -> bool:
    """Whether a maker's family may speak about a row of this maker, or of no known one."""
    if family.maker is None or (row.maker is not None and row.maker.name == family.maker.name):
        return True
    return not family.own and row.maker is None


def _may_be(publisher: Maker | None, maker: Maker, *, guarded: bool) -> bool:
    """Whether a row of this publisher may be a title of this maker; no known publisher speaks against no title."""
    if publisher is None:
        return not guarded
    return publisher.name == maker.name or not set(publisher.writes).isdisjoint(maker.writes)


def _called(found: Recognised, name: str) -> Recognised:
    return Recognised(found.role, found.title, found.release, found.edition, found.rule, name)


def _add_ins(title: Title) -> Family:
    names = {name for said in (title.name, *title.names) for name, _ in _spellings(fold(said), title.maker)}
    return Family("add-in", Role.COMPONENT, title.id, has=tuple(f"for {name}" for name in sorted(names)))


def _spellings(name: str, maker: Maker) -> tuple[tuple[str, bool], ...]:
    """A folded name with and without the maker's word before it; true where the maker's word is there."""
    prefixes = tuple(fold(prefix) + " " for prefix in maker.prefixes)
    plain = next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
    return ((plain, False), *((prefix + plain, True) for prefix in prefixes))


def _identifier(identifier: str) -> str:
    """A bundle, flatpak or store id without its trailing number: "com.mcneel.rhinoceros.8" is the eighth of a line."""
    return _ID_TAIL.sub("", _BY_STORE.sub("", identifier)).lower()
