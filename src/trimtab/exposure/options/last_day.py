"""The day on which an option expires: it lives until the close, and how long that is nobody says.

Its price says what matters. A lognormal option depends on volatility and time through one number, the total deviation
that is left, s = vol sqrt(time); over a day rates do not count, so a price gives s, and s gives delta:

    price = Black(S, K, s)    ->    delta = N(d1(s))

Where that differs from exercise by less than `_EXERCISE` delta (a mark of a few cents over exercise), the option counts
as exercised: delta 1 or 0. Both deltas are told as its bounds. Without a price it is worth
exercise, with delta 1/2 exactly at the strike.

While prices move within the day, s stays: value and delta after a move are Black(S', K, s) and N(d1(S', s)), so that
exposure is the derivative of the full revaluation; what counts as exercised is worth exercise at S' as well. Of
volatility and time nobody knows one alone: volatility, vega and theta are missing, and so is gamma, which over a day's
move of a few s says nothing of profits. After the close exercise is left.

An option settled at the open of that day (AM, for instance SPX on its third Friday) is fixed already: state its
settlement value as its price, or drop it.
"""

from dataclasses import dataclass, replace
from math import isfinite

from trimtab.exposure.options.model import OptionTerms, UnitGreeks, unit_greeks
from trimtab.exposure.pricing.european_kernel import european_one
from trimtab.exposure.pricing.implied_kernel import implied_european_one

__all__ = ["LastDay", "hold_deviation", "last_day"]

#: Difference in delta up to which an option of today counts as exercised.
_EXERCISE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """An option on its last day.

    Parameters
    ----------
    deviation
        Left until the close, vol sqrt(time); 0 where it counts as exercised.
    greeks
        Of one unit; vega and theta 0, and gamma 0 where it counts as exercised.
    delta_low, delta_high
        Between exercise and what the price implies; None without a price, or where it gives nothing to solve.
    """

    deviation: float
    greeks: UnitGreeks
    delta_low: float | None = None
    delta_high: float | None = None


def last_day(terms: OptionTerms, price: float | None) -> LastDay:
    """Value one unit on its last day.

    Parameters
    ----------
    price
        Of one unit in money; None without one.
    """
    exercised = hold_deviation(terms, 0.0)
    none_left = LastDay(deviation=0.0, greeks=exercised)
    if price is None or not price > terms.exercise:
        return none_left
    # any clock will do: with time 1 the volatility is the total deviation
    left, _ = implied_european_one(price, float(terms.right), terms.spot, terms.strike, 1.0, 0.0, 0.0)
    if not isfinite(left):
        return none_left
    alive = hold_deviation(terms, left)
    low, high = sorted((alive.delta, exercised.delta))
    if terms.spot != terms.strike and abs(alive.delta - exercised.delta) <= _EXERCISE:
        return LastDay(deviation=0.0, greeks=exercised, delta_low=low, delta_high=high)
    return LastDay(deviation=left, greeks=alive, delta_low=low, delta_high=high)


def hold_deviation(terms: OptionTerms, deviation: float) -> UnitGreeks:
    """Value one unit on its last day at the deviation that is left: `Black(S, K, s)`, or exercise at 0.

    Parameters
    ----------
    deviation
        vol sqrt(time), 0 or more.
    """
    exercised = replace(unit_greeks(terms, 0.0), gamma=0.0, vega=0.0, theta=0.0)
    if deviation == 0.0:
        return exercised
    value, delta, gamma, _, _ = european_one(float(terms.right), terms.spot, terms.strike, deviation, 1.0, 0.0, 0.0)
    if not terms.coin > 0.0:
        return exercised  # of a coin that is worth nothing no premium is a number: it has no value here
    unit = value / terms.coin
    return replace(
        exercised, value=value, unit=unit, delta=delta, delta_forward=delta, gamma=gamma,
        net_delta=None if exercised.net_delta is None else delta - unit,
    )  # fmt: skip
