"""Weighted least squares over the last `window` pairs, with robust errors, at every row.

Over the last n pairs (x, y) of an asset, the one at row s weighing w = 2^(-(t - s) / half_life) at row t:

    beta = S_xy / S_xx,  alpha = mean(y) - beta mean(x),  n_eff = (sum w)^2 / sum w^2
    robust     error^2 = n_eff / (n_eff - 2) * sum w^2 (x - mean x)^2 e^2 / S_xx^2     (White 1980; HC1)
    classical  error^2 = sum w e^2 / (n_eff - 2) / S_xx

These are the numbers of `trimtab.stats.linear` on the same pairs. The robust sum is of fourth order in the returns;
multiplied out it is a sum of twelve running moments, so that no row but the new and the leaving one is looked at.

The window counts pairs and not rows: an asset that misses days reaches further back. A row without a pair repeats the
row before. Sums are taken about a shift near their means and afresh from the window's rows when a hundredfold larger
value has left them, and once for every full window of pairs. Rows up to t only.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import positive, slope_limits, tables
from trimtab.stats.kernels.compiling import njit

__all__ = ["WindowedHistory", "windowed_history"]

# Rows of the running state: sums with weights w, then with w^2, then where the window stands.
W, X, Y, XX, XY, YY = range(6)
Q00, Q10, Q20, Q30, Q40, Q01, Q11, Q21, Q31, Q02, Q12, Q22 = range(6, 18)
KX, KY, PEAK_X, PEAK_Y, LARGEST, COUNT, OLDEST, LATEST, SINCE = range(18, 27)
ROWS = 27
LOST = 0.01  # compute afresh when the spread falls below this share of its sum's peak
REFRESH = 512  # sums are computed afresh after a window's length of pairs, and not before this many
EXACT_FIT = 1e-12  # unexplained share of variance that rounding cannot tell from none
EPS = float(np.finfo(float).eps)


class WindowedHistory(NamedTuple):
    """Estimates at every row, each (n_dates, n_assets); NaN where the slope or its error is not defined."""

    beta: Floats
    """Slope of the asset's return on the benchmark's."""
    alpha: Floats
    """Intercept, in return per row."""
    stderr: Floats
    """Standard error of beta, of the kind asked for."""
    n_obs: NDArray[np.int32]
    """Pairs in the window."""
    effective: Floats
    """Effective number of pairs; 0 before the first."""


def windowed_history(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    window: int | None,
    half_life: float = math.inf,
    slopes: tuple[float, float] | None = None,
    robust: bool = True,
    threads: int | None = None,
) -> WindowedHistory:
    """Regress each asset on the benchmark over its last `window` pairs.

    Parameters
    ----------
    asset
        Returns (n_dates, n_assets); NaN or infinite is missing.
    benchmark
        Returns (n_dates,) or (n_dates, n_assets).
    window
        Most pairs looked at, at least 2; None takes all.
    half_life
        Of the weights, in rows; infinite gives equal weights.
    slopes
        Limits such as (-2, 4) between which each asset return is first brought, as multiples of that row's benchmark
        return; None leaves returns as they are.
    robust
        Heteroskedasticity-robust errors; False gives classical ones.
    threads
        By default as many as the machine has.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.array([0.01, -0.02, 0.03, 0.01])
    >>> history = windowed_history(np.array([[0.02], [np.nan], [0.06], [0.02]]), m, window=2)
    >>> history.beta[:, 0].round(9), history.n_obs[:, 0]
    (array([nan, nan,  2.,  2.]), array([1, 1, 2, 2], dtype=int32))
    """
    y, x = tables(asset, benchmark)
    positive("half_life", half_life)
    if window is not None and window < 2:
        raise InputError(expected="a window of at least 2 pairs", found=f"{window}", try_next="give a larger window")
    low, high = slope_limits(slopes)
    beta, alpha, stderr, effective = (np.empty_like(y) for _ in range(4))
    out = WindowedHistory(beta, alpha, stderr, np.empty(y.shape, np.int32), effective)
    state = np.zeros((y.shape[1], ROWS))
    longest = y.shape[0] + 1 if window is None else int(window)
    spread(
        lambda first, last: _advance(y, x, longest, 1.0 / half_life, low, high, robust, state, out, first, last),
        y.shape[1],
        granule=16,
        threads=threads,
    )
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _pair(asset: Floats, benchmark: Floats, t: int, a: int, low: float, high: float) -> tuple[bool, float, float]:
    """Give whether row t holds a pair, and the pair after winsorising."""
    y = asset[t, a]
    x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
    if not (abs(x) < np.inf and abs(y) < np.inf):
        return False, 0.0, 0.0
    if low > -np.inf or high < np.inf:
        y = min(max(y, min(low * x, high * x)), max(low * x, high * x))
    return True, x, y


@njit(nogil=True, cache=True, error_model="numpy")
def _add(s: Floats, x: float, y: float, w: float, sign: float) -> None:
    """Put a pair into the sums with weight w, or take it out."""
    dx, dy, v, q = x - s[KX], y - s[KY], sign * w, sign * w * w
    s[W] += v
    s[X] += v * dx
    s[Y] += v * dy
    s[XX] += v * dx * dx
    s[XY] += v * dx * dy
    s[YY] += v * dy * dy
    dx2, dy2 = dx * dx, dy * dy
    s[Q00] += q
    s[Q10] += q * dx
    s[Q20] += q * dx2
    s[Q30] += q * dx2 * dx
    s[Q40] += q * dx2 * dx2
    s[Q01] += q * dy
    s[Q11] += q * dx * dy
    s[Q21] += q * dx2 * dy
    s[Q31] += q * dx2 * dx * dy
    s[Q02] += q * dy2
    s[Q12] += q * dx * dy2
    s[Q22] += q * dx2 * dy2


@njit(nogil=True, cache=True, error_model="numpy")
def _afresh(asset: Floats, benchmark: Floats, t: int, a: int, decay: float, low: float, high: float, s: Floats) -> None:
    """Compute the sums about the window's weighted means from its rows up to t."""
    total, mean_x, mean_y, largest = 0.0, 0.0, 0.0, 0.0
    first = int(s[OLDEST])
    for row in range(first, t + 1):
        complete, x, y = _pair(asset, benchmark, row, a, low, high)
        if complete:
            w = np.exp2(-decay * (t - row))
            total += w
            mean_x += w / total * (x - mean_x)
            mean_y += w / total * (y - mean_y)
            largest = max(largest, abs(x))
    s[:KX] = 0.0
    s[KX], s[KY], s[LARGEST] = mean_x, mean_y, largest
    for row in range(first, t + 1):
        complete, x, y = _pair(asset, benchmark, row, a, low, high)
        if complete:
            _add(s, x, y, np.exp2(-decay * (t - row)), 1.0)
    s[PEAK_X], s[PEAK_Y], s[SINCE] = s[XX], s[YY], 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _values(s: Floats, robust: bool) -> tuple[float, float, float, float]:
    """Give beta, alpha, error and effective count from the sums."""
    w = s[W]
    effective = w * w / s[Q00]
    mx, my = s[X] / w, s[Y] / w
    sxx, sxy, syy = s[XX] - s[X] * mx, s[XY] - s[X] * my, s[YY] - s[Y] * my
    if s[COUNT] < 2 or not sxx > w * (8.0 * EPS * s[LARGEST]) ** 2:
        return np.nan, np.nan, np.nan, effective
    b = sxy / sxx
    rss = syy - b * sxy
    alpha = my + s[KY] - b * (mx + s[KX])
    if not rss > EXACT_FIT * syy:
        return b, alpha, 0.0, effective
    if not robust:
        return b, alpha, np.sqrt(rss / (max(effective - 2.0, 1.0) * sxx)), effective
    c = my - b * mx  # intercept about the shift: e = dy - c - b dx
    square0 = s[Q02] + c * c * s[Q00] + b * b * s[Q20] - 2.0 * c * s[Q01] - 2.0 * b * s[Q11] + 2.0 * b * c * s[Q10]
    square1 = s[Q12] + c * c * s[Q10] + b * b * s[Q30] - 2.0 * c * s[Q11] - 2.0 * b * s[Q21] + 2.0 * b * c * s[Q20]
    square2 = s[Q22] + c * c * s[Q20] + b * b * s[Q40] - 2.0 * c * s[Q21] - 2.0 * b * s[Q31] + 2.0 * b * c * s[Q30]
    middle = max(square2 - 2.0 * mx * square1 + mx * mx * square0, 0.0)
    return b, alpha, np.sqrt(middle * effective / max(effective - 2.0, 1.0)) / sxx, effective


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    window: int,
    decay: float,
    low: float,
    high: float,
    robust: bool,
    state: Floats,
    out: WindowedHistory,
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows."""
    beta, alpha, stderr, count, effective = out
    for t in range(asset.shape[0]):
        for a in range(first, last):
            s = state[a]
            complete, x, y = _pair(asset, benchmark, t, a, low, high)
            if not complete:
                empty = s[COUNT] == 0.0
                beta[t, a] = np.nan if empty else beta[t - 1, a]
                alpha[t, a] = np.nan if empty else alpha[t - 1, a]
                stderr[t, a] = np.nan if empty else stderr[t - 1, a]
                effective[t, a] = 0.0 if empty else effective[t - 1, a]
                count[t, a] = int(s[COUNT])
                continue
            _take_in(asset, benchmark, t, a, x, y, window, decay, low, high, s)
            beta[t, a], alpha[t, a], stderr[t, a], effective[t, a] = _values(s, robust)
            count[t, a] = int(s[COUNT])


@njit(nogil=True, cache=True, error_model="numpy")
def _take_in(
    asset: Floats,
    benchmark: Floats,
    t: int,
    a: int,
    x: float,
    y: float,
    window: int,
    decay: float,
    low: float,
    high: float,
    s: Floats,
) -> None:
    """Age the sums, let the oldest pair go if the window is full, and take in the pair of row t."""
    if s[COUNT] == 0.0:
        s[KX], s[KY], s[OLDEST] = x, y, float(t)
    elif decay > 0.0:
        fade = np.exp2(-decay * (t - s[LATEST]))
        s[:Q00] *= fade
        s[Q00:KX] *= fade * fade
        s[PEAK_X] *= fade
        s[PEAK_Y] *= fade
    s[LATEST] = float(t)
    if s[COUNT] == window:
        oldest = int(s[OLDEST])
        _, leaving_x, leaving_y = _pair(asset, benchmark, oldest, a, low, high)
        _add(s, leaving_x, leaving_y, np.exp2(-decay * (t - oldest)), -1.0)
        s[COUNT] -= 1.0
        oldest += 1
        while oldest < t and not _pair(asset, benchmark, oldest, a, low, high)[0]:
            oldest += 1
        s[OLDEST] = float(oldest)
    _add(s, x, y, 1.0, 1.0)
    s[COUNT] += 1.0
    s[SINCE] += 1.0
    s[LARGEST] = max(s[LARGEST], abs(x))
    s[PEAK_X], s[PEAK_Y] = max(s[PEAK_X], s[XX]), max(s[PEAK_Y], s[YY])
    # About the means, not about the shift: a huge value that has left may have pulled the shift far from the rest.
    spread_x, spread_y = s[XX] - s[X] * s[X] / s[W], s[YY] - s[Y] * s[Y] / s[W]
    lost = spread_x < LOST * s[PEAK_X] or spread_y < LOST * s[PEAK_Y]
    if s[COUNT] > 2.0 and (lost or s[SINCE] >= max(REFRESH, window)):
        _afresh(asset, benchmark, t, a, decay, low, high, s)
