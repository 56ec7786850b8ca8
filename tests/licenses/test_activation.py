"""Whether activated titles outlast a summer: worked out by hand, at both edges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licenses.activation import Activation, Lasts, OfflineRule, Recess, Renews, Stood, activation, recesses
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.section import Section

MARK = Mark("a test", date(2026, 11, 1), verified=False)
TODAY = date(2027, 5, 3)
JUNE, AUGUST = date(2027, 6, 4), date(2027, 8, 16)
SUMMER = Recess(JUNE, AUGUST)  # 73 days
NAMED = OfflineRule("named", "Autodesk", frozenset({Metric.NAMED_USER}), 30, None, Renews.SIGN_IN, MARK)
WIDE = OfflineRule("wide", "Autodesk", frozenset({Metric.NAMED_USER}), 60, 90, Renews.SIGN_IN, MARK)
ALONE = OfflineRule("alone", "Autodesk", frozenset({Metric.DEVICE}), None, None, Renews.ONLINE, MARK)
EACH = OfflineRule("each", "Autodesk", frozenset({Metric.CONCURRENT}), 0, None, Renews.SERVER, MARK)
HEARD = Stood(1, date(2027, 5, 2), fresh=True)


def over(
    *rules: OfflineRule,
    recess: Recess = SUMMER,
    devices: tuple[Stood, ...] = (HEARD,),
    metrics: frozenset[Metric] = frozenset({Metric.NAMED_USER}),
    today: date = TODAY,
) -> Activation:
    return activation(
        "MUIR/B12",
        "revit",
        publisher="Autodesk",
        metrics=metrics,
        rules=rules,
        recess=recess,
        devices=devices,
        today=today,
    )


def section(start: date, end: date) -> Section:
    return Section("MUIR", "MUIR/B12", 1, "152", "152A", "1", "1", start, end, 20)


def test_thirty_days_do_not_reach_over_a_summer() -> None:
    one = over(NAMED)
    assert (one.lasts, one.sure_until) == (Lasts.NO, date(2027, 7, 4))
    assert list(one.ending) == [1]
    assert one.switch_on == (date(2027, 7, 17), date(2027, 8, 15))


@pytest.mark.parametrize(("days", "lasts"), [(73, Lasts.YES), (72, Lasts.NO)])
def test_the_last_day_counts(days: int, lasts: Lasts) -> None:
    assert over(replace(NAMED, days=days)).lasts is lasts


@pytest.mark.parametrize(("most", "lasts"), [(72, Lasts.NO), (73, Lasts.UNKNOWN), (90, Lasts.UNKNOWN)])
def test_between_surely_and_surely_not_nobody_knows(most: int, lasts: Lasts) -> None:
    assert over(replace(WIDE, most_days=most)).lasts is lasts


def test_what_never_asks_again_or_asks_at_each_start_loses_nothing() -> None:
    assert over(ALONE, metrics=frozenset({Metric.DEVICE})).lasts is Lasts.YES
    assert over(EACH, metrics=frozenset({Metric.CONCURRENT})).lasts is Lasts.YES
    assert over(ALONE, metrics=frozenset({Metric.DEVICE})).sure_until is None


def test_of_two_ways_to_be_licensed_the_shorter_is_sure_and_the_longer_ends_it() -> None:
    both = over(NAMED, ALONE, metrics=frozenset({Metric.NAMED_USER, Metric.DEVICE}))
    assert (both.lasts, both.sure_until) == (Lasts.UNKNOWN, date(2027, 7, 4))


def test_a_way_without_a_rule_is_not_known() -> None:
    one = over(NAMED, metrics=frozenset({Metric.NAMED_USER, Metric.SITE}))
    assert (one.lasts, one.unruled, one.sure_until, one.switch_on) == (Lasts.UNKNOWN, (Metric.SITE,), None, None)


def test_a_rule_for_other_titles_or_makers_does_not_hold() -> None:
    assert over(replace(NAMED, titles=frozenset({"autocad"}))).unruled == (Metric.NAMED_USER,)
    assert over(replace(NAMED, publisher="Adobe")).unruled == (Metric.NAMED_USER,)


def test_a_silent_device_counts_from_its_last_word_and_may_be_well() -> None:
    one = over(NAMED, devices=(HEARD, Stood(2, date(2027, 4, 1), fresh=False), Stood(3, None, fresh=False)))
    assert list(one.ending) == [1]
    assert list(one.open) == [2, 3]
    assert (list(one.silent), list(one.never)) == ([2], [3])
    assert one.sure_until == date(2027, 5, 1)


def test_in_the_middle_of_a_summer_the_last_word_counts() -> None:
    july = date(2027, 7, 10)
    seen = Stood(1, date(2027, 7, 8), fresh=True)
    away = Stood(2, date(2027, 6, 4), fresh=False)
    one = over(replace(NAMED, days=45), devices=(seen, away), today=july)
    assert list(one.lasting) == [1]
    assert list(one.ending) == [2], "dark now: it is off, not ill"
    assert one.switch_on == (july, date(2027, 8, 15))


def test_without_a_next_term_nobody_knows_but_the_last_sure_day() -> None:
    one = over(NAMED, recess=Recess(JUNE, None))
    assert (one.lasts, one.sure_until, one.switch_on) == (Lasts.UNKNOWN, date(2027, 7, 4), None)


def test_a_recess_lies_between_terms() -> None:
    fall, spring = section(date(2026, 8, 17), date(2026, 12, 18)), section(date(2027, 1, 11), JUNE)
    both = section(date(2026, 8, 17), JUNE)
    winter, summer = Recess(date(2026, 12, 18), date(2027, 1, 11)), Recess(JUNE, None)
    assert recesses([spring, fall], date(2026, 11, 24)) == (winter, summer)
    assert recesses([spring, fall, both], date(2026, 11, 24)) == (summer,), "some section meets"
    assert recesses([spring, fall], date(2027, 2, 1)) == (summer,), "what is past is past"
    assert recesses([], TODAY) == ()
    assert recesses([fall, replace(spring, start=date(2026, 12, 19))], date(2026, 11, 24)) == (summer,)


@given(days=st.integers(1, 400), more=st.integers(0, 200), away=st.integers(1, 400))
def test_what_surely_lasts_lasts_under_a_kinder_rule(days: int, more: int, away: int) -> None:
    recess = Recess(JUNE, JUNE + timedelta(away))
    strict, kind = (over(replace(NAMED, days=number), recess=recess) for number in (days, days + more))
    assert not (strict.lasts is Lasts.YES and kind.lasts is not Lasts.YES)
    assert len(strict.lasting) + len(strict.ending) + len(strict.open) == 1
