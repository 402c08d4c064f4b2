r"""Weighted regression from running sums: one row in, the same slope and robust error as the whole sample at once.

With weights w that decay by lambda per row, keep sums of w x^i y^j up to second order and of w^2 x^i y^j up to i = 4,
j = 2. The slope comes from the first, the robust error from the second,

    error^2 = sum w^2 (x - mx)^2 (y - a - b x)^2 / S_xx^2 * n_eff / (n_eff - 2)

by multiplying out. Sums are taken about 0 and not about running means: means of returns are small against their spread,
so no digits are lost that returns have. Do not use it on levels.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["RunningSums", "Slopes", "add_row", "empty_sums", "read_slopes"]

#: Highest powers of x and y in the sums with squared weights.
_X, _Y = 4, 2


class RunningSums(NamedTuple):
    """Everything the past leaves behind."""

    first: Floats
    """Sums of w x^i y^j, shape (3, 3, n_assets)."""
    second: Floats
    """Sums of w^2 x^i y^j, shape (5, 3, n_assets)."""
    n_obs: NDArray[np.intp]
    """Pairs seen, shape (n_assets,)."""


class Slopes(NamedTuple):
    """Slopes read off running sums, each of shape (n_assets,)."""

    value: Floats
    stderr: Floats
    n_obs: NDArray[np.intp]
    n_eff: Floats


def empty_sums(n_assets: int) -> RunningSums:
    """Give the sums before the first row."""
    return RunningSums(
        np.zeros((3, 3, n_assets)), np.zeros((_X + 1, _Y + 1, n_assets)), np.zeros(n_assets, dtype=np.intp)
    )


def add_row(sums: RunningSums, x: Floats, y: Floats, decay: float) -> RunningSums:
    """Age the sums by one row, and add the pairs that are known.

    Parameters
    ----------
    sums
        Before the row.
    x, y
        Returns of benchmark and asset, shape (n_assets,); NaN where there is no pair.
    decay
        Weight of a row against the next, 0 to 1.

    Examples
    --------
    >>> sums = empty_sums(1)
    >>> for x in (0.01, -0.02, 0.03):
    ...     sums = add_row(sums, np.array([x]), np.array([2 * x]), 0.9)
    >>> read_slopes(sums).value.round(9).tolist()
    [2.0]
    """
    complete = np.isfinite(x) & np.isfinite(y)
    x0, y0 = np.where(complete, x, 0.0), np.where(complete, y, 0.0)
    powers = x0[None, :] ** np.arange(_X + 1)[:, None]
    terms = powers[:, None, :] * (y0[None, :] ** np.arange(_Y + 1)[:, None])[None, :, :] * complete
    return RunningSums(decay * sums.first + terms[:3], decay**2 * sums.second + terms, sums.n_obs + complete)


def read_slopes(sums: RunningSums) -> Slopes:
    """Give slopes, robust errors and counts; NaN where the benchmark has not moved."""
    m, q = sums.first, sums.second
    total = np.where(m[0, 0] > 0, m[0, 0], 1.0)
    mx, my = m[1, 0] / total, m[0, 1] / total
    s_xx = m[2, 0] - total * mx**2
    varies = s_xx > 1e-14 * m[2, 0]
    safe = np.where(varies, s_xx, 1.0)
    slope = np.where(varies, (m[1, 1] - total * mx * my) / safe, np.nan)
    b = np.nan_to_num(slope)
    a = my - b * mx
    # (x - mx)^2 = x^2 - 2 mx x + mx^2;  (y - a - b x)^2 by powers of x and y.
    outer = {0: mx**2, 1: -2.0 * mx, 2: np.ones_like(mx)}
    inner = {(0, 0): a**2, (1, 0): 2 * a * b, (2, 0): b**2, (0, 1): -2 * a, (1, 1): -2 * b, (0, 2): np.ones_like(b)}
    squares = sum(
        weight * part * q[i + k, j] for i, weight in outer.items() for (k, j), part in inner.items()
    )  # fmt: skip
    n_eff = m[0, 0] ** 2 / np.where(q[0, 0] > 0, q[0, 0], 1.0)
    small_sample = n_eff / np.maximum(n_eff - 2.0, 1.0)
    error = np.sqrt(np.maximum(squares, 0.0) * small_sample) / safe
    return Slopes(slope, np.where(varies, error, np.nan), sums.n_obs, n_eff)
