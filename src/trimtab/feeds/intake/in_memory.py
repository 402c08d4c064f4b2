"""Holdings that somebody has in memory: quantities by symbol, a dict of columns, a frame."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from trimtab.errors import InputError
from trimtab.market.reading.frames import frame_kind
from trimtab.model.decimals import as_decimal

__all__ = ["held_in_memory"]


def held_in_memory(source: Any) -> tuple[str | None, Any]:
    """Give quantities by symbol as a line of notation, and anything else that holds positions as a frame.

    Parameters
    ----------
    source
        Quantities by symbol (a dict, or a pandas series whose index holds the symbols), a dict of columns, or a frame.

    Returns
    -------
    The line, or None; and the frame.

    Raises
    ------
    InputError
        If it is nothing of these, or a quantity is no number.

    Examples
    --------
    >>> held_in_memory({"AAPL": 100, "USD": 2.5})[0]
    '100 AAPL, 2.5 USD'
    """
    if isinstance(source, Mapping):
        if source and all(isinstance(value, list | tuple | np.ndarray | pl.Series) for value in source.values()):
            return None, _of_columns(source)
        return _line(source.items()), None
    kind = frame_kind(source)
    if kind is None:
        raise InputError(
            expected="holdings: a path, a line such as '100 AAPL, 25000 USD', a frame or a dict of columns with symbol "
            "and quantity, a dict of quantities by symbol, or a Portfolio",
            found=type(source).__name__,
            try_next='give for example {"AAPL": 100, "USD": 25000}',
        )
    if kind == "pandas" and source.ndim == 1:
        return _line(zip(source.index.tolist(), source.tolist(), strict=True)), None
    if isinstance(source, pl.Series):
        raise InputError(
            expected="quantities with their symbols",
            found="a Polars series, which has no symbols",
            try_next="give a frame with the columns symbol and quantity",
        )
    return None, source


def _of_columns(columns: Any) -> pl.DataFrame:
    lengths = {str(name): len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(
            expected="columns of one length",
            found=", ".join(f"{name}: {length}" for name, length in lengths.items()),
            try_next="give one value for each position",
        )
    return pl.DataFrame({str(name): list(values) for name, values in columns.items()}, strict=False)


def _line(pairs: Any) -> str:
    items = [(symbol, _quantity(symbol, value)) for symbol, value in pairs]
    twice = {str(symbol) for symbol, _ in items if [s for s, _ in items].count(symbol) > 1}
    wrong = [repr(s) for s, _ in items if not isinstance(s, str) or not s.strip() or "," in s]
    if wrong or twice or not items:
        raise InputError(
            expected="a quantity for each symbol, each symbol once",
            found=f"as symbols {', '.join([*wrong, *sorted(twice)][:5])}" if items else "none",
            try_next='give for example {"AAPL": 100, "USD": 25000}',
        )
    return ", ".join(f"{quantity:f} {symbol.strip()}" for symbol, quantity in items)


def _quantity(symbol: Any, value: Any) -> Decimal:
    """Read a quantity as every number from a caller is read; a truth is none."""
    quantity = None if isinstance(value, bool | str) else as_decimal(value, f"the quantity of {symbol}")
    if quantity is None or not quantity.is_finite():
        raise InputError(
            expected=f"a number as the quantity of {symbol}",
            found=repr(value),
            try_next="give units held, negative = short",
        )
    return quantity
