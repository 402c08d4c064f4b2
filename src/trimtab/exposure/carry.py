r"""What holding the underlying to an option's expiry costs or pays: derived once, whatever was stated about it.

A rate r, a dividend yield q, cash dividends D_i and a forward F all speak of one thing,

    F = (S - sum_i D_i exp(-r t_i)) exp((r - q) T).

Whoever states several of them says some of it twice. The first of these that applies is used, and what it already
holds is not taken off again:

    premium in coin     F = S: the underlying's price is the forward of the option's expiry, and nothing is discounted
    on a future         F = S: the future's price holds its carry (Black 1976)
    a stated forward    q is what makes F so. European: the dividends are in F; it moves in proportion to the spot.
                        American: the dividends keep their dates, because exercise depends on them, and q is the rest
    dividends           off the spot at their present value (escrowed model); a stated yield comes on top, and is said
    a yield             as stated; 0 if none is

A forward that the other statements contradict is refused (`Reason.CARRY_CONFLICT`): a forward of another contract or
in another unit would otherwise look right.
"""

import datetime as dt
from dataclasses import dataclass, replace
from math import exp, log

from trimtab.errors import Reason
from trimtab.exposure.pricing.black import escrowed_spot
from trimtab.market.daycount import years_between
from trimtab.market.prices import Flag
from trimtab.model.instrument import Exercise, Option, Premium
from trimtab.model.portfolio import Position, Stated

__all__ = ["Carry", "derive_carry", "settle_forward"]

