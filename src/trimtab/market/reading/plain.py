"""Prices as plain Python data: what interfaces answer before anyone has made a frame of it.

* bars as lists, `[1704153600000, open, high, low, close, volume]` (ccxt);
* records, `[{"t": 1704153600000, "c": 472.65}]` (Massive, EODHD, Tiingo), or objects with such fields (ib_async);
* columns, `{"t": [...], "c": [...]}` (Finnhub);
* records by date, `{"2024-01-02": {"4. close": "472.65"}}` (Alpha Vantage);
* any of these within an answer that has one such table in it, and perhaps the symbol beside.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from trimtab.market.reading.fields import DATE, SYMBOL, field_name, short_bar
from trimtab.market.reading.stamps import is_datelike

__all__ = ["from_plain", "name_bars"]

_BAR = ("timestamp", "open", "high", "low", "close", "volume")
#: A bar begins with the milliseconds of its time; no price is as large.
_FIRST_STAMP = 10**9


def from_plain(data: Any) -> pl.DataFrame | None:
    """Give plain data as a frame; None where it is none of these shapes.

    Examples
    --------
    >>> from_plain([[1704153600000, 472.16, 473.67, 470.49, 472.65, 9]]).columns
    ['timestamp', 'open', 'high', 'low', 'close', 'volume']
    >>> from_plain({"ticker": "SPY", "results": [{"t": 1704153600000, "o": 1, "h": 1, "l": 1, "c": 472.65}]}).columns
    ['symbol', 't', 'o', 'h', 'l', 'c']
    >>> from_plain({"Time Series (Daily)": {"2024-01-02": {"4. close": "472.65"}}}).rows()
    [('2024-01-02', '472.65')]
    >>> from_plain(["a.csv", "b.csv"]) is None
    True
    """
    table = _table(data)
    return _within(data) if table is None and isinstance(data, Mapping) else table


def name_bars(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the columns of bars that came as a frame without names, as `pd.DataFrame(exchange.fetch_ohlcv(...))` gives.

    Only where each row is a bar: milliseconds first, and a high and a low that hold open and close between them.

    Examples
    --------
    >>> name_bars(pl.DataFrame([[1704153600000, 472.16, 473.67, 470.49, 472.65, 9.0]], orient="row")).columns
    ['timestamp', 'open', 'high', 'low', 'close', 'volume']
    """
    count = frame.width
    unnamed = any(frame.columns == [f"{sign}{i}" for i in range(count)] for sign in ("", "column_"))
    if not unnamed or count < 5 or frame.height == 0 or not all(c.dtype.is_numeric() for c in frame.iter_columns()):
        return frame
    stamp, opened, high, low, close = frame.get_columns()[:5]
    bars = stamp.is_not_null() & (stamp >= _FIRST_STAMP)
    bars &= ((low <= opened) & (low <= close) & (opened <= high) & (close <= high)).fill_null(True)
    if not bars.all():
        return frame
    width = min(count, len(_BAR))
    return frame.select(frame.columns[:width]).rename(dict(zip(frame.columns[:width], _BAR, strict=False)))


def _table(data: Any) -> pl.DataFrame | None:
    if isinstance(data, Mapping):
        return _columns(data) if not _by_date(data) else _records([{"date": day, **row} for day, row in data.items()])
    if not isinstance(data, Sequence) or isinstance(data, str | bytes) or len(data) == 0:
        return None
    first = data[0]
    if isinstance(first, Mapping):
        return _records(data)
    if _is_row(first):
        names = [field.name for field in fields(first)]
        return _records([{name: getattr(row, name) for name in names} for row in data if type(row) is type(first)])
    return _bars(data)


def _is_row(row: Any) -> bool:
    """Tell whether an object is one bar: a day and numbers, each in a field of its own."""
    if not is_dataclass(row) or isinstance(row, type):
        return False
    cells = {field.name: getattr(row, field.name, None) for field in fields(row)}
    plain = all(isinstance(cell, int | float | str | dt.date | Decimal | None) for cell in cells.values())
    return plain and _is_dated(list(cells))


def _is_dated(names: Sequence[str]) -> bool:
    """Tell whether one of these names is that of a day."""
    meant = {short_bar(names).get(name) or field_name(name) for name in names}
    return not meant.isdisjoint(DATE)


def _bars(data: Sequence[Any]) -> pl.DataFrame | None:
    whole = all(isinstance(row, list | tuple) and 5 <= len(row) == len(data[0]) for row in data)
    if not whole or not all(isinstance(row[0], int | float) and row[0] >= _FIRST_STAMP for row in data):
        return None
    # ccxt gives six numbers; more are of the venue and no prices.
    width = min(len(data[0]), len(_BAR))
    return _records([dict(zip(_BAR, row[:width], strict=False)) for row in data])


def _records(rows: Sequence[Any]) -> pl.DataFrame | None:
    if not all(isinstance(row, Mapping) for row in rows):
        return None
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    if not _is_dated(names) or len(names) < 2:
        return None
    return pl.DataFrame([_series(name, [row.get(name) for row in rows]) for name in names])


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    """Give a column: numbers and days as they are, anything mixed as texts."""
    if any(isinstance(value, np.datetime64) for value in values):
        # Frames take no stamps of whole seconds, which NumPy's days often are.
        return pl.Series(name, np.array([np.datetime64("NaT") if v is None else v for v in values], "datetime64[ms]"))
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        if all(value is None or isinstance(value, int | float) for value in values):
            return pl.Series(name, [None if value is None else float(value) for value in values])
        return pl.Series(name, [None if value is None else str(value) for value in values])


def _columns(data: Mapping[Any, Any]) -> pl.DataFrame | None:
    """Read lists of one length under the names of columns; a word beside them (the state of an answer) is left out."""
    lists = {str(name): column for name, column in data.items() if isinstance(column, list | tuple)}
    flat = all(not isinstance(cell, list | tuple | Mapping) for column in lists.values() for cell in column[:1])
    alike = len({len(column) for column in lists.values()}) == 1
    beside = [value for name, value in data.items() if str(name) not in lists]
    if not lists or not flat or not alike or any(not isinstance(value, str | int | float | None) for value in beside):
        return None
    frame = pl.DataFrame([_series(name, column) for name, column in lists.items()])
    return frame if _is_dated(list(lists)) or any(is_datelike(column) for column in frame) else None


def _by_date(data: Mapping[Any, Any]) -> bool:
    """Tell whether rows stand under their dates."""
    if not data or not all(isinstance(row, Mapping) for row in data.values()):
        return False
    return is_datelike(pl.Series([str(key) for key in list(data)[:50]]))


def _within(data: Mapping[Any, Any]) -> pl.DataFrame | None:
    """Take the one table out of an answer, with the symbol that stands beside it."""
    tables = [table for value in data.values() if (table := _table(value)) is not None]
    words = [value for value in data.values() if isinstance(value, str | int | float | bool | None)]
    notes = [value for value in data.values() if isinstance(value, Mapping) and _table(value) is None]
    if len(tables) != 1 or 1 + len(words) + len(notes) < len(data):
        return None
    beside = {field_name(str(name)): value for part in (data, *notes) for name, value in part.items()}
    symbol = next((beside[name] for name in SYMBOL if isinstance(beside.get(name), str)), None)
    table = tables[0]
    names_symbols = {field_name(name) for name in table.columns} & set(SYMBOL) or "T" in table.columns
    return table if symbol is None or names_symbols else table.select(pl.lit(symbol).alias("symbol"), pl.all())
