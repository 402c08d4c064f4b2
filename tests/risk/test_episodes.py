"""Replays and shocks: on real history, on planted moves, and what is not covered."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.episodes import EPISODES, Episode, replay
from trimtab.risk.shocks import Shock, apply_shock
from trimtab.sample import prices_path

PRICES = pl.read_parquet(prices_path())
DATES = PRICES["date"].to_numpy().astype("datetime64[D]")
NAMES = tuple(c for c in PRICES.columns if c not in {"date", "SPX"})
#: Falls of the S&P 500 from high to low close, as widely published.
FALLS = {"1998": -0.193, "2000-02": -0.491, "2008": -0.568, "2011": -0.194, "2020": -0.339, "2022": -0.254}


def rows(episode: Episode) -> np.ndarray:
    return (np.datetime64(episode.start) <= DATES) & (np.datetime64(episode.end) >= DATES)


@pytest.mark.parametrize("episode", EPISODES, ids=lambda e: e.name)
def test_episodes_are_from_high_to_low(episode):
    """Each bundled episode runs from the benchmark's highest close in it to the lowest, and falls as published."""
    level = PRICES["SPX"].to_numpy()[rows(episode)]
    assert DATES[rows(episode)][0] == np.datetime64(episode.start)
    assert DATES[rows(episode)][-1] == np.datetime64(episode.end)
    assert level[0] == level.max()
    assert level[-1] == level.min()
    assert level[-1] / level[0] - 1 == pytest.approx(FALLS[episode.name], abs=6e-4)


@pytest.mark.parametrize("episode", EPISODES, ids=lambda e: e.name)
def test_the_benchmark_itself_has_nothing_beyond_beta(episode):
    """A book of the benchmark loses what the benchmark lost, beta explains all of it, and worst is the end."""
    level = PRICES["SPX"].to_numpy()[rows(episode)]
    result = replay(exposure=[100.0], prices=level[:, None], benchmark=level, nav=100.0, betas=[1.0])
    assert result.profit == pytest.approx(100 * result.benchmark_return)
    assert result.beyond_beta == pytest.approx(0, abs=1e-9)
    assert result.worst == result.profit


def test_a_real_book_in_2008_and_2020():
    """Equal holdings of the sample's 20 shares lose by each share's own prices, with the late funds stood in for."""
    for name in ("2008", "2020"):
        episode = next(e for e in EPISODES if e.name == name)
        table = PRICES.select(NAMES).to_numpy()[rows(episode)]
        level = PRICES["SPX"].to_numpy()[rows(episode)]
        args = {"exposure": np.full(25, 4.0), "prices": table, "benchmark": level, "nav": 100.0, "betas": np.ones(25)}
        result = replay(**args)
        own = np.isfinite(table[0])
        direct = 4 * np.where(own, np.nan_to_num(table[-1] / table[0]), level[-1] / level[0]).sum() - 100
        assert result.profit == pytest.approx(direct)
        assert len(result.proxied) == (5 if name == "2008" else 0)
        assert result.observed == pytest.approx(0.8 if name == "2008" else 1.0)
        assert result.coverage == 1.0
        left_out = replay(**args, proxy=False)
        assert left_out.coverage == result.observed
        assert len(left_out.missing) == len(result.proxied)


def test_convexity_helps_a_long_option():
    """Gamma adds half gamma times the squared move."""
    args = {"exposure": [100.0], "prices": [[1.0], [0.8]], "benchmark": [1.0, 0.8], "nav": 100.0, "betas": [1.0]}
    assert replay(**args, gamma=[300.0]).profit == pytest.approx(-20 + 0.5 * 300 * 0.04)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.floats(0.1, 10))
