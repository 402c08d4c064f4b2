"""One option and its model: value and greeks at a volatility, and the volatility of a price."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log

import numpy as np

from trimtab.errors import Reason
from trimtab.exposure.carry import Carry, derive_carry
from trimtab.exposure.pricing.american import american_greeks, american_greeks_with_dividends
from trimtab.exposure.pricing.black import Greeks, european_greeks
from trimtab.exposure.pricing.coin import coin_option
from trimtab.exposure.pricing.implied import VolReason, implied_vol
from trimtab.model.instrument import Exercise, Option
from trimtab.model.portfolio import Stated

__all__ = [
    "VOL_REASON",
    "OptionTerms",
    "UnitGreeks",
    "delta_at",
    "implied",
    "implied_each",
    "option_terms",
    "unit_greeks",
]

#: Why there is no volatility, in the words of a position.
VOL_REASON = {
    VolReason.BELOW_INTRINSIC: Reason.BELOW_INTRINSIC,
    VolReason.ABOVE_BOUND: Reason.ABOVE_BOUND,
    VolReason.CROSSED_QUOTE: Reason.CROSSED_QUOTE,
    VolReason.NO_QUOTE: Reason.NO_VOLATILITY,
    VolReason.EXPIRED: Reason.EXPIRED,
    VolReason.BAD_TERMS: Reason.MODEL_UNDEFINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTerms:
    """An option with everything its model needs but the volatility.

    Parameters
    ----------
    option
        The contract.
    right
        +1 for a call, -1 for a put.
    strike
        In price units of the underlying.
    carry
        Spot, time and carry.
    """

    option: Option
    right: int
    strike: float
    carry: Carry

    @property
    def spot(self) -> float:
        """Price of the underlying."""
        return self.carry.spot

    @property
    def years(self) -> float:
        """Years to expiry; 0 on the last day."""
        return self.carry.years

    @property
    def in_coin(self) -> bool:
        """Whether the premium is paid in coin."""
        return self.option.premium_in_coin

    @property
    def american(self) -> bool:
        """Whether it may be exercised before expiry."""
        return self.option.exercise is Exercise.AMERICAN

    @property
    def coin(self) -> float:
        """Money per unit of what the premium is paid in."""
        return self.spot if self.in_coin else 1.0

    @property
    def exercise(self) -> float:
        """What exercise at today's spot is worth, money per unit."""
        return max(0.0, self.right * (self.spot - self.strike))


def option_terms(option: Option, stated: Stated, spot: float, day: dt.date) -> OptionTerms | Reason:
    """Give what an option is valued with but its volatility, or say why what was stated of its carry cannot be used.

    Parameters
    ----------
    option, stated
        The contract, and what was said about it.
    spot
        Price of the underlying, above zero.
    day
        The day that time counts from.
    """
    carry = derive_carry(option, stated, spot, day)
    if isinstance(carry, Reason):
        return carry
    return OptionTerms(option=option, right=option.delta_sign, strike=float(option.strike), carry=carry)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGreeks:
    """Model figures of one unit.

    Parameters
    ----------
    value
        Money.
    unit
        The same in what the premium is paid in.
    delta, gamma
        Per 1 of the spot: spot delta, which holds exp(-qT).
    delta_forward
        Per 1 of the forward, undiscounted: N(d1) of a European call.
    vega, theta
        Money per 1.00 of volatility, and per year with the spot held.
    net_delta
        Premium-adjusted delta in coin; None for premiums in money.
    """

    value: float
    unit: float
    delta: float
    gamma: float
    delta_forward: float
    vega: float
    theta: float
    net_delta: float | None = None


def unit_greeks(terms: OptionTerms, vol: float) -> UnitGreeks:
    """Value one unit at a volatility."""
    if terms.in_coin:
        c = coin_option(right=terms.right, forward=terms.spot, strike=terms.strike, vol=vol, time=terms.years)
        value, delta = float(c.value) * terms.spot, float(c.delta)
        # Vega and theta of the premium are coin; money is coin times the coin's price.
        return UnitGreeks(
            value=value, unit=float(c.value), delta=delta, gamma=float(c.gamma), delta_forward=delta,
            vega=float(c.vega) * terms.spot, theta=float(c.theta) * terms.spot, net_delta=float(c.net_delta),
        )  # fmt: skip
    carry = terms.carry
    g = _money_greeks(terms, vol)
    value, delta, theta = float(g.value), float(g.delta), float(g.theta)
    if carry.dividends and not terms.american:
        # The model moves S* = S - PV. Held is S, while PV grows at the rate: dS*/dt = -r PV.
        theta -= delta * carry.rate * carry.escrow
    return UnitGreeks(
        value=value, unit=value, delta=delta, gamma=float(g.gamma), delta_forward=delta / carry.yield_factor,
        vega=float(g.vega), theta=theta,
    )  # fmt: skip


def _money_greeks(terms: OptionTerms, vol: float) -> Greeks:
    carry = terms.carry
    common = {
        "right": terms.right,
        "strike": terms.strike,
        "vol": vol,
        "time": terms.years,
        "rate": carry.rate,
        "dividend_yield": carry.dividend_yield,
    }
    if not terms.american:
        return european_greeks(spot=carry.lognormal, **common)
    if carry.dividends:
        times, amounts = zip(*carry.dividends, strict=True)
        return american_greeks_with_dividends(spot=carry.spot, amounts=amounts, ex_times=times, **common)
    return american_greeks(spot=carry.spot, **common)


def delta_at(terms: OptionTerms, vol: float | None) -> float | None:
    """Give the spot delta of one unit at a volatility; at an infinite one its limit; None without one."""
    if vol is None:
        return None
    if not isfinite(vol):
        # as volatility grows d1 grows without end: a call is all spot, a put is all strike
        return terms.carry.yield_factor if terms.right > 0 else 0.0
    return unit_greeks(terms, vol).delta


def implied(terms: OptionTerms, price: float) -> float | Reason:
    """Find the volatility at which the model gives a price in money, or say why there is none."""
    return implied_each(terms, (price,))[0]


def implied_each(terms: OptionTerms, prices: Sequence[float]) -> tuple[float | Reason, ...]:
    """Find the volatility of each of several prices of one option: European ones are solved all at once."""
    if terms.american:
        return tuple(_implied_american(terms, price) for price in prices)
    carry = terms.carry
    solved = implied_vol(
        price=np.asarray(prices, dtype=np.float64), right=terms.right, spot=carry.lognormal, strike=terms.strike,
        time=terms.years, rate=carry.rate, dividend_yield=carry.dividend_yield,
    )  # fmt: skip
    reasons = [VolReason(code) for code in solved.reason.tolist()]
    return tuple(
        vol if reason is VolReason.OK else VOL_REASON[reason]
        for vol, reason in zip(solved.vol.tolist(), reasons, strict=True)
    )


def _implied_american(terms: OptionTerms, price: float) -> float | Reason:
    """Bisect: the value of an American option never falls when volatility rises."""
    if price <= terms.exercise * (1 + 1e-12):
        return Reason.BELOW_INTRINSIC
    low, high = 1e-4, 8.0
    if unit_greeks(terms, high).value < price:
        return Reason.ABOVE_BOUND
    for _ in range(60):
        middle = exp((log(low) + log(high)) / 2.0)
        if unit_greeks(terms, middle).value < price:
            low = middle
        else:
            high = middle
        if high / low < 1 + 1e-9:
            break
    return high
