"""The spellings of one name or id that mean the same: with and without the maker's word, the number of a line; pure."""

import re

from inventory.naming import Name, fold
from inventory.title_rules import Family, Maker, Role, Title

_ID_TAIL = re.compile(r"[-._\d]+$")
_BY_STORE = re.compile(r"_[a-z0-9]{13}$", re.IGNORECASE)


def spellings(name: str, maker: Maker) -> tuple[tuple[str, bool], ...]:
    """A folded name with and without the maker's word before it; true where the maker's word is there."""
    prefixes = tuple(fold(prefix) + " " for prefix in maker.prefixes)
    plain = next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
    return ((plain, False), *((prefix + plain, True) for prefix in prefixes))


def without_prefixes(name: Name, maker: Maker | None) -> tuple[tuple[str, str], ...]:
    """The stages of a name, and again without the maker's word before it."""
    words = tuple(fold(prefix) + " " for prefix in maker.prefixes) if maker else ()
    if not words or not name.folded.startswith(words):
        return name.stages
    shorter = (
        (stage.removeprefix(word), number) for stage, number in name.stages for word in words if stage.startswith(word)
    )
    return (*name.stages, *shorter)


def plain_id(identifier: str) -> str:
    """A bundle, flatpak or store id without its trailing number: "com.mcneel.rhinoceros.8" is the eighth of a line."""
    return _ID_TAIL.sub("", _BY_STORE.sub("", identifier)).lower()


def add_ins(title: Title) -> Family:
    """What other makers write for a title: "Enscape for Revit"."""
    names = {name for said in (title.name, *title.names) for name, _ in spellings(fold(said), title.maker)}
    return Family("add-in", Role.COMPONENT, title.id, has=tuple(f"for {name}" for name in sorted(names)))
