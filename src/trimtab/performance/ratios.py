r"""Reward per unit of risk of one series: Sharpe with its error, Sortino, Calmar.

Equations (r in excess of the risk-free rate or of a target, per period)
    Sharpe      SR = mean(r) / s(r)                                            s: sample, n - 1
    its error   sqrt((1 - g3 SR + (g4 - 1)/4 SR^2) / (n - 1))                  g3 skewness, g4 kurtosis (normal: 3)
    a year of q periods, autocorrelation rho_k:
                eta(q) SR,  eta(q) = q / sqrt(q + 2 sum_{k<q} (q - k) rho_k)    sqrt(q) if all rho_k are zero
    Sortino     mean(r - target) / sqrt(mean(min(r - target, 0)^2))            over all n periods, not only the bad ones
    Calmar      compound return of a year / largest drawdown
Sources
    Lo (2002), "The statistics of Sharpe ratios", Financial Analysts Journal 58; Mertens (2002) for the error under
    skewness and kurtosis; Sortino and van der Meer (1991); Young (1991).
Traps
    sqrt(q) is wrong for smoothed returns: Lo finds hedge funds' Sharpe ratios overstated by up to 65%. But every
    autocorrelation that is counted brings its own noise, so few are counted unless you ask for more. Downside
    deviation over the bad periods only is another number, and a larger one.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.performance.alpha import annual_return
from trimtab.performance.series import check_year, known_together
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import newey_west_lags

__all__ = [
    "Sharpe",
    "autocorrelations",
    "calmar_ratio",
    "largest_drawdown",
    "lo_factor",
    "sharpe_ratio",
    "sortino_ratio",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpe:
    """A Sharpe ratio per period and per year.

    Parameters
    ----------
    per_period
        mean / sample standard deviation.
    stderr
        Of `per_period`, under skewness and kurtosis, independent periods.
    stderr_normal
        The same for normal returns, sqrt((1 + SR^2 / 2) / n) (Lo).
    annual
        per_period sqrt(p): right only without autocorrelation.
    annual_adjusted
        per_period eta(p) with the first `lags` autocorrelations; None where they leave no positive variance.
    lags
        Autocorrelations that were counted; later ones count as zero.
    skewness, kurtosis
        Of the returns, population moments; kurtosis 3 is normal.
    n_obs, periods_per_year
        Periods used, and p.
    """

    per_period: float
    stderr: float
    stderr_normal: float
    annual: float
    annual_adjusted: float | None
    lags: int
    skewness: float
    kurtosis: float
    n_obs: int
    periods_per_year: float


def sharpe_ratio(excess: ArrayLike, *, periods_per_year: float, lags: int | None = None) -> Sharpe:
    """Measure the Sharpe ratio with its error, and annualise it twice.

    Parameters
    ----------
    excess
        Simple returns in excess of the risk-free rate, shape (n_periods,); NaN means missing.
    periods_per_year
        p.
    lags
        How many autocorrelations to count, at most p - 1; None takes min(p - 1, floor(4 (n / 100)^(2/9))).

    Examples
    --------
    >>> result = sharpe_ratio([0.02, -0.01, 0.03, 0.00, 0.01] * 10, periods_per_year=12, lags=0)
    >>> round(result.per_period, 4), round(result.annual, 4), round(result.annual_adjusted, 4)
    (0.7, 2.4249, 2.4249)
    """
    year = check_year(periods_per_year)
    (r,) = known_together(12, returns=excess)
    n = len(r)
    sd = float(np.std(r, ddof=1))
    if sd <= 1e-14 * float(np.max(np.abs(r), initial=0.0)) or sd == 0.0:
        raise NotEnoughDataError(
            expected="returns that vary", found="a standard deviation of zero", try_next="check for a constant price"
        )
    deviation = r - r.mean()
    spread = float(np.mean(deviation**2))
    skewness, kurtosis = (float(np.mean(deviation**k)) / spread ** (k / 2) for k in (3, 4))
    ratio = float(r.mean()) / sd
    most = max(round(year) - 1, 0)
    reach = min(most, newey_west_lags(n), n - 2) if lags is None else lags
    if not 0 <= reach <= min(max(most, 0), n - 2):
        raise InputError(
            expected=f"0 to {min(most, n - 2)} autocorrelations", found=f"{lags}", try_next="leave lags out"
        )
    rho = np.zeros(max(most, 0))
    rho[:reach] = autocorrelations(r, reach)
    factor = lo_factor(rho, periods=max(round(year), 1))
    return Sharpe(
        per_period=ratio,
        stderr=sqrt(max(1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio**2, 0.0) / (n - 1)),
        stderr_normal=sqrt((1.0 + ratio**2 / 2.0) / n),
        annual=ratio * sqrt(year),
        annual_adjusted=None if factor is None else ratio * factor,
        lags=reach,
        skewness=skewness,
        kurtosis=kurtosis,
        n_obs=n,
        periods_per_year=year,
    )


def lo_factor(rho: ArrayLike, *, periods: int) -> float | None:
    """Give eta(q), by which a Sharpe ratio per period becomes one per q periods.

    Parameters
    ----------
    rho
        Autocorrelations at lags 1 .. q - 1; later ones are not looked at, missing ones count as zero.
    periods
        q.

    Returns
    -------
    None where the autocorrelations leave no positive variance: they cannot all be true.

    Examples
    --------
    Lo (2002), an autoregression with rho 0.2, 12 months:

    >>> round(lo_factor(0.2 ** np.arange(1, 12), periods=12), 3), round(lo_factor([], periods=12), 3)
    (2.879, 3.464)
    """
    correlations = np.asarray(rho, dtype=np.float64)[: max(periods - 1, 0)]
    variance = periods + 2.0 * float(np.sum((periods - np.arange(1, len(correlations) + 1)) * correlations))
    return periods / sqrt(variance) if variance > 0 else None


def autocorrelations(returns: ArrayLike, lags: int) -> Floats:
    """Give autocorrelations at lags 1 .. `lags`, each with the full-sample mean and variance, shape (lags,).

    Examples
    --------
    >>> autocorrelations([1.0, -1.0, 1.0, -1.0], 2).tolist()
    [-0.75, 0.5]
    """
    series = np.asarray(returns, dtype=np.float64)
    deviation = series - series.mean()
    total = deviation @ deviation
    return np.array([deviation[k:] @ deviation[:-k] / total for k in range(1, lags + 1)], dtype=np.float64)


def sortino_ratio(returns: ArrayLike, *, periods_per_year: float, target: float = 0.0) -> float | None:
    """Give the yearly Sortino ratio, arithmetic: mean over downside deviation, times sqrt(p).

    Parameters
    ----------
    returns
        Simple returns, shape (n_periods,).
    periods_per_year
        p.
    target
        Least acceptable return per period.

    Returns
    -------
    None where no return fell short of the target: there is then no downside to divide by.

    Examples
    --------
    >>> round(sortino_ratio([0.02, -0.02, 0.03, 0.01], periods_per_year=4), 4)
    2.0
    """
    (r,) = known_together(2, returns=returns)
    short = np.minimum(r - target, 0.0)
    downside = sqrt(float(np.mean(short**2)))
    return float(np.mean(r - target)) / downside * sqrt(check_year(periods_per_year)) if downside > 0 else None


def largest_drawdown(returns: ArrayLike) -> float:
    """Give the largest fall from a former height, a positive decimal; the start counts as a height.

    Examples
    --------
    >>> round(largest_drawdown([-0.10, 0.05, -0.20]), 6)
    0.244
    """
    (r,) = known_together(1, returns=returns)
    wealth = np.concatenate([[1.0], np.cumprod(1.0 + r)])
    return float(np.max(1.0 - wealth / np.maximum.accumulate(wealth)))


def calmar_ratio(returns: ArrayLike, *, periods_per_year: float) -> float | None:
    """Give compound yearly return over largest drawdown; None where there was no drawdown.

    Examples
    --------
    >>> round(calmar_ratio([0.10, -0.05, 0.10], periods_per_year=3), 4)
    2.99
    """
    fall = largest_drawdown(returns)
    return annual_return(returns, periods_per_year=periods_per_year) / fall if fall > 0 else None
