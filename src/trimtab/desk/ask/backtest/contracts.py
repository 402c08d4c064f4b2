"""The future of a backtest day by day: which contract is traded, at what price, and what carrying it on costs."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractSpec
from trimtab.model.expiry import MONTH_CODES
from trimtab.model.instruments.terms import Terms, terms_on
from trimtab.model.mandate import Costs
from trimtab.stats.arrays import Floats

#: Share of days on which a column must have a price to stand for the future.
_NEARLY_ALL = 0.99
#: Price of a future over the level of its index: carry of years, and no more.
_NEAR = (0.8, 1.25)

__all__ = ["Chain", "Costing", "FuturePrices", "chain_of", "costing_of", "future_prices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Which contract is traded on each day.

    Parameters
    ----------
    symbols, expiries
        Contracts in the order of their expiry, named with two digits of the year (ESH23).
    traded
        Place among them, for each day.
    """

    symbols: tuple[str, ...]
    expiries: tuple[dt.date, ...]
    traded: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costing:
    """What a lot is, and what trading it takes.

    Parameters
    ----------
    money
        Per lot and point.
    units
        Contracts in a lot.
    cost, commission
        Of trading one lot, and the part of it that is commission.
    """

    money: float
    units: float
    cost: float
    commission: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturePrices:
    """Prices of a future on each day.

    Parameters
    ----------
    quotes
        Of each contract, or one column that stands for all, shape (n_days, n_columns); NaN where one is missing.
    place
        Column that is traded on the day, shape (n_days,).
    follows
        Column that its beta is of.
    is_model
        Whether the price is the level of the index.
    source
        In words.
    """

    quotes: Floats
    place: NDArray[np.intp]
    follows: str
    is_model: bool
    source: str

    @property
    def price(self) -> Floats:
        """Of the contract that is traded on the day, shape (n_days,)."""
        price: Floats = self.quotes[np.arange(len(self.place)), self.place]
        return price

    def points(self, rows: NDArray[np.intp]) -> Floats:
        """Give what the contract of each of some rows gained until the next of them; 0 for the first."""
        before = self.place[rows[:-1]]
        points: Floats = np.concatenate([[0.0], self.quotes[rows[1:], before] - self.quotes[rows[:-1], before]])
        return points


def chain_of(spec: ContractSpec, dates: NDArray[np.datetime64], roll_days: int) -> Chain:
    """Give the contract that is traded on each day: from so many days before its expiry on, the next.

    Nothing but the calendar of contracts decides it, which is known years ahead.

    Parameters
    ----------
    spec
        The family.
    dates
        Increasing.
    roll_days
        Days before expiry.
    """
    first, last = date_of(dates[0]), date_of(dates[-1])
    months = [
        (year, MONTH_CODES.index(letter) + 1) for year in range(first.year, last.year + 2) for letter in spec.months
    ]
    dated = sorted((spec.expiry_of(year, month), year, month) for year, month in months)
    dated = [one for one in dated if one[0] - dt.timedelta(days=roll_days) > first]
    leaves = np.array([expiry - dt.timedelta(days=roll_days) for expiry, _, _ in dated], dtype="datetime64[D]")
    traded = np.searchsorted(leaves, dates.astype("datetime64[D]"), side="right")
    dated = dated[: int(traded[-1]) + 1]
    return Chain(
        symbols=tuple(f"{spec.root}{MONTH_CODES[month - 1]}{year % 100:02d}" for _, year, month in dated),
        expiries=tuple(expiry for expiry, _, _ in dated),
        traded=traded.astype(np.intp),
    )


