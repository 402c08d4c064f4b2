"""The day on which an option expires: it lives until the close, and how long that is nobody says.

Its price says what matters. A lognormal option depends on volatility and time through one number, the total deviation
that is left, s = vol sqrt(time); over a day rates do not count, so a price gives s, and s gives delta:

    price = Black(S, K, s)    ->    delta = N(d1(s))

Where that differs from exercise by less than `_EXERCISE` delta (a mark of a few cents over exercise), the option counts
as exercised: delta 1 or 0. Both deltas are told as its bounds. Without a price it is worth
exercise, with delta 1/2 exactly at the strike.

An option settled at the open of that day (AM, for instance SPX on its third Friday) is fixed already: state its
settlement value as its price, or drop it.
"""

from dataclasses import dataclass, replace
from math import isfinite

from trimtab.exposure.option_model import OptionTerms, UnitGreeks, unit_greeks
from trimtab.exposure.option_vol import OptionVol
from trimtab.exposure.pricing.black import european_greeks
from trimtab.exposure.pricing.implied import implied_vol

__all__ = ["LastDay", "last_day"]

#: Difference in delta up to which an option of today counts as exercised.
_EXERCISE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """An option on its last day.

    Parameters
    ----------
    vol
        0: what is left at tomorrow's prices is exercise.
    greeks
        Of one unit; vega and theta 0.
    delta_low, delta_high
        Between exercise and what the price implies; None without a price, or where it gives nothing to solve.
    """

    vol: OptionVol
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
    exercised = replace(unit_greeks(terms, 0.0), vega=0.0, theta=0.0)
    if not isfinite(exercised.gamma):
        exercised = replace(exercised, gamma=0.0)
    none_left = LastDay(vol=OptionVol(value=0.0), greeks=exercised)
    if price is None or not price > terms.exercise:
        return none_left
    # any clock will do: with time 1 the volatility is the total deviation
    left = float(implied_vol(price=price, right=terms.right, spot=terms.spot, strike=terms.strike, time=1.0).vol)
    if not isfinite(left):
        return none_left
    alive = european_greeks(right=terms.right, spot=terms.spot, strike=terms.strike, vol=left, time=1.0)
    delta = float(alive.delta)
    ends = sorted((delta, exercised.delta))
    if terms.spot != terms.strike and abs(delta - exercised.delta) <= _EXERCISE:
        greeks = exercised
    else:
        greeks = replace(exercised, delta=delta, delta_forward=delta, gamma=float(alive.gamma))
    return LastDay(vol=OptionVol(value=0.0), greeks=greeks, delta_low=ends[0], delta_high=ends[1])
