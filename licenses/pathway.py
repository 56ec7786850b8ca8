"""What a pathway asks: titles and versions, hardware, assistive technology; of a station or of a student. Pure.

Nothing here knows a machine: readiness holds these against the inventory.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from agents.report import DiskKind, Platform, System
from inventory.releases import ANY_RELEASE, VersionRange
from licenses.marks import Mark

MEMORY_TOLERANCE = 0.05
"""A "16 GB" machine reports less than 16 GiB: firmware and graphics keep some. 16 GiB accepts 15.2 GiB."""

CLOCK_TOLERANCE = 0.03
"""A "2.5 GHz" processor may state 2,496 MHz, or 2,419 MHz in another system's words."""


class Level(StrEnum):
    """Whether a station without it is not ready, or only poorer."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"


class Purpose(StrEnum):
    """What the lab is used for: a class, or the sitting of an exam."""

    TEACH = "teach"
    EXAM = "exam"


class Kind(StrEnum):
    """Who a need is counted for: each station has it installed, or each student has a seat on the web."""

    STATION = "station"
    WEB = "web"


class CourseLevel(StrEnum):
    """The place of a course in its pathway."""

    INTRODUCTORY = "introductory"
    CONCENTRATOR = "concentrator"
    CAPSTONE = "capstone"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a lab is asked for: a class; or the sitting of one exam by the id of its certification, "" for every one."""

    purpose: Purpose = Purpose.TEACH
    certification: str = ""

    @classmethod
    def of(cls, exam: str | None) -> "Occasion":
        """A class where there is no exam."""
        return cls() if exam is None else cls(Purpose.EXAM, exam)


@dataclass(frozen=True, slots=True)
class Course:
    """One course of a pathway; `code` is unique within it."""

    code: str
    name: str
    level: CourseLevel


@dataclass(frozen=True, slots=True)
class Certification:
    """An exam that students sit; `delivery` says who delivers it and how, `systems` on what (empty: on any)."""

    id: str
    name: str
    issuer: str
    delivery: str
    titles: tuple[str, ...]
    systems: frozenset[Platform]
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Alternative:
    """One title that meets a need, in these releases; `platforms` where it exists (empty: on all)."""

    title: str
    versions: VersionRange = ANY_RELEASE
    platforms: frozenset[Platform] = frozenset()

    def exists_on(self, platform: Platform) -> bool:
        """Whether the title can be had on a platform."""
        return not self.platforms or platform in self.platforms


@dataclass(frozen=True, slots=True)
class TitleNeed:
    """A title that a pathway asks for; any of the alternatives will do, the first is the one to buy or install.

    `platforms`: where it is asked at all (empty: everywhere). A need that is asked on a platform where no
    alternative exists is a gap. `courses` and `certifications` narrow it (empty: all).
    """

    any_of: tuple[Alternative, ...]
    level: Level
    purpose: Purpose
    mark: Mark
    kind: Kind = Kind.STATION
    platforms: frozenset[Platform] = frozenset()
    courses: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    why: str = ""

    def asked_for(self, occasion: "Occasion") -> bool:
        """Whether the need is asked on an occasion."""
        if self.purpose is not occasion.purpose:
            return False
        return not (occasion.certification and self.certifications) or occasion.certification in self.certifications

    @property
    def title(self) -> str:
        """The title to buy or install when none is there."""
        return self.any_of[0].title

    @property
    def titles(self) -> tuple[str, ...]:
        """Every title that meets the need."""
        return tuple(alternative.title for alternative in self.any_of)

    def asked_on(self, platform: Platform) -> bool:
        """Whether a station with this platform has to meet the need."""
        return not self.platforms or platform in self.platforms

    def choices(self, platform: Platform) -> tuple[Alternative, ...]:
        """The alternatives that exist on a platform."""
        return tuple(alternative for alternative in self.any_of if alternative.exists_on(platform))


