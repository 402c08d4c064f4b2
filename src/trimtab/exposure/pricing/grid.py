r"""American exercise with cash dividends, by finite differences on ln S*.

Escrowed dividend model, the same as `black.escrowed_spot`: S* = S - PV(cash dividends before expiry) is lognormal with
the stated volatility, and an option exercised at t receives theta (S*(t) + PV_t(remaining dividends) - K). The time
steps end exactly on the ex-dates, because a call is best exercised just before one. Crank-Nicolson with four implicit
half steps first (Rannacher 1984); the exercise right is added by operator splitting (S. Ikonen and J. Toivanen,
Applied Mathematics Letters 17, 2004). Slow (milliseconds an option) and general: it also prices the rare options
with two exercise boundaries that `american` cannot.
"""

# mypy: disallow-untyped-decorators=False
from math import ceil, exp, inf, isfinite, log, nan, sqrt

import numba
import numpy as np

from trimtab.exposure.pricing.european_kernel import european_one, run_in_chunks
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["grid_implied", "grid_many", "grid_scenarios"]

_SPACE = 800
_TIME = 300
_WIDTH = 6.0
"""Half width of the grid in total deviations."""
_VOL_BUMP = 0.01
_LEAST = 1e-4
"""Total deviation below which there is no grid."""
_LOW, _HIGH, _DONE = 1e-4, 8.0, 1 + 1e-9
"""Where the search for a volatility begins, and the ratio of its ends at which it is over."""


@njit(cache=True, nogil=True, error_model="numpy")
def _remaining(amounts: Floats, times: Floats, rate: float, now: float, end: float) -> float:
    """Value at `now` of the dividends from `now` (not yet gone ex) to `end`."""
    total = 0.0
    for i in range(amounts.shape[0]):
        if now - 1e-12 <= times[i] <= end and times[i] > 0.0:
            total += amounts[i] * exp(-rate * (times[i] - now))
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _factor(stencil: tuple[float, float, float], im: float, factors: Floats) -> None:
    """Eliminate the lower diagonal once for all steps of one length: upper diagonal and one over the pivot."""
    low, mid, high = stencil
    factors[0, 0] = 0.0
    for i in range(1, factors.shape[1] - 1):
        inverse = 1.0 / (1.0 - im * mid + im * low * factors[0, i - 1])
        factors[0, i] = -im * high * inverse
        factors[1, i] = inverse


@njit(cache=True, nogil=True, error_model="numpy")
def _step(
    u: Floats,
    extra: Floats,
    floor: Floats,
    work: Floats,
    factors: Floats,
    edges: tuple[float, float],
    stencil: tuple[float, float, float],
    dt: float,
    implicit: float,
) -> None:
    """One step back in time of length dt, in place: `implicit` is 1 (Euler) or 0.5 (Crank-Nicolson)."""
    n = u.shape[0]
    low, mid, high = stencil
    ex = (1.0 - implicit) * dt
    below = implicit * dt * low
    per_step = 1.0 / dt
    for i in range(1, n - 1):
        work[i] = u[i] + ex * (low * u[i - 1] + mid * u[i] + high * u[i + 1]) + dt * extra[i]
    previous = edges[0]
    for i in range(1, n - 1):
        previous = (work[i] + below * previous) * factors[1, i]
        work[i] = previous
    previous = edges[1]
    for i in range(n - 2, 0, -1):
        previous = work[i] - factors[0, i] * previous
        work[i] = previous
    for i in range(1, n - 1):
        kept = max(work[i] - dt * extra[i], floor[i])
        extra[i] += (kept - work[i]) * per_step
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


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _rooms(escrowed: float, strike: float, vol: float, time: float) -> float:
    """How many deviations the grid reaches further than it must for a spot at the strike.

    Whole ones, so that spots next to each other share a grid and an option has the same value in whatever company.
    """
    return float(ceil(abs(log(escrowed / strike)) / (vol * sqrt(time))))


