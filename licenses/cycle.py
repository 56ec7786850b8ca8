"""When a vendor's releases came out, and so which one was current on a day. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from licenses.marks import Mark

_NUMBER = re.compile(r"[0-9]+")
_YEAR = timedelta(days=365)


class Beyond(StrEnum):
    """What comes after the last release on record: the same again each year, or nobody knows."""

    YEARLY = "yearly"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Release:
    """One release and its first day."""

    label: str
    at: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """The releases on record, the first one first."""

    id: str
    releases: tuple[Release, ...]
    beyond: Beyond
    mark: Mark

    def newest(self, on: date) -> str:
        """The release that was current on a day; empty before the first on record."""
        return self.before(on, 0)

    def before(self, on: date, steps: int) -> str:
        """The release so many steps before the current one; empty where that is not on record."""
        out = [one.label for one in (*self.releases, *self._expected(on)) if one.at <= on]
        return out[-1 - steps] if len(out) > steps else ""

    def listed(self, on: date) -> bool:
        """Whether the release that was current on a day is on record, and not only expected."""
        return self.newest(on) in {one.label for one in self.releases}

    def _expected(self, on: date) -> list[Release]:
        if self.beyond is Beyond.UNKNOWN or not self.releases:
            return []
        last = self.releases[-1].at
        yearly = [one for one in self.releases if last - one.at < _YEAR - timedelta(days=60)]
        return [_later(one, years) for years in range(1, on.year - last.year + 2) for one in yearly]


def _later(release: Release, years: int) -> Release:
    """ "2027" becomes "2028", "R2026b" "R2027b"; the day is the same, the 28th at most."""
    label = _NUMBER.sub(lambda found: str(int(found[0]) + years), release.label, count=1)
    at = release.at
    return Release(label, date(at.year + years, at.month, min(at.day, 28)))
