"""Compiled code is kept where it can be, done without where it cannot, and told of while it is made."""

import numpy as np
import pytest
from numba.core.caching import FunctionCache

from trimtab.progress import told_to
from trimtab.stats.kernels import compiling


class Listener:
    """Writes down what it hears."""

    def __init__(self):
        self.heard = []

    def begin(self, what, total):
        """Hear a beginning."""
        self.heard.append(("begin", what))
        return 7

    def move(self, number, done, total=None, what=None):
        """Hear how far it is."""
        self.heard.append(("move", number, done))

    def end(self, number):
        """Hear an end."""
        self.heard.append(("end", number))


def doubled():
    """A function to compile, new each time."""

    @compiling.njit(cache=True)
    def twice(x):
        return x + x

    return twice


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A kernel cache of this test alone."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    return tmp_path


def test_what_is_kept_is_read_again_and_a_damaged_file_is_compiled_anew(folder):
    """The second function loads what the first compiled; with every kept file damaged, a third compiles again."""
    assert doubled()(2.0) == 4.0
    again = doubled()
    assert again(2.0) == 4.0
    assert sum(again.stats.cache_hits.values()) == 1
    for file in folder.rglob("*.nb?"):
        file.write_bytes(b"damaged")
    third, fourth = doubled(), doubled()
    assert third(2.0) == 4.0
    assert not third.stats.cache_hits
    assert fourth(3.0) == 6.0


def test_an_index_that_cannot_be_written_costs_no_answer(folder, monkeypatch):
    """A full disk while code is kept: the answer comes all the same."""

    def full(self, sig, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FunctionCache, "save_overload", full)
    assert doubled()(2.0) == 4.0


def test_where_no_folder_can_be_written_it_compiles_each_time(monkeypatch):
    """No folder at all (a read-only installation of a user without a home): nothing is kept, nothing is refused."""
    monkeypatch.setattr(FunctionCache._impl_class, "_locator_classes", [])
    assert compiling.kept_in() is None
    assert doubled()(np.float64(2.0)) == 4.0


def test_compiling_is_told_once_and_what_is_kept_is_not_told(folder):
    """A function that needs another is one piece of work; loading kept code is none."""
    inner = doubled()

    def make():
        @compiling.njit(cache=True)
        def outer(x):
            return inner(x) + 1.0

        return outer

    first, second = Listener(), Listener()
    with told_to(first):
        assert make()(2.0) == 5.0
    assert first.heard == [("begin", "compiling once, kept for the next time"), ("end", 7)]
    with told_to(second):
        assert make()(2.0) == 5.0
    assert second.heard == []
