r"""Options in a portfolio: which price, volatility and model apply, and what follows from them.

The volatility comes from the first of these that is there: a stated volatility; the middle of a stated bid and ask
(with the interval that both allow); the option's own price in the price table; a stated price. A stated vendor's delta
replaces the model's delta and nothing else. Without any of them the option is not covered.

    value          = quantity x multiplier x price x FX
    delta_exposure = quantity x multiplier x delta x S x FX
    gamma_exposure = quantity x multiplier x gamma x S^2 x FX

European options by Black-Scholes-Merton (Black-76 on futures), American ones by their exercise boundary, cash
dividends by the escrowed model, coin-premium options by their forward. An option without a market price is valued by
its model.
"""

import datetime as dt
from dataclasses import dataclass
from math import exp, isfinite, log

import numpy as np

from trimtab.errors import Reason
from trimtab.exposure.pricing.american import american_greeks, american_greeks_with_dividends
from trimtab.exposure.pricing.black import Greeks, escrowed_spot, european_greeks
from trimtab.exposure.pricing.coin import coin_option
from trimtab.exposure.pricing.implied import VolReason, implied_vol, quoted_vol
from trimtab.exposure.valuation import Leg, OptionFigures, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS, years_between
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Exercise, Option, OptionRight, Premium
from trimtab.model.portfolio import Position, Stated

__all__ = ["value_option"]

