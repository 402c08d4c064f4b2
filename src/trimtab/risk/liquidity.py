r"""Getting out: how long it takes, what it costs, and what is left.

Equations, per position with value v, daily traded value a, daily volatility s, half-spread h (all of value)
    days to liquidate  = |v| / (a participation)
    impact             = Y s (|v| / (n a))^delta            n: days over which it is sold; each day's part an order
    cost of an exit    = |v| (h + impact)
    risk of an exit    = sqrt(sum over days of variance of what is still held)
    liquidity-adjusted VaR = |V| (z s + spread / 2)                      constant spread
                           = |V| (z s + (mean spread + k sd of spread) / 2)      Bangia et al. (1999)
Conventions
    delta = 0.5 and Y = 1 by default, both arguments: half is what most markets show (a full survey of Tokyo trading
    gives .489, Sato and Kanazawa 2025), 3/5 is what Almgren et al. (2005) found at one broker. A stress divides volume
    and multiplies volatility and spreads. Quantities are sold in equal daily parts.
Traps
    Impact of a whole order and impact of a day's part are different things; this one charges each day by itself, which
    leaves out what earlier days did to the price. One-sided and two-sided confidence levels have different z.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import one_each
from trimtab.stats.arrays import Floats

__all__ = ["Conditions", "Exit", "ExitBook", "days_to_liquidate", "exit_in", "exit_table", "impact", "liquidity_var"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The market one has to sell in.

    Parameters
    ----------
    name
        For tables.
    volume, volatility, spread
        Factors on the calm numbers: 0.5 = half the volume, 2 = twice the volatility.
    haircut
        Fall of the benchmark before selling begins, decimal; each position falls by beta times that.
    """

    name: str
    volume: float = 1.0
    volatility: float = 1.0
    spread: float = 1.0
    haircut: float = 0.0

    def __post_init__(self) -> None:
        if not (self.volume > 0 and self.volatility > 0 and self.spread >= 0 and 0 <= self.haircut < 1):
            raise InputError(
                expected="positive factors and a haircut from 0 to below 1",
                found=f"{self}",
                try_next="1 leaves things as they are",
            )


