"""Quotes from the contents of a file: long (time, symbol, price) or wide (a time and a column for each symbol)."""

import datetime as dt
import io
from decimal import Decimal
from math import nan
from typing import TypeAlias

import polars as pl

from trimtab.desk.watch.quotes import Tick
from trimtab.errors import FileFormatError

#: A cell as a table of quotes gives it.
Cell: TypeAlias = str | bool | int | float | Decimal | dt.date | dt.time | None

__all__ = ["read_ticks"]

_TIME = ("time", "timestamp", "datetime", "date", "at", "moment")
_SYMBOL = ("symbol", "ticker", "asset", "instrument")
_PRICE = ("price", "last", "close", "mid", "value", "rate")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICRO = dt.timedelta(microseconds=1)
#: A compressed file may hold more rows than its size lets one think.
_MOST_ROWS = 5_000_000
#: Signs of a cell that are shown, and of a symbol that are read.
_LONGEST = 80


def read_ticks(content: bytes, *, name: str, lines_before: int = 0) -> tuple[Tick, ...]:
    r"""Read quotes in the order of the file.

    Times are ISO 8601, UTC where no zone is written, or whole numbers of seconds, milli- or microseconds since 1970; a
    date alone is its midnight. A row that cannot be read stays in its place with its fault.

    Parameters
    ----------
    content
        Bytes of a CSV (comma, semicolon or tab) or Parquet file.
    name
        Of the file, for messages.
    lines_before
        Rows of the file that were read before, for messages: `content` is its headings and the rows behind those.

    Raises
    ------
    FileFormatError
        If it is not such a file, or has more rows than are read at once.

    Examples
    --------
    >>> ticks = read_ticks(b"time,symbol,price\n2024-03-01T14:30:00,SPX,5100.5\n", name="q.csv")
    >>> ticks[0].symbol, ticks[0].price
    ('SPX', 5100.5)
    """
    frame = _frame(content, name)
    names = {c.strip().lower(): c for c in frame.columns}
    time = next((names[n] for n in _TIME if n in names), None)
    if time is None:
        raise FileFormatError(
            expected=f"a column of times: {', '.join(_TIME)}",
            found=f"columns {', '.join(frame.columns[:8])} in {name}",
            try_next="name the column of times 'time'",
        )
    symbol = next((names[n] for n in _SYMBOL if n in names), None)
    if symbol is None:
        return _wide(frame, time, lines_before + 1)
    price = next((names[n] for n in _PRICE if n in names), None)
    if price is None:
        raise FileFormatError(
            expected=f"a column of prices: {', '.join(_PRICE)}",
            found=f"columns {', '.join(frame.columns[:8])} in {name}",
            try_next="name the column of prices 'price'",
        )
    rows = zip(frame[time].to_list(), frame[symbol].to_list(), frame[price].to_list(), strict=True)
    numbered = enumerate(rows, start=lines_before + 1)
    return tuple(_tick(when, what, worth, f"{name} row {k}") for k, (when, what, worth) in numbered)


def _frame(content: bytes, name: str) -> pl.DataFrame:
    try:
        if content[:4] == b"PAR1":
            rows = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
            if rows > _MOST_ROWS:
                raise FileFormatError(
                    expected=f"at most {_MOST_ROWS:,} rows in a file of quotes", found=f"{rows:,} in {name}",
                    try_next="write several files",
                )  # fmt: skip
            return pl.read_parquet(io.BytesIO(content))
        head = content[:4096].split(b"\n", 1)[0]
        separator = max((",", ";", "\t"), key=lambda s: head.count(s.encode()))
        return pl.read_csv(
            io.BytesIO(content),
            separator=separator,
            infer_schema=False,
            truncate_ragged_lines=True,
            encoding="utf8-lossy",
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FileFormatError(
            expected="a CSV or Parquet file of quotes",
            found=f"{name}, which is neither ({str(error).splitlines()[0]})",
            try_next="write time, symbol and price in columns",
        ) from error


def _wide(frame: pl.DataFrame, time: str, first: int) -> tuple[Tick, ...]:
    columns = [c for c in frame.columns if c != time]
    ticks = []
    for k, row in enumerate(frame.iter_rows(named=True), start=first):
        for column in columns:
            worth = row[column]
            if worth is not None and worth != "":
                ticks.append(_tick(row[time], column.strip(), worth, f"row {k}"))
    return tuple(ticks)


def _tick(when: Cell, what: Cell, worth: Cell, where: str) -> Tick:
    at = _moment(when)
    symbol = "" if what is None else str(what).strip()
    price = _price(worth)
    if len(symbol) > _LONGEST:
        return Tick(symbol=symbol[:_LONGEST], price=nan, at=at or 0, fault=f"{where}: symbol {_shown(symbol)}")
    if price is None:
        return Tick(symbol=symbol, price=nan, at=at or 0, fault=f"{where}: price {_shown(worth)}")
    if at is None:
        return Tick(symbol=symbol, price=price, at=0, fault=f"{where}: time {_shown(when)}")
    return Tick(symbol=symbol, price=price, at=at)


def _price(worth: Cell) -> float | None:
    """Read a price; None if it is none. An empty one is NaN; a date, a list or a truth value is no number."""
    if worth is None:
        return nan
    if isinstance(worth, bool) or not isinstance(worth, str | int | float | Decimal):
        return None
    try:
        return float(worth)
    except (ValueError, OverflowError):
        return None


def _shown(cell: Cell) -> str:
    """Give a cell for a message, cut short where it is long."""
    text = repr(cell)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _moment(when: Cell) -> int | None:
    """Read a moment as microseconds since 1970; None if it is none."""
    if isinstance(when, str):
        text = when.strip()
        # ASCII alone: a superscript two is a digit as well, and no number.
        if text.isascii() and text.isdigit() and len(text) in {10, 13, 16}:
            return int(text) * int(10 ** (16 - len(text)))
        try:
            when = dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    elif isinstance(when, dt.date) and not isinstance(when, dt.datetime):
        when = dt.datetime(when.year, when.month, when.day, tzinfo=dt.UTC)
    elif isinstance(when, int) and not isinstance(when, bool):
        return _moment(str(when))
    if not isinstance(when, dt.datetime):
        return None
    aware: dt.datetime = when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)
    return round((aware - _EPOCH) / _MICRO)
