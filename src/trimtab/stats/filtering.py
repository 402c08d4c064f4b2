r"""What measurement left in a filtered beta, and what drift did: the bridge from a filter to portfolio errors.

A filter's estimate is linear in the returns (clipped innovations taken as given). For a state b with transition phi and
gain K_t, the weight of day t's innovation in the last estimate is

    g_t = a K_t prod over s > t of phi (1 - K_s x_s)

and in two dimensions the same backwards recursion runs on a vector of weights. The variance that measurement left is
then sum g_t^2 R_t; the rest of the filter's variance is drift of the state, which is the asset's own.

Assets whose residuals move together share their measurement errors. How much is read off x_t e_t, the parts of a plain
regression's error, over all the days at hand and not off g_t e_t: a fast filter rests on few days, too few to tell a
correlation.
"""

from dataclasses import dataclass

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["Contributions", "one_speed_contributions", "shared_scores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """Parts of a filtered estimate.

    Parameters
    ----------
    weight
        Weight of each day's innovation, shape (n_dates, n_assets); 0 where there was none.
    left
        Weight of the state before the first day, shape (n_assets,).
    n_eff
        Effective number of observations, shape (n_assets,).
    """

    weight: Floats
    left: Floats
    n_eff: Floats


def one_speed_contributions(x: Floats, variance: Floats, *, noise: Floats, phi: float, ahead: float) -> Contributions:
    """Give the weights of a scalar filter.

    Parameters
    ----------
    x
        Benchmark returns, shape (n_dates, n_assets); NaN where nothing was observed.
    variance
        Filtered variance of the state after each day, same shape.
    noise
        Variance of the residual, shape (n_assets,).
    phi
        Persistence per day.
    ahead
        Weight of today's deviation in the forecast.

    Examples
    --------
    Without drift all days weigh by the benchmark's move:

    >>> x = np.array([[1.0], [2.0]])
    >>> v = np.array([[1.0 / (0.01 + 1.0)], [1.0 / (0.01 + 5.0)]])
    >>> parts = one_speed_contributions(x, v, noise=np.array([1.0]), phi=1.0, ahead=1.0)
    >>> (parts.weight[1] / parts.weight[0]).round(12).tolist()
    [2.0]
    """
    seen = np.isfinite(x)
    x0 = np.where(seen, x, 0.0)
    # The gain from the filtered variance: K = P x / noise.
    density = np.where(seen, variance, 0.0) / noise
    keep = phi * (1.0 - density * x0**2)
    after = np.vstack([np.cumprod(keep[:0:-1], axis=0)[::-1], np.ones((1, x.shape[1]))])
    # Kish's count of the weights that days carry before the benchmark's move comes in.
    mass = density * after
    total, squares = mass.sum(axis=0), np.einsum("ti,ti->i", mass, mass)
    return Contributions(
        weight=ahead * mass * x0,
        left=ahead * keep[0] * after[0],
        n_eff=np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), 0.0),
    )


def shared_scores(x: Floats, residual: Floats, variance: Floats) -> Floats:
    """Give scores with given norms, whose products follow the assets' common residuals.

    Parameters
    ----------
    x, residual
        Benchmark returns and residuals, shape (n_dates, n_assets); 0 or NaN where nothing was observed.
    variance
        Squared norm that each column of scores shall have, shape (n_assets,).

    Examples
    --------
    >>> scores = shared_scores(np.ones((2, 2)), np.array([[1.0, -2.0], [1.0, -2.0]]), np.array([4.0, 9.0]))
    >>> (scores.T @ scores).round(9).tolist()
    [[4.0, -6.0], [-6.0, 9.0]]
    """
    parts = np.nan_to_num(x) * np.nan_to_num(residual)
    size = np.sqrt(np.einsum("ti,ti->i", parts, parts))
    scores: Floats = parts * np.where(size > 0, np.sqrt(variance) / np.where(size > 0, size, 1.0), 0.0)
    return scores
