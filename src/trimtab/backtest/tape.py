"""The tape of a backtest: what was known at each close, and what could be traded after it, as two kinds of things.

A rule takes a `Known`. A fill takes a `Tradable`. Neither has what the other has, so a rule that looks ahead does not
pass the type checker, and has no attribute to look at.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError
from trimtab.market.daycount import date_of
from trimtab.market.frequency import TRADING_YEAR
from trimtab.stats.arrays import Floats

__all__ = ["Known", "Tape", "Tradable", "first_days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known at a close, when it is decided what to trade.

    Parameters
    ----------
    row, day
        Which close.
    assets
        Worth of the book without its hedge, base currency.
    exposure
        Its beta exposure, with betas of the past.
    error
        One standard error of it, from the book's own residuals up to then.
    lot
        Beta exposure of one lot of the hedge.
    cost
        What trading one lot is assumed to cost.
    new_month, new_quarter, new_week
        Whether this is the first close of one.
    best
        Half-width of the best band as far as the past says it; infinite where it does not yet.
    """

    row: int
    day: dt.date
    assets: float
    exposure: float
    error: float
    lot: float
    cost: float
    new_week: bool
    new_month: bool
    new_quarter: bool
    best: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradable:
    """What can be done on a day with what was decided before, and what becomes of lots that are held.

    Parameters
    ----------
    row, day
        Which day.
    contract
        Symbol of the contract that is traded.
    price
        At which it is traded, without the cost.
    gain
        Money that one lot held the night before gained.
    roll
        Money to carry one lot into another contract; 0 where none is due.
    cost
        Money to trade one lot: half-spread and commission.
    """

    row: int
    day: dt.date
    contract: str
    price: float
    gain: float
    roll: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A book without its hedge, and one future, day by day. All arrays are of shape (n_days,) unless told otherwise.

    Parameters
    ----------
    benchmark, base, method
        Against what and in which money betas are measured, and how.
    dates
        Days on which everything held has a price; others are left out.
    level
        Of the benchmark.
    assets, exposure, error, lot, cost, best
        As in `Known`.
    price, gain, roll
        As in `Tradable`.
    commission
        The part of `cost` that is commission; the rest is half-spread.
    contracts, contract
        Symbols of contracts, and which of them is traded on a day.
    multiplier
        Money per lot and point.
    beta
        Of the future.
    is_model
        Whether the future's price is its index's level: then it has no basis.
    source
        Where its price comes from, in words.
    per_year
        Days with prices in a year.
    """

    benchmark: str
    base: str
    method: str
    dates: NDArray[np.datetime64]
    level: Floats
    assets: Floats
    exposure: Floats
    error: Floats
    lot: Floats
    cost: Floats
    best: Floats
    price: Floats
    gain: Floats
    roll: Floats
    commission: Floats
    contracts: tuple[str, ...]
    contract: NDArray[np.intp]
    multiplier: float
    beta: Floats
    is_model: bool
    source: str
    per_year: float = TRADING_YEAR

    def __post_init__(self) -> None:
        n_days = len(self.dates)
        arrays = (
            self.level, self.assets, self.exposure, self.error, self.lot, self.cost, self.best, self.price, self.gain,
            self.roll, self.commission, self.contract, self.beta,
        )  # fmt: skip
        if n_days < 3 or any(len(one) != n_days for one in arrays):
            raise InputError(
                expected="three days or more, and one number for each of them", found=f"{n_days} days",
                try_next="start earlier, or end later",
            )  # fmt: skip

    def __len__(self) -> int:
        """Count the days."""
        return len(self.dates)

    def day(self, row: int) -> dt.date:
        """Give the day of a row."""
        return date_of(self.dates[row])

    def known(self, row: int) -> Known:
        """Give what is known at the close of a row."""
        return Known(
            row=row,
            day=self.day(row),
            assets=float(self.assets[row]),
            exposure=float(self.exposure[row]),
            error=float(self.error[row]),
            lot=float(self.lot[row]),
            cost=float(self.cost[row]),
            new_week=bool(self.first_of("W")[row]),
            new_month=bool(self.first_of("M")[row]),
            new_quarter=bool(self.first_of("Q")[row]),
            best=float(self.best[row]),
        )

    def tradable(self, row: int) -> Tradable:
        """Give what can be traded on a row."""
        return Tradable(
            row=row,
            day=self.day(row),
            contract=self.contracts[self.contract[row]],
            price=float(self.price[row]),
            gain=float(self.gain[row]),
            roll=float(self.roll[row]),
            cost=float(self.cost[row]),
        )

    def first_of(self, span: str) -> NDArray[np.bool_]:
        """Mark the first day of each week ("W"), month ("M") or quarter ("Q"); the first of all is one.

        It is the first close after a span has ended: the last one of a span is not known to be that until the next.
        """
        return first_days(self.dates, span)


def first_days(dates: NDArray[np.datetime64], span: str) -> NDArray[np.bool_]:
    """Mark the first of the dates in each week, month or quarter."""
    days = dates.astype("datetime64[D]").astype(np.int64)
    # Day 0 was a Thursday; weeks begin on Mondays.
    spans = (days + 3) // 7 if span == "W" else dates.astype("datetime64[M]").astype(np.int64)
    if span == "Q":
        spans = spans // 3
    first: NDArray[np.bool_] = np.concatenate([[True], spans[1:] != spans[:-1]])
    return first