@njit(cache=True, nogil=True, error_model="numpy")
def _grid(
    right: float,
    strike: float,
    vol: float,
    time: float,
    rate: float,
    carry: float,
    amounts: Floats,
    times: Floats,
    rooms: float,
    u: Floats,
) -> tuple[float, float]:
    """Fill `u` with values now at the nodes; gives ln S* of the first node and the distance between two."""
    drift = rate - carry - 0.5 * vol * vol
    half = (_WIDTH + rooms) * vol * sqrt(time) + abs(drift) * time
    h = 2.0 * half / _SPACE
    # node grid with the strike half-way between two nodes: the kink is then averaged, not sampled
    origin = log(strike) - (_SPACE // 2) * h + 0.5 * h
    node = np.empty(_SPACE + 1)
    for i in range(_SPACE + 1):
        node[i] = exp(origin + i * h)
    diffusion = 0.5 * vol * vol / (h * h)
    stencil = (diffusion - 0.5 * drift / h, -2.0 * diffusion - rate, diffusion + 0.5 * drift / h)
    floor = np.empty(_SPACE + 1)
    extra = np.zeros(_SPACE + 1)
    work = np.empty(_SPACE + 1)
    factors = np.empty((2, _SPACE + 1))
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
        # whole implicit half steps first, then Crank-Nicolson: both have half of dt on the left
        _factor(stencil, 0.5 * dt, factors)
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
            _step(u, extra, floor, work, factors, ends, stencil, width, implicit)
    return origin, h


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
    u = np.empty(_SPACE + 1)
    rooms = _rooms(escrowed, strike, vol, time)
    origin, h = _grid(right, strike, vol, time, rate, carry, amounts, times, rooms, u)
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


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _usable(s: float, k: float, v: float, t: float, r: float, q: float, paid: float) -> bool:
    """Whether a grid can be made: the dividends are worth less than the spot, and there is variance left."""
    return s > paid and k > 0.0 and v * sqrt(max(t, 0.0)) > _LEAST and isfinite(s + k + v + t + r + q)


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
        if not _usable(s, k, v, t, r, q, paid):
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


_VECTOR = numba.types.Array(numba.float64, 1, "C")


@njit(
    numba.void(*[numba.float64] * 5, _LIST, _LIST, _VECTOR, _VECTOR, _OUT),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _fill_scenarios(right, strike, time, rate, carry, amounts, times, spots, vols, out):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    n = spots.shape[0]
    paid = _remaining(amounts, times, rate, 0.0, time)
    grids = np.empty((n, _SPACE + 1))
    keys = np.empty((n, 4))
    count = 0
    for j in range(n):
        s, v = spots[j], vols[j]
        out[:, j] = nan
        if not _usable(s, strike, v, time, rate, carry, paid):
            continue
        rooms = _rooms(s - paid, strike, v, time)
        place = 0
        while place < count and not (keys[place, 0] == v and keys[place, 1] == rooms):
            place += 1
        if place == count:
            origin, h = _grid(right, strike, v, time, rate, carry, amounts, times, rooms, grids[place])
            keys[place, 0], keys[place, 1], keys[place, 2], keys[place, 3] = v, rooms, origin, h
            count += 1
        value, delta, _, _ = _read(
            right, s, strike, v, rate, carry, s - paid, grids[place], keys[place, 2], keys[place, 3]
        )
        out[0, j], out[1, j] = value, delta


@njit(numba.float64(*[numba.float64] * 7, _LIST, _LIST), cache=True, nogil=True, error_model="numpy")
def _implied(price, right, spot, strike, time, rate, carry, amounts, times):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    """Volatility of a price by secants kept inside a bracket; infinite above the bound."""
    low, high = log(_LOW), log(_HIGH)
    above, _, _, _ = _solve(right, spot, strike, _HIGH, time, rate, carry, amounts, times)
    if not above >= price:
        return inf if above < price else nan
    under, over = nan, above - price
    log_done = log(_DONE)
    middle = log(0.3)
    for turn in range(60):
        value, _, _, _ = _solve(right, spot, strike, exp(middle), time, rate, carry, amounts, times)
        gap = value - price
        if gap < 0.0:
            low, under = middle, gap
        else:
            high, over = middle, gap
        if high - low < log_done:
            break
        share = under / (under - over)
        middle = 0.5 * (low + high)
        # a secant every time but one in three, and only where both ends have a value; else the middle
        if turn % 3 != 2 and isfinite(share) and 0.0 < share < 1.0:
            inside = 0.25 * log_done
            middle = min(max(low + share * (high - low), low + inside), high - inside)
            # towards the side whose end is far: the bracket closes from both
            middle += inside if gap < 0.0 else -inside
    return exp(high)


def grid_scenarios(
    terms: tuple[float, float, float, float, float], amounts: Floats, times: Floats, spots: Floats, vols: Floats
) -> Floats:
    """Value and delta of one American option at several spots and volatilities, shape (2, n_scenarios).

    Parameters
    ----------
    terms
        Right, strike, time, rate, dividend yield.
    amounts, times
        As of `grid_many`.
    spots, vols
        Shape (n_scenarios,).

    Returns
    -------
    ndarray
        The numbers of `grid_many` to the last bit: scenarios whose spots lie near each other share a grid.
    """
    out = np.empty((2, len(spots)))
    paid, when, at, vol = (np.ascontiguousarray(x, dtype=np.float64) for x in (amounts, times, spots, vols))
    right, strike, time, rate, carry = terms
    _fill_scenarios(right, strike, time, rate, carry, paid, when, at, vol, out)
    return out


def grid_implied(
    price: float, terms: tuple[float, float, float, float, float, float], amounts: Floats, times: Floats
) -> float:
    """Volatility of a price of one American option; infinite above what any gives, NaN where there is no grid.

    Parameters
    ----------
    price
        Money, above exercise.
    terms
        Right, spot, strike, time, rate, dividend yield.
    amounts, times
        As of `grid_many`.
    """
    paid, when = (np.ascontiguousarray(x, dtype=np.float64) for x in (amounts, times))
    right, spot, strike, time, rate, carry = terms
    return float(_implied(price, right, spot, strike, time, rate, carry, paid, when))
