r"""One option sold and hedged to expiry along simulated prices, path after path.

The price is a geometric Brownian motion, drawn exactly at equal steps. The writer receives the Black-Scholes value,
holds shares by one of four rules, pays `cost` times the money of each trade (the first and the closing one included),
and settles the payoff. Interest accrues on cash. Every rule sees the same prices for the same seed.

    FIXED     delta at `volatility` every `every` steps (Leland is this rule with his volatility)
    WHALLEY   delta +/- (3/2 exp(-rT) cost S Gamma^2 / a)^(1/3), to the edge
    ZAKAMOULINE   delta at sigma_m +/- (H0 + H1), to the edge; see `trimtab.hedge.often.bands`

Nothing is traded on the last step but the closing of the position.
"""

import math
from typing import NamedTuple

import numpy as np

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["FIXED", "WHALLEY", "ZAKAMOULINE", "HedgeRule", "HedgedOption", "HedgedPaths", "hedged_paths"]

FIXED, WHALLEY, ZAKAMOULINE = 0, 1, 2


class HedgedPaths(NamedTuple):
    """Of each path, shape (n_paths,): money left at expiry after the payoff, costs paid (with interest), and trades."""

    result: Floats
    cost: Floats
    trades: Floats


class HedgedOption(NamedTuple):
    """An option held to expiry, European, without dividends, and the price that it hangs on."""

    sign: float
    """1 of a call, -1 of a put."""
    side: float
    """1 where it is sold, -1 where it is bought."""
    spot: float
    strike: float
    years: float
    rate: float
    volatility: float
    """Of the price, per square-root year."""
    drift: float
    """Of the price, per year."""
    premium: float
    """Received at the start, or paid where it is bought."""


class HedgeRule(NamedTuple):
    """How it is hedged, and what that costs."""

    rule: int
    """FIXED, WHALLEY or ZAKAMOULINE."""
    volatility: float
    """At which FIXED takes delta."""
    cost: float
    """One way per money traded."""
    risk_aversion: float
    """Absolute, for the bands."""
    every: int
    """Steps between rehedgings of FIXED."""


def hedged_paths(option: HedgedOption, rule: HedgeRule, *, n_steps: int, n_paths: int, seed: int) -> HedgedPaths:
    """Hedge one option along simulated prices.

    Parameters
    ----------
    option, rule
        What is hedged, and how.
    n_steps, n_paths, seed
        Steps to expiry; paths; seed.
    """
    out = np.zeros((3, n_paths))
    _hedge(np.random.default_rng(seed), option, rule, n_steps, out)
    return HedgedPaths(out[0], out[1], out[2])


@njit(nogil=True, cache=True)
def _d1(s: float, strike: float, vol: float, left: float, rate: float) -> float:
    return (math.log(s / strike) + (rate + 0.5 * vol * vol) * left) / (vol * math.sqrt(left))


@njit(nogil=True, cache=True)
def _delta(sign: float, s: float, strike: float, vol: float, left: float, rate: float) -> float:
    cdf = 0.5 * math.erfc(-sign * _d1(s, strike, vol, left, rate) / math.sqrt(2.0))
    return sign * cdf


@njit(nogil=True, cache=True)
def _gamma(s: float, strike: float, vol: float, left: float, rate: float) -> float:
    d1 = _d1(s, strike, vol, left, rate)
    return math.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi) / (s * vol * math.sqrt(left))


@njit(nogil=True, cache=True)
def _band(option: HedgedOption, how: HedgeRule, s: float, left: float) -> tuple[float, float]:
    """Give the middle of the band and its half-width, in shares against one short option."""
    sign, side, strike, rate, vol = option.sign, option.side, option.strike, option.rate, option.volatility
    cost, averse = how.cost, how.risk_aversion
    gamma = _gamma(s, strike, vol, left, rate)
    if how.rule == WHALLEY:
        width = (1.5 * math.exp(-rate * left) * cost * s * gamma * gamma / averse) ** (1.0 / 3.0)
        return _delta(sign, s, strike, vol, left, rate), width
    shared = (math.exp(-rate * left) / vol) ** 0.25
    h0 = cost / (averse * s * vol * vol * left)
    h1 = 1.12 * cost**0.31 * left**0.05 * shared * math.sqrt(gamma / averse)
    k = -5.76 * cost**0.78 / left**0.02 * shared * (averse * s * s * gamma) ** 0.15
    # A bought option can lose all of its variance; the least that is left keeps delta defined.
    changed = vol * math.sqrt(max(1.0 - side * k, 1e-4))
    return _delta(sign, s, strike, changed, left, rate), h0 + h1


@njit(nogil=True, cache=True)
def _hedge(rng: np.random.Generator, option: HedgedOption, how: HedgeRule, n_steps: int, out: Floats) -> None:
    sign, side, spot, strike, years, rate, vol, drift, premium = option
    rule, hedge_vol, cost, _, every = how
    dt = years / n_steps
    growth, trend, sd = math.exp(rate * dt), (drift - 0.5 * vol * vol) * dt, vol * math.sqrt(dt)
    for path in range(out.shape[1]):
        s, hedge, cash, paid, trades = spot, 0.0, side * premium, 0.0, 0.0
        for t in range(n_steps):
            left = years - t * dt
            wanted = hedge
            if rule == FIXED:
                if t % every == 0:
                    wanted = side * _delta(sign, s, strike, hedge_vol, left, rate)
            else:
                middle, width = _band(option, how, s, left)
                wanted = min(max(hedge, side * middle - width), side * middle + width)
            if wanted != hedge:
                fee = cost * s * abs(wanted - hedge)
                cash -= s * (wanted - hedge) + fee
                paid += fee
                trades += 1.0
                hedge = wanted
            cash *= growth
            paid *= growth
            s *= math.exp(trend + sd * rng.standard_normal())
        fee = cost * s * abs(hedge)
        payoff = max(sign * (s - strike), 0.0)
        out[0, path] = cash + hedge * s - fee - side * payoff
        out[1, path] = paid + fee
        out[2, path] = trades
