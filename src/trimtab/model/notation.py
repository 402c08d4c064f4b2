"""A one-line notation for portfolios: ``100 AAPL, -2 ESZ6, 5 SPX 6000P Dec26, 25000 USD``.

Made for tests and notebooks, where a portfolio should read like a sentence. Each item is a signed quantity and what
is held: a symbol, a futures contract of the contract table, an option (underlying, strike with C or P, month and
year), or money. A currency code stands for cash.
"""

import calendar
import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError
from trimtab.model.contract import ContractTable
from trimtab.model.expiry import third_friday
from trimtab.model.instrument import Cash, Instrument, Option, OptionRight, Spot, Terms
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["CURRENCIES", "parse_portfolio"]

#: Codes that stand for cash when they stand alone.
CURRENCIES = frozenset(
    [
        "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "HKD", "SGD", "CNY", "CNH", "INR",
        "KRW", "BRL", "MXN", "ZAR", "PLN", "CZK", "HUF", "ILS", "TRY", "THB", "TWD", "USDT", "USDC",
    ]
)  # fmt: skip
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_OPTION = re.compile(r"^(\d+(?:\.\d+)?)([CP])$")
_EXPIRY = re.compile(r"^([A-Z]{3})(\d{2}|\d{4})$")
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
    match words:
        case [symbol] if symbol in CURRENCIES:
            return Cash(currency=symbol)
        case [symbol]:
            # A bare root such as GE or BTC can be a share or a coin; only a full contract name is taken as a future.
            listed = contracts.find(symbol, as_of=as_of)
            return (
                listed
                if listed and symbol != listed.root and listed.symbol == symbol
                else Spot(symbol=symbol, currency=base)
            )
        case [underlying, strike, expiry]:
            return _option(underlying, strike, expiry, base)
        case _:
            return None


def _option(underlying: str, strike: str, expiry: str, base: str) -> Option | None:
    terms = _OPTION.match(strike.upper())
    month = _EXPIRY.match(expiry.upper())
    if terms is None or month is None or month[1] not in _MONTHS:
        return None
    year = int(month[2]) if len(month[2]) == 4 else 2000 + int(month[2])
    return Option(
        symbol=f"{underlying} {strike} {expiry}",
        underlying=underlying,
        currency=base,
        right=OptionRight.PUT if terms[2] == "P" else OptionRight.CALL,
        strike=Decimal(terms[1]),
        expiry=third_friday(year, _MONTHS[month[1]]),
        terms=_EQUITY_OPTION,
    )