@dataclass(frozen=True, slots=True)
class HardwareFloor:
    """The least that will do; what is `None` or empty is not asked. Sizes in bytes, `display` in pixels.

    `unified_memory` is asked instead of `vram` where graphics share the machine's memory (Apple silicon).
    `virtualization` has to be switched on in the firmware.
    """

    mark: Mark
    memory: int | None = None
    cores: int | None = None
    mhz: int | None = None
    vram: int | None = None
    unified_memory: int | None = None
    free_disk: int | None = None
    disk_kinds: frozenset[DiskKind] = frozenset()
    display: tuple[int, int] | None = None
    virtualization: bool = False
    why: str = ""

    def enough_memory(self, installed: int) -> bool:
        """Whether installed memory meets the floor, within `MEMORY_TOLERANCE`."""
        return _enough(installed, self.memory, MEMORY_TOLERANCE)

    def enough_vram(self, size: int) -> bool:
        """Whether a graphics adapter's own memory meets the floor, within `MEMORY_TOLERANCE`."""
        return _enough(size, self.vram, MEMORY_TOLERANCE)

    def enough_unified_memory(self, installed: int) -> bool:
        """Whether memory shared with the graphics meets the floor, within `MEMORY_TOLERANCE`."""
        return _enough(installed, self.unified_memory, MEMORY_TOLERANCE)

    def enough_clock(self, mhz: int) -> bool:
        """Whether a nominal clock meets the floor, within `CLOCK_TOLERANCE`."""
        return _enough(mhz, self.mhz, CLOCK_TOLERANCE)

    def enough_display(self, width: int, height: int) -> bool:
        """Whether a display meets the floor; a display on its side counts like one upright."""
        return self.display is None or (
            max(width, height) >= max(self.display) and min(width, height) >= min(self.display)
        )


def _enough(have: int, floor: int | None, tolerance: float) -> bool:
    return floor is None or have >= floor * (1 - tolerance)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A tool that comes with a system, from a build on ("22621"; empty: always)."""

    name: str
    platform: Platform
    from_build: str = ""

    def comes_with(self, system: System) -> bool | None:
        """Whether a system has it; `None` when its build is needed and not known."""
        if system.platform is not self.platform:
            return False
        return VersionRange(minimum=self.from_build).holds(system.build)


@dataclass(frozen=True, slots=True)
class Quota:
    """Something that some stations of a lab must have, assistive technology above all; never who uses it.

    A station has it by one of `titles`, by a tool of its system in `built_in`, or, if `accessible_station`, by being
    marked accessible in the inventory. `at_least` stations, and no fewer than `percent` of the lab.
    """

    id: str
    name: str
    titles: tuple[str, ...]
    built_in: tuple[BuiltIn, ...]
    accessible_station: bool
    at_least: int
    percent: int
    level: Level
    why: str
    mark: Mark

    def stations(self, of: int) -> int:
        """How many of a lab's stations must have it; none in a lab without stations."""
        return min(of, max(self.at_least, ceil(of * self.percent / 100)))


@dataclass(frozen=True, slots=True)
class Pathway:
    """A CTE course of study and all that it asks; `platforms` are the systems that it can be taught on."""

    code: str
    name: str
    sector: str
    platforms: frozenset[Platform]
    courses: tuple[Course, ...]
    certifications: tuple[Certification, ...]
    needs: tuple[TitleNeed, ...]
    floor: HardwareFloor
    preferred: HardwareFloor
    quotas: tuple[Quota, ...]
    mark: Mark

    def asks(self, occasion: Occasion) -> tuple[TitleNeed, ...]:
        """The needs for teaching; or for an exam: those of every exam, and of the one certification if named."""
        return tuple(need for need in self.needs if need.asked_for(occasion))

    def leads_to(self, certification: str) -> bool:
        """Whether a certification is one of its own."""
        return any(one.id == certification for one in self.certifications)

    def certified(self, id_: str) -> Certification | None:
        """One of the certifications, by id."""
        return next((one for one in self.certifications if one.id == id_), None)
