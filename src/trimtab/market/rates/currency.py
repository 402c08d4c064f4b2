"""Prices in one currency.

Conversion happens to prices, with the rate of the price's own date, before any return is taken: the return of a
foreign asset in base currency is then (1 + local return) x (1 + currency return) - 1, as the holder felt it.
"""

from dataclasses import replace

import numpy as np

from trimtab.errors import Reason
from trimtab.market.prices import PRESENT, Flag, PriceTable, code_of
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.history import rate_history

__all__ = ["convert"]


def convert(table: PriceTable, to: str, fx: FxRates | None) -> PriceTable:
    """Give the same prices in one currency.

    Parameters
    ----------
    table
        Prices, each column in its own currency. A column whose currency nobody said is taken to be in `to`; a note
        says so where other columns are not.
    to
        The base currency.
    fx
        Dated rates; None if there are none: then columns that hold the price of a currency stand in.

    Returns
    -------
    Prices in `to`. A price on a date without a rate is missing (no_rate).

    Examples
    --------
    >>> table = PriceTable.of({"SAP": [100.0, 101.0]}, dates=["2024-01-02", "2024-01-03"], currency="EUR")
    >>> fx = FxRates.of({"EURUSD": [1.10, 1.12]}, dates=["2024-01-02", "2024-01-03"])
    >>> convert(table, "USD", fx).values[:, 0].round(4).tolist()
    [110.0, 113.12]
    """
    foreign = [c for c, name in enumerate(table.currencies) if name is not None and name != to]
    unknown = [s for s, name in zip(table.symbols, table.currencies, strict=True) if name is None]
    if not foreign:
        return replace(table, currencies=(to,) * len(table.symbols))
    values, why = table.values.copy(), table.why.copy()
    flags = list(table.flags)
    notes = list(table.notes)
    missing = code_of(Reason.NO_RATE)
    for currency in sorted({str(table.currencies[c]) for c in foreign}):
        rates = rate_history(table, currency, base=to, fx=fx)
        columns = [c for c in foreign if table.currencies[c] == currency]
        values[:, columns] *= rates[:, None]
        lost = (why[:, columns] == PRESENT) & np.isnan(rates)[:, None]
        why[:, columns] = np.where(lost, missing, why[:, columns])
        without = int(lost.any(axis=1).sum())
        notes.append(
            f"{len(columns)} columns converted from {currency} to {to} at dated rates"
            + (f"; {without:,} dates without a rate" if without else "")
        )
        for c in columns:
            flags[c] = tuple(f for f in Flag if f in flags[c] or f is Flag.CONVERTED)
    if unknown:
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        notes.append(f"no currency given for {shown}: taken to be in {to}")
    return replace(
        table, values=values, why=why, flags=tuple(flags), notes=tuple(notes), currencies=(to,) * len(table.symbols)
    )
