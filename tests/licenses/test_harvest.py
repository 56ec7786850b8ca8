"""Seats to take back: worked out by hand; never more than are idle, never for more than wait."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import DeviceSet
from licenses.assigned import Assigned
from licenses.entitlement import Entitlement, Scope
from licenses.harvest import Held, Want, idle_seats, matched, reclaim, slack
from licenses.metrics import Metric
from licenses.seat_price import SeatPrice
from licenses.seats import Place
from licenses.section import Section
from licenses.use import Peak

FALL, SPRING = date(2026, 8, 17), date(2027, 1, 11)
ON = date(2026, 11, 24)
AT = datetime(2026, 11, 12, 18, tzinfo=UTC)
MUIR = Place("MUIR", "MUIR/B12", frozenset({"152"}), DeviceSet(range(10)))
STUDIO = Place("MUIR", "MUIR/B14", frozenset({"152"}), DeviceSet(range(10, 20)))
PHS = Place("PHS", "PHS/M1", frozenset({"113"}), DeviceSet(range(20, 30)))
PLACES = (MUIR, STUDIO, PHS)


def seats(quantity: int, scope: str = "district", cents: int | None = 1_000) -> Entitlement:
    cost = None if cents is None else cents * quantity
    return Entitlement("revit", "", Metric.DEVICE, quantity, FALL, scope=Scope.parse(scope), cost_cents=cost)


def held(*bought: Entitlement, used: str = "", idle: str = "", waiting: str = "") -> Held:
    return Held("revit", bought, *(DeviceSet(_numbers(one)) for one in (used, idle, waiting)))


def _numbers(span: str) -> range:
    first, _, last = span.partition("-")
    return range(int(first), int(last) + 1) if span else range(0)


def test_an_idle_install_holds_a_seat_that_is_left_after_the_others() -> None:
    one = idle_seats(held(seats(12), used="0-9", idle="10-14"), PLACES, {})
    assert (len(one.idle), len(one.held)) == (5, 2)
    assert (one.freed, one.spare, one.price) == ((), 2, SeatPrice(1_000, 1_000))


def test_those_who_wait_get_them_in_the_order_of_their_dates() -> None:
    state = held(seats(10), used="0-3", idle="4-9", waiting="10-25")
    one = idle_seats(state, PLACES, {"MUIR/B14": SPRING, "PHS/M1": FALL})
    assert one.freed == (Want("PHS/M1", FALL, 6),)
    assert one.spare == 0


def test_what_is_free_already_goes_to_them_without_anybodys_uninstalling() -> None:
    state = held(seats(12), used="0-3", idle="4-9", waiting="10-13")
    one = idle_seats(state, PLACES, {"MUIR/B14": FALL})
    assert one.freed == (Want("MUIR/B14", FALL, 2),)
    assert one.spare == 4


def test_seats_stay_within_their_scope() -> None:
    state = held(seats(6, "site:MUIR"), idle="4-9", waiting="20-25")
    one = idle_seats(state, PLACES, {"PHS/M1": FALL})
    assert (one.freed, one.spare, one.shelf) == ((), 6, ())


def test_seats_that_nobody_has_or_needs_name_their_scope_and_who_waits_elsewhere() -> None:
    bought = (seats(20, "site:MUIR"), seats(2, "site:PHS", None))
    one = idle_seats(held(*bought, used="0-9", waiting="20-24"), PLACES, {})
    (shelf,) = one.shelf
    assert (str(shelf.pool.scope), shelf.seats, shelf.elsewhere) == ("site:MUIR", 10, 3)
    assert shelf.price == SeatPrice(1_000, 1_000)


def test_what_could_be_spared_of_several_scopes_adds_up() -> None:
    bought = (seats(10), seats(10, "site:MUIR"))
    one = idle_seats(held(*bought, used="0-9"), PLACES, {})
    assert sum(shelf.seats for shelf in one.shelf) == 10


def test_a_seat_for_two_devices_is_one_seat() -> None:
    one = idle_seats(held(replace(seats(5), devices_per_seat=2), used="0-2", idle="3-6"), PLACES, {})
    assert (len(one.held), one.seats, one.spare) == (4, 2, 2)
    (shelf,) = one.shelf
    assert shelf.seats == 1


def test_without_a_price_there_is_none() -> None:
    assert idle_seats(held(seats(5, cents=None), idle="0-4"), PLACES, {}).price is None


def test_the_earliest_are_served_first_and_the_undated_last() -> None:
    wants = [Want("c", None, 5), Want("b", SPRING, 5), Want("a", FALL, 5)]
    assert matched(8, wants) == (Want("a", FALL, 5), Want("b", SPRING, 3))
    assert matched(0, wants) == ()


def peak(in_use: int | None, *, issued: int | None = 25, denied: int | None = 0) -> Peak:
    return Peak("matlab", in_use, AT, "muir", issued, None, None, denied, 480)


def pool(quantity: int | None) -> Entitlement:
    return Entitlement("matlab", "", Metric.CONCURRENT, quantity, FALL, cost_cents=275_000) if quantity else seats(1)


def test_a_peak_below_what_is_issued_leaves_some_to_spare() -> None:
    one = slack("matlab", peak(9), bought=[pool(25)], days=30, at_once=None)
    assert (one.spare, one.polls, one.price) == (16, 480, SeatPrice(11_000, 11_000))


def test_what_the_timetable_needs_at_once_is_not_spared() -> None:
    assert slack("matlab", peak(9), bought=[pool(25)], days=30, at_once=22).spare == 3
    assert slack("matlab", peak(9), bought=[pool(25)], days=30, at_once=40).spare == 0


def test_where_somebody_was_refused_nothing_is_spared() -> None:
    assert slack("matlab", peak(9, denied=1), bought=[pool(25)], days=30, at_once=None).spare == 0


def test_a_peak_that_nobody_counted_is_not_known_and_not_zero() -> None:
    assert slack("matlab", peak(None), bought=[pool(25)], days=30, at_once=None).spare is None
    assert slack("matlab", peak(9, issued=None), bought=[], days=30, at_once=None).spare is None
    assert slack("matlab", peak(9, issued=None), bought=[pool(25)], days=30, at_once=None).issued == 25


def section(code: str, start: date, end: date, headcount: int) -> Section:
    return Section("PHS", "PHS/M1", 1, "113", "113B", code, "1", start, end, headcount)


OVER = section("1", date(2026, 1, 12), date(2026, 6, 5), 16)
NOW = section("2", FALL, date(2027, 6, 4), 28)
NEXT = section("3", SPRING, date(2027, 6, 4), 9)


def test_more_assigned_than_students_who_need_one() -> None:
    report = Assigned("adobe", 38, 21, date(2026, 11, 20), "adobe", 30)
    one = reclaim(report, people=(22, 28), sections=[OVER, NOW, NEXT], bought=[], on=ON)
    assert (one.least, one.most) == (10, 16)
    assert one.ended == (OVER,)
    assert one.freed == (Want("PHS/M1 113B-3", SPRING, 9),)
    assert one.price is None


def test_as_many_assigned_as_needed_leaves_nothing() -> None:
    report = Assigned("adobe", 20, None, ON, "adobe")
    one = reclaim(report, people=(22, 28), sections=[OVER], bought=[], on=ON)
    assert (one.least, one.most, one.ended, one.freed) == (0, 0, (), ())


devices = st.sets(st.integers(0, 29), max_size=30).map(DeviceSet)
scopes = st.sampled_from(["district", "site:MUIR", "site:PHS", "lab:MUIR/B14"])
purchases = st.lists(st.builds(seats, st.integers(0, 15), scopes), max_size=4)


@given(bought=purchases, used=devices, idle=devices, waiting=devices)
def test_never_more_than_are_idle_and_never_for_more_than_wait(
    bought: list[Entitlement], used: DeviceSet, idle: DeviceSet, waiting: DeviceSet
) -> None:
    waiting = waiting - used - idle
    one = idle_seats(Held("revit", tuple(bought), used, idle, waiting), PLACES, {"MUIR/B14": FALL})
    assert one.held <= one.idle
    assert one.idle == idle - used
    freed = sum(want.seats for want in one.freed)
    assert one.seats == len(one.held)
    assert freed <= min(len(one.held), len(waiting))
    assert one.spare >= 0
    total = sum(purchase.quantity or 0 for purchase in bought)
    assert len(one.held) + sum(shelf.seats for shelf in one.shelf) <= total


@given(free=st.integers(0, 60), wants=st.lists(st.integers(0, 20), max_size=6))
def test_matching_gives_all_it_has_to_those_who_want_it(free: int, wants: list[int]) -> None:
    got = matched(free, [Want(str(number), None, seats) for number, seats in enumerate(wants)])
    assert sum(want.seats for want in got) == min(free, sum(wants))


@pytest.mark.parametrize("quantity", [0, 3])
def test_a_district_without_idle_installs_frees_nothing(quantity: int) -> None:
    one = idle_seats(held(seats(quantity), used="0-9", waiting="10-19"), PLACES, {})
    assert (len(one.held), one.freed) == (0, ())
    assert replace(one, idle=one.idle).spare == 0
