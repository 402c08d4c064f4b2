r"""Options in a portfolio: which price, volatility and model apply, and what follows from them.

Which price and volatility are used stands in `volatility`, what carry they are used with in `carry`. A stated vendor's
delta replaces the model's delta and nothing else. Without any of them the option is not measured, and what its value
and delta can be at most is told instead (`bound_option`).

    value          = quantity x multiplier x price x FX
    delta_exposure = quantity x multiplier x delta x S x FX    follows S in the option's own currency
                     + value, if that currency is foreign      follows the exchange rate
    gamma_exposure = quantity x multiplier x gamma x S^2 x FX

`delta` is the spot delta dV/dS, which holds exp(-qT); the forward delta N(d1) is shown beside it.

European options by Black-Scholes-Merton (Black-76 on futures), American ones by their exercise boundary, cash
dividends by the escrowed model, coin-premium options by their forward. An option without a market price is valued by
its model. An option that expires today is alive until the close (`last_day`): it has neither volatility nor
vega, theta and gamma.
"""

from dataclasses import dataclass, replace
from math import isfinite

from trimtab.errors import Reason
from trimtab.exposure.carry import Carry
from trimtab.exposure.legs import money_leg
from trimtab.exposure.options.bounds import OptionLegs, bound_alone, bound_known, bound_option, bound_quoted
from trimtab.exposure.options.last_day import hold_deviation, last_day
from trimtab.exposure.options.model import OptionTerms, UnitGreeks, delta_at, implied, option_terms, unit_greeks
from trimtab.exposure.options.volatility import (
    OptionVol,
    Sides,
    find_price,
    find_price_alone,
    find_vol,
    quoted_sides,
    worth_ends,
)
from trimtab.exposure.valuation import Bounds, Leg, OptionFigures, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS, years_between
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Exercise, Option
from trimtab.model.portfolio import DeltaConvention, Position

__all__ = ["OTHER_RATE", "underlying_quote", "value_option"]

#: The rate at which delta is shown beside that at the assumed 0.
OTHER_RATE = 0.05
#: A quote whose ends lie further apart than this in delta says too little: its middle is nobody's price.
_WIDE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What the model makes of an option: its volatility and its greeks, where there are any."""

    vol: OptionVol
    greeks: UnitGreeks | None
    delta_low: float | None = None
    delta_high: float | None = None
    deviation: float | None = None


def value_option(position: Position, option: Option, market: Market, *, deviation: float | None = None) -> Valuation:
    """Value one option position.

    Parameters
    ----------
    position, option, market
        What is held, and the moment.
    deviation
        On the option's last day: what is left until the close, where that was read from a price before; None reads it.
    """
    day = market.day
    follows = _follows(option, market)
    underlying = underlying_quote(option, market)
    fx = market.rate(option.currency)
    if day > option.expiry:
        return missing(Reason.EXPIRED, fx=fx)
    if underlying is None:
        return _priced_alone(position, option, market, follows, fx)
    if fx is None:
        return missing(Reason.NO_RATE)
    terms = option_terms(option, position.stated, underlying.value, day)
    money = fx.value * _size(position, option, market)
    if isinstance(terms, Reason):
        # without any carry the bounds are those of spot and strike alone
        none = Carry(spot=underlying.value, years=years_between(day, option.expiry))
        bare = OptionTerms(option=option, right=option.delta_sign, strike=float(option.strike), carry=none)
        return missing(terms, fx=fx, bounds=bound_option(follows, money, bare, Sides()))
    sides = quoted_sides(terms, position.stated)
    quote, source = find_price(position, market, sides)
    model = _model(terms, position, sides, quote, deviation)
    reason = _refusal(position, model, quote)
    if reason is not None:
        # a crossed quote has two ends as any other: only which is which is not known
        ends = model.vol if reason is Reason.CROSSED_QUOTE and model.vol.low is not None else None
        bound = bound_option(follows, money, terms, sides)
        if ends is not None:
            bound = bound_quoted(follows, money, terms, sides, ends)
        return missing(reason, price=quote, fx=fx, bounds=bound)
    return _valued(position, terms, market, follows, underlying, fx, quote, sides, model, source)


def _priced_alone(
    position: Position, option: Option, market: Market, follows: OptionLegs, fx: Quote | None
) -> Valuation:
    """Value an option by its own price where its underlying has none: NAV is known, delta lies between two ends."""
    quote, flags = find_price_alone(position, market)
    bounds = None
    if quote is not None and fx is not None and not option.premium_in_coin:
        money = fx.value * _size(position, option, market)
        bounds = bound_alone(follows, money, right=option.delta_sign, strike=float(option.strike), price=quote.value)
    if quote is None or bounds is None:
        return missing(Reason.NO_PRICE, price=quote, fx=fx)
    old = (Flag.OLD_PRICE,) if market.is_old(quote) else ()
    return replace(
        missing(Reason.NO_UNDERLYING, price=quote, fx=fx, bounds=bounds), value=bounds.value_low,
        multiplier=float(option.terms_on(market.day).multiplier), flags=(*flags, *old),
    )  # fmt: skip


def underlying_quote(option: Option, market: Market) -> Quote | None:
    """Give the price of the underlying in the money of the strike; points of a quanto contract stay points."""
    for name in option.written_on:
        points = option.quanto
        level = market.price(name) if points else market.price_in(name, option.currency, minor=option.minor)
        if level is not None:
            return level
    return None


def _follows(option: Option, market: Market) -> OptionLegs:
    """Give the names of the underlying's return in the currency of the strike, and the leg of that currency."""
    symbols = option.written_on
    money = {s: (market.currency_of(s) or market.base) if option.quanto else option.currency for s in symbols}
    return OptionLegs(
        price=tuple(dict.fromkeys(name for s in symbols for name in market.price_names(s, money[s]))),
        money=None if option.currency == market.base else money_leg(option.currency, 0.0, market),
    )


