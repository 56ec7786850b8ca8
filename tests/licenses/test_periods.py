"""Bell schedules as timetables write them, and who sits at the same time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licenses.roster.periods import Meeting, at_once, meetings, meets_with

DAILY = {"2": "2", "02": "2", "P2": "2", "Period 2": "2", "per. 3": "3", "3rd": "3", "HR": "HR", "Block A": "BLOCK A"}


@pytest.mark.parametrize(("text", "period"), DAILY.items())
def test_one_period_of_every_day(text: str, period: str) -> None:
    assert meetings(text) == {Meeting(period)}


@pytest.mark.parametrize("text", ["1,3", "1, 3", "1 3", "P1/P3", "Period 1; Period 3"])
def test_several_periods(text: str) -> None:
    assert meetings(text) == {Meeting("1"), Meeting("3")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1-3", {Meeting("1"), Meeting("2"), Meeting("3")}),
        ("1(M-W) 3(F)", {Meeting("1", frozenset({"week M", "week T", "week W"})), Meeting("3", frozenset({"week F"}))}),
        ("1(MWF)", {Meeting("1", frozenset({"week M", "week W", "week F"}))}),
        ("2(T,Th)", {Meeting("2", frozenset({"week T", "week R"}))}),
        ("A1 B2", {Meeting("1", frozenset({"cycle A"})), Meeting("2", frozenset({"cycle B"}))}),
        ("1(A) 2(B)", {Meeting("1", frozenset({"cycle A"})), Meeting("2", frozenset({"cycle B"}))}),
        ("zero hour", {Meeting("ZERO HOUR")}),
        ("after 1(noon)", {Meeting("AFTER 1(NOON)")}),
        ("9-1", {Meeting("9-1")}),
        ("  ", set()),
    ],
)
def test_days_ranges_and_labels_of_their_own(text: str, found: set[Meeting]) -> None:
    assert meetings(text) == found


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("1,3", "3", True),
        ("1,3", "2", False),
        ("1(M-W)", "1(F)", False),
        ("1(M-W)", "1", True),
        ("A1", "1(B)", False),
        ("A1", "1(M)", True),
        ("zero hour", "Zero  Hour", True),
        ("", "1", None),
    ],
)
def test_whether_two_sections_meet(one: str, other: str, meet: bool | None) -> None:
    assert meets_with(one, other) is meet
    assert meets_with(other, one) is meet


def test_how_many_sit_at_once() -> None:
    found = at_once([("1,3", 28), ("1", 4), ("3(A)", 7), ("3(B)", 9), ("", 5)])
    assert {str(slot): number for slot, number in found.items()} == {"1": 32, "3(A)": 35, "3(B)": 37}


def test_one_section_in_both_halves_of_a_period_counts_once() -> None:
    assert set(at_once([("1(A) 1(B)", 20)]).values()) == {20}


@given(st.text(max_size=30))
def test_every_text_meets_itself_unless_it_is_blank(text: str) -> None:
    assert meets_with(text, text) is (True if text.split() else None)


PERIODS = st.sampled_from(["1", "2", "1,2", "1(A)", "1(B)", "2(M-W)", "2(F)", "A1 B2", "advisory", ""])


@given(st.lists(st.tuples(PERIODS, st.integers(0, 40)), max_size=8), PERIODS, st.integers(0, 40))
def test_one_more_section_never_makes_any_time_emptier(
    sections: list[tuple[str, int]], period: str, headcount: int
) -> None:
    before = max(at_once(sections).values(), default=0)
    after = max(at_once([*sections, (period, headcount)]).values(), default=0)
    assert before <= after <= before + headcount
