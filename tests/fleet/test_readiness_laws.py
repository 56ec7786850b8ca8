"""Laws of readiness, over labs made at random."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.gap import Code, State, causes, numbered
from fleet.readiness import LabReadiness
from inventory.views import DeviceView, Heard
from licenses.entitlement import Entitlement, Scope
from licenses.metrics import Metric
from tests.fleet.lab_builders import (
    AUTOCAD,
    HARDWARE,
    MARK,
    NOW,
    OLD_WINDOWS,
    REVIT,
    SCREEN_READER,
    SIMCHART,
    STRANGE,
    TODAY,
    WINDOWS,
    device,
    judge,
    judged,
    lab,
    never_heard,
    pathway,
    rules,
    seats,
    section,
    snapshot,
    software,
)

HELD = rules(
    pathway(needs=[AUTOCAD, REVIT, SIMCHART], quotas=(SCREEN_READER,)),
    pathway("113", needs=[replace(REVIT, mark=replace(MARK, as_of=date(2020, 1, 1)))]),
)
ALL_SEATS = (seats(None, metric=Metric.SITE), seats(None, "revit", Metric.SITE), seats(None, "simchart", Metric.SITE))

heard = st.sampled_from([NOW, NOW - timedelta(days=20)])
sets = st.sampled_from(
    [
        None,
        software("autocad 2026", "revit 2026", "nvda 1", id_=1),
        software("autocad 2020", id_=2),
        software(id_=3),
        software("revit 2026", unasked=("msix",), id_=4),
    ]
)
memory = st.sampled_from([None, HARDWARE, replace(HARDWARE, memory=None), replace(HARDWARE, memory=1)])
systems = st.sampled_from([None, WINDOWS, OLD_WINDOWS, STRANGE])
fresh = st.builds(
    lambda last, holds, hard, system, disputed: device(
        last_heard=last, software=holds, hardware=hard, system=system, in_conflict=disputed
    ),
    heard,
    sets,
    memory,
    systems,
    st.booleans(),
)
machines = st.lists(st.one_of(st.none(), st.just(device()), st.just(never_heard()), fresh), max_size=6).map(
    lambda made: [one and replace(one, id=place) for place, one in enumerate(made, 1)]
)
entitlements = st.lists(
    st.builds(
        lambda title, metric, quantity, scope, ended: seats(
            quantity if metric in {Metric.DEVICE, Metric.NAMED_USER, Metric.WEB_SEAT} else None,
            title,
            metric,
            scope=Scope.parse(scope),
            end=date(2026, 10, 1) if ended else date(2027, 6, 30),
        ),
        st.sampled_from(["autocad", "revit", "simchart"]),
        st.sampled_from([Metric.DEVICE, Metric.SITE, Metric.NAMED_USER, Metric.WEB_SEAT]),
        st.integers(0, 6),
        st.sampled_from(["district", "site:MUIR", "lab:MUIR/B12", "lab:MUIR/C1"]),
        st.booleans(),
    ),
    max_size=5,
)
RANK = {State.NOT_READY: 0, State.UNKNOWN: 1, State.READY: 2}


def answers(standing: Sequence[DeviceView | None], bought: Sequence[Entitlement]) -> tuple[LabReadiness, ...]:
    """The answers of one lab with both pathways, beside another that competes for seats."""
    room, other = lab(pathways=("113", "152")), lab(2, "C1")
    taken = snapshot({room: standing, other: [device(100), device(101)]})
    return judge(taken, held=HELD, sections=[section(4)], entitlements=bought).lab(room)


@given(machines, entitlements)
def test_counts_add_up_and_states_follow_from_gaps(
    standing: list[DeviceView | None], bought: list[Entitlement]
) -> None:
    """Each station has one of three states; a certain gap is never ready, an uncertain one alone never failed."""
    for answer in answers(standing, bought):
        assert answer.ready + answer.not_ready + answer.unknown == len(answer.stations) == len(standing)
        for station in answer.stations:
            certain = [gap.certain for gap in station.gaps]
            expected = State.READY if not certain else State.NOT_READY if any(certain) else State.UNKNOWN
            assert station.state is expected
        assert sum(len(cause.stations) for cause in answer.causes) == sum(len(one.gaps) for one in answer.stations)
        assert all(0 <= cause.certain <= len(cause.stations) for cause in answer.causes)


@given(machines, entitlements)
def test_a_silent_machine_fails_by_nothing_it_once_said(
    standing: list[DeviceView | None], bought: list[Entitlement]
) -> None:
    """Unheard, stale or disputed: only a licence that surely is not there is certain."""
    for answer in answers(standing, bought):
        for machine, station in zip(standing, answer.stations, strict=True):
            if machine is not None and (machine.heard(NOW, timedelta(days=14)) != Heard.FRESH or machine.in_conflict):
                assert {gap.code for gap in station.gaps if gap.certain} <= {Code.NOT_LICENSED}
                assert station.state is not State.READY


@given(machines, st.integers(0, 5), st.sampled_from(["stale", "conflict", "hardware", "system", "software", "space"]))
def test_knowing_less_never_makes_ready(standing: list[DeviceView | None], place: int, less: str) -> None:
    """Nor does it make any other station's state better."""
    before = answers(standing, ALL_SEATS)
    if place >= len(standing) or (machine := standing[place]) is None:
        return
    changes: dict[str, dict[str, Any]] = {
        "stale": {"last_heard": machine.last_heard and NOW - timedelta(days=90)},
        "conflict": {"in_conflict": True},
        "hardware": {"hardware": None},
        "system": {"system": None},
        "software": {"software": software(unasked=("all",), id_=9)},
        "space": {"volumes": ()},
    }
    after = answers([*standing[:place], replace(machine, **changes[less]), *standing[place + 1 :]], ALL_SEATS)
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old.stations, new.stations, strict=True):
            if was.state is not State.READY:
                assert now.state is not State.READY


