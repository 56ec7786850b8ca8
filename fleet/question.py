"""What a pathway asks of any station on a day, and what each kind of machine answers. Pure.

Labs are imaged alike: a machine is judged once for all stations whose hardware, system and software are the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agents.report import Hardware, Platform, System
from fleet.floors import floor_gaps, marked
from fleet.gap import Code, Gap
from fleet.installed import SYSTEM_NAMES, Shelf, has_quota, serve, together
from fleet.lifecycle import Lifecycle, Support
from inventory.views import DeviceView, SoftwareSetView
from licenses.asking import NO_GRADES, Asked
from licenses.marks import Mark
from licenses.pathway import Kind, Level, Occasion, Pathway, Quota
from licenses.rights import Grades


@dataclass(frozen=True, slots=True)
class Rules:
    """What stations are held against: the pathways by code, the titles' names, the ends of systems, two limits."""

    pathways: Mapping[str, Pathway]
    names: Mapping[str, str]
    lifecycle: Lifecycle
    stale_after: timedelta
    shelf_life: timedelta


@dataclass(frozen=True, slots=True)
class Word:
    """What one kind of machine says to one question; `doubted`: the same when its word is not to be relied on.

    `serving`: the titles that serve the needs.
    """

    gaps: tuple[Gap, ...]
    doubted: tuple[Gap, ...]
    serving: tuple[str, ...]


