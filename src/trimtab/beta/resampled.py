"""A step before an estimator: the same estimator on daily, weekly, monthly or quarterly returns.

Equation
    R_p = prod (1 + r_t) - 1 over the days t of period p, for asset and benchmark alike; then any estimator
Assumption
    Beta is the same at every frequency, or the one at this frequency is the one that is wanted. Longer intervals heal
    stale and asynchronous prices, and cost precision: a year of weeks tells a fifth of what a year of days does.
Errors
    Fixed ends: the estimator's own. Overlapping: Newey-West with three times as many lags as the overlap; the Bartlett
    kernel gives distant lags too little weight, and with lags equal to the overlap it would see 70% of the variance.
Source
    Hansen, Hodrick (1980), "Forward exchange rates as optimal predictors of future spot rates", Journal of Political
    Economy 88, for overlapping data; Newey, West (1987), Econometrica 55.
When not to use it
    To forecast from clean daily prices: daily returns carry more information.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from trimtab.errors import InputError
from trimtab.market.resample import SPANS, overlap_returns, resample_returns
from trimtab.market.returns import PairedReturns

__all__ = ["Resampled"]

#: Newey-West lags per row of overlap.
_LAGS_PER_ROW = 3
#: Fewest independent intervals that overlapping ones must contain.
_MIN_INTERVALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Compound returns into longer intervals before they are estimated from.

    Parameters
    ----------
    frequency
        "daily", "weekly", "monthly" or "quarterly".
    overlapping
        True takes an interval that ends on every row (5, 21 or 63 rows long) in place of calendar periods.
    """

    frequency: str = "weekly"
    overlapping: bool = False

    def __post_init__(self) -> None:
        if self.overlapping and self.frequency not in SPANS:
            raise InputError(
                expected=f"overlapping intervals that are {', '.join(SPANS)}",
                found=f"{self.frequency}",
                try_next="leave out overlapping, or choose a longer interval",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return self.frequency

    def prepare(self, pairs: PairedReturns) -> PairedReturns:
        """Give the compounded returns."""
        if self.overlapping:
            if pairs.frequency.name not in {"daily", "daily-7"}:
                raise InputError(
                    expected="daily prices for overlapping intervals",
                    found=f"{pairs.frequency.name} prices of {pairs.benchmark}",
                    try_next="leave out overlapping",
                )
            return overlap_returns(pairs, self._span(pairs))
        return resample_returns(pairs, self.frequency)

    def adapt(self, estimator: Any, pairs: PairedReturns) -> Any:
        """Give the estimator with errors that the overlap does not fool.

        Raises
        ------
        InputError
            If intervals overlap and the estimator has no Newey-West errors.
        """
        if not self.overlapping:
            return estimator
        if not {"errors", "lags", "min_obs"} <= {f.name for f in fields(estimator)}:
            raise InputError(
                expected="an estimator with Newey-West errors (ols, ewma or welch) after overlapping intervals",
                found=f"{estimator.name}",
                try_next=f"write {self.frequency}|{estimator.name} without overlapping",
            )
        span = self._span(pairs)
        lags = max(estimator.lags or 0, _LAGS_PER_ROW * span)
        return replace(estimator, errors="hac", lags=lags, min_obs=max(estimator.min_obs, _MIN_INTERVALS * span))

    def _span(self, pairs: PairedReturns) -> int:
        span = SPANS[self.frequency]
        return round(span * 365.0 / 252.0) if pairs.frequency.name == "daily-7" else span
