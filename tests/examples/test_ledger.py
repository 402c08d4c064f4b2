"""The year of `examples/ledger`, worked out by hand: each number beside its arithmetic, met to the cent."""

# ruff: noqa: S311 - rows shuffled, not secrets

import csv
import datetime as dt
import importlib.util
import itertools
import random
from decimal import Decimal
from pathlib import Path

import pytest

from hand_made_year import (
    AUTUMN,
    END,
    EUR,
    EXPENSE,
    FLOWS,
    GAINS,
    GBP,
    INCOME,
    LOTS,
    NAV,
    NAV_TEXT,
    SPRING,
    START,
    SUMMER,
    TOTALS,
    UNITS,
    USD,
)  # fmt: skip
from trimtab.ledger.entry.records import facts_of_records
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account
from trimtab.ledger.returns import money_weighted, time_weighted
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import nav, statement
from trimtab.model.instrument import Cash, Future, Option, OptionRight, Perpetual, PerpetualPayoff, Spot, Terms
from trimtab.model.portfolio import Position, TaxLot

D = Decimal
ROOT = Path(__file__).parents[2]
FOLDER, SCRIPT = ROOT / "examples" / "ledger", ROOT / "scripts" / "build_ledger_example.py"
CENT = D("0.005")


def terms(size):
    return (Terms(multiplier=D(size)),)


def option(symbol, under, right, strike, expiry, size):
    return Option(
        symbol=symbol, underlying=under, currency="USD", right=OptionRight(right), strike=D(strike),
        expiry=dt.date.fromisoformat(expiry), terms=terms(size),
    )  # fmt: skip


def share(symbol, currency="USD", *, minor=False):
    return Spot(symbol=symbol, currency=currency, minor=minor)


WHAT = [
    *map(share, ("ABC", "PAR", "KID", "RSP", "TSL", "GLB")),
    share("OLD", "EUR"),
    share("NEW", "EUR"),
    share("VOD", "GBP", minor=True),
    option("ABC 110P Feb24", "ABC", "put", "110", "2024-02-16", 100),
    option("ABC 130C Mar24", "ABC", "call", "130", "2024-03-15", 100),
    option("SPX 5300P Mar24", "SPX", "put", "5300", "2024-03-21", 10),
    Future(symbol="MESH4", root="MES", currency="USD", expiry=dt.date(2024, 3, 15), terms=terms(5)),
    Future(symbol="MESM4", root="MES", currency="USD", expiry=dt.date(2024, 6, 21), terms=terms(5)),
    Perpetual(
        symbol="BTC-PERP",
        underlying="BTC",
        currency="USD",
        settlement="USD",
        payoff=PerpetualPayoff.LINEAR,
        terms=terms(1),
    ),
]


def rows(name):
    with (FOLDER / name).open() as handle:
        return [(f"{name} row {i}", dict(row)) for i, row in enumerate(csv.DictReader(handle), start=2)]


PRICES = {dt.date.fromisoformat(row.pop("date")): row for _, row in rows("prices.csv")}


def rate(currency, day):
    text = PRICES[day][f"{currency}USD"] if day in PRICES else ""
    return D(text) if text else None


def price_of(holding, day):
    text = PRICES[day][holding.symbol]
    return D(text) if text else None


def opening():
    positions = []
    for _, row in rows("opening.csv"):
        if row["kind"] == "cash":
            what = Cash(currency=row["currency"])
        else:
            what = next(i for i in WHAT if i.symbol == row["symbol"])
        lots = []
        for units, price, day in [row["lots"].split("@")] if row["lots"] else []:
            # The file has pence where the share is quoted in them; a lot is in whole currency.
            whole = D(price) / 100 if what.minor else D(price)
            lots.append(TaxLot(quantity=D(units), price=whole, acquired=dt.date.fromisoformat(day)))
        positions.append(Position(instrument=what, quantity=D(row["quantity"]), lots=tuple(lots)))
    return Snapshot(day=START, positions=tuple(positions), source="opening.csv")


def happened():
    found = []
    for name in ("trades.csv", "money.csv", "actions.csv", "settlements.csv"):
        for where, row in rows(name):
            row["kind"] = row.pop("fact")
            row["date"] = row.pop("effective", None) or row["date"]
            found.append((where, row))
    return facts_of_records(found).facts


@pytest.fixture(scope="module")
def ledger():
    rules = Rules(base="USD", rates=rate, listed={i.symbol: i for i in WHAT})
    return Ledger([opening(), *happened()], rules)


def cents(number):
    return f"{number:.2f}"


def test_the_additions_come_to_what_is_written_beside_them():
    for day, totals in TOTALS.items():
        assert tuple(cents(c[day]) for c in (USD, EUR, GBP)) == totals
        assert abs(NAV[day] - D(NAV_TEXT[day])) <= CENT


@pytest.mark.parametrize("day", TOTALS)
def test_cash_and_positions_of_each_quarter_are_those_worked_out_by_hand(ledger, day):
    book = ledger.book_on(day)
    assert {c: cents(v) for c, v in book.cash.items()} == dict(zip(("USD", "EUR", "GBP"), TOTALS[day], strict=True))
    assert {h.symbol: h.quantity for h in book.holdings.values()} == UNITS[day]
    assert book.whole
    assert nav(book, day, ledger.rules, price_of) == NAV[day]


