"""Frazzini-Pedersen, downside and realised betas."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from given import price_path
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import noisy_pairs, series
from trimtab.beta.estimators.downside import Downside
from trimtab.beta.estimators.frazzini_pedersen import FrazziniPedersen
from trimtab.beta.estimators.realised import Realised, hayashi_yoshida_betas
from trimtab.errors import InputError, Reason
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.returns import pair_returns
from trimtab.stats.realised import hayashi_yoshida


def test_frazzini_pedersen_by_pandas() -> None:
    """Correlation of three-day log returns over five years, volatilities over one, .6 and .4: by pandas."""
    pairs = noisy_pairs((1.4,), n=1500)
    x, y = (pd.Series(np.log1p(a)) for a in series(pairs, 1))
    rho = x.rolling(3).sum()[-1260:].corr(y.rolling(3).sum()[-1260:])
    expected = 0.6 * rho * y[-252:].std() / x[-252:].std() + 0.4
    assert FrazziniPedersen().estimate(pairs)["A0"].value == pytest.approx(expected, rel=1e-6)


def test_frazzini_pedersen_keeps_the_sign() -> None:
    """An inverse fund has a negative beta; the root of R squared would make it positive."""
    estimate = FrazziniPedersen(weight=1.0).estimate(noisy_pairs((-1.0,), n=1500, noise=0.003))["A0"]
    assert estimate.value == pytest.approx(-1.0, abs=0.1)


def test_frazzini_pedersen_error_by_simulation() -> None:
    """Over independent worlds the spread of betas is what the error says, within a fifth."""
    runs = [FrazziniPedersen(weight=1.0).estimate(noisy_pairs((1.0,) * 12, n=1300, seed=s)) for s in range(12)]
    values = np.concatenate([r.values()[1:] for r in runs])
    errors = np.concatenate([r.stderrs()[1:] for r in runs])
    assert values.std() == pytest.approx(errors.mean(), rel=0.2)


@pytest.mark.parametrize(("definition", "tau"), [("ang-chen-xing", None), ("below-zero", 0.0)])
@pytest.mark.parametrize("side", ["down", "up"])
def test_conditional_betas_agree_with_statsmodels(definition: str, tau: float | None, side: str) -> None:
    """The slope and its robust error are those of a regression over the days on that side."""
    pairs = noisy_pairs((0.8,), n=252)
    x, y = series(pairs, 1)
    level = x.mean() if tau is None else tau
    days = x < level if side == "down" else x > level
    fit = sm.OLS(y[days], sm.add_constant(x[days])).fit(cov_type="HC1")
    estimate = Downside(definition=definition, side=side).estimate(pairs)["A0"]
    assert (estimate.value, estimate.stderr) == pytest.approx((fit.params[1], fit.bse[1]), rel=1e-9)
    assert estimate.n_obs == days.sum()


def test_bawa_lindenberg_by_its_sums() -> None:
    """Sum y min(x, 0) / sum min(x, 0)^2 about the risk-free rate."""
    pairs = noisy_pairs((0.8,), n=252)
    x, y = series(pairs, 1)
    drop = np.minimum(x, 0)
    estimate = Downside(definition="bawa-lindenberg").estimate(pairs)["A0"]
    assert estimate.value == pytest.approx((y @ drop) / (drop @ drop), rel=1e-12)


def test_a_put_writer_has_more_downside_than_upside() -> None:
    """A position that falls with the market and does not rise with it: 1 below, 0 above, by every definition."""
    pairs = noisy_pairs((1.0,), n=252)
    x = series(pairs, 1)[0]
    asset = pairs.asset.copy()
    asset[1:, 1] = np.minimum(x, 0.0)
    written = replace(pairs, asset=asset)
    for definition in ("below-zero", "bawa-lindenberg"):
        down, up = (Downside(definition=definition, side=s).estimate(written)["A0"].value for s in ("down", "up"))
        assert (down, up) == pytest.approx((1.0, 0.0), abs=1e-9)


@given(threshold=st.floats(-0.01, 0.01))
def test_the_threshold_divides_the_days(threshold: float) -> None:
    """Any threshold splits the days into those below and those above, and each side counts its own."""
    pairs = noisy_pairs((1.0,), n=252)
    down, up = (Downside(threshold=threshold, side=s, min_obs=2).estimate(pairs)["A0"] for s in ("down", "up"))
    assert down.n_obs + up.n_obs == 252


def intraday(days: int = 60, bars: int = 78, *, delay: int = 0, beta: float = 1.3, seed: int = 6) -> PriceTable:
    """Five-minute bars with a planted beta; the asset's price may come some bars late."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.001, days * bars)
    asset = beta * np.concatenate([np.zeros(delay), market[: len(market) - delay]]) + rng.normal(0, 0.001, len(market))
    opening = np.busday_offset(np.datetime64("2024-01-02"), np.arange(days), roll="forward").astype("datetime64[s]")
    stamps = (opening[:, None] + np.timedelta64(34_200, "s") + np.arange(bars) * np.timedelta64(300, "s")).ravel()
    prices = {"M": price_path(market)[1:], "A": price_path(asset)[1:]}
    return PriceTable.of(prices, dates=stamps)


