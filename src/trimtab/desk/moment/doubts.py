"""Which prices and quantities of a moment cannot be relied on: jumps that wait, and splits that nobody recorded.

A split that is suspected after the day on which the quantities were stated makes them wrong if it happened. A file of
holdings states no day: its quantities count as of the moment itself. But a file is seldom of the very day, so a split
suspected in the two weeks before the moment makes them doubtful too; one in the year before that is told first of all
notes. Older ones are not: nobody asks about today with a list of holdings that old.
"""

import datetime as dt
from dataclasses import replace

import numpy as np

from trimtab.errors import Reason
from trimtab.market.prices import PriceTable, code_of
from trimtab.market.snapshot import Market
from trimtab.market.suspected import doubting, suspected_splits
from trimtab.model.portfolio import Portfolio

__all__ = ["RECENT_DAYS", "doubted", "suspicions"]

#: Days before the moment in which a suspected split makes quantities doubtful that state no day.
RECENT_DAYS = 14
#: Days before the moment in which one is worth a note.
_TOLD_DAYS = 366


def doubted(market: Market, stated: PriceTable, stated_on: dt.date | None) -> Market:
    """Give a moment with what cannot be relied on in it.

    Parameters
    ----------
    market
        The moment, its prices judged (`trimtab.market.checks.jumps.judge_jumps`).
    stated
        The same prices before they were judged.
    stated_on
        Day on which the quantities were stated; None if nobody said.
    """
    prices = market.prices
    columns = np.flatnonzero((prices.why == code_of(Reason.UNCONFIRMED_JUMP)).any(axis=0)).tolist()
    doubts = {prices.symbols[c]: Reason.UNCONFIRMED_JUMP for c in columns}
    waiting = {}
    for symbol in doubts:
        jump, used = stated.last(symbol), prices.last(symbol)
        if jump is not None and used is not None:
            waiting[symbol] = jump[0] / used[0] - 1.0
    since = market.day - dt.timedelta(days=RECENT_DAYS) if stated_on is None else stated_on
    return doubting(replace(market, doubts=doubts, waiting=waiting), suspected_splits(prices), since)


def suspicions(prices: PriceTable, portfolio: Portfolio, market: Market) -> tuple[str, ...]:
    """Say of which holdings a split is suspected that the verdict does not wait for, and what would settle it."""
    if portfolio.stated_on is not None:
        return ()
    symbols = {p.symbol for p in portfolio.positions if not p.instrument.is_money}
    first = market.day - dt.timedelta(days=_TOLD_DAYS)
    days: dict[str, list[str]] = {}
    for symbol, splits in suspected_splits(prices).items():
        recent = [str(day) for day in splits if first <= day <= market.day]
        if recent and symbol in symbols and symbol not in market.doubts:
            days[symbol] = recent
    return tuple(
        f"{symbol}: a split is suspected on {', '.join(split_days)} and not recorded; its quantity is taken as one of "
        f"{market.day}. If it is older than the split it is wrong: record the split (effective,symbol,ratio), "
        "or import the holdings with their day (trimtab import FILE --as-of DAY)"
        for symbol, split_days in days.items()
    )
