"""Laws that every estimator keeps, one test for all of them."""

from dataclasses import replace

import numpy as np
import pytest
from given import business_days, price_path
from hypothesis import given, settings
from hypothesis import strategies as st

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.method import parse_method
from trimtab.errors import NotEnoughDataError, Reason
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.returns import pair_returns

FAST = (
    "ols",
    "ols(errors=hac)",
    "ewma",
    "welch",
    "dimson",
    "dimson(lags=2, leads=1)",
    "scholes-williams",
    "huber",
    "lad",
    "theil-sen",
    "frazzini-pedersen(weight=1)",
    "downside",
    "downside(definition=below-zero, side=up)",
    "downside(definition=bawa-lindenberg)",
    "weekly|ols",
    "monthly|ols",
    "weekly(overlapping=true)|ols(window=none)",
)
FILTERS = ("kalman", "kalman-mr", "two-speed(tilt=0)")
PRIORS = ("welch|vasicek", "ols|blume", "ols|adjusted", "ols|double(horizon=252)", "two-speed", "default", "bloomberg")
EVERY = (*FAST, *FILTERS, *PRIORS, "dcc", "yahoo", "value-line", "ibkr")
#: Methods whose beta is linear in the asset's returns: a portfolio's beta is the sum of its parts'.
LINEAR = ("ols", "ewma", "dimson", "scholes-williams", "downside", "downside(definition=bawa-lindenberg)")


@pytest.mark.parametrize("method", [*FAST, *FILTERS])
def test_planted_betas_are_recovered(method: str) -> None:
    """Betas from -0.5 to 1.5 come out within four and a half of their own errors, and the errors are not idle."""
    pairs = noisy_pairs(seed=3)
    betas = parse_method(method).estimate(pairs)
    free = [e for e in betas.estimates if e.asset != "M"]
    for estimate, truth in zip(free, (-0.5, 0.0, 0.5, 1.0, 1.5), strict=True):
        assert abs(estimate.value - truth) < 4.5 * estimate.stderr + 0.02, estimate
        assert 0.005 < estimate.stderr < 0.45, estimate


def test_estrada_goes_by_its_formula() -> None:
    """Estrada's beta counts only days on which both fell, so it is checked against its own definition, not a truth."""
    pairs = noisy_pairs((1.0,), n=400)
    x, y = series(pairs, 1)
    x, y = x[-252:], y[-252:]
    fall, drop = np.minimum(y - y.mean(), 0), np.minimum(x - x.mean(), 0)
    betas = parse_method("downside(definition=estrada)").estimate(pairs)
    assert betas["A0"].value == pytest.approx((fall @ drop) / (drop @ drop), rel=1e-12)


@pytest.mark.parametrize("method", EVERY)
def test_the_benchmark_has_beta_one_and_no_error(method: str) -> None:
    """Whatever the method, the benchmark's own beta is 1 by definition and known exactly."""
    betas = parse_method(method).estimate(noisy_pairs((0.8, 1.2)))
    assert betas["M"].value == 1.0
    assert betas["M"].stderr == 0.0
    assert betas.combined_error(np.array([1.0, 0.0, 0.0])) == 0.0


@pytest.mark.parametrize("method", EVERY)
def test_no_estimate_sees_the_future(method: str) -> None:
    """Scrambling every price after a day changes no beta of that day, bit for bit."""
    rng = np.random.default_rng(5)
    market = rng.normal(0, 0.01, 1500)
    asset = np.array([0.7, 1.4]) * market[:, None] + rng.normal(0, 0.01, (1500, 2))
    days = business_days(1501)
    columns = {"M": price_path(market), "A": price_path(asset[:, 0]), "B": price_path(asset[:, 1])}
    scrambled = {k: np.concatenate([v[:1400], v[1400:] * rng.uniform(0.5, 2.0, 101)]) for k, v in columns.items()}
    results = []
    for data in (columns, scrambled):
        table = PriceTable.of(data, dates=days).until(days[1399])
        results.append(parse_method(method).estimate(pair_returns(table, benchmark="M")))
    assert results[0].values().tobytes() == results[1].values().tobytes()
    assert results[0].stderrs().tobytes() == results[1].stderrs().tobytes()


@pytest.mark.parametrize("method", EVERY)
def test_duplicates_and_order_of_assets_do_not_matter(method: str) -> None:
    """A duplicate has its original's beta, and assets in another order keep theirs."""
    pairs = noisy_pairs((0.6, 1.3), n=1400)
    x, a = series(pairs, 1)
    _, b = series(pairs, 2)
    twice = pairs_of(x, np.column_stack([a, b, a]))
    swapped = pairs_of(x, np.column_stack([b, a, a]))
    one, other = (parse_method(method).estimate(p).values() for p in (twice, swapped))
    assert one[1] == pytest.approx(one[3], rel=1e-10)
    assert other[[0, 2, 1, 3]] == pytest.approx(one, rel=1e-8)


@pytest.mark.parametrize("method", FAST)
@settings(max_examples=5)
@given(scale=st.floats(0.01, 1000.0))
def test_units_of_prices_do_not_matter(method: str, scale: float) -> None:
    """Prices in another unit give the same betas."""
    rng = np.random.default_rng(8)
    market = rng.normal(0, 0.01, 800)
    columns = {"M": price_path(market), "A": price_path(0.9 * market + rng.normal(0, 0.01, 800))}
    days = business_days(801)
    scaled = {"M": columns["M"] * scale, "A": columns["A"] * 3.7}
    a, b = (
        parse_method(method).estimate(pair_returns(PriceTable.of(c, dates=days), benchmark="M"))["A"]
        for c in (columns, scaled)
    )
    assert b.value == pytest.approx(a.value, rel=1e-7)
    assert b.stderr == pytest.approx(a.stderr, rel=1e-6)


