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

from dataclasses import dataclass, replace
from decimal import Decimal
from math import nan
from typing import assert_never

from trimtab.errors import Reason
from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.held import Held, Traded
from trimtab.exposure.kinds.moved import Move, Moved
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.row import LegPart, Row, Slots, first_slot, whole
from trimtab.exposure.kinds.upkeep import Upkeep, YearRates
from trimtab.exposure.legs import age_flags, money_leg, stated_quote
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.pricing.coin import inverse_coin_delta, inverse_pnl, linear_pnl, quanto_deltas, quanto_pnl
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.decimals import exact
from trimtab.model.instrument import Perpetual, PerpetualPayoff
from trimtab.model.portfolio import Position

__all__ = ["HeldPerpetual"]

_ROW = {PerpetualPayoff.LINEAR: k.LINEAR, PerpetualPayoff.INVERSE: k.INVERSE, PerpetualPayoff.QUANTO: k.QUANTO}


@dataclass(frozen=True, slots=True)
class HeldPerpetual(Held):
    """Contracts that are held in a perpetual."""

    position: Position
    perpetual: Perpetual

    lies_between_prices = True

    def value(self, market: Market) -> Valuation:
        """Give its gain since entry, and its exposure."""
        return _value(self.position, self.perpetual, market)

    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix its entry: at today's price where none is stated, so that gains so far count as settled."""
        position = self.position
        if position.stated.entry is None and valued.price is not None:
            position = replace(position, stated=replace(position.stated, entry=exact(valued.price.value)))
        return FixedPerpetual(position=position, valued=valued, market=market, perpetual=self.perpetual)

    def mark(self, market: Market) -> Quote | None:
        """Give its own price, or its underlying's."""
        own = market.price_in(self.perpetual.symbol, self.perpetual.currency)
        return _level(self.perpetual, market) if own is None else own

    def traded(self, quantity: Decimal, price: Decimal, unit: Decimal) -> Traded:
        """Give it after a trade: what is opened enters at its price, and what is closed settles its gain.

        More of the same side has the mean entry, of one over the price where it is inverse. Without a stated entry
        gains count as settled, and stay so.
        """
        before, entry = self.position.quantity, self.position.stated.entry
        total = before + quantity
        if entry is None or before == 0:
            return _plainly(self.position, total, None if entry is None else price)
        if before * quantity > 0:
            inverse = self.perpetual.inverse
            mean = (
                total / (before / entry + quantity / price) if inverse else (before * entry + quantity * price) / total
            )
            return _plainly(self.position, total, mean)
        closed = before if abs(quantity) >= abs(before) else -quantity
        gain = closed * unit * ((1 / entry - 1 / price) if self.perpetual.inverse else (price - entry))
        rest = _plainly(self.position, total, entry if total * before > 0 else price)
        return replace(rest, gain=gain)

    def upkeep(self, exposure: float, rates: YearRates, volatility: float | None) -> Upkeep:  # noqa: ARG002
        """Give the funding that a long pays, three times a day."""
        funding = self.position.stated.funding
        return Upkeep(carry=0.0 if funding is None else exposure * funding * 3 * YEAR_DAYS)

    def per_unit(self, valued: Valuation) -> PerUnit | None:
        """Give multiplier, price and rate of a linear one whose gains are settled; others are valued one by one."""
        perpetual = self.perpetual
        linear = perpetual.payoff is PerpetualPayoff.LINEAR and perpetual.paid_in == perpetual.currency
        if not linear or self.position.stated.entry is not None or valued.price is None or valued.fx is None:
            return None
        return PerUnit(value=(0.0,), legs=((valued.multiplier, valued.price.value, valued.fx.value),))

    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:
        """Lay out its units and entry; an open gain is money in what it is paid in."""
        position, perpetual = self.position, self.perpetual
        entry, legs = position.stated.entry, valued.legs or ()
        row = Row(valuation=valued, kind=_ROW[perpetual.payoff], parts=whole(legs[:1]))
        row.floats[k.SIZE] = float(position.quantity) * valued.multiplier
        row.floats[k.ENTRY] = nan if entry is None else float(entry)
        row.ints[k.SETTLEMENT] = slots.currencies.index(perpetual.paid_in)
        if Flag.PRICE_STATED in valued.flags:
            row.ints[k.PRICE] = slots.constant(float(position.stated.price or 0))
        else:
            row.ints[k.PRICE] = first_slot(perpetual.price_names, market, slots)
        if valued.settles is not None and entry is not None:
            row.parts = (*row.parts, LegPart(valued.settles, 0.0, 1.0))
            row.slow = "its gain is exactly zero" if len(legs) == 1 else None
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPerpetual(Fixed):
    """A perpetual with its entry fixed.

    Parameters
    ----------
    perpetual
        The contract.
    """

    perpetual: Perpetual

    @property
    def is_linear(self) -> bool:
        """Whether its gain is in proportion to the price, and paid in base money."""
        return not self.perpetual.inverse and self.valued.settles is None

    @property
    def closed(self) -> Fixed:
        """The same."""
        return self

    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:  # noqa: ARG002
        """Give it after its price and what it settles in moved."""
        perpetual, valued = self.perpetual, self.valued
        price = move((valued.legs or ())[0])
        rates = {} if valued.settles is None else {perpetual.paid_in: move(valued.settles)}
        moved = (market or self.market).moved(dict.fromkeys(perpetual.follow_names, price), rates)
        after = _value(self.position, perpetual, moved)
        return Moved(value=after.value or 0.0, legs=after.legs or (), delta=after.delta)


def _plainly(position: Position, quantity: Decimal, entry: Decimal | None) -> Traded:
    if quantity == 0:
        return Traded(position=None)
    stated = replace(position.stated, entry=entry)
    return Traded(position=replace(position, quantity=quantity, lots=(), stated=stated))


def _value(position: Position, perpetual: Perpetual, market: Market) -> Valuation:
    price, flags = _price(position, perpetual, market)
    fx = market.rate(perpetual.currency)
    paid = perpetual.paid_in
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
    names = dict.fromkeys(n for s in perpetual.follow_names for n in market.price_names(s, perpetual.currency))
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


def _price(position: Position, perpetual: Perpetual, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    own = market.price_in(perpetual.symbol, perpetual.currency)
    if own is not None:
        return own, ()
    # A stated price moves as its underlying does.
    stated = stated_quote(position, market, perpetual.follow_names)
    if stated is not None:
        return stated, (Flag.PRICE_STATED,)
    level = _level(perpetual, market)
    return level, () if level is None else (Flag.PRICE_FROM_UNDERLYING,)


def _level(perpetual: Perpetual, market: Market) -> Quote | None:
    levels = (market.price_in(symbol, perpetual.currency) for symbol in perpetual.underlying)
    return next((q for q in levels if q is not None), None)
