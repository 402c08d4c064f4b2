r"""Perpetual contracts: linear, inverse and quanto, in money of the base currency.

With N contracts of multiplier m, price S now and P at entry, C the price of the settlement currency in base money, and
FX that of the quote currency:

    linear    gain = N m (S - P) FX                   legs: underlying N m S FX, quote currency: the gain so far
    inverse   gain = N m (1/P - 1/S) C                legs: underlying N m C / S, coin: the gain so far
    quanto    gain = N m (S - P) C                    legs: underlying N m S C, coin: the gain so far

The underlying is followed in the quote currency. A gain that is not settled is money in the currency that it is paid
in, so it moves with that currency as well. For an inverse contract the coin is the underlying, and both legs together
are N m C / P: a short of N m = S x coins leaves an account that is flat in money. Without an entry price gains count
as settled, and only the first leg is left today; what is gained from here on still moves with its currency.
Source
    Contract specifications of the venues; `trimtab.exposure.pricing.coin` has the arithmetic and its published numbers.
"""

from dataclasses import replace
from typing import assert_never

from trimtab.errors import Reason
from trimtab.exposure.kinds.moved import Move, Moved
from trimtab.exposure.legs import age_flags, money_leg, stated_quote
from trimtab.exposure.pricing.coin import inverse_coin_delta, inverse_pnl, linear_pnl, quanto_deltas, quanto_pnl
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.decimals import exact
from trimtab.model.instrument import Perpetual, PerpetualPayoff
from trimtab.model.portfolio import Position

__all__ = ["fix_entry", "perpetual_names", "revalue_perpetual", "settling_currency", "value_perpetual"]


def value_perpetual(position: Position, perpetual: Perpetual, market: Market) -> Valuation:
    """Value one perpetual position."""
    price, flags = _price(position, perpetual, market)
    fx = market.rate(perpetual.currency)
    paid = settling_currency(perpetual)
    settlement = market.rate(paid, silent=perpetual.currency)
    if price is None:
        return missing(Reason.NO_PRICE, fx=fx)
    if fx is None or settlement is None:
        return missing(Reason.NO_RATE, price=price)
    n = float(position.quantity)
    m = float(perpetual.terms_on(market.day).multiplier)
    entry = price.value if position.stated.entry is None else float(position.stated.entry)
    gained, exposure = _gained(perpetual, n, m, entry, price.value, settlement.value)
    gain = gained * settlement.value
    names = dict.fromkeys(n for s in perpetual_names(perpetual) for n in market.price_names(s, perpetual.currency))
    legs = [Leg(follows=tuple(names), delta_exposure=exposure)]
    if paid != market.base and gain != 0.0:
        legs.append(money_leg(paid, gain, market, silent=perpetual.currency))
    funding = position.stated.funding
    # Three eight-hour intervals a day; a positive rate is paid by longs.
    carry = None if funding is None else -exposure * funding * 3 * YEAR_DAYS
    return Valuation(
        value=gain,
        legs=tuple(legs),
        carry=carry,
        settles=None if paid == market.base else money_leg(paid, 0.0, market, silent=perpetual.currency),
        multiplier=m,
        price=price,
        fx=fx,
        flags=(*flags, *age_flags(market, price, fx, settlement)),
    )


def _gained(
    perpetual: Perpetual, n: float, m: float, entry: float, price: float, settlement: float
) -> tuple[float, float]:
    """Give the gain in what it is paid in, and the exposure to the price in base money."""
    match perpetual.payoff:
        case PerpetualPayoff.LINEAR:
            gained = float(linear_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price))
            return gained, n * m * price * settlement
        case PerpetualPayoff.INVERSE:
            coins = float(inverse_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price))
            return coins, float(inverse_coin_delta(contracts=n, multiplier=m, price=price)) * settlement
        case PerpetualPayoff.QUANTO:
            coins = float(quanto_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price))
            units, _ = quanto_deltas(contracts=n, multiplier=m, entry=entry, price=price, coin_price=settlement)
            return coins, float(units) * price
        case _ as never:
            assert_never(never)


def revalue_perpetual(position: Position, perpetual: Perpetual, valued: Valuation, market: Market, move: Move) -> Moved:
    """Give a perpetual, with its entry fixed, after its price and what it settles in moved."""
    price = move((valued.legs or ())[0])
    rates = {} if valued.settles is None else {settling_currency(perpetual): move(valued.settles)}
    after = value_perpetual(position, perpetual, market.moved(dict.fromkeys(perpetual_names(perpetual), price), rates))
    return Moved(value=after.value or 0.0, legs=after.legs or (), delta=after.delta)


def fix_entry(position: Position, valued: Valuation) -> Position:
    """Give a perpetual with its entry at today's price where none is stated: gains so far count as settled."""
    if position.stated.entry is not None or valued.price is None:
        return position
    return replace(position, stated=replace(position.stated, entry=exact(valued.price.value)))


def perpetual_names(perpetual: Perpetual) -> tuple[str, ...]:
    """Give the names of what it follows, best first: the underlying, then its own prices."""
    return tuple(dict.fromkeys((*perpetual.underlying, perpetual.symbol)))


def settling_currency(perpetual: Perpetual) -> str:
    """Give what gains are paid in: the quote currency of a linear contract, the coin of the others."""
    return perpetual.currency if perpetual.payoff is PerpetualPayoff.LINEAR else perpetual.settlement


def _price(position: Position, perpetual: Perpetual, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    own = market.price_in(perpetual.symbol, perpetual.currency)
    if own is not None:
        return own, ()
    # A stated price moves as its underlying does.
    stated = stated_quote(position, market, perpetual_names(perpetual))
    if stated is not None:
        return stated, (Flag.PRICE_STATED,)
    levels = (market.price_in(symbol, perpetual.currency) for symbol in perpetual.underlying)
    level = next((q for q in levels if q is not None), None)
    return level, () if level is None else (Flag.PRICE_FROM_UNDERLYING,)