def test_realised_beta_by_its_sums() -> None:
    """Without lags it is the sum of products over the sum of squares of the returns within days."""
    table = intraday()
    pairs = pair_returns(table, benchmark="M")
    estimate = Realised(lags=0).estimate(pairs)["A"]
    day = pairs.dates.astype("datetime64[D]")
    inside = np.concatenate([[False], day[1:] == day[:-1]])
    x, y = pairs.market[inside, 1], pairs.asset[inside, 1]
    assert estimate.value == pytest.approx((x @ y) / (x @ x), rel=1e-12)
    assert abs(estimate.value - 1.3) < 4 * estimate.stderr
    assert estimate.n_eff == pytest.approx(60, rel=0.1)


def test_neighbours_cure_late_bars() -> None:
    """An asset one bar late has a realised beta of nothing without neighbours, and its own with them."""
    pairs = pair_returns(intraday(delay=1), benchmark="M")
    assert abs(Realised(lags=0).estimate(pairs)["A"].value) < 0.1
    estimate = Realised(lags=1).estimate(pairs)["A"]
    assert abs(estimate.value - 1.3) < 4 * estimate.stderr


def test_hayashi_yoshida_by_brute_force() -> None:
    """The one-pass sum is the double sum over overlapping intervals."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        y, x = (np.where(rng.random(40) < 0.5, rng.normal(size=40), np.nan) for _ in range(2))
        ty, tx = (np.flatnonzero(np.isfinite(a)) for a in (y, x))
        total = 0.0
        for i in range(1, len(ty)):
            for j in range(1, len(tx)):
                if ty[i - 1] < tx[j] and tx[j - 1] < ty[i]:
                    total += (y[ty[i]] - y[ty[i - 1]]) * (x[tx[j]] - x[tx[j - 1]])
        assert hayashi_yoshida(y, x) == pytest.approx(total, abs=1e-9)


def test_asynchronous_trades_do_not_bias_hayashi_yoshida() -> None:
    """With two thirds of each series' moments unseen, the beta is the planted one."""
    rng = np.random.default_rng(4)
    table = intraday()
    values = np.where(rng.random(table.shape) < 1 / 3, table.values, np.nan)
    columns = {"M": values[:, 0], "A": values[:, 1]}
    betas = hayashi_yoshida_betas(PriceTable.of(columns, dates=table.dates), benchmark="M")
    estimate = betas["A"]
    assert (betas["M"].value, betas["M"].stderr, betas["M"].flags) == (1.0, 0.0, (Flag.IDENTITY,))
    assert abs(estimate.value - 1.3) < 4 * estimate.stderr
    assert estimate.stderr < 0.2


def test_realised_betas_need_bars_and_days() -> None:
    """Daily prices and a handful of days are refused."""
    with pytest.raises(InputError, match="several prices a day"):
        Realised().estimate(noisy_pairs((1.0,), n=300))
    short = Realised().estimate(pair_returns(intraday(days=4), benchmark="M"))["A"]
    assert short.reason is Reason.TOO_FEW_PAIRS
    assert hayashi_yoshida_betas(intraday(days=4), benchmark="M")["A"].reason is Reason.TOO_FEW_PAIRS
