"""Whose row it is: the publisher as written ("Adobe Systems Incorporated") to the maker it means; pure."""

from collections.abc import Iterable

from inventory.naming import fold, phrase
from inventory.title_rules import Maker

MOST_REMEMBERED = 10_000
"""Spellings of publishers kept in memory; a district has some hundreds."""


class MakerIndex:
    """Makers by the beginnings of how they write themselves, and by the words before their names."""

    def __init__(self, makers: Iterable[Maker]) -> None:
        self._writes: dict[str, list[tuple[str, Maker]]] = {}
        self._prefixes: dict[str, list[tuple[str, Maker]]] = {}
        for maker in dict.fromkeys(makers):
            for index, texts in ((self._writes, maker.writes), (self._prefixes, maker.prefixes)):
                for text in texts:
                    words = phrase(fold(text))
                    index.setdefault(words.split()[0], []).append((words, maker))
        self._known: dict[str, Maker | None] = {}

    def of_publisher(self, publisher: str) -> Maker | None:
        """The maker that a Publisher column names."""
        if not publisher:
            return None
        try:
            return self._known[publisher]
        except KeyError:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[publisher] = _first(self._writes, phrase(fold(publisher)))
            return found

    def of_name(self, words: str) -> Maker | None:
        """The maker whose word stands before a name, given as padded words."""
        return _first(self._prefixes, words)


def _first(index: dict[str, list[tuple[str, Maker]]], words: str) -> Maker | None:
    first = words[1:].partition(" ")[0]
    begun = [(len(start), maker) for start, maker in index.get(first, ()) if words.startswith(start)]
    return max(begun, key=lambda pair: pair[0])[1] if begun else None
