"""Several benchmarks at once: planted partial betas are recovered, and the alone figure is told apart from them."""

import numpy as np
import pytest
import statsmodels.api as sm
from given import business_days, price_path

import trimtab as tt
from trimtab.market.prices import PriceTable

N = 1500


def table() -> PriceTable:
    """A coin that shares half of its moves with the index, and an asset that follows both."""
    rng = np.random.default_rng(4)
    index = rng.normal(0, 0.01, N)
    coin = 1.5 * index + rng.normal(0, 0.02, N)
    asset = 0.8 * index + 0.3 * coin + rng.normal(0, 0.005, N)
    columns = {"IDX": price_path(index), "COIN": price_path(coin), "A": price_path(asset)}
    return PriceTable.of(columns, dates=business_days(N + 1), currency="USD")


@pytest.fixture(scope="module")
def review():
    mandate = tt.Mandate(benchmark="IDX", target=1.0, band=0.1)
    book = tt.portfolio("100 A, 20 COIN, 10 IDX, 3000 USD")
    return tt.review(table(), book, mandate, also=["COIN"], window=252), book


def test_partial_betas_equal_one_regression_of_the_portfolio(review):
    """Joint betas are those of regressing the fixed-weight portfolio on both benchmarks (statsmodels)."""
    result, _ = review
    prices = table()
    returns = (prices.values[1:] / prices.values[:-1] - 1)[-252:]
    last = prices.values[-1]
    money = np.array([10 * last[0], 20 * last[1], 100 * last[2]])
    weights = money / (money.sum() + 3000)
    fit = sm.OLS(returns @ weights, sm.add_constant(returns[:, :2])).fit()
    index, coin = result.joint
    assert (index.joint, coin.joint) == pytest.approx(tuple(fit.params[1:]), rel=1e-9)
    alone = sm.OLS(returns @ weights, sm.add_constant(returns[:, 1])).fit()
    assert coin.alone == pytest.approx(alone.params[1], rel=1e-9)


def test_what_differs_is_said(review):
    """Alone the coin carries the index with it; jointly it does not, and the words say so."""
    index, coin = review[0].joint
    assert coin.alone > coin.joint + 0.1
    assert "held still" in coin.says
    assert coin.money_per_1pct == pytest.approx(coin.joint * review[0].exposure.nav / 100)
    assert index.benchmark == "IDX"


def test_one_benchmark_has_no_joint_table():
    """Without further benchmarks nothing is compared."""
    mandate = tt.Mandate(benchmark="IDX", target=1.0, band=0.1)
    assert tt.review(table(), "100 A, 3000 USD", mandate).joint == ()
