"""Releases compare as people mean them, in one order, whatever a machine states."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.releases import VersionRange, begins_with, release_key

RELEASES = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.one_of(st.integers(0, 30).map(str), st.sampled_from([".", "-", " ", "b", "rc", "beta", "h", "r", "0"])),
        max_size=7,
    ).map("".join),
)


@pytest.mark.parametrize(
    "ascending",
    [
        ("2021", "2024", "2024.1", "2025"),
        ("9.9", "10.0", "26", "26.0.1", "26.1", "26.10"),
        ("R2023b", "R2024a", "R2024b"),
        ("21H2", "23H2", "24H1", "24H2", "25H2"),
        ("3.12.9", "3.13.0 beta 2", "3.13.0rc1", "3.13rc2", "3.13", "3.13.1"),
        ("22000", "22621.4037", "26100.4061"),
        ("8u401", "11.0.2", "17.0.12+7", "21"),
        ("2022.3.62f1", "6000.0.9f1", "6000.0.32f1"),
    ],
)
def test_they_stand_in_the_order_that_people_expect(ascending: tuple[str, ...]) -> None:
    assert all(release_key(low) < release_key(high) for low, high in pairwise(ascending))


@pytest.mark.parametrize(("one", "other"), [("26", "26.0"), ("v1.2", "1.2"), ("R2024B", "2024b"), ("3.0rc1", "3rc1")])
def test_these_are_the_same_release(one: str, other: str) -> None:
    assert release_key(one) == release_key(other)


@pytest.mark.parametrize(
    ("release", "line", "belongs"),
    [
        ("3.10.11", "3.10", True),
        ("3.1", "3.10", False),
        ("3.10", "3.1", False),
        ("26", "26.0", True),
        ("26.1", "26.0", False),
        ("10.15.7", "10.15", True),
        ("", "3.10", False),
        ("3.10", "", False),
    ],
)
def test_a_release_belongs_to_its_line(release: str, line: str, belongs: bool) -> None:
    assert begins_with(release, line) is belongs


@pytest.mark.parametrize(
    ("minimum", "maximum", "release", "holds"),
    [
        ("", "", "", True),
        ("2024", "", "", None),
        ("2024", "", "unknown", None),
        ("", "2024", "sid", None),
        ("2024", "2026", "2023", False),
        ("2024", "2026", "2024", True),
        ("2024", "2026", "2026.3", True),
        ("2024", "2026", "2027", False),
        ("", "26", "26.9.9", True),
        ("", "26.0", "26.1", False),
        ("26", "", "26.0 beta", False),
        ("R2023b", "R2024b", "R2024a", True),
    ],
)
def test_a_range_holds(minimum: str, maximum: str, release: str, holds: bool | None) -> None:
    assert VersionRange(minimum, maximum).holds(release) is holds


def test_a_range_is_said_in_words() -> None:
    said = [str(VersionRange(*bounds)) for bounds in (("", ""), ("2024", ""), ("", "26"), ("1", "2"), ("7", "7"))]
    assert said == ["any release", "2024 or later", "up to 26", "1 to 2", "7"]


def test_a_very_long_number_does_no_harm() -> None:
    assert release_key("9" * 100_000) > release_key("9")


@given(RELEASES)
def test_zeros_at_its_end_do_not_move_a_release(text: str) -> None:
    if any(letter in "0123456789" for letter in text):
        assert release_key(f"{text}.0") == release_key(text)


@given(RELEASES, RELEASES, RELEASES, RELEASES, RELEASES)
def test_what_lies_between_two_that_are_within_is_within(low: str, a: str, b: str, c: str, high: str) -> None:
    within = VersionRange(low, high)
    first, middle, last = sorted((a, b, c), key=release_key)
    if within.holds(first) and within.holds(last) and within.holds(middle) is not None:
        assert within.holds(middle)


@given(RELEASES, RELEASES)
def test_a_release_is_within_its_own_line_and_the_line_within_its_bound(line: str, release: str) -> None:
    if VersionRange(minimum=line).holds(line) is not None:
        assert VersionRange(maximum=line).holds(line)
        assert VersionRange(minimum=line).holds(line)
        if begins_with(release, line):
            assert VersionRange(maximum=line).holds(release)


@given(RELEASES, RELEASES)
def test_what_comes_before_a_minimum_is_not_within(minimum: str, release: str) -> None:
    holds = VersionRange(minimum=minimum).holds(release)
    if minimum and holds is not None:
        assert holds is (release_key(release) >= release_key(minimum))