def costing_of(spec: ContractSpec, costs: Costs, dates: NDArray[np.datetime64]) -> Costing:
    """Give what a lot is and costs to trade, as plans assume it.

    Raises
    ------
    InputError
        If the terms of the contract changed within the days.
    """
    first, last = (terms_on(spec.terms, date_of(day)) for day in (dates[0], dates[-1]))
    if _size(first) != _size(last):
        raise InputError(
            expected=f"one multiplier, tick and lot of {spec.root} on all days",
            found=f"{first.multiplier:f} until {last.valid_from}, {last.multiplier:f} from then on",
            try_next=f"start on {last.valid_from} (--from), or end before it (--to)",
        )
    commission = (spec.commission if costs.commission is None else costs.commission) * last.lot
    spread = costs.half_spread_ticks * last.tick * last.multiplier * last.lot
    return Costing(
        money=float(last.multiplier * last.lot), units=float(last.lot), cost=float(commission + spread),
        commission=float(commission),
    )  # fmt: skip


def _size(terms: Terms) -> tuple[Decimal, Decimal, Decimal]:
    return terms.multiplier, terms.tick, terms.lot


def future_prices(spec: ContractSpec, chain: Chain, table: PriceTable, start: int) -> FuturePrices:
    """Find the prices of a future: of each contract, of a series under its root or a sibling's, or its index's level.

    A column that has no price on some day from `start` on does not count: two kinds of prices are never mixed.

    Parameters
    ----------
    spec, chain
        The family, and its contracts on the rows of the table.
    table
        Prices in the money of the contract.
    start
        First row that has to be there.

    Raises
    ------
    InputError
        If there is neither, or a column of that name is something else.
    """
    used = [chain.symbols[k] for k in np.unique(chain.traded[start:]).tolist()]
    index = next((name for name in spec.underlying if name in table), None)
    for name in (*used, spec.root, *spec.siblings):
        _check_near(table, name, index)
    if index is not None and all(symbol in table for symbol in used):
        return _of_contracts(chain, table, used, index)
    for name in (spec.root, *spec.siblings):
        if name in table and np.isfinite(_column(table, name)[start:]).mean() > _NEARLY_ALL:
            source = f"column {name}, taken as one contract without rolls in it: a jump between two months is a gain"
            return _of_column(table, name, source, is_model=False)
    if index is None:
        wanted = ", ".join(dict.fromkeys((used[0], spec.root, *spec.underlying)))
        raise InputError(
            expected=f"past prices of {spec.root}: of its contracts beside its index, of its root, or of its index "
            f"({wanted})",
            found="none of them in the price table", try_next="add one of these columns, or hedge with another future",
        )  # fmt: skip
    return _of_column(table, index, f"a model: the level of its index {index}, so that basis is zero", is_model=True)


def _check_near(table: PriceTable, name: str, index: str | None) -> None:
    """Refuse a column that bears the name of the future and is something else: ES is a share as well."""
    if name not in table or index is None:
        return
    ratio = float(np.nanmedian(_column(table, name) / _column(table, index)))
    if not _NEAR[0] < ratio < _NEAR[1]:
        raise InputError(
            expected=f"in column {name} prices of the future, near its index {index}",
            found=f"prices of {ratio:.3g} times the index: something else of that name",
            try_next="leave that column out, or rename it in the prices and the holdings",
        )


def _column(table: PriceTable, name: str) -> Floats:
    column: Floats = table.values[:, table.column(name)]
    return column


def _of_column(table: PriceTable, name: str, source: str, *, is_model: bool) -> FuturePrices:
    return FuturePrices(
        quotes=_column(table, name)[:, None], place=np.zeros(len(table.dates), dtype=np.intp), follows=name,
        is_model=is_model, source=source,
    )  # fmt: skip


def _of_contracts(chain: Chain, table: PriceTable, used: list[str], index: str) -> FuturePrices:
    quotes = np.full((len(table.dates), len(chain.symbols)), np.nan)
    for symbol in used:
        quotes[:, chain.symbols.index(symbol)] = _column(table, symbol)
    source = f"of each contract its own, {used[0]} to {used[-1]}"
    return FuturePrices(quotes=quotes, place=chain.traded, follows=index, is_model=False, source=source)
