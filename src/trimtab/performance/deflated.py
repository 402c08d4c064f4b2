r"""How probable it is that a Sharpe ratio is real, given its length, its tails and how many were tried.

Equations (per period)
    PSR(SR*) = Phi( (SR - SR*) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2) )
    SR_0     = s(SR) [ (1 - g) z(1 - 1/N) + g z(1 - 1/(N e)) ]           g = 0.5772..., N trials
    DSR      = PSR(SR_0)
Sources
    Bailey and Lopez de Prado (2012), "The Sharpe ratio efficient frontier", Journal of Risk 15; (2014) "The deflated
    Sharpe ratio", Journal of Portfolio Management 40.
Traps
    Ratios per period, not per year. The variance belongs to the observed SR, not to SR*. N counts independent trials:
    a hundred variants of one idea are fewer.
"""

from math import e

import numpy as np

from trimtab.errors import InputError
from trimtab.performance.ratios import Sharpe
from trimtab.stats.normal import normal_cdf, normal_quantile

__all__ = ["deflated_sharpe", "expected_best_sharpe", "probabilistic_sharpe"]


def probabilistic_sharpe(sharpe: Sharpe, *, threshold: float = 0.0) -> float:
    """Give the probability that the true Sharpe ratio lies above a threshold.

    Parameters
    ----------
    sharpe
        A measured ratio.
    threshold
        SR*, per period.

    Examples
    --------
    >>> from trimtab.performance.ratios import sharpe_ratio
    >>> round(probabilistic_sharpe(sharpe_ratio([0.02, -0.015, 0.01, -0.01] * 12, periods_per_year=12)), 3)
    0.724
    """
    if sharpe.stderr == 0.0:
        return 1.0 if sharpe.per_period > threshold else 0.0
    return normal_cdf((sharpe.per_period - threshold) / sharpe.stderr)


def expected_best_sharpe(*, trials: int, spread: float) -> float:
    """Give the Sharpe ratio that the best of N worthless trials is expected to show.

    Parameters
    ----------
    trials
        N independent trials, 1 or more.
    spread
        Standard deviation of the Sharpe ratios over the trials, per period.

    Examples
    --------
    Bailey and Lopez de Prado (2014): 100 trials, yearly variance 1/2, 250 days:

    >>> round(expected_best_sharpe(trials=100, spread=(0.5 / 250) ** 0.5), 4)
    0.1132
    """
    if trials < 1 or not spread >= 0:
        raise InputError(
            expected="one trial or more and a spread of zero or more",
            found=f"{trials} trials, spread {spread}",
            try_next="count every variant that was looked at",
        )
    if trials == 1:
        return 0.0
    gamma = float(np.euler_gamma)
    # By symmetry from the lower tail: 1 - 1/N is 1 itself for the largest N.
    low, high = -normal_quantile(1.0 / trials), -normal_quantile(1.0 / (trials * e))
    return spread * ((1.0 - gamma) * low + gamma * high)


def deflated_sharpe(sharpe: Sharpe, *, trials: int, spread: float) -> float:
    """Give the probability that the true ratio beats what the best of N worthless trials shows.

    Parameters
    ----------
    sharpe
        The ratio of the strategy that was chosen.
    trials, spread
        See `expected_best_sharpe`.

    Examples
    --------
    >>> from trimtab.performance.ratios import sharpe_ratio
    >>> chosen = sharpe_ratio([0.02, -0.015, 0.01, -0.01] * 12, periods_per_year=12)
    >>> deflated_sharpe(chosen, trials=50, spread=0.1) < probabilistic_sharpe(chosen)
    True
    """
    return probabilistic_sharpe(sharpe, threshold=expected_best_sharpe(trials=trials, spread=spread))
