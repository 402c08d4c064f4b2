"""Settlement prices of contracts, from the prices that are known: what the ledger's days of settlement are made of."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal

import numpy as np

from trimtab.ledger.facts.contracts import Settlement
from trimtab.ledger.facts.header import about
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument

__all__ = ["PriceOn", "price_on", "settlements"]

PriceOn = Callable[[Instrument, dt.date], Decimal | None]
"""Gives the settlement price of a contract at the end of a day; None where it is not known."""
#: A settlement price may be so many days old: over a long weekend there is none.
_OLDEST_DAYS = 7
_DAY = dt.timedelta(days=1)


def price_on(prices: PriceTable | None, *, owned: bool = False) -> PriceOn:
    """Give a look-up of settlement prices: a contract's own column, or that of the same month in another size.

    Parameters
    ----------
    prices
        In their own currencies; None knows no price.
    owned
        Whether shares are asked about: their price is in the unit they are held in only where the column states none.
    """

    def look(instrument: Instrument, day: dt.date) -> Decimal | None:
        if prices is None:
            return None
        rows = int(np.searchsorted(prices.dates, np.datetime64(day + _DAY, "s"), side="left"))
        for name in instrument.settlement_names:
            if name not in prices:
                continue
            if owned and prices.currencies[prices.column(name)] is not None:
                return None
            column = prices.values[:rows, prices.column(name)]
            there = np.flatnonzero(~np.isnan(column))
            if there.size and prices.dates[there[-1]] >= np.datetime64(day - dt.timedelta(days=_OLDEST_DAYS), "s"):
                return exact(column[there[-1]])
        return None

    return look


def settlements(
    contracts: Mapping[str, tuple[Instrument, dt.date]],
    prices: PriceTable | None,
    stated: Collection[tuple[str, dt.date]],
) -> Iterator[Settlement]:
    """Give the settlement of each evening: on weekdays, and on other days with prices.

    A price stands for up to a week, so that a holiday settles at the price before it. A contract that expires is
    settled for the last time on its last day, and gone on the day after.

    Parameters
    ----------
    contracts
        By symbol: the contract, and the first day on which it may be held.
    prices
        In their own currencies; without prices nothing is settled.
    stated
        (symbol, day) of settlements that rows of the account state: they count instead.
    """
    if prices is None or not prices.dates.size:
        return
    look, quoted = price_on(prices), {date_of(stamp) for stamp in prices.dates}
    last = max(quoted) + dt.timedelta(days=_OLDEST_DAYS)
    for instrument, first in contracts.values():
        if instrument.keeps_entry:
            continue
        end = last if instrument.expiry is None else min(last, instrument.expiry)
        day, of = first, about(instrument)
        while day <= end:
            price = look(instrument, day) if day.weekday() < 5 or day in quoted else None
            if price is not None and (instrument.symbol, day) not in stated:
                yield Settlement(day=day, of=of, price=price, source="prices")
            day += _DAY
        if instrument.expiry is not None and instrument.expiry < last:
            price = look(instrument, instrument.expiry)
            if price is not None:
                yield Settlement(day=max(first, instrument.expiry + _DAY), of=of, price=price, final=True,
                                 source="prices")  # fmt: skip
