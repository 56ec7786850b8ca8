"""Seats over many labs: who is covered whatever happens, who is in doubt, who has none; web seats and quotas."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.report import Platform
from fleet.gap import Code, State
from fleet.licensed import Right
from inventory.device_set import DeviceSet
from inventory.releases import VersionRange
from inventory.views import SiteView
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from licenses.need import demand_of
from licenses.pathway import BuiltIn, TitleNeed
from licenses.presence import Presence
from licenses.reconcile import reconcile
from licenses.section import Section
from licenses.suite import Member, Suite
from tests.fleet.lab_builders import (
    AUTOCAD,
    MAC,
    MARK,
    NOW,
    REVIT,
    SCREEN_READER,
    SIMCHART,
    TODAY,
    WINDOWS,
    device,
    district_seats,
    judge,
    judged,
    lab,
    never_heard,
    pathway,
    places,
    rules,
    seats,
    section,
    snapshot,
    software,
)

PHS = SiteView(2, "PHS", "Pasadena High School")
ROOMS = {"B12": lab(1, "B12"), "C1": lab(2, "C1"), "P1": lab(3, "P1", site=PHS)}
R, U, N = State.READY, State.UNKNOWN, State.NOT_READY
SUITE = Suite(
    "aec", "AEC Collection", "Autodesk", (Member("autocad", VersionRange()), Member("revit", VersionRange())), MARK
)


def states(bought: Sequence[Entitlement], **options: object) -> Mapping[str, State]:
    """Three labs of two stations each, and the state of each lab."""
    taken = snapshot({room: [device(room.id * 10), device(room.id * 10 + 1)] for room in ROOMS.values()})
    asked = judge(taken, entitlements=bought, **options)  # type: ignore[arg-type]  # passed on as it is
    return {code: asked.lab(room)[0].state for code, room in ROOMS.items()}


DISTRICTS: Mapping[str, tuple[Sequence[Entitlement], tuple[State, State, State]]] = {
    "enough for all": ([district_seats(6, "district")], (R, R, R)),
    "short for all": ([district_seats(5, "district")], (U, U, U)),
    "no seat at all": ([district_seats(0, "district")], (N, N, N)),
    "fewer than one lab needs": ([district_seats(1, "district")], (N, N, N)),
    "one site short, the other without": ([district_seats(3, "site:MUIR")], (U, U, N)),
    "one site covered": ([district_seats(4, "site:MUIR")], (R, R, N)),
    "a lab's own seats are not anybody else's": (
        [district_seats(2, "lab:MUIR/C1"), district_seats(3, "district")],
        (U, R, U),
    ),
    "own seats free those of the district": (
        [district_seats(2, "lab:MUIR/C1"), district_seats(4, "district")],
        (R, R, R),
    ),
    "one site's shortage is not the other's": (
        [district_seats(3, "site:MUIR"), district_seats(2, "site:PHS")],
        (U, U, R),
    ),
}


@pytest.mark.parametrize("situation", DISTRICTS)
def test_seats_by_scope(situation: str) -> None:
    """A lab is in doubt if it could lose when all others are served first; else not."""
    bought, expected = DISTRICTS[situation]
    assert tuple(states(bought).values()) == expected


def test_no_seat_is_no_licence() -> None:
    """Where no station can get one, there is nothing to decide."""
    (gap,) = judged([device()], entitlements=[seats(0)]).stations[0].gaps
    assert (gap.code, gap.certain) == (Code.NOT_LICENSED, True)
    assert gap.message == "0 seats of AutoCAD in the district for 1 device that needs one"


def test_a_lab_cannot_get_more_seats_than_there_are() -> None:
    """Five machines and three seats: nobody knows which, but surely two go without."""
    machines = [*(device(n) for n in range(1, 6)), None]
    answer = judged(machines, entitlements=[seats(3)], sections=[section(4)])
    assert (answer.ready, answer.not_ready, answer.unknown, answer.could_be) == (0, 1, 5, 3)
    assert answer.state is N
    assert judged(machines, entitlements=[seats(3)], sections=[section(3)]).state is U
    assert answer.sentence == "0 of 6 stations ready (3 if all that is unknown is well), 4 students: short 1 to 4"


def test_a_suite_covers_its_titles_with_one_seat_for_a_device() -> None:
    """Two titles on one device take one seat of the suite."""
    aec = replace(seats(6), title="", suite="aec")
    both = rules(pathway(needs=[AUTOCAD, REVIT]))
    fit = software("autocad 2026", "revit 2026")
    taken = snapshot(
        {room: [replace(device(room.id * 10 + n), software=fit) for n in (0, 1)] for room in ROOMS.values()}
    )
    asked = judge(taken, held=both, entitlements=[aec], suites=[SUITE])
    assert [asked.lab(room)[0].ready for room in ROOMS.values()] == [2, 2, 2]
    asked = judge(taken, held=both, entitlements=[replace(aec, quantity=5)], suites=[SUITE])
    assert [asked.lab(room)[0].unknown for room in ROOMS.values()] == [2, 2, 2]


def test_titles_of_one_suite_compete_for_its_seats() -> None:
    """One lab needs AutoCAD, another Revit: the same seats."""
    held = rules(pathway(), pathway("153", needs=[REVIT]))
    one, other = lab(1, "B12"), lab(2, "C1", pathways=("153",))
    taken = snapshot({one: [device(1)], other: [device(2, software=software("revit 2026"))]})
    for quantity, state in ((2, R), (1, U)):
        bought = [replace(seats(quantity), title="", suite="aec")]
        asked = judge(taken, held=held, entitlements=bought, suites=[SUITE])
        assert [asked.lab(room)[0].state for room in (one, other)] == [state, state]


def test_the_best_of_two_installed_alternatives_counts() -> None:
    """Any licensed title that serves the need will do."""
    need = replace(AUTOCAD, any_of=(*REVIT.any_of, *AUTOCAD.any_of))
    held = rules(pathway(needs=[need]))
    both = software("autocad 2026", "revit 2026")
    assert judged([device(software=both)], held=held, entitlements=[seats(1)]).ready == 1
    only = software("revit 2026")
    assert judged([device(software=only)], held=held, entitlements=[seats(1)]).not_ready == 1


WEB = {
    "free": ((), frozenset({"simchart"}), Right.COVERED, R),
    "for the site": ((seats(None, "simchart", Metric.SITE),), frozenset(), Right.COVERED, R),
    "by student": ((seats(500, "simchart", Metric.WEB_SEAT),), frozenset(), Right.COVERED, R),
    "perhaps too few": ((seats(1, "simchart", Metric.WEB_SEAT),), frozenset(), Right.UNKNOWN, U),
    "none": ((), frozenset(), Right.NONE, N),
    "ended": ((seats(500, "simchart", Metric.WEB_SEAT, end=date(2026, 9, 1)),), frozenset(), Right.NONE, N),
}


@pytest.mark.parametrize("situation", WEB)
def test_web_seats(situation: str) -> None:
    """What students use on the web is no gap of a station, but the lab is not ready without."""
    bought, free, right, state = WEB[situation]
    held = rules(pathway(needs=[SIMCHART]))
    answer = judged([device()], held=held, entitlements=bought, free=free, sections=[section(1), section(1, code="2")])
    assert [licence.right for licence in answer.web] == [right]
    assert (answer.ready, answer.state) == (1, state)
    if right is Right.UNKNOWN:
        assert answer.web[0].message == (
            "1 seat of SimChart in the district by student on the web for 1 to 2 persons who need one"
        )


def test_a_need_on_the_web_asks_no_install() -> None:
    """And one for a station asks no student."""
    assert judged([device()], held=rules(pathway(needs=[AUTOCAD]))).web == ()


@pytest.mark.parametrize(
    ("standing", "met"),
    [
        ([device(1), device(2, software=software("autocad 2026"))], True),
        ([device(1, software=software("autocad 2026")), None], False),
        ([device(1, software=software("autocad 2026", unasked=("msix",)))], None),
        ([never_heard()], None),
        ([device(1, last_heard=NOW.replace(month=1))], None),
    ],
)
def test_quota(standing: list[object], met: bool | None) -> None:
    """Met by who surely has it; not met only when nobody else may."""
    held = rules(pathway(quotas=(SCREEN_READER,)))
    answer = judged(standing, held=held)  # type: ignore[arg-type]  # devices or None
    assert answer.quotas[0].met is met
    assert answer.state is {True: R, False: N, None: U}[met]


@pytest.mark.parametrize(("build", "met"), [("26200.1", True), ("22000.1", False), ("", None)])
def test_quota_by_what_comes_with_the_system(build: str, met: bool | None) -> None:
    """A tool of the system counts from its build on."""
    tool = BuiltIn("Live Captions", Platform.WINDOWS, "22621")
    captions = replace(SCREEN_READER, titles=(), built_in=(tool,))
    held = rules(pathway(quotas=(captions,)))
    assert judged([device(system=replace(WINDOWS, build=build))], held=held).quotas[0].met is met
    assert judged([device(system=MAC)], held=held).quotas[0].met is False


def test_causes_are_grouped_with_one_next_step() -> None:
    """What fails most stations stands first, and its stations are named."""
    machines = [device(1), *(device(n, software=software("autocad 2024")) for n in (2, 3, 4)), never_heard(5)]
    first, second = judged(machines).causes
    assert (first.code, first.stations, first.certain, first.next_step) == (
        Code.WRONG_VERSION,
        (2, 3, 4),
        3,
        "install AutoCAD 2025 to 2026",
    )
    assert (second.code, second.stations, second.certain, second.uncertain) == (Code.NEVER_HEARD, (5,), 0, 1)


def test_two_pathways_two_answers() -> None:
    """A lab answers for each; one that is named may be asked of any lab."""
    held = rules(pathway(), pathway("113", needs=[REVIT]))
    room = lab(pathways=("152", "113"))
    asked = judge(snapshot({room: [device()]}), held=held, sections=[section(9, pathway_code="113")])
    assert [(one.pathway, one.students) for one in asked.lab(room)] == [("113", 9), ("152", None)]
    plain = lab()
    asked = judge(snapshot({plain: [device()]}), held=held)
    assert [(one.pathway, one.state) for one in asked.lab(plain, "113")] == [("113", N)]


def test_courses_that_are_not_taught_ask_nothing() -> None:
    """A need of another course is no gap."""
    from licenses.pathway import Course, CourseLevel

    course = Course("X", "Taught here", CourseLevel.CAPSTONE)
    other: TitleNeed = replace(REVIT, courses=("Y",))
    held = rules(pathway(needs=[AUTOCAD, other], courses=(course, replace(course, code="Y"))))
    assert judged([device()], held=held, sections=[section(1)]).ready == 1
    assert judged([device()], held=held).not_ready == 1


PERSONS = st.lists(
    st.builds(
        seats,
        st.integers(0, 9),
        st.just("autocad"),
        st.sampled_from([Metric.DEVICE, Metric.CONCURRENT, Metric.NAMED_USER]),
        scope=st.sampled_from([Scope(), Scope.parse("site:MUIR"), Scope.parse("lab:MUIR/B12")]),
    ),
    max_size=3,
)
CLASSES = st.lists(
    st.builds(section, st.integers(1, 4), st.sampled_from([1, 2, 3]), period=st.sampled_from(["1", "2", ""])),
    max_size=3,
)


@given(PERSONS, CLASSES)
@settings(max_examples=100, deadline=None)
def test_a_lab_that_is_covered_is_in_no_uncovered_position(bought: list[Entitlement], taught: list[Section]) -> None:
    """`lab ready` and `license position` count alike: what readiness calls licensed, the position covers."""
    taken = snapshot({room: [device(room.id * 10), device(room.id * 10 + 1)] for room in ROOMS.values()})
    asked = judge(taken, entitlements=bought, sections=taught)
    demand = demand_of(taken, rules().pathways, taught, on=TODAY)
    found = reconcile(bought, demand=demand, presence=Presence(), places=places(taken), on=TODAY)
    (one,) = (one for one in found if one.title == "autocad")
    lacking = {Code.LICENSE_SHORT, Code.LICENSE_UNKNOWN, Code.NOT_LICENSED}
    clear = {
        station.device_id
        for room in ROOMS.values()
        for station in asked.lab(room)[0].stations
        if station.device_id is not None and not lacking & {gap.code for gap in station.gaps}
    }
    assert not DeviceSet(clear) & one.uncovered
    # Seats of devices beside seats of persons: enough if they are handed out well, which readiness does not rely on.
    if one.enough and len({each.metric for each in bought}) == 1:
        assert len(clear) == 6
