"""One option and its model: value and greeks at a volatility, and the volatility of a price."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, isfinite, isinf, isnan, log, nan

import numpy as np

from trimtab.errors import Reason
from trimtab.exposure.carry import Carry, derive_carry
from trimtab.exposure.pricing.american import american_greeks, american_greeks_with_dividends, has_two_boundaries
from trimtab.exposure.pricing.american_kernel import american_one
from trimtab.exposure.pricing.black import Greeks
from trimtab.exposure.pricing.european_kernel import european_one
from trimtab.exposure.pricing.implied import VolReason, implied_vol
from trimtab.exposure.pricing.implied_kernel import implied_american_one, implied_european_one
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

#: Where the search for an American volatility begins; it ends at the same wherever it does.
_GUESS = 0.3

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
    carry, right, time = terms.carry, float(terms.right), terms.years
    if terms.in_coin:
        value, delta, gamma, vega, theta = european_one(right, terms.spot, terms.strike, vol, time, 0.0, 0.0)
        unit = value * (1.0 / terms.spot) if terms.spot > 0.0 else nan
        return UnitGreeks(
            value=unit * terms.spot, unit=unit, delta=delta, gamma=gamma, delta_forward=delta, vega=vega, theta=theta,
            net_delta=delta - unit,
        )  # fmt: skip
    if terms.american:
        value, delta, gamma, vega, theta = _american(terms, vol)
    else:
        value, delta, gamma, vega, theta = european_one(
            right, carry.lognormal, terms.strike, vol, time, carry.rate, carry.dividend_yield
        )
        if carry.dividends:
            # The model moves S* = S - PV. Held is S, while PV grows at the rate: dS*/dt = -r PV.
            theta -= delta * carry.rate * carry.escrow
    return UnitGreeks(
        value=value, unit=value, delta=delta, gamma=gamma, delta_forward=delta / carry.yield_factor, vega=vega,
        theta=theta,
    )  # fmt: skip


def _american(terms: OptionTerms, vol: float) -> tuple[float, float, float, float, float]:
    """Give value, delta, gamma, vega and theta of one American unit: by its boundary, else on the grid."""
    carry = terms.carry
    right, strike, time, rate, q = float(terms.right), terms.strike, terms.years, carry.rate, carry.dividend_yield
    common = {"right": right, "spot": carry.spot, "strike": strike, "vol": vol, "time": time, "rate": rate}
    if carry.dividends:
        return _on_grid(right, carry.spot, strike, vol, time, rate, q, carry.dividends)
    if has_two_boundaries(right, rate, q):
        return _as_floats(american_greeks(dividend_yield=q, **common))
    value, delta, gamma, vega, theta = american_one(right, carry.spot, strike, vol, time, rate, q, True)
    return value, delta, gamma, vega, theta


@lru_cache(maxsize=4096)
def _on_grid(
    right: float,
    spot: float,
    strike: float,
    vol: float,
    time: float,
    rate: float,
    dividend_yield: float,
    dividends: tuple[tuple[float, float], ...],
) -> tuple[float, float, float, float, float]:
    """Value one American unit with cash dividends: milliseconds, and asked for again with the same terms."""
    times, amounts = zip(*dividends, strict=True)
    return _as_floats(
        american_greeks_with_dividends(
            right=right, spot=spot, strike=strike, vol=vol, time=time, rate=rate, dividend_yield=dividend_yield,
            amounts=amounts, ex_times=times,
        )
    )  # fmt: skip


def _as_floats(greeks: Greeks) -> tuple[float, float, float, float, float]:
    return float(greeks.value), float(greeks.delta), float(greeks.gamma), float(greeks.vega), float(greeks.theta)


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
    """Find the volatility of each of several prices of one option."""
    if terms.american:
        return tuple(_implied_american(terms, price) for price in prices)
    return tuple(_implied_european(terms, price) for price in prices)


def _implied_european(terms: OptionTerms, price: float) -> float | Reason:
    carry = terms.carry
    vol, code = implied_european_one(
        price, float(terms.right), carry.lognormal, terms.strike, terms.years, carry.rate, carry.dividend_yield
    )
    if code == VolReason.OK:
        return float(vol)
    if code != VolReason.BAD_TERMS:
        return VOL_REASON[VolReason(code)]
    # which term is bad, the other way of the same steps says
    solved = implied_vol(
        price=price, right=terms.right, spot=carry.lognormal, strike=terms.strike, time=terms.years, rate=carry.rate,
        dividend_yield=carry.dividend_yield,
    )  # fmt: skip
    reason = VolReason(int(solved.reason))
    return float(solved.vol) if reason is VolReason.OK else VOL_REASON[reason]


def _implied_american(terms: OptionTerms, price: float) -> float | Reason:
    """Bisect: the value of an American option never falls when volatility rises."""
    if price <= terms.exercise * (1 + 1e-12):
        return Reason.BELOW_INTRINSIC
    carry = terms.carry
    if not carry.dividends and not has_two_boundaries(terms.right, carry.rate, carry.dividend_yield):
        vol, code = implied_american_one(
            price, float(terms.right), terms.spot, terms.strike, terms.years, carry.rate, carry.dividend_yield, _GUESS
        )
        return float(vol) if code == VolReason.OK else VOL_REASON[VolReason(code)]
    if carry.dividends:
        return _implied_on_grid(terms, price)
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


def _implied_on_grid(terms: OptionTerms, price: float) -> float | Reason:
    """Find the volatility of an American price with cash dividends."""
    from trimtab.exposure.pricing.grid import grid_implied  # noqa: PLC0415 - compiled, and rarely needed

    carry = terms.carry
    times, amounts = (np.array(column) for column in zip(*carry.dividends, strict=True))
    all_but_vol = (float(terms.right), terms.spot, terms.strike, terms.years, carry.rate, carry.dividend_yield)
    vol = grid_implied(price, all_but_vol, amounts, times)
    if isnan(vol):
        return Reason.MODEL_UNDEFINED
    return Reason.ABOVE_BOUND if isinf(vol) else vol
