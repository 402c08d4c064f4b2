"""One byte of a desk's files is another: it is found, or it lies where nobody reads."""

import os

import pytest
from effort import effort

if not hasattr(os, "fork"):
    pytest.skip("helpers for desks need a Unix", allow_module_level=True)

from flips import flip_bytes

pytestmark = pytest.mark.slow


def test_a_flipped_byte_is_found(tmp_path):
    """Each flip in a file of prices or a kept file is found; in the journal's, where any entry would be another."""
    times = effort(24, 300)
    done = flip_bytes(tmp_path, times, 20261201)
    assert done.total() == times
    assert done["prices found"] == done["kept found"] == times // 3
    assert done["journal found"] > done["journal idle"]
