"""Time, money and rates of one moment: read from here by everything that scales, discounts or converts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from trimtab.market.frequency import Frequency, frequency_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.interest import Interest
from trimtab.market.snapshot import Market

__all__ = ["Facts", "calendar_of", "facts_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a moment says of time, money and rates; what it does not say is None, never a usual figure.

    Parameters
    ----------
    day
        Last day that counts.
    base
        Currency that everything is counted in.
    frequency
        Calendar of the benchmark's prices: how many returns make a year, and how many days one covers.
    interest
        Risk-free rates by currency.
    yields
        Dividend yields a year as decimals, by the symbol of what pays them.
    """

    day: dt.date
    base: str
    frequency: Frequency
    interest: Interest = field(default_factory=Interest)
    yields: Mapping[str, float] = field(default_factory=dict)

    def with_yields(self, stated: Mapping[str, float]) -> "Facts":
        """Give the same with yields that were stated; they go before what was known."""
        return replace(self, yields={**self.yields, **stated})

    def rate(self, currency: str) -> float | None:
        """Give the yearly rate of a currency on the day; None if it is not known."""
        return self.interest.annual(currency, self.day)

    def dividend_yield(self, names: Iterable[str]) -> float | None:
        """Give the yield of the first of several names that has one; None if none has."""
        return next((self.yields[name] for name in names if name in self.yields), None)


def calendar_of(prices: PriceTable, symbol: str) -> Frequency:
    """Give the calendar of one symbol: the spacing of the dates on which it has a price.

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    >>> table = PriceTable.of({"BTC": np.ones(60), "SPX": np.where(np.is_busday(days), 1.0, np.nan)}, dates=days)
    >>> calendar_of(table, "BTC").name, calendar_of(table, "SPX").name
    ('daily-7', 'daily')
    """
    return frequency_of(prices.dates[~np.isnan(prices.values[:, prices.column(symbol)])])


def facts_at(
    market: Market, benchmark: str, *, interest: Interest | None = None, yields: Mapping[str, float] | None = None
) -> Facts:
    """Take the facts of a moment.

    Parameters
    ----------
    market
        Prices and exchange rates up to the moment.
    benchmark
        Whose calendar counts.
    interest, yields
        Rates by currency, and dividend yields by symbol, as far as they are known.
    """
    return Facts(
        day=market.day,
        base=market.base,
        frequency=calendar_of(market.prices, benchmark),
        interest=interest or Interest(),
        yields=yields or {},
    )