def test_settlements_of_the_futures_add_up_to_what_the_trades_made(ledger):
    paid = {}
    for entry in ledger.entries():
        for posting in entry.postings:
            if posting.account is Account.GAIN and posting.key.startswith("future"):
                symbol = posting.key.split(" ")[1]
                paid.setdefault(symbol, []).append(cents(-posting.amount))
    assert paid == {
        "MESH4": ["-26.25", "333.75", "-82.50", "-75.00"],
        "MESM4": ["-67.50", "-528.75", "371.25", "382.50"],
    }


def test_income_expense_and_realised_gains_are_those_worked_out_by_hand(ledger):
    book = ledger.book_on(END)
    for currency in ("USD", "EUR", "GBP"):
        assert cents(book.total(Account.INCOME, currency)) == cents(INCOME[currency])
        assert cents(book.total(Account.EXPENSE, currency)) == cents(EXPENSE[currency])
        assert cents(book.total(Account.GAIN, currency)) == cents(sum(GAINS[currency].values()))
    names = {h.key: h.symbol for e in ledger.entries() for pair in e.holdings for h in pair if h is not None}
    realised = {}
    for posting in (p for e in ledger.entries() for p in e.postings if p.account is Account.GAIN):
        symbol = names[posting.key]
        realised[symbol] = realised.get(symbol, D(0)) - posting.amount
    by_hand = {symbol: cents(gain) for gains in GAINS.values() for symbol, gain in gains.items()}
    assert {symbol: cents(gain) for symbol, gain in realised.items()} == by_hand


def test_lots_that_are_left_have_the_cost_worked_out_by_hand(ledger):
    book = ledger.book_on(END)
    for symbol, lots in LOTS.items():
        held = book.holding(symbol)
        assert [(cents(x.quantity), cents(x.cost), cents(x.fees), x.acquired.isoformat()) for x in held.lots] == [
            (cents(units), cents(cost), cents(fees), day) for units, cost, fees, day in lots
        ]
    assert {h.symbol for h in book.holdings.values()} == set(LOTS)


def test_gains_for_taxes_take_fees_in_and_know_how_long_each_lot_was_held(ledger):
    told = {}
    for entry in ledger.entries():
        for gone in entry.disposals:
            told.setdefault(gone.symbol, []).append((cents(gone.gain), gone.long_term))
    assert told == {
        "ABC 130C Mar24": [("-242.00", False)],
        "SPX 5300P Mar24": [("296.00", False)],
        "KID": [("81.50", True)],
        "ABC": [("3898.50", True)],
        # Closing a short position is never long.
        "TSL": [("98.00", False)],
        "RSP": [("0.98", False)],  # 1.00 less half a share of the fee of 5: 5 x 0.5 / 100.5
        "OLD": [("400.00", True)],
        "GLB": [("299.00", True)],
        # 500 - 10 x 10/12; 60 - 10 x 2/12 - 12 x 2/5.
        "VOD": [("491.67", True), ("53.53", False)],
    }


DAYS = (START, SPRING, SUMMER, AUTUMN, END)


@pytest.mark.parametrize(("start", "end"), [(a, b) for a in DAYS for b in DAYS if a < b])
def test_the_change_of_net_asset_value_is_explained_to_the_cent(ledger, start, end):
    made = statement(ledger, start, end, price_of)
    assert (made.opening, made.closing) == (NAV[start], NAV[end])
    assert made.flows == sum(v for day, v in FLOWS.items() if start < day <= end)
    parts = made.flows + made.income - made.expense + made.gains + made.currency + made.unexplained
    assert cents(parts) == cents(NAV[end] - NAV[start])
    assert made.unexplained == 0


def test_returns_of_the_year_are_those_of_the_hand_made_values(ledger):
    made = [statement(ledger, a, b, price_of) for a, b in itertools.pairwise(DAYS)]
    # Each quarter's flow came on its last day: (138,983.50 - 10,000) / 124,506.00, and so on.
    growth = float(
        (NAV[SPRING] - FLOWS[SPRING]) / NAV[START]
        * (NAV[SUMMER] - FLOWS[SUMMER]) / NAV[SPRING]
        * (NAV[AUTUMN] - FLOWS[AUTUMN]) / NAV[SUMMER]
        * NAV[END] / NAV[AUTUMN]
    )  # fmt: skip
    navs = [float(made[0].opening), *(float(m.closing) for m in made)]
    assert time_weighted(navs, [float(m.flows) for m in made]) == pytest.approx(growth - 1, abs=1e-12)
    # 1.035962 x 1.002781 x 1.036832 x 0.989497
    assert growth - 1 == pytest.approx(0.065794, abs=5e-7)
    flows = [(START, -NAV[START]), *((day, -v) for day, v in FLOWS.items()), (END, NAV[END])]
    rate_of_year = money_weighted([(day, float(v)) for day, v in flows])
    # Put in the equation of XIRR it gives nothing, and it is the only rate that does.
    worth = sum(float(v) * (1 + rate_of_year) ** (-(day - START).days / 365) for day, v in flows)
    assert abs(worth) < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_rows_in_any_order_give_the_same_year(ledger, seed):
    facts = list(ledger.facts)
    random.Random(seed).shuffle(facts)
    other = Ledger(facts, ledger.rules)
    for day in DAYS:
        assert other.book_on(day) == ledger.book_on(day)


def test_the_prices_are_those_that_the_script_draws():
    spec = importlib.util.spec_from_file_location("build_ledger_example", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert (FOLDER / "prices.csv").read_text() == made.text()
