"""Rules of a catalog that contradict each other: one name, key, id or package that two titles have; pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.naming import fold
from inventory.spelling import plain_id, spellings
from inventory.title_rules import Catalog, Maker, Title


@dataclass(frozen=True, slots=True, order=True)
class RuleConflict:
    """What two titles or more claim: `kind` is name, id, key or package; `said` is what they all say."""

    kind: str
    said: str
    titles: tuple[str, ...]


def rule_conflicts(catalog: Catalog) -> frozenset[RuleConflict]:
    """The rules that cannot all be heard. One name of two makers is none: the publisher tells them apart."""
    claimed: defaultdict[tuple[str, str], list[Title]] = defaultdict(list)
    for title in catalog.titles:
        for kind, said in sorted(set(_said(title))):
            claimed[kind, said].append(title)
    found = set()
    for (kind, said), titles in claimed.items():
        rivals = {
            one.id
            for one in titles
            if any(kind != "name" or _alike(one.maker, two.maker) for two in titles if two is not one)
        }
        if len(rivals) > 1:
            found.add(RuleConflict(kind, said, tuple(sorted(rivals))))
    return frozenset(found)


def _said(title: Title) -> Iterator[tuple[str, str]]:
    for name in (title.name, *title.names, *title.guarded):
        for spelling, _ in spellings(fold(name), title.maker):
            yield "name", spelling
    yield from (("id", plain_id(identifier)) for identifier in title.ids)
    yield from (("key", key) for key in title.keys)
    yield from (("package", package.lower()) for package in title.packages)


def _alike(one: Maker, other: Maker) -> bool:
    """Whether rows of one maker may be rows of the other."""
    return one.name == other.name or not set(one.writes).isdisjoint(other.writes)
