"""A stated beta reaches what positions really follow: prices in their own currency, beside those in the base."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.errors import InputError
from trimtab.exposure.expose import PositionExposure, expose
from trimtab.feeds.series.rates import read_fx
from trimtab.market.snapshot import market_at

MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
N = 500
DAYS = business_days(N + 1, "2021-01-04")


def world() -> tuple[dict[str, tuple[str, np.ndarray]], pl.DataFrame]:
    """Prices in their own currencies, and the euro in dollars."""
    rng = np.random.default_rng(3)
    m = rng.normal(0, 0.01, N)
    index = 0.8 * m + rng.normal(0, 0.006, N)
    prices = {
        "SPX": ("USD", price_path(m, 4000.0)),
        "SX5E": ("EUR", price_path(index, 4000.0)),
        "SAP": ("EUR", price_path(0.9 * m + rng.normal(0, 0.01, N), 120.0)),
        "FESX": ("EUR", price_path(index + rng.normal(0, 3e-4, N), 4000.0)),
    }
    euro = price_path(0.5 * m + rng.normal(0, 0.004, N), 1.1)
    return prices, pl.DataFrame({"date": pl.Series(DAYS).cast(pl.Date), "EURUSD": euro})


def position(
    names: tuple[str, ...], row: dict[str, object], asset: str, *, layout: str = "long"
) -> tuple[PositionExposure, tt.Betas, tt.Betas]:
    """Measure one position beside a million dollars with a stated beta of 2 +- .1, and the betas before and after."""
    columns, rates = world()
    date = pl.Series(DAYS).cast(pl.Date)
    if layout == "long":
        prices = pl.concat(
            pl.DataFrame({"date": date, "symbol": [k] * (N + 1), "price": columns[k][1], "currency": columns[k][0]})
            for k in names
        )
    else:
        prices = pl.DataFrame({"date": date, **{k: columns[k][1] for k in names}})
    rows = [row, {"symbol": "USD", "kind": "cash", "quantity": 1e6}, {"symbol": "EUR", "kind": "cash", "quantity": 1.0}]
    holdings = pl.DataFrame(rows, infer_schema_length=None)
    before = tt.review(prices, holdings, MANDATE, fx=rates, method="ols").betas
    stated = tt.Override(asset=asset, value=2.0, stderr=0.1, who="PM", why="told", until="2999-01-01")
    after = tt.apply_overrides(before, [stated])
    market = market_at(tt.read_prices(prices), base="USD", fx=read_fx(rates))
    found = expose(tt.read_portfolio(holdings, as_of=DAYS[-1].item()), market, after)
    return next(p for p in found.positions if p.asset == row["symbol"]), before, after


FESX = {"symbol": "FESX", "kind": "future", "quantity": 10}


@pytest.mark.parametrize("names", [("SPX", "SX5E", "FESX"), ("SPX", "SX5E")])
def test_a_futures_own_beta_is_that_of_its_price_in_its_currency(names: tuple[str, ...]) -> None:
    """With a column of its own or without one: the index no longer stands in for what is stated."""
    found, _, after = position(names, FESX, "FESX")
    assert (found.follows, found.beta) == ("FESX in EUR", pytest.approx(2.0, rel=1e-12))
    assert found.stderr == pytest.approx(0.1, rel=1e-12)
    assert any("FESX in EUR is 2 " in note for note in after.notes)


def test_a_stated_index_less_its_currency_is_what_a_future_on_it_follows() -> None:
    """(1 + b x)(1 + f x) - 1 is the stated move of the converted index: b is the rest, and carries both errors."""
    found, before, _ = position(("SPX", "SX5E"), FESX, "SX5E")
    rate = before["EUR"]
    assert found.beta == pytest.approx(2.0 - rate.value, rel=1e-12)
    assert found.stderr == pytest.approx(np.hypot(0.1, rate.stderr), rel=1e-9)


def test_the_series_in_its_own_currency_can_be_stated_alone() -> None:
    """Its base price keeps the estimate."""
    found, before, after = position(("SPX", "SX5E"), FESX, "SX5E in EUR")
    assert found.beta == pytest.approx(2.0, rel=1e-12)
    assert after["SX5E"] == before["SX5E"]


def test_a_column_that_states_no_currency_is_one_series_under_both_names() -> None:
    """Nothing is converted, so no currency comes off."""
    found, _, after = position(("SPX", "SX5E"), FESX, "SX5E", layout="wide")
    assert found.beta == pytest.approx(2.0, rel=1e-12)
    assert after["SX5E"].value == after["SX5E in EUR"].value == 2.0


def test_a_share_and_its_local_price_share_one_error() -> None:
    """Long the one and short the other leaves the currency's error alone."""
    row = {"symbol": "SAP", "kind": "share", "quantity": 100, "currency": "EUR"}
    found, before, after = position(("SPX", "SX5E", "SAP"), row, "SAP")
    assert (found.beta, after["SAP in EUR"].value) == (2.0, pytest.approx(2.0 - before["EUR"].value))
    weights = np.zeros(len(after.assets))
    weights[[after.row("SAP"), after.row("SAP in EUR")]] = 1.0, -1.0
    assert after.combined_error(weights) == pytest.approx(before["EUR"].stderr, rel=1e-9)


