"""Ranks of values, equal ones sharing the mean of theirs."""

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["mean_ranks"]


def mean_ranks(x: Floats) -> Floats:
    """Give the rank of each value, 1 for the smallest; equal ones share the mean of theirs.

    Parameters
    ----------
    x
        Finite values, shape (n,).

    Examples
    --------
    >>> mean_ranks(np.array([3.0, 1.0, 3.0, 2.0]))
    array([3.5, 1. , 3.5, 2. ])
    """
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2.0)[place]
    return ranks
