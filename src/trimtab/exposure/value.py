"""What a position is worth and how it moves.

    value          = what it adds to NAV, in base currency; a future settles daily, so its value is 0
    delta_exposure = quantity x multiplier x delta x price x FX: the money that moves with the price

Whose return each part of the exposure follows is named too, so that the right beta can be joined to it. Each kind has a
file of its own in `trimtab.exposure.kinds`; what a position is worth after a move is in `trimtab.exposure.revalue`.
"""

from dataclasses import replace

from trimtab.errors import Reason
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.valuation import Basis, BoundedLeg, Bounds, Valuation, missing
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Position

__all__ = ["value_position"]


def value_position(position: Position, market: Market) -> Valuation:
    """Value one position.

    What it is valued by may be in doubt: its own price, its underlying's, its index's, or the column that is its rate.
    Where a split is suspected since its quantity was stated it has no value. Where a last price is a jump that nothing
    confirms yet it has that of the price before, and is not measured: it is bounded by what it is at either price.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.snapshot import market_at
    >>> from trimtab.model.instrument import Spot
    >>> market = market_at(PriceTable.of({"A": [9.0, 10.0]}, dates=["2024-01-02", "2024-01-03"]), base="USD")
    >>> value_position(Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(-3)), market).value
    -30.0
    """
    if not market.doubts:
        return by_kind(position).value(market)
    reads: set[str] = set()
    valued = by_kind(position).value(replace(market, reads=reads))
    named = sorted({*reads, position.symbol} & market.doubts.keys())
    if not named or valued.reason is not None:
        return valued
    reasons = {market.doubts[name] for name in named}
    if Reason.SPLIT_SUSPECTED in reasons:
        return missing(Reason.SPLIT_SUSPECTED, fx=valued.fx)
    return replace(_between(position, valued, market, named), reason=min(reasons))


def _between(position: Position, valued: Valuation, market: Market, named: list[str]) -> Valuation:
    """Bound a position by the prices in use and those that wait; unbounded if a rate waits, or what an option is on."""
    rates: set[str] = set()
    replace(market, reads=rates).rate(position.instrument.currency)
    priced = not rates.intersection(named) and all(name in market.waiting for name in named)
    if not (priced and by_kind(position).lies_between_prices) or valued.legs is None or valued.value is None:
        return replace(valued, legs=None)
    moves = {name: (1.0 + market.moves.get(name, 0.0)) * (1.0 + market.waiting[name]) - 1.0 for name in named}
    other = by_kind(position).value(market.moved({**market.moves, **moves}))
    if other.value is None or other.legs is None or len(other.legs) != len(valued.legs):
        return replace(valued, legs=None)
    legs = tuple(
        BoundedLeg(
            follows=one.follows,
            low=min(one.delta_exposure, two.delta_exposure),
            high=max(one.delta_exposure, two.delta_exposure),
            stand_ins=one.stand_ins,
            money=one.money,
        )
        for one, two in zip(valued.legs, other.legs, strict=True)
    )
    ends = sorted((valued.value, other.value))
    return replace(valued, bounds=Bounds(legs=legs, value_low=ends[0], value_high=ends[1], basis=Basis.VALUE))
