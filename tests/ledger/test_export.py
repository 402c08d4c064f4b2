"""What a ledger writes: rows for people, and text that another program checks."""

import datetime as dt
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_histories import draw_history

from trimtab.ledger.beancount import beancount_text
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.facts.money import Conversion, Deposit
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.rows import COLUMNS, ledger_rows
from trimtab.ledger.state import Rules
from trimtab.model.instrument import Spot

D = Decimal
ABC = Spot(symbol="ABC", currency="USD")


def day(number):
    return dt.date(2024, 1, number)


FACTS = [
    Deposit(day=day(2), currency="USD", amount=D(5000), source="a.csv row 2"),
    Trade(day=day(2), of=about(ABC), side=Side.BUY, quantity=D(100), price=D("10.50"), fee=D(1), source="a.csv row 3"),
    Payout(day=day(3), of=about("ABC"), per_unit=D("0.20"), tax=D(3)),
    Conversion(day=day(3), sold_currency="USD", sold=D(110), bought_currency="EUR", bought=D(100)),
]


def test_rows_have_the_columns_of_the_schema_and_say_what_moved():
    assert COLUMNS == (
        "date", "fact", "symbol", "quantity", "price", "currency", "cash", "income", "flow", "nav", "source",
    )  # fmt: skip
    ledger = Ledger(FACTS, Rules(base="USD"))
    rows = ledger_rows(ledger.entries(), lambda on: D("1234.50") if on == day(3) else None)
    told = [tuple(getattr(r, name) for name in COLUMNS) for r in rows]
    assert told == [
        ("2024-01-02", "deposit", None, None, None, "USD", "5000", None, "5000", None, "a.csv row 2"),
        ("2024-01-02", "buy", "ABC", "100", "10.5", "USD", "-1051", "-1", None, None, "a.csv row 3"),
        ("2024-01-03", "dividend", "ABC", None, None, "USD", "17", "17", None, None, ""),
        ("2024-01-03", "conversion", None, None, None, "USD", "-110", None, None, None, ""),
        ("2024-01-03", "conversion", None, None, None, "EUR", "100", None, None, "1234.5", ""),
    ]


@pytest.mark.parametrize("seed", range(20_000, 20_005))
def test_rows_of_any_history_add_up_to_its_book(seed):
    history = draw_history(seed)
    rules = Rules(base="USD", method=history.method, rates=history.fx)
    ledger = Ledger(history.facts, rules, from_nothing=history.from_nothing)
    book = ledger.book_on(ledger.days[-1])
    sums = {}
    for row in ledger_rows(ledger.entries()):
        sums[row.currency] = sums.get(row.currency, D(0)) + D(row.cash or 0)
    assert {c: v for c, v in sums.items() if v} == {c: v for c, v in book.cash.items() if v}


def check(text, folder: Path):
    program = Path(sys.executable).with_name("bean-check")
    found = str(program) if program.exists() else shutil.which("bean-check")
    if found is None:
        pytest.skip("bean-check is not installed: pip install beancount")
    path = folder / "ledger.beancount"
    path.write_text(text)
    return subprocess.run([found, "--no-cache", str(path)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("seed", range(20_000, 20_005))
def test_beancount_finds_the_same_costs_gains_and_balances(seed, tmp_path):
    history = draw_history(seed)
    rules = Rules(base="USD", method=history.method, rates=history.fx)
    ledger = Ledger(history.facts, rules, from_nothing=history.from_nothing)
    ran = check(beancount_text(ledger.entries(), ledger.book_on(ledger.days[-1])), tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_beancount_would_find_a_cent_that_is_missing(tmp_path):
    ledger = Ledger(FACTS, Rules(base="USD"))
    text = beancount_text(ledger.entries(), ledger.book_on(day(3)))
    assert check(text, tmp_path).returncode == 0
    assert check(text.replace("  Assets:Cash  5000 USD", "  Assets:Cash  5000.01 USD"), tmp_path).returncode == 1


def test_names_that_beancount_does_not_take_are_changed_and_stay_different(tmp_path):
    names = [
        "BRK/B",
        "BRK-B",
        "7203.T",
        "a b",
        "X",
        "ÄÖ",
        "VERY LONG NAME OF A FUND CLASS A",
        "VERY LONG NAME OF A FUND CLASS B",
    ]
    facts = [
        Trade(day=day(2), of=about(Spot(symbol=n, currency="USD")), side=Side.BUY, quantity=D(1), price=D(i + 1))
        for i, n in enumerate(names)
    ]
    ledger = Ledger(facts, Rules(base="USD"))
    ran = check(beancount_text(ledger.entries(), ledger.book_on(day(2))), tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
