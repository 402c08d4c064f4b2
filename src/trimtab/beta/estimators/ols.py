r"""Ordinary least squares: the plain beta that everyone can check.

Equation
    beta = sum (x_t - xbar)(y_t - ybar) / sum (x_t - xbar)^2
    se   = sqrt( (sum e_t^2 / (n - 2)) / sum (x_t - xbar)^2 )
Assumption
    Beta was constant over the window, and each day tells as much as any other.
Source
    Any textbook; Sharpe (1963), "A simplified model for portfolio analysis", Management Science 9.
When not to use it
    To forecast: it gives the oldest day of the window the weight of the newest, follows single wild days, and lies too
    far from its neighbours (Blume 1971). `welch|vasicek` forecasts better. To reproduce a number from elsewhere it is
    the right choice.
"""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, name_betas, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import ErrorKind, fit_lines

__all__ = ["Ols"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ols:
    """Ordinary least squares on the last `window` pairs.

    Parameters
    ----------
    window
        Number of paired returns; None takes all.
    errors
        "classical", "robust" or "hac".
    lags
        Newey-West lags for "hac"; None takes floor(4 (n / 100)^(2/9)).
    min_obs
        Fewest pairs that give an answer.

    Examples
    --------
    >>> import numpy as np
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.returns import pair_returns
    >>> days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    >>> market = np.exp(0.01 * np.sin(np.arange(60.0)))
    >>> table = PriceTable.of({"A": market**2, "M": market}, dates=days)
    >>> round(Ols(window=None).estimate(pair_returns(table, benchmark="M"))["A"].value, 2)
    2.0
    """

    window: int | None = 252
    errors: ErrorKind = "classical"
    lags: int | None = None
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "ols"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        lines = fit_lines(sample.market, sample.asset)
        return name_betas(
            sample,
            lines,
            method=self.name,
            errors=self.errors,
            lags=self.lags,
            min_obs=self.min_obs,
            window=self.window,
        )
