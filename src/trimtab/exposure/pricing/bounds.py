r"""What an option's value and delta can be, from its price, strike and spot alone: no model, no volatility.

With A_S = S exp(-qT), A_K = K exp(-rT), a European value lies in

    call   max(0, A_S - A_K) <= C <= A_S          put   max(0, A_K - A_S) <= P <= A_K

(R. C. Merton, Theory of rational option pricing, Bell Journal of Economics 4, 1973, theorems 1, 2 and 12); an American
one is worth exercise as well, S and K take the place of A_S and A_K where they are larger.

Delta. Where returns do not depend on the level of the price, the value is homogeneous of degree one in spot and strike
and convex in the strike (Merton, theorems 4, 9 and 10), so that S V_S = V - K V_K. An option of strike 0 is worth A_S
(call) or nothing (put): convexity bounds the slope by the strike from one side, the payoff from the other, and

    call   C <= S delta <= min(A_S, C + A_K)      put   0 >= S delta >= -min(A_S, A_K - P)

A price known to lie between two ends gives the union over it. The bound of a put far out of the money is wide (it could
all hinge on the strike); what the option's own ask allows in its model is much closer, see `delta_range`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from trimtab.exposure.pricing.inputs import broadcast_terms
from trimtab.exposure.pricing.normalised import log_moneyness
from trimtab.stats.arrays import Floats

__all__ = ["delta_bounds", "delta_range", "value_bounds"]

Ends = tuple[Floats, Floats]


def value_bounds(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    american: ArrayLike = False,
) -> Ends:
    """Least and most that an option can be worth, money per unit.

    Parameters
    ----------
    right, spot, strike, time, rate, dividend_yield
        As in `european_greeks`; the spot above zero.
    american
        Whether it may be exercised early.

    Examples
    --------
    >>> low, high = value_bounds(right=[1, -1], spot=110, strike=100, time=1, rate=0.05)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([14.877, 0.0], [110.0, 95.123])
    """
    w, s, k, t, r, q, early = broadcast_terms(right, spot, strike, time, rate, dividend_yield, american)
    spot_leg, strike_leg = s * np.exp(-q * t), k * np.exp(-r * t)
    low = np.maximum(w * (spot_leg - strike_leg), 0.0)
    low = np.where(early != 0.0, np.maximum(low, w * (s - k)), low)
    most_spot, most_strike = _most(s, spot_leg, early), _most(k, strike_leg, early)
    return low, np.where(w > 0.0, most_spot, most_strike)


def delta_bounds(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    american: ArrayLike = False,
) -> Ends:
    """Least and most delta of an option whose price lies between two ends, without a model.

    Parameters
    ----------
    right, spot, strike, time, rate, dividend_yield, american
        As in `value_bounds`.
    low, high
        Ends of the price, money per unit.

    Examples
    --------
    A call at 5 on 100 moves by at least 5% of the spot's relative move; the put could hinge on its strike.

    >>> least, most = delta_bounds(right=[1, -1], spot=100, strike=[100, 60], low=[5, 0], high=[5, 0.05], time=0.5)
    >>> least.tolist(), most.tolist()
    ([0.05, -0.6], [1.0, 0.0])
    """
    w, s, k, c_low, c_high, t, r, q, early = broadcast_terms(
        right, spot, strike, low, high, time, rate, dividend_yield, american
    )
    most_spot, most_strike = _most(s, s * np.exp(-q * t), early), _most(k, k * np.exp(-r * t), early)
    call_low, call_high = np.minimum(c_low, most_spot), np.minimum(most_spot, c_high + most_strike)
    put_low = -np.minimum(most_spot, np.maximum(most_strike - c_low, 0.0))
    return np.where(w > 0.0, call_low, put_low) / s, np.where(w > 0.0, call_high, 0.0) / s


def delta_range(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> Ends:
    """Least and most delta of a European option whose volatility lies between two ends.

    d1 = m/s + s/2 with m the log of forward over strike: rising in s out of the money (m <= 0 for a call), with its
    minimum at s = sqrt(2 m) in the money. Both ends and that minimum are looked at.

    Parameters
    ----------
    right, spot, strike, time, rate, dividend_yield
        As in `european_greeks`.
    low, high
        Ends of the volatility, per square-root year; `high` may be infinite.

    Examples
    --------
    >>> least, most = delta_range(right=-1, spot=100, strike=60, low=0, high=0.3, time=0.5)
    >>> round(float(least), 4), float(most)
    (-0.006, 0.0)
    """
    w, s, k, v_low, v_high, t, r, q = broadcast_terms(right, spot, strike, low, high, time, rate, dividend_yield)
    with np.errstate(divide="ignore"):  # a strike of 0 is infinitely far in the money
        m = log_moneyness(s, k) + (r - q) * t
    root = np.sqrt(t)
    turn = np.sqrt(2.0 * np.maximum(m, 0.0))
    ends = np.stack([v_low * root, v_high * root, np.clip(turn, v_low * root, v_high * root)])
    with np.errstate(divide="ignore", invalid="ignore"):
        d1 = np.where(ends > 0.0, m / ends + 0.5 * ends, np.where(m == 0.0, 0.0, np.inf * np.sign(m)))
    d1 = np.where(np.isinf(ends), np.inf, d1)
    # Adding 0 turns a put's -0.0 into 0.0.
    deltas = np.exp(-q * t) * w * ndtr(w * d1) + 0.0
    return deltas.min(axis=0), deltas.max(axis=0)


def _most(now: Floats, later: Floats, early: Floats) -> Floats:
    return np.where(early != 0.0, np.maximum(now, later), later)
