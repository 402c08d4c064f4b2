r"""The dimensionless Black function, accurate in its tails.

With forward F, strike K, total deviation s = vol * sqrt(time) and x = ln(F/K), the out-of-the-money option
(a call when x <= 0, a put when x > 0) is worth sqrt(F K) b(-|x|, s) before discounting, where

    b = exp(-|x|/2) Phi(h + t) - exp(|x|/2) Phi(h - t),    h = -|x|/s,  t = s/2.

Written so, the two terms agree in nearly all digits when the option is far out of the money or close to expiry, and
their difference is noise. Both share the factor E = exp(-(h^2 + t^2)/2) / sqrt(2 pi), which leaves a difference of the
ratio Y(z) = Phi(z)/phi(z), smooth and free of underflow:

    b = E [Y(h + t) - Y(h - t)].

For small t that difference is its odd Taylor series, from Y' = 1 + z Y and Y^(n+1) = n Y^(n-1) + z Y^(n).
Source of the idea: P. Jaeckel, "Let's be rational", Wilmott 2015(75), section 6; the code is our own.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import erfcx

from trimtab.stats.arrays import Floats

__all__ = ["SERIES_BELOW", "Legs", "log_moneyness", "normalised_legs"]

SERIES_BELOW = 0.02
"""Total deviation below which the Taylor series replaces the difference."""

_INV_SQRT_2PI = 0.3989422804014326779
_SQRT_HALF_PI = 1.2533141373155002512
_INV_SQRT_2 = 0.7071067811865475244


class Legs(NamedTuple):
    """The parts of an out-of-the-money option in units of sqrt(F K), undiscounted."""

    time_value: Floats  # b(-|x|, s)
    near: Floats  # exp(-|x|/2) Phi(h + t)
    far: Floats  # exp(+|x|/2) Phi(h - t)
    gauss: Floats  # E: vega per unit of s


def log_moneyness(forward: Floats, strike: Floats) -> Floats:
    """Return ln(F/K) for positive F and K, keeping its digits when F and K are close.

    Examples
    --------
    >>> float(log_moneyness(np.array(1.0 + 2.0**-40), np.array(1.0))) == 2.0**-40 * (1 - 2.0**-41)
    True
    """
    ratio = forward / strike
    near = np.abs(ratio - 1.0) < 0.5
    # forward - strike is exact here (Sterbenz), ratio - 1 would not be
    return np.where(near, np.log1p(np.where(near, (forward - strike) / strike, 0.0)), np.log(ratio))


def normalised_legs(x: Floats, s: Floats) -> Legs:
    """Return value and parts of the normalised out-of-the-money option.

    Parameters
    ----------
    x
        Log of forward over strike, any sign, finite.
    s
        Total deviation, above zero.

    Examples
    --------
    At the money b = 2 Phi(s/2) - 1:

    >>> float(normalised_legs(np.array(0.0), np.array(0.2)).time_value.round(12))
    0.079655674554
    """
    h = -np.abs(x) / s
    t = 0.5 * s
    gauss = _INV_SQRT_2PI * np.exp(-0.5 * (h * h + t * t))
    up, down = h + t, h - t
    ratio_up = _SQRT_HALF_PI * erfcx(_INV_SQRT_2 * np.abs(up))
    far = gauss * _SQRT_HALF_PI * erfcx(-_INV_SQRT_2 * down)
    near = np.where(up > 0.0, np.exp(-0.5 * np.abs(x)) - gauss * ratio_up, gauss * ratio_up)
    time_value = near - far
    small = s < SERIES_BELOW
    if np.any(small):
        time_value = np.where(small, gauss * _odd_series(h, t), time_value)
    return Legs(time_value, near, far, gauss)


def _odd_series(h: Floats, t: Floats) -> Floats:
    """Y(h + t) - Y(h - t) to t^7; for t < .01 the next term is below 1e-19 of the first."""
    y0 = _SQRT_HALF_PI * erfcx(-_INV_SQRT_2 * h)
    y1 = 1.0 + h * y0
    y2 = y0 + h * y1
    y3 = 2.0 * y1 + h * y2
    y4 = 3.0 * y2 + h * y3
    y5 = 4.0 * y3 + h * y4
    y6 = 5.0 * y4 + h * y5
    y7 = 6.0 * y5 + h * y6
    t2 = t * t
    series: Floats = 2.0 * t * (y1 + t2 / 6.0 * (y3 + t2 / 20.0 * (y5 + t2 / 42.0 * y7)))
    return series
