r"""Sums of products of returns within days: with neighbours on a common grid, or where intervals overlap.

    neighbours        C = sum over t and |l| <= L of y_t x_{t+l}
    Hayashi-Yoshida   C = sum over i, j of dy_i dx_j where the intervals (s_{i-1}, s_i] and (t_{j-1}, t_j] overlap

For one price each, x over its intervals telescopes: dy_i meets the benchmark's move from its last observation at or
before s_{i-1} to its first at or after s_i, so one pass is enough.
"""

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["day_ratio", "hayashi_yoshida", "neighbour_sums"]


def neighbour_sums(y: Floats, x: Floats, day: NDArray[np.intp], lags: int) -> Floats:
    """Sum y_t x_{t+l} over |l| <= lags within each day.

    Parameters
    ----------
    y, x
        Returns, shape (n_rows, n_assets); a row counts where both are finite, and neighbours are the rows before and
        after on the grid; a missing one adds nothing.
    day
        Number of the day of each row from 0, shape (n_rows,), not decreasing.
    lags
        Neighbours on each side.

    Returns
    -------
    Shape (n_days, n_assets).

    Examples
    --------
    >>> y = np.array([[1.0], [2.0], [3.0]])
    >>> neighbour_sums(y, y, np.array([0, 0, 1]), 1).tolist()
    [[9.0], [9.0]]
    """
    complete = np.isfinite(y) & np.isfinite(x)
    y0, x0 = np.where(complete, y, 0.0), np.where(complete, x, 0.0)
    product = y0 * x0
    for lag in range(1, min(lags, len(day) - 1) + 1):
        same = (day[lag:] == day[:-lag])[:, None]
        product[lag:] += np.where(same, y0[lag:] * x0[:-lag], 0.0)
        product[:-lag] += np.where(same, y0[:-lag] * x0[lag:], 0.0)
    starts = np.searchsorted(day, np.arange(int(day[-1]) + 1))
    sums: Floats = np.add.reduceat(product, starts, axis=0)
    return sums


def day_ratio(cross: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
    """Give sum(cross) / sum(own) for each column, each day's share in its error, and the effective number of days.

    Parameters
    ----------
    cross, own
        Shape (n_days, n_assets); 0 on days without data.

    Examples
    --------
    >>> value, shares, n_eff = day_ratio(np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]]))
    >>> value.tolist(), n_eff.tolist(), round(float(np.sqrt((shares**2).sum())), 3)
    ([2.0], [2.0], 1.0)
    """
    total = own.sum(axis=0)
    days = np.count_nonzero(own, axis=0)
    varies = total > 0
    safe = np.where(varies, total, 1.0)
    value = np.where(varies, cross.sum(axis=0) / safe, np.nan)
    n_eff = np.where(varies, total**2 / np.where(varies, (own**2).sum(axis=0), 1.0), 0.0)
    small_sample = np.sqrt(days / np.maximum(days - 1, 1))
    shares = (cross - np.where(varies, value, 0.0) * own) / safe * small_sample
    return value, shares, n_eff


def hayashi_yoshida(y: Floats, x: Floats) -> float:
    """Give the covariation of two log-price series over one day, observed at their own moments.

    Parameters
    ----------
    y, x
        Log prices on a common grid of moments, shape (n,); NaN where not observed.

    Examples
    --------
    The asset's one long interval meets every move of the benchmark beneath it:

    >>> hayashi_yoshida(np.array([0.0, np.nan, 2.0]), np.array([0.0, 1.0, 2.0]))
    4.0
    """
    at_y, at_x = np.flatnonzero(np.isfinite(y)), np.flatnonzero(np.isfinite(x))
    if at_y.size < 2 or at_x.size < 2:
        return 0.0
    left = np.maximum(np.searchsorted(at_x, at_y[:-1], side="right") - 1, 0)
    right = np.minimum(np.searchsorted(at_x, at_y[1:], side="left"), at_x.size - 1)
    # Intervals that end before the benchmark's first price, or begin after its last, meet nothing.
    meets = right > left
    step = np.where(meets, x[at_x[right]] - x[at_x[left]], 0.0)
    return float(np.sum(np.diff(y[at_y]) * step))