def _model(
    terms: OptionTerms, position: Position, sides: Sides, quote: Quote | None, deviation: float | None
) -> _Model:
    """Find volatility and greeks; on the last day what is left of time is read from the price."""
    if terms.years == 0.0:
        none = OptionVol(flags=sides.flags)
        if deviation is not None:
            return _Model(vol=none, greeks=hold_deviation(terms, deviation), deviation=deviation)
        if quote is not None and quote.value > worth_ends(terms)[1]:
            return _Model(vol=replace(none, reason=Reason.ABOVE_BOUND), greeks=None)
        today = last_day(terms, quote.value * terms.coin if quote is not None else None)
        return _Model(
            vol=none, greeks=today.greeks, delta_low=today.delta_low, delta_high=today.delta_high,
            deviation=today.deviation,
        )  # fmt: skip
    vol = find_vol(terms, position.stated, sides, quote)
    greeks = None if vol.value is None else unit_greeks(terms, vol.value)
    return _Model(vol=vol, greeks=greeks, delta_low=delta_at(terms, vol.low), delta_high=delta_at(terms, vol.high))


def _refusal(position: Position, model: _Model, quote: Quote | None) -> Reason | None:
    """Say why an option cannot be valued; None if it can."""
    if model.greeks is None and position.stated.delta is None:
        return model.vol.reason or Reason.NO_VOLATILITY
    if model.greeks is None:
        return Reason.NO_PRICE if quote is None else None
    return None if isfinite(model.greeks.value) else Reason.MODEL_UNDEFINED


def _size(position: Position, option: Option, market: Market) -> float:
    return float(position.quantity) * float(option.terms_on(market.day).multiplier)


def _delta(position: Position, terms: OptionTerms, greeks: UnitGreeks | None) -> tuple[float, float]:
    """Give spot and forward delta of one unit: the vendor's in its own convention, else the model's."""
    stated, factor = position.stated, terms.carry.yield_factor
    if stated.delta is None:
        return (0.0, 0.0) if greeks is None else (greeks.delta, greeks.delta_forward)
    if stated.delta_convention == DeltaConvention.FORWARD:
        return stated.delta * factor, stated.delta
    return stated.delta, stated.delta / factor


def _valued(
    position: Position,
    terms: OptionTerms,
    market: Market,
    follows: OptionLegs,
    underlying: Quote,
    fx: Quote,
    quote: Quote | None,
    sides: Sides,
    model: _Model,
    source: tuple[Flag, ...],
) -> Valuation:
    greeks, vol = model.greeks, model.vol
    size = _size(position, terms.option, market)
    modelled = 0.0 if greeks is None else greeks.unit
    unit = modelled if quote is None else quote.value
    delta, forward_delta = _delta(position, terms, greeks)
    today = terms.years == 0.0
    gamma = 0.0 if greeks is None or today or not isfinite(greeks.gamma) else greeks.gamma
    money = size * fx.value
    old = any(market.is_old(q) for q in (underlying, fx, *([quote] if quote else [])))
    # A premium in coin is worth the coin's price; everything else is in the option's currency.
    value = money * unit * terms.coin
    price_leg = Leg(
        follows=follows.price,
        delta_exposure=money * delta * terms.spot,
        gamma_exposure=money * gamma * terms.spot**2,
    )
    # V = FX C(S): the whole value moves with the currency, and delta x S with the underlying in that currency.
    foreign = () if follows.money is None else (replace(follows.money, delta_exposure=value),)
    return Valuation(
        value=value,
        legs=(price_leg, *foreign),
        delta=delta,
        multiplier=size / float(position.quantity),
        price=quote if quote is not None else Quote(value=unit, date=market.as_of),
        fx=fx,
        option=OptionFigures(
            underlying_price=terms.spot,
            vol=vol.value,
            years=terms.years,
            vol_low=vol.low,
            vol_high=vol.high,
            delta_low=model.delta_low,
            delta_high=model.delta_high,
            delta_forward=forward_delta,
            forward=terms.carry.forward,
            other_rate_delta_exposure=_at_other_rate(position, terms, quote, vol.value, money, delta),
            vega=None if greeks is None or today else money * greeks.vega * 0.01,
            theta=None if greeks is None or today or not isfinite(greeks.theta) else money * greeks.theta / YEAR_DAYS,
            deviation=model.deviation,
            net_delta=None if greeks is None else greeks.net_delta,
            modelled=None if greeks is None else greeks.unit,
        ),
        bounds=_between(position, terms, follows, money, sides, model, quote),
        flags=(*source, *_flags(position, terms, vol), *((Flag.OLD_PRICE,) if old else ())),
    )


