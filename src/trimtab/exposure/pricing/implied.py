r"""Implied volatility of European options: from a price, and from bid and ask as an interval.

A price is first turned into the normalised value b of the out-of-the-money option (see `normalised`), so that an
in-the-money price keeps only its time value. b(s) rises from 0 to b_max = exp(-|x|/2), with its inflection at
s_c = sqrt(2|x|). Below b(s_c) the equation is solved as 1/ln b(s) = 1/ln b, above it as b(s) = b, by Newton steps kept
inside a bracket that halves where a step would leave it. Start: the inflection point, or at the money the rational
guess of Brenner and Subrahmanyam (1988), s = b sqrt(2 pi).

For American prices `implied_vol` gives a volatility that is too high where early exercise has value: use it on
options that are out of the money, where that value is smallest, or on calls without dividends.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.exposure.pricing.inputs import broadcast_terms, check_right, undefined_reason
from trimtab.exposure.pricing.normalised import log_moneyness, normalised_legs
from trimtab.stats.arrays import Floats

__all__ = ["ImpliedVol", "QuotedVol", "VolReason", "implied_vol", "quoted_vol"]

_SQRT_2PI = 2.5066282746310002
_ITERATIONS = 60
_AT_INTRINSIC = 4e-16
"""Time value below this share of spot plus strike is rounding, not information."""


class VolReason(IntEnum):
    """Why there is no implied volatility (or 0 when there is one)."""

    OK = 0
    BELOW_INTRINSIC = 1  # at or below the value with no volatility: any volatility would be invented
    ABOVE_BOUND = 2  # at or above the value with infinite volatility (call: spot leg, put: strike leg)
    CROSSED_QUOTE = 3  # bid above ask
    NO_QUOTE = 4  # price missing; for a mid: no bid or no ask
    EXPIRED = 5  # no time left
    BAD_TERMS = 6  # spot, strike, rate or yield missing, negative or zero


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedVol:
    """One volatility for each price.

    Parameters
    ----------
    vol
        Per square-root year; NaN where there is none.
    reason
        Codes of `VolReason`, int8.
    """

    vol: Floats
    reason: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedVol:
    """The volatilities that a bid and an ask allow.

    Parameters
    ----------
    bid, mid, ask
        Volatility at each price. `bid` is 0 where the bid is at or below intrinsic (every volatility is allowed from
        below), `ask` is +inf where the ask is above the bound; `mid` is NaN where it has a reason.
    reason
        Codes of `VolReason` for the mid.
    reason_bid, reason_ask
        Codes of `VolReason` for each side.
    """

    bid: Floats
    mid: Floats
    ask: Floats
    reason: NDArray[np.int8]
    reason_bid: NDArray[np.int8]
    reason_ask: NDArray[np.int8]


def implied_vol(
    *,
    price: ArrayLike,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> ImpliedVol:
    """Volatility at which the European value equals the price.

    Parameters
    ----------
    price
        Money per share; NaN where there is none.
    right, spot, strike, time, rate, dividend_yield
        As in `european_greeks`. For options on a future or from a forward give `dividend_yield` = `rate`.

    Examples
    --------
    Hull 11e, section 15.11: a call at 1.875, S 21, K 20, r 10%, three months -> 23.5%.

    >>> iv = implied_vol(price=[1.875, 0.5], right=1, spot=21, strike=20, time=0.25, rate=0.1)
    >>> iv.vol.round(4).tolist(), [VolReason(code).name for code in iv.reason]
    ([0.2345, nan], ['OK', 'BELOW_INTRINSIC'])
    """
    terms = broadcast_terms(price, right, spot, strike, time, rate, dividend_yield)
    check_right(terms[1])
    p, w, s, k, t, r, q = terms
    broken = undefined_reason(spot=s, strike=k, vol=0.0, time=np.abs(t), rate=r, dividend_yield=q) != 0
    broken |= (s <= 0.0) | (k <= 0.0)
    expired = ~(t > 0.0)
    usable = ~(broken | expired | ~np.isfinite(p))
    s1, k1, t1 = (np.where(usable, a, 1.0) for a in (s, k, t))
    r1, q1 = np.where(usable, r, 0.0), np.where(usable, q, 0.0)
    spot_leg, strike_leg = s1 * np.exp(-q1 * t1), k1 * np.exp(-r1 * t1)
    x = log_moneyness(s1, k1) + (r1 - q1) * t1
    intrinsic = np.maximum(w * (spot_leg - strike_leg), 0.0)
    bound = np.where(w > 0.0, spot_leg, strike_leg)
    time_value = np.where(usable, p, 0.0) - intrinsic
    reason = np.select(
        [
            broken & ~np.isnan(t),
            expired,
            ~np.isfinite(p),
            time_value <= _AT_INTRINSIC * np.where(intrinsic > 0.0, spot_leg + strike_leg, 0.0),
            p >= bound,
        ],
        [VolReason.BAD_TERMS, VolReason.EXPIRED, VolReason.NO_QUOTE, VolReason.BELOW_INTRINSIC, VolReason.ABOVE_BOUND],
        default=VolReason.OK,
    ).astype(np.int8)
    solvable = reason == VolReason.OK
    vol = np.full(p.shape, np.nan)
    if np.any(solvable):
        scale = np.sqrt(spot_leg * strike_leg)[solvable]
        deviation = _deviation(np.abs(x[solvable]), time_value[solvable] / scale)
        vol[solvable] = deviation / np.sqrt(t1[solvable])
    return ImpliedVol(vol=vol, reason=reason)


def quoted_vol(
    *,
    bid: ArrayLike,
    ask: ArrayLike,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> QuotedVol:
    """Volatility at bid, mid price and ask.

    A bid or ask that is missing, zero or negative is no quote; a mid needs both. A crossed quote has no volatility
    at all. The mid is that of the price, not the mean of the two volatilities.

    Examples
    --------
    >>> quote = quoted_vol(bid=[2.0, 0.0], ask=[2.2, 2.2], right=1, spot=100, strike=105, time=0.25)
    >>> quote.bid.round(4).tolist(), quote.mid.round(4).tolist(), quote.ask.round(4).tolist()
    ([0.1965, 0.0], [0.202, nan], [0.2075, 0.2075])
    >>> VolReason(quote.reason[1]).name
    'NO_QUOTE'
    """
    low, high, w, s, k, t, r, q = broadcast_terms(bid, ask, right, spot, strike, time, rate, dividend_yield)
    has_bid, has_ask = np.isfinite(low) & (low > 0.0), np.isfinite(high) & (high > 0.0)
    crossed = has_bid & has_ask & (low > high)
    prices = np.stack(
        [
            np.where(has_bid, low, np.nan),
            np.where(has_bid & has_ask, 0.5 * (low + high), np.nan),
            np.where(has_ask, high, np.nan),
        ]
    )
    solved = implied_vol(price=prices, right=w, spot=s, strike=k, time=t, rate=r, dividend_yield=q)
    reason = np.where(crossed & (solved.reason < VolReason.EXPIRED), VolReason.CROSSED_QUOTE, solved.reason)
    unset = np.isin(reason, (VolReason.CROSSED_QUOTE, VolReason.EXPIRED, VolReason.BAD_TERMS))
    vol = np.where(unset, np.nan, solved.vol)
    # one-sided bounds: nothing bid, or no more than intrinsic, allows every volatility from below
    vol[0] = np.where(np.isin(reason[0], (VolReason.BELOW_INTRINSIC, VolReason.NO_QUOTE)), 0.0, vol[0])
    vol[2] = np.where(np.isin(reason[2], (VolReason.ABOVE_BOUND, VolReason.NO_QUOTE)), np.inf, vol[2])
    codes = reason.astype(np.int8)
    return QuotedVol(bid=vol[0], mid=vol[1], ask=vol[2], reason=codes[1], reason_bid=codes[0], reason_ask=codes[2])


def _deviation(x: Floats, b: Floats) -> Floats:
    """Total deviation s with b(-x, s) = b, for x >= 0 and 0 < b < exp(-x/2)."""
    centre = np.sqrt(2.0 * x)
    at_centre = normalised_legs(x, np.maximum(centre, 1e-300)).time_value
    below = (b < at_centre) & (x > 0.0)
    low = np.where(below, 0.0, centre)
    high = np.where(below, centre, np.inf)
    s = np.where(x > 0.0, np.maximum(centre, 1e-12), np.maximum(_SQRT_2PI * b, 1e-300))
    active = np.arange(b.size)
    for _ in range(_ITERATIONS):
        value, _, _, slope = normalised_legs(x[active], s[active])
        gap = value - b[active]
        low[active] = np.where(gap <= 0.0, np.maximum(low[active], s[active]), low[active])
        high[active] = np.where(gap >= 0.0, np.minimum(high[active], s[active]), high[active])
        step = _newton_step(value, slope, b[active], below[active])
        ceiling = np.where(np.isfinite(high[active]), high[active], 2.0 * s[active] + 1.0)
        new = s[active] - step
        inside = (new > low[active]) & (new < ceiling) & np.isfinite(new)
        new = np.where(inside, new, 0.5 * (low[active] + ceiling))
        moved = np.abs(new - s[active]) > 1e-15 * s[active]
        s[active] = np.where(gap == 0.0, s[active], new)
        active = active[moved & (gap != 0.0)]
        if active.size == 0:
            break
    return s


def _newton_step(value: Floats, slope: Floats, b: Floats, below: NDArray[np.bool_]) -> Floats:
    """Step of s: in 1/ln b below the inflection, in b above it."""
    tiny = np.finfo(np.float64).tiny
    safe_slope, safe_value = np.maximum(slope, tiny), np.maximum(value, tiny)
    log_value, log_b = np.log(safe_value), np.log(np.maximum(b, tiny))
    # d(1/ln v)/ds = -slope / (v ln^2 v)
    in_logs = (log_b - log_value) / (log_value * log_b) * -(safe_value * log_value * log_value) / safe_slope
    return np.where(below, in_logs, (value - b) / safe_slope)
