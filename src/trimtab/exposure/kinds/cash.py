"""Money in a currency or coin: it follows its rate, and base money follows nothing."""

from trimtab.errors import Reason
from trimtab.exposure.kinds.moved import Move, Moved, grown
from trimtab.exposure.legs import age_flags, money_leg
from trimtab.exposure.valuation import Valuation, missing
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Cash
from trimtab.model.portfolio import Position

__all__ = ["revalue_cash", "value_cash"]


def value_cash(position: Position, cash: Cash, market: Market) -> Valuation:
    """Value money."""
    fx = market.rate(cash.currency)
    if fx is None:
        return missing(Reason.NO_RATE)
    value = float(position.quantity) * fx.value
    one = Quote(value=1.0, date=market.as_of)
    if cash.currency == market.base:
        # Base money does not move against itself: no exposure, beta 0 by definition.
        return Valuation(value=value, legs=(), price=one, fx=fx, flags=(Flag.IDENTITY,))
    leg = money_leg(cash.currency, value, market)
    return Valuation(value=value, legs=(leg,), price=one, fx=fx, flags=age_flags(market, fx))


def revalue_cash(valued: Valuation, move: Move) -> Moved:
    """Give money after its rate moved."""
    return grown(valued, move)
