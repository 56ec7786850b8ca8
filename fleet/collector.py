"""Python's collector of cycles at rest while one answer is worked out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """For an answer that makes millions of values which all live until it is given: the collector would look through
    them again and again and find nothing, which took a third of the time. Counting references still frees the rest.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
