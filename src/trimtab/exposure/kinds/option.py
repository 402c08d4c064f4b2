r"""An option while prices move: it stands on its volatility, and keeps what quote and vendor say beyond the model.

With the model's value V and delta at volatility held, S the underlying in the option's currency, S0 that of now:

    value  = FX(1 + f) [ V(S) + q + d (S - S0) ]      q: quote less model now;  d: a vendor's delta less the model's
    delta  = dV/dS + d

Without a volatility there is no model: the value is the quote, and moves by the vendor's delta alone. On its last day
an option stands on the deviation that is left until the close (`option_last_day`), which no shift of volatility
changes; what counts as exercised is worth exercise. After the close nothing but exercise is left.
"""

from dataclasses import dataclass, replace
from math import isfinite

from trimtab.errors import NotEnoughDataError
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.kinds.moved import Move, Moved, factor
from trimtab.exposure.options.value import value_option
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Option
from trimtab.model.portfolio import Position

__all__ = ["FixedOption", "fix_option", "option_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedOption:
    """An option with its volatility fixed.

    Parameters
    ----------
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

    model: Position | None
    basis: float
    delta_basis: float
    delta: float
    deviation: float | None = None

    @property
    def closed(self) -> "FixedOption":
        """The same after the close of its last day: exercise is left, and of a quote nothing."""
        return self if self.deviation is None else replace(self, deviation=0.0, basis=0.0, delta_basis=0.0, delta=0.0)

    def after(self, valued: Valuation, market: Market, move: Move, vol_shift: float) -> Moved:
        """Give the option after its underlying and its currency moved."""
        price, *money = valued.legs or ()
        x = factor(move(price)) - 1.0
        rate = factor(move(money[0])) if money else 1.0
        value, exposure, delta = 0.0, 0.0, 0.0
        if self.model is not None:
            worth = self._model(market, x, vol_shift)
            value = worth.value or 0.0
            exposure, delta = (worth.legs or ())[0].delta_exposure, worth.delta or 0.0
        value = rate * (value + self.basis + self.delta_basis * x)
        exposure = rate * (exposure + self.delta_basis * (1.0 + x))
        legs: tuple[Leg, ...] = (replace(price, delta_exposure=exposure, gamma_exposure=0.0),)
        if money:
            legs = (*legs, replace(money[0], delta_exposure=value))
        return Moved(value=value, legs=legs, delta=delta + self.delta)

    def _model(self, market: Market, x: float, vol_shift: float) -> Valuation:
        assert self.model is not None  # noqa: S101 - the caller has looked
        position = self.model
        option = position.instrument
        assert isinstance(option, Option)  # noqa: S101 - it was fixed from one
        vol = position.stated.vol
        if vol_shift and vol is not None:
            position = replace(position, stated=replace(position.stated, vol=max(0.0, vol + vol_shift)))
        moved = market.moved(dict.fromkeys(option_names(option), x))
        worth = value_option(position, option, moved, deviation=self.deviation)
        if worth.value is None:
            raise NotEnoughDataError(
                expected=f"terms that price {option.symbol.removesuffix(_MODEL)} after its underlying moved by {x:.1%}",
                found="a level at which the model gives no value",
                try_next="ask for smaller moves, leave the episode out with --episode, or state another volatility",
            )
        return worth


#: Hides an option's own price behind a name that no table has.
_MODEL = " (model)"


def fix_option(position: Position, option: Option, valued: Valuation, market: Market) -> FixedOption:
    """Fix an option's volatility, and what its quote and a vendor's delta say beyond the model."""
    exposure = (valued.legs or ())[0].delta_exposure if valued.legs else 0.0
    vol = None if valued.option is None else valued.option.vol
    left = None if valued.option is None else valued.option.deviation
    if vol is None and left is None:
        return FixedOption(model=None, basis=valued.value or 0.0, delta_basis=exposure, delta=valued.delta or 0.0)
    # A yield stands for a forward: one that stood still would hold the option still too.
    spot = None if valued.option is None else valued.option.underlying_price
    stated = settle_forward(position, spot, market.day).stated
    stated = replace(stated, price=None, bid=None, ask=None, delta=None, vol=vol)
    model = replace(position, stated=stated, instrument=replace(option, symbol=f"{option.symbol}{_MODEL}"))
    now = value_option(model, model.instrument, market, deviation=left)  # type: ignore[arg-type]
    if now.value is None or not now.legs or not isfinite(now.value):
        return FixedOption(model=None, basis=valued.value or 0.0, delta_basis=exposure, delta=valued.delta or 0.0)
    by_vendor = position.stated.delta is not None
    return FixedOption(
        model=model,
        basis=(valued.value or 0.0) - now.value,
        delta_basis=exposure - now.legs[0].delta_exposure if by_vendor else 0.0,
        delta=(valued.delta or 0.0) - (now.delta or 0.0) if by_vendor else 0.0,
        deviation=left,
    )


def option_names(option: Option) -> tuple[str, ...]:
    """Give the names under which prices of the underlying may stand."""
    return tuple(dict.fromkeys((option.underlying, *option.aliases)))
