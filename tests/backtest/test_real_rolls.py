"""The roll in real contracts: ESZ13 into ESH14, each at its own price, both sides paid."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

import trimtab as tt
from trimtab.market.prices import PriceTable


@pytest.fixture(scope="module")
def prices(shared_data):
    """Join an index, two shares and two contracts of one family, late in 2013."""
    index = pl.read_parquet(shared_data / "index_levels_daily.parquet").filter(pl.col("index") == "SP500")
    table = index.select(pl.col("date").cast(pl.Date), SPX=pl.col("close"))
    shares = pl.read_parquet(shared_data / "us_equity_daily_sp500.parquet")
    contracts = pl.read_parquet(shared_data / "futures_daily_contracts_lean.parquet").filter(pl.col("root") == "ES")
    for name in ("AAPL", "XOM"):
        one = shares.filter(pl.col("ticker") == name)
        table = table.join(
            one.select(pl.col("date").cast(pl.Date), pl.col("adj_close").cast(pl.Float64).alias(name)), on="date"
        )
    for name, month in (("ESZ13", "201312"), ("ESH14", "201403")):
        one = contracts.filter(pl.col("contract_month") == month)
        table = table.join(one.select(pl.col("date").cast(pl.Date), pl.col("close").alias(name)), on="date", how="left")
    table = table.filter(pl.col("date").is_between(pl.date(2013, 1, 2), pl.date(2013, 12, 20))).sort("date")
    columns = {c: table[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in table.columns if c != "date"}
    return PriceTable.of(columns, dates=table["date"].to_numpy().astype("datetime64[s]"), currency="USD")


def test_a_real_roll_costs_both_sides_and_makes_no_gain(prices):
    """Counted by hand from the two columns: the step between the months is no gain, the basis of each is."""
    costs = tt.Costs(commission=Decimal("2.25"), half_spread_ticks=Decimal("0.5"))
    mandate = tt.Mandate(benchmark="SPX", target=0.3, band=0.05, costs=costs)
    book = "20000 AAPL, 15000 XOM, 100000 USD"
    how = {"start": "2013-10-08", "policies": ["quarterly"], "method": "ols(window=120)"}
    exact, fast = (tt.run_backtest(prices, book, mandate, hedge="ES", exact=e, **how) for e in (True, False))
    assert not fast.is_model
    assert "ESZ13 to ESH14" in " ".join(fast.notes)
    first, sold, bought = fast.orders
    assert (first.symbol, sold.symbol, bought.symbol) == ("ESZ13", "ESZ13", "ESH14")
    assert str(sold.date)[:10] == str(bought.date)[:10] == "2013-12-12"
    assert first.quantity == sold.quantity == bought.quantity
    close = {
        n: dict(zip(prices.dates.tolist(), prices.values[:, prices.column(n)], strict=True)) for n in ("ESZ13", "ESH14")
    }
    each = 2.25 + 0.5 * 0.25 * 50
    lots = first.quantity
    last = fast.last.tolist()
    gain = -lots * 50 * (close["ESZ13"][sold.date.tolist()] - close["ESZ13"][first.date.tolist()])
    gain -= lots * 50 * (close["ESH14"][last] - close["ESH14"][sold.date.tolist()])
    assert first.cost == sold.cost == bought.cost == pytest.approx(lots * each)
    assert fast.outcomes[0].pnl.total == pytest.approx(gain - 3 * lots * each, abs=0.01)
    assert abs(fast.outcomes[0].pnl.basis) > 100.0
    assert [(o.symbol, o.quantity, o.price) for o in exact.orders] == [
        (o.symbol, o.quantity, o.price) for o in fast.orders
    ]
    assert exact.outcomes[0].pnl.total == pytest.approx(fast.outcomes[0].pnl.total, rel=1e-9)


def test_rolling_later_leaves_the_old_contract_later(prices):
    """Six days before expiry: Saturday the 14th, so at the close of the Monday after it."""
    mandate = tt.Mandate(benchmark="SPX", target=0.3, band=0.05)
    result = tt.run_backtest(
        prices, "20000 AAPL, 15000 XOM, 100000 USD", mandate, hedge="ES", start="2013-10-08", policies=["quarterly"],
        method="ols(window=120)", roll_days=6,
    )  # fmt: skip
    assert str(result.orders[1].date)[:10] == "2013-12-16"
