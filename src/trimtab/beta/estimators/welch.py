r"""Welch's slope-winsorised beta with age decay: wild days are cut at a believable slope before they count.

Equation
    y*_t = clip(y_t, between (1 - D) x_t and (1 + D) x_t), D = 3: bounds -2 x_t and 4 x_t
    weighted least squares of y* on x with intercept, w_t = exp(-rho age_t), rho = 2/252 per trading day
Assumption
    No asset truly moves with a slope below -2 or above 4 on a given day; a return outside those bounds is news about
    the asset, not about its beta. The benchmark is never cut.
Errors
    They speak of the slope over the pairs of the past, and no bound makes them smaller: the robust sandwich of the line
    on raw returns, and the distance between that line's slope and the clipped one, for what the bounds may have
    pulled. Where they clip more than a twentieth of the days, `bound_binds` says so: on shares that is usual and tells
    little (days on which the benchmark hardly moved); on a fund of -3 times its index it is every day.
Source
    Welch (2022), "Simply better market betas", Critical Finance Review 11(1), 37-64.
When not to use it
    For assets whose daily slope can truly lie outside the bounds: options, leveraged funds of three times and more,
    very volatile coins against an index. Use `ols` there.
"""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, decay_weights, name_values, take_sample
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import ErrorKind, error_scores, fit_lines

__all__ = ["Welch", "bound_binds", "winsorise_slopes"]

#: Share of the days from which on a bound is said to bind.
_BINDING = 0.05


def winsorise_slopes(market: Floats, asset: Floats, half_width: float = 3.0) -> Floats:
    """Clip each asset return to lie between (1 - D) and (1 + D) times the benchmark's.

    Parameters
    ----------
    market, asset
        Paired returns of one shape; NaN stays NaN.
    half_width
        D. Infinity clips nothing.

    Examples
    --------
    >>> winsorise_slopes(np.array([0.01, 0.01, -0.01]), np.array([0.02, 0.30, 0.30])).tolist()
    [0.02, 0.04, 0.02]
    """
    if np.isinf(half_width):
        return asset
    one, other = (1.0 - half_width) * market, (1.0 + half_width) * market
    return np.clip(asset, np.minimum(one, other), np.maximum(one, other))


def bound_binds(asset: Floats, clipped: Floats) -> NDArray[np.bool_]:
    """Tell for each asset whether more than a twentieth of its returns were clipped, shape (n_assets,)."""
    is_finite = np.isfinite(asset)
    count = np.count_nonzero(is_finite & (clipped != asset), axis=0)
    binds: NDArray[np.bool_] = count > _BINDING * is_finite.sum(axis=0)
    return binds


@dataclass(frozen=True, slots=True, kw_only=True)
class Welch:
    """Slope-winsorised least squares with age decay.

    Parameters
    ----------
    half_width
        D, the distance of the slope bounds from 1.
    half_life
        Of the weights, in trading days; None gives equal weights.
    window
        Most pairs looked at; None takes all.
    errors
        "robust" or "hac".
    lags, min_obs
        As in `Ols`.
    """

    half_width: float = 3.0
    half_life: float | None = log(2.0) * 252.0 / 2.0
    window: int | None = 1260
    errors: ErrorKind = "robust"
    lags: int | None = None
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "welch"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        weights = None if self.half_life is None else decay_weights(sample, self.half_life)
        clipped = winsorise_slopes(sample.market, sample.asset, self.half_width)
        raw = fit_lines(sample.market, sample.asset, weights)
        cut = fit_lines(sample.market, clipped, weights)
        slope = cut.slope
        scores = error_scores(raw, "robust" if self.errors == "classical" else self.errors, lags=self.lags)
        betas = name_values(
            sample,
            value=slope,
            scores=np.vstack([scores, np.nan_to_num(raw.slope - slope)]),
            n_eff=raw.n_eff,
            method=self.name,
            min_obs=self.min_obs,
            window=None,
        )
        binding = bound_binds(sample.asset, clipped)
        estimates = tuple(
            e.with_flags(Flag.BOUND_BINDS) if binding[i] and e.reason is None and e.method == self.name else e
            for i, e in enumerate(betas.estimates)
        )
        free = np.array([e.reason is None and e.method == self.name for e in estimates], dtype=bool)
        # By what a published shrinkage weighs it: sum w e^2 / (n_eff - 2) / S_xx, e of the clipped returns.
        left = (np.ones_like(sample.age) if weights is None else weights) * cut.residual**2
        degrees_s_xx = np.maximum(cut.n_eff - 2.0, 1.0) * np.where(cut.s_xx > 0, cut.s_xx, np.nan)
        return replace(
            betas, estimates=estimates, noise=np.where(free, np.sqrt(left.sum(axis=0) / degrees_s_xx), np.nan)
        )
