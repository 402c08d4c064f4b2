r"""Exponentially weighted least squares: recent days count more.

Equation
    weighted least squares with intercept, w_t = 2^(-age_t / half_life)
Assumption
    Beta drifts slowly; what happened `half_life` ago tells half as much.
Errors
    Decaying weights are not inverse variances, so the textbook formula does not apply; the heteroskedasticity-robust
    sandwich is used, with the effective number of observations (sum w)^2 / sum w^2 in its small-sample factor.
Source
    Hollstein, Prokopczuk, Wese Simen (2019), "Estimating beta: forecast adjustments and the impact of stock
    characteristics", Journal of Financial Markets 44.
When not to use it
    With wild single days (use `welch`), or where a number quoted elsewhere is to be reproduced.
"""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, decay_weights, name_betas, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import ErrorKind, fit_lines

__all__ = ["Ewma"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ewma:
    """Weighted least squares with weights that halve every `half_life` trading days.

    Parameters
    ----------
    half_life
        In trading days; scaled to the frequency of the data.
    window
        Most pairs looked at; None takes all.
    errors
        "robust" or "hac".
    lags, min_obs
        As in `Ols`.
    """

    half_life: float = 84.0
    window: int | None = 1260
    errors: ErrorKind = "robust"
    lags: int | None = None
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "ewma"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        lines = fit_lines(sample.market, sample.asset, decay_weights(sample, self.half_life))
        return name_betas(
            sample,
            lines,
            method=self.name,
            errors="robust" if self.errors == "classical" else self.errors,
            lags=self.lags,
            min_obs=self.min_obs,
            window=None,
        )
