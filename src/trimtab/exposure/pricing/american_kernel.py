r"""The exercise boundary of an American option by spectral collocation, compiled.

For a put with rate r > 0 and yield q, at time tau to expiry exercise is best at or below the boundary B(tau). With
X = B(0+) = K min(1, r/q), the function H = ln(B/X)^2 is smooth in sqrt(tau), so few Chebyshev nodes hold it. At each
node B solves B = K N(B)/D(B) (smooth pasting, the authors' "FP-A"), with m the time from now until the boundary:

    N = e^{-r tau} phi(d-(tau, B/K))/(vol sqrt(tau)) + r int_0^tau e^{-r m} phi(d-(m, z))/(vol sqrt(m)) dm
    D = the same with q and d+, plus e^{-q tau} Phi(d+(tau, B/K)) + q int_0^tau e^{-q m} Phi(d+(m, z)) dm
    d+-(m, z) = [ln z + (r - q) m]/(vol sqrt(m)) +- vol sqrt(m)/2,   z = B(tau)/B(tau - m)

Plain substitution converges by a factor of five to ten a sweep, except where the drift is large against the variance,
2 (r - q) > 6 vol^2: there it swings for ever, and value matching ("FP-B": Phi in place of phi/(vol sqrt), without the
last integral's second term) converges instead, more slowly elsewhere. Newton steps were tried: they diverge more often.
Substituting m = tau sin^2(angle) removes the square-root ends of the integrals. The price is the European one plus
the premium of early exercise (Kim 1990):

    int_0^tau [r K e^{-r m} Phi(-d-(m, S/B(tau - m))) - q S e^{-q m} Phi(-d+(m, S/B(tau - m)))] dm.

Source: L. Andersen, M. Lake and D. Offengenden, "High-performance American option pricing", Journal of Computational
Finance 20(1), 2016. Their first guess (QD+) is replaced by the shape of Bjerksund and Stensland (1993).
Calls are puts with spot and strike, and rate and yield, exchanged (McDonald and Schroder 1998).
"""

# mypy: disallow-untyped-decorators=False
from math import exp, isfinite, log, nan, pi, sqrt

import numba
import numpy as np

from trimtab.exposure.pricing.european_kernel import european_one, run_in_chunks, scaled_erfc
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["american_many", "boundary_of_put", "put_from_boundary"]

_INV_SQRT_2PI = 0.3989422804014326779
_SQRT_HALF_PI = 1.2533141373155002512
_INV_SQRT_2 = 0.7071067811865475244
_N = 8
"""Chebyshev intervals of the boundary: nine nodes, the one at expiry known."""
_SWEEPS = 30
_TOLERANCE = 1e-5
"""A sweep that moves no node by more than this (relative) is the last: the price feels its square, delta itself."""
_DRIFT = 6.0
"""Ratio of twice the drift to the variance above which value matching is used."""
_VOL_BUMP = 0.01
"""Relative change of volatility on each side for vega; its error is about 1e-5 of vega."""

_nodes, _weights = np.polynomial.legendre.leggauss(12)
_angle = 0.25 * pi * (_nodes + 1.0)
_SIN = np.sin(_angle)
_COS = np.cos(_angle)
_WEIGHT = 0.25 * pi * _weights * 2.0 * _SIN * _COS  # of dm / tau

_nodes, _weights = np.polynomial.legendre.leggauss(28)
_W = 0.5 * (_nodes + 1.0)
# angle = pi/2 w^2 crowds the points near now, where a spot close to the boundary has its peak
_PRICE_SIN = np.sin(0.5 * pi * _W * _W)
_PRICE_COS = np.cos(0.5 * pi * _W * _W)
_PRICE_WEIGHT = 0.5 * _weights * pi * _W * 2.0 * _PRICE_SIN * _PRICE_COS

_NODE = np.cos(pi * np.arange(_N + 1) / _N)  # from 1 (the full time) to -1 (expiry)
_DCT = np.cos(pi * np.outer(np.arange(_N + 1), np.arange(_N + 1)) / _N) * (2.0 / _N)
_DCT[:, 0] *= 0.5
_DCT[:, _N] *= 0.5
_DCT[0] *= 0.5
_DCT[_N] *= 0.5


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _clenshaw(coefficients: Floats, z: float) -> float:
    b0 = b1 = 0.0
    for k in range(_N, 0, -1):
        b0, b1 = 2.0 * z * b0 - b1 + coefficients[k], b0
    return float(z * b0 - b1 + coefficients[0])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _density_and_cdf(z: float) -> tuple[float, float]:
    density = _INV_SQRT_2PI * exp(-0.5 * z * z)
    tail = density * _SQRT_HALF_PI * scaled_erfc(_INV_SQRT_2 * abs(z))
    return density, (1.0 - tail if z > 0.0 else tail)


