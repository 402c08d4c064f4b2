"""What a position is worth and how it moves, as a record: the meeting point of all kinds of instruments."""

from dataclasses import dataclass
from enum import StrEnum

from trimtab.errors import Reason
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Quote

__all__ = ["Basis", "BoundedLeg", "Bounds", "Leg", "OptionFigures", "Valuation", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Money that moves with one thing.

    Parameters
    ----------
    follows
        Names of what it follows, best first.
    delta_exposure
        Base currency per unit relative move of it; positive = long.
    gamma_exposure
        Second derivative of value by the relative move, base currency: P/L ~ delta_exposure x + gamma_exposure x^2 / 2.
    stand_ins
        Symbols whose beta may stand in where none of `follows` has one, best first.
    money
        The currency or coin that it is money in; None if it moves with a price.
    """

    follows: tuple[str, ...]
    delta_exposure: float
    gamma_exposure: float = 0.0
    stand_ins: tuple[str, ...] = ()
    money: str | None = None


class Basis(StrEnum):
    """What the bounds of a position rest on."""

    NO_ARBITRAGE = "no_arbitrage"  # an option's price, strike and spot, without a model
    MODEL = "model"  # the volatilities that an option's own quote allows
    VALUE = "value"  # the exposure is known, its beta is not


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedLeg:
    """Money that moves with one thing, between two ends.

    Parameters
    ----------
    follows, stand_ins, money
        As of a `Leg`.
    low, high
        Ends of its delta exposure, base currency; positive = long.
    """

    follows: tuple[str, ...]
    low: float
    high: float
    stand_ins: tuple[str, ...] = ()
    money: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a position can be at least and at most, in base currency; positive = long.

    Parameters
    ----------
    legs
        All that it moves with: its price, and the currency that its value is in.
    value_low, value_high
        Ends of its part of NAV.
    basis
        What they rest on.
    """

    legs: tuple[BoundedLeg, ...]
    value_low: float
    value_high: float
    basis: Basis

    @property
    def exposure_low(self) -> float:
        """Least delta exposure: of prices, as everywhere."""
        return sum(leg.low for leg in self.legs if leg.money is None)

    @property
    def exposure_high(self) -> float:
        """Most delta exposure."""
        return sum(leg.high for leg in self.legs if leg.money is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionFigures:
    """What is known of an option beyond value and delta.

    Parameters
    ----------
    underlying_price
        Price of the underlying used, in the option's currency.
    vol
        Volatility used, per square-root year; None if a vendor's delta was used, and on its last day, when nobody knows
        how much time is left.
    vol_low, vol_high
        What bid and ask allow; None without a quote. `vol_high` may be infinite.
    delta_low, delta_high
        Spot delta of one unit at those volatilities; None where they are not known.
    delta_forward
        Per 1 of the forward: N(d1) of a European call, what most vendors print. The delta used is the spot delta.
    forward
        Forward price of the underlying to expiry, from what was stated about carry.
    other_rate_delta_exposure
        Where no rate was given and 0 was assumed: delta exposure at a rate of 5%, base currency.
    vega
        Money in base currency per volatility point (0.01), whole position; None on its last day.
    theta
        Money in base currency per calendar day, whole position; None on its last day.
    net_delta
        Premium-adjusted delta in coin of one unit, for coin-premium options.
    years
        To expiry; 0 on its last day.
    deviation
        On its last day what is left of vol sqrt(time) until the close, as its price implies: 0 where it counts as
        exercised; None on every other day.
    modelled
        What its model says that one unit is worth, in what the premium is paid in; None without a model.
    """

    underlying_price: float
    vol: float | None
    years: float
    vol_low: float | None = None
    vol_high: float | None = None
    delta_low: float | None = None
    delta_high: float | None = None
    delta_forward: float | None = None
    forward: float | None = None
    other_rate_delta_exposure: float | None = None
    vega: float | None = None
    theta: float | None = None
    net_delta: float | None = None
    deviation: float | None = None
    modelled: float | None = None

    @property
    def alive_today(self) -> bool:
        """Whether it lives on its last day: of gamma nothing is said then."""
        return bool(self.deviation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """A position in money of the base currency, before any beta.

    Parameters
    ----------
    value
        Part of NAV; None if it cannot be known.
    legs
        What it moves with; empty for base cash. None if it cannot be known.
    delta
        Change of one unit's value per unit change of the price, before the multiplier.
    multiplier
        Units per contract.
    price
        Price of one unit used, in the instrument's currency; None if there is none.
    fx
        Base currency per unit of the instrument's currency; None if there is none.
    option
        Further figures of an option.
    carry
        Gain per year if prices stand still, base currency: basis of a future, funding of a perpetual; None if unknown.
    bounds
        What it can be, where it is not known or its market leaves it open; None where there is nothing to say.
    settles
        What gains to come are paid in, where that is not base money: nothing today, and a part of every gain's value.
    flags
        What a reader should know.
    reason
        Why value or legs are missing.
    """

    value: float | None
    legs: tuple[Leg, ...] | None
    delta: float | None = 1.0
    multiplier: float = 1.0
    price: Quote | None = None
    fx: Quote | None = None
    option: OptionFigures | None = None
    carry: float | None = None
    bounds: Bounds | None = None
    settles: Leg | None = None
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None

    @property
    def delta_exposure(self) -> float | None:
        """What moves with prices, base currency; None if not known.

        Money counts where it is what is held, as cash or as a gain. That the value of an option is foreign money beside
        its delta is in its legs, not here.
        """
        if self.legs is None:
            return None
        return sum(leg.delta_exposure for leg in self.legs if leg.money is None or self.option is None)

    @property
    def gamma_exposure(self) -> float | None:
        """Sum over legs, base currency; None if not known, and of an option that lives on its last day."""
        if self.legs is None or (self.option is not None and self.option.alive_today):
            return None
        return sum(leg.gamma_exposure for leg in self.legs)


def missing(
    reason: Reason, *, price: Quote | None = None, fx: Quote | None = None, bounds: Bounds | None = None
) -> Valuation:
    """Make the valuation of a position that cannot be valued."""
    return Valuation(value=None, legs=None, delta=None, price=price, fx=fx, bounds=bounds, reason=reason)
