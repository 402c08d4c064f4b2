"""Sums over names that do not depend on the order of the names, to the last digit.

Rounding makes a sum depend on its order, so a beta that rests on a mean over names would depend on how a file's columns
stand. These add values by size.
"""

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["mean_of", "total_of", "variance_of"]


def total_of(values: Floats) -> float:
    """Give the sum of finite values, shape (n,), the same in whatever order they come.

    Examples
    --------
    >>> values = np.array([0.1, 0.7, 0.3, -0.2, 0.6])
    >>> total_of(values) == total_of(values[[3, 0, 4, 2, 1]])
    True
    """
    return float(np.sum(np.sort(values)))


def mean_of(values: Floats) -> float:
    """Give the mean of finite values."""
    return total_of(values) / len(values)


def variance_of(values: Floats) -> float:
    """Give the variance of two finite values or more, by one less than their number.

    Examples
    --------
    >>> variance_of(np.array([1.0, 2.0, 3.0]))
    1.0
    """
    return total_of((values - mean_of(values)) ** 2) / (len(values) - 1)
