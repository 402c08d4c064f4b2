"""Books while they change: one fact at a time, each applied wholly or not at all."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from trimtab.ledger.book import Book
from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.finding import Finding
from trimtab.ledger.holding import Holding
from trimtab.ledger.identity import with_terms
from trimtab.ledger.posting import Account, Posting
from trimtab.model.instrument import Instrument
from trimtab.model.lot_order import LotMethod

__all__ = ["Change", "RateOn", "Rules", "State"]

RateOn = Callable[[str, dt.date], Decimal | None]
"""Gives the base currency one unit of a currency was worth on a day; None where that is not known."""
_ZERO = Decimal(0)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a ledger is kept.

    Parameters
    ----------
    base
        Currency lots are also counted in.
    method
        Which lots go first.
    rates
        For costs and gains in base currency.
    listed
        Instruments by symbol (a contract table's, a master file's), for facts that only name them.
    """

    base: str
    method: LotMethod = "fifo"
    rates: RateOn | None = None
    listed: Mapping[str, Instrument] | None = None

    def rate(self, currency: str, day: dt.date) -> Decimal | None:
        """Give the rate into base currency, 1 for the base itself."""
        if currency == self.base:
            return _ONE
        return None if self.rates is None else self.rates(currency, day)


class Change(Protocol):
    """What a fact changes (`trimtab.ledger.effect.Effect`)."""

    day: dt.date
    postings: list[Posting]
    holdings: dict[str, Holding | None]
    findings: list[Finding]
    names: Mapping[str, str]
    new_terms: MultiplierChange | None
    opens: bool


class State:
    """What a fold changes; made from a book and made into one again."""

    __slots__ = (
        "cash",
        "findings",
        "holdings",
        "instruments",
        "names",
        "opened",
        "renamed",
        "rules",
        "terms",
        "totals",
    )

    def __init__(self, book: Book, rules: Rules) -> None:
        self.rules = rules
        self.holdings, self.cash, self.totals = dict(book.holdings), dict(book.cash), dict(book.totals)
        self.instruments, self.names = dict(book.instruments), dict(book.names)
        self.findings = list(book.findings)
        self.opened, self.terms, self.renamed = book.opened, book.terms, dict(book.renamed)

    def book(self, day: dt.date | None) -> Book:
        """Give the book of the end of a day."""
        return Book(
            day=day,
            base=self.rules.base,
            holdings=dict(self.holdings),
            cash=dict(self.cash),
            totals=dict(self.totals),
            findings=tuple(self.findings),
            opened=self.opened,
            instruments=dict(self.instruments),
            names=dict(self.names),
            terms=self.terms,
            renamed=dict(self.renamed),
        )

    def commit(self, effect: "Change") -> None:
        """Take in everything a fact does."""
        for posting in effect.postings:
            if posting.account is Account.CASH:
                self.cash[posting.currency] = self.cash.get(posting.currency, _ZERO) + posting.amount
            elif posting.account is not Account.POSITION:
                at = (posting.account, posting.currency)
                self.totals[at] = self.totals.get(at, _ZERO) + posting.amount
        for key, holding in effect.holdings.items():
            if holding is None:
                self.holdings.pop(key, None)
                continue
            self.holdings[key] = holding
            if self.instruments.get(key) is not holding.instrument:
                self.know(key, holding.instrument)
        self.findings.extend(effect.findings)
        if effect.opens:
            self.opened = effect.day
        if effect.names:
            self._rename(effect.names, effect.day)
        if effect.new_terms is not None:
            self._change_terms(effect.new_terms)

    def _change_terms(self, change: MultiplierChange) -> None:
        self.terms = (*self.terms, change)
        # What was held once and may come again has the new terms too, under its new key.
        for instrument in list(self.instruments.values()):
            changed = with_terms(instrument, [change])
            if changed is not instrument:
                self.know(changed.key_on(change.day), changed)

    def _rename(self, names: Mapping[str, str], day: dt.date) -> None:
        """Carry what is known over to new names: another company may trade under the old ones from now on."""
        self.renamed.update(names)
        before, self.instruments, self.names = self.instruments, {}, {}
        for key, instrument in before.items():
            if key in self.holdings:
                self.know(key, instrument)
        for key, instrument in before.items():
            now = instrument.renamed(names)
            known_as = now.key_on(day)
            if key not in self.holdings and known_as not in self.instruments:
                self.know(known_as, now)

    def know(self, key: str, instrument: Instrument) -> None:
        """Remember a thing under its symbol."""
        self.instruments[key] = instrument
        before = self.names.get(instrument.symbol, ())
        if key not in before:
            self.names[instrument.symbol] = (*before, key)
