"""The steps of `implied` and of the American bisection for one option, compiled.

European: the same normalised price, start, bracket and Newton steps as `implied`. American: the volatility that
bisection between 0.01% and 800% ends at when it halves, in logarithms, down to a ratio of 1 + 1e-9. Its
halvings need no prices: secants find the root first, far more closely than the halvings end, and an American value
never falls when volatility rises, so a middle is too low or too high as it lies below or above the root. Only where
secants do not settle, because the value hardly feels volatility, is every middle priced.
"""

# mypy: disallow-untyped-decorators=False
from math import exp, inf, isfinite, log, log1p, nan, sqrt

from trimtab.exposure.pricing.american_kernel import american_one
from trimtab.exposure.pricing.european_kernel import european_one, odd_series, scaled_erfc
from trimtab.exposure.pricing.normalised import SERIES_BELOW
from trimtab.stats.kernels.compiling import njit

__all__ = ["ABOVE_BOUND", "BAD_TERMS", "BELOW_INTRINSIC", "SOLVED", "implied_american_one", "implied_european_one"]

SOLVED, BELOW_INTRINSIC, ABOVE_BOUND, BAD_TERMS = 0, 1, 2, 6
"""Codes of `implied.VolReason`."""

_SQRT_2PI = 2.5066282746310002
_INV_SQRT_2PI = 0.3989422804014326779
_SQRT_HALF_PI = 1.2533141373155002512
_INV_SQRT_2 = 0.7071067811865475244
_TINY = 2.2250738585072014e-308
_ITERATIONS = 60
_AT_INTRINSIC = 4e-16
_LOW, _HIGH = 1e-4, 8.0
_DONE = 1 + 1e-9
_CLOSE = 2e-11
"""Relative distance from the root within which a halving is decided by a price."""


@njit(cache=True, nogil=True, error_model="numpy")
def _normalised(x: float, s: float) -> tuple[float, float]:
    """Time value and its slope by s, of the option with ln moneyness -x <= 0, in units of sqrt(F K)."""
    h, t = -x / s, 0.5 * s
    gauss = _INV_SQRT_2PI * exp(-0.5 * (h * h + t * t))
    if s < SERIES_BELOW:
        return gauss * odd_series(h, t), gauss
    up, down = h + t, h - t
    near = gauss * _SQRT_HALF_PI * scaled_erfc(_INV_SQRT_2 * abs(up))
    if up > 0.0:
        near = exp(-0.5 * x) - near
    return near - gauss * _SQRT_HALF_PI * scaled_erfc(-_INV_SQRT_2 * down), gauss


@njit(cache=True, nogil=True, error_model="numpy")
def _deviation(x: float, b: float) -> float:
    """Total deviation s with b(-x, s) = b, for x >= 0 and 0 < b < exp(-x/2)."""
    centre = sqrt(2.0 * x)
    at_centre, _ = _normalised(x, max(centre, 1e-300))
    below = b < at_centre and x > 0.0
    low, high = (0.0, centre) if below else (centre, inf)
    s = max(centre, 1e-12) if x > 0.0 else max(_SQRT_2PI * b, 1e-300)
    for _ in range(_ITERATIONS):
        value, slope = _normalised(x, s)
        gap = value - b
        if gap == 0.0:
            break
        if gap < 0.0:
            low = max(low, s)
        else:
            high = min(high, s)
        slope, value = max(slope, _TINY), max(value, 0.0)
        if below:
            log_value, log_b = log(max(value, _TINY)), log(max(b, _TINY))
            step = (log_b - log_value) / (log_value * log_b) * -(max(value, _TINY) * log_value * log_value) / slope
        else:
            step = (value - b) / slope
        ceiling = high if isfinite(high) else 2.0 * s + 1.0
        new = s - step
        if not (low < new < ceiling):
            new = 0.5 * (low + ceiling)
        moved = abs(new - s) > 1e-15 * s
        s = new
        if not moved:
            break
    return s