_VOL_REASON = {
    VolReason.BELOW_INTRINSIC: Reason.BELOW_INTRINSIC,
    VolReason.ABOVE_BOUND: Reason.ABOVE_BOUND,
    VolReason.CROSSED_QUOTE: Reason.CROSSED_QUOTE,
    VolReason.NO_QUOTE: Reason.NO_VOLATILITY,
    VolReason.EXPIRED: Reason.EXPIRED,
    VolReason.BAD_TERMS: Reason.MODEL_UNDEFINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """An option with everything its model needs but the volatility."""

    option: Option
    right: int
    spot: float
    strike: float
    years: float
    rate: float
    dividend_yield: float
    dividends: tuple[tuple[float, float], ...]

    @property
    def in_coin(self) -> bool:
        return self.option.premium is Premium.COIN

    @property
    def lognormal(self) -> float:
        """The spot less the dividends to come, which is what the model moves."""
        if not self.dividends:
            return self.spot
        times, amounts = zip(*self.dividends, strict=True)
        return float(escrowed_spot(spot=self.spot, amounts=amounts, pay_times=times, rate=self.rate, time=self.years))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vol:
    """A volatility with where it came from, or the reason why there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None


def value_option(position: Position, option: Option, market: Market) -> Valuation:
    """Value one option position."""
    day = market.day
    names = tuple(dict.fromkeys((option.underlying, *option.aliases)))
    underlying = next((q for q in map(market.price, names) if q is not None), None)
    fx = market.rate(option.currency)
    if day > option.expiry:
        return missing(Reason.EXPIRED, fx=fx)
    if underlying is None:
        return missing(Reason.NO_PRICE, fx=fx)
    if fx is None:
        return missing(Reason.NO_RATE)
    terms = _terms(option, position.stated, underlying.value, day)
    quote, source = _market_price(position, market)
    vol = _volatility(terms, position.stated, quote)
    if vol.value is None and position.stated.delta is None:
        return missing(vol.reason or Reason.NO_VOLATILITY, price=quote, fx=fx)
    return _valued(position, terms, market, names, underlying, fx, quote, vol, source)


def _valued(
    position: Position,
    terms: _Terms,
    market: Market,
    names: tuple[str, ...],
    underlying: Quote,
    fx: Quote,
    quote: Quote | None,
    vol: _Vol,
    source: tuple[Flag, ...],
) -> Valuation:
    option, stated = terms.option, position.stated
    greeks = None if vol.value is None else _greeks(terms, vol.value)
    if greeks is None and quote is None:
        return missing(Reason.NO_PRICE, fx=fx)
    if greeks is not None and not isfinite(greeks.value):
        return missing(Reason.MODEL_UNDEFINED, price=quote, fx=fx)
    size = float(position.quantity) * float(option.terms_on(market.day).multiplier)
    unit = quote.value if quote is not None else greeks.unit if greeks is not None else 0.0
    # A premium in coin is worth the coin's price; everything else is in the option's currency.
    coin = terms.spot if terms.in_coin else 1.0
    delta = stated.delta if stated.delta is not None else greeks.delta if greeks is not None else 0.0
    gamma = 0.0 if greeks is None or not isfinite(greeks.gamma) else greeks.gamma
    money = size * fx.value
    flags = [*source, *vol.flags]
    if stated.delta is not None:
        flags.append(Flag.DELTA_STATED)
    if stated.rate is None and not terms.in_coin:
        flags.append(Flag.RATE_ASSUMED)
    if terms.years == 0.0:
        flags.append(Flag.EXPIRES_TODAY)
    if any(market.is_old(q) for q in (underlying, fx, *([quote] if quote else []))):
        flags.append(Flag.OLD_PRICE)
    low, high = (_delta_at(terms, v) for v in (vol.low, vol.high))
    return Valuation(
        value=money * unit * coin,
        legs=(
            Leg(
                follows=names,
                delta_exposure=money * delta * terms.spot,
                gamma_exposure=money * gamma * terms.spot**2,
            ),
        ),
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
            delta_low=low,
            delta_high=high,
            vega=None if greeks is None else money * greeks.vega * 0.01,
            theta=None if greeks is None or not isfinite(greeks.theta) else money * greeks.theta / YEAR_DAYS,
            net_delta=None if greeks is None else greeks.net_delta,
        ),
        flags=tuple(flags),
    )


def _terms(option: Option, stated: Stated, spot: float, day: dt.date) -> _Terms:
    years = years_between(day, option.expiry)
    rate = stated.rate or 0.0
    dividend_yield = rate if option.on_future else stated.dividend_yield or 0.0
    if stated.forward is not None and years > 0:
        # A forward says what the carry is: F = S exp((r - q) T).
        dividend_yield = rate - log(stated.forward / spot) / years
    ahead = tuple((years_between(day, when), amount) for when, amount in stated.dividends)
    return _Terms(
        option=option,
        right=1 if option.right is OptionRight.CALL else -1,
        spot=spot,
        strike=float(option.strike),
        years=years,
        rate=rate,
        dividend_yield=dividend_yield,
        dividends=tuple((t, a) for t, a in ahead if 0 < t <= years),
    )


def _market_price(position: Position, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Give the price of the option itself: the middle of a stated quote, its own column, or a stated price."""
    stated = position.stated
    if stated.bid is not None and stated.ask is not None and 0 < stated.bid <= stated.ask:
        return Quote(value=float(stated.bid + stated.ask) / 2.0, date=market.as_of), (Flag.PRICE_STATED,)
    own = market.price(position.symbol)
    if own is not None:
        return own, ()
    if stated.price is None:
        return None, (Flag.MODEL_PRICE,)
    return Quote(value=float(stated.price), date=market.as_of), (Flag.PRICE_STATED,)


def _volatility(terms: _Terms, stated: Stated, quote: Quote | None) -> _Vol:
    interval = _quoted_interval(terms, stated)
    if stated.vol is not None:
        return _Vol(value=stated.vol, low=interval.low, high=interval.high, flags=(Flag.VOL_STATED, *interval.flags))
    if interval.value is not None:
        return interval
    if quote is None:
        return interval if interval.reason is not None else _Vol(reason=Reason.NO_VOLATILITY)
    found = _solve(terms, quote.value * (terms.spot if terms.in_coin else 1.0))
    if found.value is None and found.reason is Reason.BELOW_INTRINSIC:
        # Worth exercise and no more: any volatility would be invented, and delta is that of exercise.
        return _Vol(value=0.0, flags=(*interval.flags, Flag.BELOW_INTRINSIC))
    return _Vol(value=found.value, flags=(*interval.flags, *found.flags), reason=found.reason)


def _quoted_interval(terms: _Terms, stated: Stated) -> _Vol:
    """Give the volatilities that a stated bid and ask allow."""
    if stated.bid is None or stated.ask is None:
        return _Vol()
    coin = terms.spot if terms.in_coin else 1.0
    if stated.bid > stated.ask:
        return _Vol(flags=(Flag.CROSSED_QUOTE,), reason=Reason.CROSSED_QUOTE)
    if terms.option.exercise is Exercise.AMERICAN:
        low, mid, high = (_solve(terms, float(p) * coin).value for p in _three(stated))
        flags = (Flag.VOL_IMPLIED,) if mid is not None else ()
        return _Vol(value=mid, low=low if low is not None else 0.0, high=high, flags=flags)
    found = quoted_vol(
        bid=float(stated.bid) * coin, ask=float(stated.ask) * coin, right=terms.right, spot=terms.lognormal,
        strike=terms.strike, time=terms.years, rate=0.0 if terms.in_coin else terms.rate,
        dividend_yield=0.0 if terms.in_coin else terms.dividend_yield,
    )  # fmt: skip
    reason = VolReason(int(found.reason))
    mid = None if reason is not VolReason.OK else float(found.mid)
    flags = (Flag.BELOW_INTRINSIC,) if reason is VolReason.BELOW_INTRINSIC else ()
    return _Vol(
        value=mid,
        low=None if np.isnan(found.bid) else float(found.bid),
        high=None if np.isnan(found.ask) else float(found.ask),
        flags=(Flag.VOL_IMPLIED,) if mid is not None else flags,
        reason=_VOL_REASON.get(reason),
    )


def _three(stated: Stated) -> tuple[float, float, float]:
    assert stated.bid is not None  # noqa: S101 - the caller has looked
    assert stated.ask is not None  # noqa: S101
    return float(stated.bid), float(stated.bid + stated.ask) / 2.0, float(stated.ask)


def _solve(terms: _Terms, price: float) -> _Vol:
    """Find the volatility at which the model gives a price, in money."""
    if terms.option.exercise is Exercise.AMERICAN:
        return _solve_american(terms, price)
    found = implied_vol(
        price=price, right=terms.right, spot=terms.lognormal, strike=terms.strike, time=terms.years,
        rate=0.0 if terms.in_coin else terms.rate, dividend_yield=0.0 if terms.in_coin else terms.dividend_yield,
    )  # fmt: skip
    reason = VolReason(int(found.reason))
    if reason is not VolReason.OK:
        return _Vol(reason=_VOL_REASON[reason])
    return _Vol(value=float(found.vol), flags=(Flag.VOL_IMPLIED,))


def _solve_american(terms: _Terms, price: float) -> _Vol:
    """Bisect: the value of an American option never falls when volatility rises."""
    intrinsic = max(0.0, terms.right * (terms.spot - terms.strike))
    if price <= intrinsic * (1 + 1e-12):
        return _Vol(reason=Reason.BELOW_INTRINSIC)
    low, high = 1e-4, 8.0
    if _greeks(terms, high).value < price:
        return _Vol(reason=Reason.ABOVE_BOUND)
    for _ in range(60):
        middle = exp((log(low) + log(high)) / 2.0)
        if _greeks(terms, middle).value < price:
            low = middle
        else:
            high = middle
        if high / low < 1 + 1e-9:
            break
    return _Vol(value=high, flags=(Flag.VOL_IMPLIED,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Greeks:
    """Model figures of one unit: `value` in money, `unit` in what the premium is paid in."""

    value: float
    unit: float
    delta: float
    gamma: float
    vega: float
    theta: float
    net_delta: float | None = None


def _greeks(terms: _Terms, vol: float) -> _Greeks:
    if terms.in_coin:
        c = coin_option(right=terms.right, forward=terms.spot, strike=terms.strike, vol=vol, time=terms.years)
        value = float(c.value) * terms.spot
        # Vega and theta of the premium are coin; money is coin times the coin's price.
        return _Greeks(
            value=value, unit=float(c.value), delta=float(c.delta), gamma=float(c.gamma),
            vega=float(c.vega) * terms.spot, theta=float(c.theta) * terms.spot, net_delta=float(c.net_delta),
        )  # fmt: skip
    g = _money_greeks(terms, vol)
    value = float(g.value)
    return _Greeks(
        value=value, unit=value, delta=float(g.delta), gamma=float(g.gamma), vega=float(g.vega), theta=float(g.theta)
    )


def _money_greeks(terms: _Terms, vol: float) -> Greeks:
    common = {
        "right": terms.right,
        "strike": terms.strike,
        "vol": vol,
        "time": terms.years,
        "rate": terms.rate,
        "dividend_yield": terms.dividend_yield,
    }
    if terms.option.exercise is Exercise.EUROPEAN:
        return european_greeks(spot=terms.lognormal, **common)
    if terms.dividends:
        times, amounts = zip(*terms.dividends, strict=True)
        return american_greeks_with_dividends(spot=terms.spot, amounts=amounts, ex_times=times, **common)
    return american_greeks(spot=terms.spot, **common)


def _delta_at(terms: _Terms, vol: float | None) -> float | None:
    if vol is None or not isfinite(vol):
        return None
    return _greeks(terms, vol).delta