class Question:
    """What one pathway asks of any station on a day, and the answers found so far, by kind of machine.

    `grades` are those of the labs that it is put to, for the titles of needs that several titles meet.
    """

    def __init__(
        self, asked: Asked, rules: Rules, *, on: date, today: date, occasion: Occasion, grades: Grades = NO_GRADES
    ) -> None:
        wanted = [need for need in asked.needs(occasion) if need.level is Level.REQUIRED]
        self.pathway = asked.pathway
        self.exam = self.pathway.certified(occasion.certification)
        self.needs = tuple(need for need in wanted if need.kind is Kind.STATION)
        self.web = tuple(need for need in wanted if need.kind is Kind.WEB)
        self.quotas = tuple(quota for quota in self.pathway.quotas if quota.level is Level.REQUIRED)
        self.on = on
        self._rules = rules
        self._today = today
        self._grades = grades
        self._words: dict[tuple[int, int, int], Word] = {}
        self._titles = frozenset(title for need in self.needs for title in need.titles)
        self._titles |= {title for quota in self.quotas for title in quota.titles}
        self._supports: dict[System, Support] = {}
        self._shelves: dict[int, Shelf | None] = {}
        self._have: dict[tuple[str, int, int], bool | None] = {}

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where each rule that is asked comes from."""
        needs = [need.mark for need in (*self.needs, *self.web)]
        exam = [] if self.exam is None else [self.exam.mark]
        return (self.pathway.floor.mark, *exam, *needs, *(quota.mark for quota in self.quotas))

    def word(self, device: DeviceView) -> Word:
        """What a machine says, all but its free space."""
        # By object: the snapshot shares and keeps these parts, and hashing a whole hardware would take longer.
        key = (id(device.hardware), id(device.system), id(device.software))
        if key not in self._words:
            self._words[key] = self._judge(device.hardware, device.system, device.software)
        return self._words[key]

    def has(self, quota: Quota, device: DeviceView) -> bool | None:
        """Whether a machine has what some stations of a lab must have, by its last word."""
        key = (quota.id, id(device.system), id(device.software))
        if key not in self._have:
            self._have[key] = has_quota(quota, system=device.system, shelf=self._shelf(device.software))
        return self._have[key]

    def _judge(self, hardware: Hardware | None, system: System | None, software: SoftwareSetView | None) -> Word:
        support = self._support(system)
        shelf = self._shelf(software)
        gaps = [*self._system_gaps(system, support)]
        serving: list[str] = []
        unread: list[Gap] = []
        for need in self.needs:
            title, gap = serve(need, system, shelf, self._rules.names, self._grades)
            if title:
                serving.append(title)
            if gap is not None:
                (unread if gap.code is Code.LIST_UNREAD else gaps).append(gap)
        if unread:
            gaps.append(together(unread))
        gaps.extend(floor_gaps(self.pathway.floor, hardware, system))
        gaps.extend(self._stale_rules([*self.marks, *([support.mark] if support and support.mark else [])]))
        return Word(tuple(gaps), tuple(gap.doubted() for gap in gaps), tuple(serving))

    def _support(self, system: System | None) -> Support | None:
        if system is None:
            return None
        if system not in self._supports:
            self._supports[system] = self._rules.lifecycle.ends(system)
        return self._supports[system]

    def _shelf(self, software: SoftwareSetView | None) -> Shelf | None:
        if id(software) not in self._shelves:
            self._shelves[id(software)] = Shelf.of(software, self._titles)
        return self._shelves[id(software)]

    def _system_gaps(self, system: System | None, support: Support | None) -> Iterator[Gap]:
        if system is None or support is None:
            step = "see `labfleet device show` for what its agent could not ask"
            yield Gap(Code.SYSTEM_UNSUPPORTED, "system", False, "its operating system is not known", step)
            return
        yield from self._platform_gaps(system, support)
        ended = support.ended(self.on)
        notes = [marked(support.mark)] if support.mark else []
        if support.extended_until is not None and self.on <= support.extended_until:
            notes.append(f"longer, to {support.extended_until}, only by {support.extended_by}")
        note = "; ".join(filter(None, notes))
        if ended:
            message = f"{support.product} is out of support since {support.ends_on}"
            step = "upgrade the system, or replace the device"
            yield Gap(Code.SYSTEM_UNSUPPORTED, support.product, True, message, step, note=note)
        elif ended is None:
            message = f"whether {support.product} is supported on {self.on} is not known"
            step = "look it up, and enter it in a file of the district's folder `lifecycle`"
            yield Gap(Code.SYSTEM_UNSUPPORTED, support.product, False, message, step, support.note, note)

    def _platform_gaps(self, system: System, support: Support) -> Iterator[Gap]:
        step = "use another system or device"
        found = f"runs {support.product}"
        if self.pathway.platforms and system.platform not in self.pathway.platforms:
            message = f"this pathway is taught on {_systems(self.pathway.platforms)}"
            yield Gap(Code.WRONG_PLATFORM, "system", True, message, step, found, marked(self.pathway.mark))
        elif self.exam is not None and self.exam.systems and system.platform not in self.exam.systems:
            message = f"this exam is sat on {_systems(self.exam.systems)}"
            yield Gap(Code.WRONG_PLATFORM, "exam", True, message, step, found, marked(self.exam.mark))

    def _stale_rules(self, marks: Sequence[Mark]) -> Iterator[Gap]:
        old = [mark for mark in marks if self._is_old(mark)]
        if old:
            oldest = min(mark.as_of for mark in old)
            many = "1 rule behind this answer is" if len(old) == 1 else f"{len(old)} rules behind this answer are"
            message = f"{many} too old to trust, the oldest of {oldest}"
            step = f"check them at their source, and date them anew in the file of pathway {self.pathway.code}"
            yield Gap(Code.STALE_RULE, self.pathway.code, False, message, step)

    def _is_old(self, mark: Mark) -> bool:
        """Too old to be believed today; or too old by then, when the question is about a day far ahead.

        A file's own shelf life says how often it is to be checked, which can still be done before that day.
        """
        longest = max(self._rules.shelf_life, mark.shelf_life or self._rules.shelf_life)
        return mark.stale(self._today, self._rules.shelf_life) or self.on - mark.as_of > longest


def _systems(platforms: Iterable[Platform]) -> str:
    return " or ".join(sorted(SYSTEM_NAMES[platform] for platform in platforms))
