r"""Active beta and active risk: how a book differs from its benchmark, by beta and on its own.

Equations, with portfolio return r, benchmark return m, p periods a year and standard deviations s:
    active return   r - m
    active beta     beta - 1
    active risk     s(r - m) sqrt(p)                                 tracking error to the benchmark
    its two parts   s(r - m)^2 = (b - 1)^2 s(m)^2 + s(e)^2           b, e: slope and residuals of r on m, same periods
Assumption
    Today's exposures, held through the past periods: what is held now is judged, not what was held then.
Errors
    Of active beta the error of beta. Of active risk s / sqrt(2 n) for n returns that are normal and independent; fat
    tails make it larger.
Source
    Grinold, Kahn (2000), Active Portfolio Management, 2nd ed., chapters 3 and 4: active beta is beta less 1, and
    active variance that of beta times the benchmark and the residual's.
When not to use it
    For a book that is meant to differ from its benchmark, such as a hedged one: its target says what it aims at.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError

__all__ = ["ActiveRisk", "active_risk"]

_FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveRisk:
    """How far a book runs from its benchmark; all figures per square-root year, decimal.

    Parameters
    ----------
    total, stderr
        Active risk (tracking error), and its standard error.
    by_beta
        The part that beta other than 1 makes over the same periods.
    specific
        The part that is not the benchmark's: root of the sum of squares of the two parts is the total.
    n_obs, periods_per_year
        Returns looked at, and how many make a year.
    lacking
        Assets without a past of their own, for which beta times benchmark stands in: with them the specific part is
        larger than is said here.
    """

    total: float
    stderr: float
    by_beta: float
    specific: float
    n_obs: int
    periods_per_year: float
    lacking: tuple[str, ...] = ()


def active_risk(
    portfolio: ArrayLike, benchmark: ArrayLike, *, periods_per_year: float, lacking: tuple[str, ...] = ()
) -> ActiveRisk:
    """Take active risk apart.

    Parameters
    ----------
    portfolio, benchmark
        Simple returns of the same periods, shape (n_periods,).
    periods_per_year
        For annualisation.
    lacking
        Assets without a past of their own.

    Raises
    ------
    InputError
        If the two differ in length, or are fewer than 20.

    Examples
    --------
    >>> m = np.tile([0.01, -0.01], 50)
    >>> made = active_risk(1.5 * m, m, periods_per_year=252)
    >>> round(made.total, 4), round(made.by_beta, 4), round(made.specific, 12)
    (0.0798, 0.0798, 0.0)
    """
    r, m = np.asarray(portfolio, dtype=np.float64), np.asarray(benchmark, dtype=np.float64)
    if r.shape != m.shape or r.size < _FEWEST:
        raise InputError(
            expected=f"at least {_FEWEST} returns of portfolio and benchmark over the same periods",
            found=f"{r.size} and {m.size}",
            try_next="give a longer history",
        )
    year, free = periods_per_year, r.size - 1
    spread, own = m - m.mean(), r - r.mean()
    variance = float(spread @ spread)
    slope = float(own @ spread) / variance if variance > 0 else 0.0
    residual = own - slope * spread
    active = own - spread
    total = sqrt(float(active @ active) / free * year)
    return ActiveRisk(
        total=total,
        stderr=total / sqrt(2.0 * r.size),
        by_beta=abs(slope - 1.0) * sqrt(variance / free * year),
        specific=sqrt(float(residual @ residual) / free * year),
        n_obs=r.size,
        periods_per_year=year,
        lacking=lacking,
    )
