"""The normal distribution, in the few forms a verdict needs."""

from math import erf, inf, sqrt
from statistics import NormalDist

__all__ = ["interval_probability", "normal_cdf", "normal_quantile"]


def normal_cdf(z: float) -> float:
    """Give the probability that a standard normal variable is at most z.

    Examples
    --------
    >>> round(normal_cdf(1.959963984540054), 6)
    0.975
    """
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def normal_quantile(probability: float) -> float:
    """Give z with normal_cdf(z) = probability, 0 < probability < 1.

    Examples
    --------
    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    return NormalDist().inv_cdf(probability)


def interval_probability(lower: float, upper: float, *, mean: float, sd: float) -> float:
    """Give the probability that a normal variable lies in [lower, upper].

    With sd 0 the variable is its mean, so the answer is 1 or 0.

    Examples
    --------
    >>> round(interval_probability(-1.0, 1.0, mean=0.0, sd=1.0), 4)
    0.6827
    """
    if sd == 0.0:
        return 1.0 if lower <= mean <= upper else 0.0
    high = inf if upper == inf else (upper - mean) / sd
    low = -inf if lower == -inf else (lower - mean) / sd
    return normal_cdf(high) - normal_cdf(low)
