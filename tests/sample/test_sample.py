"""The bundled sample: is it whole, and is it what its README says."""

import csv
import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from trimtab import sample

SHARES = [
    "AAPL",
    "AMD",
    "BAC",
    "BBY",
    "CVX",
    "GE",
    "HD",
    "JNJ",
    "JPM",
    "KO",
    "LLY",
    "MRK",
    "MSFT",
    "PEP",
    "PFE",
    "PG",
    "RRC",
    "UNH",
    "WMT",
    "XOM",
]
FUNDS = ["MTUM", "QUAL", "SIZE", "USMV", "VLUE"]


# --- integrity ------------------------------------------------------------------------------------------------------


def test_every_file_has_the_checksum_that_the_sample_promises() -> None:
    """Each data and licence file is the one that SHA256SUMS was written for, and none is left out of it."""
    folder = sample.prices_path().parent
    expected = sample.checksums()
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in {".csv", ".parquet", ".txt"}
    }
    assert found == expected
    named = {"prices_adjusted.parquet", "futures.parquet", "vix.parquet", "portfolio.csv", "contracts.csv"}
    assert named <= set(expected)


def test_a_changed_file_no_longer_matches_its_checksum(build_sample: ModuleType, tmp_path: Path) -> None:
    """Writing the sums of a folder notices a single changed byte."""
    (tmp_path / "a.csv").write_bytes(b"1\n")
    build_sample.write_checksums(tmp_path)
    before = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
    (tmp_path / "a.csv").write_bytes(b"2\n")
    build_sample.write_checksums(tmp_path)
    after = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
    assert before == f"{hashlib.sha256(b'1' + bytes([10])).hexdigest()}  a.csv\n"
    assert after != before


def test_the_sample_stays_small() -> None:
    """The sample adds less than 2 MB to an installation."""
    folder = sample.prices_path().parent
    assert sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) < 2_000_000


def test_the_licences_of_the_sources_travel_with_the_data() -> None:
    """Both notices that the source packages ask for are there, whole, and the README names both."""
    folder = sample.prices_path().parent
    bsd = (folder / "LICENSE-skfolio.txt").read_text(encoding="utf-8")
    ncsa = (folder / "LICENSE-arch.txt").read_text(encoding="utf-8")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "The skfolio developers" in bsd
    assert bsd.count("*") == 3  # the three clauses
    assert "Kevin Sheppard" in ncsa
    assert "Neither the names of" in ncsa
    assert "LICENSE-skfolio.txt" in readme
    assert "LICENSE-arch.txt" in readme
    assert "Apache-2.0" in readme


# --- prices ---------------------------------------------------------------------------------------------------------


def test_prices_have_the_promised_shape(prices: pl.DataFrame) -> None:
    """One date column, the index, 20 shares and 5 funds; 8,313 dates from 1990-01-02 to the stated last day."""
    assert prices.columns == ["date", sample.BENCHMARK, *SHARES, *FUNDS]
    assert prices.dtypes == [pl.Date] + [pl.Float64] * 26
    assert prices.height == 8313
    assert prices["date"][0] == date(1990, 1, 2)
    assert prices["date"][-1] == date.fromisoformat(sample.AS_OF)


def test_price_dates_are_weekdays_in_order_without_repeats(prices: pl.DataFrame) -> None:
    """Each date comes once, after the one before it, and never on a weekend."""
    steps = prices["date"].diff().drop_nulls().dt.total_days()
    assert steps.min() >= 1
    assert steps.max() == 7  # September 2001
    assert prices["date"].dt.weekday().max() <= 5


def test_prices_are_positive_and_missing_only_before_a_fund_starts(prices: pl.DataFrame) -> None:
    """Shares and index have a price every day, RRC from 1990-04-10, funds from 2014-01-02; null, not zero, before."""
    start, usable = date(2014, 1, 2), date(1990, 4, 10)
    always = prices.select([sample.BENCHMARK, *(name for name in SHARES if name != "RRC")])
    assert always.null_count().sum_horizontal().item() == 0
    assert (
        prices.filter(pl.col("RRC").is_null())["date"].to_list()
        == prices.filter(pl.col("date") < usable)["date"].to_list()
    )
    for name in FUNDS:
        assert prices.filter(pl.col("date") < start)[name].null_count() == prices.filter(pl.col("date") < start).height
        assert prices.filter(pl.col("date") >= start)[name].null_count() == 0
    for name in prices.columns[1:]:
        known = prices[name].drop_nulls()
        assert bool((known.is_finite() & (known > 0.0)).all())


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(1990, 1, 2), 359.69),
        (date(2000, 3, 24), 1527.46),  # the highest close before the fall of 2000-2002
        (date(2009, 3, 9), 676.53),  # the lowest close of the financial crisis
        (date(2020, 3, 23), 2237.40),  # the lowest close of spring 2020
        (date(2022, 1, 3), 4796.56),  # the highest close of the sample
    ],
)
def test_the_index_has_its_published_closes(prices: pl.DataFrame, day: date, level: float) -> None:
    """The index column is the S&P 500 price index: its well-known turning points stand on their dates."""
    assert prices.filter(pl.col("date") == day)[sample.BENCHMARK].item() == pytest.approx(level, abs=0.005)


