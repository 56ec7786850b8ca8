"""Finding the few rules that could speak about a name, by its words, instead of trying them all; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from inventory.naming import Name, fold, phrase

T = TypeVar("T")

_LITERAL = re.compile(r"[^\W_][\w&'-]*")


def first_word(shape: str) -> str:
    """The plain word that a shape begins with: every shape is anchored there. Empty when it has none."""
    found = _LITERAL.match(shape)
    if not found:
        return ""
    rest = shape[found.end() :]
    # A sign that makes the last letter optional or repeats it, or a piece glued to the word, leaves no plain word.
    return found[0] if rest == "" or rest[0] == " " else ""


class Shapes(Generic[T]):
    """Patterns for whole folded names, by the plain word that each begins with."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[tuple[re.Pattern[str], T]]] = {}

    def add(self, shape: str, target: T) -> None:
        """Take a pattern in; it must begin with a plain word."""
        word = first_word(shape)
        if not word:
            message = f"shape {shape!r} does not begin with a plain word"
            raise ValueError(message)
        self._by_word.setdefault(word, []).append((re.compile(shape), target))

    def match(self, folded: str) -> Iterator[tuple[re.Match[str], T]]:
        """Every pattern that fits the whole name, in the order they were taken in."""
        for pattern, target in self._by_word.get(folded.partition(" ")[0], ()):
            if found := pattern.fullmatch(folded):
                yield found, target


class Phrases(Generic[T]):
    """Whole-word phrases, by their first word, with the place in the name where each must stand."""

    HAS, STARTS, ENDS, EXACT = range(4)

    def __init__(self) -> None:
        self._by_word: dict[str, list[tuple[str, int, T]]] = {}

    def add(self, text: str, place: int, target: T) -> None:
        """Take a phrase in."""
        words = phrase(fold(text))
        self._by_word.setdefault(words.split()[0], []).append((words, place, target))

    def find(self, name: Name) -> Iterator[tuple[str, T]]:
        """Every phrase that the name has in its place."""
        index = self._by_word
        for token in name.tokens:
            for words, place, target in index.get(token, ()):
                if place == self.HAS:
                    hit = words in name.words
                elif place == self.STARTS:
                    hit = name.words.startswith(words)
                elif place == self.ENDS:
                    hit = name.core_words.endswith(words) or name.words.endswith(words)
                else:
                    hit = words in {name.core_words, name.words}
                if hit:
                    yield words.strip(), target


class Keys(Generic[T]):
    """Patterns of uninstall keys, by their first four characters, which must be plain."""

    LENGTH = 4

    def __init__(self) -> None:
        self._by_start: dict[str, list[tuple[re.Pattern[str], T]]] = {}

    def add(self, key: str, target: T) -> None:
        """Take a pattern in; `{` and `}` stand for themselves."""
        plain = key.replace("\\", "")[: self.LENGTH].lower()
        pattern = re.compile(key.replace("{", r"\{").replace("}", r"\}").replace("#", r"\d"), re.IGNORECASE)
        self._by_start.setdefault(plain, []).append((pattern, target))

    def match(self, identifier: str) -> Iterator[T]:
        """What the patterns that fit the whole key stand for."""
        for pattern, target in self._by_start.get(identifier[: self.LENGTH].lower(), ()):
            if pattern.fullmatch(identifier):
                yield target


def longest(found: Iterable[tuple[str, T]]) -> T | None:
    """What the longest phrase stands for."""
    best: Sequence[tuple[str, T]] = sorted(found, key=lambda pair: -len(pair[0]))
    return best[0][1] if best else None
