"""How far a long piece of work is, told to whoever listens: one seam for every loop that may take over a second.

A loop asks `each` for its items, or says `step` around work that it cannot count. Nobody listens unless an edge (the
command line on a terminal) says so with `told_to`, and then nothing is done beyond a look: numbers never depend on it.
"""

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

__all__ = ["Progress", "Work", "each", "report_of", "step", "told_to"]

T = TypeVar("T")


@dataclass(slots=True)
class Work:
    """A piece of work that goes on, and how much of it is done."""

    what: str
    total: int | None
    done: int = 0


class Progress(Protocol):
    """Who is told."""

    def begin(self, what: str, total: int | None) -> int:
        """Hear that a piece of work begins, of so many parts if that is certain; gives its number."""

    def move(self, number: int, done: int, total: int | None = None, what: str | None = None) -> None:
        """Hear how many parts of it are done; `total` and `what` where they have changed."""

    def end(self, number: int) -> None:
        """Hear that it is over, however it ended."""


_listener: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def told_to(listener: Progress | None) -> Iterator[None]:
    """Tell a listener of all work in this block; None tells nobody."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


@contextmanager
def step(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Say that a piece of work goes on in this block, and give what to call with the parts that are done.

    Examples
    --------
    >>> with step("reading prices", 2) as done:
    ...     done(1)
    """
    with report_of(what, total) as report:
        yield partial(_counted, report)


def _counted(report: Callable[[int, int | None, str | None], None], done: int) -> None:
    report(done, None, None)


@contextmanager
def report_of(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Do as `step`, and give what is called with (done, total) or (done, total, what).

    Examples
    --------
    >>> with report_of("judging") as report:
    ...     report(1, 8, "ols")
    """
    listener = _listener.get()
    if listener is None:
        yield _unheard
        return
    number = listener.begin(what, total)
    try:
        yield partial(listener.move, number)
    finally:
        listener.end(number)


def _unheard(done: int, total: int | None = None, what: str | None = None) -> None:
    del done, total, what


def each(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Give items one by one, and tell how many are done.

    Parameters
    ----------
    items
        Anything to loop over.
    what
        What is done with them, such as "checking accounts".
    total
        How many there are, where `items` has no length.

    Examples
    --------
    >>> list(each("abc", "spelling"))
    ['a', 'b', 'c']
    """
    if _listener.get() is None:
        yield from items
        return
    length = len(items) if isinstance(items, Sized) else total
    with step(what, length) as done:
        for count, item in enumerate(items):
            done(count)
            yield item