def test_vix_lies_on_the_dates_of_the_index(prices: pl.DataFrame) -> None:
    """VIX has a plausible close on each date of the index in its span, and on no other date."""
    vix = pl.read_parquet(sample.vix_path())
    assert vix.columns == ["date", "VIX"]
    span = prices.filter(pl.col("date").is_between(date(2014, 1, 3), date(2019, 1, 3)))
    assert vix["date"].to_list() == span["date"].to_list()
    assert vix["VIX"].min() == 9.14  # 2017-11-03, the lowest close of the VIX
    assert vix["VIX"].max() == 40.74  # 2015-08-24


OPTION_COLUMNS = ["underlying", "right", "strike", "vol", "rate", "dividend_yield"]

# --- the portfolio --------------------------------------------------------------------------------------------------


def ols_slope(asset: np.ndarray, benchmark: np.ndarray) -> float:
    """Slope of simple returns by a least-squares solver, sharing no code with trimtab."""
    asset_returns, benchmark_returns = asset[1:] / asset[:-1] - 1.0, benchmark[1:] / benchmark[:-1] - 1.0
    design = np.column_stack([np.ones_like(benchmark_returns), benchmark_returns])
    return float(np.linalg.lstsq(design, asset_returns, rcond=None)[0][1])


@pytest.mark.parametrize("n_returns", [252, 504, 1260])
def test_the_sample_portfolio_is_outside_its_mandate(
    prices: pl.DataFrame, futures: pl.DataFrame, n_returns: int
) -> None:
    """Whatever the window, the portfolio's beta on its NAV is well above the upper limit of 1.05."""
    table = prices.join(futures, on="date", how="left").tail(n_returns + 1)
    benchmark = table["SPX"].to_numpy()
    nav = beta_exposure = 0.0
    for row in pl.read_csv(sample.portfolio_path()).iter_rows(named=True):
        match row["kind"]:
            case "cash":
                nav += row["quantity"]
            case "spot":
                path = table[row["symbol"]].to_numpy()
                nav += row["quantity"] * path[-1]
                beta_exposure += row["quantity"] * path[-1] * ols_slope(path, benchmark)
            case "future":
                path = table["ES"].to_numpy()
                beta_exposure += row["quantity"] * 50.0 * path[-1] * ols_slope(path, benchmark)
            case "option":
                # A European put on the index itself, by the textbook's formula written out here.
                spot, strike, vol = benchmark[-1], float(row["strike"]), row["vol"]
                years = (date.fromisoformat(row["expiry"]) - date.fromisoformat(sample.AS_OF)).days / 365
                d1 = (np.log(spot / strike) + (row["rate"] - row["dividend_yield"] + vol**2 / 2) * years) / (
                    vol * np.sqrt(years)
                )
                held, paid = np.exp(-row["dividend_yield"] * years), strike * np.exp(-row["rate"] * years)
                value = paid * norm.cdf(vol * np.sqrt(years) - d1) - spot * held * norm.cdf(-d1)
                nav += row["quantity"] * 100 * value
                beta_exposure -= row["quantity"] * 100 * held * norm.cdf(-d1) * spot
            case other:
                pytest.fail(f"unknown kind {other}")
    assert nav == pytest.approx(6_855_498.3, abs=0.1)
    assert 1.1 < beta_exposure / nav < 1.3