@njit(cache=True, nogil=True, error_model="numpy")
def implied_european_one(
    price: float, right: float, spot: float, strike: float, time: float, rate: float, carry: float
) -> tuple[float, int]:
    """Volatility of one European price and a code of `VolReason`; NaN where there is none."""
    if not (spot > 0.0 and strike > 0.0 and time > 0.0 and isfinite(price + spot + strike + time + rate + carry)):
        return nan, BAD_TERMS
    spot_leg, strike_leg = spot * exp(-carry * time), strike * exp(-rate * time)
    ratio = spot / strike
    x = (log1p((spot - strike) / strike) if abs(ratio - 1.0) < 0.5 else log(ratio)) + (rate - carry) * time
    intrinsic = max(right * (spot_leg - strike_leg), 0.0)
    time_value = price - intrinsic
    if time_value <= _AT_INTRINSIC * (spot_leg + strike_leg if intrinsic > 0.0 else 0.0):
        return nan, BELOW_INTRINSIC
    if price >= (spot_leg if right > 0.0 else strike_leg):
        return nan, ABOVE_BOUND
    return _deviation(abs(x), time_value / sqrt(spot_leg * strike_leg)) / sqrt(time), SOLVED


@njit(cache=True, nogil=True, error_model="numpy")
def _american_gap(
    price: float, right: float, spot: float, strike: float, vol: float, time: float, rate: float, carry: float
) -> float:
    value, _, _, _, _ = american_one(right, spot, strike, vol, time, rate, carry, False)
    return float(value - price)


@njit(cache=True, nogil=True, error_model="numpy")
def _american_root(
    price: float, right: float, spot: float, strike: float, time: float, rate: float, carry: float, guess: float
) -> float:
    """Find the root by secants in volatility from a guess; NaN where they do not settle."""
    vol = guess if _LOW < guess < _HIGH else 0.3
    gap = _american_gap(price, right, spot, strike, vol, time, rate, carry)
    _, _, _, vega, _ = european_one(right, spot, strike, vol, time, rate, carry)
    slope = vega
    settled = False
    for _ in range(12):
        if not (isfinite(gap) and slope > 1e-6 * strike * sqrt(time)):
            return nan  # so flat that rounding decides: leave it to bisection
        new = vol - gap / slope
        if not (_LOW < new < _HIGH):
            return nan
        ahead = _american_gap(price, right, spot, strike, new, time, rate, carry)
        # a root is one only if its price is the price: secants may settle on a flat stretch
        if (settled or abs(new - vol) <= 1e-10 * vol) and abs(ahead) <= slope * new * _CLOSE:
            return new
        if new == vol:
            return nan
        slope = (ahead - gap) / (new - vol)
        settled = abs(new - vol) <= 1e-6 * vol
        vol, gap = new, ahead
    return nan


@njit(cache=True, nogil=True, error_model="numpy")
def implied_american_one(
    price: float, right: float, spot: float, strike: float, time: float, rate: float, carry: float, guess: float
) -> tuple[float, int]:
    """Volatility of one American price and a code of `VolReason`; `guess` decides the speed and nothing else."""
    if price <= max(0.0, right * (spot - strike)) * (1 + 1e-12):
        return nan, BELOW_INTRINSIC
    under, over = -inf, inf
    root = _american_root(price, right, spot, strike, time, rate, carry, guess)
    if isfinite(root):
        under, over = root * (1.0 - _CLOSE), root * (1.0 + _CLOSE)
    elif _american_gap(price, right, spot, strike, _HIGH, time, rate, carry) < 0.0:
        return nan, ABOVE_BOUND
    low, high = _LOW, _HIGH
    for _ in range(60):
        middle = exp((log(low) + log(high)) / 2.0)
        if middle <= under:
            less = True
        elif middle >= over:
            less = False
        else:
            less = _american_gap(price, right, spot, strike, middle, time, rate, carry) < 0.0
        if less:
            low = middle
        else:
            high = middle
        if high / low < _DONE:
            break
    return high, SOLVED
