r"""Perpetual contracts: linear, inverse and quanto, in money of the base currency.

With N contracts of multiplier m, price S now and P at entry, C the price of the settlement currency in base money, and
FX that of the quote currency:

    linear    gain = N m (S - P) FX                   legs: underlying N m S FX
    inverse   gain = N m (1/P - 1/S) C                legs: underlying N m FX, coin: the gain so far
    quanto    gain = N m (S - P) C                    legs: underlying N m S C, coin: the gain so far

A gain that is not settled is money in the settlement currency, so it moves with that currency as well. For an inverse
contract the coin is the underlying, and both legs together are N m FX S / P: a short of N m = S x coins leaves an
account that is flat in money. Without an entry price gains count as settled, and only the first leg is left.
Source
    Contract specifications of the venues; `trimtab.exposure.pricing.coin` has the arithmetic and its published numbers.
"""

from trimtab.errors import Reason
from trimtab.exposure.pricing.coin import inverse_coin_delta, inverse_pnl, linear_pnl, quanto_deltas, quanto_pnl
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Perpetual, PerpetualPayoff
from trimtab.model.portfolio import Position

__all__ = ["value_perpetual"]


def value_perpetual(position: Position, perpetual: Perpetual, market: Market) -> Valuation:
    """Value one perpetual position."""
    price, flags = _price(position, perpetual, market)
    fx = market.rate(perpetual.currency)
    settlement = market.rate(perpetual.settlement)
    if price is None:
        return missing(Reason.NO_PRICE, fx=fx)
    if fx is None or settlement is None:
        return missing(Reason.NO_RATE, price=price)
    n = float(position.quantity)
    m = float(perpetual.terms_on(market.day).multiplier)
    entry = price.value if position.stated.entry is None else float(position.stated.entry)
    match perpetual.payoff:
        case PerpetualPayoff.LINEAR:
            gain = float(linear_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price.value)) * fx.value
            exposure = n * m * price.value * fx.value
        case PerpetualPayoff.INVERSE:
            coins = float(inverse_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price.value))
            gain = coins * settlement.value
            held = float(inverse_coin_delta(contracts=n, multiplier=m, price=price.value))
            exposure = held * price.value * fx.value
        case _:
            coins = float(quanto_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price.value))
            gain = coins * settlement.value
            units, _ = quanto_deltas(
                contracts=n, multiplier=m, entry=entry, price=price.value, coin_price=settlement.value
            )
            exposure = float(units) * price.value
    names = tuple(dict.fromkeys((*perpetual.underlying, perpetual.symbol)))
    legs = [Leg(follows=names, delta_exposure=exposure)]
    if perpetual.settlement != market.base and gain != 0.0:
        coin = market.coin_symbol(perpetual.settlement)
        settled = (perpetual.settlement,) if coin is None else (coin, perpetual.settlement)
        legs.append(Leg(follows=settled, delta_exposure=gain))
    funding = position.stated.funding
    # Three eight-hour intervals a day; a positive rate is paid by longs.
    carry = None if funding is None else -exposure * funding * 3 * 365
    return Valuation(value=gain, legs=tuple(legs), carry=carry, multiplier=m, price=price, fx=fx, flags=flags)


def _price(position: Position, perpetual: Perpetual, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    own = market.price(perpetual.symbol)
    if own is not None:
        return own, ()
    if position.stated.price is not None:
        # A stated price moves as its underlying does.
        name = next((u for u in perpetual.underlying if u in market.moves), perpetual.symbol)
        moved = max(0.0, 1.0 + market.moves.get(name, 0.0))
        return Quote(value=float(position.stated.price) * moved, date=market.as_of), (Flag.PRICE_STATED,)
    for symbol in perpetual.underlying:
        level = market.price(symbol)
        if level is not None:
            return level, (Flag.PRICE_FROM_UNDERLYING,)
    return None, ()
