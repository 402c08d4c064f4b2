"""Work shared between threads, and tables larger than memory worked through a block of columns at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["in_column_blocks", "spread"]


def spread(work: Callable[[int, int], object], n_columns: int, *, granule: int, threads: int | None) -> None:
    """Run `work(first, last)` over all columns, in shares that threads take as they become free.

    Threads rather than numba's own parallel loops: the kernels release the interpreter lock, columns are independent,
    and numba's loops may not be entered from two threads at once with every threading layer.

    Parameters
    ----------
    work
        Called with column numbers; must release the interpreter lock to gain from threads.
    n_columns
        How many columns there are.
    granule
        Shares are whole multiples of this many columns, so that the split changes no block and so no value.
    threads
        How many threads; by default as many as numba would use (`NUMBA_NUM_THREADS`).
    """
    wanted = numba.get_num_threads() if threads is None else threads
    n_granules = -(-n_columns // granule)
    # several shares a thread: one that loses its processor for a while does not hold up the rest
    n_shares = 1 if wanted == 1 else max(1, min(8 * wanted, n_granules))
    borders = [min(n_columns, granule * (n_granules * k // n_shares)) for k in range(n_shares)] + [n_columns]
    if n_shares == 1:
        work(0, n_columns)
        return
    with ThreadPoolExecutor(min(wanted, n_shares)) as pool:
        for done in [pool.submit(copy_context().run, work, first, last) for first, last in pairwise(borders)]:
            done.result()


def in_column_blocks(
    kernel: Callable[[Floats, Floats], Sequence[Any]],
    asset: Floats,
    benchmark: Floats,
    out: Sequence[NDArray[Any] | None],
    *,
    block: int = 2048,
) -> None:
    """Run a history kernel over a table that need not fit in memory.

    Each block of columns is copied in, worked, and copied out, so the extra memory is that of one block whatever the
    number of assets. Tables and outputs may be `numpy.memmap`. For kernels that treat each asset by itself: a
    two-speed history under a universe prior is not one of them; feed it a block of rows at a time through its state.

    Parameters
    ----------
    kernel
        Takes returns (n_dates, k) and the benchmark, gives a sequence of arrays (n_dates, k).
    asset
        Returns (n_dates, n_assets).
    benchmark
        Returns (n_dates,) or (n_dates, n_assets).
    out
        One table (n_dates, n_assets) for each array that the kernel gives, written in place; None drops that array.
    block
        Columns per block. 2,048 columns x 5,000 rows are 82 MB per table.

    Raises
    ------
    InputError
        When there are more outputs than the kernel gives arrays, or a shape differs.

    Examples
    --------
    >>> import numpy as np
    >>> from trimtab.stats.kernels import in_column_blocks, rolling_beta
    >>> m = np.array([0.01, -0.02, 0.03, 0.01])
    >>> table = m[:, None] * np.array([0.5, 1.0, 1.5])
    >>> beta = np.empty_like(table)
    >>> in_column_blocks(lambda y, x: rolling_beta(y, x, window=3, min_obs=3)[:1], table, m, [beta], block=2)
    >>> beta[3]
    array([0.5, 1. , 1.5])
    """
    if block < 1:
        raise InputError(expected="a block of 1 column or more", found=f"block={block}", try_next="leave it at 2048")
    for first in range(0, asset.shape[1], block):
        columns = slice(first, first + block)
        y = np.ascontiguousarray(asset[:, columns])
        x = np.ascontiguousarray(benchmark[:, columns] if benchmark.ndim == 2 else benchmark)
        results = kernel(y, x)
        if len(results) < len(out):
            raise InputError(
                expected=f"a kernel that gives {len(out)} arrays, one for each output",
                found=f"{len(results)}",
                try_next="drop the outputs that the kernel does not give",
            )
        for table, result in zip(out, results, strict=False):
            if table is not None and result is not None:
                table[:, columns] = result
