"""Which title a Linux package is, or belongs to: "blender" is the product, "blender-data" a part of it; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.title_rules import Family, Role, Title

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_LANGUAGE_PARTS = frozenset({"l10n", "langpack", "langpacks", "locale", "locales", "lang", "i18n", "language"})
_CONTENT_PARTS = frozenset({"doc", "docs", "help", "examples", "samples", "manual", "javadoc"})


@dataclass(frozen=True, slots=True)
class PackageMatch:
    """What a package is: a title's own package (`part` is empty) or a companion, named by what follows its name."""

    title: Title
    package: str
    part: str

    @property
    def role(self) -> Role:
        """The role that the companion's name says."""
        words = set(self.part.split("-"))
        if not self.part or _NUMBER.fullmatch(self.part):  # "mysql-server-8.0" is the product, of a release
            return Role.PRODUCT
        if words & _LANGUAGE_PARTS:
            return Role.LANGUAGE_PACK
        return Role.CONTENT if words & _CONTENT_PARTS else Role.COMPONENT


class PackageIndex:
    """Titles and families by the names of their packages."""

    def __init__(self, titles: Iterable[Title], families: Iterable[Family]) -> None:
        self._titles = {package.lower(): title for title in titles for package in title.packages}
        self._families: dict[str, Family] = {}
        self._starts: list[tuple[str, Family]] = []
        self._ends: list[tuple[str, Family]] = []
        for family in families:
            for package in family.packages:
                if package.startswith("*"):
                    self._ends.append((package[1:], family))
                elif package.endswith("*"):
                    self._starts.append((package[:-1], family))
                else:
                    self._families[package] = family

    def title(self, package: str) -> PackageMatch | None:
        """The title that a package is or accompanies."""
        package = package.lower().partition(":")[0]
        end = len(package)
        while end > 0:
            head = package[:end]
            found = self._titles.get(head) or self._titles.get(_NUMBER.sub("#", head))
            if found:
                return PackageMatch(found, head, package[end + 1 :])
            end = package.rfind("-", 0, end)
        return None

    def named(self, package: str) -> Family | None:
        """The family that has this very package among its own."""
        package = package.lower().partition(":")[0]
        return self._families.get(package) or self._families.get(_NUMBER.sub("#", package))

    def family(self, package: str) -> Family | None:
        """The family of a package that belongs to no title."""
        if found := self.named(package):
            return found
        package = package.lower().partition(":")[0]
        numbered = _NUMBER.sub("#", package)
        for start, family in self._starts:
            if package.startswith(start) or numbered.startswith(start):
                return family
        return next((family for end, family in self._ends if package.endswith(end)), None)