def test_replay_is_linear_and_ignores_order(exposure, k):
    """Twice the book loses twice as much, an order of positions does not matter, a zero position adds nothing."""
    table = np.cumprod(1 + np.random.default_rng(3).normal(0, 0.02, (30, 3)), axis=0)
    level = np.cumprod(1 + np.random.default_rng(4).normal(0, 0.02, 30))
    args = {"prices": table, "benchmark": level, "nav": 1.0}
    one = replay(exposure=exposure, betas=[1.0, 0.5, 2.0], **args)
    many = replay(exposure=[k * e for e in exposure], betas=[1.0, 0.5, 2.0], **args)
    turned = replay(exposure=exposure[::-1], betas=[2.0, 0.5, 1.0], **{**args, "prices": table[:, ::-1]})
    assert many.profit == pytest.approx(k * one.profit, rel=1e-9, abs=1e-6)
    assert turned.profit == pytest.approx(one.profit, rel=1e-9, abs=1e-6)
    assert turned.beyond_beta == pytest.approx(one.beyond_beta, rel=1e-9, abs=1e-6)
    with_zero = replay(
        exposure=[*exposure, 0.0],
        betas=[1.0, 0.5, 2.0, np.nan],
        **{**args, "prices": np.column_stack([table, np.full(30, np.nan)])},
    )
    assert with_zero.profit == pytest.approx(one.profit, rel=1e-12, abs=1e-9)
    assert with_zero.coverage == one.coverage


def test_a_position_without_price_and_beta_is_missing_not_zero():
    """Nothing stands in for a position of which neither price nor beta is known; coverage says so."""
    result = replay(
        exposure=[60.0, 40.0],
        prices=[[1.0, np.nan], [0.9, 5.0]],
        benchmark=[1.0, 0.9],
        nav=100.0,
        betas=[1.0, np.nan],
    )
    assert np.isnan(result.profit_by_position[1])
    assert (result.missing, result.coverage) == ((1,), 0.6)


def test_a_gap_inside_is_carried():
    """Between first and last close a missing price leaves the position at its last one."""
    args = {"exposure": [100.0], "benchmark": [1.0, 1.0, 1.0], "nav": 1.0, "betas": [1.0]}
    assert replay(prices=[[10.0], [np.nan], [8.0]], **args).path == pytest.approx([0, 0, -20])


def test_refusals():
    """A benchmark that does not reach back, a turned episode and wrong shapes are refused."""
    args = {"exposure": [1.0], "nav": 1.0, "betas": [1.0]}
    with pytest.raises(NotEnoughDataError, match="benchmark"):
        replay(prices=[[1.0], [1.0]], benchmark=[np.nan, 1.0], **args)
    with pytest.raises(InputError, match="row of prices"):
        replay(prices=[[1.0]], benchmark=[1.0, 2.0], **args)
    with pytest.raises(InputError, match="exchange the dates"):
        Episode(name="x", start=EPISODES[0].end, end=EPISODES[0].start, what="")


def test_a_shock_by_hand():
    """Each column of a shock equals its formula, and the total their sum."""
    shock = Shock(name="all", benchmark=-0.1, volatility=0.2, currencies={"EUR": -0.05}, rates=0.01, credit_spread=0.02)
    result = apply_shock(
        shock,
        nav=1000.0,
        value=[500.0, 300.0],
        exposure=[500.0, 200.0],
        betas=[1.2, 0.5],
        currencies=["USD", "EUR"],
        base="USD",
        gamma=[0.0, 1000.0],
        vega=[0.0, 50.0],
        duration=[0.0, 4.0],
        spread_duration=[0.0, 3.0],
    )
    assert result.market == pytest.approx([-60.0, -10.0 + 500 * 0.0025])
    assert result.volatility == pytest.approx([0.0, 10.0])
    assert result.currency == pytest.approx([0.0, -15.0])
    assert result.rates == pytest.approx([0.0, -12.0])
    assert result.credit == pytest.approx([0.0, -18.0])
    assert result.total == pytest.approx(-60 - 8.75 + 10 - 15 - 12 - 18)
    assert set(result.coverage.values()) == {1.0}


def test_unknown_sensitivities_lower_coverage():
    """A position that names no duration is unknown to a rate shock, and is not taken for rate-free."""
    result = apply_shock(
        Shock(name="rates", rates=0.01),
        nav=100.0,
        value=[75.0, 25.0],
        exposure=[75.0, 25.0],
        betas=[1.0, np.nan],
        currencies=["USD", "USD"],
        base="USD",
        duration=[5.0, np.nan],
    )
    assert result.coverage == {"rates": 0.75}
    assert result.total == pytest.approx(-3.75)
    with pytest.raises(InputError, match="-100%"):
        Shock(name="x", benchmark=-1.5)