@given(machines, entitlements, st.integers(0, 4))
@settings(max_examples=200)
def test_removing_an_entitlement_never_makes_more_ready(
    standing: list[DeviceView | None], bought: list[Entitlement], place: int
) -> None:
    """Station by station, and for the lab."""
    if place >= len(bought):
        return
    less = [*bought[:place], *bought[place + 1 :]]
    for with_it, without in zip(answers(standing, bought), answers(standing, less), strict=True):
        assert RANK[without.state] <= RANK[with_it.state]
        for was, now in zip(with_it.stations, without.stations, strict=True):
            assert RANK[now.state] <= RANK[was.state]


@given(machines, st.integers(0, 400), st.integers(0, 400))
def test_an_ageing_rule_never_makes_ready(standing: list[DeviceView | None], days: int, more: int) -> None:
    """The older a rule, the less it says."""
    counts = []
    for age in (days, days + more):
        mark = replace(MARK, as_of=TODAY - timedelta(days=age))
        counts.append(judged(standing, held=rules(pathway(needs=[replace(AUTOCAD, mark=mark)]))).ready)
    assert counts[1] <= counts[0]


@given(st.sets(st.integers(1, 60)))
def test_numbers_read_back(numbers: set[int]) -> None:
    """Runs are written short, and lose none."""
    read: set[int] = set()
    for run in filter(None, numbered(numbers).split(", ")):
        first, _, last = run.partition("–")
        read.update(range(int(first), int(last or first) + 1))
    assert read == numbers


@given(machines)
def test_causes_name_their_stations(standing: list[DeviceView | None]) -> None:
    """A cause has exactly the stations that have its gap."""
    for answer in answers(standing, ()):
        for cause in causes((one.number, one.gaps) for one in answer.stations):
            having = {
                one.number
                for one in answer.stations
                if any(
                    (gap.code, gap.subject, gap.message) == (cause.code, cause.subject, cause.message)
                    for gap in one.gaps
                )
            }
            assert set(cause.stations) == having
