"""How many students use a title at the same time, by the bell schedule: in every period, and at the most."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from fleet.answers.footing import footing
from fleet.settings import Settings
from inventory.titles import title_called
from licenses import taught
from licenses.roster import periods
from licenses.section import Section


@dataclass(frozen=True, slots=True)
class Time:
    """A period, perhaps on one day of the week or of a cycle, and the students who sit then."""

    period: str
    students: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """The students of a title, suite or pathway at once; `peak_low` surely, `peak_high` at the most.

    The two differ where sections have no period, and so may meet with any other; `loose` are the students of those.
    """

    name: str
    kind: str
    sections: int
    students: int
    times: tuple[Time, ...]
    loose: int
    peak_low: int
    peak_high: int


def overlap(session: Session, settings: Settings, *, on: date, title: str | None = None) -> tuple[Overlap, ...]:
    """Of each pathway that is taught on a day, then of each title and suite that its sections must have.

    With `title`, by id or name, of that one only. Raises UnknownTitle.
    """
    ground = footing(session, settings, on=on)
    names = ground.names
    if title is not None:
        known = {name.casefold(): id_ for id_, name in names.items()} | {id_.casefold(): id_ for id_ in names}
        id_ = known.get(title.casefold()) or title_called(ground.book.catalog, title).id
        return (_overlap(names.get(id_, id_), "title", ground.users.get(id_, ()), on),)
    by_pathway: defaultdict[str, list[Section]] = defaultdict(list)
    for section in ground.sections:
        by_pathway[section.pathway].append(section)
    pathways = {code: f"{code} {one.name}" for code, one in ground.book.rules.pathways.items()}
    found = [_overlap(pathways.get(code, code), "pathway", here, on) for code, here in sorted(by_pathway.items())]
    used = sorted((names.get(id_, id_), sections) for id_, sections in ground.users.items())
    found += [_overlap(name, "title", sections, on) for name, sections in used]
    return tuple(one for one in found if one.sections)


def _overlap(name: str, kind: str, sections: Iterable[Section], on: date) -> Overlap:
    running = [one for one in sections if one.runs(on)]
    low, high = taught.at_once(running, on)
    together = periods.at_once((one.period, one.headcount) for one in running)
    return Overlap(
        name=name,
        kind=kind,
        sections=len(running),
        students=sum(one.headcount for one in running),
        times=tuple(Time(str(slot), students) for slot, students in sorted(together.items(), key=_in_order)),
        loose=sum(one.headcount for one in running if not periods.meetings(one.period)),
        peak_low=low,
        peak_high=high,
    )


def _in_order(one: tuple[periods.Slot, int]) -> tuple[int, str]:
    period = one[0].period
    return (int(period) if period.isdecimal() else 99, str(one[0]))
