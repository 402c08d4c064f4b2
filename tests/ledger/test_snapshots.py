"""Snapshots beside trades: told, explained, and never swallowed."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.money import CashItem, CashKind, Deposit
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account, unbalanced
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import statement
from trimtab.model.instrument import Cash, Future, Spot, Terms
from trimtab.model.portfolio import Position, Stated, TaxLot

D = Decimal
ABC, NEW = Spot(symbol="ABC", currency="USD"), Spot(symbol="NEW", currency="USD")
USD = Cash(currency="USD")
RULES = Rules(base="USD")


def day(number):
    return dt.date(2024, 1, number)


def snapshot(number, *held, whole=True):
    return Snapshot(
        day=day(number), whole=whole, positions=tuple(Position(instrument=i, quantity=D(q)) for i, q in held)
    )


def buy(number, quantity, price, **more):
    return Trade(day=day(number), of=about(ABC), side=Side.BUY, quantity=D(quantity), price=D(price), **more)


def told(ledger, on, kind):
    return [f.detail for f in ledger.book_on(day(on)).findings if f.kind is kind]


def differences(*facts):
    ledger = Ledger([snapshot(2, (ABC, 100), (USD, 1000)), *facts], RULES)
    for entry in ledger.entries():
        assert unbalanced(entry.postings) == {}
    return told(ledger, 20, FindingKind.DIFFERENCE), ledger.book_on(day(20))


def test_a_snapshot_that_agrees_says_nothing():
    said, book = differences(buy(3, 10, 20), snapshot(5, (ABC, 110), (USD, 800)))
    assert said == []
    assert book.total(Account.UNEXPLAINED, "USD") == 0


@pytest.mark.parametrize(
    ("stated", "explained"),
    [
        (((ABC, 400), (USD, 1000)), "a split of 4 for 1"),
        (((ABC, 10), (USD, 1000)), "a split of 1 for 10"),
        (((ABC, 150), (USD, 1000)), "a split of 3 for 2"),
        (((ABC, 107), (USD, 1000)), "a purchase or transfer of 7"),
        (((ABC, 110), (USD, 800)), "a trade of 10 ABC at 20"),
        (((NEW, 100), (USD, 1000)), "a change of symbol from ABC to NEW"),
        (((ABC, 100), (USD, 990)), "a fee, a tax or a withdrawal"),
        (((ABC, 100), (USD, 1050)), "a dividend of 0.5 on ABC"),
    ],
)
def test_a_snapshot_that_disagrees_says_what_would_explain_it_and_then_stands(stated, explained):
    said, book = differences(snapshot(5, *stated))
    assert explained in "; ".join(said)
    for instrument, quantity in stated:
        assert book.quantity(instrument.symbol) == quantity
    assert book.quantity("ABC") == sum(q for i, q in stated if i is ABC)


def test_money_that_nobody_explains_is_neither_income_nor_flow_nor_gain():
    ledger = Ledger([snapshot(2, (ABC, 100), (USD, 1000)), snapshot(5, (ABC, 100), (USD, 1234))], RULES)
    made = statement(ledger, day(2), day(5), lambda *_: D(10))
    assert (made.unexplained, made.flows, made.income, made.gains) == (234, 0, 0, 0)


def test_units_that_nobody_explains_are_no_gain_where_their_price_is_stated():
    priced = Position(instrument=ABC, quantity=D(150), stated=Stated(price=D(12)))
    ledger = Ledger(
        [snapshot(2, (ABC, 100), (USD, 0)), Snapshot(day=day(5), positions=(priced,))],
        RULES,
    )
    made = statement(ledger, day(2), day(5), lambda _h, on: D(10) if on == day(2) else D(12))
    assert (made.unexplained, made.gains, made.change) == (600, 200, 800)


@pytest.mark.parametrize(
    ("stated", "unexplained"),
    [
        (((ABC, 150),), 600),
        (((ABC, 40),), -720),
        (((NEW, 10),), -1080),
        (((ABC, 100), (NEW, 5)), 60),
        (((ABC, -5),), -1260),
    ],
)
@pytest.mark.parametrize("lots", [(), (TaxLot(quantity=D(100), price=D(3), acquired=dt.date(2023, 1, 3)),)])
def test_units_that_nobody_explains_are_no_gain_at_the_price_of_their_evening(stated, unexplained, lots):
    held = Position(instrument=ABC, quantity=D(100), lots=lots)
    opening = Snapshot(day=day(2), positions=(held, Position(instrument=USD, quantity=D(0))))
    ledger = Ledger([opening, snapshot(5, *stated), snapshot(8, *stated)], RULES)
    made = statement(ledger, day(2), day(9), lambda _h, on: D(10) if on == day(2) else D(12))
    left = next((q for i, q in stated if i is ABC), 0)
    assert (made.unexplained, made.gains) == (unexplained, 200)
    assert made.change == unexplained + 200 == (left * 12 + next((q for i, q in stated if i is NEW), 0) * 12) - 1000


def test_a_file_without_money_says_nothing_of_money():
    said, book = differences(snapshot(5, (ABC, 100)))
    assert said == []
    assert book.cash["USD"] == 1000


def test_a_part_of_a_book_says_nothing_of_the_rest():
    said, book = differences(snapshot(5, (NEW, 7), whole=False))
    assert len(said) == 1
    assert book.quantity("ABC") == 100


def test_numbers_rounded_by_a_broker_agree():
    third = Split(day=day(3), of=about("ABC"), new=D(1), old=D(3))
    rounded = Position(instrument=ABC, quantity=D("33.3333"))
    said, book = differences(third, Snapshot(day=day(5), positions=(rounded,)))
    assert said == []
    assert book.quantity("ABC") == D("33.333333333333")
    coarse = Position(instrument=ABC, quantity=D("33"))
    said, _ = differences(third, Snapshot(day=day(5), positions=(coarse,)))
    assert len(said) == 1


def test_facts_of_or_before_the_first_snapshot_are_told_and_left_out():
    late = buy(2, 5, 20, source="t.csv row 3")
    ledger = Ledger([buy(1, 5, 20, source="t.csv row 2"), late, snapshot(2, (ABC, 100), (USD, 1000))], RULES)
    book = ledger.book_on(day(3))
    assert (book.quantity("ABC"), book.cash["USD"]) == (100, 1000)
    (said,) = told(ledger, 3, FindingKind.BEFORE_SNAPSHOT)
    assert "2 facts" in said
    assert "t.csv row 2" in said
    assert "t.csv row 3" in said


def test_facts_complete_from_the_start_are_only_compared_with_snapshots():
    facts = [
        Deposit(day=day(1), currency="USD", amount=D(1100)), buy(1, 100, 1), snapshot(2, (ABC, 100), (USD, 1000)),
        CashItem(day=day(3), kind=CashKind.FEE, amount=D(-1), currency="USD"),
    ]  # fmt: skip
    ledger = Ledger(facts, RULES, from_nothing=True)
    assert ledger.book_on(day(3)).findings == ()
    assert ledger.book_on(day(3)).cash["USD"] == 999


def test_lots_that_a_later_snapshot_states_are_taken_where_the_books_know_none():
    lot = TaxLot(quantity=D(100), price=D(7), acquired=dt.date(2020, 5, 5))
    facts = [
        snapshot(2, (ABC, 100), (USD, 0)),
        Snapshot(day=day(5), positions=(Position(instrument=ABC, quantity=D(100), lots=(lot,)),)),
    ]
    ledger = Ledger(facts, RULES)
    assert ledger.book_on(day(4)).holding("ABC").cost is None
    assert ledger.book_on(day(5)).holding("ABC").cost == 700
    assert ledger.book_on(day(5)).portfolio().positions[0].lots == (lot,)


def test_selling_what_nobody_knows_the_cost_of_gives_no_gain_but_a_reason():
    facts = [snapshot(2, (ABC, 100), (USD, 0))]
    sold = Trade(day=day(4), of=about("ABC"), side=Side.SELL, quantity=D(40), price=D(10))
    ledger = Ledger([*facts, sold], RULES)
    (gone,) = [d for e in ledger.entries() for d in e.disposals]
    assert (gone.gain, gone.base_gain, gone.long_term, gone.proceeds) == (None, None, None, 400)
    book = ledger.book_on(day(4))
    assert book.total(Account.GAIN, "USD") == 0
    assert book.total(Account.UNCOSTED, "USD") == 400
    assert told(ledger, 4, FindingKind.COST_UNKNOWN)
    # The change of net asset value is whole all the same.
    made = statement(ledger, day(2), day(4), lambda *_: D(10))
    assert (made.gains, made.realised, made.change) == (0, 0, 0)


def test_contracts_are_adopted_at_the_price_the_others_are_carried_at():
    future = Future(symbol="ESH4", root="ES", currency="USD", terms=(Terms(multiplier=D(50)),))
    opened = Position(instrument=future, quantity=D(2), stated=Stated(price=D(4800)))
    later = Position(instrument=future, quantity=D(3))
    facts = [Snapshot(day=day(2), positions=(opened,)), Snapshot(day=day(5), positions=(later,))]
    ledger = Ledger(facts, RULES)
    assert ledger.book_on(day(5)).holding("ESH4").carried == 3 * 50 * 4800
    assert len(told(ledger, 5, FindingKind.DIFFERENCE)) == 1


@pytest.mark.parametrize(
    ("price", "money", "gain", "unexplained", "words"),
    [
        # 2 contracts x 50 x (4010 - 4000) = 1000, which the snapshot's evening settled into its money.
        (4010, 11000, 1000, 0, []),
        (4010, 11000 - 7, 1000, -7, ["a fee, a tax or a withdrawal"]),
        (None, 11000, 0, 1000, ["gains of ESH4, for which no settlement price of 2024-01-05 is given", "a deposit"]),
    ],
)
def test_money_of_a_later_snapshot_has_what_contracts_gained_until_then(price, money, gain, unexplained, words):
    es = Future(symbol="ESH4", root="ES", terms=(Terms(multiplier=D(50), tick=D("0.25")),), currency="USD",
                expiry=dt.date(2024, 3, 15))  # fmt: skip
    rows = (
        Position(instrument=es, quantity=D(2), stated=Stated(price=None if price is None else D(price))),
        Position(instrument=USD, quantity=D(money)),
    )
    opened = Trade(day=day(3), of=about(es), side=Side.BUY, quantity=D(2), price=D(4000))
    ledger = Ledger([snapshot(2, (USD, 10000)), opened, Snapshot(day=day(5), positions=rows)], RULES)
    book = ledger.book_on(day(5))
    assert (book.total(Account.GAIN, "USD"), book.total(Account.UNEXPLAINED, "USD")) == (gain, unexplained)
    assert book.cash["USD"] == money
    assert book.whole
    said = told(ledger, 5, FindingKind.DIFFERENCE)
    assert len(said) == bool(words)
    assert all(word in said[0] for word in words)
    assert [f.symbol for f in ledger.book_on(day(8)).deferred()] == ["ESH4"]
