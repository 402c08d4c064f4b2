"""Broadcasting of option terms, and why a price may be undefined."""

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["Undefined", "broadcast_terms", "check_right", "undefined_reason"]


class Undefined(IntEnum):
    """Why an option has no model price: the value of an undefined option is NaN, never 0."""

    DEFINED = 0
    EXPIRED = 1  # time to expiry below zero: it has been settled, look for its cash or shares
    NOT_FINITE = 2  # a term is NaN or infinite
    NEGATIVE_SPOT = 3  # outside the lognormal model
    NEGATIVE_STRIKE = 4
    NEGATIVE_VOL = 5


def broadcast_terms(*terms: ArrayLike) -> tuple[Floats, ...]:
    """Return every term as a float array of one common shape, without copying what need not be copied.

    Raises
    ------
    InputError
        When the shapes do not fit one another.

    Examples
    --------
    >>> spot, strike = broadcast_terms([90.0, 100.0], 95.0)
    >>> strike.tolist()
    [95.0, 95.0]
    """
    arrays = [np.asarray(term, dtype=np.float64) for term in terms]
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError as error:
        raise InputError(
            expected="option terms whose shapes broadcast to one shape",
            found=f"shapes {', '.join(str(a.shape) for a in arrays)}",
            try_next="give each term as one number or as an array with one entry per option",
        ) from error
    return tuple(array if array.shape == shape else np.broadcast_to(array, shape) for array in arrays)


def check_right(right: Floats) -> None:
    """Refuse anything but +1 (call) and -1 (put).

    Raises
    ------
    InputError
        When an entry is neither.
    """
    wrong = np.abs(right) != 1.0
    if np.any(wrong):
        raise InputError(
            expected="right +1 for a call or -1 for a put",
            found=f"{right[wrong].flat[0]:g} in {int(np.count_nonzero(wrong))} of {right.size} options",
            try_next="map the letters C and P to +1 and -1",
        )


def undefined_reason(
    *,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> NDArray[np.int8]:
    """Say for each option why it has no price, as a code of `Undefined` (0 = it has one).

    Parameters
    ----------
    spot, strike
        In money per share. Zero is allowed, below zero is not.
    vol
        Volatility per square-root year, 0.2 = 20%.
    time
        Years to expiry; 0 = expires now, below zero = expired.
    rate, dividend_yield
        Continuously compounded, per year; either sign.

    Returns
    -------
    ndarray of int8
        The first reason that applies, in the order of `Undefined`.

    Examples
    --------
    >>> undefined_reason(spot=[100, 100, -1], strike=100, vol=0.2, time=[1, -0.1, 1]).tolist()
    [0, 1, 3]
    """
    s, k, v, t, r, q = broadcast_terms(spot, strike, vol, time, rate, dividend_yield)
    finite = np.isfinite(s) & np.isfinite(k) & np.isfinite(v) & np.isfinite(t) & np.isfinite(r) & np.isfinite(q)
    tests = [t < 0.0, ~finite, s < 0.0, k < 0.0, v < 0.0]
    codes = [Undefined.EXPIRED, Undefined.NOT_FINITE, Undefined.NEGATIVE_SPOT]
    codes += [Undefined.NEGATIVE_STRIKE, Undefined.NEGATIVE_VOL]
    return np.select(tests, codes, default=Undefined.DEFINED).astype(np.int8)