def test_the_sample_portfolio_can_be_priced_from_the_sample(
    build_sample: ModuleType, prices: pl.DataFrame, contracts: dict[str, dict[str, str]]
) -> None:
    """Each share and fund has a price, the future's root is in the contract table, its expiry is its third Friday."""
    with sample.portfolio_path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["symbol", "kind", "quantity", "currency", "multiplier", "expiry", *OPTION_COLUMNS]
    assert {row["currency"] for row in rows} == {sample.BASE_CURRENCY}
    assert {row["symbol"] for row in rows if row["kind"] == "spot"} <= set(prices.columns)
    assert [row["symbol"] for row in rows if row["kind"] == "cash"] == ["USD"]
    (future,) = (row for row in rows if row["kind"] == "future")
    assert future["symbol"] == sample.FUTURE
    assert future["symbol"][:-2] in contracts
    assert date.fromisoformat(future["expiry"]) == build_sample.third_friday(2023, 3)


# --- the contract table ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "multiplier", "currency", "tick", "underlying"),
    [
        ("ES", "50", "USD", "0.25", "SPX"),
        ("MES", "5", "USD", "0.25", "SPX"),
        ("NQ", "20", "USD", "0.25", "NDX"),
        ("MNQ", "2", "USD", "0.25", "NDX"),
        ("RTY", "50", "USD", "0.1", "RUT"),
        ("M2K", "5", "USD", "0.1", "RUT"),
        ("YM", "5", "USD", "1", "DJI"),
        ("MYM", "0.5", "USD", "1", "DJI"),
        ("FESX", "10", "EUR", "1", "SX5E"),
        ("FDAX", "25", "EUR", "1", "DAX"),
        ("FDXS", "1", "EUR", "1", "DAX"),
        ("HSI", "50", "HKD", "1", "HSI"),
        ("BTC", "5", "USD", "5", "BTC"),
        ("MBT", "0.1", "USD", "5", "BTC"),
        ("VX", "1000", "USD", "0.05", ""),
        ("ZN", "1000", "USD", "0.015625", ""),
        ("ZT", "2000", "USD", "0.00390625", ""),
        ("6J", "12500000", "USD", "0.0000005", ""),
        ("ZC", "50", "USD", "0.25", ""),
        ("GC", "100", "USD", "0.1", ""),
    ],
)
def test_contract_terms_are_those_of_the_exchange(
    contracts: dict[str, dict[str, str]], root: str, multiplier: str, currency: str, tick: str, underlying: str
) -> None:
    """Multiplier, tick and currency agree with the exchange's own contract page."""
    row = contracts[root]
    assert (row["multiplier"], row["currency"], row["tick"]) == (multiplier, currency, tick)
    assert (row["underlying"], row["lot"], row["kind"]) == (underlying, "1", "future")


@pytest.mark.parametrize(
    ("root", "money"),
    [
        ("ES", "12.5"),
        ("MES", "1.25"),
        ("ZN", "15.625"),
        ("ZT", "7.8125"),
        ("6E", "6.25"),
        ("6J", "6.25"),
        ("ZC", "12.5"),
    ],
)
def test_a_tick_is_worth_what_the_exchange_says(contracts: dict[str, dict[str, str]], root: str, money: str) -> None:
    """Multiplier times tick is the published value of a tick, which catches a price quoted in another unit."""
    row = contracts[root]
    assert Decimal(row["multiplier"]) * Decimal(row["tick"]) == Decimal(money)


def test_the_contract_table_is_regular(contracts: dict[str, dict[str, str]]) -> None:
    """Roots are unique; amounts are positive; months are codes in calendar order; every row has source and day."""
    with sample.contracts_path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(contracts) == 58
    for row in rows:
        for column in ("multiplier", "tick", "lot", "commission"):
            assert re.fullmatch(r"\d+(\.\d+)?", row[column]), (row["root"], column)
            assert Decimal(row[column]) > 0
        assert re.fullmatch("[A-Z]{3}", row["currency"])
        assert re.fullmatch("F?G?H?J?K?M?N?Q?U?V?X?Z?", row["months"])
        assert row["months"]
        assert row["source"]
        assert date.fromisoformat(row["as_of"]) > date(2026, 1, 1)


def test_an_alias_names_one_underlying(contracts: dict[str, dict[str, str]]) -> None:
    """No spelling points to two levels, each list starts with the level's own name, and contracts on it agree."""
    owners: dict[str, str] = {}
    for row in contracts.values():
        aliases = row["underlying_aliases"].split(";") if row["underlying_aliases"] else []
        assert aliases[:1] == ([row["underlying"]] if row["underlying"] else [])
        for alias in aliases:
            assert owners.setdefault(alias, row["underlying"]) == row["underlying"]
    assert owners["^GSPC"] == owners["SP500"] == sample.BENCHMARK
