"""Shares, funds, coins, bonds at price: quantity x price x FX, which follows its own price in base currency.

A fund whose holdings are known follows those instead, each in base currency, by the weight of its value.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.errors import Reason
from trimtab.exposure.kinds.fixed import Fixed, FixedHolding
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.row import LegPart, Row, Slots, whole
from trimtab.exposure.kinds.upkeep import Upkeep, YearRates, reset_decay
from trimtab.exposure.legs import age_flags, stated_quote
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Position

__all__ = ["HeldSpot"]

#: Weights of a fund's holdings may miss 1 by so much before it is worth saying.
_WEIGHT_TOLERANCE = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class HeldSpot(Held):
    """Units that are held at their price."""

    position: Position
    spot: Spot

    lies_between_prices = True

    def value(self, market: Market) -> Valuation:
        """Give it at its price."""
        return _value(self.position, self.spot, market)

    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix nothing."""
        return FixedHolding(position=self.position, valued=valued, market=market)

    def mark(self, market: Market) -> Quote | None:
        """Give its own price, in whole currency."""
        return _own_price(self.spot, market)

    def upkeep(self, exposure: float, rates: YearRates, volatility: float | None) -> Upkeep:
        """Give interest less what a fund of a multiple earns on its money, dividends, and what a reset costs."""
        multiple = float(self.spot.leverage)
        own = 0.0 if volatility is None else volatility / abs(multiple)
        return Upkeep(
            carry=multiple * exposure * rates.rate_of(self.spot.currency),
            dividends=-multiple * exposure * rates.yield_of((self.spot.symbol,)),
            decay=exposure * reset_decay(multiple, own),
        )

    def per_unit(self, valued: Valuation) -> PerUnit | None:
        """Give scale, price and rate; of a fund seen through, the weight of each holding as well."""
        if valued.price is None or valued.fx is None:
            return None
        value = (float(self.spot.scale), valued.price.value, valued.fx.value)
        if not self.spot.constituents:
            return PerUnit(value=value, legs=(value,))
        return PerUnit(value=value, legs=tuple((*value, weight) for weight in _weights(self.spot)))

    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:
        """Lay out its units, in whole currency, and a fund's holdings by their weights."""
        position, spot = self.position, self.spot
        stated = Flag.PRICE_STATED in valued.flags
        pence = spot.minor and not stated and market.currency_of(spot.symbol) is None
        row = Row(valuation=valued, kind=k.SPOT, parts=whole(valued.legs or ()))
        row.floats[k.SIZE] = float(position.quantity) * float(spot.scale) * (0.01 if pence else 1.0)
        row.ints[k.PRICE] = slots.constant(float(position.stated.price or 0)) if stated else slots.slots[spot.symbol]
        if spot.constituents:
            row.parts = tuple(LegPart(leg, w, 0.0) for leg, w in zip(valued.legs or (), _weights(spot), strict=True))
        return row


def _weights(spot: Spot) -> list[float]:
    """Give the weight of each holding of a fund, and of what they leave over if there is any."""
    rest = 1 - sum((weight for _, weight in spot.constituents), Decimal(0))
    return [*(float(w) for _, w in spot.constituents), *([float(rest)] if rest != 0 else [])]


def _value(position: Position, spot: Spot, market: Market) -> Valuation:
    price, flags = _price(position, spot, market)
    fx = market.rate(spot.currency)
    if price is None:
        has_column = spot.symbol in market.prices.symbols
        return missing(Reason.NO_PRICE if has_column else Reason.UNKNOWN_INSTRUMENT, fx=fx)
    if fx is None:
        return missing(Reason.NO_RATE, price=price)
    value = float(position.quantity) * float(spot.scale) * price.value * fx.value
    legs, more = _look_through(spot, value, market)
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


def _price(position: Position, spot: Spot, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    own = _own_price(spot, market)
    if own is not None:
        return own, ()
    stated = stated_quote(position, market, (spot.symbol,))
    return stated, () if stated is None else (Flag.PRICE_STATED,)


def _own_price(spot: Spot, market: Market) -> Quote | None:
    own = market.price(spot.symbol)
    if own is not None and spot.minor and market.currency_of(spot.symbol) is None:
        # A column that names no currency is in pence if its holder says so; a named one is whole already.
        own = replace(own, value=own.value / 100.0)
    return own


def _look_through(spot: Spot, value: float, market: Market) -> tuple[tuple[Leg, ...], tuple[Flag, ...]]:
    """Split a fund's exposure over what it holds; what the weights leave over follows the fund itself."""

    def leg(symbol: str, exposure: float) -> Leg:
        return Leg(follows=market.price_names(symbol, market.base), delta_exposure=exposure)

    if not spot.constituents:
        return (leg(spot.symbol, value),), ()
    legs = [leg(symbol, value * float(weight)) for symbol, weight in spot.constituents]
    rest = 1 - sum((weight for _, weight in spot.constituents), Decimal(0))
    flags: tuple[Flag, ...] = (Flag.LOOK_THROUGH,)
    if rest != 0:
        legs.append(leg(spot.symbol, value * float(rest)))
    if abs(rest) > _WEIGHT_TOLERANCE:
        flags = (*flags, Flag.WEIGHTS_NOT_ONE)
    return tuple(legs), flags
