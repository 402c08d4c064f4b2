"""Two-speed beta: against a slow matrix filter, the evidence it came with, and its laws."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.stats.kernels import (
    KalmanStart,
    TwoSpeedParameters,
    TwoSpeedState,
    benchmark_reference,
    kalman_history,
    rolling_beta,
    two_speed_history,
)

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RECIPE = TwoSpeedParameters()


def panel(seed: int, n_dates: int = 120, n_assets: int = 30, missing: float = 0.0):
    rng = np.random.default_rng(seed)
    m = rng.normal(0.0003, 0.01, n_dates)
    sd = rng.uniform(0.005, 0.04, n_assets)
    y = m[:, None] * rng.normal(1.0, 0.4, n_assets) + rng.standard_t(4, (n_dates, n_assets)) * sd
    y[rng.random(y.shape) < missing] = np.nan
    return y, m


def slow_filter(y, m, horizon, *, p=RECIPE, reference=None, universe=True):
    """Run the recipe with matrices, one asset and one day at a time."""
    n_dates, n_assets = y.shape
    phi = np.diag(2.0 ** (-1 / np.array([p.slow_half_life, p.fast_half_life])))
    stationary = np.diag([p.slow_sd**2, p.fast_sd**2])
    drift = stationary - phi @ stationary @ phi
    share = 1 - 2.0 ** (-1 / p.variance_half_life)
    k = np.arange(1, horizon + 1)
    weight = np.array([np.mean(phi[i, i] ** k) for i in (0, 1)]) if horizon else np.ones(2)
    to_come = sum(
        drift[i, i] * sum((np.sum(phi[i, i] ** np.arange(horizon - j + 1)) / horizon) ** 2 for j in k) for i in (0, 1)
    )
    state = [np.zeros(2) for _ in range(n_assets)]
    cov = [np.diag([p.slow_sd**2, p.fast_start_variance]) for _ in range(n_assets)]
    mu = np.full(n_assets, p.center)
    var, gap, seen = np.zeros(n_assets), np.zeros(n_assets), np.zeros(n_assets, int)
    squares = [[] for _ in range(n_assets)]
    beta, error = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    for t in range(n_dates):
        for a in range(n_assets):
            known = np.isfinite(y[t, a]) and np.isfinite(m[t])
            gap[a] = 0 if known else gap[a] + 1
            if seen[a] < p.warmup:
                if known:
                    seen[a] += 1
                    squares[a].append((y[t, a] - p.center * m[t]) ** 2)
                    var[a] = np.mean(squares[a])
                continue
            state[a], cov[a] = phi @ state[a], phi @ cov[a] @ phi + drift
            if not known:
                continue
            seen[a] += 1
            design = np.array([m[t], m[t]])
            total = design @ cov[a] @ design + var[a]
            innovation = y[t, a] - mu[a] * m[t] - design @ state[a]
            gain = cov[a] @ design / total
            state[a] = state[a] + gain * np.clip(innovation, -p.clip * total**0.5, p.clip * total**0.5)
            cov[a] = (np.eye(2) - np.outer(gain, design)) @ cov[a]
            var[a] += share * (min(innovation**2, p.cap * var[a]) - var[a])
        live = (seen >= p.warmup) & (gap <= p.fresh)
        ref = np.nan if reference is None else reference[t]
        if universe and live.sum() >= p.universe_min:
            ref = np.mean(0.5 * np.log(var[live]))
        for a in np.flatnonzero(seen >= p.warmup):
            away = np.clip(0.5 * np.log(var[a]) - ref, -p.tilt_limit, p.tilt_limit)
            mu[a] = p.center + (p.tilt * away if np.isfinite(ref) else 0.0)
            beta[t, a] = mu[a] + weight @ state[a]
            error[t, a] = np.sqrt(weight @ cov[a] @ weight + to_come)
    return beta, error, seen


def assert_same(one, other):
    for a, b in zip(one[:3], other[:3], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.state.values, other.state.values)


@pytest.mark.parametrize(
    ("horizon", "missing", "mode"),
    [(0, 0.0, "universe"), (63, 0.3, "universe"), (252, 0.1, "benchmark"), (21, 0.1, "neither")],
)
def test_values_are_those_of_the_slow_matrix_filter(horizon, missing, mode):
    """Forecast, error and count agree with the recipe written out in matrices."""
    y, m = panel(1, missing=missing)
    y[40] *= 10  # so that clip and cap bind
    m[70] = np.nan
    reference = np.linspace(-4.2, -3.8, 120) if mode == "benchmark" else None
    universe = mode == "universe"
    got = two_speed_history(y, m, horizon=horizon, reference=reference, universe=universe)
    beta, error, seen = slow_filter(y, m, horizon, reference=reference, universe=universe)
    np.testing.assert_allclose(got.beta, beta, rtol=1e-9)
    np.testing.assert_allclose(got.stderr, error, rtol=1e-9)
    np.testing.assert_array_equal(got.n_obs[-1], seen)


def test_a_small_universe_takes_the_reference_and_without_one_no_tilt():
    """Below universe_min names the given reference counts; where it is missing the prior mean is the center."""
    y, m = panel(2, n_assets=24)
    reference = np.full(120, -4.0)
    alone = two_speed_history(y, m, horizon=21, reference=reference, universe=False)
    assert_same(two_speed_history(y, m, horizon=21, reference=reference), alone)
    flat = two_speed_history(y, m, horizon=21, parameters=RECIPE._replace(tilt=0.0))
    np.testing.assert_array_equal(two_speed_history(y, m, horizon=21).beta, flat.beta)
    assert np.nanmax(abs(alone.beta - flat.beta)) > 0.01


def test_names_that_vanished_leave_the_universe():
    """A name unseen for more than `fresh` rows no longer moves the reference."""
    y, m = panel(3, n_assets=40)
    y[60:, 30:] = np.nan
    gone = two_speed_history(y, m, horizon=21, max_gap=10)
    assert np.isnan(gone.beta[70:, 30:]).all()
    assert np.isfinite(gone.beta[69, 30:]).all()
    ln_s, fresh = gone.state.values[6], gone.state.values[9] <= RECIPE.fresh
    assert fresh.sum() == 30
    np.testing.assert_allclose(gone.state.values[7], 1 + 0.3 * (ln_s - ln_s[fresh].mean()), rtol=1e-12)


def test_with_one_part_and_steady_noise_it_is_the_mean_reverting_filter():
    """Without fast part and tilt, with a variance that does not move, it equals the scalar filter."""
    y, m = panel(4, n_assets=3)
    p = RECIPE._replace(fast_sd=0.0, fast_start_variance=0.0, variance_half_life=1e300, tilt=0.0)
    two = two_speed_history(y, m, horizon=21, parameters=p)
    phi = 2 ** (-1 / 756)
    one = kalman_history(
        y[21:],
        m[21:],
        noise=two.state.values[5],
        drift=0.16 * (1 - phi**2),
        phi=phi,
        start=KalmanStart(variance=0.16),
        clip=2.0,
        horizon=21,
    )
    np.testing.assert_allclose(two.beta[21:], one.beta, rtol=1e-9)
    np.testing.assert_allclose(two.stderr[21:], one.stderr, rtol=1e-9)


def test_the_benchmark_itself_has_beta_one():
    """A copy of the benchmark is given exactly 1, and an index fund that tracks it stays within .1 of 1."""
    y, m = panel(5, n_dates=600)
    y[:, 0] = m
    y[:, 1] = m + np.random.default_rng(0).normal(0, 1e-4, 600)
    history = two_speed_history(y, m, horizon=252)
    assert (history.beta[21:, 0] == 1.0).all()
    assert abs(history.beta[-1, 1] - 1) < 0.1


def test_planted_betas_lie_within_the_forecast_error():
    """Betas simulated from the model: the average over the next 21 rows lies within 1.96 errors in 93-97% of cases."""
    rng = np.random.default_rng(6)
    n_dates, n_assets, h = 420, 300, 21
    m = rng.normal(0, 0.01, n_dates)
    z, d = rng.normal(0, 0.4, n_assets), rng.normal(0, 0.25, n_assets)
    phi_z, phi_d = 2 ** (-1 / 756), 2 ** (-1 / 30)
    beta = np.empty((n_dates, n_assets))
    for t in range(n_dates):
        z = phi_z * z + rng.normal(0, 0.4 * (1 - phi_z**2) ** 0.5, n_assets)
        d = phi_d * d + rng.normal(0, 0.25 * (1 - phi_d**2) ** 0.5, n_assets)
        beta[t] = 1 + z + d
    y = beta * m[:, None] + rng.normal(0, 0.02, beta.shape)
    p = RECIPE._replace(tilt=0.0, clip=np.inf, cap=np.inf)
    history = two_speed_history(y, m, horizon=h, parameters=p)
    rows = range(100, n_dates - h, 20)
    inside = [abs(history.beta[t] - beta[t + 1 : t + h + 1].mean(axis=0)) < 1.96 * history.stderr[t] for t in rows]
    assert 0.93 < np.mean(inside) < 0.97


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 119))
@settings(max_examples=15, deadline=None)
def test_one_run_is_many_runs_and_none_sees_the_future(seed, cut):
    """Rows fed in two parts through the state give the bits of one run, and later rows change no earlier one."""
    y, m = panel(seed, missing=0.2)
    whole = two_speed_history(y, m, horizon=63)
    first = two_speed_history(y[:cut], m[:cut], horizon=63)
    second = two_speed_history(y[cut:], m[cut:], horizon=63, state=first.state)
    for a, b, c in zip(whole[:3], first[:3], second[:3], strict=True):
        np.testing.assert_array_equal(a, np.vstack([b, c]))
    np.testing.assert_array_equal(whole.state.values, second.state.values)


def test_row_by_row_equals_one_run():
    """One row at a time gives the bits of one run."""
    y, m = panel(7, missing=0.1)
    whole = two_speed_history(y, m, horizon=63)
    state, rows = None, []
    for t in range(120):
        step = two_speed_history(y[[t]], m[[t]], horizon=63, state=state)
        state = step.state
        rows.append(step.beta)
    np.testing.assert_array_equal(np.vstack(rows), whole.beta)


def test_threads_and_own_benchmark_columns_change_nothing():
    """Any number of threads, and a table of equal benchmark columns, give the same bits."""
    y, m = panel(8, n_assets=200, missing=0.1)
    keep = {"horizon": 21, "universe": False, "reference": np.full(120, -4.0)}
    base = two_speed_history(y, m, **keep, threads=1)
    assert_same(base, two_speed_history(y, m, **keep, threads=3))
    assert_same(base, two_speed_history(y, np.repeat(m[:, None], 200, axis=1), **keep))


def test_scale_of_returns_does_not_matter():
    """Returns in percent give the same betas as returns in fractions."""
    y, m = panel(9, missing=0.1)
    one, hundred = two_speed_history(y, m, horizon=21), two_speed_history(100 * y, 100 * m, horizon=21)
    np.testing.assert_allclose(one.beta, hundred.beta, rtol=1e-9)
    np.testing.assert_allclose(one.stderr, hundred.stderr, rtol=1e-9)


def test_a_return_on_a_flat_benchmark_day_says_nothing_about_beta():
    """With a benchmark return of 0 the state only moves forward."""
    y, m = panel(10, n_assets=2)
    m[60] = 0.0
    quiet, loud, absent = y.copy(), y.copy(), y.copy()
    quiet[60], loud[60], absent[60] = 0.0, 0.5, np.nan
    p = RECIPE._replace(variance_half_life=1e300)  # the variance of e would notice
    runs = [two_speed_history(r, m, horizon=21, parameters=p).beta for r in (quiet, loud, absent)]
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])


def test_half_lives_follow_the_calendar():
    """A 365-day calendar stretches the half-lives and leaves the rest alone."""
    crypto = RECIPE.for_calendar(365)
    assert crypto.slow_half_life == 756 * 365 / 252
    assert crypto.variance_half_life == 126 * 365 / 252
    assert crypto.slow_sd == RECIPE.slow_sd
    assert RECIPE.for_calendar(252) == RECIPE


def test_benchmark_reference_is_the_weighted_log_volatility():
    """Half the log of the exponentially weighted mean square, plus the offset, in one run or two."""
    m = np.random.default_rng(11).normal(0, 0.01, 200)
    m[50] = np.nan
    reference, _ = benchmark_reference(m, half_life=40, min_obs=100)
    first, state = benchmark_reference(m[:120], half_life=40, min_obs=100)
    second, _ = benchmark_reference(m[120:], half_life=40, min_obs=100, state=state)
    np.testing.assert_array_equal(reference, np.concatenate([first, second]))
    x = m[np.isfinite(m)]
    weights = 0.5 ** (np.arange(len(x))[::-1] / 40)
    np.testing.assert_allclose(reference[-1], 0.5 * np.log(np.average(x**2, weights=weights)) + 0.11, rtol=1e-12)
    assert np.isnan(reference[:100]).all()
    assert np.isfinite(reference[100:]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": -1}, "horizon above"),
        ({"reference": np.zeros(4)}, "one reference per row"),
        ({"parameters": RECIPE._replace(fast_half_life=0.0)}, "fast_half_life above 0"),
        ({"state": TwoSpeedState(np.zeros((10, 3)))}, "one column per asset"),
        ({"asset": np.zeros(5)}, "one column"),
    ],
)
def test_unusable_input_is_refused_with_a_way_out(change, message):
    """Parameters, references and states that cannot work raise InputError."""
    arguments = {"asset": np.zeros((5, 2)), "benchmark": np.zeros(5), "horizon": 21} | change
    with pytest.raises(InputError, match=message):
        two_speed_history(**arguments)
    with pytest.raises(InputError, match="own returns by row"):
        benchmark_reference(np.zeros((5, 2)))


@pytest.mark.slow
def test_published_accuracy_on_sp500_names():
    """On S&P 500 names 1999-2017 the 252-day forecast reaches the RMSE stated for it: .255, against .311 for OLS."""
    prices, spy = DATA / "us_equity_daily_sp500.parquet", DATA / "spy_adjclose_pypfopt.parquet"
    if not (prices.exists() and spy.exists()):
        pytest.skip("the research data are not beside this repository")
    table = pl.read_parquet(prices).pivot(on="ticker", index="date", values="adj_close").sort("date")
    both = table.join(pl.read_parquet(spy), on="date", how="inner").sort("date")
    levels = both.drop("date").to_numpy().astype(np.float64)
    returns = levels[1:] / levels[:-1] - 1
    days = both["date"][1:].dt.date().to_list()
    names = both.columns[1:]
    for ticker, day, n_days in (("ANTM", "2002-03-18", 1), ("KSU", "2000-07-13", 1), ("TRMB", "2007-02-23", 2)):
        row = [d.isoformat() for d in days].index(day)
        returns[row : row + n_days, names.index(ticker)] = np.nan
    y, m = np.ascontiguousarray(returns[:, :-1]), returns[:, -1].copy()
    ends = [t for t in range(len(days) - 1) if days[t].month != days[t + 1].month and 251 <= t < len(days) - 252]
    seen = np.cumsum(np.isfinite(y), axis=0)
    target = rolling_beta(y, m, window=252, min_obs=227, beta_only=True).beta
    rmse = {}
    for name, beta in {
        "two-speed": two_speed_history(y, m, horizon=252).beta,
        "ols": rolling_beta(y, m, window=252, min_obs=200, beta_only=True).beta,
    }.items():
        errors = [np.where(seen[t] >= 252, beta[t] - target[t + 252], np.nan) for t in ends]
        rmse[name] = np.sqrt(np.mean([np.nanmean(e**2) for e in errors]))
    assert abs(rmse["ols"] - 0.311) < 0.001
    assert abs(rmse["two-speed"] - 0.255) < 0.001
