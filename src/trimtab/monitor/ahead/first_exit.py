r"""When does a drifting number leave its band: first exit of a Brownian motion from an interval, in closed form.

For X with X_0 = x in (0, L), dX = m dt + s dW, absorbed at both ends, the probability of still being inside at t is

    S(t) = (2 / L) sum_k w [ e^(-a x) - (-1)^k e^(a (L - x)) ] / (a^2 + w^2) sin(w x) e^(-(m^2/s^2 + w^2 s^2) t / 2)

with w = k pi / L and a = m / s^2, by separation of variables. It converges fast when the spread s sqrt(t) is not small
against L. When it is, or when drift is strong, the sum over images stands in, each a normal probability of lying in
(0, L):

    S(t) = sum_n T(x + 2 n L) - T(2 n L - x)        T(q) = e^((q - x) a) P(0 < q + m t + s sqrt(t) Z < L)

A factor of e^1000 may stand before a probability of e^-1000, so neither is computed by itself: the tail beyond an end
e of (0, L) is e^(-E) times the scaled tail of the normal law, with E = [(e - x - m t)^2 + (e - q)^2 - (e - x)^2] /
(2 s^2 t), never negative. What is summed is what has left, 1 - S(t): a small chance keeps its digits.

Both are the same function, and a test holds them together and to forty digits.
Source
    Cox and Miller (1965), The Theory of Stochastic Processes, 5.7; Borodin and Salminen, Handbook of Brownian Motion.
"""

from math import exp, pi, sin, sqrt

from scipy.special import erfcx

from trimtab.errors import InputError

__all__ = ["exit_probability", "median_exit"]

_IMAGES = 25
_TERMS = 400
#: Drift over noise beyond which terms of the series cancel.
_STEEP = 30.0


def exit_probability(*, start: float, lower: float, upper: float, drift: float, sd: float, days: float) -> float:
    """Give the probability that a Brownian motion has left an interval by a time.

    Parameters
    ----------
    start
        Where it is now. At or outside an edge the answer is 1.
    lower, upper
        The interval.
    drift
        Per day.
    sd
        Per square-root day, zero or more.
    days
        The time, zero or more.

    Examples
    --------
    From the middle, with no drift, after the time in which its spread reaches the edge:

    >>> round(exit_probability(start=0.0, lower=-1.0, upper=1.0, drift=0.0, sd=1.0, days=1.0), 4)
    0.6292
    """
    if not (lower < upper and sd >= 0 and days >= 0):
        raise InputError(
            expected="an interval, and a spread and days of zero or more",
            found=f"[{lower}, {upper}], {sd}, {days}",
            try_next="give a band wider than zero",
        )
    if not lower < start < upper:
        return 1.0
    if days == 0:
        return 0.0
    length, x = upper - lower, start - lower
    if sd == 0.0:
        end = x + drift * days
        return 0.0 if 0 < end < length else 1.0
    spread = sd * sqrt(days)
    steep = abs(drift) * length / sd**2 > _STEEP
    if steep or spread < 0.5 * length:
        left = _left_by_images(x, length, drift, sd, days)
    else:
        left = 1.0 - _inside_by_series(x, length, drift, sd, days)
    return min(1.0, max(0.0, left))


def median_exit(
    *, start: float, lower: float, upper: float, drift: float, sd: float, longest: float = 2520.0
) -> float | None:
    """Give the days by which the motion has left with probability one half; None if that takes longer than `longest`.

    Examples
    --------
    >>> round(median_exit(start=0.0, lower=-1.0, upper=1.0, drift=0.0, sd=0.1), 1)
    75.7
    """
    if exit_probability(start=start, lower=lower, upper=upper, drift=drift, sd=sd, days=longest) < 0.5:
        return None
    low, high = 0.0, longest
    for _ in range(60):
        middle = (low + high) / 2.0
        if exit_probability(start=start, lower=lower, upper=upper, drift=drift, sd=sd, days=middle) < 0.5:
            low = middle
        else:
            high = middle
    return high


def _inside_by_series(x: float, length: float, m: float, s: float, t: float) -> float:
    """Give the survival probability by eigenfunctions."""
    tilt = m / (s * s)
    total = 0.0
    for k in range(1, _TERMS):
        wave = k * pi / length
        decay = exp(-(m * m / (s * s) + wave * wave * s * s) * t / 2.0)
        weight = wave * (exp(-tilt * x) - (-1) ** k * exp(tilt * (length - x))) / (tilt * tilt + wave * wave)
        total += weight * sin(wave * x) * decay
        if decay < 1e-18:
            break
    return 2.0 / length * total


def _left_by_images(x: float, length: float, m: float, s: float, t: float) -> float:
    """Give the probability of having left, one less survival, by images."""
    sd, shift = s * sqrt(t), m * t
    left = 0.0
    for n in range(-_IMAGES, _IMAGES + 1):
        left += _image(x, 2.0 * n * length - x, length, shift, sd)
        left -= _image(x, x + 2.0 * n * length, length, shift, sd) if n else -_beyond(x, length, shift, sd)
    return left


def _image(x: float, origin: float, length: float, shift: float, sd: float) -> float:
    """Give T(origin): the weighted probability of lying in (0, length)."""
    low, high = -(origin + shift) / sd, (length - origin - shift) / sd
    at_low, at_high = (_tail(x, origin, end, shift, sd) for end in (0.0, length))
    if low >= 0.0:
        return at_low - at_high
    if high <= 0.0:
        return at_high - at_low
    return exp(shift * (origin - x) / (sd * sd)) - at_low - at_high


def _beyond(x: float, length: float, shift: float, sd: float) -> float:
    """Give one less T(x): what lies beyond the two ends if nothing is absorbed."""
    if 0.0 < x + shift < length:
        return _tail(x, x, 0.0, shift, sd) + _tail(x, x, length, shift, sd)
    return 1.0 - _image(x, x, length, shift, sd)


def _tail(x: float, origin: float, end: float, shift: float, sd: float) -> float:
    """Give the weighted probability of lying beyond an end, seen from the mean."""
    power = (end - x - shift) ** 2 + (x - origin) * (2.0 * end - origin - x)
    return 0.5 * exp(-power / (2.0 * sd * sd)) * float(erfcx(abs(end - origin - shift) / (sd * sqrt(2.0))))
