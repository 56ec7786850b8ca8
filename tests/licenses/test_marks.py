"""A rule grows old on a stated day, and says where it comes from."""

from datetime import date, timedelta

import pytest

from licenses.marks import Mark


@pytest.mark.parametrize(
    ("own", "given", "on", "stale"),
    [
        (None, 400, date(2027, 12, 28), False),
        (None, 400, date(2027, 12, 29), True),
        (None, 30, date(2026, 12, 24), True),
        (30, 400, date(2026, 12, 23), False),
        (30, 400, date(2026, 12, 24), True),
        (None, 400, date(2020, 1, 1), False),
    ],
)
def test_it_is_stale_after_its_shelf_life(own: int | None, given: int, on: date, stale: bool) -> None:
    mark = Mark("S", date(2026, 11, 23), verified=True, shelf_life=None if own is None else timedelta(days=own))
    assert mark.stale(on, timedelta(days=given)) is stale


def test_it_says_whether_anybody_has_checked_it() -> None:
    day = date(2026, 11, 23)
    assert str(Mark("endoflife.date", day, verified=True)) == "endoflife.date, 2026-11-23"
    assert str(Mark("own knowledge", day, verified=False)) == "own knowledge, 2026-11-23, unverified"
