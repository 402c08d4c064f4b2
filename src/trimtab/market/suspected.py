"""Splits that prices show and nobody recorded: the one rule of what they leave unknown.

A split is suspected where the checks of prices say so (`trimtab.market.checks.jumps`), or where the close as quoted and
the adjusted price of a day part by the ratio of a split. Recorded splits are in the prices already and are neither.
A quantity that was stated before such a day is in old units or in new ones, nobody knows which: from that day on it has
no value.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from trimtab.errors import Reason
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market

__all__ = ["SplitDays", "doubting", "split_since", "suspected_splits", "what_to_record"]

SplitDays = Mapping[str, tuple[dt.date, ...]]
"""Days of suspected splits by symbol, in order."""

#: Companies split in ratios of small numbers; a step this near one of them, and this large, is taken for one.
_LARGEST_TERM = 50
_LARGEST_BOTTOM = 5
_SMALLEST_STEP = 1.25
_NEAR = 0.005


def suspected_splits(prices: PriceTable) -> SplitDays:
    """Give the days of suspected splits by symbol.

    A dividend moves the ratio of the close to the adjusted price too, by per cents; a split of less than five for four
    is not told from one.

    Parameters
    ----------
    prices
        Their jumps judged.

    Examples
    --------
    >>> both = PriceTable.of({"ABC": [100.0, 101.0]}, dates=["2024-02-29", "2024-03-01"])
    >>> suspected_splits(replace(both, to_quoted=np.array([[10.0], [1.0]])))
    {'ABC': (datetime.date(2024, 3, 1),)}
    """
    cells = {(int(row), int(column)) for row, column in prices.suspected.tolist()}
    vouched = {(int(row), int(column)) for row, column in prices.vouched.tolist()}
    if prices.to_quoted is not None:
        for column in np.flatnonzero((np.nan_to_num(prices.to_quoted, nan=1.0) != 1.0).any(axis=0)).tolist():
            factors = prices.to_quoted[:, column]
            quoted_rows = np.flatnonzero(np.isfinite(factors) & (factors > 0) & np.isfinite(prices.values[:, column]))
            cells |= {
                (after, column)
                for before, after in pairwise(quoted_rows.tolist())
                if _is_ratio(float(factors[before] / factors[after])) and (after, column) not in vouched
            }
    days: dict[str, tuple[dt.date, ...]] = {}
    for row, column in sorted(cells):
        symbol = prices.symbols[column]
        days[symbol] = (*days.get(symbol, ()), date_of(prices.dates[row]))
    return days


def split_since(splits: SplitDays, symbol: str, stated: dt.date, upto: dt.date) -> dt.date | None:
    """Give the first suspected split with stated < its day <= upto: from it on, the quantity is not known."""
    return next((day for day in splits.get(symbol, ()) if stated < day <= upto), None)


def doubting(market: Market, splits: SplitDays, stated: dt.date | None) -> Market:
    """Give a moment in which quantities stated on a day have no value after a suspected split; None: always known."""
    if stated is None or not splits:
        return market
    doubts = {s: Reason.SPLIT_SUSPECTED for s in splits if split_since(splits, s, stated, market.day) is not None}
    return replace(market, doubts={**market.doubts, **doubts}) if doubts else market


def what_to_record(symbol: str, day: dt.date) -> str:
    """Say what settles a suspected split."""
    return (
        f"if {symbol} split on {day}, import it as an action (effective,symbol,ratio); if that day's price is real, "
        f"import {day},{symbol},1"
    )


def _is_ratio(step: float) -> bool:
    large = max(step, 1.0 / step)
    if large < _SMALLEST_STEP * (1.0 - _NEAR):
        return False
    tops = ((bottom, round(large * bottom)) for bottom in range(1, _LARGEST_BOTTOM + 1))
    return any(
        top <= _LARGEST_TERM and top / bottom >= _SMALLEST_STEP and abs(large * bottom / top - 1.0) < _NEAR
        for bottom, top in tops
    )
