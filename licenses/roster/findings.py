"""What is wrong with an export, and what its owner should know; bounded, however long the export is."""

from collections import Counter
from dataclasses import dataclass, field

from inventory.table_file import Problem

MOST = 200
"""How many problems are listed of one member; the rest is counted."""


@dataclass(slots=True)
class Findings:
    """Problems stand in the way of the import, hints do not."""

    hints: list[str] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, file: str, row: int, name: str, message: str, hint: str = "") -> None:
        """One thing wrong; `message` may quote a cell of a timetable, never one of an enrolment."""
        self._counts[file] += 1
        if self._counts[file] <= MOST:
            self._problems.append(Problem(file, row, name, message, hint))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is listed, and how many more there are."""
        more = {file: count - MOST for file, count in self._counts.items() if count > MOST}
        unlisted = (f"{count} more problems are not listed" for count in more.values())
        rest = (Problem(file, 0, "", said, "mend these first") for file, said in zip(more, unlisted, strict=True))
        return (*self._problems, *rest)