#: How far a stated forward may lie from what rate, yield and dividends say, as a logarithm, per year (at least one).
_ROOM = 0.02
#: How much a year of dividends that nobody stated may add to those that are stated.
_UNSTATED_YIELD = 0.10
#: Rates that money may be lent at somewhere, where none is stated.
_RATES = (-0.05, 0.60)
#: A forward at less than half or more than twice the spot is in another unit.
_OTHER_UNIT = log(2.0)
#: A coin option's underlying is its forward: a stated one may differ by rounding only.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """The carry of one option.

    Parameters
    ----------
    spot
        Price of the underlying.
    years
        To expiry.
    rate
        Continuously compounded per year; 0 for premiums in coin, and where none is stated.
    dividend_yield
        Of what the model moves, continuously compounded per year.
    dividends
        (years until the ex-date, amount) of those that the model takes off the spot.
    flags
        What was decided.
    """

    spot: float
    years: float
    rate: float = 0.0
    dividend_yield: float = 0.0
    dividends: tuple[tuple[float, float], ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def escrow(self) -> float:
        """Present value of the dividends to come, money per unit."""
        return self.spot - self.lognormal

    @property
    def lognormal(self) -> float:
        """The spot less the dividends to come, which is what the model moves."""
        return _less_dividends(self.spot, self.dividends, self.rate, self.years)

    @property
    def forward(self) -> float:
        """Forward price of the underlying to expiry."""
        return self.lognormal * exp((self.rate - self.dividend_yield) * self.years)

    @property
    def yield_factor(self) -> float:
        """What one unit of a forward delta is in the spot: exp(-qT)."""
        return exp(-self.dividend_yield * self.years)


def derive_carry(option: Option, stated: Stated, spot: float, day: dt.date) -> Carry | Reason:
    """Derive the carry of an option, or say why what was stated about it cannot be used.

    Parameters
    ----------
    option, stated
        The contract, and what was said about it.
    spot
        Price of the underlying, above zero.
    day
        The day that time counts from.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.model.instrument import OptionRight, Terms
    >>> call = Option(
    ...     symbol="C", underlying="S", currency="USD", right=OptionRight.CALL, strike=Decimal(100),
    ...     expiry=dt.date(2025, 1, 1), terms=(Terms(multiplier=Decimal(100)),),
    ... )  # fmt: skip
    >>> stated = Stated(rate=0.05, dividends=((dt.date(2024, 3, 1), 3.0),), forward=102.0)
    >>> found = derive_carry(call, stated, 100.0, dt.date(2024, 1, 2))
    >>> round(found.forward, 9), found.dividends
    (102.0, ())
    >>> derive_carry(call, replace(stated, forward=1.02), 100.0, dt.date(2024, 1, 2)).value
    'carry_conflict'
    """
    years = years_between(day, option.expiry)
    rate = stated.rate or 0.0
    cash = _ahead(stated, day, years)
    if years > 0 and _contradicts(option, stated, spot, cash, years):
        return Reason.CARRY_CONFLICT
    if option.premium is Premium.COIN:
        return Carry(spot=spot, years=years)
    if option.on_future:
        return Carry(spot=spot, years=years, rate=rate, dividend_yield=rate)
    if stated.forward is None or not years > 0:
        both = (Flag.YIELD_AND_DIVIDENDS,) if cash and stated.dividend_yield else ()
        return Carry(
            spot=spot, years=years, rate=rate, dividend_yield=stated.dividend_yield or 0.0, dividends=cash, flags=both
        )
    kept = cash if option.exercise is Exercise.AMERICAN else ()
    net = _less_dividends(spot, kept, rate, years)
    if not net > 0:
        return Reason.MODEL_UNDEFINED
    more = cash or stated.dividend_yield is not None
    return Carry(
        spot=spot, years=years, rate=rate, dividend_yield=rate - log(stated.forward / net) / years, dividends=kept,
        flags=(Flag.FORWARD_USED,) if more else (),
    )  # fmt: skip


def settle_forward(position: Position, spot: float | None, day: dt.date) -> Position:
    """Write a stated forward as the yield that it means at the spot of its own moment.

    A forward is of one moment. Where prices move from there (revaluation, live quotes) the yield is what stays.
    A position that cannot be settled is given back as it is.
    """
    option, stated = position.instrument, position.stated
    if not isinstance(option, Option) or stated.forward is None or spot is None or not spot > 0:
        return position
    carry = derive_carry(option, stated, spot, day)
    if isinstance(carry, Reason) or not carry.years > 0:
        return position
    kept = stated.dividends if carry.dividends else ()
    is_own = option.on_future or option.premium is Premium.COIN
    settled = replace(
        stated, forward=None, dividends=kept,
        dividend_yield=stated.dividend_yield if is_own else carry.dividend_yield,
    )  # fmt: skip
    return replace(position, stated=settled)


def _ahead(stated: Stated, day: dt.date, years: float) -> tuple[tuple[float, float], ...]:
    """Give the dividends that go ex before expiry, as (years, amount)."""
    ahead = ((years_between(day, when), amount) for when, amount in stated.dividends)
    return tuple((t, a) for t, a in ahead if 0 < t <= years)


def _less_dividends(spot: float, cash: tuple[tuple[float, float], ...], rate: float, years: float) -> float:
    if not cash:
        return spot
    times, amounts = zip(*cash, strict=True)
    return float(escrowed_spot(spot=spot, amounts=amounts, pay_times=times, rate=rate, time=years))


def _contradicts(
    option: Option, stated: Stated, spot: float, cash: tuple[tuple[float, float], ...], years: float
) -> bool:
    """Tell whether the statements about carry cannot all be true."""
    if option.on_future and cash:
        return True  # a future pays no dividends: its price holds them
    if stated.forward is None:
        return False
    if not stated.forward > 0 or not spot > 0:
        return True
    apart = log(stated.forward / spot)
    if option.premium is Premium.COIN or option.on_future:
        return abs(apart) > (_ROOM * max(1.0, years) if option.on_future else _ROUNDING)
    return abs(apart) > _OTHER_UNIT or not _allowed(apart, stated, spot, cash, years)


def _allowed(apart: float, stated: Stated, spot: float, cash: tuple[tuple[float, float], ...], years: float) -> bool:
    """Tell whether a forward, as ln(F/S), fits the stated dividends or yield, at the stated rate or at any sane one."""
    if not cash and stated.dividend_yield is None:
        return True
    room, q = _ROOM * max(1.0, years), stated.dividend_yield or 0.0
    rates = _RATES if stated.rate is None else (stated.rate, stated.rate)
    # what the forward says is paid out beyond the dividends, negative; most at the lowest rate
    most, least = (_beyond(apart, spot, cash, rate, years) for rate in rates)
    if not cash:
        return least <= room - q * years and most >= -room - q * years
    # dividends and a yield beyond those announced lower the forward; nothing unstated raises it
    return least <= room and most >= -room - max(_UNSTATED_YIELD, q) * years


def _beyond(apart: float, spot: float, cash: tuple[tuple[float, float], ...], rate: float, years: float) -> float:
    net = _less_dividends(spot, cash, rate, years)
    return apart - rate * years - (log(net / spot) if net > 0 else 0.0)
