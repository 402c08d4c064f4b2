"""What the things are that an account's journal speaks of: told by a row, else as held, else as listed.

A currency is never taken silently: where neither a row, nor a snapshot, nor the prices say one, it is that of the
account, and a note says so.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from trimtab.desk.books.transactions import TRADES, Transaction
from trimtab.errors import InputError
from trimtab.ledger.facts.header import Subject
from trimtab.market.prices import PriceTable
from trimtab.model.currencies import whole_currency
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Portfolio

__all__ = ["Described", "ReadPortfolio"]

ReadPortfolio = Callable[[Sequence[Mapping[str, str]], str, dt.date], Portfolio]
"""Makes a portfolio of rows of a holdings file: (rows, base currency, day for contract years)."""
#: What a row says of the unit it speaks in, and not of the thing.
_UNIT = frozenset(["currency", "quotation"])
_PENCE = frozenset(["pence", "cents"])
_ONE = Decimal(1)
_HELD_BY = TRADES | {"transfer_in"}
_PAID = frozenset(["dividend", "special_dividend", "dividend_in_lieu", "coupon", "funding", "gain"])


class Described:
    """Looks things up, once for each way in which rows describe them.

    Parameters
    ----------
    read
        Reads the rows of a holdings file.
    base
        Currency of what nobody says more of.
    snapshots
        Books that were stated, in any order: what they list, they describe.
    prices
        Columns that state a currency.
    """

    def __init__(
        self, *, read: ReadPortfolio, base: str, snapshots: Sequence[Portfolio], prices: PriceTable | None
    ) -> None:
        self._read, self._base = read, base
        self._cache: dict[tuple[object, ...], Instrument | InputError] = {}
        #: Of a thing that a row itself describes.
        self._subjects: dict[tuple[str, int], Subject] = {}
        #: By symbol, for rows that only name them (`trimtab.ledger.state.Rules.listed`).
        self.listed: dict[str, Instrument] = {}
        self._contracts: dict[tuple[object, ...], Instrument] = {}
        self._currencies: dict[str, str] = {}
        if prices is not None:
            stated = zip(prices.symbols, prices.currencies, strict=True)
            self._currencies.update({symbol: code for symbol, code in stated if code is not None})
        self._silent: dict[str, None] = {}
        for book in snapshots:
            for position in book.positions:
                if not position.instrument.is_money:
                    self._learn(position.symbol, position.instrument)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken for lack of anything better, in words."""
        return tuple(
            f"{symbol}: no row and no price says its currency, so it is taken to be in {self._base}"
            for symbol in self._silent
        )

    def learn(self, trade: Transaction) -> None:
        """Take in what a row says of a thing, for rows that say less."""
        if trade.fact and trade.fact not in _HELD_BY:
            return  # what is paid on a thing may be in another currency
        if _UNIT & trade.terms.keys() or "kind" in trade.terms:
            instrument = self._of_row(trade)
            if isinstance(instrument, InputError) or instrument.is_money:
                return
            if "currency" in trade.terms or instrument.is_contract:
                self._learn(trade.symbol, instrument)

    def _learn(self, symbol: str, instrument: Instrument) -> None:
        if instrument.written_on and symbol in instrument.written_on:
            self._contracts.setdefault(instrument.exercised_as, instrument)
            return  # an option under its share's symbol does not describe the share
        self.listed.setdefault(symbol, instrument)
        self._currencies.setdefault(symbol, "GBX" if instrument.minor else instrument.currency)
        if instrument.exercised_as:
            self._contracts.setdefault(instrument.exercised_as, instrument)

    def is_money(self, trade: Transaction) -> str | None:
        """Give the currency of a row that is money, None for all others."""
        instrument = self._of_row(trade)
        return instrument.currency if not isinstance(instrument, InputError) and instrument.is_money else None

    def subject(self, trade: Transaction) -> Subject:
        """Give what a row is about, and the unit it speaks in."""
        code = trade.terms.get("currency")
        currency, pence = (None, None) if code is None else whole_currency(code)
        currency = currency.upper() if currency is not None else None
        minor = pence or (trade.terms.get("quotation", "").lower() in _PENCE) if _UNIT & trade.terms.keys() else None
        if not trade.terms.keys() - _UNIT:
            self._list(trade)
            return Subject(symbol=trade.symbol, currency=currency, minor=minor)
        instrument = self._of_row(trade)
        if trade.fact in _PAID and trade.symbol in self.listed:
            # What it pays may be in another currency than it is held in.
            return Subject(symbol=trade.symbol, currency=currency, minor=minor)
        if isinstance(instrument, InputError) or (instrument.is_owned and code is None):
            # A row that calls it a share says nothing of its money: it is as held or listed.
            self._list(trade)
            return Subject(symbol=trade.symbol, currency=currency, minor=minor)
        if instrument.exercised_as and "multiplier" not in trade.terms:
            instrument = self._contracts.get(instrument.exercised_as, instrument)
        # Instruments are kept here: no other one gets the place of one of them.
        key = (trade.symbol, id(instrument))
        if key not in self._subjects:
            self._subjects[key] = Subject(symbol=trade.symbol, instrument=instrument)
        return self._subjects[key]

    def _list(self, trade: Transaction) -> None:
        """List a thing that is only named, as its name, its prices or, last, the account tell it."""
        if trade.symbol in self.listed:
            return
        instrument = self._of_row(trade)
        if isinstance(instrument, InputError) or instrument.is_money:
            return
        if instrument.is_owned and trade.symbol not in self._currencies and "currency" not in trade.terms:
            self._silent[trade.symbol] = None
        self.listed[trade.symbol] = instrument

    def list_name(self, symbol: str, day: dt.date) -> None:
        """List a thing that a row turns another into, where its name tells what it is: a contract's month."""
        named = Transaction(time=day.isoformat(), day=day, symbol=symbol, quantity=_ONE)
        instrument = self._of_row(named)
        if symbol not in self.listed and not isinstance(instrument, InputError) and instrument.is_contract:
            self.listed[symbol] = instrument

    def without_silence(self, names: frozenset[str]) -> None:
        """Take back what was assumed of names that things came to bear: they are as they were held."""
        for name in names & self._silent.keys():
            del self._silent[name], self.listed[name]

    def _of_row(self, trade: Transaction) -> Instrument | InputError:
        terms = trade.terms
        currency = None if "currency" in terms else self._currencies.get(terms.get("underlying", trade.symbol))
        # A contract's year is told by the day where its name has one digit of it.
        year = trade.day.year if trade.symbol[-1:].isdigit() else 0
        key = (trade.symbol, year, currency, *terms.items())
        read = self._cache.get(key)
        if read is None:
            read = self._cache[key] = self._read_row(trade, currency)
        return read

    def _read_row(self, trade: Transaction, currency: str | None) -> Instrument | InputError:
        terms = dict(trade.terms) if currency is None else {**trade.terms, "currency": currency}
        # Rows that say the same in another order, or leave out what is known, speak of one thing.
        key = (trade.symbol, trade.day.year if trade.symbol[-1:].isdigit() else 0, tuple(sorted(terms.items())))
        if key not in self._cache:
            row = {"symbol": trade.symbol, "quantity": "1", **terms}
            try:
                self._cache[key] = self._read([row], self._base, trade.day).positions[0].instrument
            except InputError as error:
                self._cache[key] = error
        return self._cache[key]
