r"""Value at risk of normal returns, its sum over positions, and what diversification takes off.

Equations
    VaR = z sqrt(days) sqrt(x' C x),  x: money, C: covariance of daily returns, z: one-sided quantile
    diversification benefit = sum of single VaRs - VaR of all
    empirical VaR(level) = minus the (1 - level) quantile of profits
    expected shortfall   = minus the mean of profits at or below that quantile
Source
    Hull, Options, Futures and Other Derivatives, ch. 22.
Traps
    Normal tails are too thin and sqrt(days) too simple: see `tails` and `scaling`.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import one_each
from trimtab.stats.normal import normal_quantile

__all__ = ["ValueAtRisk", "empirical_var", "normal_var"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAtRisk:
    """Normal value at risk, positive amounts of money.

    Parameters
    ----------
    total
        Of the book.
    single
        Of each position by itself.
    diversification
        sum(single) - total.
    level, days
        One-sided confidence, and horizon.
    """

    total: float
    single: tuple[float, ...]
    diversification: float
    level: float
    days: float


def normal_var(
    money: ArrayLike, daily_sd: ArrayLike, *, correlation: ArrayLike | None = None, level: float = 0.99, days: float = 1
) -> ValueAtRisk:
    """Give normal value at risk, mean zero.

    Parameters
    ----------
    money
        Signed exposures, shape (n_positions,).
    daily_sd
        Standard deviations of daily returns, decimal.
    correlation
        Shape (n_positions, n_positions); may be left out for one position.
    level
        One-sided, 0.5 to below 1.
    days
        Horizon.

    Examples
    --------
    Hull, ch. 22: 10 million at 2% a day, 99%.

    >>> one = normal_var([10e6], [0.02])
    >>> round(one.total, -2), round(normal_var([10e6], [0.02], days=10).total, -2)
    (465300.0, 1471300.0)
    """
    x = np.atleast_1d(np.asarray(money, dtype=np.float64))
    exposure, sd = one_each(len(x), money=x, daily_sd=daily_sd)
    if correlation is None and len(x) > 1:
        raise InputError(
            expected="a correlation for more than one position",
            found="none",
            try_next="give the matrix of correlations",
        )
    if not (0.5 <= level < 1 and days > 0 and (sd >= 0).all() and np.isfinite(exposure).all()):
        raise InputError(
            expected="a level from 0.5 to below 1, positive days, known exposures and deviations",
            found=f"{level}, {days}",
            try_next="0.99 and 1 are usual",
        )
    rho = np.ones((1, 1)) if correlation is None else np.asarray(correlation, dtype=np.float64)
    size = normal_quantile(level) * sqrt(days)
    risk = exposure * sd
    total = size * sqrt(max(float(risk @ rho @ risk), 0.0))
    single = tuple(float(s) for s in size * np.abs(risk))
    return ValueAtRisk(total=total, single=single, diversification=sum(single) - total, level=level, days=days)


def empirical_var(profits: ArrayLike, *, level: float = 0.99) -> tuple[float, float]:
    """Give value at risk and expected shortfall of past or simulated profits, positive = loss.

    The quantile is an observed profit (no interpolation): the smallest k with k / n at or above 1 - level.

    Examples
    --------
    >>> empirical_var(np.arange(-50.0, 50.0), level=0.95)
    (46.0, 48.0)
    """
    p = np.asarray(profits, dtype=np.float64)
    p = np.sort(p[np.isfinite(p)])
    if not 0.5 <= level < 1:
        raise InputError(expected="a level from 0.5 to below 1", found=f"{level}", try_next="0.99 is usual")
    count = int(np.ceil(len(p) * (1.0 - level) - 1e-9))
    if len(p) * (1.0 - level) < 1.0 - 1e-9:
        raise NotEnoughDataError(
            expected=f"at least {int(np.ceil(1.0 / (1.0 - level) - 1e-9))} profits for level {level}",
            found=f"{len(p)}",
            try_next="give a longer history or a lower level",
        )
    return float(-p[count - 1]), float(-np.mean(p[:count]))
