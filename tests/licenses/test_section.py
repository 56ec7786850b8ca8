"""Sections: their terms, and how many sit in a lab at once."""

from dataclasses import replace
from datetime import date

import pytest

from licenses.section import Section, largest_class

ON = date(2026, 11, 23)


def section(lab: int, period: str, headcount: int, code: str = "1", end: date = ON) -> Section:
    return Section("MUIR", f"MUIR/{lab}", lab, "152", "A", code, period, date(2026, 8, 17), end, headcount)


@pytest.mark.parametrize(
    ("sections", "most"),
    [
        ([section(1, "2", 28), section(1, "3", 30)], {1: 30}),
        ([section(1, "2", 28), section(1, "2", 4, "2")], {1: 32}),
        ([section(1, "", 28), section(1, "", 4, "2")], {1: 28}),
        ([section(1, "2", 28), section(2, "2", 9)], {1: 28, 2: 9}),
        ([section(1, "2", 28, end=date(2026, 11, 22))], {}),
    ],
)
def test_the_largest_class_at_one_time(sections: list[Section], most: dict[int, int]) -> None:
    assert largest_class(sections, ON) == most


def test_a_section_of_two_periods_sits_with_others_of_either() -> None:
    assert largest_class([section(1, "1,3", 28), section(1, "3", 4, "2"), section(1, "1", 2, "3")], ON) == {1: 32}


def test_a_section_without_a_room_sits_in_no_lab() -> None:
    assert largest_class([replace(section(1, "1", 28), lab="", lab_id=None)], ON) == {}
