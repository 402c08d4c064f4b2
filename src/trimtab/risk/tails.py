r"""How a book and its benchmark fall together: coskewness and tail dependence.

Equations
    coskewness   E[e z^2] / (s(e) E[z^2]),  e: residual of the book on the benchmark, z: benchmark less its mean
    lower tail   P(u <= q and v <= q) / q,  u, v: ranks of the two from 0 to 1;  upper tail in the mirror
    benchmarks   independence gives q; normal variables with correlation rho give Phi_2(z_q, z_q; rho) / q
Sources
    Harvey and Siddique (2000), "Conditional skewness in asset pricing tests", Journal of Finance 55; Joe (1997),
    Multivariate Models and Dependence Concepts.

See Also
--------
    Downside betas, four definitions with errors: `trimtab.beta.estimators.downside`.
Traps
    Negative coskewness is bad: the book does worse than its beta when the benchmark moves a lot. Tail dependence at a
    finite q is not the limit q -> 0, which no sample shows; compare it with the normal value, not with zero.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, owens_t

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import complete_rows
from trimtab.stats.ranks import mean_ranks

__all__ = ["TailDependence", "coskewness", "tail_dependence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TailDependence:
    """How often extremes come together.

    Parameters
    ----------
    level
        q.
    lower, upper
        Probability that one is in its tail given that the other is, 0 to 1.
    stderr
        Of `lower`, binomial over the days of the tail.
    normal
        What normal variables with the same correlation would show.
    n_tail, n_obs
        Expected days in a tail, and all days.
    """

    level: float
    lower: float
    upper: float
    stderr: float
    normal: float
    n_tail: float
    n_obs: int


def coskewness(returns: ArrayLike, market: ArrayLike) -> float:
    """Give the standardised coskewness with the benchmark; negative = worse than beta in large moves.

    Examples
    --------
    Short options lose in large moves either way:

    >>> market = 0.01 * np.sin(np.arange(100.0))
    >>> coskewness(market - 10 * market**2, market) < -0.3
    True
    """
    r, m = complete_rows(20, returns=returns, market=market)
    z = m - m.mean()
    spread = float(np.mean(z**2))
    if not spread > 0:
        raise NotEnoughDataError(
            expected="a benchmark that moves", found="a constant one", try_next="choose another benchmark"
        )
    residual = r - r.mean() - float(np.mean((r - r.mean()) * z)) / spread * z
    size = sqrt(float(np.mean(residual**2)))
    if size <= 1e-12 * sqrt(spread):
        raise NotEnoughDataError(
            expected="a book that is not a mere multiple of its benchmark",
            found="no residual",
            try_next="coskewness is that of the residual; here there is none",
        )
    return float(np.mean(residual * z**2)) / (size * spread)


def tail_dependence(returns: ArrayLike, market: ArrayLike, *, level: float = 0.05) -> TailDependence:
    """Measure how often the worst days come together.

    Parameters
    ----------
    returns, market
        Shape (n_periods,).
    level
        q, above 0 and at most 0.5; the sample must hold at least 10 days of a tail.

    Examples
    --------
    >>> market = np.sin(np.arange(400.0))
    >>> tail_dependence(2 * market, market, level=0.05).lower
    1.0
    """
    if not 0 < level <= 0.5:
        raise InputError(expected="a level above 0 and at most 0.5", found=f"{level}", try_next="0.05 is usual")
    r, m = complete_rows(20, returns=returns, market=market)
    n = len(r)
    if n * level < 10:
        raise NotEnoughDataError(
            expected="at least 10 days in a tail",
            found=f"{n * level:.1f}",
            try_next="raise the level or give more days",
        )
    u, v = mean_ranks(r) / n, mean_ranks(m) / n
    count = int(np.floor(n * level + 1e-9))
    cut = count / n
    lower = int(np.count_nonzero((u <= cut) & (v <= cut))) / count
    upper = int(np.count_nonzero((u > 1 - cut) & (v > 1 - cut))) / count
    # Spearman's correlation to Pearson's of the normal copula; it does not let a few wild days decide.
    spearman = float(np.corrcoef(u, v)[0, 1])
    rho = float(np.clip(2.0 * np.sin(np.pi * spearman / 6.0), -0.9999, 0.9999))
    z = float(ndtri(level))
    # The bivariate normal at equal arguments is Owen's T (Owen 1956).
    joint = float(ndtr(z) - 2.0 * owens_t(z, sqrt((1.0 - rho) / (1.0 + rho))))
    return TailDependence(
        level=level,
        lower=lower,
        upper=upper,
        stderr=sqrt(max(lower * (1.0 - lower), 0.0) / count),
        normal=joint / level,
        n_tail=n * level,
        n_obs=n,
    )
