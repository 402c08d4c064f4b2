"""Pounds or pence: in which unit a column of prices is that states no currency.

London quotes in pence, Johannesburg in cents and Tel Aviv in agorot, and vendors of prices pass that on without a word.
The holdings say it where their currency is GBX (ZAc, ILA) or their quotation pence. Where they say GBP, a price that is
stated beside the position proves the column: a hundred times that price is pence. Without one, a name of an exchange
that quotes in hundredths is asked for: what was guessed would be a hundred times too much, or too little.
"""

from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["proven_units", "quoted_in_hundredths"]

#: Currencies quoted in hundredths: how that is written, and the ending that vendors give names of the exchange.
_HUNDREDTHS = {"GBP": ("GBX", ".L"), "ZAR": ("ZAc", ".JO"), "ILS": ("ILA", ".TA")}
#: A stated price and a column of another day lie within a factor of two of each other, in one unit or in the other.
_APART = 2.0


def quoted_in_hundredths(prices: PriceTable, portfolio: Portfolio) -> frozenset[str]:
    """Tell which columns that state no currency are in hundredths of the currency of their position.

    Parameters
    ----------
    prices
        As they were read; a column that states its currency is in whole units already.
    portfolio
        With the currencies, and the prices that are stated beside positions.

    Raises
    ------
    InputError
        If neither says it of a name whose exchange quotes in hundredths.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.model.instruments.spot import Spot
    >>> from trimtab.model.portfolio import Stated
    >>> table = PriceTable.of({"VOD.L": [46.0, 47.0]}, dates=["2024-01-02", "2024-01-03"])
    >>> share = Spot(symbol="VOD.L", currency="GBP")
    >>> row = Position(instrument=share, quantity=Decimal(1000), stated=Stated(price=Decimal("0.47")))
    >>> sorted(quoted_in_hundredths(table, Portfolio(positions=(row,), base="GBP")))
    ['VOD.L']
    """
    positions = [p for p in portfolio.positions if p.instrument.is_owned]
    proven = {p.symbol for p in positions if _is_proven(p, prices)}
    said = {p.symbol for p in positions if p.instrument.minor}
    for position in positions:
        if position.symbol not in proven | said and _is_open(position, prices):
            raise _asked(position)
    return frozenset(said | proven)


def proven_units(prices: PriceTable, portfolio: Portfolio) -> tuple[str, ...]:
    """Say of which columns a stated price has proven that they are in hundredths."""
    notes = {}
    for position in portfolio.positions:
        if position.instrument.is_owned and _is_proven(position, prices):
            minor, _ = _HUNDREDTHS[position.instrument.currency]
            notes[position.symbol] = (
                f"{position.symbol}: its column is read in {minor}: its prices are a hundred times the "
                f"{position.stated.price:f} {position.instrument.currency} that the holdings state"
            )
    return tuple(notes.values())


def _is_silent(position: Position, prices: PriceTable) -> bool:
    """Tell whether a position is of a currency with hundredths, and its column states none."""
    symbol, instrument = position.symbol, position.instrument
    if instrument.currency not in _HUNDREDTHS or symbol not in prices.symbols:
        return False
    return prices.currencies[prices.symbols.index(symbol)] is None


def _ratio(position: Position, prices: PriceTable) -> float | None:
    """Give the last price of the column over the stated one; None where nothing is stated."""
    last, stated = prices.last(position.symbol), position.stated.price
    return None if last is None or stated is None or not stated > 0 else last[0] / float(stated)


def _is_proven(position: Position, prices: PriceTable) -> bool:
    if position.instrument.is_owned and position.instrument.minor:
        return False
    ratio = _ratio(position, prices) if _is_silent(position, prices) else None
    return ratio is not None and 100.0 / _APART < ratio < 100.0 * _APART


def _is_open(position: Position, prices: PriceTable) -> bool:
    """Tell whether nothing says the unit of a name whose exchange quotes in hundredths."""
    if not _is_silent(position, prices) or not position.symbol.endswith(_HUNDREDTHS[position.instrument.currency][1]):
        return False
    ratio = _ratio(position, prices)
    return ratio is None or not 1.0 / _APART < ratio < _APART


def _asked(position: Position) -> InputError:
    currency = position.instrument.currency
    minor, ending = _HUNDREDTHS[currency]
    return InputError(
        expected=f"the unit of the prices of {position.symbol}: {currency}, or hundredths of it ({minor})",
        found=f"{currency} in the holdings, no currency in the prices, and names ending in {ending} are mostly quoted "
        f"in {minor}",
        try_next=f"write {minor} as its currency in the holdings if that is so; else state a price in {currency} "
        f"beside the position, or {currency} in the prices (a column currency, or trimtab import --currency "
        f"{currency})",
    )
