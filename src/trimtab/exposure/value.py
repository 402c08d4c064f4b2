"""What a position is worth and how it moves: the one `match` over the closed union of instruments.

    value          = what it adds to NAV, in base currency; a future settles daily, so its value is 0
    delta_exposure = quantity x multiplier x delta x price x FX: the money that moves with the price

Whose return each part of the exposure follows is named too, so that the right beta can be joined to it.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import log
from typing import assert_never

from trimtab.errors import Reason
from trimtab.exposure.option_value import value_option
from trimtab.exposure.perpetual_value import value_perpetual
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Cash, Future, Option, Perpetual, Spot
from trimtab.model.portfolio import Position

__all__ = ["beta_names", "future_quote", "value_position"]

#: Weights of a fund's holdings may miss 1 by so much before it is worth saying.
_WEIGHT_TOLERANCE = Decimal("0.005")


def value_position(position: Position, market: Market) -> Valuation:
    """Value one position.

    Examples
    --------
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.snapshot import market_at
    >>> market = market_at(PriceTable.of({"A": [9.0, 10.0]}, dates=["2024-01-02", "2024-01-03"]), base="USD")
    >>> value_position(Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(-3)), market).value
    -30.0
    """
    match position.instrument:
        case Cash(currency=currency):
            return _cash(float(position.quantity), currency, market)
        case Spot() as spot:
            return _spot(position, spot, market)
        case Future() as future:
            return _future(position, future, market)
        case Perpetual() as perpetual:
            return value_perpetual(position, perpetual, market)
        case Option() as option:
            return value_option(position, option, market)
        case _ as never:
            assert_never(never)


def _cash(quantity: float, currency: str, market: Market) -> Valuation:
    fx = market.rate(currency)
    if fx is None:
        return missing(Reason.NO_RATE)
    value = quantity * fx.value
    one = Quote(value=1.0, date=market.as_of)
    if currency == market.base:
        # Base money does not move against itself: no exposure, beta 0 by definition.
        return Valuation(value=value, legs=(), price=one, fx=fx, flags=(Flag.IDENTITY,))
    coin = market.coin_symbol(currency)
    leg = Leg(follows=(currency,) if coin is None else (coin, currency), delta_exposure=value)
    return Valuation(value=value, legs=(leg,), price=one, fx=fx, flags=age_flags(market, fx))


def _spot(position: Position, spot: Spot, market: Market) -> Valuation:
    price, flags = own_price(position, market)
    fx = market.rate(spot.currency)
    if price is None:
        known = spot.symbol in market.prices.symbols
        return missing(Reason.NO_PRICE if known else Reason.UNKNOWN_INSTRUMENT, fx=fx)
    if fx is None:
        return missing(Reason.NO_RATE, price=price)
    if spot.minor and Flag.PRICE_STATED not in flags and market.currency_of(spot.symbol) is None:
        # A column that names no currency is in pence if its holder says so; a named one is whole already.
        price = replace(price, value=price.value / 100.0)
    value = float(position.quantity) * float(spot.scale) * price.value * fx.value
    legs, more = _look_through(spot, value)
    if spot.leverage != 1:
        more = (*more, Flag.LEVERAGED_FUND)
    return Valuation(
        value=value,
        legs=legs,
        multiplier=float(spot.scale),
        price=price,
        fx=fx,
        flags=(*flags, *more, *age_flags(market, price, fx)),
    )


def _look_through(spot: Spot, value: float) -> tuple[tuple[Leg, ...], tuple[Flag, ...]]:
    """Split a fund's exposure over what it holds; what the weights leave over follows the fund itself."""
    if not spot.constituents:
        return (Leg(follows=(spot.symbol,), delta_exposure=value),), ()
    legs = [Leg(follows=(symbol,), delta_exposure=value * float(weight)) for symbol, weight in spot.constituents]
    rest = 1 - sum((weight for _, weight in spot.constituents), Decimal(0))
    flags: tuple[Flag, ...] = (Flag.LOOK_THROUGH,)
    if rest != 0:
        legs.append(Leg(follows=(spot.symbol,), delta_exposure=value * float(rest)))
    if abs(rest) > _WEIGHT_TOLERANCE:
        flags = (*flags, Flag.WEIGHTS_NOT_ONE)
    return tuple(legs), flags


