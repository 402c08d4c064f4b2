"""Dimson, Scholes-Williams, longer intervals and the lead-lag test on prices that come late."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from given import business_days, price_path
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.estimators.dimson import Dimson
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.scholes_williams import ScholesWilliams
from trimtab.beta.leadlag import lead_lag, lead_lag_assets
from trimtab.beta.method import parse_method
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.prices import PriceTable
from trimtab.market.resample import overlap_returns, resample_returns
from trimtab.market.returns import PairedReturns, pair_returns


def stale_pairs(n: int = 100_000, chance: float = 0.4, beta: float = 1.2) -> PairedReturns:
    """Prices repeat with a chance: moves pile up until the next trade."""
    rng = np.random.default_rng(77)
    market = rng.normal(0, 0.01, n)
    true = beta * market + rng.normal(0, 0.005, n)
    traded = rng.random(n) > chance
    level = np.concatenate([[0.0], np.cumsum(true)])
    last = np.maximum.accumulate(np.where(np.concatenate([[True], traded]), np.arange(n + 1), 0))
    pairs = noisy_pairs((1.0,), n=1000)
    seen = np.diff(level[last])
    return replace(
        pairs,
        dates=np.arange(n).astype("datetime64[s]"),
        asset=seen[:, None],
        market=market[:, None],
        symbols=("A0",),
        joined=np.zeros((n, 1), dtype=bool),
        gaps=np.zeros((n, 1), dtype=bool),
    )


def test_published_bias_of_stale_prices_and_its_cure() -> None:
    """No trade with chance .4, beta 1.2: OLS .72; Dimson .716 .999 1.114 1.158 1.174 1.184 for 0 to 5 lags; SW 1.004.

    The limits are 1.2 (1 - .4^(k + 1)) with k lags, and 1.2 x .6 x 1.4 for Scholes-Williams.
    """
    pairs = stale_pairs()
    for lags, published in enumerate((0.716, 0.999, 1.114, 1.158, 1.174, 1.184)):
        value = Dimson(lags=lags, window=None).estimate(pairs)["A0"].value
        assert value == pytest.approx(1.2 * (1 - 0.4 ** (lags + 1)), abs=0.02)
        assert value == pytest.approx(published, abs=0.03)
    assert Ols(window=None).estimate(pairs)["A0"].value == pytest.approx(0.72, abs=0.01)
    assert ScholesWilliams(window=None).estimate(pairs)["A0"].value == pytest.approx(1.004, abs=0.03)


def test_dimson_agrees_with_statsmodels() -> None:
    """The sum of slopes and its Newey-West error are those of a regression on leads and lags."""
    pairs = noisy_pairs((0.9,), n=300)
    x, y = (a[-252:] for a in series(pairs, 1))
    X = np.column_stack([x[3:], x[2:-1], x[1:-2], x[:-3]])
    rows = y[2:-1]
    fit = sm.OLS(rows, sm.add_constant(X)).fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True})
    total = fit.t_test(np.array([[0, 1, 1, 1, 1]]))
    estimate = Dimson(lags=2, leads=1).estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(total.effect[0], rel=1e-10)
    assert estimate.stderr == pytest.approx(total.sd[0, 0], rel=1e-10)
    assert estimate.n_eff == 249


def test_dimson_without_neighbours_is_ols() -> None:
    """No lags and no leads leave the plain slope and its robust error."""
    pairs = noisy_pairs((0.9,), n=300)
    one, other = Dimson(lags=0, errors="robust").estimate(pairs)["A0"], Ols(errors="robust").estimate(pairs)["A0"]
    assert (one.value, one.stderr) == pytest.approx((other.value, other.stderr), rel=1e-10)


def test_scholes_williams_by_its_three_slopes() -> None:
    """(b_-1 + b_0 + b_+1) / (1 + 2 rho) by separate regressions, up to the ends of the sample."""
    pairs = noisy_pairs((1.3,), n=5000)
    x, y = series(pairs, 1)
    slopes = [np.polyfit(a, b, 1)[0] for a, b in ((x[:-1], y[1:]), (x, y), (x[1:], y[:-1]))]
    rho = np.corrcoef(x[1:], x[:-1])[0, 1]
    value = ScholesWilliams(window=None).estimate(pairs)["A0"].value
    assert value == pytest.approx(sum(slopes) / (1 + 2 * rho), rel=2e-3)


def test_scholes_williams_agrees_with_instrumental_variables() -> None:
    """Value and robust error are those of two-stage least squares with the three-day sum as instrument."""
    pairs = noisy_pairs((1.3,), n=254)
    x, y = (a[-252:] for a in series(pairs, 1))
    z, xx, yy = x[:-2] + x[1:-1] + x[2:], x[1:-1], y[1:-1]
    Z, X = sm.add_constant(z), sm.add_constant(xx)
    coefficients = np.linalg.solve(Z.T @ X, Z.T @ yy)
    e = yy - X @ coefficients
    bread = np.linalg.inv(Z.T @ X)
    variance = bread @ (Z.T * e**2) @ Z @ bread.T * len(e) / (len(e) - 2)
    estimate = ScholesWilliams(errors="robust").estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(coefficients[1], rel=1e-10)
    assert estimate.stderr == pytest.approx(np.sqrt(variance[1, 1]), rel=1e-10)


def test_lead_lag_test_finds_late_and_early_assets() -> None:
    """An asset a day late and one a day early are found, and an honest one is not."""
    rng = np.random.default_rng(3)
    m = rng.normal(0, 0.01, 801)
    e = rng.normal(0, 0.006, (800, 3))
    late, early = 0.5 * m[1:] + 0.5 * m[:-1], 0.5 * m[1:] + 0.5 * np.roll(m, -1)[1:]
    pairs = pairs_of(m[1:], np.column_stack([late, early, m[1:]]) + e)
    found = lead_lag(pairs)
    assert found.late.tolist() == [False, True, False, False]
    assert found.early.tolist() == [False, False, True, False]
    assert lead_lag_assets(pairs).tolist() == [False, True, True, False]
    assert found.lag_slope[1] == pytest.approx(0.5, abs=4 * found.lag_error[1])


def test_lead_lag_in_blocks_of_columns_is_that_of_all_at_once(monkeypatch) -> None:
    """However columns are cut, every figure keeps its bits."""
    rng = np.random.default_rng(5)
    market = rng.normal(0.0, 0.01, 200)
    pairs = pairs_of(market, market[:, None] * rng.normal(1.0, 0.2, 23) + rng.normal(0.0, 0.01, (200, 23)))
    whole = lead_lag(pairs)
    monkeypatch.setattr("trimtab.beta.leadlag._BLOCK", 5)
    for cut, all_at_once in zip(lead_lag(pairs), whole, strict=True):
        np.testing.assert_array_equal(cut, all_at_once)


def test_lead_lag_agrees_with_statsmodels() -> None:
    """The neighbour's slope is its coefficient in a joint regression, with the robust error HC0."""
    pairs = noisy_pairs((1.0,), n=400)
    x, y = series(pairs, 1)
    fit = sm.OLS(y[1:-1], sm.add_constant(np.column_stack([x[1:-1], x[:-2]]))).fit(cov_type="HC0")
    found = lead_lag(pairs)
    # The first row of returns has no pair, so the test starts one row later than the series.
    assert found.lag_slope[1] == pytest.approx(fit.params[2], rel=1e-9)
    assert found.lag_error[1] == pytest.approx(fit.bse[2], rel=1e-9)


