"""The ledger against one written as a child would keep it, over random histories of every kind of fact."""

# ruff: noqa: S311 - days drawn, not secrets

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from ledger_histories import draw_history

from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import nav, statement
from trimtab.model.instrument import Option

#: Amounts are rounded to 1e-12 at each step; a history has some hundreds of steps and amounts up to some millions.
CLOSE = Fraction(1, 10**6)
#: A third of a share has no end: of a lot that is gone in fractions, 1e-12 may be left.
DUST = Fraction(1, 10**9)
SUMS = {
    "income": Account.INCOME,
    "expense": Account.EXPENSE,
    "flow": Account.FLOW,
    "gain": Account.GAIN,
}


def near(one, other, what):
    assert abs(Fraction(one) - other) < CLOSE, f"{what}: {float(one)} is not {float(other)}"


def compare(book, naive):
    """Units, money, lots and accounts of one evening."""
    units = {f"spot {s}": naive.units(s) for s in naive.shares}
    units |= {
        f"option {k[0]} {k[3]} {k[1]} {plain(k[2])} {plain(k[4])}": sum(lot["q"] for lot in thing["lots"])
        for k, thing in naive.options.items()
    }
    for sym, future in naive.futures.items():
        units[f"{'perpetual' if future['inverse'] else 'future'} {sym}"] = future["q"]
    held = {rounded(key): holding.quantity for key, holding in book.holdings.items()}
    for key in {*units, *held}:
        near(held.get(key, 0), units.get(key, Fraction(0)), key)
    for currency in {*book.cash, *naive.cash}:
        near(book.cash.get(currency, 0), naive.cash.get(currency, Fraction(0)), f"cash {currency}")
    for name, account in SUMS.items():
        for currency in ("USD", "EUR", "GBP", "BTC"):
            want = naive.sums.get((name, currency), Fraction(0))
            near(book.total(account, currency), want, f"{name} {currency}")
    for sym, thing in naive.shares.items():
        mine = [lot for lot in book.holdings[f"spot {sym}"].lots if abs(lot.quantity) > DUST]
        theirs = [lot for lot in thing["lots"] if abs(lot["q"]) > DUST]
        for lot, want in zip(mine, theirs, strict=True):
            near(lot.quantity, want["q"], f"lot of {sym}")
            near(lot.cost, want["cost"], f"cost of a lot of {sym}")
            near(lot.fees, want["fees"], f"fees of a lot of {sym}")
            near(lot.base, want["base"], f"cost in base of a lot of {sym}")
            assert lot.acquired == want["day"]


def plain(value):
    """Write a strike or a multiplier: to six digits, which both sides agree on."""
    return f"{round(Decimal(value.numerator) / value.denominator, 6).normalize():f}"


def rounded(key):
    """Round the strike in an option's key; one third has no end."""
    if not key.startswith("option "):
        return key
    *words, strike, size = key.split(" ")
    return " ".join([*words, plain(Fraction(strike)), plain(Fraction(size))])


def check(seed):
    history = draw_history(seed)
    rules = Rules(base="USD", method=history.method, rates=history.fx)
    ledger = Ledger(history.facts, rules, from_nothing=history.from_nothing)
    days = [day for day in sorted(history.books) if day >= ledger.days[0]]
    rng = random.Random(seed)
    asked = sorted({*rng.sample(days, 3), days[-1]})
    for day in asked:
        compare(ledger.book_on(day), history.books[day])

    def price_of(holding, day):
        name = f"{holding.instrument.underlying} option" if isinstance(holding.instrument, Option) else holding.symbol
        return history.price(name, day)

    for day in asked:
        near(nav(ledger.book_on(day), day, rules, price_of), history.books[day].nav(day, history.price), f"nav {day}")
    start, end = asked[0], asked[-1]
    made = statement(ledger, start, end, price_of)
    parts = made.flows + made.income - made.expense + made.gains + made.currency + made.unexplained
    near(made.change, Fraction(parts), "the sum of the parts")
    one, other = history.books[start].sums, history.books[end].sums
    for name, value in (("flow", made.flows), ("income", made.income), ("expense", made.expense)):
        near(value, other.get(f"base {name}", Fraction(0)) - one.get(f"base {name}", Fraction(0)), f"{name} in base")
    gone = [d for e in ledger.entries(None, end) for d in e.disposals if d.gain]
    want = [c for c in history.books[end].closed if abs(c["gain"]) > CLOSE]
    gone = [d for d in gone if abs(d.gain) > CLOSE]
    for long in (True, False):
        near(
            sum((d.base_gain for d in gone if d.long_term is long), Decimal(0)),
            sum((c["base"] for c in want if c["long"] is long), Fraction(0)),
            f"gains in base, long term {long}",
        )


@pytest.mark.parametrize("block", range(10))
def test_two_hundred_histories_agree_with_the_naive_ledger(block):
    for seed in range(20 * block, 20 * block + 20):
        check(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", range(18))
def test_two_thousand_histories_agree_with_the_naive_ledger(block):
    for seed in range(200 + 100 * block, 300 + 100 * block):
        check(seed)


def test_histories_hold_every_kind_of_fact():
    kinds = {type(f).__name__ for seed in range(20) for f in draw_history(seed).facts}
    assert kinds == {
        "Cancellation", "CashItem", "Conversion", "Correction", "Delisting", "Delivery", "Deposit", "Merger",
        "MultiplierChange", "OptionEnd", "Payout", "Roll", "Settlement", "Snapshot", "SpinOff", "Split",
        "StockDividend", "SymbolChange", "Trade", "Transfer", "Withdrawal",
    }  # fmt: skip
