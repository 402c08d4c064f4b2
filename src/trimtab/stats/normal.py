"""The normal distribution, in the few forms a verdict needs, exact in both tails.

A probability near 0 is never the difference of two near 1: each tail is computed from the complementary error function
on its own side, so a chance of 1e-300 has as many right digits as one of a half.
"""

from math import erf, erfc, exp, pi, sqrt
from statistics import NormalDist

import numpy as np

__all__ = ["interval_probability", "normal_cdf", "normal_quantile", "outside_probability", "upper_tail"]

_SQRT_HALF = sqrt(0.5)
_ROOT_TWO_PI = sqrt(2.0 * pi)
#: Ten Gauss-Legendre points are exact to a rounding for an interval over which the density changes by at most e.
_NODES = [(float(x), float(w)) for x, w in zip(*np.polynomial.legendre.leggauss(10), strict=True)]
#: 2^27 + 1 splits a double into two halves whose products are exact (Dekker 1971).
_SPLIT = 134217729.0


def normal_cdf(z: float) -> float:
    """Give the probability that a standard normal variable is at most z.

    Examples
    --------
    >>> round(normal_cdf(1.959963984540054), 6)
    0.975
    >>> f"{normal_cdf(-30.0):.12e}"
    '4.906713927148e-198'
    """
    return upper_tail(-z)


def upper_tail(z: float) -> float:
    """Give the probability that a standard normal variable is above z: 1 - normal_cdf(z) with all its digits.

    Examples
    --------
    >>> f"{upper_tail(10.0):.12e}"
    '7.619853024161e-24'
    """
    x = z * _SQRT_HALF
    tail = 0.5 * erfc(x)
    if not 1.0 < z < 40.0:
        return tail
    # What rounding z / sqrt(2) does to the square in the exponent, which the far tail would magnify.
    return tail * exp(_square(x)[0] - 0.5 * _square(z)[0] + (_square(x)[1] - 0.5 * _square(z)[1]))


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

    With sd 0 the variable is its mean, so the answer is 1 or 0. Its relative error is that of rounding the
    standardised ends, about 1e-16 (1 + z^2), in the far tails and for the narrowest intervals too.

    Examples
    --------
    >>> round(interval_probability(-1.0, 1.0, mean=0.0, sd=1.0), 4)
    0.6827
    >>> f"{interval_probability(9.0, 10.0, mean=0.0, sd=1.0):.12e}"
    '1.128512207424e-19'
    """
    if sd == 0.0:
        return 1.0 if lower <= mean <= upper else 0.0
    low, high = (lower - mean) / sd, (upper - mean) / sd
    if not low < high:
        return _density(low) * (upper - lower) / sd if lower < upper else 0.0
    if low < 0.0 < high:
        return 0.5 * (erf(high * _SQRT_HALF) + erf(-low * _SQRT_HALF))
    near, far = (low, high) if low >= 0.0 else (-high, -low)
    width = (upper - lower) / sd
    if width * max(far, 1.0) <= 1.0:
        return _narrow(near, far, width)
    return upper_tail(near) - upper_tail(far)


def outside_probability(lower: float, upper: float, *, mean: float, sd: float) -> float:
    """Give the probability that a normal variable lies outside [lower, upper], exact when it is all but inside.

    Examples
    --------
    >>> f"{outside_probability(-10.0, 10.0, mean=0.0, sd=1.0):.12e}"
    '1.523970604832e-23'
    """
    if sd == 0.0 or not lower < upper:
        return 1.0 - interval_probability(lower, upper, mean=mean, sd=sd)
    return min(1.0, upper_tail((mean - lower) / sd) + upper_tail((upper - mean) / sd))


def _narrow(near: float, far: float, width: float) -> float:
    """Integrate the density over an interval too narrow for a difference of tails."""
    middle = 0.5 * (near + far)
    steps = ((0.5 * width * x, w) for x, w in _NODES)
    return _density(middle) * 0.5 * width * sum(w * exp(-u * (middle + 0.5 * u)) for u, w in steps)


def _density(z: float) -> float:
    if not abs(z) < 40.0:
        return 0.0
    square, rest = _square(z)
    return exp(-0.5 * square) * exp(-0.5 * rest) / _ROOT_TWO_PI


def _square(z: float) -> tuple[float, float]:
    """Give z^2 as a double and what its rounding left out (Dekker 1971)."""
    square = z * z
    high = _SPLIT * z - (_SPLIT * z - z)
    low = z - high
    return square, ((high * high - square) + 2.0 * high * low) + low * low
