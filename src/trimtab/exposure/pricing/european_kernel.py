"""The steps of `black` and `normalised` for one option, compiled, and run over many options on all processors.

Threads of our own over a kernel that releases the interpreter are used instead of a parallel loop of the compiler:
they may be called from several threads at once and survive a fork, which its threading layers do not promise.
Scaled complementary error function: W. J. Cody, "Rational Chebyshev approximations for the error function",
Mathematics of Computation 23 (1969), 631-637.

The compiler's disk cache follows the file of the caller only: after an edit here, delete the cache of the kernels
that call it.
"""

# mypy: disallow-untyped-decorators=False
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from math import exp, inf, isfinite, log, log1p, nan, sqrt

import numba
import numpy as np

from trimtab.exposure.pricing.normalised import SERIES_BELOW
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["european_many", "european_one", "normal_cdf", "odd_series", "run_in_chunks", "scaled_erfc"]

_INV_SQRT_PI = 0.56418958354775628695
_INV_SQRT_2PI = 0.3989422804014326779
_SQRT_HALF_PI = 1.2533141373155002512
_INV_SQRT_2 = 0.7071067811865475244
_CHUNK = 8192
"""Options in a chunk: its outputs stay in a processor's second cache."""


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def scaled_erfc(x: float) -> float:
    """Exp(x^2) erfc(x) for x >= 0, to about 4e-16 relative."""
    if x <= 0.46875:
        y = x * x
        top = (
            ((1.85777706184603153e-1 * y + 3.16112374387056560) * y + 1.13864154151050156e2) * y + 3.77485237685302021e2
        ) * y + 3.20937758913846947e3
        low = (
            ((y + 2.36012909523441209e1) * y + 2.44024637934444173e2) * y + 1.28261652607737228e3
        ) * y + 2.84423683343917062e3
        return exp(y) * (1.0 - x * top / low)
    if x <= 4.0:
        top = 2.15311535474403846e-8 * x + 5.64188496988670089e-1
        top = ((top * x + 8.88314979438837594) * x + 6.61191906371416295e1) * x + 2.98635138197400131e2
        top = ((top * x + 8.81952221241769090e2) * x + 1.71204761263407058e3) * x + 2.05107837782607147e3
        top = top * x + 1.23033935479799725e3
        low = (x + 1.57449261107098347e1) * x + 1.17693950891312499e2
        low = ((low * x + 5.37181101862009858e2) * x + 1.62138957456669019e3) * x + 3.29079923573345963e3
        low = ((low * x + 4.36261909014324716e3) * x + 3.43936767414372164e3) * x + 1.23033935480374942e3
        return top / low
    y = 1.0 / (x * x)
    top = (1.63153871373020978e-2 * y + 3.05326634961232344e-1) * y + 3.60344899949804439e-1
    top = ((top * y + 1.25781726111229246e-1) * y + 1.60837851487422766e-2) * y + 6.58749161529837803e-4
    low = (y + 2.56852019228982242) * y + 1.87295284992346725
    low = ((low * y + 5.27905102951428412e-1) * y + 6.05183413124413191e-2) * y + 2.33520497626869185e-3
    return (_INV_SQRT_PI - y * top / low) / x


@njit(cache=True, nogil=True, error_model="numpy")
def normal_cdf(z: float) -> float:
    """Phi(z), relative accuracy kept in the lower tail."""
    tail = 0.5 * exp(-0.5 * z * z) * scaled_erfc(_INV_SQRT_2 * abs(z))
    return 1.0 - tail if z > 0.0 else tail


@njit(cache=True, nogil=True, error_model="numpy")
def odd_series(h: float, t: float) -> float:
    """Half the difference of Y(h + t) and Y(h - t), with Y = Phi / phi, by its Taylor series in t: no digits cancel."""
    y0 = _SQRT_HALF_PI * scaled_erfc(-_INV_SQRT_2 * h)
    y1 = 1.0 + h * y0
    y2 = y0 + h * y1
    y3 = 2.0 * y1 + h * y2
    y4 = 3.0 * y2 + h * y3
    y5 = 4.0 * y3 + h * y4
    y6 = 5.0 * y4 + h * y5
    y7 = 6.0 * y5 + h * y6
    t2 = t * t
    return 2.0 * t * (y1 + t2 / 6.0 * (y3 + t2 / 20.0 * (y5 + t2 / 42.0 * y7)))


