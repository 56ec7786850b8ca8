"""Keys packed are keys unpacked, in few bytes."""

from hypothesis import given
from hypothesis import strategies as st

from inventory.packing import pack, unpack


@given(st.sets(st.integers(min_value=1, max_value=2**62)))
def test_what_is_packed_comes_back_in_order(keys: set[int]) -> None:
    assert unpack(pack(keys)) == sorted(keys)


def test_an_imaged_machine_takes_a_byte_an_entry() -> None:
    assert len(pack(range(1_000_000, 1_000_300))) <= 303
