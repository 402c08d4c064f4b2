"""What a position is worth and how it moves: the one `match` over the closed union of instruments.

    value          = what it adds to NAV, in base currency; a future settles daily, so its value is 0
    delta_exposure = quantity x multiplier x delta x price x FX: the money that moves with the price

Whose return each part of the exposure follows is named too, so that the right beta can be joined to it. Each kind has a
file of its own in `trimtab.exposure.kinds`; what a position is worth after a move is in `trimtab.exposure.revalue`.
"""

from dataclasses import replace
from typing import assert_never

from trimtab.errors import Reason
from trimtab.exposure.kinds.cash import value_cash
from trimtab.exposure.kinds.future import future_names, future_quote, leg_names, value_future
from trimtab.exposure.kinds.perpetual import value_perpetual
from trimtab.exposure.kinds.spot import value_spot
from trimtab.exposure.option_value import value_option
from trimtab.exposure.valuation import Valuation, missing
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Cash, Future, Option, Perpetual, Spot
from trimtab.model.portfolio import Position

__all__ = ["future_names", "future_quote", "leg_names", "value_position"]


def value_position(position: Position, market: Market) -> Valuation:
    """Value one position.

    Where a split is suspected since its quantity was stated it has no value; where its last price is a jump that
    nothing confirms yet it has that of the price before, and is not measured.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.snapshot import market_at
    >>> market = market_at(PriceTable.of({"A": [9.0, 10.0]}, dates=["2024-01-02", "2024-01-03"]), base="USD")
    >>> value_position(Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(-3)), market).value
    -30.0
    """
    doubt = market.doubts.get(position.symbol)
    if doubt is Reason.SPLIT_SUSPECTED:
        return missing(doubt)
    valued = _value(position, market)
    return valued if doubt is None or valued.reason is not None else replace(valued, reason=doubt)


def _value(position: Position, market: Market) -> Valuation:
    match position.instrument:
        case Cash() as cash:
            return value_cash(position, cash, market)
        case Spot() as spot:
            return value_spot(position, spot, market)
        case Future() as future:
            return value_future(position, future, market)
        case Perpetual() as perpetual:
            return value_perpetual(position, perpetual, market)
        case Option() as option:
            return value_option(position, option, market)
        case _ as never:
            assert_never(never)
