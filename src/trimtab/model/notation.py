"""A one-line notation for portfolios: ``100 AAPL, -2 ESZ6, 5 SPX 6000P Dec26, 25000 USD``.

Made for tests and notebooks, where a portfolio should read like a sentence. Each item is a signed quantity and what
is held: a symbol, a futures contract of the contract table, an option (underlying, strike with C or P, month and
year; or as brokers write it), or money. A currency code stands for cash. What looks like a derivative and cannot be
read is refused: it is never a share.
"""

import datetime as dt
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError
from trimtab.model.contract import ContractTable
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import Cash, Instrument, Option, Spot, Terms
from trimtab.model.names.options import read_option
from trimtab.model.names.read import looks_like_derivative
from trimtab.model.names.records import OptionName
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["parse_portfolio"]

_EQUITY_OPTION = (Terms(multiplier=Decimal(100)),)


def parse_portfolio(
    text: str, *, base: str = "USD", contracts: ContractTable | None = None, as_of: dt.date | None = None
) -> Portfolio:
    """Read a portfolio from its one-line notation.

    Parameters
    ----------
    text
        Items separated by commas.
    base
        Base currency; also the currency of every spot symbol.
    contracts
        The contract families that may be named.
    as_of
        Needed only to read one-digit contract years.

    Raises
    ------
    InputError
        If an item cannot be read; the message names it.

    Examples
    --------
    >>> held = parse_portfolio("100 AAPL, 5 SPX 6000P Dec26, -250.50 USD")
    >>> [(str(p.quantity), p.symbol) for p in held.positions]
    [('100', 'AAPL'), ('5', 'SPX 6000P Dec26'), ('-250.50', 'USD')]
    """
    table = contracts or ContractTable()
    # Underscores may group digits (25_000 USD); commas only separate.
    items = [item.strip() for item in text.split(",") if item.strip()]
    positions = tuple(_position(item, base, table, as_of) for item in items)
    return Portfolio(positions=positions, base=base)


def _position(item: str, base: str, contracts: ContractTable, as_of: dt.date | None) -> Position:
    number, *words = item.split()
    try:
        quantity = Decimal(number)
    except InvalidOperation:
        words = []
        quantity = Decimal(0)
    instrument = _instrument(words, base, contracts, as_of)
    if instrument is None:
        raise InputError(
            expected="items like '100 AAPL', '-2 ESZ6', '5 SPX 6000P Dec26' or '25000 USD'",
            found=f"{item!r}",
            try_next="give a signed quantity, a blank, and what is held; separate items by commas",
        )
    return Position(instrument=instrument, quantity=quantity)


def _instrument(words: list[str], base: str, contracts: ContractTable, as_of: dt.date | None) -> Instrument | None:
    symbol = " ".join(words)
    if symbol in CURRENCIES:
        return Cash(currency=symbol)
    option = read_option(symbol)
    if option is not None:
        return _option(option, symbol, base)
    if len(words) != 1:
        return None
    # A bare root such as GE or BTC can be a share or a coin; only a full contract name is taken as a future.
    listed = contracts.find(symbol, as_of=as_of)
    if listed is not None and symbol != listed.root and listed.symbol == symbol:
        return listed
    return None if looks_like_derivative(symbol) else Spot(symbol=symbol, currency=base)


def _option(name: OptionName, symbol: str, base: str) -> Option:
    return Option(
        symbol=symbol,
        underlying=name.underlying,
        on_future=name.on_future,
        currency=name.settlement or base,
        right=name.right,
        strike=name.strike,
        expiry=name.expiry,
        terms=_EQUITY_OPTION,
    )
