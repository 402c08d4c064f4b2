r"""Jensen's alpha: what a portfolio earned beyond its beta, with an error that survives autocorrelation.

Equation
    r_t = alpha + beta m_t + e_t                        (both in excess of the risk-free rate, simple returns)
    arithmetic   alpha_year = p alpha                   p periods a year
    compounded   alpha_year = (1 + alpha)^p - 1
    annualised   R - rf - beta (M - rf), each the geometric return of a year   (Bacon; PerformanceAnalytics)
Assumption
    Beta was constant. Where it was not, see `timing` and `attribution`.
Source
    Jensen (1968), "The performance of mutual funds in the period 1945-1964", Journal of Finance 23; Bacon (2008),
    Practical Portfolio Performance Measurement and Attribution, 2nd ed., p. 72.
Traps
    The three yearly figures differ, so each is named. A total-return portfolio against a price index earns the index's
    dividends, some 2% a year, as false alpha. Only the regression's alpha has an error: the annualised one has none.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from trimtab.performance.regression import Estimate, regress
from trimtab.performance.series import check_year, known_together

__all__ = ["JensenAlpha", "alpha_from_means", "annual_return", "annualised_alpha", "jensen_alpha"]

#: Fewest periods for a regression with a meaning.
MIN_PERIODS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class JensenAlpha:
    """Alpha and beta of one regression.

    Parameters
    ----------
    per_period
        Alpha per period, decimal (0.001 = 0.1%), with HAC t and interval.
    arithmetic
        Per year, times p.
    compounded
        Per year, (1 + alpha)^p - 1; ends of the interval are compounded too, the error is the delta method's.
    beta
        Slope on the benchmark, with HAC error.
    residual_sd
        Sample standard deviation of residuals, n - 2 degrees of freedom, per period.
    r_squared
        Share of variance explained.
    n_obs, n_missing
        Periods used, and left out because one of the series was not known.
    lags, critical
        Newey-West lags; half-width of intervals in standard errors.
    periods_per_year
        p.
    """

    per_period: Estimate
    arithmetic: Estimate
    compounded: Estimate
    beta: Estimate
    residual_sd: float
    r_squared: float
    n_obs: int
    n_missing: int
    lags: int
    critical: float
    periods_per_year: float


def jensen_alpha(
    excess: ArrayLike,
    market: ArrayLike,
    *,
    periods_per_year: float,
    lags: int | None = None,
    level: float = 0.95,
) -> JensenAlpha:
    """Estimate alpha and beta by one regression with HAC errors.

    Parameters
    ----------
    excess, market
        Simple returns of portfolio and benchmark in excess of the risk-free rate, shape (n_periods,), decimal.
        NaN means missing.
    periods_per_year
        252, 365, 52, 12 ...
    lags
        Newey-West lags; None takes floor(1.3 sqrt(n)).
    level
        Of the intervals: 0.80, 0.90, 0.95 or 0.98.

    Raises
    ------
    NotEnoughDataError
        With fewer than 12 periods, or a benchmark that does not move.

    Examples
    --------
    >>> market = 0.04 * np.sin(np.arange(24.0))
    >>> result = jensen_alpha(0.002 + 0.8 * market, market, periods_per_year=12)
    >>> round(result.per_period.value, 12), round(result.arithmetic.value, 12), round(result.compounded.value, 6)
    (0.002, 0.024, 0.024266)
    """
    year = check_year(periods_per_year)
    y, x = known_together(MIN_PERIODS, portfolio=excess, market=market)
    fit = regress(y, np.column_stack([np.ones(len(x)), x]), lags=lags, level=level)
    alpha, beta = fit.terms
    return JensenAlpha(
        per_period=alpha,
        arithmetic=alpha.scaled(year),
        compounded=_compound(alpha, year),
        beta=beta,
        residual_sd=fit.residual_sd,
        r_squared=fit.r_squared,
        n_obs=fit.n_obs,
        n_missing=len(np.asarray(excess)) - fit.n_obs,
        lags=fit.lags,
        critical=fit.critical,
        periods_per_year=year,
    )


def annual_return(returns: ArrayLike, *, periods_per_year: float) -> float:
    """Give the geometric return of a year, prod(1 + r)^(p / n) - 1; NaN returns are left out and not counted.

    Examples
    --------
    >>> round(annual_return([0.01] * 24, periods_per_year=12), 6)
    0.126825
    """
    (complete,) = known_together(1, returns=returns)
    growth = float(np.prod(1.0 + complete))
    # Everything lost: no power of a loss beyond 100% has a meaning.
    return float(growth ** (check_year(periods_per_year) / len(complete)) - 1.0) if growth > 0 else -1.0


def annualised_alpha(
    portfolio: ArrayLike, benchmark: ArrayLike, *, periods_per_year: float, risk_free: ArrayLike | float = 0.0
) -> float:
    """Give alpha from geometric yearly returns, R - rf - beta (M - rf), as Bacon and PerformanceAnalytics do.

    Parameters
    ----------
    portfolio, benchmark
        Simple total returns, not in excess of anything, shape (n_periods,).
    periods_per_year
        p.
    risk_free
        Return per period, a number or a series.

    Examples
    --------
    >>> returns = np.array([0.02, -0.01, 0.03, 0.01] * 6)
    >>> round(annualised_alpha(returns, returns, periods_per_year=12), 12)
    0.0
    """
    free = np.broadcast_to(np.asarray(risk_free, dtype=np.float64), np.shape(portfolio))
    r, m, f = known_together(MIN_PERIODS, portfolio=portfolio, benchmark=benchmark, risk_free=free)
    beta = jensen_alpha(r - f, m - f, periods_per_year=periods_per_year).beta.value
    yearly_r, yearly_m, yearly_f = (annual_return(s, periods_per_year=periods_per_year) for s in (r, m, f))
    return yearly_r - yearly_f - beta * (yearly_m - yearly_f)


def alpha_from_means(*, portfolio: float, benchmark: float, risk_free: float, beta: float) -> float:
    """Give alpha from mean returns over the same time: portfolio - (rf + beta (benchmark - rf)).

    Examples
    --------
    Bodie, Kane and Marcus, Investments, ch. 24 (portfolio P):

    >>> round(alpha_from_means(portfolio=0.35, benchmark=0.28, risk_free=0.06, beta=1.2), 3)
    0.026
    """
    return portfolio - (risk_free + beta * (benchmark - risk_free))


def _compound(alpha: Estimate, year: float) -> Estimate:
    def compound(value: float) -> float:
        return float(max(1.0 + value, 0.0) ** year - 1.0)

    slope = year * max(1.0 + alpha.value, 0.0) ** (year - 1.0)
    return replace(
        alpha,
        value=compound(alpha.value),
        stderr=alpha.stderr * slope,
        low=compound(alpha.low),
        high=compound(alpha.high),
    )