@pytest.mark.parametrize("method", [m for m in FAST if "frazzini" not in m and "overlap" not in m and m != "welch"])
@settings(max_examples=5)
@given(factor=st.floats(0.1, 4.0))
def test_leverage_scales_beta(method: str, factor: float) -> None:
    """A holding levered k times has k times the beta and k times its error."""
    pairs = noisy_pairs((0.8,), n=700)
    x, y = series(pairs, 1)
    frame = pairs_of(x, np.column_stack([y, y]))
    levered = frame.asset.copy()
    levered[:, 2] *= factor
    one, many = parse_method(method).estimate(replace(frame, asset=levered)).estimates[1:]
    if method.startswith(("weekly", "monthly")):
        # Compounding is not linear; over a week the difference is a fraction of a percent.
        assert many.value == pytest.approx(factor * one.value, rel=0.05, abs=0.05)
        return
    assert many.value == pytest.approx(factor * one.value, rel=1e-6, abs=1e-9)
    assert many.stderr == pytest.approx(factor * one.stderr, rel=1e-5)


@pytest.mark.parametrize("method", LINEAR)
def test_a_portfolio_has_the_sum_of_its_parts(method: str) -> None:
    """Weights times betas is the beta of the fixed-weight series, and the combined error is that series' error."""
    pairs = noisy_pairs((0.5, 1.0, 1.5), n=600)
    x, _ = series(pairs, 1)
    weights = np.array([0.5, 0.3, -0.4])
    assets = np.column_stack([series(pairs, i)[1] for i in (1, 2, 3)])
    frame = pairs_of(x, np.column_stack([assets, assets[:, 0]]))
    summed = frame.asset.copy()
    summed[:, 4] = frame.asset[:, 1:4] @ weights
    estimator = parse_method(method, errors="robust") if method in {"ols", "ewma"} else parse_method(method)
    betas = estimator.estimate(replace(frame, asset=summed))
    assert betas.values()[1:4] @ weights == pytest.approx(betas.values()[4], rel=1e-9)
    assert betas.combined_error(np.array([0, *weights, 0])) == pytest.approx(betas.stderrs()[4], rel=1e-9)


@pytest.mark.parametrize("method", [*FAST, *FILTERS, "dcc", "welch|vasicek"])
def test_thin_data_are_refused_with_their_reason(method: str) -> None:
    """Twenty days give no beta, and say that there were too few pairs."""
    pairs = noisy_pairs((1.0,), n=20)
    try:
        estimate = parse_method(method).estimate(pairs)["A0"]
    except NotEnoughDataError:
        assert method.startswith("monthly")
        return
    assert estimate.value is None
    assert estimate.stderr is None
    assert estimate.reason is Reason.TOO_FEW_PAIRS


@pytest.mark.parametrize("method", [*FAST, *FILTERS, "dcc"])
def test_a_benchmark_that_stands_still_is_refused(method: str) -> None:
    """Without a move of the benchmark there is no beta, and no warning either."""
    rng = np.random.default_rng(2)
    pairs = pairs_of(np.zeros(1400), rng.normal(0, 0.01, 1400))
    estimate = parse_method(method).estimate(pairs)["A0"]
    assert estimate.value is None
    assert estimate.reason is Reason.NO_BENCHMARK_VARIANCE


@pytest.mark.parametrize("method", [*FAST, *FILTERS, "dcc"])
def test_missing_days_are_left_out_and_not_filled(method: str) -> None:
    """An asset that misses a tenth of the days keeps its planted beta, with fewer observations."""
    rng = np.random.default_rng(21)
    market = rng.normal(0, 0.01, 1500)
    columns = {"M": price_path(market), "A": price_path(1.2 * market + rng.normal(0, 0.01, 1500))}
    columns["A"][rng.choice(np.arange(1, 1500), 150, replace=False)] = np.nan
    pairs = pair_returns(PriceTable.of(columns, dates=business_days(1501)), benchmark="M")
    estimate = parse_method(method).estimate(pairs)["A"]
    assert abs(estimate.value - 1.2) < 4.5 * estimate.stderr + 0.02
    assert Flag.INTERVALS_JOINED in estimate.flags


@pytest.mark.parametrize("method", [*FAST, *FILTERS, "dcc", "ols|blume"])
def test_company_does_not_change_a_beta(method: str) -> None:
    """Without a prior from the universe, a beta is the same alone and beside an asset that trades every third day."""
    rng = np.random.default_rng(27)
    market = rng.normal(0, 0.01, 1500)
    columns = {"M": price_path(market), "A": price_path(0.7 * market + rng.normal(0, 0.01, 1500))}
    sparse = price_path(1.1 * market + rng.normal(0, 0.01, 1500))
    sparse[np.arange(1501) % 3 != 0] = np.nan
    days = business_days(1501)
    alone, beside = (
        parse_method(method).estimate(pair_returns(PriceTable.of(c, dates=days), benchmark="M"))["A"]
        for c in (columns, columns | {"S": sparse})
    )
    # Likelihoods are searched to a few digits.
    digits = 1e-4 if method.startswith("kalman") else 1e-8
    assert beside.value == pytest.approx(alone.value, rel=digits)
    assert beside.n_obs == alone.n_obs
    assert beside.stderr == pytest.approx(alone.stderr, rel=100 * digits)
