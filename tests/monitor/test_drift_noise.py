"""The error of a difference of overlapping estimates is what chance makes of it."""

import numpy as np
import pytest

from trimtab.beta.method import parse_method
from trimtab.desk.moment.history import pair_assets
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.monitor.drift.noise import estimate_noise

NAMES = tuple(map(str, range(25)))


def draws(method, later, *, seed, reps=40, rows=600, wandering=False, **options):
    """Give z of the change of single betas and of a portfolio of ten, true betas held constant."""
    rng = np.random.default_rng(seed)
    single, whole = [], []
    for _ in range(reps):
        size = np.exp(0.5 * np.cumsum(rng.normal(0, 0.1, rows))) if wandering else np.ones(rows)
        market = rng.normal(0, 0.01, rows) * size
        shared = rng.normal(0, 0.005, (rows, 1))
        noise = (rng.normal(0, 0.01, (rows, len(NAMES))) + shared) * size[:, None]
        asset = rng.uniform(0.5, 1.5, len(NAMES)) * market[:, None] + noise
        days = np.busday_offset(np.datetime64("2020-01-01"), np.arange(rows), roll="forward")
        estimator = parse_method(method, **options)
        until = rows - later
        first = estimator.estimate(pair_assets(asset[:until], market[:until], days[:until], NAMES))
        last = estimator.estimate(pair_assets(asset, market, days, NAMES))
        level = PriceTable.of({"benchmark": np.ones(rows)}, dates=days)
        ends = {"market": market_at(level, base="USD"), "earlier": market_at(level, base="USD", as_of=days[-later - 1])}
        weights = dict.fromkeys(NAMES[:10], 0.1)
        found = estimate_noise(first, last, weights, weights, **ends)
        assert found.aligned
        assert found.observations == later
        whole.append(found.z)
        single += [a.z for a in found.assets]
    return np.array(single), np.array(whole)


@pytest.mark.parametrize("later", [21, 63])
@pytest.mark.parametrize("method", ["ols", "welch|vasicek"])
def test_constant_betas_are_called_changed_in_one_of_twenty(method, later):
    """With overlapping windows and constant betas |z| > 1.96 comes in 3% to 8% of cases, at 5% asked."""
    options = {"window": 252} if method == "ols" else {}
    single, whole = draws(method, later, seed=5, **options)
    assert 0.03 <= np.mean(np.abs(single) > 1.96) <= 0.08
    assert 0.8 <= np.std(whole) <= 1.25


def test_robust_errors_hold_when_volatility_wanders():
    """Where volatility clusters, robust errors keep their level."""
    single, _ = draws("ols", 63, seed=6, wandering=True, window=252, errors="robust")
    assert 0.03 <= np.mean(np.abs(single) > 1.96) <= 0.08


def test_a_true_change_is_found():
    """A beta that rose by one half is beyond noise; two estimates that count as unrelated would not see it."""
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, 600)
    beta = np.where(np.arange(600) < 500, 1.0, 1.5)
    asset = (beta * market + rng.normal(0, 0.01, 600))[:, None]
    days = np.busday_offset(np.datetime64("2020-01-01"), np.arange(600), roll="forward")
    level = PriceTable.of({"benchmark": np.ones(600)}, dates=days)
    ends = {"market": market_at(level, base="USD"), "earlier": market_at(level, base="USD", as_of=days[499])}
    estimator = parse_method("ols", window=252)
    first, last = (estimator.estimate(pair_assets(asset[:n], market[:n], days[:n], ("A",))) for n in (500, 600))
    found = estimate_noise(first, last, {"A": 1.0}, {"A": 1.0}, **ends)
    assert found.verdict == "beyond noise"
    assert found.stderr < first["A"].stderr
    back = estimate_noise(last, first, {"A": 1.0}, {"A": 1.0}, market=ends["earlier"], earlier=ends["market"])
    assert back.z == pytest.approx(-found.z)


def test_filters_are_not_compared_by_their_scores():
    """Scores of a filter are no influences of single days: its errors count as unrelated, and it is said."""
    rng = np.random.default_rng(2)
    market = rng.normal(0, 0.01, 600)
    asset = (market + rng.normal(0, 0.01, 600))[:, None]
    days = np.busday_offset(np.datetime64("2020-01-01"), np.arange(600), roll="forward")
    level = market_at(PriceTable.of({"benchmark": np.ones(600)}, dates=days), base="USD")
    estimator = parse_method("two-speed")
    first, last = (estimator.estimate(pair_assets(asset[:n], market[:n], days[:n], ("A",))) for n in (590, 600))
    found = estimate_noise(first, last, {"A": 1.0}, {"A": 1.0}, market=level, earlier=level)
    assert not found.aligned
    assert found.stderr == pytest.approx(np.hypot(first["A"].stderr, last["A"].stderr))


def test_equal_estimates_have_no_change():
    """The same estimates at both points: no change, no error."""
    rng = np.random.default_rng(3)
    market = rng.normal(0, 0.01, 300)
    asset = (market + rng.normal(0, 0.01, 300))[:, None]
    days = np.busday_offset(np.datetime64("2020-01-01"), np.arange(300), roll="forward")
    level = market_at(PriceTable.of({"benchmark": np.ones(300)}, dates=days), base="USD")
    betas = parse_method("ols").estimate(pair_assets(asset, market, days, ("A",)))
    found = estimate_noise(betas, betas, {"A": 0.5}, {"A": 0.5}, market=level, earlier=level)
    assert (found.part, found.stderr, found.z, found.verdict) == (0.0, 0.0, None, "no change")


def test_the_part_of_an_asset_is_its_weight_times_the_change_of_its_beta():
    """Each asset counts with its weight at the end; over unchanged weights the parts add up to the whole."""
    rng = np.random.default_rng(4)
    market = rng.normal(0, 0.01, 400)
    asset = np.array([0.8, 1.3]) * market[:, None] + rng.normal(0, 0.01, (400, 2))
    days = np.busday_offset(np.datetime64("2020-01-01"), np.arange(400), roll="forward")
    level = PriceTable.of({"benchmark": np.ones(400)}, dates=days)
    ends = {"market": market_at(level, base="USD"), "earlier": market_at(level, base="USD", as_of=days[349])}
    estimator = parse_method("ols", window=252)
    first, last = (estimator.estimate(pair_assets(asset[:n], market[:n], days[:n], ("A", "B"))) for n in (350, 400))
    weights = {"A": 0.75, "B": -0.5}
    found = estimate_noise(first, last, weights, weights, **ends)
    for part in found.assets:
        assert part.part == weights[part.asset] * (last[part.asset].value - first[part.asset].value) != 0.0
    assert sum(part.part for part in found.assets) == pytest.approx(found.part, abs=1e-12)
