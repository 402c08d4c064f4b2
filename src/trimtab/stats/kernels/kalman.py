"""A scalar state-space beta through time: random walk or mean-reverting, optionally robust.

    r_t = b_t m_t + e_t,                     e_t of variance `noise`
    b_t = mean + phi (b_{t-1} - mean) + u_t, u_t of variance `drift`

Filtered, never smoothed. Each row predicts, b <- mean + phi (b - mean), P <- phi^2 P + drift, and then, where the pair
is known, updates with the innovation v = r - b m of variance F = P m^2 + noise and the gain K = P m / F:
b <- b + K v, P <- P noise / F. (Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, ch. 3.)
With `clip` c the innovation is first brought within c sqrt(F): one wild day moves beta by a bounded amount (Masreliez
and Martin 1977, IEEE Trans. Automatic Control 22(3), take the same step with a smooth limit).

phi = 1 is the random walk; drift = 0 and phi = 1 is recursive least squares through the origin. There is no intercept:
give excess returns. Not when noise changes much over time: the two-speed filter follows it, this one does not.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import per_asset, resumed, tables
from trimtab.stats.kernels.compiling import njit
from trimtab.stats.kernels.horizon import average_ahead

__all__ = ["KalmanHistory", "KalmanStart", "KalmanState", "kalman_history"]

B, P, N, LOGLIK = range(4)  # rows of the state


class KalmanState(NamedTuple):
    """Everything the past leaves behind: go on from here with the next rows."""

    values: Floats
    """(4, n_assets): beta, its variance, pairs seen, log-likelihood."""


class KalmanStart(NamedTuple):
    """Beta and its variance the row before the first: one number, or one per asset."""

    beta: ArrayLike = 1.0
    variance: ArrayLike = 1.0


AT_ONE = KalmanStart()


class KalmanHistory(NamedTuple):
    """Filtered estimates, each (n_dates, n_assets); NaN where there is none."""

    beta: Floats
    """Expected beta, given rows up to this one: today's, or the average over the horizon."""
    stderr: Floats
    """Its standard deviation under the model."""
    n_obs: NDArray[np.int32]
    """Pairs seen so far."""
    state: KalmanState
    """State after the last row; its log-likelihood serves to choose drift and noise."""


def kalman_history(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    noise: ArrayLike,
    drift: ArrayLike,
    phi: ArrayLike = 1.0,
    mean: ArrayLike = 1.0,
    start: KalmanStart = AT_ONE,
    clip: float = np.inf,
    horizon: int = 0,
    min_obs: int = 1,
    state: KalmanState | None = None,
    threads: int | None = None,
) -> KalmanHistory:
    """Filter each asset's beta, row by row.

    Parameters
    ----------
    asset
        Returns (n_dates, n_assets); NaN or infinite is missing: the state moves forward without an update.
    benchmark
        Returns (n_dates,) or (n_dates, n_assets).
    noise, drift
        Variance of e per row (above 0) and of u per row (0 or more): one number, or one per asset.
    phi, mean
        Persistence per row, 0 to 1, and the level that beta returns to: one number, or one per asset.
    start
        Beta and its variance the row before the first.
    clip
        Limit of the innovation in its standard deviations; infinite leaves it alone.
    horizon
        Give the average beta over this many rows to come; 0 gives today's.
    min_obs
        Fewest pairs seen that give a value.
    state
        Where to go on from (then `start` is not used); None starts afresh.
    threads
        By default as many as the machine has.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.array([0.01, -0.02, 0.03, 0.01])
    >>> history = kalman_history(2.0 * m[:, None], m, noise=1e-10, drift=0.0)
    >>> history.beta[-1].round(4), history.n_obs[-1]
    (array([2.]), array([4], dtype=int32))
    """
    y, x = tables(asset, benchmark)
    n_assets = y.shape[1]
    given = {"noise": noise, "drift": drift, "phi": phi, "mean": mean}
    settings = np.stack([per_asset(name, value, n_assets) for name, value in given.items()])
    if not ((settings[0] > 0).all() and (settings[1] >= 0).all() and (abs(settings[2] - 0.5) <= 0.5).all()):
        raise InputError(
            expected="noise above 0, drift 0 or more, phi from 0 to 1",
            found=f"least noise {settings[0].min()}, least drift {settings[1].min()}, phi up to {settings[2].max()}",
            try_next="noise is the residual variance per row, drift the variance of beta's step per row",
        )
    if not clip > 0 or horizon < 0:
        raise InputError(
            expected="clip above 0 and a horizon of 0 or more rows",
            found=f"clip={clip}, horizon={horizon}",
            try_next="clip=numpy.inf switches clipping off",
        )
    values = resumed(None if state is None else state.values, 4, n_assets)
    if state is None:
        values[B] = per_asset("start", start.beta, n_assets)
        values[P] = per_asset("start_variance", start.variance, n_assets)
    ahead = np.array([average_ahead(p, horizon) for p in settings[2]]).reshape(n_assets, 2).T.copy()
    beta, stderr, count = np.empty_like(y), np.empty_like(y), np.empty(y.shape, np.int32)
    spread(
        lambda first, last: _advance(
            y, x, settings, float(clip), ahead, int(min_obs), values, beta, stderr, count, first, last
        ),
        n_assets,
        granule=64,
        threads=threads,
    )
    return KalmanHistory(beta, stderr, count, KalmanState(values))


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    settings: Floats,
    clip: float,
    ahead: Floats,
    min_obs: int,
    s: Floats,
    beta: Floats,
    stderr: Floats,
    count: NDArray[np.int32],
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows, changing the state in place."""
    for t in range(asset.shape[0]):
        for a in range(first, last):
            noise, drift, phi, mean = settings[0, a], settings[1, a], settings[2, a], settings[3, a]
            b = mean + phi * (s[B, a] - mean)
            p = phi * phi * s[P, a] + drift
            y = asset[t, a]
            x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
            if abs(x) < np.inf and abs(y) < np.inf:
                innovation = y - b * x
                variance = p * x * x + noise
                s[LOGLIK, a] -= 0.5 * (np.log(2.0 * np.pi * variance) + innovation * innovation / variance)
                limit = clip * np.sqrt(variance)
                b += p * x / variance * min(max(innovation, -limit), limit)
                p *= noise / variance
                s[N, a] += 1.0
            s[B, a], s[P, a] = b, p
            count[t, a] = int(s[N, a])
            enough = s[N, a] >= min_obs
            beta[t, a] = mean + ahead[0, a] * (b - mean) if enough else np.nan
            stderr[t, a] = np.sqrt(ahead[0, a] ** 2 * p + ahead[1, a] * drift) if enough else np.nan
