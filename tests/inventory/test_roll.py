"""The roll finds each device, and refuses those that come out of order."""

from datetime import UTC, datetime

import pytest

from inventory.roll import NEVER, Roll, Whereabouts

HEARD = datetime(2026, 11, 23, 16, 0, 0, 250_000, tzinfo=UTC)


def roll() -> Roll:
    """Three devices: at a station, a spare, and one that is in no lab and was never heard."""
    made = Roll({7: "MUIR/B12"})
    made.extend([2, 5, 9], ["PC-2", "PC-5", "PC-9"], [7, 7, 0], [3, 0, 0], [HEARD.timestamp(), 0.0, NEVER])
    return made


def test_each_device_is_found() -> None:
    found = roll()
    assert list(found) == [2, 5, 9]
    assert found[2] == Whereabouts(2, "PC-2", "MUIR/B12", 3, HEARD)
    assert found[5] == Whereabouts(5, "PC-5", "MUIR/B12", None, datetime(1970, 1, 1, tzinfo=UTC))
    assert found[9] == Whereabouts(9, "PC-9", "", None, None)


@pytest.mark.parametrize("id_", [1, 3, 10])
def test_a_device_that_is_not_there_is_no_other_one(id_: int) -> None:
    with pytest.raises(KeyError):
        roll()[id_]
    assert id_ not in roll()


@pytest.mark.parametrize("ids", [[9], [4], [11, 10], [12, 12]])
def test_devices_out_of_order_are_refused(ids: list[int]) -> None:
    some = len(ids)
    with pytest.raises(ValueError, match="out of order"):
        roll().extend(ids, ["PC"] * some, [0] * some, [0] * some, [NEVER] * some)
