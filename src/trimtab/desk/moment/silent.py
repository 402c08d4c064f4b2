"""Columns without a currency that are read as base money: said once, where that may be wrong.

A price table that states no currency leaves it to the holdings. Two kinds of columns nobody holds: the benchmark, and
what a fund is seen through to. Both are read in the base currency, which is right where everything is; where the book
has other currencies, or the benchmark's is known to be another, it is said.
"""

from trimtab.market.benchmark import index_currency
from trimtab.market.prices import PriceTable
from trimtab.model.blend import parts_of
from trimtab.model.instrument import Instrument

__all__ = ["silent_columns"]


def silent_columns(
    prices: PriceTable, instruments: tuple[Instrument, ...], *, benchmark: str, base: str
) -> tuple[str, ...]:
    """Say which columns that state no currency are taken to be in the base currency, where that is in doubt.

    Parameters
    ----------
    prices
        With the currencies that the holdings state of their own columns.
    instruments
        Held, or to be traded.
    benchmark, base
        Symbol and currency.

    Examples
    --------
    >>> table = PriceTable.of({"SX5E": [1.0, 2.0]}, dates=["2024-01-02", "2024-01-03"])
    >>> silent_columns(table, (), benchmark="SX5E", base="USD")[0].partition(":")[0]
    'SX5E states no currency and is read in USD, though the index is known in EUR'
    >>> silent_columns(table, (), benchmark="SX5E", base="EUR")
    ()
    """
    notes = []
    silent = {s for s, c in zip(prices.symbols, prices.currencies, strict=True) if c is None}
    # Where other columns are converted, those that state nothing are named already (`trimtab.market.rates.currency`).
    any_stated = any(c not in {None, base} for c in prices.currencies)
    foreign = sorted({i.currency for i in instruments} - {base})
    how = "give the price file a currency for it (a column `currency`), or rates in which it is quoted"
    for name in (part for part in parts_of(benchmark) if part in silent):
        usual = _known(name, instruments)
        if usual is not None and usual != base:
            notes.append(
                f"{name} states no currency and is read in {base}, though the index is known in {usual}: {how}"
            )
        elif usual is None and foreign and not any_stated:
            others = ", ".join(foreign)
            notes.append(f"{name} states no currency and is read in {base}; the book has {others} as well: {how}")
    if any_stated:
        return tuple(notes)
    covered = {i.symbol for i in instruments if i.is_owned}
    for fund in (i for i in instruments if i.constituents):
        read = [s for s, _ in fund.constituents if s in silent and s not in covered and s not in parts_of(benchmark)]
        if read:
            shown = ", ".join(read[:8]) + (f" and {len(read) - 8} more" if len(read) > 8 else "")
            notes.append(
                f"{fund.symbol} is seen through to {shown}, which state no currency and are read in {base}: {how}"
            )
            covered |= set(read)
    return tuple(notes)


def _known(benchmark: str, instruments: tuple[Instrument, ...]) -> str | None:
    """Give the currency that a benchmark is known in: by its name, or by a future on it in the book."""
    on = (i for i in instruments if benchmark in i.underlyings and not i.quanto)
    named = index_currency(benchmark)
    return named if named is not None else next((i.currency for i in on), None)
