"""What ends, on its very last day and around it; and that what is renewed is never lost."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import DeviceSet
from licenses.entitlement import Entitlement, Scope
from licenses.horizon import EducationTerm, Ending, Outcome, Teaching, What, endings, reaches
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.seats import Place
from licenses.section import Section
from licenses.suite import Member, Suite

MARK = Mark("a test", date(2026, 11, 1), verified=False)
LAST = date(2027, 1, 14)
SEATS = Entitlement(
    "revit",
    "",
    Metric.DEVICE,
    30,
    date(2026, 1, 15),
    LAST,
    Scope.parse("site:MUIR"),
    cost_cents=90_000,
    notice_days=30,
    purchase_order="PO-1",
    id=1,
)
LAB = Place("MUIR", "MUIR/B12", frozenset({"152"}), DeviceSet(range(1, 31)))
OTHER = Place("PHS", "PHS/M1", frozenset({"152"}), DeviceSet(range(31, 41)))
CLASS = Section("MUIR", "MUIR/B12", 1, "152", "152A", "1", "3", date(2026, 8, 17), date(2027, 6, 4), 28)
NEEDED = Teaching((CLASS,), LAB.devices, ("Autodesk Certified User in Revit",))


def ending(*bought: Entitlement, on: date = date(2026, 11, 24), teaching: Teaching = NEEDED, **more: object) -> Ending:
    """The ending of the first purchase."""
    found = endings(
        bought,
        on=on,
        before=date(2028, 1, 1),
        teaching={"revit": teaching},
        places=(LAB, OTHER),
        **more,  # type: ignore[arg-type]  # a test's own words
    )
    return next(one for one in found if one.entitlement is bought[0])


def renewal(quantity: int = 30, start: date = LAST + timedelta(1), scope: str = "site:MUIR") -> Entitlement:
    return replace(
        SEATS,
        quantity=quantity,
        start=start,
        end=date(2028, 1, 14),
        scope=Scope.parse(scope),
        purchase_order="PO-2",
        id=2,
    )


@pytest.mark.parametrize(
    ("on", "before", "found"),
    [
        (LAST, LAST, 1),  # the last day counts, on both sides of the window
        (LAST + timedelta(1), LAST + timedelta(9), 0),
        (LAST - timedelta(9), LAST - timedelta(1), 0),
    ],
)
def test_the_window_takes_in_both_of_its_days(on: date, before: date, found: int) -> None:
    assert len(endings([SEATS], on=on, before=before, teaching={})) == found


def test_notice_is_due_its_days_before_the_end() -> None:
    one = ending(SEATS)
    assert one.notice_by == date(2026, 12, 15)
    assert not one.late(date(2026, 12, 15)), "on the last day there is still time"
    assert one.late(date(2026, 12, 16))
    assert one.urgent(date(2026, 12, 1))
    assert not one.urgent(date(2026, 11, 30))


def test_without_a_notice_period_only_the_end_is_urgent() -> None:
    one = ending(replace(SEATS, notice_days=None))
    assert (one.notice_by, one.late(LAST)) == (None, False)
    assert one.urgent(LAST - timedelta(14))
    assert not one.urgent(LAST - timedelta(15))


def test_who_loses_it_is_named() -> None:
    later = replace(CLASS, code="2", start=date(2027, 1, 20))
    over = replace(CLASS, code="3", end=LAST)
    elsewhere = replace(CLASS, code="4", site="PHS", lab="PHS/M1", lab_id=2)
    one = ending(SEATS, teaching=replace(NEEDED, sections=(CLASS, later, over, elsewhere)))
    assert one.cut == (CLASS,), "a section that ends on the last day loses nothing, nor does another site"
    assert one.coming == (later,)
    assert one.stations == LAB.devices
    assert (one.outcome, one.lost) == (Outcome.LOST, 30)


def test_what_nobody_needs_is_lost_to_nobody() -> None:
    assert ending(SEATS, teaching=Teaching()).outcome is Outcome.NOBODY_LOSES


def test_a_renewal_takes_over_and_nobody_loses() -> None:
    one = ending(SEATS, renewal())
    assert (one.outcome, one.taken_over, one.lost) == (Outcome.TAKEN_OVER, 30, 0)
    assert [each.purchase_order for each in one.by] == ["PO-2"]
    assert (one.cut, one.coming, len(one.stations)) == ((), (), 0)


def test_a_smaller_renewal_loses_the_rest() -> None:
    one = ending(SEATS, renewal(20))
    assert (one.taken_over, one.lost, len(one.stations)) == (20, 10, 10)
    assert one.outcome is Outcome.LOST


def test_one_day_without_is_a_gap() -> None:
    one = ending(SEATS, renewal(start=LAST + timedelta(2)))
    assert (one.outcome, one.taken_over) == (Outcome.LOST, 0)
    assert one.resumes == LAST + timedelta(2)
    assert len(one.stations) == 30


def test_a_renewal_for_another_place_or_counted_otherwise_is_none() -> None:
    assert not ending(SEATS, renewal(scope="lab:MUIR/B12")).renewed
    assert not ending(SEATS, renewal(scope="site:PHS")).renewed
    assert not ending(SEATS, replace(renewal(), metric=Metric.NAMED_USER)).renewed
    assert not ending(SEATS, replace(renewal(), cte_only=True)).renewed
    assert ending(SEATS, renewal(scope="district")).renewed


def test_seats_bought_besides_are_not_a_renewal() -> None:
    besides = renewal(start=date(2026, 8, 1))
    one = ending(SEATS, besides)
    assert (one.taken_over, one.renewed) == (0, False)
    assert not one.stations, "but its stations keep a seat"


def test_a_renewal_is_handed_on_once() -> None:
    twin = replace(SEATS, purchase_order="PO-1b", id=3)
    found = endings([SEATS, twin, renewal(40)], on=LAST, before=LAST, teaching={"revit": NEEDED}, places=(LAB, OTHER))
    assert sorted(one.taken_over or 0 for one in found) == [10, 30]


def test_a_suite_takes_over_its_titles() -> None:
    suite = Suite("aec", "AEC", "Autodesk", (Member("revit"),), MARK)
    heir = replace(renewal(), title="", suite="aec")
    assert not ending(SEATS, heir).renewed
    assert ending(SEATS, heir, suites=(suite,)).renewed


def test_maintenance_ends_and_takes_no_seat() -> None:
    owned = replace(SEATS, end=None, maintenance_end=LAST)
    one = ending(owned)
    assert (one.what, one.day, one.notice_by) == (What.MAINTENANCE, LAST, None)
    assert not one.stations


TERMS = (
    EducationTerm("Autodesk", frozenset({Metric.DEVICE}), 36, MARK, date(2023, 3, 1), date(2024, 5, 31)),
    EducationTerm("Autodesk", frozenset({Metric.DEVICE}), 12, MARK, date(2024, 6, 1)),
)


@pytest.mark.parametrize(
    ("issued", "end", "last"),
    [
        (date(2026, 1, 15), None, date(2027, 1, 14)),
        (date(2026, 1, 15), date(2028, 1, 14), date(2027, 1, 14)),
        (date(2024, 5, 31), None, date(2027, 5, 30)),
        (date(2026, 1, 15), date(2027, 1, 14), None),  # as recorded: nothing to add
    ],
)
def test_an_education_term_goes_by_its_day_of_issue(issued: date, end: date | None, last: date | None) -> None:
    free = replace(SEATS, cost_cents=0, start=issued, end=end)
    found = endings(
        [free],
        on=date(2026, 11, 24),
        before=date(2027, 12, 31),
        teaching={"revit": NEEDED},
        places=(LAB,),
        terms=TERMS,
        publishers={"revit": "Autodesk"},
    )
    assert [one.day for one in found if one.what is What.EDUCATION] == ([last] if last else [])
    assert all(one.outcome is Outcome.UNKNOWN for one in found if one.what is What.EDUCATION)


def test_what_was_paid_for_is_no_education_licence() -> None:
    found = endings(
        [replace(SEATS, end=None)],
        on=SEATS.start,
        before=date(2030, 1, 1),
        teaching={},
        terms=TERMS,
        publishers={"revit": "Autodesk"},
    )
    assert found == ()


def test_the_last_price_renews() -> None:
    assert ending(SEATS).renewal_cents == 90_000
    dearer = replace(renewal(10, date(2026, 9, 1)), cost_cents=40_000)
    assert ending(SEATS, dearer).renewal_cents == 120_000
    assert ending(replace(SEATS, cost_cents=None)).renewal_cents is None


def test_one_scope_lies_within_another() -> None:
    district, site, lab, other = (Scope.parse(one) for one in ("district", "site:MUIR", "lab:MUIR/B1", "lab:MUIR2/B1"))
    assert reaches(district, site)
    assert reaches(site, lab)
    assert not reaches(site, other)
    assert not reaches(lab, site)


@given(
    quantity=st.integers(0, 50),
    more=st.integers(0, 20),
    early=st.integers(0, 119),
    scope=st.sampled_from(["site:MUIR", "district"]),
    on=st.dates(date(2026, 6, 1), LAST),
)
def test_what_is_renewed_without_a_gap_is_never_lost(
    quantity: int, more: int, early: int, scope: str, on: date
) -> None:
    ended = replace(SEATS, quantity=quantity)
    heir = renewal(quantity + more, LAST + timedelta(1) - timedelta(early), scope)
    one = ending(ended, heir, on=on)
    assert one.outcome is Outcome.TAKEN_OVER
    assert (one.lost, one.cut, one.coming, one.stations) == (0, (), (), DeviceSet())
