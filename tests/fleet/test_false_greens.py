"""Ways to a green light that is not true: each was tried, and each must stay shut."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agents.report import Platform
from fleet.gap import Code, State
from fleet.readiness import LabReadiness
from inventory.releases import VersionRange
from inventory.views import LabView, SiteView
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from licenses.pathway import Alternative, Certification, Course, CourseLevel, Occasion, Purpose
from licenses.suite import Member, Suite
from tests.fleet.lab_builders import (
    AUTOCAD,
    MARK,
    NOW,
    OLD_WINDOWS,
    REVIT,
    SIMCHART,
    TODAY,
    device,
    judge,
    judged,
    lab,
    pathway,
    rules,
    seats,
    section,
    snapshot,
    software,
)

EITHER = replace(AUTOCAD, any_of=(Alternative("autocad"), Alternative("revit")))
BOTH = software("autocad 2026", "revit 2026")
PHS = SiteView(2, "PHS", "Pasadena High School")
SUITE = Suite("aec", "AEC Collection", "Autodesk", (Member("autocad"), Member("revit")), MARK)
ACU = Certification("acu", "ACU Revit", "Autodesk", "Compass", ("revit",), frozenset({Platform.WINDOWS}), "", MARK)


def by_lab(rooms: Mapping[LabView, int], **options: object) -> Sequence[LabReadiness]:
    """Labs of so many machines that have AutoCAD and Revit, each with its answer."""
    taken = snapshot(
        {room: [device(room.id * 100 + n, software=BOTH) for n in range(count)] for room, count in rooms.items()}
    )
    asked = judge(taken, **options)  # type: ignore[arg-type]  # passed on as it is
    return [asked.lab(room)[0] for room in rooms]


def test_one_set_of_seats_never_serves_two_labs_as_the_second_choice_of_both() -> None:
    """AutoCAD or Revit, both installed, only Revit bought: its twenty seats are for both labs together."""
    held = rules(pathway(needs=[EITHER]))
    rooms = {lab(1, "B12"): 20, lab(2, "C1"): 20}
    for quantity, state in ((40, State.READY), (20, State.UNKNOWN)):
        answers = by_lab(rooms, held=held, entitlements=[seats(quantity, "revit")])
        assert [one.state for one in answers] == [state, state]


def test_machines_that_have_both_are_counted_beside_those_that_have_one() -> None:
    """Ten with both and twenty with Revit alone do not fit into twenty seats."""
    held = rules(pathway(needs=[EITHER]))
    machines = [device(n, software=BOTH if n <= 10 else software("revit 2026")) for n in range(1, 31)]
    answer = judged(machines, held=held, entitlements=[seats(20, "revit")])
    assert (answer.ready, answer.unknown, answer.could_be) == (0, 30, 20)


def test_a_title_whose_own_seats_do_not_reach_takes_those_of_the_suite() -> None:
    """Ten seats of AutoCAD for thirty machines: twenty of them sit on the collection's seats."""
    held = rules(pathway(), pathway("153", needs=[REVIT]))
    bought = [seats(10, scope=Scope.parse("district")), replace(seats(20), title="", suite="aec")]
    rooms = {lab(1, "B12"): 30, lab(2, "C1", pathways=("153",)): 20}
    answers = by_lab(rooms, held=held, entitlements=bought, suites=[SUITE])
    assert [one.state for one in answers] == [State.UNKNOWN, State.UNKNOWN]


def test_an_exam_of_another_pathway_is_not_the_exam_of_this_one() -> None:
    """Asked of a lab by name, an exam is asked with all that its own pathway asks."""
    exam = replace(REVIT, purpose=Purpose.EXAM, certifications=("acu",))
    held = rules(pathway(), pathway("153", needs=[exam], certifications=(ACU,)))
    asked = judge(snapshot({lab(): [device()]}), held=held, occasion=Occasion.of("acu"))
    assert [(one.pathway, one.state) for one in asked.lab(lab())] == [("152", State.UNKNOWN)]
    assert [(one.pathway, one.state) for one in asked.lab(lab(), "153")] == [("153", State.NOT_READY)]


