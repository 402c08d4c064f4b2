r"""Risk that is the benchmark's and risk that is one's own, and what was earned per unit of each.

Equations (r, m in excess of the risk-free rate; beta by least squares; p periods a year)
    systematic risk    beta s(m) sqrt(p)
    specific risk      sqrt(sum e^2 / d) sqrt(p),      e = r - alpha - beta m
    appraisal ratio    alpha of a year / specific risk
    modified Treynor   excess return of a year / systematic risk
Conventions
    "regression": d = n - 2 and s with n - 1; alpha and excess return are means per period times p. "bacon": d = n and s
    with n, returns of a year are compound, alpha = R - rf - beta (M - rf).
Sources
    Treynor and Black (1973), "How to use security analysis to improve portfolio selection", Journal of Business 46;
    Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., pp. 75-77, reproduced by the R
    package PerformanceAnalytics.
Traps
    Bodie, Kane and Marcus call the appraisal ratio information ratio, which here divides by the tracking error.
"""

from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.performance.alpha import MIN_PERIODS, annualised_alpha, jensen_alpha
from trimtab.performance.relative import relative_performance
from trimtab.performance.series import check_year, known_together
from trimtab.stats.arrays import Floats

__all__ = ["RiskConvention", "appraisal_ratio", "modified_treynor_ratio", "specific_risk", "systematic_risk"]

RiskConvention = Literal["regression", "bacon"]


def systematic_risk(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    periods_per_year: float,
    risk_free: ArrayLike | float = 0.0,
    convention: RiskConvention = "regression",
) -> float:
    """Give the yearly volatility that comes from the benchmark, beta s(m) sqrt(p); its sign is beta's.

    Parameters
    ----------
    portfolio, benchmark
        Simple total returns per period, shape (n_periods,), decimal; NaN means missing.
    periods_per_year
        p.
    risk_free
        Return per period, a number or a series.
    convention
        See the module.

    Examples
    --------
    >>> market = np.tile([0.01, -0.01], 12)
    >>> round(systematic_risk(0.5 * market, market, periods_per_year=12, convention="bacon"), 6)
    0.017321
    """
    _, m, beta, _ = _fitted(portfolio, benchmark, risk_free, periods_per_year, convention)
    return beta * float(np.std(m, ddof=0 if convention == "bacon" else 1)) * sqrt(check_year(periods_per_year))


def specific_risk(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    periods_per_year: float,
    risk_free: ArrayLike | float = 0.0,
    convention: RiskConvention = "regression",
) -> float:
    """Give the yearly volatility that the benchmark does not explain; parameters as in `systematic_risk`.

    Examples
    --------
    >>> market, own = np.tile([0.01, -0.01, 0.01, -0.01], 6), np.tile([0.01, 0.01, -0.01, -0.01], 6)
    >>> round(specific_risk(0.5 * market + own, market, periods_per_year=12, convention="bacon"), 6)
    0.034641
    """
    _, _, _, e = _fitted(portfolio, benchmark, risk_free, periods_per_year, convention)
    freedom = len(e) if convention == "bacon" else len(e) - 2
    return sqrt(float(e @ e) / freedom) * sqrt(check_year(periods_per_year))


def appraisal_ratio(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    periods_per_year: float,
    risk_free: ArrayLike | float = 0.0,
    convention: RiskConvention = "regression",
) -> float | None:
    """Give alpha of a year per unit of specific risk; None without specific risk. Parameters as in `systematic_risk`.

    Examples
    --------
    >>> market, own = np.tile([0.01, -0.01, 0.01, -0.01], 6), np.tile([0.01, 0.01, -0.01, -0.01], 6)
    >>> round(appraisal_ratio(0.001 + 0.5 * market + own, market, periods_per_year=12), 4)
    0.3317
    """
    own = specific_risk(
        portfolio, benchmark, periods_per_year=periods_per_year, risk_free=risk_free, convention=convention
    )
    r, m, _, _ = _fitted(portfolio, benchmark, risk_free, periods_per_year, convention)
    # Residuals of a perfect copy are rounding noise, and so would be their ratio.
    if own <= 1e-12 * float(np.std(r)) * sqrt(periods_per_year):
        return None
    if convention == "bacon":
        alpha = annualised_alpha(portfolio, benchmark, periods_per_year=periods_per_year, risk_free=risk_free)
    else:
        alpha = jensen_alpha(r, m, periods_per_year=periods_per_year).arithmetic.value
    return alpha / own


def modified_treynor_ratio(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    periods_per_year: float,
    risk_free: ArrayLike | float = 0.0,
    convention: RiskConvention = "regression",
) -> float | None:
    """Give excess return of a year per unit of systematic risk; None where that is not above zero.

    A Treynor ratio that can be set beside a Sharpe ratio: both divide by a volatility. Parameters as in
    `systematic_risk`.

    Examples
    --------
    >>> market = np.tile([0.02, -0.01], 12)
    >>> round(modified_treynor_ratio(market, market, periods_per_year=12, convention="bacon"), 4)
    1.1597
    """
    risk = systematic_risk(
        portfolio, benchmark, periods_per_year=periods_per_year, risk_free=risk_free, convention=convention
    )
    if risk <= 0:
        return None
    beside = relative_performance(
        portfolio,
        benchmark,
        periods_per_year=periods_per_year,
        risk_free=risk_free,
        convention="geometric" if convention == "bacon" else "arithmetic",
    )
    return (beside.portfolio_return - beside.risk_free) / risk


def _fitted(
    portfolio: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike | float, year: float, convention: RiskConvention
) -> tuple[Floats, Floats, float, Floats]:
    """Give excess returns of both, beta, and residuals."""
    if convention not in ("regression", "bacon"):
        raise InputError(
            expected="convention regression or bacon", found=f"{convention}", try_next="choose one of the two"
        )
    free = np.broadcast_to(np.asarray(risk_free, dtype=np.float64), np.shape(portfolio))
    r, m, f = known_together(MIN_PERIODS, portfolio=portfolio, benchmark=benchmark, risk_free=free)
    fit = jensen_alpha(r - f, m - f, periods_per_year=year)
    residuals = r - f - fit.per_period.value - fit.beta.value * (m - f)
    return r - f, m - f, fit.beta.value, residuals
