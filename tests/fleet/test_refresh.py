"""Which devices are due, why, in which order, for what money; and which we cannot judge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.report import Display, Platform
from fleet.prices import Price, PriceList
from fleet.refresh import RefreshList, Remedy, Why, refresh_list, school_year_after
from inventory.views import DeviceView
from tests.fleet.lab_builders import (
    GIB,
    HARDWARE,
    LIFECYCLE,
    MARK,
    NOW,
    OLD_WINDOWS,
    STRANGE,
    TODAY,
    WINDOWS,
    device,
    lab,
    never_heard,
    pathway,
    rules,
    section,
    snapshot,
)

PRICES = PriceList(
    (
        Price("workstation", "CAD workstation", 180_000, 220_000, 320_000, MARK, ("152",)),
        Price("mac", "iMac", 130_000, 200_000, 250_000, MARK, (), frozenset({Platform.MACOS})),
        Price("desktop", "desktop", 80_000, 90_000, 120_000, MARK),
        Price("display", "display", 25_000, 30_000, 45_000, MARK, ("none",)),
    )
)
WEAK = replace(HARDWARE, memory=8 * GIB)


def due(standing: Sequence[DeviceView | None], **options: Any) -> RefreshList:
    """The list of one lab, for systems that end before 30 June 2028 and an age of five years."""
    asked: dict[str, Any] = {"before": date(2028, 6, 30), "age_years": 5} | options
    sections = asked.pop("sections", ())
    return refresh_list(snapshot({lab(): standing}), sections, rules(), PRICES, **asked)


@pytest.mark.parametrize(
    ("changes", "why", "remedy", "cost"),
    [
        ({}, [], None, None),
        ({"hardware": WEAK}, [Why.TOO_WEAK], Remedy.REPLACE, 220_000),
        ({"system": OLD_WINDOWS}, [Why.SYSTEM_ENDED], Remedy.UPGRADE, 220_000),
        ({"acquired_on": date(2021, 11, 23)}, [Why.AGE], Remedy.REPLACE, 220_000),
        ({"acquired_on": date(2021, 11, 24)}, [], None, None),
        (
            {"hardware": replace(HARDWARE, displays=(Display(width=1366, height=768),))},
            [Why.TOO_WEAK],
            Remedy.DISPLAY,
            30_000,
        ),
        (
            {"hardware": WEAK, "system": OLD_WINDOWS, "acquired_on": date(2019, 8, 1)},
            [Why.TOO_WEAK, Why.SYSTEM_ENDED, Why.AGE],
            Remedy.REPLACE,
            220_000,
        ),
        ({"hardware": replace(WEAK, virtual=True), "acquired_on": date(2010, 1, 1)}, [], None, None),
        ({"last_heard": NOW - timedelta(days=60), "acquired_on": date(2019, 8, 1)}, [Why.AGE], Remedy.REPLACE, 220_000),
    ],
)
def test_reasons(changes: dict[str, Any], why: list[Why], remedy: Remedy | None, cost: int | None) -> None:
    """Each reason, the least that mends it, and its planning figure."""
    found = due([device(**changes)])
    assert [[reason.why for reason in one.reasons] for one in found.due] == ([why] if why else [])
    assert [(one.remedy, one.cost_cents) for one in found.due] == ([(remedy, cost)] if why else [])
    assert found.unjudged == ()


def test_before() -> None:
    """A system that ends before the day is due; one that ends later is not."""
    assert due([device()], before=date(2028, 10, 10)).due == ()
    (one,) = due([device()], before=date(2028, 10, 11)).due
    assert [(reason.why, reason.text) for reason in one.reasons] == [
        (Why.SYSTEM_ENDS, "Windows 11 25H2 ends 2028-10-10")
    ]


@pytest.mark.parametrize(
    ("machine", "why", "doubts"),
    [
        (never_heard(), ("never heard",), []),
        (device(last_heard=NOW - timedelta(days=60)), ("last heard 2026-09-24",), []),
        (device(last_heard=NOW - timedelta(days=60), hardware=WEAK), ("last heard 2026-09-24",), [Why.TOO_WEAK]),
        (device(in_conflict=True, hardware=WEAK), ("two machines claim to be this device",), [Why.TOO_WEAK]),
        (device(hardware=replace(HARDWARE, memory=None)), ("16 GB of memory asked: not known",), []),
        (device(system=STRANGE), ("end of Hannah Montana Linux 1 is not known",), []),
        (device(system=None), ("its operating system is not known",), []),
    ],
)
def test_what_we_cannot_judge_stands_apart(machine: DeviceView, why: tuple[str, ...], doubts: list[Why]) -> None:
    """Neither due nor fine, with what was last known."""
    found = due([machine])
    assert found.due == ()
    assert [(one.why, [doubt.why for doubt in one.doubts]) for one in found.unjudged] == [(why, doubts)]


def test_order_students_and_money() -> None:
    """Weak before ended before age; the figures add up; students are one for each section."""
    machines = [
        device(1, acquired_on=date(2015, 1, 1)),
        device(2, system=OLD_WINDOWS),
        device(3, hardware=WEAK),
        device(4, hardware=WEAK, system=OLD_WINDOWS),
        device(5, acquired_on=None),
        None,
    ]
    found = due(machines, sections=[section(28), section(30, code="2")])
    assert [one.device.id for one in found.due] == [4, 3, 2, 1]
    assert {(one.students, one.station, one.pathways) for one in found.due} == {(2, n, ("152",)) for n in (1, 2, 3, 4)}
    assert (found.cost_cents, found.upgrade_cents, found.unpriced) == (3 * 220_000, 220_000, 0)
    assert (found.undated, found.judged) == (1, 5)


def test_a_device_in_no_lab_is_judged_without_a_pathway() -> None:
    """Spares have an age and a system, and no floor."""
    taken = snapshot({lab(): []})
    spare = device(lab_id=None, station_id=None, hardware=WEAK, acquired_on=date(2018, 1, 1))
    found = refresh_list(replace(taken, devices={1: spare}), (), rules(), PRICES, before=date(2028, 6, 30), age_years=5)
    assert [([reason.why for reason in one.reasons], one.cost_cents) for one in found.due] == [([Why.AGE], 90_000)]


def test_the_dearest_of_the_pathways_that_a_lab_serves() -> None:
    """A machine that serves two pathways is replaced by one that is fit for both."""
    room = lab(pathways=("152", "198"))
    held = rules(pathway(), pathway("198"))
    prices = PriceList((replace(PRICES.prices[2], pathways=("198",)), PRICES.prices[0]))
    weak = snapshot({room: [device(hardware=WEAK)]})
    found = refresh_list(weak, (), held, prices, before=date(2028, 6, 30), age_years=5)
    assert [one.cost_cents for one in found.due] == [220_000]


def test_age_by_kind() -> None:
    """A district may keep one kind of machine longer."""
    old = device(acquired_on=date(2021, 1, 1))
    assert due([old]).due
    assert not due([old], age_by_kind={"desktop": 6}).due


def test_leap_day() -> None:
    """A machine bought on 29 February ages on 1 March."""
    assert due([device(acquired_on=date(2020, 2, 29))], age_years=1).due


@pytest.mark.parametrize(
    ("on", "end"),
    [
        (date(2026, 11, 23), date(2028, 6, 30)),
        (date(2027, 6, 30), date(2028, 6, 30)),
        (date(2027, 7, 1), date(2029, 6, 30)),
    ],
)
def test_school_year(on: date, end: date) -> None:
    """The next school year's last day."""
    assert school_year_after(on) == end


@given(st.dates(TODAY, date(2032, 1, 1)), st.dates(TODAY, date(2032, 1, 1)))
def test_a_later_day_never_shortens_the_list(one: date, other: date) -> None:
    """And no device stands in both lists, or in none for lack of knowledge."""
    machines = [device(1), device(2, system=OLD_WINDOWS), device(3, system=STRANGE), never_heard(4)]
    early, late = (due(machines, before=day) for day in sorted((one, other)))
    assert {item.device.id for item in early.due} <= {item.device.id for item in late.due}
    for found in (early, late):
        listed = {item.device.id for item in found.due}
        open_ = {item.device.id for item in found.unjudged}
        assert not listed & open_
        assert {3, 4} <= open_


def test_lifecycle_of_the_builders_is_what_the_cases_say() -> None:
    """The days that the cases above rest on."""
    assert LIFECYCLE.ends(WINDOWS).ends_on == date(2028, 10, 10)
    assert pathway().floor.memory == 16 * GIB
