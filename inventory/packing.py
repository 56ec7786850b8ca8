"""A set of keys in few bytes: sorted, the steps between them as variable-length integers. ◇"""

from collections.abc import Iterable
from operator import sub


def pack(keys: Iterable[int]) -> bytes:
    """Distinct positive keys as bytes; imaged machines' keys lie close together, so most take one byte."""
    ordered = sorted(set(keys))
    steps = list(map(sub, ordered, (0, *ordered)))
    if max(steps, default=0) <= 0x7F:
        return bytes(steps)
    packed = bytearray()
    for step in steps:
        while step > 0x7F:
            packed.append(step & 0x7F | 0x80)
            step >>= 7  # noqa: PLW2901 - the step is what is written, seven bits at a time
        packed.append(step)
    return bytes(packed)


def unpack(packed: bytes) -> list[int]:
    """The keys in ascending order."""
    keys, last, step, shift = [], 0, 0, 0
    for byte in packed:
        step |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            last += step
            keys.append(last)
            step, shift = 0, 0
    return keys
