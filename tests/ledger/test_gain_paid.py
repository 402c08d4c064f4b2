"""A gain paid as money: no flow, and a contract that is held owes that much less."""

import datetime as dt
from decimal import Decimal
from itertools import permutations

import pytest

from trimtab.errors import InputError
from trimtab.ledger.entry.records import facts_of_records
from trimtab.ledger.facts.contracts import Settlement
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.money import CashItem, CashKind, Deposit
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import statement
from trimtab.model.instrument import Future, Terms

D = Decimal
ES = Future(symbol="ESH4", root="ES", currency="USD", terms=(Terms(multiplier=D(50)),))


def day(number):
    return dt.date(2024, 1, number)


def paid(number, amount, currency="USD", of="ESH4"):
    return CashItem(
        day=day(number), kind=CashKind.GAIN, amount=D(amount), currency=currency, of=about(of) if of else None
    )


MONEY = Deposit(day=day(2), currency="USD", amount=D(10000))
BUY = Trade(day=day(3), of=about(ES), side=Side.BUY, quantity=D(2), price=D(4700))


@pytest.mark.parametrize("of", ["ESH4", None])
def test_it_is_a_gain_and_no_flow(of):
    """Of a contract whose trades nobody told, as wallets of exchanges say it."""
    ledger = Ledger([MONEY, paid(5, "-250.5", of=of)], Rules(base="USD"))
    made = statement(ledger, day(2), day(5), lambda *_: None)
    assert (made.flows, made.income, made.expense, made.gains, made.change) == (0, 0, 0, D("-250.5"), D("-250.5"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_contract_opened_that_day_owes_less_at_its_settlement(order):
    """2 x 50 x (4712 - 4700) = 1,200 in all, of which 700 came as variation margin; rows in any order."""
    facts = [BUY, paid(3, 700), Settlement(day=day(3), of=about(ES), price=D(4712))]
    ledger = Ledger([MONEY, *(facts[i] for i in order)], Rules(base="USD"))
    assert ledger.book_on(day(3)).cash["USD"] == 11200
    assert statement(ledger, day(2), day(3), lambda *_: D(4712)).gains == 1200


def test_margin_booked_the_day_after_is_counted_once():
    facts = [MONEY, BUY, Settlement(day=day(3), of=about(ES), price=D(4712)), paid(4, 1200)]
    later = Settlement(day=day(4), of=about(ES), price=D(4705))
    assert Ledger([*facts, later], Rules(base="USD")).book_on(day(4)).cash["USD"] == 10000 + 100 * 5


def test_a_gain_of_a_contract_that_was_closed_by_a_trade_is_told():
    closed = Trade(day=day(4), of=about(ES), side=Side.SELL, quantity=D(2), price=D(4710))
    book = Ledger([MONEY, BUY, closed, paid(4, 1000)], Rules(base="USD")).book_on(day(4))
    (told,) = (f for f in book.findings if f.kind is FindingKind.CHECK)
    assert "counted twice" in told.detail


def test_a_gain_in_another_currency_than_the_contract_is_settled_in_is_refused():
    with pytest.raises(InputError, match="ESH4 in USD"):
        Ledger([MONEY, BUY, paid(4, 10, currency="EUR")], Rules(base="USD", rates=lambda *_: D(1))).book_on(day(4))


def test_a_row_says_it():
    row = {"kind": "gain", "date": "2024-01-05", "amount": "-12.5", "currency": "USD"}
    (fact,) = facts_of_records([("row 2", row)]).facts
    assert (fact.kind, fact.amount, fact.of) == (CashKind.GAIN, D("-12.5"), None)