@given(frequency=st.sampled_from(["weekly", "monthly", "quarterly"]), seed=st.integers(0, 20))
def test_longer_returns_are_those_of_period_end_prices(frequency: str, seed: int) -> None:
    """With complete prices, compounding days gives exactly the returns between the last prices of complete periods."""
    rng = np.random.default_rng(seed)
    days = business_days(int(rng.integers(150, 500)), "2019-03-13")
    columns = {"M": price_path(rng.normal(0, 0.01, len(days) - 1)), "A": price_path(rng.normal(0, 0.02, len(days) - 1))}
    pairs = resample_returns(pair_returns(PriceTable.of(columns, dates=days), benchmark="M"), frequency)
    number = days.astype("datetime64[D]").astype(int) + 3
    months = days.astype("datetime64[M]").astype(int)
    period = {"weekly": number // 7, "monthly": months, "quarterly": months // 3}[frequency]
    ends = [i for i in range(len(days) - 1) if period[i] != period[i + 1]]
    following = np.busday_offset(days[-1].astype("datetime64[D]"), 1)
    after = {"weekly": (following.astype(int) + 3) // 7, "monthly": following.astype("datetime64[M]").astype(int)}
    after["quarterly"] = after["monthly"] // 3
    if after[frequency] != period[-1]:
        ends.append(len(days) - 1)
    for name, got in (("A", pairs.asset[:, 1]), ("M", pairs.market[:, 1])):
        levels = columns[name][ends]
        assert got == pytest.approx(levels[1:] / levels[:-1] - 1, rel=1e-9, abs=1e-12)
    assert pairs.dates.astype("datetime64[D]").tolist() == days[ends][1:].astype("datetime64[D]").tolist()


def test_a_missing_friday_ends_the_week_early_for_both() -> None:
    """Where the asset has no price on a Friday, its week and the benchmark's beside it end on Thursday."""
    days = business_days(15, "2024-01-08")
    m = 100 * 1.01 ** np.arange(15.0)
    a = 50 * 1.02 ** np.arange(15.0)
    a[9] = np.nan
    pairs = resample_returns(pair_returns(PriceTable.of({"M": m, "A": a}, dates=days), benchmark="M"), "weekly")
    assert pairs.asset[:, 1] == pytest.approx([1.02**4 - 1, 1.02**6 - 1])
    assert pairs.market[:, 1] == pytest.approx([1.01**4 - 1, 1.01**6 - 1])


def test_overlapping_returns_are_products_of_neighbours() -> None:
    """Every row ends an interval of five rows, and the first four have none."""
    pairs = noisy_pairs((1.0,), n=40)
    _, y = series(pairs, 1)
    got = overlap_returns(pairs, 5).asset[:, 1]
    assert np.isnan(got[:5]).all()
    assert got[5:] == pytest.approx([np.prod(1 + y[t - 5 : t]) - 1 for t in range(5, 41)])


def test_overlapping_errors_do_not_shrink_with_overlap() -> None:
    """A beta from overlapping weeks is known about as well as from separate ones, not five times better."""
    pairs = noisy_pairs((1.0,), n=1500)
    apart = parse_method("weekly|ols(window=none)").estimate(pairs)["A0"]
    over = parse_method("weekly(overlapping=true)|ols(window=none)").estimate(pairs)["A0"]
    assert 0.7 * apart.stderr < over.stderr < 1.3 * apart.stderr
    naive = Ols(window=None).estimate(overlap_returns(pairs, 5))["A0"]
    assert naive.stderr < 0.6 * over.stderr


def test_frequencies_that_cannot_be_had_are_refused() -> None:
    """Days cannot be made from weeks, and no week is complete within three days."""
    weekly = resample_returns(noisy_pairs((1.0,), n=300), "weekly")
    with pytest.raises(InputError, match="weekly prices"):
        resample_returns(weekly, "daily")
    with pytest.raises(InputError, match="fortnightly"):
        resample_returns(weekly, "fortnightly")
    with pytest.raises(NotEnoughDataError):
        resample_returns(noisy_pairs((1.0,), n=3), "monthly")


def test_scholes_williams_takes_four_rows_with_neighbours_and_no_fewer() -> None:
    """Six pairs leave four that have a neighbour on both sides; five leave three, which give nothing."""
    for n, gives in ((6, True), (5, False)):
        estimate = ScholesWilliams(min_obs=2, errors="robust").estimate(noisy_pairs((0.9,), n=n))["A0"]
        assert (estimate.value is not None) is gives
