"""Thin data, one asset, seven-day calendars and bars within the day."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path

from trimtab.beta.method import parse_method
from trimtab.market.prices import PriceTable
from trimtab.market.resample import resample_returns
from trimtab.market.returns import PairedReturns, pair_returns


def hourly(days: int = 90, bars: int = 7) -> PairedReturns:
    """Hourly bars with a planted beta of 1.2."""
    rng = np.random.default_rng(9)
    m = rng.normal(0, 0.004, days * bars)
    a = 1.2 * m + rng.normal(0, 0.004, days * bars)
    opening = business_days(days).astype("datetime64[s]")
    stamps = (opening[:, None] + np.timedelta64(34_200, "s") + np.arange(bars) * np.timedelta64(3600, "s")).ravel()
    return pair_returns(PriceTable.of({"M": price_path(m)[1:], "A": price_path(a)[1:]}, dates=stamps), benchmark="M")


def test_hours_become_days_between_closes() -> None:
    """Hourly returns compounded by day are the returns from close to close; the first day has none before it."""
    pairs = hourly()
    daily = resample_returns(pairs, "daily")
    assert daily.frequency.name == "daily"
    assert len(daily.dates) == 89
    logs = np.log1p(pairs.asset[7:, 1]).reshape(89, 7).sum(axis=1)
    assert daily.asset[:, 1] == pytest.approx(np.expm1(logs), rel=1e-10)
    estimate = parse_method("daily|ols").estimate(pairs)["A"]
    assert abs(estimate.value - 1.2) < 4 * estimate.stderr


@pytest.mark.parametrize("method", ["ols", "ewma", "welch", "huber", "kalman", "two-speed", "realised", "dimson"])
def test_bars_within_the_day_are_estimated_from(method: str) -> None:
    """Hourly bars give the planted beta, with half-lives counted in days and not in bars."""
    estimate = parse_method(method).estimate(hourly())["A"]
    assert abs(estimate.value - 1.2) < 4 * estimate.stderr


@pytest.mark.parametrize("method", ["ols", "ewma", "welch|vasicek", "huber", "lad", "kalman", "two-speed", "dimson"])
def test_sixty_days_of_one_asset_give_a_beta_with_a_wide_error(method: str) -> None:
    """Thin data and a single asset are enough for an answer that knows how little it knows."""
    rng = np.random.default_rng(14)
    m = rng.normal(0, 0.01, 60)
    table = PriceTable.of(
        {"M": price_path(m), "A": price_path(0.8 * m + rng.normal(0, 0.015, 60))}, dates=business_days(61)
    )
    estimate = parse_method(method).estimate(pair_returns(table, benchmark="M", symbols=("A",)))["A"]
    assert estimate.n_obs == 60
    assert 0.08 < estimate.stderr < 0.6
    assert abs(estimate.value - 0.8) < 4 * estimate.stderr


@pytest.fixture
def coins(shared_data: Path) -> PriceTable:
    """Bitcoin and litecoin, every day of the week."""
    frame = pl.read_parquet(shared_data / "crypto_daily_licensed.parquet").filter(pl.col("venue") == "bitstamp")
    wide = frame.pivot(on="symbol", index="date", values="close").sort("date")
    days = wide["date"].to_numpy().astype("datetime64[s]")
    columns = {name: wide[name].to_numpy().astype(float) for name in ("BTCUSD", "LTCUSD")}
    return PriceTable.of(columns, dates=days)


def test_weeks_of_a_seven_day_market_end_on_sunday(coins: PriceTable) -> None:
    """Where prices come every day, weeks have seven returns and end on Sundays, and methods run on them."""
    pairs = pair_returns(coins, benchmark="BTCUSD")
    assert pairs.frequency.name == "daily-7"
    weekly = resample_returns(pairs, "weekly")
    sunday = (weekly.dates.astype("datetime64[D]").astype(int) + 3) % 7 == 6
    # The file has no prices from 20 to 31 March 2019, a Wednesday on which a week breaks off.
    assert np.count_nonzero(~sunday) <= 1
    for method in ("ols", "welch", "two-speed", "kalman", "weekly|ols", "weekly(overlapping=true)|ols"):
        estimate = parse_method(method).estimate(pairs)["LTCUSD"]
        assert 0.4 < estimate.value < 1.8, method
        assert 0.0 < estimate.stderr < 0.8, method
