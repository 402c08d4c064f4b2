"""What a hedge may be called: names that are found, and those that are refused with what is near them."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

import trimtab as tt
from trimtab.desk.ask.propose import find_hedges
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.market.prices import PriceTable
from trimtab.model.portfolio import Portfolio

DAY = dt.date(2024, 12, 30)
NAMES = ("SPX", "SHARE", "QUAL", "AUDUSD", "BTC", "PERP")
BETAS = (1.0, 1.2, 1.0, 0.5, 1.0, 1.0)


def prices() -> PriceTable:
    """A year of an index, what follows it, and an exchange rate that does so as well."""
    rng = np.random.default_rng(16)
    market = rng.normal(0.0, 0.01, 260)
    days = np.arange("2024-01-02", "2026-01-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)][:260]
    moves = {name: beta * market + rng.normal(0.0, 0.002, 260) for name, beta in zip(NAMES, BETAS, strict=True)}
    levels = {name: (100.0 * np.cumprod(1.0 + r)).tolist() for name, r in moves.items()}
    return PriceTable.of(levels, dates=[str(d) for d in days])


def test_an_unknown_hedge_is_told_where_it_was_looked_for():
    """QUALL is near a column of prices; neither message speaks of futures alone."""
    empty = Portfolio(positions=(), base="USD")
    with pytest.raises(UnknownSymbolError, match="something held, or a column of prices") as refused:
        find_hedges(("QUALL",), bundled_contracts(), DAY, prices=prices(), held=empty)
    assert "did you mean QUAL" in str(refused.value)
    with pytest.raises(UnknownSymbolError, match="perpetual or fund"):
        find_hedges(("ZZZZZZ",), bundled_contracts(), DAY)


@pytest.mark.parametrize(("name", "what"), [("SPX", "an index"), ("AUDUSD", "an exchange rate")])
def test_nobody_trades_an_index_or_a_rate_as_a_share(name, what):
    """Both are columns that move with the benchmark, and no ticket is written for shares of them."""
    mandate = tt.Mandate(benchmark="SPX", target=0.2, band=0.02)
    with pytest.raises(InputError, match=f"{name}, by its name {what}"):
        tt.plan(prices(), "100 SHARE, 5000 USD", mandate, hedge=name)
    plan = tt.plan(prices(), "100 SHARE, 5000 USD", mandate, hedge="QUAL")
    assert plan.orders[0].symbol == "QUAL"


def test_funding_of_a_name_that_no_perpetual_has_is_refused(tmp_path):
    """A slip in the name would leave the table's rate in force without a word."""
    table = tmp_path / "contracts.csv"
    table.write_text(
        "root,multiplier,currency,tick,lot,kind,payoff,settlement,funding,underlying\n"
        "PERP,1,USD,0.5,100,perpetual,inverse,BTC,0.0001,BTC\n"
    )
    mandate = tt.Mandate(benchmark="SPX", target=0.2, band=0.02)
    with pytest.raises(InputError, match="funding of PREP"):
        tt.plan(prices(), "100 SHARE, 5000 USD", mandate, hedge="PERP", contracts=table, funding="PREP=0.0002")
    book = tmp_path / "book.csv"
    book.write_text("symbol,quantity,kind,multiplier\nSHARE,1000,share,\nUSD,50000,cash,\nPERP,-3000,perpetual,1\n")
    plan = tt.plan(prices(), book, mandate, hedge="PERP", contracts=table, funding="PERP=0.0002")
    assert (plan.orders[0].lot, plan.orders[0].funding, plan.orders[0].quantity % 100) == (Decimal(100), 0.0002, 0)
    book.write_text(book.read_text().replace("perpetual,1\n", "perpetual,10\n"))
    with pytest.raises(InputError, match="multiplier 1 for PERP, as in the contract table"):
        tt.plan(prices(), book, mandate, hedge="PERP", contracts=table)


def test_a_fund_that_was_bought_is_measured_as_it_was_planned(tmp_path):
    """After the fill, held without a word of its multiple, the table's counts: beta is what the plan said."""
    table = tmp_path / "contracts.csv"
    table.write_text("root,multiplier,currency,tick,kind,leverage\nQUAL,1,USD,0.01,fund,-2\n")
    mandate = tt.Mandate(benchmark="SPX", target=0.2, band=0.02)
    plan = tt.plan(prices(), "100 SHARE, 5000 USD", mandate, hedge="QUAL", contracts=table)
    (order,) = plan.orders
    # By hand: shares sold bring their price, and cost commission and spread.
    dollars = 5000.0 - float(order.signed) * order.mark - order.cost
    after = tt.review(prices(), f"100 SHARE, {dollars!r} USD, {order.signed} QUAL", mandate, contracts=table)
    assert after.exposure.beta.value == pytest.approx(plan.after.beta.value, abs=1e-12)
    assert after.exposure.nav == pytest.approx(plan.after.nav, rel=1e-12)
