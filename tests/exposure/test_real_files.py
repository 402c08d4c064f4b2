"""Real contract terms, exchange rates and funding rates, carried through to exposures."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from given import given_betas, given_market

import trimtab as tt
from trimtab.exposure.expose import expose
from trimtab.feeds.contracts import bundled_contracts
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Cash, Perpetual, PerpetualPayoff, Terms
from trimtab.model.portfolio import Portfolio, Position, Stated


def test_bundled_multipliers_are_the_sources(shared_data):
    """Every bundled contract without a correction has the multiplier, currency and tick of the source table."""
    source = pl.read_parquet(shared_data / "contract_specs_lean.parquet").filter(pl.col("type") == "future")
    facts = {(r["symbol"], r["quote_currency"]): r for r in source.iter_rows(named=True)}
    same = 0
    for spec in bundled_contracts().specs:
        row = facts.get((spec.root, spec.currency))
        if row is not None and float(spec.terms[0].multiplier) == row["contract_multiplier"]:
            same += float(spec.terms[0].tick) == pytest.approx(row["minimum_price_variation"])
    assert same >= len(bundled_contracts().specs) - 7


def test_a_euro_share_is_converted_at_the_days_own_reference_rate(shared_data, tmp_path):
    """NAV uses the rate of the day; the share's beta in dollars is that of its dollar price."""
    rates = pl.read_parquet(shared_data / "fx_ecb_daily_1999_2021.parquet").select("date", EURUSD="USD").tail(900)
    rates.write_csv(tmp_path / "fx.csv")
    rng = np.random.default_rng(2)
    market = np.cumprod(1 + rng.normal(0, 0.01, 900))
    local = np.cumprod(1 + rng.normal(0, 0.01, 900))
    table = PriceTable(
        dates=rates["date"].to_numpy().astype("datetime64[s]"),
        symbols=("SPX", "SAP"),
        values=np.column_stack([market, local]),
        why=np.zeros((900, 2), dtype=np.uint8),
        currencies=("USD", "EUR"),
    )
    (tmp_path / "book.csv").write_text("symbol,quantity,currency\nSAP,1000,EUR\nUSD,500,\n")
    mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.1)
    found = tt.review(table, tmp_path / "book.csv", mandate, fx=tmp_path / "fx.csv", method="ols", window=10_000)
    rate = rates["EURUSD"].to_numpy()
    assert found.exposure.nav == pytest.approx(1000 * local[-1] * rate[-1] + 500)
    dollars = local * rate
    r, m = dollars[1:] / dollars[:-1] - 1, market[1:] / market[:-1] - 1
    assert found.betas["SAP"].value == pytest.approx(np.cov(r, m)[0, 1] / np.var(m, ddof=1), rel=1e-9)


def test_real_funding_is_carried_by_a_perpetual(shared_data):
    """A short BTC perpetual earned what longs paid in 2020-2022: the mean rate, three times a day."""
    paid = pl.read_parquet(shared_data / "perp_funding_2020_2022.parquet").filter(
        (pl.col("symbol") == "BTCUSDT") & (pl.col("exchange") == "binance")
    )
    mean = float(paid["funding_rate"].mean())
    perpetual = Perpetual(
        symbol="BTC-PERP",
        currency="USD",
        settlement="USD",
        payoff=PerpetualPayoff.LINEAR,
        terms=(Terms(multiplier=Decimal(1)),),
        underlying=("BTC",),
    )
    book = Portfolio(
        positions=(
            Position(instrument=perpetual, quantity=Decimal(-2), stated=Stated(funding=mean)),
            Position(instrument=Cash(currency="USD"), quantity=Decimal(100_000)),
        ),
        base="USD",
    )
    line = expose(book, given_market({"BTC": 30_000.0, "I": 1.0}), given_betas("I", {"BTC": (1.0, 0.1)})).positions[0]
    assert line.carry == pytest.approx(60_000 * mean * 3 * 365)
    assert 0.05 < line.carry / 60_000 < 0.5