def test_seats_that_teaching_holds_elsewhere_are_not_free_for_an_exam() -> None:
    """One lab sits the exam, the other teaches with the same seats."""
    exam = replace(AUTOCAD, purpose=Purpose.EXAM, certifications=("acu",))
    held = rules(pathway(), pathway("153", needs=[exam], certifications=(ACU,)))
    room, other = lab(1, "B12", pathways=("153",)), lab(2, "C1")
    for quantity, state in ((4, State.READY), (3, State.UNKNOWN)):
        taken = snapshot({room: [device(1), device(2)], other: [device(3), device(4)]})
        asked = judge(taken, held=held, entitlements=[seats(quantity)], occasion=Occasion.of("acu"))
        assert asked.lab(room)[0].state is state


def test_a_free_licence_that_was_on_record_until_yesterday_is_none() -> None:
    """Free for a time, and the time is over: the catalog's "free" is not enough."""
    grant = seats(None, metric=Metric.FREE, end=TODAY - timedelta(days=1))
    free = frozenset({"autocad"})
    assert judged([device()], entitlements=[], free=free).ready == 1
    assert judged([device()], entitlements=[grant], free=free).not_ready == 1
    assert judged([device()], entitlements=[grant, replace(grant, end=None)], free=free).ready == 1


def test_web_seats_are_held_against_the_students_of_their_courses() -> None:
    """As the positions count them."""
    courses = (Course("X", "With records", CourseLevel.CAPSTONE), Course("Y", "Without", CourseLevel.CAPSTONE))
    held = rules(pathway(needs=[replace(SIMCHART, courses=("X",))], courses=courses))
    sections = [section(1), replace(section(30, code="2"), course="Y")]
    for quantity, state in ((1, State.READY), (0, State.NOT_READY)):
        bought = [seats(quantity, "simchart", Metric.WEB_SEAT)]
        answer = judged([device(n) for n in range(1, 31)], held=held, entitlements=bought, sections=sections)
        assert answer.state is state


LAST = date(2026, 11, 23)
TRIED: Mapping[str, tuple[dict[str, Any], Sequence[Entitlement] | None, State]] = {
    "fit": ({}, None, State.READY),
    "last heard 15 days ago": ({"last_heard": NOW - timedelta(days=15)}, None, State.UNKNOWN),
    "heard to the minute 14 days ago": ({"last_heard": NOW - timedelta(days=14)}, None, State.READY),
    "a list unread, and the title not seen": ({"software": software(unasked=("msix",))}, None, State.UNKNOWN),
    "a list unread, but the title seen": ({"software": software("autocad 2026", unasked=("msix",))}, None, State.READY),
    "no list at all": ({"software": None}, None, State.UNKNOWN),
    "a year before the range": ({"software": software("autocad 2024.1.7")}, None, State.NOT_READY),
    "the first of the range": ({"software": software("autocad 2025")}, None, State.READY),
    "the last of the range": ({"software": software("autocad 2026.9.9")}, None, State.READY),
    "a beta of the first": ({"software": software("autocad 2025 beta")}, None, State.NOT_READY),
    "a year after the range": ({"software": software("autocad 2027")}, None, State.NOT_READY),
    "a release that says nothing": ({"software": software("autocad")}, None, State.UNKNOWN),
    "a system that ended": ({"system": OLD_WINDOWS}, None, State.NOT_READY),
    "a conflict": ({"in_conflict": True}, None, State.UNKNOWN),
    "no display known": ({"hardware": None}, None, State.UNKNOWN),
    "no volume known": ({"volumes": ()}, None, State.UNKNOWN),
    "ended yesterday": ({}, [seats(None, metric=Metric.SITE, end=LAST - timedelta(days=1))], State.NOT_READY),
    "ends today": ({}, [seats(None, metric=Metric.SITE, end=LAST)], State.READY),
    "begins tomorrow": ({}, [seats(None, metric=Metric.SITE, start=LAST + timedelta(days=1))], State.NOT_READY),
    "of another site": ({}, [seats(None, metric=Metric.SITE, scope=Scope.parse("site:PHS"))], State.NOT_READY),
    "of another lab": ({}, [seats(9, scope=Scope.parse("lab:MUIR/B13"))], State.NOT_READY),
    "of a lab of that name elsewhere": ({}, [seats(9, scope=Scope.parse("lab:PHS/B12"))], State.NOT_READY),
    "of another pathway": ({}, [seats(9, scope=Scope.parse("pathway:113"))], State.NOT_READY),
    "of no seats": ({}, [seats(0)], State.NOT_READY),
    "by persons whom nobody knows": ({}, [seats(99, metric=Metric.NAMED_USER)], State.UNKNOWN),
}


