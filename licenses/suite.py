"""Suites: one licence that covers several titles, such as Adobe's All Apps. Pure.

A seat of a suite covers several installs by one user or on one device: it is never multiplied by its titles.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.releases import ANY_RELEASE, VersionRange
from licenses.marks import Mark


@dataclass(frozen=True, slots=True)
class Member:
    """One title of a suite, for the releases that the suite had it in."""

    title: str
    releases: VersionRange = ANY_RELEASE


@dataclass(frozen=True, slots=True)
class Suite:
    """A product that is bought as one and covers many titles; suites within it are already taken apart."""

    id: str
    name: str
    publisher: str
    members: tuple[Member, ...]
    mark: Mark
    note: str = ""

    @property
    def titles(self) -> frozenset[str]:
        """Every title that it covers, in any release."""
        return frozenset(member.title for member in self.members)

    def covers(self, title: str, release: str = "") -> bool:
        """Whether it covers a title; in a release whose place in the suite is not known, yes."""
        return any(member.title == title and member.releases.holds(release) is not False for member in self.members)


def covering(suites: Iterable[Suite], title: str, release: str = "") -> tuple[Suite, ...]:
    """The suites that cover a title."""
    return tuple(suite for suite in suites if suite.covers(title, release))
