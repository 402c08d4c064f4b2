"""The cost basis of each instrument by every method, in one currency: what was paid at the rate of its day.

Equation
    cost in base = sum of quantity x price x rate of the day of purchase; value = units x last price x last rate
Trap
    A gain in the share's own currency, turned at today's rate, leaves out what the currency itself won or lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.currencies import whole_currency
from trimtab.model.decimals import exact
from trimtab.performance.cost_basis import CostBasis, Method, Trade, cost_basis

__all__ = ["BasisLine", "basis_lines"]

_METHODS: tuple[Method, ...] = ("average", "fifo", "lifo", "hifo")
_ONE, _HUNDREDTH = Decimal(1), Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """One instrument's cost basis by every method.

    Parameters
    ----------
    symbol
        The instrument.
    price, price_date
        Last price, and when; None where there is none: nothing unrealised can then be said.
    results
        One for each method.
    currency
        Of price, costs and gains; None where neither trades nor prices nor the question name one.
    """

    symbol: str
    price: Decimal | None
    price_date: np.datetime64 | None
    results: tuple[CostBasis, ...]
    currency: str | None = None


def basis_lines(
    prices: PriceTable, trades: Mapping[str, Sequence[Trade]], *, base: str | None, fx: FxRates | None = None
) -> tuple[BasisLine, ...]:
    """Give the cost basis of each symbol in base currency.

    Parameters
    ----------
    prices
        Last prices, and rates that stand among them. Prices that state no currency are in that of the trades.
    trades
        By symbol. A trade that names no currency is in that of its symbol's prices.
    base
        Currency of the result; None: that of the symbol's prices, or of its trades.
    fx
        Dated rates.

    Raises
    ------
    InputError
        If a currency has no rate on the day of a trade.

    Examples
    --------
    >>> import datetime as dt
    >>> days = np.array(["2024-01-02", "2024-06-28"], dtype="datetime64[D]")
    >>> table = PriceTable.of({"SAP": [100.0, 84.66], "EURUSD": [1.20, 1.08]}, dates=days)
    >>> bought = Trade(date=dt.date(2024, 1, 2), quantity=Decimal(100), price=Decimal(100), currency="EUR")
    >>> line = basis_lines(replace(table, currencies=("EUR", None)), {"SAP": [bought]}, base="USD")[0]
    >>> f"{line.results[0].unrealised(line.price):.2f} {line.currency}"
    '-2856.72 USD'
    """
    return tuple(_line(prices, symbol, made, base, fx) for symbol, made in trades.items())


def _line(prices: PriceTable, symbol: str, made: Sequence[Trade], base: str | None, fx: FxRates | None) -> BasisLine:
    quoted = (prices.currencies[prices.column(symbol)] if symbol in prices.symbols else None) or _traded_in(
        symbol, made
    )
    named = [code for code in (quoted, *(trade.currency for trade in made)) if code is not None]
    money = base or (whole_currency(named[0])[0] if named else None)
    rates = _Rates(prices=prices, money=money, fx=fx, known={})
    turned = [
        _turned(trade, rates.factor(symbol, trade.currency or quoted, np.datetime64(trade.date))) for trade in made
    ]
    last = prices.last(symbol) if symbol in prices.symbols else None
    methods = (*_METHODS, "specific") if any(t.lots for t in made) else _METHODS
    return BasisLine(
        symbol=symbol,
        price=None if last is None else exact(last[0]) * rates.factor(symbol, quoted, last[1]),
        price_date=None if last is None else last[1],
        results=tuple(cost_basis(turned, method=m) for m in methods),
        currency=money,
    )


def _traded_in(symbol: str, made: Sequence[Trade]) -> str | None:
    """Give the currency of prices that state none: what was traded in euros is quoted in euros.

    Raises
    ------
    InputError
        If trades name several.
    """
    named = list(dict.fromkeys(trade.currency for trade in made if trade.currency is not None))
    if len(named) > 1:
        raise InputError(
            expected=f"the currency of the prices of {symbol}", found=f"none, and trades in {' and '.join(named)}",
            try_next="give prices with a column currency",
        )  # fmt: skip
    return named[0] if named else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """Factors that bring money into one currency, each looked up once."""

    prices: PriceTable
    money: str | None
    fx: FxRates | None
    known: dict[tuple[str, np.datetime64], Decimal]

    def factor(self, symbol: str, code: str | None, day: np.datetime64) -> Decimal:
        """Give what one unit of a currency, or a hundredth of it, was worth on a day."""
        if code is None or self.money is None:
            return _ONE
        whole, minor = whole_currency(code)
        key = (whole, day)
        if key not in self.known:
            self.known[key] = self._rate(symbol, whole, day)
        return self.known[key] * (_HUNDREDTH if minor else _ONE)

    def _rate(self, symbol: str, whole: str, day: np.datetime64) -> Decimal:
        if whole == self.money or self.money is None:
            return _ONE
        moment = market_at(self.prices, base=self.money, as_of=day, fx=self.fx)
        quote = moment.rate(whole)
        if quote is None or moment.is_old(quote):
            raise InputError(
                expected=f"a rate of {whole} into {self.money} on {day.astype('datetime64[D]')}, on which {symbol} "
                "was traded or priced",
                found="none" if quote is None else f"the last one of {quote.date.astype('datetime64[D]')}",
                try_next=f"give rates up to it: --fx rates.csv, or a column {whole}{self.money} among the prices",
            )
        return exact(quote.value)


def _turned(trade: Trade, factor: Decimal) -> Trade:
    return trade if factor == _ONE else replace(trade, price=trade.price * factor, fee=trade.fee * factor)