CALM = Conditions(name="calm")
STRESSED = Conditions(name="stressed", volume=0.5, volatility=2.5, spread=3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitBook:
    """What is to be sold.

    Parameters
    ----------
    value
        Signed money, shape (n_positions,).
    daily_value
        Money traded in each on a usual day, same shape; NaN where not known.
    volatility
        Daily, decimal; NaN where not known.
    half_spread
        Decimal of price.
    betas
        NaN where not known.
    nav
        Positive.
    correlation
        Between positions, shape (n_positions, n_positions); None takes one, the careful choice for a long book.
    """

    value: ArrayLike
    daily_value: ArrayLike
    volatility: ArrayLike
    half_spread: ArrayLike
    betas: ArrayLike
    nav: float
    correlation: ArrayLike | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Selling within a number of days.

    Parameters
    ----------
    days, conditions
        What was assumed.
    forced_cost, forced_cost_share
        Cost of selling all of it in time, whatever the participation; money, and share of NAV.
    largest_participation
        Share of a position's daily volume that this takes, at most, over the positions.
    risk
        Standard deviation of the result while selling, money.
    sold_share
        Share of gross value that can be sold within the participation cap.
    capped_cost
        Cost of selling that part, money.
    value_left
        NAV less haircut and capped cost.
    beta_left
        Beta exposure still held after the capped exit / value_left; None where a held position has no beta.
    unknown
        Rows without volume or volatility: not sold, in no cost, still held.
    """

    days: int
    conditions: str
    forced_cost: float
    forced_cost_share: float
    largest_participation: float
    risk: float
    sold_share: float
    capped_cost: float
    value_left: float
    beta_left: float | None
    unknown: tuple[int, ...]


def days_to_liquidate(value: ArrayLike, daily_value: ArrayLike, *, participation: float = 0.2) -> Floats:
    """Give days to sell each position at a share of its volume; NaN where the volume is not known.

    Examples
    --------
    >>> days_to_liquidate([1e6, -2e6], [5e6, 1e6], participation=0.2).tolist()
    [1.0, 10.0]
    """
    if not 0 < participation <= 1:
        raise InputError(
            expected="a participation above 0 and at most 1", found=f"{participation}", try_next="0.2 is a fifth"
        )
    v, a = np.abs(np.asarray(value, dtype=np.float64)), np.asarray(daily_value, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        days: Floats = np.where(v == 0.0, 0.0, v / (a * participation))
    return days


def impact(
    share_of_volume: ArrayLike, volatility: ArrayLike, *, exponent: float = 0.5, coefficient: float = 1.0
) -> Floats:
    """Give price impact as a decimal of price, Y s (Q / volume)^delta.

    Examples
    --------
    A day's whole volume moves the price by a day's volatility, a quarter of it by half:

    >>> impact([1.0, 0.25], 0.02).tolist()
    [0.02, 0.01]
    """
    if not 0 < exponent <= 1 or not coefficient >= 0:
        raise InputError(
            expected="an exponent above 0 and at most 1, and a coefficient of zero or more",
            found=f"{exponent}, {coefficient}",
            try_next="0.5 and 1",
        )
    share = np.asarray(share_of_volume, dtype=np.float64)
    moved: Floats = coefficient * np.asarray(volatility, dtype=np.float64) * share**exponent
    return moved


def liquidity_var(
    value: float, *, sd: float, z: float, spread: float, spread_sd: float = 0.0, spread_multiple: float = 0.0
) -> float:
    """Give value at risk with the cost of crossing the spread, a positive amount of money.

    Parameters
    ----------
    value
        Signed money.
    sd
        Of the return over the horizon, decimal.
    z
        Quantile of the level, one-sided: 1.645 for 95%.
    spread, spread_sd
        Mean relative bid-ask spread and its standard deviation, decimal.
    spread_multiple
        k: how many standard deviations the spread widens; 0 for a constant spread.

    Examples
    --------
    >>> round(liquidity_var(100, sd=0.02, z=1.65, spread=0.01), 2)
    3.8
    """
    return abs(value) * (z * sd + 0.5 * (spread + spread_multiple * spread_sd))


def exit_in(
    book: ExitBook,
    days: int,
    *,
    conditions: Conditions = CALM,
    participation: float = 0.2,
    exponent: float = 0.5,
    coefficient: float = 1.0,
) -> Exit:
    """Sell a book within some days, forced and within a cap.

    Parameters
    ----------
    book
        What is held.
    days
        One or more.
    conditions
        Calm or stressed.
    participation
        Cap: share of a day's volume that one is willing to be.
    exponent, coefficient
        Of impact.

    Examples
    --------
    >>> book = ExitBook(value=[1e6], daily_value=[1e6], volatility=[0.02], half_spread=[0.0], betas=[1.2], nav=1e6)
    >>> out = exit_in(book, 1, participation=0.25)
    >>> out.forced_cost, out.sold_share, out.capped_cost
    (20000.0, 0.25, 2500.0)
    """
    n = len(np.atleast_1d(np.asarray(book.value)))
    value, volume, sd, half, beta = one_each(
        n,
        value=book.value,
        daily_value=book.daily_value,
        volatility=book.volatility,
        half_spread=book.half_spread,
        betas=book.betas,
    )
    if days < 1 or not book.nav > 0 or not 0 < participation <= 1:
        raise InputError(
            expected="one day or more, a positive NAV and a participation above 0 and at most 1",
            found=f"{days}, {book.nav}, {participation}",
            try_next="participation 0.2 is a fifth of the volume",
        )
    after = _after_haircut(value, beta, conditions)
    size = np.abs(after)
    is_traded = np.isfinite(volume) & (volume > 0) & np.isfinite(sd)
    volume, sd = (
        np.where(is_traded, volume, 1.0) * conditions.volume,
        np.where(is_traded, sd, 0.0) * conditions.volatility,
    )
    half = half * conditions.spread
    rate = np.where(is_traded, size / (days * volume), 0.0)
    forced = np.where(is_traded, size * (half + impact(rate, sd, exponent=exponent, coefficient=coefficient)), 0.0)
    sold = np.where(is_traded, np.minimum(1.0, participation / np.where(rate > 0, rate, np.inf)), 0.0)
    sold = np.where(is_traded & (rate == 0.0), 1.0, sold)
    part_rate = rate * sold
    capped = size * sold * (half + impact(part_rate, sd, exponent=exponent, coefficient=coefficient))
    gross = float(size.sum())
    left = book.nav + float((after - value).sum()) - float(capped.sum())
    still = after * (1.0 - sold)
    unmeasured = bool(np.any((still != 0.0) & ~np.isfinite(beta)))
    return Exit(
        days=days,
        conditions=conditions.name,
        forced_cost=float(forced.sum()),
        forced_cost_share=float(forced.sum()) / book.nav,
        largest_participation=float(rate.max(initial=0.0)),
        risk=_risk(after * is_traded * sd, book.correlation, days),
        sold_share=float((size * sold).sum()) / gross if gross > 0 else 1.0,
        capped_cost=float(capped.sum()),
        value_left=left,
        beta_left=None if unmeasured or left <= 0 else float(np.nansum(still * np.nan_to_num(beta))) / left,
        unknown=tuple(np.flatnonzero(~is_traded & (value != 0.0)).tolist()),
    )


def exit_table(
    book: ExitBook,
    *,
    days: tuple[int, ...] = (1, 5, 20),
    conditions: tuple[Conditions, ...] = (CALM, STRESSED),
    participation: float = 0.2,
    exponent: float = 0.5,
    coefficient: float = 1.0,
) -> tuple[Exit, ...]:
    """Sell in each number of days under each condition.

    Examples
    --------
    >>> book = ExitBook(value=[1e6], daily_value=[1e6], volatility=[0.02], half_spread=[0.001], betas=[1.2], nav=1e6)
    >>> [(out.days, out.conditions, round(out.forced_cost)) for out in exit_table(book, days=(1, 20))]
    [(1, 'calm', 21000), (20, 'calm', 5472), (1, 'stressed', 73711), (20, 'stressed', 18811)]
    """
    return tuple(
        exit_in(
            book,
            n,
            conditions=case,
            participation=participation,
            exponent=exponent,
            coefficient=coefficient,
        )
        for case in conditions
        for n in days
    )


def _after_haircut(value: Floats, beta: Floats, conditions: Conditions) -> Floats:
    if conditions.haircut == 0.0:
        return value
    if np.any((value != 0.0) & ~np.isfinite(beta)):
        raise NotEnoughDataError(
            expected="a beta of every position that is held",
            found=f"none for row {int(np.flatnonzero((value != 0.0) & ~np.isfinite(beta))[0])}",
            try_next="a haircut in proportion to beta needs one: set the haircut to 0, or leave the position out",
        )
    return np.where(value == 0.0, 0.0, value * (1.0 - conditions.haircut * np.nan_to_num(beta)))


def _risk(daily: Floats, correlation: ArrayLike | None, days: int) -> float:
    """Give the standard deviation over the days of a sale in equal parts, each part sold at its day's end."""
    if correlation is None:
        one_day = float(daily.sum()) ** 2
    else:
        one_day = float(daily @ np.asarray(correlation, dtype=np.float64) @ daily)
    left = 1.0 - np.arange(days) / days
    return sqrt(max(one_day, 0.0) * float(np.sum(left**2)))
