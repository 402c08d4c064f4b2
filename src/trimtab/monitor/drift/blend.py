"""A market that is part start and part end: each kind of number is taken from one of two moments.

Prices, exchange rates and the day can each be of the start or of the end. Currencies are rates; coins are prices,
because that is what they are to their holder.
"""

from dataclasses import dataclass, field

import numpy as np

from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import Market
from trimtab.model.currencies import CURRENCIES

__all__ = ["Blend", "last_prices"]


def last_prices(market: Market) -> dict[str, float]:
    """Give the last price of every symbol that has one.

    Examples
    --------
    >>> from trimtab.market.snapshot import market_at
    >>> table = PriceTable.of({"A": [1.0, np.nan], "B": [np.nan, np.nan]}, dates=["2024-01-02", "2024-01-03"])
    >>> last_prices(market_at(table, base="USD"))
    {'A': 1.0}
    """
    present = ~np.isnan(market.prices.values)
    if not present.size:
        return {}
    row = present.shape[0] - 1 - np.argmax(present[::-1], axis=0)
    values = market.prices.values[row, np.arange(present.shape[1])]
    there = present.any(axis=0).astype(object)
    return {s: float(v) for s, v, any_ in zip(market.prices.symbols, values, list(there), strict=True) if any_}


@dataclass(slots=True)
class Blend:
    """Two moments, and every market between them.

    Parameters
    ----------
    ends
        Start and end, in one base currency.
    currencies
        Codes whose rates may be asked for.
    """

    ends: tuple[Market, Market]
    currencies: tuple[str, ...]
    _prices: tuple[dict[str, float], dict[str, float]] = field(init=False, repr=False)
    _rates: tuple[dict[str, float], dict[str, float]] = field(init=False, repr=False)
    _known: dict[tuple[int, int, int], Market] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        first, last = self.ends
        self._prices = (last_prices(first), last_prices(last))
        self._rates = (self._find_rates(first), self._find_rates(last))

    def market(self, *, price: int, fx: int, day: int) -> Market:
        """Give the market with prices, rates and day each of the start (0) or the end (1)."""
        key = (price, fx, day)
        if key not in self._known:
            self._known[key] = self._make(price, fx, day)
        return self._known[key]

    @property
    def currency_changes(self) -> bool:
        """Tell whether any rate differs between the ends."""
        return self._rates[0] != self._rates[1]

    def _find_rates(self, market: Market) -> dict[str, float]:
        rates = {}
        stated = (c for c in market.prices.currencies if c is not None)
        for currency in dict.fromkeys((*self.currencies, *stated)):
            quote = None if currency == market.base else market.rate(currency)
            if quote is not None and self._is_money(currency):
                rates[currency] = quote.value
        return rates

    def _is_money(self, currency: str) -> bool:
        """Tell a currency, whose rate is a rate, from a coin, whose rate is the price of a column."""
        return currency in CURRENCIES or all(m.coin_symbol(currency) is None for m in self.ends)

    def _make(self, price: int, fx: int, day: int) -> Market:
        as_of = self.ends[day].as_of
        source = self.ends[price]
        values = np.array([list(self._prices[price].values())], dtype=np.float64).reshape(1, -1)
        table = PriceTable(
            dates=np.array([as_of], dtype="datetime64[s]"),
            symbols=tuple(self._prices[price]),
            values=values,
            why=absence(values),
            currencies=tuple(source.currency_of(s) for s in self._prices[price]),
        )
        rates = self._rates[fx]
        return Market(
            as_of=as_of,
            base=source.base,
            prices=table,
            fx=FxRates(
                dates=np.array([as_of], dtype="datetime64[D]"),
                pairs=tuple((c, source.base) for c in rates),
                values=np.array([list(rates.values())], dtype=np.float64).reshape(1, -1),
            ),
        )
