"""Whole lots for many accounts are those of each alone; what is too small says from which size it fits."""

from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

import trimtab as tt
from trimtab import sample
from trimtab.desk.ask.propose import find_hedges, price_hedges
from trimtab.exposure.measured import measure_book
from trimtab.feeds.contracts import open_contracts
from trimtab.fleet.accounts import AccountBooks
from trimtab.fleet.check import FleetTerms, check_accounts
from trimtab.fleet.units import value_units
from trimtab.fleet.verdicts import MandateArrays
from trimtab.hedge.futures.plan import plan_futures
from trimtab.hedge.verdict import Status, judge
from trimtab.model.portfolio import Portfolio, Stated

SHARES = ("AAPL", "AMD", "BAC", "JNJ", "KO", "MSFT", "PEP", "PG", "WMT", "XOM", "MTUM", "USMV")


@cache
def moment():
    prices = tt.read_prices(sample.prices_path())
    betas = tt.estimate_betas(prices, benchmark="SPX", method="ols", window=252)
    market = tt.market_at(prices, base="USD")
    contracts = open_contracts(None)
    line = ", ".join(f"1 {name}" for name in (*SHARES, "ESH3", "MESH3", "USD"))
    held = tt.portfolio(line, as_of=market.day)
    stated = replace(held.positions[len(SHARES)], stated=Stated(price=Decimal("3790.25")))
    units = value_units((*held.positions, stated), market, betas)
    mandate = tt.Mandate(benchmark="SPX", target=0.0, band=0.0)

    def priced(names: tuple[str, ...], portfolio: Portfolio):
        hedges = find_hedges(names, contracts, market.day, prices=prices, held=portfolio)
        return price_hedges(portfolio, mandate, market, betas, hedges, contracts)

    return units, priced


def draw_books(seed: int, accounts: int) -> AccountBooks:
    """Some hold a hedge already, some of those at a price of their own; sizes from far too small to large."""
    rng = np.random.default_rng(seed)
    starts, units, quantities = [0], [], []
    for _ in range(accounts):
        scale = 10 ** rng.uniform(0, 4.5)
        few = rng.choice(len(SHARES), rng.integers(1, 8), replace=False)
        units += [*few.tolist(), len(SHARES) + 2]
        quantities += [*np.ceil(scale * rng.uniform(0.1, 1, len(few))).tolist(), float(np.ceil(scale * 50))]
        if rng.random() < 0.3:
            units.append(int(rng.choice([len(SHARES), len(SHARES) + 1, len(SHARES) + 3])))
            quantities.append(float(rng.integers(-3, 3)))
        starts.append(len(units))
    return AccountBooks(
        names=tuple(f"K{k}" for k in range(accounts)), starts=np.array(starts), units=np.array(units),
        quantities=np.array(quantities),
    )  # fmt: skip


def terms_of(books: AccountBooks, names: tuple[str, ...], seed: int) -> FleetTerms:
    _, priced = moment()
    rng, n = np.random.default_rng(seed), len(books.names)
    return FleetTerms(
        benchmark="SPX",
        mandates=MandateArrays(
            target=rng.choice([0.0, 0.5, 1.0], n), band=rng.choice([0.02, 0.1], n), confidence=np.full(n, 0.5)
        ),
        hedges=priced(names, Portfolio(positions=(), base="USD")),
        price_hedges=lambda portfolio: priced(names, portfolio),
    )


def hold_to_plans(seed: int, accounts: int, names: tuple[str, ...]) -> dict[str, int]:
    """Compare every account with its own plan, and count how many of each way there were."""
    units, priced = moment()
    books = draw_books(seed, accounts)
    terms = terms_of(books, names, seed)
    seen: dict[str, int] = {}
    for row, check in enumerate(check_accounts(books, units, terms)):
        book = measure_book(books.portfolio(row, units), units.market, units.betas)
        assert check.status is judge(book.exposure, terms.mandate(row)).status
        if check.status is not Status.OUTSIDE:
            assert check.contracts is None
            continue
        plan = plan_futures(book, terms.mandate(row), priced(names, book.portfolio))
        assert check.contracts == tuple((o.symbol, float(o.signed)) for o in plan.orders)
        words = check.reason or ""
        way = "too small" if "too small" in words else "nearest" if "whole lots reach" in words else plan.status.value
        seen[way] = seen.get(way, 0) + 1
    return seen


@pytest.mark.parametrize("names", [("ES",), ("ES", "MES")])
def test_lots_are_those_of_each_account_by_itself(names):
    """With one contract or two, where the account holds one already, and where it states a price of its own."""
    seen = hold_to_plans(7, 80, names)
    assert seen["planned"] > 10
    assert seen["too small"] > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_lots_of_five_thousand_accounts(seed):
    """The same on 5,000 accounts."""
    hold_to_plans(seed, 500, ("ES", "MES"))


def test_a_fund_in_place_of_futures_takes_the_cash_there_is():
    """A fund is bought with base cash alone, and the account that has too little buys what it can."""
    units, priced = moment()
    books = draw_books(9, 40)
    n = len(books.names)
    terms = FleetTerms(
        benchmark="SPX",
        mandates=MandateArrays(target=np.full(n, 1.6), band=np.full(n, 0.01), confidence=np.full(n, 0.5)),
        hedges=priced(("MTUM",), Portfolio(positions=(), base="USD")),
        price_hedges=lambda portfolio: priced(("MTUM",), portfolio),
    )
    for row, check in enumerate(check_accounts(books, units, terms)):
        book = measure_book(books.portfolio(row, units), units.market, units.betas)
        plan = plan_futures(book, terms.mandate(row), priced(("MTUM",), book.portfolio))
        assert (check.contracts or ()) == tuple((o.symbol, float(o.signed)) for o in plan.orders)


def test_an_account_too_small_for_a_lot_fits_from_the_size_it_is_told():
    """Scaled to the NAV that the reason names one lot is traded; a hundredth below it none brings it inside."""
    units, _ = moment()
    books = AccountBooks(
        names=("small",), starts=np.array([0, 2]), units=np.array([0, len(SHARES) + 2]),
        quantities=np.array([20.0, 500.0]),
    )  # fmt: skip
    base = terms_of(books, ("MES",), 1)
    asked = MandateArrays(target=np.full(1, 0.9), band=np.full(1, 0.05), confidence=np.full(1, 0.5))
    terms = replace(base, mandates=asked)
    (check,) = check_accounts(books, units, terms)
    assert check.contracts == ()
    assert check.reason is not None
    assert check.nav is not None
    least = float(check.reason.split("NAV of ")[1].split(" on")[0].replace(",", ""))
    for factor, fits in ((1.01, True), (0.97, False)):
        scaled = replace(books, quantities=books.quantities * (factor * least / check.nav))
        (again,) = check_accounts(scaled, units, terms)
        assert again.reason is not None
        assert ("too small" not in again.reason and "nearest" not in again.reason) is fits
