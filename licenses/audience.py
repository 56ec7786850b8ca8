"""Who needs seats together: the students of one section, or a lab's stations where no section is known. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.views import LabView
from licenses.entitlement import Spot
from licenses.roster.periods import at_once
from licenses.section import Section


@dataclass(frozen=True, slots=True)
class Audience:
    """One section; or, for a pathway no section of which is known in a lab, the lab's stations, all at once.

    `people` are not known without a section. `periods` of the bell schedule are empty where a section may meet in any.
    `titles` are what its stations must have (any of them: a Mac may need another title than a PC), `web` what its
    students must have on the web. `stations`: the devices of its lab; `empty`: its stations that have none. Which of
    the stations need which title is `Demand.needed`.
    """

    spot: Spot
    lab_id: int | None
    section: Section | None
    people: int | None
    periods: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    web: frozenset[str] = frozenset()
    stations: DeviceSet = NO_DEVICES
    empty: int = 0
    pathway: str = ""

    @property
    def label(self) -> str:
        """The section as people name it, never its students: "MUIR/B12 ED-1"; a lab without sections by its label."""
        where = self.spot.lab or self.spot.site
        return where if self.section is None else f"{where} {self.section.course} {self.section.code}".strip()

    def needs(self, title: str) -> bool:
        """Whether it needs a title, at its stations or on the web."""
        return title in self.titles or title in self.web


def slots_of(periods: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """When sections meet, by the words of their timetable: the times, told apart as finely as any of them does.

    Times of one name are taken to be the same at all sites. None where the words are blank: nobody knows.
    """
    said = sorted(set(periods))
    silent = [(text, 0) for text in said]
    return {text: frozenset(str(slot) for slot, here in at_once([*silent, (text, 1)]).items() if here) for text in said}


def spot_of(lab: LabView, sections: Iterable[Section], on: date) -> Spot:
    """A lab as scopes see it on a day: with the pathways that it serves or that are taught there.

    Its grades are those of all its sections: of one whose grades are not known, nobody can say that it is inside.
    """
    here = [section for section in sections if section.lab_id == lab.id and section.runs(on)]
    known = all(section.grades for section in here)
    grades = frozenset(grade for section in here for grade in section.grades) if known else frozenset[int]()
    return Spot(lab.site.code, lab.label, frozenset({*lab.pathways, *(one.pathway for one in here)}), grades)
