"""Laws of the whole: what must hold from files to verdict, whatever the numbers."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from given import business_days, given_betas, planted

import trimtab as tt
from trimtab import sample
from trimtab.exposure.expose import expose
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.notation import parse_portfolio

MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)


def test_the_same_inputs_give_the_same_bytes():
    """Two runs of the demonstration write the same document, byte for byte."""
    runs = [
        subprocess.run([sys.executable, "-m", "trimtab", "demo", "--json"], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("day", ["2008-10-15", "2020-03-16", "2022-06-30"])
def test_a_past_review_needs_no_later_data(tmp_path, day):
    """As of a past day, the full file and a file cut off on that day give the same review to the last digit."""
    whole = pl.read_parquet(sample.prices_path())
    whole.filter(pl.col("date") <= pl.lit(day).str.to_date()).write_parquet(tmp_path / "cut_adjusted.parquet")
    book = "100 AAPL, 200 WMT, -50 XOM, 10000 USD"
    then = tt.review(sample.prices_path(), book, MANDATE, as_of=day)
    cut = tt.review(tmp_path / "cut_adjusted.parquet", book, MANDATE)
    assert then.exposure.beta == cut.exposure.beta
    assert then.exposure.nav == cut.exposure.nav
    assert [e.value for e in then.betas.estimates] == [e.value for e in cut.betas.estimates]
    assert [e.stderr for e in then.betas.estimates] == [e.stderr for e in cut.betas.estimates]


def test_scrambling_the_future_changes_no_past_review(tmp_path):
    """Replacing every later price by nonsense leaves the review as of a day alone."""
    whole = pl.read_parquet(sample.prices_path())
    late = pl.col("date") > pl.lit("2020-03-16").str.to_date()
    noise = np.random.default_rng(1).uniform(1, 1000, len(whole))
    spoiled = whole.with_columns(
        pl.when(late).then(pl.Series(noise)).otherwise(pl.col(c)).alias(c) for c in whole.columns if c != "date"
    )
    spoiled.write_parquet(tmp_path / "spoiled_adjusted.parquet")
    book = "100 AAPL, 200 WMT, 10000 USD"
    true = tt.review(sample.prices_path(), book, MANDATE, as_of="2020-03-16")
    found = tt.review(tmp_path / "spoiled_adjusted.parquet", book, MANDATE, as_of="2020-03-16")
    assert true.exposure == found.exposure


def test_changing_the_base_currency_scales_money_and_leaves_beta_alone():
    """With given betas, the same book counted in euro has the same beta and its money divided by the rate."""
    days = ["2024-02-29", "2024-03-01"]
    table = PriceTable.of({"A": [10.0, 11.0], "I": [100.0, 101.0]}, dates=days)
    betas = given_betas("I", {"A": (1.3, 0.2)})
    fx = FxRates.of({"EURUSD": [1.25, 1.25]}, dates=days)
    held = parse_portfolio("100 A, 500 USD")
    dollars = expose(held, market_at(table, base="USD", fx=fx), betas)
    euros = expose(held, market_at(table, base="EUR", fx=fx), given_betas("I", {"A": (1.3, 0.2), "USD": (0.0, 0.0)}))
    assert euros.nav == pytest.approx(dollars.nav / 1.25)
    assert euros.money_per_1pct == pytest.approx(dollars.money_per_1pct / 1.25)
    assert euros.beta.value == pytest.approx(dollars.beta.value, rel=1e-12)
    assert euros.beta.stderr == pytest.approx(dollars.beta.stderr, rel=1e-12)


@pytest.mark.parametrize("method", ["default", "ols", "ewma", "welch", "welch|vasicek", "two-speed", "huber"])
def test_planted_betas_come_back_by_every_road(method):
    """Betas of .5, 1.0 and 1.8 are recovered within three of their own errors, and twins get the same beta."""
    table = planted({"LOW": 0.5, "MID": 1.0, "HIGH": 1.8}, n=1500)
    betas = tt.estimate_betas(table, benchmark="M", method=method)
    for name, true in (("LOW", 0.5), ("MID", 1.0), ("HIGH", 1.8)):
        assert abs(betas[name].value - true) < 3.5 * betas[name].stderr
        assert abs(betas[name].value - true) < 0.3
    assert (betas["M"].value, betas["M"].stderr) == (1.0, 0.0)


def test_prices_times_a_constant_change_no_beta():
    """Beta does not depend on the unit of the price."""
    table = planted({"A": 1.2})
    dates = business_days(751)
    scaled = PriceTable.of({"M": table.values[:, 0], "A": table.values[:, 1] * 1000.0}, dates=dates, currency="USD")
    plain = PriceTable.of({"M": table.values[:, 0], "A": table.values[:, 1]}, dates=dates, currency="USD")
    one, two = (tt.estimate_betas(t, benchmark="M", method="ols")["A"].value for t in (plain, scaled))
    assert one == pytest.approx(two, rel=1e-10)
