"""Which release of its title a row is: "2024", "26.1", "R2024b"; pure.

What people call the release stands in the name for some titles, and must be told from the version for others
(Photoshop 26.x is "2025", AutoCAD 25.0 is "2025").
"""

import re

from inventory.title_rules import ReleaseStyle, Title

_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.]*\d)")
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)(?:\D.*|$)")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
WORDS = frozenset({"3d", "2d", "3ds", "4d", "64-bit", "32-bit", "64bit", "32bit", "64", "365", "360", "7-zip"})
"""Words that begin with a digit and are no versions."""

_SUITE = re.compile(r" (cs\d(?:\.\d)?) ")
_NAMED = re.compile(r"r?(20\d\d[ab])")


def year_in(words: str) -> str:
    """The first word that is a year, "2025" also for "2025.1.4"; empty without one."""
    for word in words.split():
        if (found := _YEAR_FIRST.fullmatch(word)) and int(found[1]) < 2100:
            return found[1]
    return ""


def first_number(words: str) -> str:
    """The first word that begins like a version; empty without one."""
    return next(
        (word for word in words.split() if word[0].isdigit() and _NUMBERS.match(word) and word not in WORDS), ""
    )


def upstream(version: str) -> str:
    """The numbers of a version without a distribution's epoch and revision: "1:2.39.5-0+deb12u1" is "2.39.5"."""
    head, colon, rest = version.partition(":")
    if colon and head.isdigit():
        version = rest
    found = _NUMBERS.search(version)
    return found[0] if found else ""


def release_of(title: Title, number: str, version: str, words: str) -> str:
    """The release that a row states by the number in its name, else by its version; empty when it states none."""
    style = title.release
    if style is ReleaseStyle.NONE:
        return ""
    if style is ReleaseStyle.YEAR:
        if year := year_in(f"{number} {words}"):
            return year
        if suite := _SUITE.search(f" {number} {words} "):
            return suite[1].upper()
    if style is ReleaseStyle.NAMED:
        for word in (number, *words.split()):
            if found := _NAMED.fullmatch(word):
                return f"R{found[1]}"
    numbers = upstream(number) or upstream(version)
    if style in {ReleaseStyle.YEAR, ReleaseStyle.NAMED}:
        numbers = upstream(version) or numbers
    return _label(title, numbers)


def _label(title: Title, numbers: str) -> str:
    if not numbers:
        return ""
    parts = numbers.split(".")
    minor = ".".join(parts[:2])
    for key in (minor, parts[0]):
        if key in title.majors:
            return title.majors[key]
    match title.release:
        case ReleaseStyle.YEAR:
            return parts[0] if _YEAR.fullmatch(parts[0]) else ""
        case ReleaseStyle.MAJOR:
            return parts[0]
        case ReleaseStyle.MINOR:
            return minor
        case _:
            return ""
