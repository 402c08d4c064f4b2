"""Each case of the trial's N5 and N9, as facts, with its right value."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.errors import InputError
from trimtab.ledger.entry.records import facts_of_records
from trimtab.ledger.facts.corporate import Split, SymbolChange
from trimtab.ledger.facts.header import Subject, about
from trimtab.ledger.facts.income import Payout, PayoutKind
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account
from trimtab.ledger.returns import time_weighted
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import nav, statement
from trimtab.model.instrument import Cash, Option, OptionRight, Spot, Terms
from trimtab.model.portfolio import Position, TaxLot

D = Decimal
START = dt.date(2024, 1, 2)
ABC = Spot(symbol="ABC", currency="USD")
VOD = Spot(symbol="VOD", currency="GBP", minor=True)
CALL = Option(
    symbol="ABC",
    underlying="ABC",
    currency="USD",
    right=OptionRight.CALL,
    strike=D(30),
    expiry=dt.date(2024, 6, 21),
    terms=(Terms(multiplier=D(100)),),
)


def opening(*held, day=START):
    positions = tuple(Position(instrument=i, quantity=D(q)) for i, q in held)
    return Snapshot(day=day, positions=positions)


def day(number):
    return dt.date(2024, 1, number)


def book(facts, on, **rules):
    return Ledger(facts, Rules(base="USD", **rules)).book_on(on)


def test_a_deposit_written_with_price_1_is_a_deposit_and_no_gain():
    rows = [("f.csv row 2", {"date": "2024-02-05", "symbol": "USD", "quantity": "20000", "price": "1", "fee": "0"})]
    read = facts_of_records(rows, instrument_of=lambda r: Cash(currency=r["symbol"]))
    assert read.facts == (Deposit(day=dt.date(2024, 2, 5), currency="USD", amount=D(20000), source="f.csv row 2"),)
    ledger = Ledger([opening((ABC, 1000), (Cash(currency="USD"), 5000)), *read.facts], Rules(base="USD"))
    later = dt.date(2024, 2, 6)
    made = statement(ledger, START, later, lambda holding, _day: D(10))
    assert (made.flows, made.gains, made.income) == (20000, 0, 0)
    assert time_weighted([float(made.opening), float(made.closing)], [float(made.flows)]) == 0


def test_money_at_another_price_than_1_is_refused_with_its_row():
    rows = [("f.csv row 2", {"date": "2024-02-05", "symbol": "EUR", "quantity": "20000", "price": "1.1"})]
    with pytest.raises(InputError, match=r"price 1[\s\S]*f\.csv row 2[\s\S]*conversion"):
        facts_of_records(rows, instrument_of=lambda r: Cash(currency=r["symbol"]))


def test_an_option_written_under_its_shares_symbol_trades_the_option():
    sold = Trade(day=day(3), of=about(CALL), side=Side.SELL, quantity=D(1), price=D("3.5"))
    made = book([opening((ABC, 100), (Cash(currency="USD"), 0)), sold], day(3))
    assert made.holding("ABC").quantity == 100
    assert made.cash["USD"] == 350
    assert {h.key: h.quantity for h in made.holdings.values()} == {
        "spot ABC": 100,
        "option ABC 2024-06-21 call 30 100": -1,
    }


def test_two_options_under_one_symbol_do_not_net():
    other = Option(
        symbol="ABC", underlying="ABC", currency="USD", right=OptionRight.PUT, strike=D(30),
        expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=D(100)),),
    )  # fmt: skip
    facts = [
        Trade(day=day(3), of=about(CALL), side=Side.BUY, quantity=D(1), price=D("3.5")),
        Trade(day=day(4), of=about(other), side=Side.SELL, quantity=D(1), price=D(2)),
    ]
    assert sorted(h.quantity for h in book(facts, day(4)).holdings.values()) == [-1, 1]


def test_pence_bought_again_after_a_sale_stay_pence():
    facts = [
        opening((VOD, 100000), (Cash(currency="GBP"), 1000), (Cash(currency="USD"), 50000)),
        Trade(day=day(3), of=about("VOD"), side=Side.SELL, quantity=D(100000), price=D(70)),
        Trade(day=day(10), of=about("VOD"), side=Side.BUY, quantity=D(50000), price=D(69)),
    ]
    made = book(facts, day(10))
    assert (made.cash["GBP"], made.cash["USD"]) == (36500, 50000)


def test_what_nobody_described_is_refused_and_never_taken_to_be_in_base_currency():
    facts = [Trade(day=day(3), of=about("XYZ"), side=Side.BUY, quantity=D(1), price=D(70), source="t.csv row 9")]
    with pytest.raises(InputError, match=r"kind and currency[\s\S]*t\.csv row 9[\s\S]*base currency"):
        book(facts, day(3))


def test_an_option_bought_back_without_terms_costs_its_multiplier():
    named = Option(
        symbol="ABC C30", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=D(30),
        expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=D(100)),),
    )  # fmt: skip
    facts = [
        Trade(day=day(3), of=about(named), side=Side.SELL, quantity=D(1), price=D("3.5")),
        Trade(day=day(4), of=about("ABC C30"), side=Side.BUY, quantity=D(1), price=D("3.5")),
        Trade(day=day(5), of=about("ABC C30"), side=Side.BUY, quantity=D(1), price=D("2.5")),
    ]
    assert book(facts, day(4)).cash["USD"] == 0
    assert book(facts, day(5)).cash["USD"] == -250


@pytest.mark.parametrize("order", [1, -1])
def test_a_dividend_and_a_split_of_one_day_pay_on_the_units_of_the_evening_before(order):
    split = Split(day=day(5), of=about("ABC"), new=D(4))
    paid = Payout(day=day(5), of=about("ABC"), per_unit=D(1))
    made = book([opening((ABC, 100), (Cash(currency="USD"), 1000)), *[split, paid][::order]], day(5))
    assert (made.cash["USD"], made.quantity("ABC")) == (1100, 400)


def test_a_dividend_per_new_unit_counts_the_units_after_the_split():
    split = Split(day=day(5), of=about("ABC"), new=D(4))
    paid = Payout(day=day(5), of=about("ABC"), per_unit=D("0.25"), per_new_unit=True)
    assert book([opening((ABC, 100), (Cash(currency="USD"), 1000)), split, paid], day(5)).cash["USD"] == 1100


@pytest.mark.parametrize("name", ["ABC", "NEW"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_new_name_loses_no_dividend_and_no_split_of_its_day_under_either_name(name, order):
    facts = [
        SymbolChange(day=day(5), of=about("ABC"), new_symbol="NEW"),
        Split(day=day(5), of=about(name), new=D(4)),
        Payout(day=day(5), of=about(name), per_unit=D(1)),
    ]
    made = book([opening((ABC, 100), (Cash(currency="USD"), 1000)), *facts[::order]], day(5))
    assert (made.cash["USD"], made.quantity("NEW"), made.quantity("ABC")) == (1100, 400, 0)


def test_two_dividends_of_one_day_are_two():
    facts = [
        Payout(day=day(5), of=about("ABC"), per_unit=D(1)),
        Payout(day=day(5), of=about("ABC"), per_unit=D(5), kind=PayoutKind.SPECIAL),
        Payout(day=day(5), of=about("ABC"), per_unit=D(1)),
    ]
    assert book([opening((ABC, 100), (Cash(currency="USD"), 0)), *facts], day(5)).cash["USD"] == 700


def test_a_second_snapshot_on_the_ex_day_loses_no_dividend_from_the_return():
    paid = Payout(day=day(5), of=about("ABC"), per_unit=D(1))
    again = opening((ABC, 1000), (Cash(currency="USD"), 6000), day=day(5))
    ledger = Ledger([opening((ABC, 1000), (Cash(currency="USD"), 5000)), paid, again], Rules(base="USD"))
    made = statement(ledger, START, day(5), lambda _h, on: D(10) if on == START else D(9))
    assert (made.income, made.gains, made.flows, made.unexplained, made.change) == (1000, -1000, 0, 0, 0)
    assert not [f for f in ledger.book_on(day(5)).findings if f.kind.value == "difference"]


@pytest.mark.parametrize(
    ("kind", "amount", "income", "expense"),
    [
        (CashKind.INTEREST, 1500, 1500, 0),
        (CashKind.INTEREST, -1500, 0, 1500),
        (CashKind.FEE, -1500, 0, 1500),
        (CashKind.FUNDING, 40, 40, 0),
        (CashKind.FUNDING, -40, 0, 40),
        (CashKind.REBATE, 3, 3, 0),
        (CashKind.BORROW_COST, -9, 0, 9),
        (CashKind.TAX, 9, 0, -9),
    ],
)
def test_income_and_cost_are_no_deposits(kind, amount, income, expense):
    item = CashItem(day=day(5), kind=kind, amount=D(amount), currency="USD")
    ledger = Ledger([opening((ABC, 3000), (Cash(currency="USD"), 0)), item], Rules(base="USD"))
    made = statement(ledger, START, day(5), lambda *_: D(10))
    assert (made.income, made.expense, made.flows, made.gains) == (income, expense, 0, 0)
    assert made.change == amount


def test_what_a_conversion_loses_is_currency_and_no_outflow():
    swap = Conversion(day=day(5), sold_currency="USD", sold=D(5000), bought_currency="EUR", bought=D(3000))
    ledger = Ledger([opening((Cash(currency="USD"), 10000)), swap], Rules(base="USD", rates=lambda *_: D("1.1")))
    made = statement(ledger, START, day(5), lambda *_: None)
    assert (made.flows, made.income, made.gains, made.currency, made.change) == (0, 0, 0, -1700, -1700)


@pytest.mark.parametrize(
    ("subject", "amount"),
    [
        (about("VOD"), "4.5"),
        (Subject(symbol="VOD", currency="GBP", minor=True), "4.5"),
        (Subject(symbol="VOD", currency="GBP"), "0.045"),
    ],
)
def test_a_dividend_of_a_share_in_pence_is_in_pence_unless_it_says_pounds(subject, amount):
    paid = Payout(day=day(5), of=subject, per_unit=D(amount))
    made = book([opening((VOD, 1000), (Cash(currency="GBP"), 0)), paid], day(5))
    assert dict(made.cash) == {"GBP": 45}
    assert made.total(Account.INCOME, "GBP") == 45


def test_gbx_in_a_row_is_pence_and_no_currency_of_its_own():
    row = {"date": "2024-01-05", "kind": "dividend", "symbol": "VOD", "per_unit": "4.5", "currency": "GBX"}
    read = facts_of_records([("a.csv row 2", row)])
    assert dict(book([opening((VOD, 1000), (Cash(currency="GBP"), 0)), *read.facts], day(5)).cash) == {"GBP": 45}


def test_lots_of_a_share_in_pence_are_pounds_and_so_are_their_gains():
    lot = TaxLot(quantity=D(100000), price=D("0.65"), acquired=dt.date(2020, 1, 2))
    held = Snapshot(day=START, positions=(Position(instrument=VOD, quantity=D(100000), lots=(lot,)),))
    sold = Trade(day=day(5), of=about("VOD"), side=Side.SELL, quantity=D(475), price=D("64"))
    ledger = Ledger([held, sold], Rules(base="GBP"))
    (gone,) = [d for e in ledger.entries() for d in e.disposals]
    assert gone.gain == D("-4.75")
    assert gone.long_term
    (left,) = ledger.book_on(day(5)).portfolio().positions[0].lots
    assert left.price == D("0.65")


def test_net_asset_value_says_which_price_is_missing():
    made = book([opening((ABC, 100))], START)
    with pytest.raises(Exception, match="a price of ABC on 2024-01-02"):
        nav(made, START, Rules(base="USD"), lambda *_: None)
