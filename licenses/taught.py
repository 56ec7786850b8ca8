"""Which sections use which titles, how many students that is, and how many at once. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.asking import Asked
from licenses.pathway import Kind, Level, Occasion, Pathway
from licenses.roster import periods
from licenses.section import Section
from licenses.suite import Suite


def titles_of(
    section: Section,
    pathways: Mapping[str, Pathway],
    *,
    needed: Mapping[str, DeviceSet],
    standing: DeviceSet,
    occasions: Iterable[Occasion] = (Occasion(),),
) -> frozenset[str]:
    """The titles that a section must have; `needed` are devices by title, `standing` those of its lab.

    Where several titles would do, those that its lab's stations go by, else the first.
    """
    pathway = pathways.get(section.pathway)
    if pathway is None:
        return frozenset()
    known = {course.code for course in pathway.courses}
    asked = Asked(pathway, frozenset({section.course}) if section.course in known else None)
    found: set[str] = set()
    for need in (need for occasion in occasions for need in asked.needs(occasion)):
        if need.level is Level.REQUIRED:
            gone_by = {title for title in need.titles if not standing.isdisjoint(needed.get(title, NO_DEVICES))}
            # A lab that goes by none of them cannot have any, such as a title of another system.
            found |= gone_by or (set() if standing and need.kind is Kind.STATION else {need.title})
    return frozenset(found)


def users_of(
    sections: Iterable[Section],
    pathways: Mapping[str, Pathway],
    *,
    needed: Mapping[str, DeviceSet],
    in_lab: Mapping[int, DeviceSet],
    suites: Iterable[Suite] = (),
    occasions: Iterable[Occasion] = (Occasion(),),
) -> Mapping[str, tuple[Section, ...]]:
    """The sections by each title that they must have, and by each suite that has one; `in_lab` by the lab's id."""
    occasions = tuple(occasions)
    users: defaultdict[str, dict[int, Section]] = defaultdict(dict)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for suite in suites:
        for title in suite.titles:
            holders[title].append(suite.id)
    for number, section in enumerate(sections):
        standing = NO_DEVICES if section.lab_id is None else in_lab.get(section.lab_id, NO_DEVICES)
        for title in titles_of(section, pathways, needed=needed, standing=standing, occasions=occasions):
            for product in (title, *holders[title]):
                users[product][number] = section
    return {product: tuple(found.values()) for product, found in users.items()}


def at_once(sections: Iterable[Section], on: date) -> tuple[int, int]:
    """How many students sit in sections of a day at the same time: the least and the most.

    A section without a period may meet together with any, or with none.
    """
    running = [section for section in sections if section.runs(on)]
    together = periods.at_once((section.period, section.headcount) for section in running)
    known = max(together.values(), default=0)
    loose = sum(section.headcount for section in running if not periods.meetings(section.period))
    return max(known, *(section.headcount for section in running), 0), known + loose


def people(sections: Iterable[Section], on: date) -> tuple[int, int]:
    """How many different students sections of a day have: those who meet at once are different, others may be."""
    running = [section for section in sections if section.runs(on)]
    return at_once(running, on)[0], sum(section.headcount for section in running)
