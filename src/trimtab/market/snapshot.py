"""One moment of the market: the last known price of each symbol, its age, and exchange rates."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from trimtab.errors import Reason
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable, day_of
from trimtab.market.rates.crossing import Step, coin_column, local_name, money_name, ways_to_base
from trimtab.market.rates.fx import FxRates
from trimtab.model.currencies import CURRENCIES

__all__ = ["Conversion", "Market", "Quote", "market_at"]

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
class Conversion:
    """What a price is multiplied and then divided by to be in another money, and the older day of both rates."""

    times: float = 1.0
    over: float = 1.0
    date: np.datetime64 | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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
    rate_moves
        The same for exchange rates and coins as money, by currency. What a column of prices says as a price and as a
        rate is moved apart: whoever moves both says both.
    doubts
        Symbols whose last price or whose quantity cannot be relied on, and why (unconfirmed_jump, split_suspected).
    waiting
        Of those with an unconfirmed jump, the price that waits over the price in use, less 1.
    reads
        Where given, the names of all columns that are read, prices and rates, are added to it.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> market = tt.market_at(prices, base="USD", as_of="2022-06-30")
    >>> market.day, bool(market.price("AAPL").date <= market.as_of)
    (datetime.date(2022, 6, 30), True)
    """

    as_of: np.datetime64
    base: str
    prices: PriceTable
    fx: FxRates | None = None
    moves: Mapping[str, float] = field(default_factory=dict)
    rate_moves: Mapping[str, float] = field(default_factory=dict)
    doubts: Mapping[str, Reason] = field(default_factory=dict)
    waiting: Mapping[str, float] = field(default_factory=dict)
    reads: set[str] | None = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        """Say which moment it is, in a few lines."""
        return f"Market of {str(self.as_of).removesuffix('T00:00:00')}, base {self.base}\n{self.prices!r}"

    @property
    def day(self) -> dt.date:
        """The day of `as_of`."""
        return date_of(self.as_of)

    def price(self, symbol: str) -> Quote | None:
        """Give the last price of a symbol; None if it has no column or no price."""
        still = self.observed(symbol)
        if still is None:
            return None
        return replace(still, value=still.value * max(0.0, 1.0 + self.moves.get(symbol, 0.0)))

    def observed(self, symbol: str) -> Quote | None:
        """Give the last price of a symbol before any move."""
        last = self.prices.last(symbol) if symbol in self.prices else None
        if last is not None and self.reads is not None:
            self.reads.add(symbol)
        return None if last is None else Quote(value=last[0], date=last[1])

    def price_in(self, symbol: str, currency: str, *, minor: bool = False) -> Quote | None:
        """Give the last price of a symbol in a currency; None without a price, or a rate that it needs.

        Parameters
        ----------
        currency
            What the price is wanted in. A column that states no currency is taken to be in it, because who reads it
            says so; a column that states another one is converted at today's rates, which do not move.
        minor
            True if the reader says that a silent column is in hundredths of the currency (pence).
        """
        quote = self.price(symbol)
        if quote is None:
            return None
        way = self.conversion(symbol, currency, minor=minor)
        if way is None:
            return None
        date = quote.date if way.date is None else min(quote.date, way.date)
        return Quote(value=quote.value * way.times / way.over, date=date)

    def conversion(self, symbol: str, currency: str, *, minor: bool = False) -> "Conversion | None":
        """Give what makes a price of a symbol one in a currency, as `price_in` does; None without a rate it needs."""
        stated = self.currency_of(symbol)
        if stated is None:
            return Conversion(over=100.0) if minor else Conversion()
        if stated == currency:
            return Conversion()
        one, other = self._still_rate(stated), self._still_rate(currency)
        if one is None or other is None:
            return None
        return Conversion(times=one.value, over=other.value, date=min(one.date, other.date))

    def has_column(self, name: str) -> bool:
        """Tell whether the price table has a column."""
        return name in self.prices

    def currency_of(self, symbol: str) -> str | None:
        """Give the currency that the price table states for a symbol; None if it states none."""
        if symbol not in self.prices:
            return None
        return self.prices.currencies[self.prices.column(symbol)]

    def rate(self, currency: str, *, silent: str | None = None) -> Quote | None:
        """Give units of base per unit of `currency`; 1 for the base itself, None without a rate.

        See `trimtab.market.rates.crossing` for the ways tried. `silent` is the currency in which a coin's column is
        read that states none; the base currency by default.
        """
        still = self._still_rate(currency, silent)
        if still is None or currency not in self.rate_moves:
            return still
        return replace(still, value=still.value * max(0.0, 1.0 + self.rate_moves[currency]))

    def _still_rate(self, currency: str, silent: str | None = None) -> Quote | None:
        if currency == self.base:
            return Quote(value=1.0, date=self.as_of)
        pairs = () if self.fx is None else self.fx.pairs
        ways = ways_to_base(currency, self.base, self, pairs, silent=silent)
        return next((quote for quote in map(self._along, ways) if quote is not None), None)

    def _along(self, way: list[Step]) -> Quote | None:
        """Multiply the factors of a way; None if one is missing."""
        value, oldest = 1.0, None
        for step in way:
            factor = self.observed(step.column) if step.column is not None else self._from_file(step.pair)
            if factor is None:
                return None
            value *= 1.0 / factor.value if step.inverse else factor.value
            oldest = factor.date if oldest is None else min(oldest, factor.date)
        return None if oldest is None else Quote(value=value, date=oldest)

    def _from_file(self, pair: tuple[str, str] | None) -> Quote | None:
        if self.fx is None or pair is None:
            return None
        values, days = self.fx.rates(*pair, np.array([self.as_of]))
        return None if np.isnan(values[0]) else Quote(value=float(values[0]), date=days[0].astype("datetime64[s]"))

    def coin_symbol(self, currency: str) -> str | None:
        """Give the column that holds the price of a currency or coin in the base currency; None if there is none.

        A column under the bare name counts for coins only, because EUR or CAD alone could be a share; and no column
        counts that states another currency than base.
        """
        return coin_column(currency, self.base, self)

    def money_names(self, currency: str, *, silent: str | None = None) -> tuple[str, ...]:
        """Give the names under which a currency's or coin's own beta may stand, best first.

        Its column of prices, once that is in base currency, is its rate; else the series of its rate is. `silent` as
        for `rate`.
        """
        direct = coin_column(currency, self.base, self, silent=silent)
        if direct is None and currency not in CURRENCIES and self.currency_of(currency) is not None:
            direct = currency
        own = money_name(currency, self.base, self)
        return (own,) if direct is None else (direct, own)

    def price_names(self, symbol: str, currency: str) -> tuple[str, ...]:
        """Give the names under which the beta of a price in a currency may stand, best first.

        In the base currency it is the symbol's own; in another it has a name of its own, and the symbol's is the same
        only if nobody says that its column is in another currency. A code that has no column is the name of a rate: a
        share called CHF does not take the beta of francs, nor BTC in dollars that of BTC in base currency.
        """
        own = local_name(symbol, currency)
        if not self.has_column(symbol) and self._names_rate(symbol, currency):
            return (own,)
        if currency == self.base:
            return (symbol,)
        return (own,) if self.currency_of(symbol) is not None else (own, symbol)

    def _names_rate(self, code: str, currency: str) -> bool:
        """Tell whether a code that has no column stands for a rate, and not for this price of it.

        A coin's rate into base currency is its price there.
        """
        return code in CURRENCIES or (currency != self.base and self.rate(code) is not None)

    def moved(self, moves: Mapping[str, float], rates: Mapping[str, float] | None = None) -> "Market":
        """Give the same moment with prices, and exchange rates if asked, moved."""
        return replace(self, moves=moves, rate_moves=self.rate_moves if rates is None else rates)

    def is_old(self, quote: Quote) -> bool:
        """Tell whether a quote is more than a week older than the moment."""
        return bool(self.as_of - quote.date > np.timedelta64(_OLD_DAYS, "D"))


def market_at(
    prices: PriceTable, *, base: str, as_of: np.datetime64 | str | None = None, fx: FxRates | None = None
) -> Market:
    """Take the moment at the end of a day (the table's last day by default).

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> tt.market_at(prices, base="USD", as_of="2022-06-30").day
    datetime.date(2022, 6, 30)
    """
    prices_until = prices.until(as_of)
    moment = prices_until.dates[-1] if as_of is None else day_of(as_of)
    return Market(as_of=moment.astype("datetime64[s]"), base=base, prices=prices_until, fx=fx)
