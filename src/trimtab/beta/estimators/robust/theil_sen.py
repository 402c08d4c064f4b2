r"""Theil and Sen's beta: the median of the slopes between all pairs of days.

Equation
    beta = median over i < j of (y_j - y_i) / (x_j - x_i)
Assumption
    Beta was constant over the window; up to 29% of the days may be anything.
Errors
    Each day's part in Kendall's statistic, divided by how fast the statistic changes with beta; residuals may differ in
    size from day to day.
Source
    Sen (1968), "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
    Association 63, 1379-1389.
When not to use it
    On long windows: time and memory grow with their square, and more than `MAX_WINDOW` days are refused.
"""

from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.robust import theil_sen_line

__all__ = ["MAX_WINDOW", "TheilSen"]

#: Longest window: its two million slopes take a few hundred milliseconds an asset.
MAX_WINDOW = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TheilSen:
    """Median of pairwise slopes.

    Parameters
    ----------
    window
        Number of paired returns, at most 2000.
    min_obs
        Fewest pairs that give an answer.
    """

    window: int = 252
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        if self.window > MAX_WINDOW:
            raise InputError(
                expected=f"a window of at most {MAX_WINDOW} pairs",
                found=f"{self.window}",
                try_next="give a shorter window, or use huber",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "theil-sen"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        shape = sample.asset.shape
        value, shares = np.full(shape[1], np.nan), np.zeros(shape)
        is_complete = np.isfinite(sample.asset) & np.isfinite(sample.market)
        for i in range(shape[1]):
            rows = np.flatnonzero(is_complete[:, i])
            if len(rows) >= 3:
                value[i], shares[rows, i] = theil_sen_line(sample.market[rows, i], sample.asset[rows, i])
        return name_values(
            sample,
            value=value,
            scores=shares,
            n_eff=is_complete.sum(axis=0).astype(np.float64),
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
        )
