r"""An option while prices move: it stands on its volatility, and keeps what quote and vendor say beyond the model.

With the model's value V and delta at volatility held, S the underlying in the option's currency, S0 that of now:

    value  = FX(1 + f) [ V(S) + q + d (S - S0) ]      q: quote less model now;  d: a vendor's delta less the model's
    delta  = dV/dS + d

The value keeps its sign: what a quote below the model, or a vendor's delta, would take beyond nothing is nothing.
Without a volatility there is no model: the value is the quote, and moves by the vendor's delta alone. On its last day
an option stands on the deviation that is left until the close (`last_day`), which no shift of volatility
changes; what counts as exercised is worth exercise. After the close nothing but exercise is left.
"""

from dataclasses import dataclass, replace
from math import isfinite

from trimtab.errors import NotEnoughDataError
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.moved import Move, Moved, factor
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.row import LegPart, Row, Slots, first_slot, whole
from trimtab.exposure.options.limited import beyond_nothing
from trimtab.exposure.options.model import OptionTerms, option_terms
from trimtab.exposure.options.value import underlying_quote, value_option
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Exercise, Option
from trimtab.model.portfolio import Position

__all__ = ["FixedOption", "HeldOption"]


@dataclass(frozen=True, slots=True)
class HeldOption(Held):
    """Options that are held."""

    position: Position
    option: Option

    lies_between_prices = False

    def value(self, market: Market) -> Valuation:
        """Give it at its own price, or by its model."""
        return value_option(self.position, self.option, market)

    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix its volatility, and what its quote and a vendor's delta say beyond the model."""
        return _fix(self.position, self.option, valued, market)

    def mark(self, market: Market) -> Quote | None:
        """Give the price of its underlying, in the money of the strike."""
        return underlying_quote(self.option, market)

    def per_unit(self, valued: Valuation) -> PerUnit | None:
        """Give multiplier, rate and price or delta; what is paid in coin is worth its underlying besides."""
        figures = valued.option
        if valued.price is None or valued.fx is None or figures is None or valued.delta is None:
            return None
        level = figures.underlying_price
        size = (valued.multiplier, valued.fx.value)
        value = (*size, valued.price.value, level if self.option.premium_in_coin else 1.0)
        foreign = tuple(value for _ in (valued.legs or ())[1:])
        return PerUnit(value=value, legs=((*size, valued.delta, level), *foreign))

    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:
        """Lay out its terms; a foreign option's whole value moves with its currency beside its delta."""
        legs = valued.legs or ()
        row = Row(valuation=valued, kind=k.OPTION)
        row.parts = (*whole(legs[:1]), *(LegPart(leg, 0.0, 1.0) for leg in legs[1:]))
        row.ints[k.PRICE] = first_slot(self.option.written_on, market, slots)
        _lay_out(row, self.position, self.option, market)
        return row