def _flags(position: Position, terms: OptionTerms, vol: OptionVol) -> tuple[Flag, ...]:
    flags = [*vol.flags, *terms.carry.flags]
    if position.stated.delta is not None:
        flags.append(Flag.DELTA_STATED)
    if _rate_assumed(position, terms):
        flags.append(Flag.RATE_ASSUMED)
    if terms.years == 0.0:
        flags.append(Flag.EXPIRES_TODAY)
    return tuple(flags)


def _rate_assumed(position: Position, terms: OptionTerms) -> bool:
    """Tell whether the rate is nobody's statement; on the last day none matters."""
    return position.stated.rate is None and not terms.in_coin and terms.years > 0.0


def _at_other_rate(
    position: Position, terms: OptionTerms, quote: Quote | None, vol: float | None, money: float, delta: float
) -> float | None:
    """Give the delta exposure at `OTHER_RATE` where the rate was assumed: the price stays, the volatility follows it.

    By the European formula, of which only the difference between both rates is taken.
    """
    if not _rate_assumed(position, terms) or vol is None or position.stated.delta is not None:
        return None
    plain = replace(terms, option=replace(terms.option, exercise=Exercise.EUROPEAN))
    carry = terms.carry
    is_on_future = position.stated.forward is not None or terms.option.on_future
    q = carry.dividend_yield + (OTHER_RATE - carry.rate if is_on_future else 0.0)
    other = replace(plain, carry=replace(carry, rate=OTHER_RATE, dividend_yield=q))
    again: float | Reason = vol
    if quote is not None and position.stated.vol is None:
        again = implied(other, quote.value)
        again = 0.0 if again is Reason.BELOW_INTRINSIC else again
    if isinstance(again, Reason):
        return None
    moved = unit_greeks(other, again).delta - unit_greeks(plain, vol).delta
    return money * (delta + moved) * terms.spot if isfinite(moved) else None


def _between(
    position: Position,
    terms: OptionTerms,
    follows: OptionLegs,
    money: float,
    sides: Sides,
    model: _Model,
    quote: Quote | None,
) -> Bounds | None:
    """Give what an option can be where its own market leaves it open: nothing bid, a wide quote, or its last day."""
    stated = position.stated
    if stated.delta is not None:
        return None
    if terms.years == 0.0:
        return _between_today(terms, follows, money, sides, quote)
    if quote is None or stated.vol is not None or model.vol.high is None:
        return None
    if Flag.ZERO_BID not in sides.flags and not _is_wide(model, sides, quote):
        return None
    return bound_quoted(follows, money, terms, sides, model.vol)


def _is_wide(model: _Model, sides: Sides, quote: Quote) -> bool:
    """Tell whether the middle of a quote is used though its ends say very different things."""
    if quote.value != sides.middle or model.greeks is None:
        return False
    deltas = [d for d in (model.delta_low, model.greeks.delta, model.delta_high) if d is not None]
    return max(deltas) - min(deltas) > _WIDE


def _between_today(
    terms: OptionTerms, follows: OptionLegs, money: float, sides: Sides, quote: Quote | None
) -> Bounds | None:
    """Give what an option of today can be: between exercise and what its price, or each end of its quote, implies."""
    ends = (sides.low, sides.high)
    if quote is not None and Flag.ZERO_BID not in sides.flags:
        ends = (quote.value, quote.value)
    prices = [p for p in ends if p is not None]
    last_days = [last_day(terms, p * terms.coin) for p in prices]
    deltas = [d for f in last_days for d in (f.delta_low, f.delta_high, f.greeks.delta) if d is not None]
    if not deltas or (min(deltas) == max(deltas) and prices[0] == prices[-1]):
        return None
    return bound_known(follows, money, terms, value=(prices[0], prices[-1]), delta=(min(deltas), max(deltas)))
