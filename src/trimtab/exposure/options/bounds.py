"""What an option position can be at least and at most, in money: from arbitrage, or from what its quote allows."""

from dataclasses import dataclass
from math import isfinite

from trimtab.exposure.options.model import OptionTerms, delta_at
from trimtab.exposure.options.volatility import OptionVol, Sides, worth_ends
from trimtab.exposure.pricing.bounds import delta_bounds, delta_range
from trimtab.exposure.valuation import Basis, BoundedLeg, Bounds, Leg

__all__ = ["OptionLegs", "bound_alone", "bound_known", "bound_option", "bound_quoted"]

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLegs:
    """What an option moves with.

    Parameters
    ----------
    price
        Names of its underlying in the currency of the strike, best first.
    money
        The leg of that currency, of whatever amount; None in base money.
    """

    price: tuple[str, ...]
    money: Leg | None = None


def bound_option(follows: OptionLegs, money: float, terms: OptionTerms, sides: Sides) -> Bounds | None:
    """Bound an option that cannot be valued, by arbitrage: from its quote as far as there is one, strike and spot.

    Parameters
    ----------
    follows
        What it moves with.
    money
        Quantity x multiplier x FX, signed.
    terms, sides
        The option and its quote.
    """
    if _paid_out(terms):
        return None
    value = _price_ends(terms, sides)
    return _in_money(follows, money, terms, value, _free_of_models(terms, value), Basis.NO_ARBITRAGE)


def bound_quoted(follows: OptionLegs, money: float, terms: OptionTerms, sides: Sides, vol: OptionVol) -> Bounds | None:
    """Bound an option whose quote has two ends, by the volatilities that they allow in its own model."""
    if _paid_out(terms):
        return None
    value = _price_ends(terms, sides)
    least, most = _free_of_models(terms, value)
    carry = terms.carry
    low, high = delta_range(
        right=terms.right, spot=carry.lognormal, strike=terms.strike, low=vol.low or 0.0,
        high=0.0 if vol.high is None else vol.high, time=carry.years, rate=carry.rate,
        dividend_yield=carry.dividend_yield,
    )  # fmt: skip
    # early exercise moves delta away from the European one: its own at both ends counts as well
    own = [d for d in (delta_at(terms, vol.low), delta_at(terms, vol.high)) if terms.american and d is not None]
    delta = max(least, min([float(low), *own])), min(most, max([float(high), *own]))
    if delta[0] > delta[1]:
        delta = least, most
    return _in_money(follows, money, terms, value, delta, Basis.MODEL)


def bound_known(follows: OptionLegs, money: float, terms: OptionTerms, *, value: Ends, delta: Ends) -> Bounds | None:
    """Bound an option whose price (in what its premium is paid in) and delta are known to lie between two ends."""
    return _in_money(follows, money, terms, value, delta, Basis.MODEL)


def bound_alone(follows: OptionLegs, money: float, *, right: int, strike: float, price: float) -> Bounds | None:
    r"""Bound an option of which only its own price is known, and nothing of its underlying S.

    Its value is convex in S, a call's is 0 where S is and at least S - K, a put's at most K where S is 0; so

        C <= delta S <= C + K   for a call        -(K - P) <= delta S <= 0   for a put

    Parameters
    ----------
    follows
        Names of the underlying's return, and the currency's leg.
    money
        Base currency per unit of the option's price, whole position.
    right
        +1 for a call, -1 for a put.
    strike, price
        In the option's currency.
    """
    ends = (price, price + strike) if right > 0 else (min(0.0, price - strike), 0.0)
    value, exposures = money * price, sorted(money * end for end in ends)
    if not all(isfinite(x) for x in (value, *exposures)):
        return None
    legs = [BoundedLeg(follows=follows.price, low=exposures[0], high=exposures[1])]
    if follows.money is not None:
        legs.append(BoundedLeg(follows=follows.money.follows, low=value, high=value, money=follows.money.money))
    return Bounds(legs=tuple(legs), value_low=value, value_high=value, basis=Basis.NO_ARBITRAGE)


def _paid_out(terms: OptionTerms) -> bool:
    """Tell whether the dividends to come are worth the whole underlying or more: no bound holds for what is left."""
    return terms.spot > 0.0 and not terms.carry.lognormal > 0.0


def _price_ends(terms: OptionTerms, sides: Sides) -> Ends:
    """Give the ends of the price: what arbitrage and the quote leave; what the quote says where it is an arbitrage."""
    floor, ceiling = worth_ends(terms)
    low = floor if sides.low is None else max(floor, sides.low)
    high = ceiling if sides.high is None else min(ceiling, sides.high)
    return (low, high) if low <= high else (high, low)


def _free_of_models(terms: OptionTerms, value: Ends) -> Ends:
    carry = terms.carry
    if not terms.spot > 0.0:
        return 0.0, 0.0  # where the underlying is worth nothing, no money moves with it
    least, most = delta_bounds(
        right=terms.right, spot=carry.lognormal, strike=terms.strike, low=value[0] * terms.coin,
        high=value[1] * terms.coin, time=carry.years, rate=carry.rate, dividend_yield=carry.dividend_yield,
        american=terms.american,
    )  # fmt: skip
    return float(least), float(most)


def _in_money(
    follows: OptionLegs, money: float, terms: OptionTerms, value: Ends, delta: Ends, basis: Basis
) -> Bounds | None:
    values = sorted(money * terms.coin * v for v in value)
    exposures = sorted(money * terms.spot * d for d in delta)
    if not all(isfinite(x) for x in (*values, *exposures)):
        return None
    legs = [BoundedLeg(follows=follows.price, low=exposures[0], high=exposures[1])]
    if follows.money is not None:
        # V = FX C(S): whatever it is worth moves with the currency
        legs.append(BoundedLeg(follows=follows.money.follows, low=values[0], high=values[1], money=follows.money.money))
    return Bounds(legs=tuple(legs), value_low=values[0], value_high=values[1], basis=basis)
