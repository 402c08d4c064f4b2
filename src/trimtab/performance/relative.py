r"""Performance beside a benchmark: Treynor, M2, appraisal ratio, information ratio, tracking error.

Equations (means and standard deviations per year)
    Treynor            (R - rf) / beta
    M2                 rf + (R - rf) s_m / s_r;      M2 - M: the same beside the benchmark
    appraisal ratio    alpha / s_e                   s_e: residuals of the regression
    tracking error     s(r - m)
    information ratio  (R - M) / tracking error
Conventions
    "arithmetic": R is the mean per period times p. "geometric": R is the compound return of a year. Standard deviations
    are those of a sample (n - 1; residuals n - 2), times sqrt(p).
Sources
    Treynor (1965); Modigliani and Modigliani (1997); Treynor and Black (1973); Grinold (1989). Bodie, Kane and Marcus
    call alpha / s_e the information ratio: here that is the appraisal ratio.
Traps
    Treynor and M2 mean nothing where beta or s_r is near zero, and Treynor ranks backwards where excess return and beta
    are both negative: the value is then None.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.performance.alpha import annual_return, jensen_alpha
from trimtab.performance.series import check_year, known_together
from trimtab.stats.arrays import Floats

__all__ = ["Convention", "Relative", "m_squared", "relative_performance", "tracking_error", "treynor_ratio"]

Convention = Literal["arithmetic", "geometric"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Performance beside a benchmark, all per year and decimal.

    Parameters
    ----------
    convention
        How mean returns were annualised: "arithmetic" (times p) or "geometric" (compounded).
    portfolio_return, benchmark_return, risk_free
        Yearly returns by that convention.
    portfolio_sd, benchmark_sd
        Sample standard deviations of excess returns, times sqrt(p).
    beta
        Slope of excess returns.
    treynor
        (R - rf) / beta; None where beta is not above zero.
    m_squared, m_squared_excess
        Return at the benchmark's risk, and that less the benchmark's return; None where the portfolio does not move.
    appraisal
        Arithmetic alpha / residual standard deviation; None where there are no residuals.
    tracking_error
        s(r - m), sample, times sqrt(p).
    information
        (R - M) / tracking error; None where the tracking error is zero.
    n_obs, periods_per_year
        Periods used, and p.
    """

    convention: Convention
    portfolio_return: float
    benchmark_return: float
    risk_free: float
    portfolio_sd: float
    benchmark_sd: float
    beta: float
    treynor: float | None
    m_squared: float | None
    m_squared_excess: float | None
    appraisal: float | None
    tracking_error: float
    information: float | None
    n_obs: int
    periods_per_year: float


def treynor_ratio(*, excess: float, beta: float) -> float | None:
    """Give the excess return per unit of beta; None where beta is not above zero, since the ranking then turns over.

    Examples
    --------
    Bodie, Kane and Marcus, Investments, ch. 24: the portfolio and its market.

    >>> round(treynor_ratio(excess=0.29, beta=1.2), 3), treynor_ratio(excess=0.22, beta=1.0)
    (0.242, 0.22)
    """
    return excess / beta if beta > 0 else None


def m_squared(*, portfolio: float, portfolio_sd: float, benchmark_sd: float, risk_free: float) -> float | None:
    """Give the return that the portfolio would have had at the benchmark's risk, rf + (R - rf) s_m / s_r.

    Examples
    --------
    Bodie, Kane and Marcus, Investments, ch. 24: 1.29% below the market's 28%.

    >>> value = m_squared(portfolio=0.35, portfolio_sd=0.42, benchmark_sd=0.30, risk_free=0.06)
    >>> round(value - 0.28, 4)
    -0.0129
    """
    return risk_free + (portfolio - risk_free) * benchmark_sd / portfolio_sd if portfolio_sd > 0 else None


def tracking_error(portfolio: ArrayLike, benchmark: ArrayLike, *, periods_per_year: float) -> float:
    """Give the sample standard deviation of return differences, times sqrt(p).

    Examples
    --------
    >>> round(tracking_error([0.02, 0.00, 0.01], [0.01, 0.01, 0.01], periods_per_year=12), 6)
    0.034641
    """
    r, m = known_together(2, portfolio=portfolio, benchmark=benchmark)
    return float(np.std(r - m, ddof=1)) * sqrt(check_year(periods_per_year))


def relative_performance(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    periods_per_year: float,
    risk_free: ArrayLike | float = 0.0,
    convention: Convention = "arithmetic",
) -> Relative:
    """Measure a portfolio beside its benchmark.

    Parameters
    ----------
    portfolio, benchmark
        Simple total returns per period, shape (n_periods,), decimal; NaN means missing.
    periods_per_year
        p.
    risk_free
        Return per period, a number or a series.
    convention
        "arithmetic" or "geometric" yearly returns.

    Examples
    --------
    >>> market = 0.04 * np.sin(np.arange(24.0)) + 0.01
    >>> result = relative_performance(0.002 + 0.5 * market, market, periods_per_year=12)
    >>> round(result.beta, 6), round(result.treynor - result.benchmark_return, 6)
    (0.5, 0.048)
    """
    if convention not in ("arithmetic", "geometric"):
        raise InputError(
            expected="convention arithmetic or geometric", found=f"{convention}", try_next="choose one of the two"
        )
    free = np.broadcast_to(np.asarray(risk_free, dtype=np.float64), np.shape(portfolio))
    r, m, f = known_together(12, portfolio=portfolio, benchmark=benchmark, risk_free=free)
    year = check_year(periods_per_year)
    fit = jensen_alpha(r - f, m - f, periods_per_year=year)
    yearly_r, yearly_m, yearly_f = (_yearly(s, year, convention) for s in (r, m, f))
    sd_r, sd_m = (float(np.std(s - f, ddof=1)) * sqrt(year) for s in (r, m))
    modigliani = m_squared(portfolio=yearly_r, portfolio_sd=sd_r, benchmark_sd=sd_m, risk_free=yearly_f)
    error = tracking_error(r, m, periods_per_year=year)
    beta = fit.beta.value
    own = fit.residual_sd * sqrt(year)
    return Relative(
        convention=convention,
        portfolio_return=yearly_r,
        benchmark_return=yearly_m,
        risk_free=yearly_f,
        portfolio_sd=sd_r,
        benchmark_sd=sd_m,
        beta=beta,
        treynor=treynor_ratio(excess=yearly_r - yearly_f, beta=beta),
        m_squared=modigliani,
        m_squared_excess=None if modigliani is None else modigliani - yearly_m,
        # Residuals of a perfect copy are rounding noise, and so would be their ratio.
        appraisal=fit.arithmetic.value / own if own > 1e-12 * sd_r else None,
        tracking_error=error,
        information=(yearly_r - yearly_m) / error if error > 1e-12 * sd_m else None,
        n_obs=len(r),
        periods_per_year=year,
    )


def _yearly(returns: Floats, year: float, convention: Convention) -> float:
    if convention == "arithmetic":
        return float(np.mean(returns)) * year
    return annual_return(returns, periods_per_year=year)