@njit(cache=True, nogil=True, error_model="numpy")
def _log_perpetual(rate: float, carry: float, vol: float) -> float:
    """Ln of the boundary of an option that never expires, strike 1."""
    v = vol * vol
    shift = (rate - carry) / v - 0.5
    root = sqrt(shift * shift + 2.0 * rate / v)
    power = -shift - root
    if shift < 0.0:
        power = -(2.0 * rate / v) / (root - shift)  # the same number without cancellation
    return float(log(power / (power - 1.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(
    log_b: Floats,
    coefficients: Floats,
    log_top: float,
    log_low: float,
    rate: float,
    carry: float,
    vol: float,
    time: float,
    matching: bool,
) -> float:
    """One substitution at every node from the boundary in `coefficients`; returns the largest move."""
    largest = 0.0
    for i in range(_N):
        share = 0.5 * (1.0 + _NODE[i])  # sqrt(tau / time)
        tau = time * share * share
        s = vol * sqrt(tau)
        here = log_b[i]
        mean = (here + (rate - carry) * tau) / s
        low_pdf, low_cdf = _density_and_cdf(mean - 0.5 * s)
        high_pdf, high_cdf = _density_and_cdf(mean + 0.5 * s)
        top = exp(-rate * tau) * (low_cdf if matching else low_pdf / s)
        low = exp(-carry * tau) * (high_cdf if matching else high_pdf / s + high_cdf)
        for j in range(_SIN.shape[0]):
            m = tau * _SIN[j] * _SIN[j]
            h = _clenshaw(coefficients, 2.0 * share * _COS[j] - 1.0)
            sm = s * _SIN[j]
            mean = (here - log_top + sqrt(max(h, 0.0)) + (rate - carry) * m) / sm
            pdf, cdf = _density_and_cdf(mean - 0.5 * sm)
            top += rate * tau * _WEIGHT[j] * exp(-rate * m) * (cdf if matching else pdf / sm)
            if carry != 0.0:
                pdf, cdf = _density_and_cdf(mean + 0.5 * sm)
                low += carry * tau * _WEIGHT[j] * exp(-carry * m) * (cdf if matching else pdf / sm + cdf)
        target = log(top / low) if top > 1e-300 and low > 1e-300 else log_low
        moved = min(max(target, log_low), log_top)
        largest = max(largest, abs(moved - here))
        log_b[i] = moved
    return largest


@njit(cache=True, nogil=True, error_model="numpy")
def boundary_of_put(rate: float, carry: float, vol: float, time: float) -> tuple[Floats, float, float]:
    """Chebyshev coefficients of H, ln X and ln B(time) of a put with strike 1 and rate > 0."""
    log_top = min(0.0, log(rate / carry)) if carry > 0.0 else 0.0
    log_low = min(_log_perpetual(rate, carry, vol), log_top)
    log_b = np.empty(_N)
    # H is 0 at the node of expiry.
    squares = np.zeros(_N + 1)
    top, low = exp(log_top), exp(log_low)
    for i in range(_N):
        share = 0.5 * (1.0 + _NODE[i])
        tau = time * share * share
        pull = (2.0 * vol * sqrt(tau) + max(carry - rate, 0.0) * tau) * top / max(top - low, 1e-12)
        log_b[i] = log(low + (top - low) * exp(-pull))
        squares[i] = (log_b[i] - log_top) ** 2
    coefficients = _DCT @ squares
    matching = 2.0 * (rate - carry) > _DRIFT * vol * vol
    for n_done in range(_SWEEPS):
        matching = matching or n_done > _SWEEPS // 2
        moved = _sweep(log_b, coefficients, log_top, log_low, rate, carry, vol, time, matching)
        for i in range(_N):
            squares[i] = (log_b[i] - log_top) ** 2
        coefficients = _DCT @ squares
        if moved < _TOLERANCE:
            break
    return coefficients, log_top, log_b[0]


@njit(cache=True, nogil=True, error_model="numpy")
def put_from_boundary(
    spot: float,
    rate: float,
    carry: float,
    vol: float,
    time: float,
    coefficients: Floats,
    log_top: float,
    log_now: float,
) -> tuple[float, float, float]:
    """Value, delta and gamma of a put with strike 1, given its boundary."""
    log_spot = log(spot)
    if log_spot <= log_now:
        return 1.0 - spot, -1.0, 0.0
    value, delta, gamma, _, _ = european_one(-1.0, spot, 1.0, vol, time, rate, carry)
    s = vol * sqrt(time)
    for j in range(_PRICE_SIN.shape[0]):
        sine = _PRICE_SIN[j]
        m = time * sine * sine
        h = _clenshaw(coefficients, 2.0 * _PRICE_COS[j] - 1.0)
        sm = s * sine
        mean = (log_spot - log_top + sqrt(max(h, 0.0)) + (rate - carry) * m) / sm
        low, high = mean - 0.5 * sm, mean + 0.5 * sm
        if low > 38.0:
            continue
        weight = time * _PRICE_WEIGHT[j]
        pdf, cdf = _density_and_cdf(-low)
        gain = weight * rate * exp(-rate * m)
        value += gain * cdf
        delta -= gain * pdf / (spot * sm)
        gamma += gain * pdf * (low / sm + 1.0) / (spot * spot * sm)
        if carry != 0.0:
            pdf, cdf = _density_and_cdf(-high)
            loss = weight * carry * exp(-carry * m)
            value -= loss * spot * cdf
            delta -= loss * (cdf - pdf / sm)
            gamma += loss * pdf / (spot * sm) * (1.0 - high / sm)
    return max(value, 1.0 - spot), min(max(delta, -1.0), 0.0), max(gamma, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _decided(spot: float, rate: float, carry: float, time: float) -> tuple[float, float]:
    """Value and delta of a put with strike 1 and no volatility: exercised at the best moment of a certain path."""
    best, delta = max(1.0 - spot, 0.0), 0.0
    if spot < 1.0:
        delta = -1.0
    elif spot == 1.0:
        delta = -0.5
    moments = [time, time]
    if carry > 0.0 and carry != rate:
        moments[1] = min(max(log(carry * spot / rate) / (carry - rate), 0.0), time)
    for moment in moments:
        value = exp(-rate * moment) - spot * exp(-carry * moment)
        if value > best:
            best, delta = value, -exp(-carry * moment)
    return best, delta


@njit(cache=True, nogil=True, error_model="numpy")
def _put(
    spot: float,
    rate: float,
    carry: float,
    vol: float,
    time: float,
    want_vega: bool,
) -> tuple[float, float, float, float, float]:
    """Value, delta, gamma, vega, theta of an American put with strike 1; rate > 0 or carry >= rate."""
    if rate <= 0.0:
        return european_one(-1.0, spot, 1.0, vol, time, rate, carry)  # waiting costs nothing: never exercised early
    if vol * sqrt(time) < 1e-5:
        value, delta = _decided(spot, rate, carry, time)
        theta = 0.0 if spot < 1.0 and value <= 1.0 - spot else rate * value - (rate - carry) * spot * delta
        return value, delta, 0.0, 0.0, theta
    coefficients, log_top, log_now = boundary_of_put(rate, carry, vol, time)
    value, delta, gamma = put_from_boundary(spot, rate, carry, vol, time, coefficients, log_top, log_now)
    if log(spot) <= log_now:
        return value, delta, 0.0, 0.0, 0.0
    theta = rate * value - (rate - carry) * spot * delta - 0.5 * vol * vol * spot * spot * gamma
    vega = 0.0
    if want_vega:
        change = vol * _VOL_BUMP
        a, b, c = boundary_of_put(rate, carry, vol + change, time)
        up, _, _ = put_from_boundary(spot, rate, carry, vol + change, time, a, b, c)
        a, b, c = boundary_of_put(rate, carry, vol - change, time)
        down, _, _ = put_from_boundary(spot, rate, carry, vol - change, time, a, b, c)
        vega = (up - down) / (2.0 * change)
    return value, delta, gamma, vega, theta


@njit(cache=True, nogil=True, error_model="numpy")
def american_one(
    right: float,
    spot: float,
    strike: float,
    vol: float,
    time: float,
    rate: float,
    carry: float,
    want_vega: bool,
) -> tuple[float, float, float, float, float]:
    """Value, delta, gamma, vega, theta of one American option; NaN where two boundaries would be needed."""
    defined = spot > 0.0 and strike > 0.0 and vol >= 0.0 and time > 0.0
    if not (defined and isfinite(spot + strike + vol + time + rate + carry)):
        return european_one(right, spot, strike, vol, time, rate, carry)
    if right < 0.0:
        if rate <= 0.0 and carry < rate:
            return nan, nan, nan, nan, nan
        value, delta, gamma, vega, theta = _put(spot / strike, rate, carry, vol, time, want_vega)
        return strike * value, delta, gamma / strike, strike * vega, strike * theta
    if carry <= 0.0 and rate < carry:
        return nan, nan, nan, nan, nan
    z = strike / spot
    value, delta, gamma, vega, theta = _put(z, carry, rate, vol, time, want_vega)
    # homogeneous of degree one: d/dK of the put is its value less z delta, and its second derivative z^2 gamma
    return spot * value, value - z * delta, z * z * gamma / spot, spot * vega, spot * theta


_FLOATS = numba.types.Array(numba.float64, 1, "A", readonly=True)
_OUT = numba.types.Array(numba.float64, 2, "C")


@njit(numba.void(*[_FLOATS] * 7, _OUT, numba.int64, numba.int64), cache=True, nogil=True, error_model="numpy")
def _fill(right, spot, strike, vol, time, rate, carry, out, start, stop):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    for i in range(start, stop):
        value, delta, gamma, vega, theta = american_one(
            right[i], spot[i], strike[i], vol[i], time[i], rate[i], carry[i], True
        )
        out[0, i] = value
        out[1, i] = delta
        out[2, i] = gamma
        out[3, i] = vega
        out[4, i] = theta


def american_many(*terms: Floats) -> Floats:
    """Value, delta, gamma, vega and theta, shape (5, n_options), from seven terms of shape (n_options,).

    NaN where the option would need two exercise boundaries, and where `undefined_reason` says so.
    """
    n = terms[0].shape[0]
    out = np.empty((5, n))
    run_in_chunks(_fill, (*terms, out), n, chunk=64)
    return out
