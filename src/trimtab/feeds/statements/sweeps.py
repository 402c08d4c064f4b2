"""Looking for rings of objects, less often while a long file is read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["few_sweeps"]

#: New objects between two sweeps; reading makes many, none of which hold each other in a ring.
_BETWEEN_SWEEPS = 200_000


@contextmanager
def few_sweeps() -> Iterator[None]:
    """Look for rings of objects less often while a long file is read: a quarter of the time went into that."""
    before = gc.get_threshold()
    gc.set_threshold(max(_BETWEEN_SWEEPS, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
