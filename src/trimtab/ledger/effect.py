"""What one fact does, gathered before any of it counts: postings, holdings, findings, and what the fact is about."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from trimtab.errors import InputError
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.facts.header import Subject, refusal
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.holding import Disposal, Holding
from trimtab.ledger.identity import with_terms
from trimtab.ledger.posting import Account, Posting, unbalanced
from trimtab.ledger.state import State
from trimtab.model.instrument import Instrument, Option

__all__ = ["Effect", "Found"]

_CENT = Decimal("0.01")


class Effect:
    """What one fact does, gathered before any of it counts."""

    __slots__ = (
        "aliases", "asked", "day", "disposals", "fact", "findings", "holdings", "names", "new_terms", "opens",
        "postings", "state",
    )  # fmt: skip

    def __init__(self, state: State, fact: Event, aliases: Mapping[str, str], *, asked: bool = True) -> None:
        self.state, self.fact, self.day, self.aliases = state, fact, fact.day, aliases
        # Whether anybody asks for disposals: they decide nothing.
        self.asked = asked
        self.holdings: dict[str, Holding | None] = {}
        self.postings: list[Posting] = []
        self.disposals: list[Disposal] = []
        self.findings: list[Finding] = []
        self.names: Mapping[str, str] = {}
        self.new_terms: MultiplierChange | None = None
        self.opens = False

    def get(self, key: str) -> Holding | None:
        """Give a holding as it stands within this fact."""
        return self.holdings[key] if key in self.holdings else self.state.holdings.get(key)

    @property
    def changed(self) -> dict[str, Holding]:
        """What this fact has changed so far and still holds."""
        return {key: holding for key, holding in self.holdings.items() if holding is not None}

    def put(self, holding: Holding) -> None:
        """Hold something from now on; nothing of it, if the quantity is 0."""
        self.holdings[holding.key] = None if holding.quantity == 0 else holding

    def post(
        self, account: Account, currency: str, amount: Decimal, key: str = "", quantity: Decimal | None = None
    ) -> None:
        """Post an amount; nothing where it is 0 and moves no units."""
        if amount or quantity:
            self.postings.append(Posting(account, currency, amount, key, quantity))

    def tell(self, kind: FindingKind, symbol: str, detail: str) -> None:
        """Tell something beside the numbers."""
        self.findings.append(Finding(kind=kind, day=self.day, symbol=symbol, detail=detail, source=self.fact.source))

    def refuse(self, *, expected: str, found: str, try_next: str) -> InputError:
        """Make the error for a fact that does not fit the book."""
        return refusal(self.fact, expected=expected, found=found, try_next=try_next)

    def check_balance(self) -> None:
        """Hold the one law of the house.

        Raises
        ------
        AssertionError
            If postings of a currency do not sum to zero: a mistake of this program, never of its input.
        """
        if unbalanced(self.postings):
            raise AssertionError(f"{self.fact!r} does not balance: {self.postings}")

    # -- what a fact is about

    def find(self, subject: Subject, *, any_currency: bool = False) -> "Found | None":
        """Give what a fact is about; None if nobody knows it.

        Parameters
        ----------
        subject
            What the fact says of it.
        any_currency
            Whether the fact's amounts may be in another currency (a dividend may).
        """
        if subject.instrument is not None:
            return self._stated(subject, subject.instrument)
        for symbol in (subject.symbol, self.aliases.get(subject.symbol)):
            keys = () if symbol is None else self._keys(symbol)
            if keys:
                return self._in_unit(subject, keys[0], self.state.instruments[keys[0]], any_currency)
        listed = (self.state.rules.listed or {}).get(subject.symbol)
        return None if listed is None else self._stated(subject, listed, any_currency=any_currency)

    def _keys(self, symbol: str) -> tuple[str, ...]:
        """Give the key of what is known under a symbol: what is held before what was, a share before other things."""
        keys = self.state.names.get(symbol, ())
        if len(keys) < 2:
            return keys
        keys_held = tuple(key for key in keys if self.get(key) is not None) or keys
        spots = tuple(key for key in keys_held if self.state.instruments[key].is_owned) or keys_held
        if len(spots) > 1:
            raise self.refuse(
                expected=f"which of the things known as {symbol} is meant",
                found=", ".join(spots),
                try_next="add a kind, or an option's strike, expiry and right, to the row",
            )
        return spots

    def need(self, subject: Subject) -> "Found":
        """Give what a fact is about.

        Raises
        ------
        InputError
            If it was never held, is not listed, and the fact does not say what it is.
        """
        target = self.find(subject)
        if target is None:
            new = self.state.renamed.get(subject.symbol)
            raise self.refuse(
                expected=f"what {subject.symbol} is: its kind and currency",
                found="nothing of that name was held or is listed" + (f"; it is called {new} now" if new else ""),
                try_next="add currency (and kind and terms) to the row; nothing is taken to be in the base currency",
            )
        return target

    def held(self, subject: Subject, *, everywhere: bool = False) -> Holding | None:
        """Give what is held of the thing; None where nothing is and the fact is about everybody's.

        Raises
        ------
        InputError
            If nothing is held and the fact is of this account.
        """
        target = self.find(subject, any_currency=True)
        holding = None if target is None else self.get(target.key)
        if holding is None and not everywhere:
            raise self.refuse(
                expected=f"a holding of {subject.symbol}",
                found="none that day",
                try_next="import the trade it came from, or correct symbol or day; an event of the market that this "
                "account need not take part in is marked as everybody's",
            )
        return holding

    def _stated(self, subject: Subject, instrument: Instrument, *, any_currency: bool = False) -> "Found":
        if instrument.is_contract:
            instrument = with_terms(instrument.with_own_name(), self.state.terms)
        key = instrument.key_on(self.day)
        if key not in self.state.instruments and isinstance(instrument, Option):
            key = self._adjusted(instrument) or key
        listed = self.state.instruments.get(key, instrument)
        if listed.currency != instrument.currency:
            raise self.refuse(
                expected=f"{listed.symbol} in {listed.currency}, as it is held",
                found=f"{instrument.currency}",
                try_next="give the price in the currency it is held in, and the exchange as a conversion",
            )
        minor = subject.minor
        if minor is None and subject.currency is None:
            # The row's own unit counts for the row; what is held stays quoted as it is.
            minor = instrument.is_owned and instrument.minor
        return self._in_unit(subject, key, listed, any_currency=any_currency, minor=minor)

    def _adjusted(self, option: Option) -> str | None:
        """Give the key of a held option that a split left with an odd strike, written here rounded to cents."""
        for key, holding in self.state.holdings.items():
            listed = holding.instrument
            if not isinstance(listed, Option) or listed.strike == round(listed.strike, 2):
                continue
            near = abs(listed.strike - option.strike) < _CENT
            if near and key == replace(option, strike=listed.strike).key_on(self.day):
                return key
        return None

    def _in_unit(
        self, subject: Subject, key: str, instrument: Instrument, any_currency: bool, minor: bool | None = None
    ) -> "Found":
        currency = subject.currency or instrument.currency
        if currency != instrument.currency and not any_currency:
            raise self.refuse(
                expected=f"amounts of {instrument.symbol} in {instrument.currency}",
                found=currency,
                try_next="give the amount in the instrument's currency, and the exchange as a conversion",
            )
        minor = subject.minor if minor is None else minor
        if minor is None:
            # Who writes GBP means pounds; who writes no currency means the unit the thing is quoted in.
            minor = subject.currency is None and instrument.is_owned and instrument.minor
        return Found(key, instrument, minor, currency)


class Found(NamedTuple):
    """What a fact is about, and in which unit it speaks.

    Parameters
    ----------
    key, instrument
        As held or listed, with the terms in force.
    minor
        Whether the fact's prices and amounts are in hundredths of the currency.
    currency
        Of the fact's amounts.
    """

    key: str
    instrument: Instrument
    minor: bool
    currency: str
