"""Entries of a journal read as facts of the ledger, whichever version of this code wrote them.

A transaction of old is a trade, or money that came or went: its row says no kind, and its quantity has the sign. Money
at a price of 1 is money, as brokers export it. A row that says its kind is that fact
(`trimtab.ledger.entry.records`). Corrections and cancellations are settled where rows are matched
(`trimtab.desk.books.transactions`): what comes here stands.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from trimtab.desk.books.actions import Action, ActionKind
from trimtab.desk.books.described import Described
from trimtab.desk.books.transactions import TRADES, Transaction
from trimtab.errors import InputError
from trimtab.ledger.entry.records import fact_of_record
from trimtab.ledger.facts.amendments import Cancellation, Correction, Event
from trimtab.ledger.facts.corporate import MultiplierChange, Split, SymbolChange
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.facts.money import CashItem, CashKind, Deposit, Withdrawal
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.model.currencies import whole_currency

__all__ = ["fact_of_action", "facts_of_transaction"]

_ZERO, _ONE = Decimal(0), Decimal(1)


def facts_of_transaction(row: Transaction, source: str, described: Described) -> Iterator[Event]:
    """Give the facts of one transaction.

    Parameters
    ----------
    row
        As it stands.
    source
        Where it was read, for messages.
    described
        What things are.

    Raises
    ------
    InputError
        If it is no fact: a share without a price, money at another price than 1.
    """
    time = _time(row.time)
    currency = described.is_money(row) if not row.fact or row.fact in TRADES else None
    if currency is not None:
        yield _money(row, currency, time, source)
        return
    if row.fact:
        yield _fact(row, source, described)
        return
    if row.price is None:
        raise InputError(
            expected=f"a price for {row.symbol}", found=f"none: {row.describe()} ({source})", try_next="correct the row"
        )
    subject, fee = described.subject(row), row.fee or _ZERO
    yield Trade(
        day=row.day, time=time, id=row.id, source=source, of=subject,
        # A sign alone does not say whether a sale was meant to open a short position.
        side=Side.BUY if row.quantity > 0 else Side.SELL, by_sign=True, quantity=abs(row.quantity), price=row.price,
        fee=max(fee, _ZERO),
    )  # fmt: skip
    if fee < 0:
        yield CashItem(day=row.day, time=time, source=source, kind=CashKind.FEE, amount=-fee, of=_whole(subject))


def _fact(row: Transaction, source: str, described: Described) -> Event:
    """Give the fact of a row that says its kind."""
    subject = described.subject(row) if row.symbol else None
    if "into" in row.details:
        described.list_name(row.details["into"], row.day)
    instrument = None if subject is None else subject.instrument
    fact = fact_of_record(row.record(), source, instrument_of=lambda _columns: instrument)
    assert not isinstance(fact, Correction | Cancellation)  # noqa: S101 - rows were matched before they were kept
    return fact


def _whole(subject: Subject) -> Subject:
    """Give a subject whose amounts are in whole currency, as fees are."""
    return replace(subject, minor=False)


def _money(row: Transaction, currency: str, time: dt.time | None, source: str) -> Event:
    if row.price not in {None, _ONE}:
        raise InputError(
            expected="money without a price, or with price 1",
            found=f"{row.describe()} ({source})",
            try_next="write an exchange as two rows: the money that came, and the money that went",
        )
    amount = row.quantity - (row.fee or _ZERO)
    make = Deposit if amount > 0 else Withdrawal
    return make(day=row.day, time=time, id=row.id, source=source, currency=currency, amount=abs(amount))


def _time(moment: str) -> dt.time | None:
    """Give the time of day of a moment, on the clock it was written with."""
    _, _, clock = moment.partition("T")
    return dt.time.fromisoformat(clock.removesuffix("Z")).replace(tzinfo=None) if clock else None


def fact_of_action(action: Action) -> Event:
    """Give the fact of a corporate action: it happens to everybody, and does nothing where nothing is held.

    Examples
    --------
    >>> split = Action(kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2024, 1, 5), ratio=1 / Decimal(3))
    >>> fact = fact_of_action(split)
    >>> str(fact.new), str(fact.old)
    ('1', '3')
    """
    source = f"journal entry {action.seq}" if action.seq else ""
    of = Subject(symbol=action.symbol)
    match action.kind:
        case ActionKind.SPLIT:
            # A third was written down as 0.3333...: it is one for three.
            ratio = Fraction(action.ratio or 1).limit_denominator(10_000)
            return Split(
                day=action.effective, source=source, of=of, new=Decimal(ratio.numerator),
                old=Decimal(ratio.denominator), fraction_price=action.fraction_price,
            )  # fmt: skip
        case ActionKind.SYMBOL:
            return SymbolChange(day=action.effective, source=source, of=of, new_symbol=str(action.new_symbol))
        case ActionKind.MULTIPLIER:
            return MultiplierChange(
                day=action.effective, source=source, of=of, multiplier=action.multiplier or _ONE, tick=action.tick,
                lot=action.lot,
            )  # fmt: skip
        case ActionKind.DIVIDEND:
            currency, pence = (None, None) if action.currency is None else whole_currency(action.currency)
            return Payout(
                day=action.effective, source=source, of=replace(of, currency=currency, minor=pence),
                per_unit=action.amount, everywhere=True,
            )  # fmt: skip
