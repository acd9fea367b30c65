"""When Python looks for dead cycles: looking through thousands of records takes longer than making them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_tidying() -> Iterator[None]:
    """Look for no dead cycles meanwhile: with 30,000 records coming in this took two thirds of the time.

    Two threads may be in here at once: the one that came first ends it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
