"""What a file holds, told by the names of its columns."""

from collections.abc import Sequence

from trimtab.desk.books.intake import Kind
from trimtab.errors import FileFormatError
from trimtab.market.reading.fields import spelling

__all__ = ["has_a_day", "recognise"]

_DATE = {
    "date", "datetime", "timestamp", "time", "day", "tradedate", "pricedate", "asofdate", "asof", "executed",
    "executiontime", "executedat", "transacttime", "positiondate", "effective", "effectivedate", "exdate", "valuedate",
}  # fmt: skip
_SYMBOL = {"symbol", "ticker", "asset", "instrument", "security", "isin", "figi", "ric", "name", "id"}
_QUANTITY = {"quantity", "qty", "shares", "units", "position", "contracts", "amount", "size", "lastqty", "lastshares"}
_PRICE = {
    "price",
    "tradeprice",
    "executionprice",
    "fillprice",
    "lastpx",
    "avgprice",
    "averageprice",
    "last",
    "mark",
    "close",
}
#: Columns that only one of the two kinds has, where both have day, symbol, quantity and price.
_OF_TRADES = {
    "side", "buysell", "action", "fee", "fees", "commission", "tradeid", "transactionid", "execid", "executionid",
    "orderid", "clordid", "clientorderid", "orderref", "fillid", "lastpx", "status", "tradedate",
    "executed", "executiontime", "executedat", "tradeprice",
    "executionprice", "fillprice", "proceeds", "settledate", "settlementdate",
}  # fmt: skip
_OF_HOLDINGS = {
    "asof", "asofdate", "positiondate", "valuedate", "marketvalue", "costbasis", "averagecost", "avgcost", "weight",
    "unrealizedpnl", "unrealisedpnl", "bid", "ask", "vol", "iv", "delta", "entry", "entryprice", "lots", "position",
}  # fmt: skip
_EFFECTIVE = {"effective", "effectivedate", "exdate"}
_OF_ACTIONS = {
    "ratio", "splitratio", "split", "newsymbol", "newticker", "newname", "actiontype", "corporateaction", "exdate",
    "effective", "effectivedate", "newmultiplier", "dividend", "action",
}  # fmt: skip


def recognise(header: Sequence[str], *, where: str) -> Kind:
    """Tell what a file holds.

    Parameters
    ----------
    header
        Its column names.
    where
        The file, for messages.

    Raises
    ------
    FileFormatError
        If it could be two things, which are named, or is none.

    Examples
    --------
    >>> recognise(["date", "SPY", "AAPL"], where="p.csv").value
    'prices'
    >>> recognise(["symbol", "quantity"], where="h.csv").value
    'holdings'
    >>> recognise(["trade date", "symbol", "side", "quantity", "price"], where="t.csv").value
    'transactions'
    >>> recognise(["effective", "symbol", "ratio"], where="a.csv").value
    'actions'
    """
    words = {spelling(name) for name in header}
    if "fact" in words and words & _DATE:
        return Kind.TRANSACTIONS  # each row says which kind of fact it is
    return _of_words(words, header, where)


def _of_words(words: set[str], header: Sequence[str], where: str) -> Kind:
    dated, named = bool(words & _DATE), bool(words & _SYMBOL)
    counted, priced = bool(words & _QUANTITY), bool(words & _PRICE)
    if named and words & _QUANTITY <= {"amount"} and words & _EFFECTIVE and not priced:
        return Kind.ACTIONS  # the amount of a dividend
    if named and counted:
        trades = words & _OF_TRADES or (words & {"id"} and words & (_SYMBOL - {"id"}))
        holdings = words & _OF_HOLDINGS
        if dated and (priced or trades):
            if trades and not holdings:
                return Kind.TRANSACTIONS
            if holdings and not trades:
                return Kind.HOLDINGS
            raise _two(header, where)
        return Kind.HOLDINGS
    if named and dated and words & _OF_ACTIONS and not priced and not any("close" in word for word in words):
        return Kind.ACTIONS
    if dated or not named:
        return Kind.PRICES
    raise FileFormatError(
        expected="prices (date and symbols), holdings (symbol, quantity), transactions (date, symbol, quantity, price) "
        "or actions (effective, symbol, type)",
        found=f"the columns {_shown(header)} in {where}",
        try_next="name the columns so, or say what it is with --kind",
    )


def has_a_day(header: Sequence[str]) -> bool:
    """Tell whether a column is named as one of days.

    Examples
    --------
    >>> has_a_day(["Trade Date", "X"]), has_a_day(["Xname", "Zahl"])
    (True, False)
    """
    return bool({spelling(name) for name in header} & _DATE)


def _two(header: Sequence[str], where: str) -> FileFormatError:
    return FileFormatError(
        expected="columns that tell transactions (side, fee, an id) from holdings (as_of, market value, entry)",
        found=f"{_shown(header)} in {where}, which could be transactions or holdings of several days",
        try_next="say which with --kind transactions or --kind holdings",
    )


def _shown(header: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in header[:12]) + (", ..." if len(header) > 12 else "")
