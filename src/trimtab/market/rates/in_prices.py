"""Exchange rates that stand among the prices: a column EURUSD is what one euro costs in dollars, wherever it came from.

Whoever has such a column has the rate, whether it was given as a file of rates or imported as a price: both value
foreign positions and convert their returns alike. A pair that the given rates know already is theirs.
"""

import numpy as np

from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.model.currencies import CURRENCIES

__all__ = ["pair_of", "with_rates_in"]


def pair_of(symbol: str) -> tuple[str, str] | None:
    """Give the currencies that a symbol names as a pair; None if it is no pair.

    Examples
    --------
    >>> pair_of("EURUSD"), pair_of("GBP/EUR"), pair_of("AAPL"), pair_of("BTCUSD")
    (('EUR', 'USD'), ('GBP', 'EUR'), None, None)
    """
    base, quote = (symbol[:3], symbol[-3:]) if len(symbol) in {6, 7} else ("", "")
    joined = symbol[3:-3]
    if joined in {"", "/", "-"} and base in CURRENCIES and quote in CURRENCIES and base != quote:
        return base, quote
    return None


def with_rates_in(prices: PriceTable, fx: FxRates | None) -> FxRates | None:
    """Add the exchange rates among the prices to those that were given; None if there are none at all.

    A column that states another currency than the second of its pair is no rate.

    Examples
    --------
    >>> table = PriceTable.of({"EURUSD": [1.10, 1.12], "SAP": [100.0, 101.0]}, dates=["2024-01-02", "2024-01-03"])
    >>> found = with_rates_in(table, None)
    >>> found.pairs, found.values[:, 0].tolist()
    ((('EUR', 'USD'),), [1.1, 1.12])
    """
    pairs_known = set() if fx is None else {frozenset(pair) for pair in fx.pairs}
    columns: dict[tuple[str, str], int] = {}
    for column, symbol in enumerate(prices.symbols):
        pair = pair_of(symbol)
        if pair is None or frozenset(pair) in pairs_known or prices.currencies[column] not in {None, pair[1]}:
            continue
        pairs_known.add(frozenset(pair))
        columns[pair] = column
    if not columns:
        return fx
    days = prices.dates.astype("datetime64[D]")
    given = np.empty(0, dtype=days.dtype) if fx is None else fx.dates.astype("datetime64[D]")
    every = np.unique(np.concatenate([days, given]))
    values = np.full((len(every), len(columns) + (0 if fx is None else len(fx.pairs))), np.nan)
    if fx is not None:
        values[np.searchsorted(every, given), : len(fx.pairs)] = fx.values
    start = values.shape[1] - len(columns)
    for place, column in enumerate(columns.values(), start=start):
        # of several prices in a day the last counts
        rows = np.flatnonzero(np.isfinite(prices.values[:, column]))
        values[np.searchsorted(every, days[rows]), place] = prices.values[rows, column]
    return FxRates(
        dates=every,
        pairs=(*(() if fx is None else fx.pairs), *columns),
        values=values,
        **({} if fx is None else {"max_age_days": fx.max_age_days}),
    )
