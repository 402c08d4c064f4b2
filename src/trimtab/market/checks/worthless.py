"""Prices of 0 and below: what a portfolio's own series says of days on which it was worth nothing."""

import numpy as np

from trimtab.errors import InputError, Reason
from trimtab.market.prices import PriceTable, code_of

__all__ = ["worthless_days"]

#: Days that a note names.
_SHOWN = 5


def worthless_days(prices: PriceTable, symbol: str) -> str | None:
    """Name the days on which a symbol's price was given as 0 or less; None where there is none.

    Such a price is set aside when it is read, and the next return spans it. On the last day it may be a loss of all:
    nothing would be left to tell that from, so it is refused.

    Parameters
    ----------
    prices
        The table, as read.
    symbol
        Column of the portfolio's value.

    Raises
    ------
    InputError
        If no price above 0 comes after such a day.

    Examples
    --------
    >>> from dataclasses import replace
    >>> table = PriceTable.of({"F": [10.0, np.nan, 11.0]}, dates=["2024-01-02", "2024-01-03", "2024-01-04"])
    >>> why = np.array([[0], [code_of(Reason.NOT_POSITIVE)], [0]], dtype=np.uint8)
    >>> worthless_days(replace(table, why=why), "F")
    'F: a value of 0 or less on 2024-01-03 is set aside, and the next return spans it; correct it if it is wrong'
    """
    column = prices.column(symbol)
    rows = np.flatnonzero(prices.why[:, column] == code_of(Reason.NOT_POSITIVE))
    if not rows.size:
        return None
    days = [str(day) for day in prices.dates[rows].astype("datetime64[D]")]
    listed = ", ".join(days[:_SHOWN]) + (f" and {len(days) - _SHOWN} more days" if len(days) > _SHOWN else "")
    priced = np.flatnonzero(~np.isnan(prices.values[:, column]))
    if not priced.size or priced[-1] < rows[-1]:
        last = (
            f", or end before it with --as-of {prices.dates[priced[-1]].astype('datetime64[D]')}" if priced.size else ""
        )
        raise InputError(
            expected=f"a value of {symbol} above 0 on its last day",
            found=f"0 or less on {listed}: a loss of all, or no value known",
            try_next=f"correct the file{last}",
        )
    after = "is set aside, and the next return spans it; correct it if it is wrong"
    return f"{symbol}: a value of 0 or less on {listed} {after}"