@pytest.mark.parametrize("attempt", TRIED)
def test_one_machine(attempt: str) -> None:
    """One station, one thing about it."""
    changes, bought, state = TRIED[attempt]
    options = {} if bought is None else {"entitlements": bought}
    assert judged([device(**changes)], **options).state is state


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2027, 6, 30), State.READY),
        (date(2027, 7, 1), State.NOT_READY),  # the licence ended the day before
        (date(2029, 1, 1), State.NOT_READY),  # and so did the system
    ],
)
def test_on_a_day_to_come(on: date, state: State) -> None:
    """Licences and ends of support as of that day."""
    assert judged([device()], entitlements=[seats(1)], on=on).state is state


def test_rules_too_old_for_the_day_give_no_green() -> None:
    """Nobody knows today what is asked in two years."""
    answer = judged([device()], entitlements=[seats(None, metric=Metric.SITE, end=None)], on=date(2028, 6, 1))
    assert answer.state is State.UNKNOWN
    assert [gap.code for gap in answer.stations[0].gaps] == [Code.STALE_RULE]


def test_spares_and_empty_stations_seat_nobody() -> None:
    """A spare beside the stations is no station; a station without a device is not ready."""
    taken = snapshot({lab(): [device(1), None]})
    spare = device(2, station_id=None)
    asked = judge(replace(taken, devices={**taken.devices, 2: spare}), sections=[section(2)])
    (answer,) = asked.lab(lab())
    assert (answer.ready, answer.state) == (1, State.NOT_READY)


def test_a_lab_without_stations_or_pathway_is_not_ready() -> None:
    """Nothing asked of nothing is no yes."""
    assert judged([]).state is State.NOT_READY
    assert judged([device()], room=lab(pathways=())).state is State.UNKNOWN
    assert judged([device()], room=lab(pathways=("999",))).state is State.UNKNOWN


def test_a_section_of_another_pathway_brings_its_needs() -> None:
    """It is taught there, whatever the list of labs says."""
    held = rules(pathway(), pathway("153", needs=[REVIT]))
    asked = judge(snapshot({lab(): [device()]}), held=held, sections=[section(1, pathway_code="153")])
    assert [(one.pathway, one.state) for one in asked.lab(lab())] == [("152", State.READY), ("153", State.NOT_READY)]


def test_the_wrong_platform_is_no_release_and_no_reason_to_ask_less() -> None:
    """A title that does not exist for the machine's system is a gap, not a need that falls away."""
    windows_only = replace(AUTOCAD, any_of=(Alternative("autocad", VersionRange(), frozenset({Platform.WINDOWS})),))
    linux = replace(device().system or OLD_WINDOWS, platform=Platform.LINUX)
    answer = judged([device(system=linux)], held=rules(pathway(needs=[windows_only])))
    assert answer.state is State.NOT_READY
    assert Code.WRONG_PLATFORM in {gap.code for gap in answer.stations[0].gaps}


def test_a_suite_that_is_short_is_one_cause_and_speaks_of_its_own_scope() -> None:
    """Not one for each title; and one site's seats are held against that site's needs."""
    held = rules(pathway(needs=[AUTOCAD, REVIT]))
    here, there = lab(1, "B12"), lab(2, "P1", site=PHS)
    bought = [
        replace(seats(3), title="", suite="aec", scope=Scope.parse("site:MUIR")),
        replace(seats(50), title="", suite="aec", scope=Scope.parse("site:PHS")),
    ]
    answer, other = by_lab({here: 4, there: 40}, held=held, entitlements=bought, suites=[SUITE])
    assert other.state is State.READY
    (cause,) = answer.causes
    assert (cause.code, cause.subject, cause.stations) == (Code.LICENSE_SHORT, "aec", (1, 2, 3, 4))
    assert cause.message == "3 seats of aec at MUIR for 4 devices that need one"
    assert (answer.ready, answer.could_be) == (0, 3)
