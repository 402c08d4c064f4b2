r"""What a portfolio kept of the benchmark's rises and falls.

Equations, over the periods in which the benchmark rose (up) or fell (down)
    arithmetic  capture = mean(r) / mean(m)
    geometric   capture = (prod(1 + r)^(1/k) - 1) / (prod(1 + m)^(1/k) - 1)          k: number of those periods
    annualised  the same with the power p / k: rises look larger than they were      (empyrical)
    total       (prod(1 + r) - 1) / (prod(1 + m) - 1): a ratio of totals             (PerformanceAnalytics)
    whole       the same ratio over all periods, of both sides and none
    beta        slope of r on m with its own intercept, over those periods, both in excess of the risk-free rate
Conventions
    Up: m > 0. Down: m < 0. A benchmark return of exactly zero is in neither. Captures are of total returns.
Sources
    Morningstar, "Upside/Downside capture ratio" (geometric); Bacon (2004), p. 47 (arithmetic).
Traps
    The four differ: a ratio of totals shrinks as the years go by, with nothing changed. A capture below 1 on both sides
    is not skill: half the benchmark and half cash has .5 and .5.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.performance.regression import Estimate, regress
from trimtab.performance.series import check_year, known_together
from trimtab.stats.arrays import Floats

__all__ = ["Capture", "CaptureConvention", "capture"]

CaptureConvention = Literal["arithmetic", "geometric", "annualised", "total"]

#: Fewest rises or falls for a slope of their own.
MIN_SIDE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Capture ratios and betas by side.

    Parameters
    ----------
    convention
        "arithmetic", "geometric", "annualised" or "total".
    up, down
        Share of the benchmark's rises and falls that the portfolio had; 1 = all. None without such a period.
    ratio
        up / down; None where one is missing or down is not positive.
    whole
        The same share over all periods; None where the benchmark's return over them is not above zero.
    up_beta, down_beta
        Slope over rises and over falls, of excess returns, with HAC error; None with fewer than 12, or all of one size.
    n_up, n_down, n_obs
        Periods.
    """

    convention: CaptureConvention
    up: float | None
    down: float | None
    ratio: float | None
    whole: float | None
    up_beta: Estimate | None
    down_beta: Estimate | None
    n_up: int
    n_down: int
    n_obs: int


def capture(
    portfolio: ArrayLike,
    benchmark: ArrayLike,
    *,
    convention: CaptureConvention = "geometric",
    periods_per_year: float | None = None,
    risk_free: ArrayLike | float = 0.0,
    level: float = 0.95,
) -> Capture:
    """Measure up and down capture and the betas of both sides.

    Parameters
    ----------
    portfolio, benchmark
        Simple total returns per period, shape (n_periods,); NaN means missing.
    convention
        See the module.
    periods_per_year
        Needed by "annualised", and by nothing else.
    risk_free
        Return per period, a number or a series: the slopes are of returns in excess of it, as every beta is.
    level
        Of the betas' intervals.

    Examples
    --------
    >>> benchmark = np.array([0.02, -0.01, 0.03, -0.02])
    >>> result = capture(0.5 * benchmark, benchmark, convention="arithmetic")
    >>> round(result.up, 12), round(result.down, 12), result.n_up
    (0.5, 0.5, 2)
    """
    if convention not in get_args(CaptureConvention):
        raise InputError(
            expected="arithmetic, geometric, annualised or total", found=f"{convention}", try_next="geometric is usual"
        )
    if convention == "annualised" and periods_per_year is None:
        raise InputError(
            expected="how many periods make a year, to annualise a side",
            found="no periods_per_year",
            try_next="give 252 for trading days, 365 for every day, 52 for weeks or 12 for months",
        )
    free = np.broadcast_to(np.asarray(risk_free, dtype=np.float64), np.shape(portfolio))
    r, m, f = known_together(1, portfolio=portfolio, benchmark=benchmark, risk_free=free)
    rises, falls = m > 0, m < 0
    year = 1.0 if periods_per_year is None else check_year(periods_per_year)
    up = _kept(r[rises], m[rises], convention, year)
    down = _kept(r[falls], m[falls], convention, year)
    return Capture(
        convention=convention,
        up=up,
        down=down,
        ratio=up / down if up is not None and down is not None and down > 0 else None,
        whole=_whole(r, m, convention, year),
        up_beta=_slope((r - f)[rises], (m - f)[rises], level),
        down_beta=_slope((r - f)[falls], (m - f)[falls], level),
        n_up=int(rises.sum()),
        n_down=int(falls.sum()),
        n_obs=len(m),
    )


def _kept(r: Floats, m: Floats, convention: CaptureConvention, year: float) -> float | None:
    if len(m) == 0:
        return None
    if convention == "arithmetic":
        return float(np.mean(r) / np.mean(m))
    power = {"geometric": 1.0 / len(m), "annualised": year / len(m), "total": 1.0}[convention]
    growth = float(np.prod(1.0 + r))
    if growth <= 0:
        return None
    return float((growth**power - 1.0) / (float(np.prod(1.0 + m)) ** power - 1.0))


def _whole(r: Floats, m: Floats, convention: CaptureConvention, year: float) -> float | None:
    earned = float(np.mean(m)) if convention == "arithmetic" else float(np.prod(1.0 + m)) - 1.0
    return _kept(r, m, convention, year) if earned > 0 else None


def _slope(r: Floats, m: Floats, level: float) -> Estimate | None:
    # Twelve returns of one size on one side have no slope, however many there are.
    if len(m) < MIN_SIDE or np.ptp(m) <= 1e-12 * np.max(np.abs(m)):
        return None
    # The periods of one side are no longer neighbours in time, so their order holds no autocorrelation to allow for.
    return regress(r, np.column_stack([np.ones(len(m)), m]), lags=0, level=level).terms[1]