def _lay_out(row: Row, position: Position, option: Option, market: Market) -> None:
    """Fill a row with the terms that its option was valued with, or say why one row cannot hold it."""
    valued = row.valuation
    stated, figures = position.stated, valued.option
    priced = Flag.MODEL_PRICE not in valued.flags
    terms = None if figures is None else option_terms(option, stated, figures.underlying_price, market.day)
    if figures is not None and figures.deviation is not None:
        row.slow = "it expires today"
    elif figures is None or figures.vol is None or stated.delta is not None:
        row.slow = "its delta is stated"
    elif valued.bounds is not None:
        row.slow = "its quote leaves its delta open"
    elif stated.vol is not None and priced:
        row.slow = "both its price and its volatility are given"
    elif option.exercise is Exercise.AMERICAN and option.premium_in_coin:
        row.slow = "American with its premium in coin"
    elif not isinstance(terms, OptionTerms):
        row.slow = "its carry is not known"
    elif terms.american and terms.carry.dividends:
        row.slow = "American with cash dividends"
    elif not figures.vol < k.MOST_VOL:
        row.slow = "its volatility is beyond belief"
    if row.slow or figures is None or figures.vol is None or not isinstance(terms, OptionTerms):
        return
    row.floats |= {
        k.SIZE: float(position.quantity) * valued.multiplier,
        k.STRIKE: terms.strike,
        k.YEARS: terms.years,
        k.RATE: terms.carry.rate,
        k.YIELD: terms.carry.dividend_yield,
        k.SHIFT: terms.carry.escrow,
        k.VOL: figures.vol,
        k.UNIT: valued.price.value if priced and valued.price is not None else 0.0,
    }
    row.ints |= {
        k.RIGHT: terms.right,
        k.AMERICAN: int(terms.american),
        k.IN_COIN: int(terms.in_coin),
        k.MODE: k.QUOTED if priced else k.MODELLED,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedOption(Fixed):
    """An option with its volatility fixed.

    Parameters
    ----------
    option
        The contract, under a name that hides its own price.
    model
        The position priced by its volatility alone; None where there is none.
    basis
        Value now less that of the model, base currency.
    delta_basis
        Delta exposure now less that of the model, base currency.
    delta
        Of one unit now, less the model's.
    deviation
        What is left until the close, on the last day; None on every other.
    """

    option: Option
    model: Position | None
    basis: float
    delta_basis: float
    delta: float
    deviation: float | None = None

    @property
    def is_linear(self) -> bool:
        """Whether it moves by a vendor's delta alone, in base money."""
        return self.model is None and len(self.valued.legs or ()) == 1

    @property
    def closed(self) -> "FixedOption":
        """The same after the close of its last day: exercise is left, and of a quote nothing."""
        return self if self.deviation is None else replace(self, deviation=0.0, basis=0.0, delta_basis=0.0, delta=0.0)

    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:
        """Give the option after its underlying and its currency moved."""
        price, *money = self.valued.legs or ()
        x = factor(move(price)) - 1.0
        rate = factor(move(money[0])) if money else 1.0
        value, exposure, delta = 0.0, 0.0, 0.0
        if self.model is not None:
            worth = self._modelled(self.model, market or self.market, x, vol_shift)
            value = worth.value or 0.0
            exposure, delta = (worth.legs or ())[0].delta_exposure, worth.delta or 0.0
        value = rate * (value + self.basis + self.delta_basis * x)
        exposure = rate * (exposure + self.delta_basis * (1.0 + x))
        if beyond_nothing(value, float(self.position.quantity)):
            value, exposure = 0.0, 0.0
        legs: tuple[Leg, ...] = (replace(price, delta_exposure=exposure, gamma_exposure=0.0),)
        if money:
            legs = (*legs, replace(money[0], delta_exposure=value))
        return Moved(value=value, legs=legs, delta=delta + self.delta)

    def _modelled(self, model: Position, market: Market, x: float, vol_shift: float) -> Valuation:
        vol = model.stated.vol
        if vol_shift and vol is not None:
            model = replace(model, stated=replace(model.stated, vol=max(0.0, vol + vol_shift)))
        moved = market.moved(dict.fromkeys(self.option.written_on, x))
        worth = value_option(model, self.option, moved, deviation=self.deviation)
        if worth.value is None:
            raise NotEnoughDataError(
                expected=f"terms that price {self.option.symbol.removesuffix(_MODEL)} after its underlying moved by "
                f"{x:.1%}",
                found="a level at which the model gives no value",
                try_next="ask for smaller moves, leave the episode out with --episode, or state another volatility",
            )
        return worth


#: Hides an option's own price behind a name that no table has.
_MODEL = " (model)"


def _fix(position: Position, option: Option, valued: Valuation, market: Market) -> FixedOption:
    exposure = (valued.legs or ())[0].delta_exposure if valued.legs else 0.0
    hidden = replace(option, symbol=f"{option.symbol}{_MODEL}")
    bare = FixedOption(
        position=position,
        valued=valued,
        market=market,
        option=hidden,
        model=None,
        basis=valued.value or 0.0,
        delta_basis=exposure,
        delta=valued.delta or 0.0,
    )
    vol = None if valued.option is None else valued.option.vol
    left = None if valued.option is None else valued.option.deviation
    if vol is None and left is None:
        return bare
    # A yield stands for a forward: one that stood still would hold the option still too.
    spot = None if valued.option is None else valued.option.underlying_price
    stated = settle_forward(position, spot, market.day).stated
    stated = replace(stated, price=None, bid=None, ask=None, delta=None, vol=vol)
    model = replace(position, stated=stated, instrument=hidden)
    by_model = _value_by_model(position, option, valued, market)
    if by_model is not None and isfinite(by_model):
        return replace(bare, model=model, basis=(valued.value or 0.0) - by_model, delta_basis=0.0, delta=0.0)
    now = value_option(model, hidden, market, deviation=left)
    if now.value is None or not now.legs or not isfinite(now.value):
        return bare
    by_vendor = position.stated.delta is not None
    return replace(
        bare,
        model=model,
        basis=(valued.value or 0.0) - now.value,
        delta_basis=exposure - now.legs[0].delta_exposure if by_vendor else 0.0,
        delta=(valued.delta or 0.0) - (now.delta or 0.0) if by_vendor else 0.0,
        deviation=left,
    )


def _value_by_model(position: Position, option: Option, valued: Valuation, market: Market) -> float | None:
    """Give the value of a position by its model alone where its valuation holds it already, base currency.

    None where it does not: by a vendor's delta, from a forward, which is settled as a yield first, and on its last day.
    """
    stated, figures = position.stated, valued.option
    if stated.delta is not None or stated.forward is not None or figures is None or valued.fx is None:
        return None
    if figures.modelled is None or figures.vol is None:
        return None
    size = float(position.quantity) * float(option.terms_on(market.day).multiplier)
    return valued.fx.value * size * figures.modelled * (figures.underlying_price if option.premium_in_coin else 1.0)
