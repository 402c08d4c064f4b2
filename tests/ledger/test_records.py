"""Rows become facts, or are refused in three parts with their row; the rest is kept or not, never half."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.errors import FileFormatError, InputError
from trimtab.ledger.entry.makers import MAKERS
from trimtab.ledger.entry.records import fact_of_record, facts_of_records
from trimtab.ledger.facts.amendments import Cancellation, Correction
from trimtab.ledger.facts.corporate import Merger, Split
from trimtab.ledger.facts.money import Conversion
from trimtab.ledger.facts.trades import Side, Trade

D = Decimal


def row(text):
    return dict(part.split("=", 1) for part in text.split(", "))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("kind=gift, date=2024-01-02, symbol=A", "a kind of fact: assigned, borrow_cost"),
        ("kind=trade, date=2024-01-02, symbol=A, quantity=100, price=5", "without a sign, and no side"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=-100, price=5", "a positive quantity, or no side"),
        ("kind=trade, side=lend, date=2024-01-02, symbol=A, quantity=100, price=5", "a side: buy, sell, short, cover"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=0, price=5", "a positive quantity of A"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=1", "a number as price"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=1, price=abc", "a number as price"),
        ("kind=buy, date=2024-13-02, symbol=A, quantity=1, price=1", "a day like"),
        ("kind=buy, date=2024-01-02, quantity=1, price=1", "a symbol"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=1, price=1, fee=-2", "a fee of zero or more"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=1, price=NaN", "a number as price"),
        ("kind=buy, date=2024-01-02, symbol=A, quantity=1E+1000000, price=1", "a number as quantity"),
        ("kind=settlement, date=2024-01-02, symbol=A, price=1e40", "a number as price"),
        ("kind=split, date=2024-01-02, symbol=A, new=0", "a positive number of new units in the split of A"),
        ("kind=split, date=2024-01-02, symbol=A, ratio=0:1", "a positive number of new units"),
        ("kind=merger, date=2024-01-02, symbol=A", "the terms of the merger of A"),
        ("kind=merger, date=2024-01-02, symbol=A, into=B", "the terms of the merger of A"),
        ("kind=spin_off, date=2024-01-02, symbol=A, into=B, new=1, basis=25", "0 to 1"),
        ("kind=dividend, date=2024-01-02, symbol=A", "either an amount per unit or a whole amount"),
        ("kind=dividend, date=2024-01-02, symbol=A, per_unit=1, amount=5", "either an amount per unit"),
        ("kind=interest, date=2024-01-02, amount=5", "a currency for interest"),
        ("kind=interest, date=2024-01-02, amount=0, currency=USD", "an amount of interest"),
        ("kind=deposit, date=2024-01-02, amount=5", "a symbol"),
        ("kind=deposit, date=2024-01-02, amount=5, currency=usd", "a currency code in capitals"),
        (
            "kind=conversion, date=2024-01-02, sold_currency=USD, sold=1, bought_currency=USD, bought=1",
            "two currencies",
        ),
        ("kind=symbol_change, date=2024-01-02, symbol=A, new_symbol=A", "another name for A"),
        ("kind=cash_settled, date=2024-01-02, symbol=A", "the settlement price"),
        ("kind=roll, date=2024-01-02, symbol=A, into=A, price=1, into_price=1", "two contracts"),
        ("kind=multiplier_change, date=2024-01-02, symbol=A, multiplier=0", "a positive multiplier"),
        ("kind=transfer_in, date=2024-01-02, symbol=A, quantity=0, price=1", "units that moved"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_place(text, match):
    with pytest.raises(InputError, match=match) as refused:
        facts_of_records([("f.csv row 7", row(text))])
    assert "f.csv row 7" in refused.value.found
    assert refused.value.try_next


GOOD, BAD = "kind=buy, date=2024-01-02, symbol=A, quantity=1, price=5", "kind=gift, date=2024-01-02"


def test_one_wrong_row_refuses_all_or_is_left_out_as_the_user_asked():
    rows = [("f row 2", row(GOOD)), ("f row 3", row(BAD)), ("f row 4", row(BAD))]
    with pytest.raises(FileFormatError, match=r"f row 3[\s\S]*f row 4[\s\S]*nothing of the file was kept"):
        facts_of_records(rows)
    read = facts_of_records(rows, keep_rest=True)
    assert len(read.facts) == 1
    assert [f.where for f in read.failures] == ["f row 3", "f row 4"]


def test_signs_of_a_file_tell_purchases_from_sales():
    rows = [
        ("f row 2", row("date=2024-01-02, symbol=A, quantity=100, price=5")),
        ("f row 3", row("date=2024-01-03, symbol=A, quantity=-40, price=6")),
    ]
    read = facts_of_records(rows)
    assert [(f.side, f.quantity) for f in read.facts] == [(Side.BUY, 100), (Side.SELL, 40)]
    sold = fact_of_record(row("kind=sell, date=2024-01-02, symbol=A, quantity=-40, price=6"), "f row 2")
    assert (sold.side, sold.quantity) == (Side.SELL, 40)


def test_every_word_has_a_maker_and_reads_back():
    said = {
        "split": "ratio=3:2", "spin_off": "into=B, new=1, old=4, basis=0.25", "merger": "into=B, new=2, cash=3",
        "symbol_change": "new_symbol=B", "multiplier_change": "multiplier=5", "settlement": "price=5",
        "cash_settled": "settlement=5", "roll": "into=B, price=5, into_price=6", "delivery": "into=B, price=5",
        "conversion": "sold_currency=USD, sold=5, bought_currency=EUR, bought=4",
        "stock_dividend": "per_unit=0.1", "deposit": "amount=5, currency=USD", "withdrawal": "amount=5, currency=USD",
        "transfer_in": "quantity=5, price=5", "transfer_out": "quantity=5, price=5",
    }  # fmt: skip
    for kind in MAKERS:
        default = "quantity=5, price=5" if kind in (*Side, "trade") else "amount=5, currency=USD"
        if kind in ("exercised", "assigned", "expired", "delisting"):
            default = "fee=0"
        fact = fact_of_record(row(f"kind={kind}, date=2024-01-02, symbol=A, {said.get(kind, default)}"), "f row 2")
        assert fact.day == dt.date(2024, 1, 2)
        assert fact.source == "f row 2"


def test_details_of_rows_arrive():
    text = "kind=buy, date=2024-01-02, time=15:30:00, id=t1, symbol=V, quantity=2, price=70, currency=GBX, fee=1"
    fact = fact_of_record(row(text + ", fee_currency=USD, lots=a=1;b=1"), "f row 2")
    assert isinstance(fact, Trade)
    assert (fact.of.currency, fact.of.minor, fact.fee_currency) == ("GBP", True, "USD")
    assert (fact.time, fact.id, fact.lots) == (dt.time(15, 30), "t1", (("a", D(1)), ("b", D(1))))
    split = fact_of_record(row("kind=split, date=2024-01-02, symbol=A, ratio=3:2"), "f")
    assert isinstance(split, Split)
    assert (split.new, split.old) == (3, 2)
    merger = fact_of_record(row("kind=merger, date=2024-01-02, symbol=A, cash=3"), "f")
    assert isinstance(merger, Merger)
    swap = "kind=conversion, date=2024-01-02, sold_currency=USD, sold=-5, bought_currency=EUR, bought=4"
    assert isinstance(fact_of_record(row(swap), "f"), Conversion)


def test_rows_amend_rows():
    wrong = fact_of_record(row(GOOD + ", target=t1, number=4, id=k1"), "f row 3")
    assert isinstance(wrong, Correction)
    assert (wrong.target, wrong.number, wrong.id, wrong.fact.id) == ("t1", 4, "k1", None)
    gone = fact_of_record(row("kind=cancellation, target=t1, date=2024-01-03"), "f row 4")
    assert gone == Cancellation(target="t1", day=dt.date(2024, 1, 3), source="f row 4")


@pytest.mark.parametrize(
    ("amounts", "advice"), [({}, "give per_unit or amount"), ({"per_unit": "1", "amount": "5"}, "keep one of")]
)
def test_a_dividend_says_which_column_is_missing_or_too_many(amounts, advice):
    record = {"date": "2024-01-05", "kind": "dividend", "symbol": "ABC", **amounts}
    with pytest.raises(InputError, match=advice):
        fact_of_record(record, "a.csv row 3")
