"""Exponentially weighted least squares through time, optionally on slope-winsorised returns.

A pair seen k rows ago weighs lambda^k, lambda = 2^(-1 / half_life). With weighted means and sums about them,

    W <- lambda W + 1,   mean <- mean + (value - mean) / W,   S_xy <- lambda S_xy + (x - old mean_x)(y - new mean_y)
    beta = S_xy / S_xx,   n_eff = (sum w)^2 / sum w^2,   error^2 = (S_yy / S_xx - beta^2) / (n_eff - 2)

The sums are about the running means (West 1979, Commun. ACM 22(9)), so a large mean costs no digits. The error is
least squares' own with n_eff in place of n: it takes the weights and the benchmark's moves as unrelated, and the
residuals as independent and of equal variance.

Slope winsorising (Welch 2022, Critical Finance Review 11(1), 37-64) first brings each asset return between -2 and 4
times that day's benchmark return: the slope of one day is held within 3 of a beta of one. Not for assets whose true
beta lies beyond these limits (inverse or leveraged funds), nor for intercepts: a return on a flat day becomes 0.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import positive, resumed, slope_limits, tables
from trimtab.stats.kernels.compiling import njit

__all__ = ["WeightedHistory", "WeightedState", "weighted_history"]

W, W2, MX, MY, SXX, SXY, SYY, N = range(8)  # rows of the state
FLOOR = 1e-24  # a standard deviation below 1e-12 of the mean is no variation
EXACT_FIT = 1e-12  # unexplained share of variance that rounding cannot tell from none


class WeightedState(NamedTuple):
    """Everything the past leaves behind: go on from here with the next rows."""

    values: Floats
    """(8, n_assets): weight, squared weight, both means, three sums about them, pairs."""


class WeightedHistory(NamedTuple):
    """Weighted estimates, each (n_dates, n_assets); NaN where there is none."""

    beta: Floats
    """Slope of the asset's return on the benchmark's."""
    alpha: Floats
    """Intercept, in return per row."""
    stderr: Floats
    """Standard error of beta; needs an effective count above 2."""
    effective: Floats
    """Effective number of pairs, (sum w)^2 / sum w^2, also where beta is NaN; 0 before the first pair."""
    state: WeightedState
    """State after the last row."""


def weighted_history(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    half_life: float,
    min_obs: int,
    slopes: tuple[float, float] | None = None,
    min_weight: float = 1.0,
    state: WeightedState | None = None,
    threads: int | None = None,
) -> WeightedHistory:
    """Regress each asset on the benchmark with weights that halve every `half_life` rows.

    Parameters
    ----------
    asset
        Returns (n_dates, n_assets); NaN or infinite is missing.
    benchmark
        Returns (n_dates,) or (n_dates, n_assets).
    half_life
        In rows, missing ones included. Infinite gives every pair the same weight.
    min_obs
        Fewest pairs ever seen that give a value; at least 2.
    slopes
        Limits (-2, 4) of Welch's winsorising, or None for returns as they are.
    min_weight
        Sum of weights below which nothing is given, where today's pair weighs 1: it ends an estimate whose asset has
        not been seen for long.
    state
        Where to go on from; None starts afresh.
    threads
        By default as many as the machine has.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.array([0.01, -0.02, 0.03, 0.01])
    >>> history = weighted_history(2.0 * m[:, None], m, half_life=10, min_obs=3)
    >>> history.beta[:, 0]
    array([nan, nan,  2.,  2.])
    """
    y, x = tables(asset, benchmark)
    positive("half_life", half_life)
    positive("min_obs", min_obs, least=1)
    low, high = slope_limits(slopes)
    values = resumed(None if state is None else state.values, 8, y.shape[1])
    beta, alpha, stderr, effective = (np.empty_like(y) for _ in range(4))
    out = WeightedHistory(beta, alpha, stderr, effective, WeightedState(values))
    decay = math.exp2(-1.0 / half_life)
    spread(
        lambda first, last: _advance(y, x, decay, int(min_obs), float(min_weight), low, high, out, first, last),
        y.shape[1],
        granule=64,
        threads=threads,
    )
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    decay: float,
    min_obs: int,
    min_weight: float,
    low: float,
    high: float,
    out: WeightedHistory,
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows, changing the state in place."""
    beta, alpha, stderr, effective, s = out.beta, out.alpha, out.stderr, out.effective, out.state.values
    for t in range(asset.shape[0]):
        for a in range(first, last):
            y = asset[t, a]
            x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
            w, w2 = decay * s[W, a], decay * decay * s[W2, a]
            sxx, sxy, syy = decay * s[SXX, a], decay * s[SXY, a], decay * s[SYY, a]
            if abs(x) < np.inf and abs(y) < np.inf:
                if low > -np.inf or high < np.inf:
                    y = min(max(y, min(low * x, high * x)), max(low * x, high * x))
                w, w2 = w + 1.0, w2 + 1.0
                dx, dy = x - s[MX, a], y - s[MY, a]
                s[MX, a] += dx / w
                s[MY, a] += dy / w
                rest = y - s[MY, a]
                sxx, sxy, syy = sxx + dx * (x - s[MX, a]), sxy + dx * rest, syy + dy * rest
                s[N, a] += 1.0
            s[W, a], s[W2, a], s[SXX, a], s[SXY, a], s[SYY, a] = w, w2, sxx, sxy, syy
            n_eff = w * w / w2 if w2 > 0.0 else 0.0
            effective[t, a] = n_eff
            beta[t, a] = alpha[t, a] = stderr[t, a] = np.nan
            if s[N, a] >= min_obs and w >= min_weight and sxx > FLOOR * w * s[MX, a] ** 2:
                slope = sxy / sxx
                beta[t, a] = slope
                alpha[t, a] = s[MY, a] - slope * s[MX, a]
                rss = syy - slope * sxy
                rss = rss if rss > EXACT_FIT * syy else 0.0
                if n_eff > 2.0:
                    stderr[t, a] = np.sqrt(rss / (sxx * (n_eff - 2.0)))
