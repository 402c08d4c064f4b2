"""One moment of the market: the last known price of each symbol, its age, and exchange rates."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from trimtab.market.currency import FxRates
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable, day_of
from trimtab.model.currencies import CURRENCIES

__all__ = ["Market", "Quote", "market_at"]

#: A price older than this is used, and said to be old.
_OLD_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A number observed on a date.

    Parameters
    ----------
    value
        The price, or the units of base currency per unit of foreign currency.
    date
        When it was observed.
    """

    value: float
    date: np.datetime64


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Prices and exchange rates as known at the end of a day.

    Parameters
    ----------
    as_of
        The day asked about, datetime64[s].
    base
        Currency that everything is counted in.
    prices
        Prices in their own currencies, nothing later than `as_of`.
    fx
        Dated exchange rates; None if none were given.
    moves
        Relative moves that prices are read with, by symbol (-0.1 = the price falls by a tenth); empty for what was
        observed. Prices do not fall below 0.
    """

    as_of: np.datetime64
    base: str
    prices: PriceTable
    fx: FxRates | None = None
    moves: Mapping[str, float] = field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        """The day of `as_of`."""
        return date_of(self.as_of)

    def price(self, symbol: str) -> Quote | None:
        """Give the last price of a symbol; None if it has no column or no price."""
        if symbol not in self.prices:
            return None
        found = self.prices.last(symbol)
        if found is None:
            return None
        return Quote(value=found[0] * max(0.0, 1.0 + self.moves.get(symbol, 0.0)), date=found[1])

    def currency_of(self, symbol: str) -> str | None:
        """Give the currency that the price table states for a symbol; None if it states none."""
        if symbol not in self.prices:
            return None
        return self.prices.currencies[self.prices.column(symbol)]

    def rate(self, currency: str) -> Quote | None:
        """Give units of base per unit of `currency`; 1 for the base itself, None without a rate."""
        if currency == self.base:
            return Quote(value=1.0, date=self.as_of)
        if self.fx is not None:
            values, days = self.fx.rates(currency, self.base, np.array([self.as_of]))
            if not np.isnan(values[0]):
                return Quote(value=float(values[0]), date=days[0].astype("datetime64[s]"))
        symbol = self.coin_symbol(currency)
        return None if symbol is None else self.price(symbol)

    def coin_symbol(self, currency: str) -> str | None:
        """Give the column that holds the price of a currency or coin in the base currency; None if there is none.

        A column under the bare name counts for coins only, because EUR or CAD alone could be a share; and no column
        counts that says it is in another currency than the base.
        """
        names = [f"{currency}{self.base}", f"{currency}-{self.base}", f"{currency}/{self.base}"]
        if currency not in CURRENCIES:
            names.append(currency)
        known = (name for name in names if name in self.prices)
        return next((name for name in known if self.currency_of(name) in {None, self.base}), None)

    def moved(self, moves: Mapping[str, float]) -> "Market":
        """Give the same moment with prices moved."""
        return replace(self, moves=moves)

    def is_old(self, quote: Quote) -> bool:
        """Tell whether a quote is more than a week older than the moment."""
        return bool(self.as_of - quote.date > np.timedelta64(_OLD_DAYS, "D"))


def market_at(
    prices: PriceTable, *, base: str, as_of: np.datetime64 | str | None = None, fx: FxRates | None = None
) -> Market:
    """Take the moment at the end of a day (the table's last day by default)."""
    known = prices.until(as_of)
    moment = known.dates[-1] if as_of is None else day_of(as_of)
    return Market(as_of=moment.astype("datetime64[s]"), base=base, prices=known, fx=fx)
