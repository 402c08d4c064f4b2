"""Where the chunks of a run are worked: in this process, or in processes beside it.

A chunk may be worked twice: whoever writes its result names it by run and chunk and replaces it whole, so that the
second is the first. What comes back is small, one for each chunk, in the order of the chunks.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from typing import Protocol, TypeVar, cast

from trimtab.errors import StorageError

__all__ = ["Executor", "Inline", "Processes"]

C = TypeVar("C")
R = TypeVar("R")


class Executor(Protocol):
    """Works chunks."""

    def map_chunks(self, function: Callable[[C], R], chunks: Sequence[C]) -> Iterator[R]:
        """Give what a function makes of each chunk, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Inline:
    """One after the other, in this process."""

    def map_chunks(self, function: Callable[[C], R], chunks: Sequence[C]) -> Iterator[R]:
        """Give what a function makes of each chunk, in their order.

        Examples
        --------
        >>> list(Inline().map_chunks(len, ["a", "bcd"]))
        [1, 3]
        """
        return map(function, chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Several at a time, in fresh processes of this machine; the function must be picklable.

    Parameters
    ----------
    workers
        How many; None takes one for each processor.
    """

    workers: int | None = None

    def map_chunks(self, function: Callable[[C], R], chunks: Sequence[C]) -> Iterator[R]:
        """Give what a function makes of each chunk, in their order.

        Raises
        ------
        StorageError
            If a process was ended from outside.
        """
        count = max(1, min(self.workers or cpu_count() or 1, len(chunks)))
        written = pickle.dumps(function)  # once, and not with every chunk
        pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_take, initargs=(written,))
        with pool:
            try:
                yield from cast("Iterator[R]", pool.map(_work, chunks))
            except BrokenProcessPool as error:
                raise StorageError(
                    expected="worker processes that live until their chunks are done",
                    found="one was ended from outside (killed, or out of memory)",
                    try_next="run it again with --resume: what was finished is kept",
                ) from error


_TAKEN: list[Callable[..., object]] = []


def _take(written: bytes) -> None:
    """Keep the function in a fresh process."""
    _TAKEN[:] = [pickle.loads(written)]  # noqa: S301 - written by the process that started this one


def _work(chunk: C) -> C:
    """Work one chunk; what comes of it has the type that the function says."""
    return cast("C", _TAKEN[0](chunk))
