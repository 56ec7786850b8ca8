"""Entitlements: terms, scopes, and what contradicts itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licenses.entitlement import Entitlement, EntitlementError, Reach, Scope, ScopeError, Spot
from licenses.metrics import COUNTING, Metric

START, END = date(2026, 7, 1), date(2027, 6, 30)


def seats(quantity: int | None = 30, end: date | None = END, **changes: object) -> Entitlement:
    return Entitlement("revit", "", changes.pop("metric", Metric.DEVICE), quantity, START, end)  # type: ignore[arg-type]  # drawn by tests


@pytest.mark.parametrize(
    ("day", "runs"),
    [(date(2026, 6, 30), False), (START, True), (END, True), (date(2027, 7, 1), False)],
)
def test_first_and_last_day_count(day: date, runs: bool) -> None:
    assert seats().runs(day) is runs


def test_perpetual_runs_for_ever() -> None:
    assert seats(end=None).runs(date(2199, 1, 1))


@pytest.mark.parametrize("written", ["district", "site:MUIR", "lab:MUIR/B12", "pathway:152"])
def test_scope_is_written_as_it_is_read(written: str) -> None:
    assert str(Scope.parse(written)) == written


def test_scope_ignores_case_of_its_word_and_blanks() -> None:
    assert Scope.parse(" Lab : MUIR / B12 ") == Scope(Reach.LAB, "MUIR/B12")


@pytest.mark.parametrize(
    "written", ["", "school:MUIR", "site:", "site", "lab:B12", "lab:/B12", "district:MUIR", "site:A/B"]
)
def test_what_is_no_scope_is_refused_with_a_hint(written: str) -> None:
    with pytest.raises(ScopeError) as refused:
        Scope.parse(written)
    assert "lab:SITE/LAB" in refused.value.__notes__[0]


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope(), True),
        (Scope(Reach.SITE, "MUIR"), True),
        (Scope(Reach.SITE, "MU"), False),
        (Scope(Reach.LAB, "MUIR/B12"), True),
        (Scope(Reach.LAB, "OAK/B12"), False),
        (Scope(Reach.LAB, "MUIR/B1"), False),
        (Scope(Reach.PATHWAY, "152"), True),
        (Scope(Reach.PATHWAY, "15"), False),
    ],
)
def test_scope_covers_its_own_only(scope: Scope, inside: bool) -> None:
    assert scope.covers(Spot("MUIR", "MUIR/B12", frozenset({"152", "174"}))) is inside


def test_a_device_without_a_lab_is_in_no_lab() -> None:
    assert not Scope(Reach.LAB, "MUIR/B12").covers(Spot("MUIR"))


@pytest.mark.parametrize("metric", [metric for metric, counting in COUNTING.items() if not counting.unlimited])
def test_metrics_that_count_need_a_quantity(metric: Metric) -> None:
    with pytest.raises(EntitlementError):
        seats(None, metric=metric)


def test_contradictions_are_refused() -> None:
    with pytest.raises(EntitlementError):
        seats(-1)
    with pytest.raises(EntitlementError):
        seats(end=date(2026, 6, 30))
    with pytest.raises(EntitlementError):
        Entitlement("revit", "autodesk-aec", Metric.DEVICE, 1, START)
    with pytest.raises(EntitlementError):
        Entitlement("", "", Metric.DEVICE, 1, START)


def test_every_metric_has_its_counting() -> None:
    assert set(COUNTING) == set(Metric)
    assert all(counting.rule for counting in COUNTING.values())


@given(st.dates(), st.dates(), st.dates())
def test_runs_is_an_interval(start: date, end: date, day: date) -> None:
    if start <= end:
        one = Entitlement("revit", "", Metric.DEVICE, 1, start, end)
        assert one.runs(day) is (start <= day <= end)