def test_without_the_currencys_beta_it_is_refused() -> None:
    """Passing over it would leave the estimate in place of what was stated."""
    _, before, _ = position(("SPX", "SX5E"), FESX, "SX5E")
    outside = before.outside - {"EUR"}
    stated = tt.Override(asset="SX5E", value=2.0, stderr=0.1, who="PM", why="told", until="2999-01-01")
    with pytest.raises(InputError, match="SX5E in EUR"):
        tt.apply_overrides(replace(before, outside=outside), [stated])


MONTH = "FESXZ2"


def month_world(*, also: tuple[str, ...] = ()) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Prices with a contract month's own column, holdings of it, and the euro in dollars."""
    columns, rates = world()
    columns[MONTH] = columns["FESX"]
    date = pl.Series(DAYS).cast(pl.Date)
    prices = pl.concat(
        pl.DataFrame({"date": date, "symbol": [k] * (N + 1), "price": columns[k][1], "currency": columns[k][0]})
        for k in ("SPX", "SX5E", MONTH, *also)
    )
    rows = [
        {"symbol": MONTH, "kind": "future", "quantity": 10},
        {"symbol": "USD", "kind": "cash", "quantity": 1e6},
    ]
    return prices, pl.DataFrame(rows, infer_schema_length=None), rates


def told(asset: str, value: float) -> tt.Override:
    return tt.Override(asset=asset, value=value, stderr=0.1, who="PM", why="told", until="2999-01-01")


@pytest.mark.parametrize("also", [(), ("FESX",)])
def test_a_roots_beta_reaches_a_contract_month_with_a_column_of_its_own(also: tuple[str, ...]) -> None:
    """FESX stated at 2: FESXZ2, which has prices of its own, is held at 2 +- .1 as well, and a note says so."""
    prices, holdings, rates = month_world(also=also)
    before = tt.review(prices, holdings, MANDATE, fx=rates, method="ols").betas
    after = tt.apply_overrides(before, [told("FESX", 2.0)])
    market = market_at(tt.read_prices(prices), base="USD", fx=read_fx(rates))
    line = expose(tt.read_portfolio(holdings, as_of=DAYS[-1].item()), market, after).positions[0]
    assert (line.follows, line.beta, line.stderr) == (f"{MONTH} in EUR", 2.0, pytest.approx(0.1, rel=1e-12))
    assert f"so the beta of {MONTH} in EUR is 2 +- 0.1" in after.notes
    # One stated error: root and month do not diversify each other.
    weights = np.zeros(len(after.assets))
    weights[[after.row("FESX"), after.row(f"{MONTH} in EUR")]] = 1.0, -1.0
    assert after.combined_error(weights) == pytest.approx(0.0, abs=1e-12)


def test_a_month_that_is_stated_itself_does_not_follow_its_root() -> None:
    """FESX at 2 and FESXZ2 at 1: the month, in either currency, is at 1, whichever is written first."""
    prices, holdings, rates = month_world()
    before = tt.review(prices, holdings, MANDATE, fx=rates, method="ols").betas
    for stated in ([told("FESX", 2.0), told(MONTH, 1.0)], [told(MONTH, 1.0), told("FESX", 2.0)]):
        after = tt.apply_overrides(before, stated)
        assert (after[MONTH].value, after[f"{MONTH} in EUR"].value) == (1.0, 1.0)


def test_a_share_with_the_name_of_a_root_reaches_no_future() -> None:
    """ES is a utility as well: nobody says which, so ESH3 keeps its beta, and a note says how to state it."""
    rng = np.random.default_rng(5)
    m = rng.normal(0, 0.01, N)
    prices = pl.DataFrame(
        {
            "date": pl.Series(DAYS).cast(pl.Date),
            "SPX": price_path(m, 4000.0),
            "ESH3": price_path(m + rng.normal(0, 3e-4, N), 4000.0),
            "ES": price_path(0.4 * m + rng.normal(0, 0.01, N), 80.0),
        }
    )
    before = tt.estimate_betas(prices, benchmark="SPX", method="ols")
    after = tt.apply_overrides(before, [told("ES", 0.3)])
    assert after["ESH3"] == before["ESH3"]
    assert after.notes[-1].startswith("ESH3 keep")