@njit(cache=True, nogil=True, error_model="numpy")
def _no_variance(
    right: float, spot: float, strike: float, vol: float, time: float, rate: float, carry: float
) -> tuple[float, float, float, float, float]:
    """Give the limits that `black` states for options that are decided, expired or outside the model."""
    finite = isfinite(spot) and isfinite(strike) and isfinite(vol) and isfinite(time)
    finite = finite and isfinite(rate) and isfinite(carry)
    if not finite or spot < 0.0 or strike < 0.0 or vol < 0.0 or time < 0.0:
        return nan, nan, nan, nan, nan
    yield_factor = exp(-carry * time)
    spot_now, strike_now = spot * yield_factor, strike * exp(-rate * time)
    gap = right * (spot_now - strike_now)
    side = 0.5
    if strike_now == 0.0:
        side = 1.0 if right > 0.0 else 0.0
    elif gap != 0.0:
        side = 1.0 if gap > 0.0 else 0.0
    theta = right * side * (carry * spot_now - rate * strike_now)
    gamma = vega = 0.0
    if gap == 0.0 and spot_now > 0.0:
        gamma = inf
        vega = _INV_SQRT_2PI * spot_now * sqrt(time)
        if time == 0.0 and vol > 0.0:
            theta = -inf
    return max(gap, 0.0), right * yield_factor * side, gamma, vega, theta


@njit(cache=True, nogil=True, error_model="numpy")
def european_one(
    right: float, spot: float, strike: float, vol: float, time: float, rate: float, carry: float
) -> tuple[float, float, float, float, float]:
    """Value, delta, gamma, vega, theta of one European option; the maths is told in `black` and `normalised`."""
    root = sqrt(time) if time > 0.0 else 0.0
    s = vol * root
    if not (s > 0.0 and spot > 0.0 and strike > 0.0 and isfinite(spot + strike + vol + time + rate + carry)):
        return _no_variance(right, spot, strike, vol, time, rate, carry)
    ratio = spot / strike
    x = (log1p((spot - strike) / strike) if abs(ratio - 1.0) < 0.5 else log(ratio)) + (rate - carry) * time
    yield_factor = exp(-carry * time)
    spot_now, strike_now = spot * yield_factor, strike * exp(-rate * time)
    if spot_now <= 0.0 or strike_now <= 0.0:
        return _no_variance(right, spot, strike, vol, time, rate, carry)
    inv_s, inv_spot = 1.0 / s, 1.0 / spot  # divisions are what this loop waits for
    h, t = -abs(x) * inv_s, 0.5 * s
    gauss = sqrt(spot_now * strike_now) * _INV_SQRT_2PI * exp(-0.5 * (h * h + t * t))
    up, down = h + t, h - t
    near = gauss * _SQRT_HALF_PI * scaled_erfc(_INV_SQRT_2 * abs(up))
    if up > 0.0:
        near = min(spot_now, strike_now) - near if x != 0.0 else sqrt(spot_now * strike_now) - near
    far = gauss * _SQRT_HALF_PI * scaled_erfc(-_INV_SQRT_2 * down)
    value = gauss * odd_series(h, t) if s < SERIES_BELOW else near - far
    out_right = 1.0 if x <= 0.0 else -1.0
    spot_leg, strike_leg = (near, far) if x <= 0.0 else (far, near)
    if right != out_right:
        value += right * (spot_now - strike_now)
        spot_leg, strike_leg = spot_now - spot_leg, strike_now - strike_leg
    delta = right * spot_leg * inv_spot
    gamma = gauss * inv_s * inv_spot * inv_spot
    theta = -0.5 * gauss * vol * vol * inv_s + right * (carry * spot_leg - rate * strike_leg)
    return value, delta, gamma, gauss * root, theta


_FLOATS = numba.types.Array(numba.float64, 1, "A", readonly=True)
_OUT = numba.types.Array(numba.float64, 2, "C")


@njit(numba.void(*[_FLOATS] * 7, _OUT, numba.int64, numba.int64), cache=True, nogil=True, error_model="numpy")
def _fill(right, spot, strike, vol, time, rate, carry, out, start, stop):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    for i in range(start, stop):
        value, delta, gamma, vega, theta = european_one(
            right[i], spot[i], strike[i], vol[i], time[i], rate[i], carry[i]
        )
        out[0, i] = value
        out[1, i] = delta
        out[2, i] = gamma
        out[3, i] = vega
        out[4, i] = theta


def run_in_chunks(kernel: Callable[..., None], arguments: tuple[object, ...], n: int, chunk: int = _CHUNK) -> None:
    """Call a compiled `kernel(*arguments, start, stop)` over 0..n on all processors."""
    edges = [(start, min(start + chunk, n)) for start in range(0, n, chunk)]
    workers = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    if workers == 1 or len(edges) <= 1:
        kernel(*arguments, 0, n)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(copy_context().run, kernel, *arguments, *edge) for edge in edges]:
            done.result()


def european_many(*terms: Floats) -> Floats:
    """Value, delta, gamma, vega and theta, shape (5, n_options), from seven terms of shape (n_options,).

    The terms are right, spot, strike, vol, time, rate and dividend yield, in this order.

    Examples
    --------
    >>> columns = european_many(*(np.full(2, x) for x in (1.0, 49.0, 50.0, 0.2, 20 / 52, 0.05, 0.0)))
    >>> columns[:, 0].round(3).tolist()
    [2.401, 0.522, 0.066, 12.105, -4.305]
    """
    n = terms[0].shape[0]
    out = np.empty((5, n))
    run_in_chunks(_fill, (*terms, out), n)
    return out
