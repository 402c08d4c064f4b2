"""A column that bears a future's root and holds a share of that name prices no future."""

import numpy as np
import pytest

import trimtab as tt
from trimtab.errors import InputError
from trimtab.market.prices import PriceTable

N = 260


def _table(index: str, share_beta: float, noise: float = 0.01, level: float = 80.0) -> PriceTable:
    rng = np.random.default_rng(7)
    market = rng.normal(0.0, 0.012, N)
    share = share_beta * market + rng.normal(0.0, noise, N)
    other = 1.2 * market + rng.normal(0.0, 0.01, N)
    dates = np.busday_offset("2021-12-28", np.arange(N), roll="forward")
    return PriceTable.of(
        {
            index: 4000.0 * np.cumprod(1.0 + market),
            "AA": 100.0 * np.cumprod(1.0 + other),
            "ES": level * np.cumprod(1.0 + share),
        },
        dates=dates,
    )


def _book(contract: str = "ESH3") -> tt.Portfolio:
    return tt.portfolio({"AA": 10_000, contract: -3, "USD": 500_000})


@pytest.mark.parametrize(("contract", "multiplier"), [("ESH3", 50), ("MESH3", 5)])
def test_a_share_under_the_root_is_passed_over(contract: str, multiplier: int) -> None:
    """The future is then valued at its index's level, and says so; its beta is the index's."""
    prices = _table("SPX", 0.5)
    done = tt.review(prices, _book(contract), tt.Mandate(benchmark="SPX", target=1.0, band=0.05))
    line = next(p for p in done.to_dict()["positions"] if p["asset"] == contract)
    level = float(prices.values[-1, prices.column("SPX")])
    assert line["delta_exposure"] == pytest.approx(-3 * multiplier * level, rel=1e-12)
    assert line["beta"] == pytest.approx(1.0, abs=1e-9)
    assert any("underlying" in str(flag) for flag in line["flags"])


def test_without_the_index_a_stranger_to_its_fund_gives_no_price() -> None:
    """Nothing stands in for it: the position is left out, with its reason."""
    done = tt.review(_table("SPY", 0.5), _book(), tt.Mandate(benchmark="SPY", target=1.0, band=0.05))
    line = next(p for p in done.to_dict()["positions"] if p["asset"] == "ESH3")
    assert (line["delta_exposure"], line["reason"]) == (None, "no_price")


def test_a_series_of_the_future_is_taken() -> None:
    """Near the index it is the future; beside a fund alone, when both move together."""
    near = tt.review(
        _table("SPX", 1.0, noise=0.0005, level=4010.0), _book(), tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    ).to_dict()
    beside = tt.review(
        _table("SPY", 1.0, noise=0.0005, level=4010.0), _book(), tt.Mandate(benchmark="SPY", target=1.0, band=0.05)
    ).to_dict()
    for done in (near, beside):
        line = next(p for p in done["positions"] if p["asset"] == "ESH3")
        assert line["delta_exposure"] == pytest.approx(-600_000, rel=0.5)
        assert not any("underlying" in str(flag) for flag in line["flags"])


def test_a_plan_trades_at_the_level_of_the_index() -> None:
    """Five E-minis and not hundreds of a share's price."""
    plan = tt.plan(
        _table("SPX", 0.5),
        tt.portfolio({"AA": 10_000, "USD": 500_000}),
        tt.Mandate(benchmark="SPX", target=0.2, band=0.05),
        hedge=["ES"],
    )
    (order,) = plan.to_dict()["orders"]
    assert order["price"] > 2_000
    assert order["quantity"] < 10


@pytest.mark.parametrize(("index", "root", "level"), [("SPX", "CL", 80.0), ("SPX", "ES", 4010.0)])
def test_a_share_and_a_future_of_one_column_are_refused(index: str, root: str, level: float) -> None:
    """Crude oil has no index that tells it from Colgate; ES in the future's series would be worth thousands."""
    prices = _table(index, 1.0, noise=0.0005, level=level)
    renamed = PriceTable.of(
        {index: prices.values[:, 0].copy(), "AA": prices.values[:, 1].copy(), root: prices.values[:, 2].copy()},
        dates=prices.dates,
    )
    held = tt.portfolio({"AA": 1_000, root: 300, "USD": 50_000})
    with pytest.raises(InputError, match=f"column {root}"):
        tt.plan(renamed, held, tt.Mandate(benchmark=index, target=0.2, band=0.05), hedge=[root])
