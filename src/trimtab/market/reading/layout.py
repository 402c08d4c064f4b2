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

from trimtab.errors import FileFormatError

__all__ = ["Layout", "find_layout", "is_price_field", "spelling"]

_DATE = ("date", "datetime", "timestamp", "tradedate", "pricedate", "asofdate", "time", "day", "dates")
_SYMBOL = ("symbol", "ticker", "asset", "instrument", "sid", "permno", "isin", "figi", "ric", "id")
_SYMBOL_IF_TEXT = ("index", "name", "code", "security", "level0", "unnamed:0")
_ADJUSTED = ("adjclose", "adjustedclose", "closeadj", "closeadjusted", "adjusted", "adjprice", "adjustedprice")
_RAW = ("close", "price", "last", "pxlast", "closeprice", "lastprice", "closingprice", "settle", "nav", "value")
_CURRENCY = ("currency", "ccy", "crncy")
_VOLUME = ("volume", "vol", "pxvolume")
#: Row numbers as other programs write them beside the table.
_ROW_NUMBER = re.compile(r"Unnamed: \d+|index|level_0|__index_level_\d+__")
#: Other columns of one symbol's price history: their presence tells it from a wide table.
_FIELDS = (
    "open", "high", "low", "vwap", "dividends", "dividend", "stocksplits", "splits", "splitratio",
    "capitalgains", "openinterest", "trades", "adjopen", "adjhigh", "adjlow", "adjvolume", "change", "change%", "chg",
    "chg%", "changepercent", "pctchange", "barcount", "average", "dividendamount", "splitcoefficient", "divcash",
    "splitfactor", "transactions", "turnover", "numberoftrades",
)  # fmt: skip


def spelling(header: str) -> str:
    """Give a header in the one spelling that is compared.

    Examples
    --------
    >>> spelling(" Adj_Close "), spelling("PX_LAST")
    ('adjclose', 'pxlast')
    """
    return re.sub(r"[\s._\-*]+", "", header).lower()


def is_price_field(header: str) -> bool:
    """Tell whether a header names a field of a price bar (close, open, volume, ...) rather than a symbol."""
    return spelling(header) in (*_ADJUSTED, *_RAW, *_VOLUME, *_FIELDS)


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
    names: dict[str, str] = {}
    for header in headers:
        names.setdefault(spelling(header), header)
    date = _first(names, _DATE) or (datelike[0] if datelike else None)
    if date is None:
        raise FileFormatError(
            expected="a date column: one named date, datetime, timestamp, time or day, or the first with dates in it",
            found=f"the columns {_shown(headers)} in {where}",
            try_next="name the date column 'date', and check the delimiter",
        )
    rest = [h for h in headers if h != date and (h in texts or not _ROW_NUMBER.fullmatch(h))]
    clock = names.get("time")
    clock = clock if clock is not None and clock != date and spelling(date) in ("date", "tradedate", "day") else None
    symbol = _first({k: v for k, v in names.items() if v != date}, _SYMBOL)
    symbol = symbol or _first({k: v for k, v in names.items() if v != date and v in texts}, _SYMBOL_IF_TEXT)
    adjusted, raw = _first(names, _ADJUSTED), _first({k: v for k, v in names.items() if v != date}, _RAW)
    columns = {
        "date": date,
        "clock": clock,
        "currency": _first(names, _CURRENCY),
        "volume": _first(names, _VOLUME),
        "passed_over": raw if adjusted else None,
        "adjusted": adjusted is not None,
    }
    price = adjusted or raw
    if symbol is not None and price is not None:
        return Layout(kind="long", symbol=symbol, prices=(price,), **columns)  # type: ignore[arg-type]
    others = [h for h in rest if not is_price_field(h) and h not in (clock, columns["currency"])]
    if price is not None and not others:
        return Layout(kind="single", prices=(price,), **columns)  # type: ignore[arg-type]
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


#: Fields of a bar as interfaces shorten them.
_SHORT = frozenset("ohlcv")


def _refuse_bar(headers: Sequence[str], where: str) -> None:
    """Refuse the history of one symbol beside columns that are no field: open and high are no symbols.

    Capitals may be tickers (LOW, OPEN), and so may single letters, unless four of them are those of a bar.
    """
    bar = [h for h in headers if is_price_field(h) and not h.isupper()]
    short = [h for h in headers if h in _SHORT]
    if len(bar) >= 2 or len(short) >= 4:
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
