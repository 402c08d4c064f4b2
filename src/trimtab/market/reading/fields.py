"""Words that name a field of a price bar: what a column of a price table is, whatever library wrote its name.

A field is never a symbol. Names are compared without regard to case, blanks, dots, dashes and underscores, without the
number that Alpha Vantage puts before them (`4. close`) and without the brackets of stooq's files (`<CLOSE>`).
"""

import re
from collections.abc import Collection, Sequence

__all__ = [
    "ADJUSTED", "CURRENCY", "DATE", "RAW", "SYMBOL", "SYMBOL_IF_TEXT", "UNADJUSTED", "VOLUME", "could_be_tickers",
    "field_name", "is_price_field", "short_bar", "spelling",
]  # fmt: skip

DATE = (
    "date", "datetime", "timestamp", "tradedate", "pricedate", "asofdate", "time", "day", "dates", "opentime",
    "tsevent", "snappedat", "windowstart", "barstart", "barend", "datum", "data", "fecha", "handelstag",
)  # fmt: skip
SYMBOL = ("symbol", "ticker", "asset", "instrument", "sid", "permno", "isin", "figi", "ric", "symbols", "tickers", "id")
SYMBOL_IF_TEXT = ("index", "name", "code", "security", "level0", "level1", "unnamed:0", "tic")
ADJUSTED = (
    "adjclose", "adjustedclose", "closeadj", "closeadjusted", "adjusted", "adjprice", "adjustedprice",
    "adjclosingprice", "totreturnindexgrossdvds", "totalreturnindex", "trtotalreturn",
)  # fmt: skip
#: Prices as traded; a close beside them is adjusted.
UNADJUSTED = ("unadjustedclose", "closeunadj", "closeunadjusted", "rawclose")
RAW = (
    "close", "price", "last", "pxlast", "lastprice", "closeprice", "closingprice", "close/last", "priceclose",
    "trpriceclose", "trdprc1", "offclose", "hstclose", "pxsettle", "settle", "settlement", "settlementprice", "nav",
    "navalue", "value", "schlusskurs", "schluss", "kurs", "zuletzt", "zamkniecie", "prc",
)  # fmt: skip
CURRENCY = ("currency", "ccy", "crncy")
VOLUME = (
    "volume", "vol", "pxvolume", "acvoluns", "acvol1", "totalvolume", "tradingvolume", "wolumen", "volumen", "umsatz",
)  # fmt: skip
_ROLES = frozenset((*ADJUSTED, *UNADJUSTED, *RAW, *VOLUME))
#: Other fields of one symbol's price history: their presence tells it from a wide table.
_OTHERS = frozenset((
    "open", "high", "low", "vwap", "dividends", "dividend", "dividendsfx", "stocksplits", "splits", "split",
    "splitratio", "capitalgains", "repaired?", "repaired", "openinterest", "openint", "trades", "adjopen",
    "adjhigh", "adjlow", "adjvolume", "change", "change%", "chg", "chg%", "%chg", "changepercent", "pctchange",
    "changeovertime", "barcount", "average", "wap", "dividendamount", "splitcoefficient", "divcash", "splitfactor",
    "transactions", "turnover", "numberoftrades", "tradecount", "count", "quotevolume", "takerbuyvolume",
    "takerbuyquotevolume", "closetime", "unadjustedvolume", "marketcap", "label", "otc", "per", "bid", "ask", "mid",
    "bidsize", "asksize", "lastupdated", "pxopen", "pxhigh", "pxlow", "pxbid", "pxask", "pxmid", "openprc",
    "openprice", "highprice", "lowprice", "high1", "low1", "trnovruns", "blkcount", "blkvolum", "nummoves",
    "trdstatus", "saltim", "mkthigh", "mktlow", "mktopen", "midprice", "midopen", "midhigh1", "midlow1", "bidhigh1",
    "bidlow1", "openbid", "bidopen", "openask", "askopen", "askhigh1", "asklow1", "priceopen", "pricehigh",
    "pricelow", "tropenprice", "trhighprice", "trlowprice", "openingprice", "highestprice", "lowestprice",
    "closeask", "closebid", "adjfactor", "adjustmentfactor", "factor", "otwarcie", "najwyzszy", "najnizszy",
    "eroffnung", "eröffnung", "eröffn", "hoch", "tief", "+/%", "return1d", "ignore", "publisherid", "instrumentid",
    "rtype",
))  # fmt: skip
#: Names that interfaces shorten to a letter or two: they mean this only where four of a bar stand together.
_SHORT = {"t": "date", "T": "symbol", "c": "close", "v": "volume"}
_BAR = frozenset("ohlc")
_BAR_WORDS = frozenset(("open", "high", "low", "close"))
_NUMBERED = re.compile(r"\d{1,2}[a-z]?\.\s+(.+?)(?:\s+\([A-Z]{3,5}\))?")
_BRACKETED = re.compile(r"<(.+)>")


def spelling(header: str) -> str:
    """Give a header in the one spelling that is compared.

    Examples
    --------
    >>> spelling(" Adj_Close "), spelling("PX_LAST")
    ('adjclose', 'pxlast')
    """
    return re.sub(r"[\s._\-*]+", "", header).lower()


def field_name(header: str) -> str:
    """Give the spelling of a field of a price bar, without a number before it or brackets around it.

    Examples
    --------
    >>> field_name("5. adjusted close"), field_name("<CLOSE>"), field_name("4a. close (USD)"), field_name("BRK.B")
    ('adjustedclose', 'close', 'close', 'brkb')
    """
    text = header.strip()
    match = _BRACKETED.fullmatch(text) or _NUMBERED.fullmatch(text)
    return spelling(match[1] if match else text)


def is_price_field(header: str) -> bool:
    """Tell whether a header names a field of a price bar (close, open, volume, ...) rather than a symbol.

    Examples
    --------
    >>> is_price_field("Stock Splits"), is_price_field("TRDPRC_1"), is_price_field("AAPL")
    (True, True, False)
    """
    name = field_name(header)
    return name in _ROLES or name in _OTHERS


def short_bar(headers: Collection[str]) -> dict[str, str]:
    """Give what single letters mean where those of a bar stand together; nothing otherwise.

    Examples
    --------
    >>> short_bar(["v", "vw", "o", "c", "h", "l", "t", "n"])["c"], short_bar(["date", "C", "F", "T"])
    ('close', {})
    """
    if not set(headers) >= _BAR:
        return {}
    meant = dict.fromkeys(("o", "h", "l", "n", "vw", "s", "a", "op", "z", "x", "i"), "open")
    return {h: ({**meant, **_SHORT})[h] for h in headers if h in meant or h in _SHORT}


def could_be_tickers(headers: Sequence[str]) -> bool:
    """Tell whether these field words may be symbols: short words in capitals, and not a whole bar of them.

    Examples
    --------
    >>> could_be_tickers(["LOW", "OPEN"]), could_be_tickers(["OPEN", "HIGH", "LOW", "CLOSE"])
    (True, False)
    >>> could_be_tickers(["Open", "High"])
    False
    """
    if any(not (h.isalpha() and h.isupper() and len(h) <= 5) for h in headers):
        return False
    return len(_BAR_WORDS & {h.lower() for h in headers}) < len(_BAR_WORDS)