def _future(position: Position, future: Future, market: Market) -> Valuation:
    day = market.day
    if future.expiry is not None and day > future.expiry:
        return missing(Reason.EXPIRED)
    stated = position.stated.price
    price, flags = future_quote(future, market, stated=None if stated is None else float(stated))
    fx = market.rate(future.currency)
    if price is None or fx is None:
        return missing(Reason.NO_PRICE if price is None else Reason.NO_RATE, price=price, fx=fx)
    multiplier = float(future.terms_on(day).multiplier)
    follows, stand_ins = beta_names(future)
    exposure = float(position.quantity) * multiplier * price.value * fx.value
    return Valuation(
        # Gains and losses are settled into cash every day, so holding a future adds nothing to NAV.
        value=0.0,
        legs=(Leg(follows=follows, stand_ins=stand_ins, delta_exposure=exposure),),
        carry=_carry(future, price.value, exposure, market, day),
        multiplier=multiplier,
        price=price,
        fx=fx,
        flags=(*flags, *age_flags(market, price, fx)),
    )


def _carry(future: Future, price: float, exposure: float, market: Market, day: dt.date) -> float | None:
    """Give what a future gains per year if its index stands still: the basis to the index runs off by expiry."""
    level = next((q for q in map(market.price, future.underlying) if q is not None), None)
    if level is None or future.expiry is None or future.expiry <= day or not level.value > 0 or not price > 0:
        return None
    return -exposure * log(price / level.value) * YEAR_DAYS / (future.expiry - day).days


def future_quote(
    future: Future, market: Market, *, stated: float | None = None
) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Find a future's price: its own column, its root's, a stated price, a sibling's, or its index's level.

    The level of the index differs from the future's price by the carry to expiry, about a percent a quarter; whoever
    uses it is told by a flag.
    """
    for symbol in (future.symbol, future.root):
        own = market.price(symbol)
        if own is not None:
            return own, ()
    if stated is not None:
        moved = max(0.0, 1.0 + market.moves.get(future.symbol, market.moves.get(future.root, 0.0)))
        return Quote(value=stated * moved, date=market.as_of), (Flag.PRICE_STATED,)
    for symbol in _sibling_names(future):
        same = market.price(symbol)
        if same is not None:
            return same, (Flag.PRICE_FROM_SIBLING,)
    for symbol in future.underlying:
        level = market.price(symbol)
        if level is not None:
            return level, (Flag.PRICE_FROM_UNDERLYING,)
    return None, ()


def beta_names(future: Future) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names under which a future's own beta may stand, and those whose beta may stand in for it."""
    own = tuple(dict.fromkeys((future.symbol, future.root)))
    return own, (*_sibling_names(future), *future.underlying, *future.trackers)


def own_price(position: Position, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Give the price of a position's own symbol, or the one its owner states."""
    own = market.price(position.symbol)
    stated = position.stated.price
    if own is not None or stated is None:
        return own, ()
    moved = max(0.0, 1.0 + market.moves.get(position.symbol, 0.0))
    return Quote(value=float(stated) * moved, date=market.as_of), (Flag.PRICE_STATED,)


def age_flags(market: Market, *quotes: Quote) -> tuple[Flag, ...]:
    """Say so if any quote is old."""
    return (Flag.OLD_PRICE,) if any(market.is_old(q) for q in quotes) else ()


def _sibling_names(future: Future) -> tuple[str, ...]:
    """Name the contracts of other sizes that trade at the same price: the same month first, then the front."""
    month = future.symbol.removeprefix(future.root)
    return tuple(dict.fromkeys(name for root in future.siblings for name in (root + month, root)))
