"""Pairing prices before taking returns, on the cases where the field goes wrong."""

from dataclasses import replace

import numpy as np
import pytest
from given import business_days, price_path
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.market.prices import PriceTable
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import pair_returns


def slope(pairs, column: int = 0) -> float:
    """Work out a slope by itself: covariance over variance on the pairs."""
    y, x = pairs.asset[:, column], pairs.market[:, column]
    ok = np.isfinite(y) & np.isfinite(x)
    return float(np.cov(y[ok], x[ok])[0, 1] / np.var(x[ok], ddof=1))


def two_series(n: int = 1500, beta: float = 1.5, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, n)
    return price_path(beta * market + rng.normal(0, 0.002, n)), price_path(market)


def test_missing_days_on_different_dates_leave_the_beta_alone():
    """Asset and benchmark each miss a tenth of the days, different ones, and the beta stays 1.50."""
    asset, market = two_series()
    rng = np.random.default_rng(5)
    asset[1:][rng.random(len(asset) - 1) < 0.1] = np.nan
    market[1:][rng.random(len(market) - 1) < 0.1] = np.nan
    pairs = pair_returns(PriceTable.of({"A": asset, "M": market}, dates=business_days(len(asset))), benchmark="M")
    assert slope(pairs) == pytest.approx(1.5, abs=0.02)
    assert pairs.joined[:, 0].sum() > 100


def test_a_seven_day_asset_is_compounded_over_the_benchmarks_weekend():
    """Weekend moves of a coin belong to the benchmark's Friday-to-Monday interval."""
    rng = np.random.default_rng(1)
    days = np.arange("2020-01-01", "2024-01-01", dtype="datetime64[D]")
    weekday = (days.astype(int) + 3) % 7
    flow = rng.normal(0, 0.01, len(days) - 1)
    coin = price_path(1.5 * flow + rng.normal(0, 0.002, len(flow)))
    index = price_path(flow)
    index[weekday >= 5] = np.nan
    pairs = pair_returns(PriceTable.of({"C": coin, "M": index}, dates=days), benchmark="M")
    assert slope(pairs) == pytest.approx(1.5, abs=0.02)


def test_the_benchmark_pairs_with_itself_exactly():
    """Each interval of the benchmark has the benchmark's own return on both sides."""
    _, market = two_series(200)
    market[7] = np.nan
    pairs = pair_returns(PriceTable.of({"M": market}, dates=business_days(len(market))), benchmark="M")
    np.testing.assert_array_equal(pairs.asset[1:], pairs.market[1:])


def test_a_long_gap_is_no_return():
    """Two prices a month apart in daily data do not make one return."""
    asset, market = two_series(300)
    asset[100:130] = np.nan
    pairs = pair_returns(PriceTable.of({"A": asset, "M": market}, dates=business_days(len(asset))), benchmark="M")
    assert pairs.gaps[:, 0].sum() == 1
    assert np.isnan(pairs.asset[130, 0])
    assert not np.isnan(pairs.asset[131, 0])


def test_no_return_crosses_a_break():
    """A suspected split blanks the one return that would cross it, in the asset and in the benchmark."""
    asset, market = two_series(50)
    table = PriceTable.of({"A": asset, "M": market}, dates=business_days(len(asset)))
    broken = PriceTable(
        dates=table.dates,
        symbols=table.symbols,
        values=table.values,
        why=table.why,
        currencies=table.currencies,
        breaks=np.array([[20, 0], [30, 1]], dtype=np.intp),
    )
    pairs = pair_returns(broken, benchmark="M")
    assert np.flatnonzero(np.isnan(pairs.asset[:, 0])).tolist() == [0, 20, 30]


def test_breaks_of_both_on_one_day_are_crossed_by_one_return():
    """An asset and a benchmark that split on the same day lose one return, not the next as well."""
    asset, market = two_series(50)
    table = PriceTable.of({"A": asset, "M": market}, dates=business_days(len(asset)))
    broken = replace(table, breaks=np.array([[20, 0], [20, 1], [21, 1], [30, 1]], dtype=np.intp))
    pairs = pair_returns(broken, benchmark="M")
    assert np.flatnonzero(np.isnan(pairs.asset[:, 0])).tolist() == [0, 20, 21, 30]


def test_interest_is_taken_from_both_sides_over_the_same_interval():
    """The excess return over a three-day interval subtracts three days of interest."""
    table = PriceTable.of(
        {"A": [100.0, np.nan, 103.0], "M": [100.0, 101.0, 102.0]}, dates=["2024-01-05", "2024-01-08", "2024-01-09"]
    )
    rate = RiskFree(dates=np.array(["2020-01-01"], dtype="datetime64[s]"), annual=np.array([0.0365]), note="3.65%")
    pairs = pair_returns(table, benchmark="M", symbols=("A",), risk_free=rate)
    assert pairs.asset[2, 0] == pytest.approx(0.03 - 0.0365 * 4 / 365)
    assert pairs.market[2, 0] == pytest.approx(0.02 - 0.0365 * 4 / 365)


def test_an_unknown_benchmark_is_named_with_near_ones():
    """The error for a misspelt benchmark offers the right one."""
    table = PriceTable.of({"SPX": [1.0, 2.0]}, dates=["2024-01-02", "2024-01-03"])
    with pytest.raises(UnknownSymbolError, match="did you mean SPX"):
        pair_returns(table, benchmark="SPXX")


def test_one_benchmark_price_is_refused():
    """A benchmark with a single price has no returns, and says so."""
    table = PriceTable.of({"A": [1.0, 2.0], "M": [1.0, np.nan]}, dates=["2024-01-02", "2024-01-03"])
    with pytest.raises(InputError, match="at least two prices of the benchmark M"):
        pair_returns(table, benchmark="M")


@given(st.integers(0, 2**31), st.integers(5, 60))
def test_scrambling_the_future_changes_no_past_return(seed, cut):
    """Returns up to a date do not depend on any later price, bit for bit."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(0, 0.02, (80, 3)).cumsum(axis=0))
    values[rng.random(values.shape) < 0.15] = np.nan
    values[:2, 2] = 1.0, 1.1
    other = values.copy()
    other[cut:] = np.exp(rng.normal(0, 0.5, other[cut:].shape))
    days = business_days(80)

    def pairs(v):
        return pair_returns(PriceTable.of({"A": v[:, 0], "B": v[:, 1], "M": v[:, 2]}, dates=days), benchmark="M")

    limit = days[cut - 1].astype("datetime64[s]")
    one, two = pairs(values), pairs(other)
    np.testing.assert_array_equal(one.asset[one.dates <= limit], two.asset[two.dates <= limit])
    np.testing.assert_array_equal(one.market[one.dates <= limit], two.market[two.dates <= limit])


@given(st.integers(0, 2**31))
def test_the_fast_path_equals_the_general_one(seed):
    """Complete data take a shortcut; a far-away extra asset with gaps must not change anyone's returns."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(0, 0.02, (40, 3)).cumsum(axis=0))
    days = business_days(40)
    gappy = values[:, 0].copy()
    gappy[10:12] = np.nan
    whole = pair_returns(PriceTable.of({"A": values[:, 1], "M": values[:, 2]}, dates=days), benchmark="M")
    mixed = pair_returns(PriceTable.of({"G": gappy, "A": values[:, 1], "M": values[:, 2]}, dates=days), benchmark="M")
    np.testing.assert_array_equal(whole.asset[:, 0], mixed.asset[:, 1])
    np.testing.assert_array_equal(whole.market[:, 0], mixed.market[:, 1])
