"""Money in a currency or coin: it follows its rate, and base money follows nothing."""

from dataclasses import dataclass

from trimtab.errors import Reason
from trimtab.exposure.kinds.fixed import Fixed, FixedHolding
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.row import Row, Slots, whole
from trimtab.exposure.legs import age_flags, money_leg
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.valuation import Valuation, missing
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Cash
from trimtab.model.portfolio import Position

__all__ = ["HeldCash"]


@dataclass(frozen=True, slots=True)
class HeldCash(Held):
    """Money that is held."""

    position: Position
    cash: Cash

    lies_between_prices = False

    def value(self, market: Market) -> Valuation:
        """Give it at its rate."""
        return _value(self.position, self.cash, market)

    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix nothing."""
        return FixedHolding(position=self.position, valued=valued, market=market)

    def mark(self, market: Market) -> Quote | None:
        """Give 1."""
        return Quote(value=1.0, date=market.as_of)

    def per_unit(self, valued: Valuation) -> PerUnit | None:
        """Give its rate; base money moves with nothing."""
        if valued.fx is None:
            return None
        rate = (valued.fx.value,)
        return PerUnit(value=rate, legs=tuple(rate for _ in valued.legs or ()))

    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:  # noqa: ARG002
        """Lay out its amount; no price touches it."""
        floats = {k.SIZE: float(self.position.quantity)}
        return Row(valuation=valued, kind=k.MONEY, floats=floats, ints={k.PRICE: -1}, parts=whole(valued.legs or ()))


def _value(position: Position, cash: Cash, market: Market) -> Valuation:
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
