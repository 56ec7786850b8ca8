"""What an import did to the tables of licences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a file added, changed, left as they were, and removed."""

    added: int
    changed: int
    unchanged: int
    removed: int = 0
