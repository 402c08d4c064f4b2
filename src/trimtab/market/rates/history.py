"""The series behind a rate: what one unit of a currency or coin was worth in the base currency on each date."""

from dataclasses import dataclass

import numpy as np

from trimtab.market.prices import PriceTable
from trimtab.market.rates.crossing import Step, ways_to_base
from trimtab.market.rates.fx import FxRates
from trimtab.stats.arrays import Floats

__all__ = ["price_history", "rate_history"]

#: A price of a currency is used for so many days after its own and no longer, like a rate.
_MAX_AGE_DAYS = 7


def rate_history(
    prices: PriceTable, currency: str, *, base: str, fx: FxRates | None, silent: str | None = None
) -> Floats:
    """Give units of base per unit of a currency on each date of a table, shape (n_dates,); NaN where there is none.

    Parameters
    ----------
    prices
        Its columns may hold the price of the currency; its dates are those wanted.
    currency, base
        Codes.
    fx
        Dated rates; None if there are none.
    silent
        Currency in which a coin's column is read that states none; the base currency by default.
    """
    if currency == base:
        return np.ones(len(prices.dates))
    columns = _Columns(prices)
    pairs = () if fx is None else fx.pairs
    histories = [_along(way, prices, fx) for way in ways_to_base(currency, base, columns, pairs, silent=silent)]
    # The way that today's rate goes, for all dates: a change of source would be a return that nobody had.
    for series in histories:
        if len(series) and np.isfinite(series[-1]):
            return series
    return next((s for s in histories if np.isfinite(s).any()), np.full(len(prices.dates), np.nan))


def price_history(prices: PriceTable, symbol: str, currency: str, *, base: str, fx: FxRates | None) -> Floats:
    """Give a symbol's prices in a currency on each date, shape (n_dates,); NaN where price or rate is missing.

    A column that states no currency is taken to be in the one asked for.
    """
    own = prices.values[:, prices.column(symbol)]
    stated = prices.currencies[prices.column(symbol)]
    if stated is None or stated == currency:
        return own
    into = rate_history(prices, stated, base=base, fx=fx)
    return np.asarray(own * into / rate_history(prices, currency, base=base, fx=fx))


@dataclass(frozen=True, slots=True)
class _Columns:
    table: PriceTable

    def has_column(self, name: str) -> bool:
        return name in self.table

    def currency_of(self, symbol: str) -> str | None:
        return self.table.currencies[self.table.column(symbol)] if symbol in self.table else None


def _along(way: list[Step], prices: PriceTable, fx: FxRates | None) -> Floats:
    rate = np.ones(len(prices.dates))
    for step in way:
        if step.column is not None:
            factor = _carried(prices, step.column)
        elif fx is not None and step.pair is not None:
            factor = fx.rates(*step.pair, prices.dates)[0]
        else:
            factor = np.full(len(rate), np.nan)
        rate = rate / factor if step.inverse else rate * factor
    return rate


def _carried(prices: PriceTable, symbol: str) -> Floats:
    """Give a column with gaps of up to a week filled by the last price: it is still the rate then."""
    own = prices.values[:, prices.column(symbol)]
    rows = np.maximum.accumulate(np.where(np.isnan(own), -1, np.arange(len(own))))
    at = np.maximum(rows, 0)
    days = prices.dates.astype("datetime64[D]").astype(np.int64)
    young = (rows >= 0) & (days - days[at] <= _MAX_AGE_DAYS)
    return np.where(young, own[at], np.nan)
