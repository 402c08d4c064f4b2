r"""Dimson's beta: the sum of slopes on neighbouring benchmark returns, for prices that come late.

Equation
    y_t = a + sum over k = -leads..lags of b_k x_{t-k} + e_t,   beta = sum of b_k
Assumption
    An asset that trades seldom, or closes at another hour, answers the benchmark within `lags` sessions. A lead is
    needed when the benchmark is the stale side. Neighbours are counted along the asset's own paired returns.
Errors
    Newey-West errors of the sum of slopes (late answers leave correlated residuals), or robust ones on request.
Source
    Dimson (1979), "Risk measurement when shares are subject to infrequent trading", Journal of Financial Economics 7,
    197-226.
When not to use it
    With prices that are neither stale nor asynchronous: each neighbour adds its own error and no information. On
    liquid American shares one lag raises the error of a yearly forecast by an eighth. The lead-lag test tells.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import hac_scores, newey_west_lags

__all__ = ["Dimson", "neighbours"]

#: Beyond this the benchmark's returns and their neighbours tell nothing apart.
_MOST_CONDITION = 1e10


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimson:
    """Sum of slopes on lagged, same-day and leading benchmark returns.

    Parameters
    ----------
    lags, leads
        How many earlier and later benchmark returns enter. The last `leads` pairs are given up, so nothing looks
        ahead of the data.
    window
        Number of paired returns; None takes all.
    errors
        "hac" or "robust".
    min_obs
        Fewest pairs that give an answer.
    """

    lags: int = 1
    leads: int = 0
    window: int | None = 252
    errors: Literal["hac", "robust"] = "hac"
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        if self.lags < 0 or self.leads < 0:
            raise InputError(
                expected="0 or more lags and leads",
                found=f"{self.lags} and {self.leads}",
                try_next="give for example 1",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "dimson"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        shape = sample.asset.shape
        value, n_eff, shares = np.full(shape[1], np.nan), np.zeros(shape[1]), np.zeros(shape)
        for i in range(shape[1]):
            rows, X = neighbours(sample.market[:, i], sample.asset[:, i], self.lags, self.leads)
            if len(rows) < X.shape[1] + 2:
                continue
            y = sample.asset[rows, i] - sample.asset[rows, i].mean()
            deviation = X - X.mean(axis=0)
            gram = deviation.T @ deviation
            # Daily returns are nearly uncorrelated, so the normal equations are as good as orthogonal factors here.
            if not np.linalg.cond(gram) < _MOST_CONDITION:
                continue
            leverage = np.linalg.solve(gram, deviation.T)
            slopes = leverage @ y
            value[i] = slopes.sum()
            n_eff[i] = len(rows)
            correction = np.sqrt(len(rows) / (len(rows) - X.shape[1] - 1))
            shares[rows, i] = leverage.sum(axis=0) * (y - deviation @ slopes) * correction
        reach = max(newey_west_lags(int(n_eff.max(initial=0))), self.lags + self.leads)
        scores = hac_scores(shares, reach) if self.errors == "hac" else shares
        return name_values(
            sample,
            value=value,
            scores=scores,
            n_eff=n_eff,
            method=self.name,
            min_obs=max(self.min_obs, 3 * (self.lags + self.leads + 2)),
            window=self.window,
        )


def neighbours(market: Floats, asset: Floats, lags: int, leads: int) -> tuple[NDArray[np.intp], Floats]:
    """Give the rows that have all neighbours, and the benchmark's returns from latest lead to earliest lag.

    Parameters
    ----------
    market, asset
        Returns of one asset and the benchmark, shape (n_rows,); NaN where there is no pair.
    lags, leads
        Numbers of neighbours.

    Returns
    -------
    rows, shape (n,), and returns, shape (n, leads + 1 + lags): leads first, then the same day, then lags.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, np.nan, 4.0])
    >>> rows, X = neighbours(x, x, 1, 0)
    >>> rows.tolist(), X.tolist()
    ([1, 3], [[2.0, 1.0], [4.0, 2.0]])
    """
    rows = np.flatnonzero(np.isfinite(market) & np.isfinite(asset))
    x = market[rows]
    n = len(rows) - lags - leads
    if n <= 0:
        return rows[:0], np.empty((0, lags + leads + 1))
    columns = [x[lags + shift : lags + shift + n] for shift in range(leads, -lags - 1, -1)]
    return rows[lags : lags + n], np.column_stack(columns)
