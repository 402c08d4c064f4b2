"""Which column of a table of prices is what.

Three layouts are known:

* wide: a date column, and one column of prices for each symbol;
* long: one row for each date and symbol, with the names of both in columns;
* single: one symbol's history (date, open, high, low, close, ...), whose symbol stands outside the table.

Headers are compared without regard to case, blanks, dots, dashes and underscores.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from trimtab.errors import FileFormatError
from trimtab.market.reading.fields import (
    ADJUSTED,
    CURRENCY,
    DATE,
    RAW,
    SYMBOL,
    SYMBOL_IF_TEXT,
    UNADJUSTED,
    VOLUME,
    could_be_tickers,
    field_name,
    is_price_field,
    short_bar,
    spelling,
)
from trimtab.market.reading.stamps import is_datelike

__all__ = ["Layout", "find_layout", "layout_of"]

#: Row numbers as other programs write them beside the table.
_ROW_NUMBER = re.compile(r"Unnamed: \d+|index|level_0|__index_level_\d+__")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column of a table is what.

    Parameters
    ----------
    kind
        "wide", "long" or "single".
    date
        Name of the date column.
    prices
        Names of the price columns: one for each symbol if wide, otherwise just one.
    symbol
        Name of the symbol column of a long table.
    clock
        Name of a column with the time of day, where date and time stand apart.
    currency, volume
        Names of these columns, where they are.
    passed_over
        A raw close beside the adjusted one that is taken.
    adjusted
        Whether the header says that the prices are adjusted.
    """

    kind: str
    date: str
    prices: tuple[str, ...]
    symbol: str | None = None
    clock: str | None = None
    currency: str | None = None
    volume: str | None = None
    passed_over: str | None = None
    adjusted: bool = False


def layout_of(frame: pl.DataFrame, *, where: str) -> Layout:
    """Find out which column of a frame is what; see `find_layout`."""
    few = frame.columns[:20]
    dates = [c for c in few if is_datelike(frame[c])]
    words = [c for c in few if c not in dates and _is_words(frame[c])]
    return find_layout(frame.columns, datelike=dates, texts=words, where=where)


def _is_words(column: pl.Series) -> bool:
    """Tell whether the first cells of a column are words rather than numbers."""
    if column.dtype != pl.String:
        return False
    words = column.head(50).drop_nulls().str.contains(r"^\s*[A-Za-z^]")
    return 2 * int(words.sum()) > len(words)


def find_layout(
    headers: Sequence[str], *, datelike: Sequence[str] = (), texts: Sequence[str] = (), where: str
) -> Layout:
    """Find out which column is what.

    Parameters
    ----------
    headers
        Column names, in order.
    datelike
        Those columns whose values look like dates; asked only where no header says "date".
    texts
        Those columns that hold words; only then is a header such as "index" or "name" the symbol.
    where
        Name of the file or frame, for messages.

    Raises
    ------
    FileFormatError
        If there is no date column, or nothing that could be prices.

    Examples
    --------
    >>> find_layout(["Date", "SPY", "AAPL"], datelike=[], where="p.csv").kind
    'wide'
    >>> find_layout(["day", "Ticker", "close", "Adj Close"], datelike=[], where="p.csv").prices
    ('Adj Close',)
    """
    short = short_bar(headers)
    names: dict[str, str] = {}
    for header in headers:
        names.setdefault(short.get(header) or field_name(header), header)
    date = _first(names, DATE) or (datelike[0] if datelike else None)
    if date is None:
        raise FileFormatError(
            expected="a date column: one named date, datetime, timestamp, time or day, or the first with dates in it",
            found=f"the columns {_shown(headers)} in {where}",
            try_next="name the date column 'date', and check the delimiter",
        )
    named = {k: v for k, v in names.items() if v != date}
    rest = [h for h in headers if h != date and (h in texts or not _ROW_NUMBER.fullmatch(h))]
    clock = named.get("time") if spelling(field_name(date)) in ("date", "tradedate", "day") else None
    symbol = _first(named, SYMBOL) or _first({k: v for k, v in named.items() if v in texts}, SYMBOL_IF_TEXT)
    adjusted, raw = _prices(named)
    one = _OnePrice(
        date=date,
        clock=clock,
        currency=_first(names, CURRENCY),
        volume=_first(names, VOLUME),
        passed_over=raw if adjusted else None,
        adjusted=adjusted is not None,
    )
    price = adjusted or raw
    if symbol is not None and price is not None:
        return one.layout("long", (price,), symbol)
    others = [h for h in rest if h not in short and not is_price_field(h) and h not in (clock, one.currency)]
    if price is not None and not others:
        return one.layout("single", (price,))
    if not rest:
        raise FileFormatError(
            expected="a date column and at least one column of prices",
            found=f"one column only, {date!r}, in {where}",
            try_next="check the delimiter (--delimiter), and that the file holds prices",
        )
    if symbol is not None:
        raise FileFormatError(
            expected="a price column (close, adj close, price, last or value) beside the symbol column",
            found=f"the columns {_shown(headers)} in {where}",
            try_next="name the price column 'price' or 'adj_close'",
        )
    _refuse_bar(rest, where)
    return Layout(kind="wide", date=date, prices=tuple(rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnePrice:
    """What is known of a table with one column of prices."""

    date: str
    clock: str | None
    currency: str | None
    volume: str | None
    passed_over: str | None
    adjusted: bool

    def layout(self, kind: str, prices: tuple[str, ...], symbol: str | None = None) -> Layout:
        return Layout(
            kind=kind, date=self.date, prices=prices, symbol=symbol, clock=self.clock, currency=self.currency,
            volume=self.volume, passed_over=self.passed_over, adjusted=self.adjusted,
        )  # fmt: skip


def _prices(names: dict[str, str]) -> tuple[str | None, str | None]:
    """Give the columns of adjusted prices and of prices as traded; a close beside an unadjusted one is adjusted."""
    adjusted, raw, unadjusted = _first(names, ADJUSTED), _first(names, RAW), _first(names, UNADJUSTED)
    if unadjusted is not None:
        return adjusted or raw, unadjusted
    return adjusted, raw


def _refuse_bar(headers: Sequence[str], where: str) -> None:
    """Refuse the history of one symbol beside columns that are no field: open and high are no symbols.

    Capitals may be tickers (LOW, OPEN), and so may single letters, unless four of them are those of a bar.
    """
    short = sorted(short_bar(headers))
    fields = [h for h in headers if is_price_field(h)]
    bar = fields if not could_be_tickers(fields) else []
    if len(bar) >= 2 or short:
        raise FileFormatError(
            expected="a column of prices for each symbol, or one symbol's history with columns that are known",
            found=f"{_shown(bar if len(bar) >= 2 else short)}, which are fields of one symbol's prices, among "
            f"{_shown(headers)} in {where}",
            try_next="keep date, close (or adj close) and volume, and say the symbol: in a column, or with --symbol",
        )


def _first(names: dict[str, str], wanted: Sequence[str]) -> str | None:
    return next((names[w] for w in wanted if w in names), None)


def _shown(headers: Sequence[str]) -> str:
    return ", ".join(repr(h) for h in headers[:8]) + (", ..." if len(headers) > 8 else "")
