"""The answer of a lab: which of its stations are ready for a pathway on a day, and what is in the way. Pure.

Three states, never two: what is unheard, stale or not checked is neither ready nor failed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fleet.gap import Cause, Code, Gap, State, causes
from fleet.licensed import Licence, Right
from inventory.views import LabView


@dataclass(frozen=True, slots=True)
class StationReadiness:
    """One station, the device that stands there, and all that is in its way."""

    number: int
    device_id: int | None
    device: str
    last_heard: datetime | None
    state: State
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class QuotaAnswer:
    """Something that some stations must have: `has` surely do, `may` are not known, `asked` must."""

    name: str
    asked: int
    has: int
    may: int
    note: str

    @property
    def met(self) -> bool | None:
        """Whether enough stations have it; `None` when that hangs on stations that we do not know."""
        if self.has >= self.asked:
            return True
        return None if self.has + self.may >= self.asked else False


@dataclass(frozen=True, slots=True)
class LabReadiness:
    """The answer for one lab and one pathway on one day.

    `students` is the largest class that sits there at once, `None` when no section is known. `web`: the licences of
    what students use on the web; `short_of`: those whose seats do not reach all that need them. `rules` were asked,
    and nobody has checked `unverified` of them. `exam` is the certification that is asked for, empty for a class.
    `problem`: why there is no answer (no pathway is taught, …). Not `taught`: what it would take to teach it there.
    """

    lab: LabView
    pathway: str
    pathway_name: str
    on: date
    heard_until: datetime
    stations: tuple[StationReadiness, ...]
    exam: str = ""
    exam_name: str = ""
    students: int | None = None
    quotas: tuple[QuotaAnswer, ...] = ()
    web: tuple[Licence, ...] = ()
    short_of: tuple[Licence, ...] = ()
    rules: int = 0
    unverified: int = 0
    problem: str = ""
    taught: bool = True

    @property
    def ready(self) -> int:
        """How many stations are surely ready."""
        return self._count(State.READY)

    @property
    def not_ready(self) -> int:
        """How many stations surely are not."""
        return self._count(State.NOT_READY)

    @property
    def unknown(self) -> int:
        """How many stations we cannot speak for."""
        return self._count(State.UNKNOWN)

    def _count(self, state: State) -> int:
        return sum(one.state is state for one in self.stations)

    @property
    def short(self) -> int | None:
        """How many students have no station that is surely ready."""
        return None if self.students is None else max(0, self.students - self.ready)

    @property
    def could_be(self) -> int:
        """How many stations are ready if all that is unknown turns out well, and the lab gets all seats that it may."""
        open_ = [one for one in self.stations if one.state is State.UNKNOWN]
        without = [
            sum(any(_is_short_of(gap, licence) for gap in one.gaps) for one in open_) - (licence.most or 0)
            for licence in self.short_of
        ]
        return self.ready + len(open_) - max([0, *without])

    @property
    def surely_short(self) -> int | None:
        """How many students have no station even then."""
        return None if self.students is None else max(0, self.students - self.could_be)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is in the way, with the stations that it concerns."""
        return causes((one.number, one.gaps) for one in self.stations)

    @property
    def state(self) -> State:
        """Whether the lab can serve all its students (without a known section: all its stations)."""
        wanted = len(self.stations) if self.students is None else self.students
        quotas = [quota.met for quota in self.quotas]
        rights = [licence.right for licence in self.web]
        if self.problem or not self.stations:
            return State.UNKNOWN if self.problem else State.NOT_READY
        if self.could_be < wanted or False in quotas or Right.NONE in rights:
            return State.NOT_READY
        if self.ready < wanted or None in quotas or any(right is not Right.COVERED for right in rights):
            return State.UNKNOWN
        return State.READY

    @property
    def sentence(self) -> str:
        """The answer in one line."""
        if self.problem:
            return self.problem
        if not self.stations:
            return "no station in this lab yet"
        said = f"{self.ready} of {len(self.stations)} stations ready"
        if self.unknown:
            said += f" ({self.could_be} if all that is unknown is well)"
        if self.students is None:
            return f"{said}, no section known"
        said += f", {self.students} students"
        if not self.short:
            return said
        if self.surely_short == self.short:
            return f"{said}: short {self.short}"
        return f"{said}: short {f'{self.surely_short} to' if self.surely_short else 'up to'} {self.short}"


def _is_short_of(gap: Gap, licence: Licence) -> bool:
    return gap.code is Code.LICENSE_SHORT and gap.subject == licence.product
