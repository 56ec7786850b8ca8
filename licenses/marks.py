"""Where a datum that ages comes from, when that was read, and whether anybody has checked it."""

from dataclasses import dataclass
from datetime import date, timedelta

SHELF_LIFE = timedelta(days=400)
"""How long a rule may go unchecked, unless the district or its file says otherwise."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The origin of a datum; `verified` is false for what nobody has checked at its source.

    `shelf_life` is that of the file the datum stands in, where it sets one.
    """

    source: str
    as_of: date
    verified: bool
    shelf_life: timedelta | None = None

    def stale(self, on: date, shelf_life: timedelta = SHELF_LIFE) -> bool:
        """Whether the datum is too old to be trusted on a day; the file's own shelf life goes before `shelf_life`."""
        return on - self.as_of > (self.shelf_life or shelf_life)

    def __str__(self) -> str:
        return f"{self.source}, {self.as_of}{'' if self.verified else ', unverified'}"
