"""What a position is worth and how it moves: the one `match` over the closed union of instruments.

    value          = what it adds to NAV, in base currency; a future settles daily, so its value is 0
    delta_exposure = quantity x multiplier x delta x price x FX: the money that moves with the price

Whose return the delta exposure follows is named too (`follows`), so that the right beta can be joined to it.
"""

from dataclasses import dataclass
from typing import assert_never

from trimtab.errors import Reason
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Cash, Future, Option, Perpetual, Spot
from trimtab.model.portfolio import Position

__all__ = ["Valuation", "beta_names", "future_quote", "value_position"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """A position in money of the base currency, before any beta.

    Parameters
    ----------
    value
        Part of NAV; None if it cannot be known.
    delta_exposure
        Money that moves one for one with the price of what it follows; positive = long. None if it cannot be known.
    delta
        Change of one unit's value per unit change of the price, before the multiplier.
    multiplier
        Units per contract.
    price
        Price used, in the instrument's currency; None if there is none.
    fx
        Base currency per unit of the instrument's currency; None if there is none.
    follows
        Names of what the exposure follows, best first; empty for the base currency's cash.
    stand_ins
        Symbols whose beta may stand in where none of `follows` has one, best first.
    flags
        What a reader should know.
    reason
        Why value or exposure is missing.
    """

    value: float | None
    delta_exposure: float | None
    delta: float | None = 1.0
    multiplier: float = 1.0
    price: Quote | None = None
    fx: Quote | None = None
    follows: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None


def value_position(position: Position, market: Market) -> Valuation:
    """Value one position.

    Examples
    --------
    >>> from decimal import Decimal
    >>> import numpy as np
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.snapshot import market_at
    >>> market = market_at(PriceTable.of({"A": [9.0, 10.0]}, dates=["2024-01-02", "2024-01-03"]), base="USD")
    >>> value_position(Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(-3)), market).value
    -30.0
    """
    quantity = float(position.quantity)
    match position.instrument:
        case Cash(currency=currency):
            return _cash(quantity, currency, market)
        case Spot() as spot:
            return _spot(position, quantity, spot, market)
        case Future() as future:
            return _future(position, quantity, future, market)
        case Perpetual() | Option():
            return Valuation(value=None, delta_exposure=None, delta=None, reason=Reason.UNSUPPORTED_KIND)
        case _ as never:
            assert_never(never)


def _cash(quantity: float, currency: str, market: Market) -> Valuation:
    fx = market.rate(currency)
    if fx is None:
        return Valuation(value=None, delta_exposure=None, reason=Reason.NO_RATE)
    value = quantity * fx.value
    one = Quote(value=1.0, date=market.as_of)
    if currency == market.base:
        # Base money does not move against itself: no exposure, beta 0 by definition.
        return Valuation(value=value, delta_exposure=0.0, price=one, fx=fx, flags=(Flag.IDENTITY,))
    return Valuation(value=value, delta_exposure=value, price=one, fx=fx, follows=(currency,), flags=_age(market, fx))


def _spot(position: Position, quantity: float, spot: Spot, market: Market) -> Valuation:
    price, flags = _own_price(position, spot.symbol, market)
    fx = market.rate(spot.currency)
    if price is None:
        known = spot.symbol in market.prices.symbols
        reason = Reason.NO_PRICE if known else Reason.UNKNOWN_INSTRUMENT
        return Valuation(value=None, delta_exposure=None, fx=fx, follows=(spot.symbol,), reason=reason)
    if fx is None:
        return Valuation(value=None, delta_exposure=None, price=price, follows=(spot.symbol,), reason=Reason.NO_RATE)
    value = quantity * price.value * fx.value
    return Valuation(
        value=value,
        delta_exposure=value,
        price=price,
        fx=fx,
        follows=(spot.symbol,),
        flags=(*flags, *_age(market, price, fx)),
    )


def _future(position: Position, quantity: float, future: Future, market: Market) -> Valuation:
    follows, stand_ins = beta_names(future)
    if future.expiry is not None and market.as_of.astype("datetime64[D]").item() > future.expiry:
        return Valuation(value=None, delta_exposure=None, follows=follows, reason=Reason.EXPIRED)
    price, flags = future_quote(future, market, stated=None if position.price is None else float(position.price))
    fx = market.rate(future.currency)
    if price is None or fx is None:
        reason = Reason.NO_PRICE if price is None else Reason.NO_RATE
        return Valuation(value=None, delta_exposure=None, price=price, fx=fx, follows=follows, reason=reason)
    multiplier = float(future.terms_on(market.as_of.astype("datetime64[D]").item()).multiplier)
    return Valuation(
        # Gains and losses are settled into cash every day, so holding a future adds nothing to NAV.
        value=0.0,
        delta_exposure=quantity * multiplier * price.value * fx.value,
        multiplier=multiplier,
        price=price,
        fx=fx,
        follows=follows,
        stand_ins=stand_ins,
        flags=(*flags, *_age(market, price, fx)),
    )


def future_quote(
    future: Future, market: Market, *, stated: float | None = None
) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Find a future's price: its own column, its root's, a sibling's, a stated price, or its index's level.

    The level of the index differs from the future's price by the carry to expiry, about a percent a quarter; whoever
    uses it is told by a flag.
    """
    for symbol in (future.symbol, future.root):
        own = market.price(symbol)
        if own is not None:
            return own, ()
    for symbol in _sibling_names(future):
        same = market.price(symbol)
        if same is not None:
            return same, (Flag.PRICE_FROM_SIBLING,)
    if stated is not None:
        return Quote(value=stated, date=market.as_of), (Flag.PRICE_STATED,)
    for symbol in future.underlying:
        level = market.price(symbol)
        if level is not None:
            return level, (Flag.PRICE_FROM_UNDERLYING,)
    return None, ()


def beta_names(future: Future) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names under which a future's own beta may stand, and those whose beta may stand in for it."""
    own = tuple(dict.fromkeys((future.symbol, future.root)))
    return own, (*_sibling_names(future), *future.underlying, *future.trackers)


def _sibling_names(future: Future) -> tuple[str, ...]:
    """Name the contracts of other sizes that trade at the same price: the same month first, then the front."""
    month = future.symbol.removeprefix(future.root)
    return tuple(dict.fromkeys(name for root in future.siblings for name in (root + month, root)))


def _own_price(position: Position, symbol: str, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    own = market.price(symbol)
    if own is not None or position.price is None:
        return own, ()
    return Quote(value=float(position.price), date=market.as_of), (Flag.PRICE_STATED,)


def _age(market: Market, *quotes: Quote) -> tuple[Flag, ...]:
    return (Flag.OLD_PRICE,) if any(market.is_old(q) for q in quotes) else ()
