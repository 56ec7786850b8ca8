"""Raw entry to title, release and role, with the rule that decided; pure.

The rules in their order: what the entry's own key says; a whole name of the catalog; a family of parts, packs and
updates; a shape of a title's name; a maker whose products are all known. What is left is a product that the catalog
does not have, never an install of a title.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from agents.report import Platform, RawInstall
from inventory.makers import MakerIndex
from inventory.name_index import Keys, Phrases, Shapes, longest
from inventory.naming import PAID_EDITIONS, bare, fold, phrase, read_name, squeezed, without_editions
from inventory.packages import PackageIndex
from inventory.recognised import Candidate, Recognised, Row, called, may_be, speaks
from inventory.release_labels import first_number, release_of, year_in
from inventory.spelling import add_ins, plain_id, spellings, without_prefixes
from inventory.title_rules import Catalog, Family, ReleaseStyle, Role, Title

__all__ = ["Recognised", "Recogniser", "Role"]

_PACKAGE_LISTS = frozenset({"dpkg", "rpm", "pacman", "apk"})
_APP_LISTS = frozenset({"snap", "flatpak", "appimage"})
_LETTER = re.compile(r"[^\W\d_]")
_YEAR = re.compile(r"20[0-3]\d")
_POINT = re.compile(r"20\d\d(?:\.\d+)+")


class Recogniser:
    """The catalog's rules, indexed by the words that a name must have for a rule to speak about it."""

    def __init__(self, catalog: Catalog) -> None:
        self._titles = catalog.by_id
        self._makers = MakerIndex((*catalog.makers, *(title.maker for title in catalog.titles)))
        self._packages = PackageIndex(catalog.titles, catalog.families)
        self._names: dict[str, list[Candidate]] = {}
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
        hosts = tuple(add_ins(title) for title in catalog.titles if title.host)
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

    def claims(self, raw: RawInstall) -> frozenset[str]:
        """The ids of every title whose own rules speak for an entry, whether or not they are heard; at most one is."""
        name = read_name(raw.name)
        publisher = self._makers.of_publisher(raw.publisher)
        row = Row(raw, name, publisher, publisher or self._makers.of_name(name.words))
        found = {title.id for title in self._title_keys.match(raw.identifier)}
        if raw.identifier and isinstance(by_id := self._ids.get(plain_id(raw.identifier)), Title):
            found.add(by_id.id)
        for core, _ in name.stages:
            named = [one for one in self._names.get(core, ()) if self._speaks_for(row, one)]
            if named:
                found |= {one.title.id for one in named}
                break
        for shapes in (self._firm, self._late):
            for stage, _ in without_prefixes(name, row.maker):
                fits = {title.id for _, title in shapes.match(stage) if may_be(publisher, title.maker, guarded=False)}
                if fits and not found:
                    found |= fits
        return frozenset(found)

    def _speaks_for(self, row: Row, one: Candidate) -> bool:
        return may_be(row.publisher, one.title.maker, guarded=one.guarded)

    # Building the indexes

    def _take_title(self, title: Title) -> None:
        guarded = {fold(name) for name in title.guarded}
        for said in (title.name, *title.names, *title.guarded):
            for name, own in spellings(fold(said), title.maker):
                shortened = not own and name != fold(said) and not title.maker.plain
                needs_word = not own and (shortened or name in guarded)
                self._names.setdefault(name, []).append(Candidate(title, needs_word))
                if not needs_word:
                    self._named.add(name, Phrases.HAS, title)
        for edition, names in title.editions.items():
            for said in names:
                for name, _ in spellings(fold(said), title.maker):
                    self._editions[title.id, name] = edition
        for identifier in title.ids:
            self._ids[plain_id(identifier)] = title
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
            self._ids[plain_id(identifier)] = family

    # Deciding

    def _by_name(self, raw: RawInstall, platform: Platform) -> Recognised:
        name = read_name(raw.name)
        publisher = self._makers.of_publisher(raw.publisher)
        row = Row(raw, name, publisher, publisher or self._makers.of_name(name.words))
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

    def _junk(self, row: Row) -> Recognised | None:
        if not _LETTER.search(row.name.text):
            return Recognised(Role.UNKNOWN, "", "", "", "the entry has no name")
        return None

    def _by_family_key(self, row: Row) -> Recognised | None:
        identifier = row.raw.identifier
        if not identifier:
            return None
        for family in self._family_keys.match(identifier):
            return self._part(row, family, f"key {identifier}")
        found = self._ids.get(plain_id(identifier))
        return self._part(row, found, f"id {identifier}") if isinstance(found, Family) else None

    def _by_parent(self, row: Row) -> Recognised | None:
        if not row.raw.parent:
            return None
        family = self._family(row)
        role = family[1].role if family else Role.COMPONENT
        of = self._belongs(row)
        rule = f"parent: the entry is a part of {row.raw.parent!r}, which counts itself"
        return self._found(role, of, self._part_release(row, of), "", rule, row)

    def _by_whole_name(self, row: Row) -> Recognised | None:
        stages = (*row.name.stages, *squeezed(row.name))
        if found := self._by_stages(row, ((core, number, ()) for core, number in stages)):
            return found
        shorter = ((core, number, said) for stage, number in stages for core, said in without_editions(stage))
        return self._by_stages(row, shorter)

    def _by_stages(self, row: Row, stages: Iterable[tuple[str, str, tuple[str, ...]]]) -> Recognised | None:
        """The title that a stage of the name is; the words of an edition were taken off it where there are such."""
        for core, number, said in stages:
            candidates = self._names.get(core, ())
            for candidate in candidates:
                title = candidate.title
                # "Word 2016": the year says as much as the maker's word would, where no other title has that name.
                by_year = (
                    not row.raw.publisher
                    and title.release is ReleaseStyle.YEAR
                    and bool(_YEAR.fullmatch(number))
                    and all(other.title is title for other in candidates)
                )
                if not may_be(row.publisher, title.maker, guarded=candidate.guarded and not by_year):
                    continue
                if title.free and not PAID_EDITIONS.isdisjoint(said):
                    continue  # what is sold beside something free is another product
                if row.name.garbled and not title.localised:
                    rule = f"name: {core!r} with a language in lost letters is a language pack"
                    return self._found(Role.LANGUAGE_PACK, title, self._part_release(row, title), "", rule, row)
                stated = number or _own_number(row.name.number, title)
                if title.point_updates and _POINT.fullmatch(stated):
                    rule = f"name: {stated} of {title.name} is an update: the product's own row has its year alone"
                    return self._found(Role.UPDATE, title, stated[:4], "", rule, row)
                word = "publisher" if row.publisher else "the name alone"
                rule = f"name: {core!r} is {title.name} in the catalog, by {word}"
                return self._product(title, core, stated, row, rule, edition=_edition(said))
        return None

    def _by_id(self, row: Row) -> Recognised | None:
        found = self._ids.get(plain_id(row.raw.identifier)) if row.raw.identifier else None
        if not isinstance(found, Title):
            return None
        return self._product(found, row.name.core, row.name.number, row, f"id: {row.raw.identifier} is {found.name}")

    def _by_title_key(self, row: Row) -> Recognised | None:
        title = next(self._title_keys.match(row.raw.identifier), None)
        if title is None:
            return None
        said = row.name.core
        return self._product(title, said, row.name.number, row, f"key: {row.raw.identifier} is {title.name}")

    def _by_shape(self, row: Row, shapes: Shapes[Title]) -> Recognised | None:
        for stage, number in without_prefixes(row.name, row.maker):
            for found, title in shapes.match(stage):
                if not may_be(row.publisher, title.maker, guarded=False):
                    continue
                said = found.groupdict()
                release = said.get("release") or number or row.name.number or first_number(row.name.words)
                edition = said.get("edition") or ""
                rule = f"shape: {found.re.pattern!r} is {title.name}"
                return self._product(title, edition or stage, release, row, rule, edition=edition.title())
        return None

    def _by_family(self, row: Row) -> Recognised | None:
        found = self._family(row)
        if found is None:
            return None
        said, family, release = found
        if row.name.garbled and family.role is Role.COMPONENT:
            family = replace(family, rule=f"{family.rule}, language in lost letters", role=Role.LANGUAGE_PACK)
        return self._part(row, family, repr(said), release)

    def _by_maker(self, row: Row, platform: Platform) -> Recognised | None:
        of = self._belongs(row)
        lead = self._lead(row)
        maker = row.maker or (self._makers.of_publisher(lead.maker.writes[0]) if lead and lead.maker.writes else None)
        if maker is not None and maker.closed:
            rule = f"maker: the catalog has every product of {maker.name}, and this is none of them"
            found = self._found(Role.COMPONENT, of, self._part_release(row, of), "", rule, row)
            return found if of else called(found, maker.shared or maker.name)
        if row.publisher is None and (whole := self._lead(row, of_words=2)):  # one word may begin any name
            rule = f"name: more than {whole.name} is a part of it"
            return self._found(Role.COMPONENT, whole, self._part_release(row, whole), "", rule, row)
        if row.raw.hidden:
            return self._found(Role.COMPONENT, of, "", "", "hidden: the entry is marked as a system component", row)
        if platform is Platform.MACOS and row.raw.identifier.lower().startswith("com.apple."):
            return self._found(Role.COMPONENT, None, "", "", "id: a part of macOS", row)
        return None

    def _uncatalogued(self, row: Row, platform: Platform) -> Recognised:
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
        return called(self._found(Role.PRODUCT, None, release, "", rule, row), bare(name))

    def _package(self, raw: RawInstall) -> Recognised | None:
        identifier = raw.identifier or raw.name
        if found := self._ids.get(plain_id(identifier)):
            row = self._row(raw)
            if isinstance(found, Family):
                return self._part(row, found, f"id {identifier}")
            return self._product(found, identifier.lower(), "", row, f"id: {identifier} is {found.name}")
        match = self._packages.title(raw.name)
        if (match is None or match.part) and (named := self._packages.named(raw.name)):
            return self._part(self._row(raw), named, f"package {raw.name}")
        if match is not None:
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

    def _row(self, raw: RawInstall) -> Row:
        publisher = self._makers.of_publisher(raw.publisher)
        return Row(raw, read_name(raw.name), publisher, publisher)

    def _product(self, title: Title, said: str, number: str, row: Row, rule: str, *, edition: str = "") -> Recognised:
        release = release_of(title, number, row.raw.version, row.name.words)
        edition = (
            self._editions.get((title.id, said))
            or self._editions.get((title.id, row.raw.identifier.lower()))
            or edition
            or row.name.edition
            or title.edition_by_release(release)
        )
        if title.role is not Role.PRODUCT:
            rule = f"{rule}, a {title.role.value.replace('_', ' ')}"
        return Recognised(title.role, title.id, release, edition, rule, title.name)

    def _part(self, row: Row, family: Family, why: str, release: str = "") -> Recognised:
        of = self._titles.get(family.of) if family.of else self._belongs(row)
        rule = f"{family.rule}: {why} is {family.role.value.replace('_', ' ')}"
        found = self._found(family.role, of, release or self._part_release(row, of), "", rule, row)
        if of is None:
            shared = family.maker.shared if family.maker else row.maker.shared if row.maker else ""
            return called(found, family.of or shared or found.name)
        return found

    def _found(self, role: Role, of: Title | None, release: str, edition: str, rule: str, row: Row) -> Recognised:
        if of is None:
            return Recognised(role, "", release or year_in(row.name.words), edition, rule, bare(row.name))
        return Recognised(role, of.id, release, edition, rule, of.name)

    def _part_release(self, row: Row, of: Title | None) -> str:
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

    def _belongs(self, row: Row) -> Title | None:
        """The title with the longest name that stands in the row's name."""
        return longest(self._named.find(row.name))

    def _lead(self, row: Row, *, of_words: int = 1) -> Title | None:
        """The title with the longest name, of so many words at least, that the row's name begins with."""
        return longest(
            (said, title)
            for said, title in self._named.find(row.name)
            if row.name.words.startswith(f" {said} ") and said.count(" ") + 1 >= of_words
        )

    def _family(self, row: Row) -> tuple[str, Family, str] | None:
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
        heard = sorted((hit for hit in hits if speaks(hit[2], row)), key=lambda hit: hit[0])
        if not heard:
            return None
        first = heard[0]
        if first[2].role in {Role.COMPONENT, Role.CONTENT, Role.RUNTIME}:  # a pack for a part is a pack
            pack = next((hit for hit in heard if hit[2].role is Role.LANGUAGE_PACK), None)
            if pack is not None:
                first = (pack[0], pack[1], replace(pack[2], of=pack[2].of or first[2].of), pack[3])
        return first[1], first[2], first[3]


def _own_number(number: str, title: Title) -> str:
    """The number of a name that the catalog has as a whole, where it is a release and no part of what the title is."""
    return number if number[:1].isdigit() and number not in title.name.split() else ""


def _edition(said: tuple[str, ...]) -> str:
    """An edition as people write it: "Student" for the words "student edition"."""
    return " ".join(word for word in said if word not in {"edition", "version", "full"}).title()
