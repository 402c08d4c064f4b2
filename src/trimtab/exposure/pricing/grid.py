r"""American exercise with cash dividends, by finite differences on ln S*.

Escrowed dividend model, the same as `black.escrowed_spot`: S* = S - PV(cash dividends before expiry) is lognormal with
the stated volatility, and an option exercised at t receives theta (S*(t) + PV_t(remaining dividends) - K). The time
steps end exactly on the ex-dates, because a call is best exercised just before one. Crank-Nicolson with four implicit
half steps first (Rannacher 1984); the exercise right is added by operator splitting (S. Ikonen and J. Toivanen,
Applied Mathematics Letters 17, 2004). Slow (milliseconds an option) and general: it also prices the rare options
with two exercise boundaries that `american` cannot.
"""

# mypy: disallow-untyped-decorators=False
from math import ceil, exp, isfinite, log, nan, sqrt

import numba
import numpy as np
from numba import njit

from trimtab.exposure.pricing.european_kernel import european_one, run_in_chunks
from trimtab.stats.arrays import Floats

__all__ = ["grid_many"]

_SPACE = 800
_TIME = 300
_WIDTH = 6.0
"""Half width of the grid in total deviations."""
_VOL_BUMP = 0.01


@njit(cache=True, nogil=True, error_model="numpy")
def _remaining(amounts: Floats, times: Floats, rate: float, now: float, end: float) -> float:
    """Value at `now` of the dividends from `now` (not yet gone ex) to `end`."""
    total = 0.0
    for i in range(amounts.shape[0]):
        if now - 1e-12 <= times[i] <= end and times[i] > 0.0:
            total += amounts[i] * exp(-rate * (times[i] - now))
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _step(
    u: Floats,
    extra: Floats,
    floor: Floats,
    work: Floats,
    edges: tuple[float, float],
    stencil: tuple[float, float, float],
    dt: float,
    implicit: float,
) -> None:
    """One step back in time of length dt, in place: `implicit` is 1 (Euler) or 0.5 (Crank-Nicolson)."""
    n = u.shape[0]
    low, mid, high = stencil
    ex = (1.0 - implicit) * dt
    im = implicit * dt
    # Thomas algorithm; row 0 of work: eliminated upper diagonal, row 1: right side
    work[0, 0] = 0.0
    work[1, 0] = edges[0]
    for i in range(1, n - 1):
        right_side = u[i] + ex * (low * u[i - 1] + mid * u[i] + high * u[i + 1]) + dt * extra[i]
        pivot = 1.0 - im * mid + im * low * work[0, i - 1]
        work[0, i] = -im * high / pivot
        work[1, i] = (right_side + im * low * work[1, i - 1]) / pivot
    previous = edges[1]
    for i in range(n - 2, 0, -1):
        previous = work[1, i] - work[0, i] * previous
        work[2, i] = previous
    for i in range(1, n - 1):
        hold_value = work[2, i] - dt * extra[i]
        kept = max(hold_value, floor[i])
        extra[i] += (kept - work[2, i]) / dt
        u[i] = kept
    u[0], u[n - 1] = edges


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _at_edge(
    right: float, node: float, strike: float, rate: float, carry: float, left: float, exercised: float
) -> float:
    """Value where the payoff is as good as certain, `left` years before expiry: kept, exercised, or nothing.

    Examples
    --------
    >>> round(_at_edge(1.0, 300.0, 100.0, 0.05, 0.02, 2.0, 190.0), 9) == round(300 * exp(-0.04) - 100 * exp(-0.10), 9)
    True
    >>> _at_edge(1.0, 300.0, 100.0, 0.05, 0.2, 2.0, 200.0), _at_edge(-1.0, 300.0, 100.0, 0.05, 0.02, 2.0, -200.0)
    (200.0, 0.0)
    """
    return max(right * (node * exp(-carry * left) - strike * exp(-rate * left)), exercised, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(
    right: float,
    spot: float,
    strike: float,
    vol: float,
    time: float,
    rate: float,
    carry: float,
    amounts: Floats,
    times: Floats,
) -> tuple[float, float, float, float]:
    """Value, delta, gamma and theta at the escrowed spot; theta with the spot held."""
    escrowed = spot - _remaining(amounts, times, rate, 0.0, time)
    drift = rate - carry - 0.5 * vol * vol
    half = _WIDTH * vol * sqrt(time) + abs(drift) * time + abs(log(escrowed / strike))
    h = 2.0 * half / _SPACE
    # node grid with the strike half-way between two nodes: the kink is then averaged, not sampled
    origin = log(strike) - (_SPACE // 2) * h + 0.5 * h
    node = np.empty(_SPACE + 1)
    for i in range(_SPACE + 1):
        node[i] = exp(origin + i * h)
    diffusion = 0.5 * vol * vol / (h * h)
    stencil = (diffusion - 0.5 * drift / h, -2.0 * diffusion - rate, diffusion + 0.5 * drift / h)
    u = np.empty(_SPACE + 1)
    floor = np.empty(_SPACE + 1)
    extra = np.zeros(_SPACE + 1)
    work = np.empty((3, _SPACE + 1))
    for i in range(_SPACE + 1):
        u[i] = max(right * (node[i] - strike), 0.0)
    # moments where a segment of steps ends, from expiry back to now
    stops = np.append(np.append(np.zeros(1), np.sort(times[(times > 0.0) & (times < time)])), time)
    first = True
    for k in range(stops.shape[0] - 1, 0, -1):
        length = stops[k] - stops[k - 1]
        if length < 1e-10:
            continue
        # just before this ex-date (or expiry) the holder may still exercise and keep the dividend
        cash = _remaining(amounts, times, rate, stops[k], time)
        for i in range(_SPACE + 1):
            u[i] = max(u[i], right * (node[i] + cash - strike))
            extra[i] = 0.0
        steps = max(4, ceil(_TIME * length / time))
        dt = length / steps
        damped = 2 if first else 1
        first = False
        for j in range(steps + damped):
            implicit = 1.0 if j < 2 * damped else 0.5
            width = 0.5 * dt if j < 2 * damped else dt
            done = 0.5 * dt * min(j + 1, 2 * damped) + dt * max(j + 1 - 2 * damped, 0)
            now = stops[k] - done
            cash = _remaining(amounts, times, rate, max(now, stops[k - 1] + 1e-9), time)
            for i in range(_SPACE + 1):
                floor[i] = right * (node[i] + cash - strike)
            left = time - now
            ends = (
                _at_edge(right, node[0], strike, rate, carry, left, floor[0]),
                _at_edge(right, node[_SPACE], strike, rate, carry, left, floor[_SPACE]),
            )
            _step(u, extra, floor, work, ends, stencil, width, implicit)
    return _read(right, spot, strike, vol, rate, carry, escrowed, u, origin, h)


@njit(cache=True, nogil=True, error_model="numpy")
def _read(
    right: float,
    spot: float,
    strike: float,
    vol: float,
    rate: float,
    carry: float,
    escrowed: float,
    u: Floats,
    origin: float,
    h: float,
) -> tuple[float, float, float, float]:
    """Quartic interpolation of the grid at the escrowed spot."""
    place = (log(escrowed) - origin) / h
    i = min(max(round(place), 2), u.shape[0] - 3)
    p = place - i
    a, b, c, d, e = u[i - 2], u[i - 1], u[i], u[i + 1], u[i + 2]
    one = (a - 8.0 * b + 8.0 * d - e) / 12.0
    two = (-a + 16.0 * b - 30.0 * c + 16.0 * d - e) / 12.0
    three = (-a + 2.0 * b - 2.0 * d + e) / 2.0
    four = a - 4.0 * b + 6.0 * c - 4.0 * d + e
    value = c + p * (one + p * (two / 2.0 + p * (three / 6.0 + p * four / 24.0)))
    slope = (one + p * (two + p * (three / 2.0 + p * four / 6.0))) / h
    bend = (two + p * (three + p * four / 2.0)) / (h * h)
    if value <= right * (spot - strike) * (1.0 + 1e-12):
        return right * (spot - strike), right, 0.0, 0.0
    delta = slope / escrowed
    gamma = (bend - slope) / (escrowed * escrowed)
    theta = rate * value - (rate - carry) * escrowed * delta - 0.5 * vol * vol * escrowed * escrowed * gamma
    # with the spot held, S* falls as the dividends come nearer
    return value, delta, gamma, theta - rate * (spot - escrowed) * delta


_FLOATS = numba.types.Array(numba.float64, 1, "A", readonly=True)
_OUT = numba.types.Array(numba.float64, 2, "C")
_LIST = numba.types.Array(numba.float64, 1, "C")


@njit(
    numba.void(*[_FLOATS] * 7, _LIST, _LIST, _OUT, numba.int64, numba.int64),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _fill(right, spot, strike, vol, time, rate, carry, amounts, times, out, start, stop):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    for i in range(start, stop):
        w, s, k, v, t, r, q = right[i], spot[i], strike[i], vol[i], time[i], rate[i], carry[i]
        paid = _remaining(amounts, times, r, 0.0, t)
        usable = s > paid and k > 0.0 and v * sqrt(max(t, 0.0)) > 1e-4 and isfinite(s + k + v + t + r + q)
        if not usable:
            # no grid: NaN, except where nothing is left to decide
            value, delta, gamma, vega, theta = nan, nan, nan, nan, nan
            if t == 0.0:
                value, delta, gamma, vega, theta = european_one(w, s, k, v, t, r, q)
        else:
            value, delta, gamma, theta = _solve(w, s, k, v, t, r, q, amounts, times)
            bump = v * _VOL_BUMP
            up, _, _, _ = _solve(w, s, k, v + bump, t, r, q, amounts, times)
            down, _, _, _ = _solve(w, s, k, v - bump, t, r, q, amounts, times)
            vega = (up - down) / (2.0 * bump)
        out[0, i] = value
        out[1, i] = delta
        out[2, i] = gamma
        out[3, i] = vega
        out[4, i] = theta


def grid_many(terms: tuple[Floats, ...], amounts: Floats, times: Floats) -> Floats:
    """Value, delta, gamma, vega and theta, shape (5, n_options), of American options that share their dividends.

    Parameters
    ----------
    terms
        Right, spot, strike, vol, time, rate, dividend yield, each of shape (n_options,).
    amounts, times
        Shape (n_dividends,): money per share, years until the ex-date.

    Returns
    -------
    ndarray
        NaN where vol x sqrt(time) is below 1e-4 or the dividends are worth more than the spot.
    """
    n = terms[0].shape[0]
    out = np.empty((5, n))
    lists = (np.ascontiguousarray(amounts, dtype=np.float64), np.ascontiguousarray(times, dtype=np.float64))
    run_in_chunks(_fill, (*terms, *lists, out), n, chunk=1)
    return out
