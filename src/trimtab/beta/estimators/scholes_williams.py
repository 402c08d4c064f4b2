r"""Scholes and Williams's beta: a three-day window of the benchmark stands in for the day that trading missed.

Equation
    beta = (b_-1 + b_0 + b_+1) / (1 + 2 rho),   b_k slope of y_t on x_{t+k}, rho first autocorrelation of x
    computed as cov(y_t, z_t) / cov(x_t, z_t),  z_t = x_{t-1} + x_t + x_{t+1}
    which is the same up to the one observation that each slope and rho leaves out at an end
Assumption
    Every asset trades at least once between two closes, at a random time within the day.
Errors
    z is an instrument for x, so the error is the instrumental-variable one, Newey-West over the residuals'
    autocorrelation that late trades leave.
Source
    Scholes, Williams (1977), "Estimating betas from nonsynchronous data", Journal of Financial Economics 5, 309-327.
When not to use it
    With synchronous prices: three slopes carry three errors. With prices stale for longer than a day: `dimson` with
    more lags, or weekly returns.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.estimators.dimson import neighbours
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import hac_scores, newey_west_lags

__all__ = ["ScholesWilliams"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScholesWilliams:
    """Slope with a three-day sum of benchmark returns as instrument.

    Parameters
    ----------
    window
        Number of paired returns; None takes all.
    errors
        "hac" or "robust".
    min_obs
        Fewest pairs that give an answer.
    """

    window: int | None = 252
    errors: Literal["hac", "robust"] = "hac"
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "scholes-williams"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`; the last pair serves as a neighbour only."""
        sample = take_sample(pairs, self.window)
        shape = sample.asset.shape
        value, n_eff, shares = np.full(shape[1], np.nan), np.zeros(shape[1]), np.zeros(shape)
        for i in range(shape[1]):
            rows, X = neighbours(sample.market[:, i], sample.asset[:, i], 1, 1)
            if len(rows) < 4:
                continue
            z = X.sum(axis=1) - X.sum() / len(rows)
            x, y = X[:, 1] - X[:, 1].mean(), sample.asset[rows, i] - sample.asset[rows, i].mean()
            s_zx = z @ x
            # An instrument that hardly moves with the benchmark measures nothing.
            if not abs(s_zx) > 1e-8 * np.sqrt((z @ z) * (x @ x)):
                continue
            value[i] = (z @ y) / s_zx
            n_eff[i] = len(rows)
            shares[rows, i] = z * (y - value[i] * x) / s_zx * np.sqrt(len(rows) / (len(rows) - 2))
        reach = max(newey_west_lags(int(n_eff.max(initial=0))), 2)
        return name_values(
            sample,
            value=value,
            scores=hac_scores(shares, reach) if self.errors == "hac" else shares,
            n_eff=n_eff,
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
        )
