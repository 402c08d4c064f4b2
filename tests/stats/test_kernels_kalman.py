"""Kalman beta: against statsmodels' state-space filter, a textbook matrix filter, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

from trimtab.errors import InputError
from trimtab.stats.kernels import KalmanStart, KalmanState, kalman_history
from trimtab.stats.kernels.horizon import average_ahead

SETTINGS = {"noise": 4e-4, "drift": 3e-4, "phi": 0.99, "mean": 1.1, "start": KalmanStart(0.8, 0.3)}


def panel(seed: int, n_dates: int = 150, n_assets: int = 3, missing: float = 0.0):
    rng = np.random.default_rng(seed)
    m = rng.normal(0.0003, 0.01, n_dates)
    y = m[:, None] * rng.normal(1.0, 0.4, n_assets) + rng.standard_t(4, (n_dates, n_assets)) * 0.01
    y[rng.random(y.shape) < missing] = np.nan
    return y, m


def assert_same(one, other):
    for a, b in zip(one[:3], other[:3], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.state.values, other.state.values)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_values_are_those_of_an_independent_state_space_filter(missing):
    """Filtered beta, its variance and the likelihood agree with statsmodels' Kalman filter."""
    y, m = panel(1, missing=missing)
    phi, mean, drift = SETTINGS["phi"], SETTINGS["mean"], SETTINGS["drift"]
    history = kalman_history(y, m, **SETTINGS, min_obs=0)
    for a in range(3):
        model = KalmanFilter(k_endog=1, k_states=1)
        model.bind(y[:, [a]].copy())
        model["design"] = m[None, None, :]
        model["obs_cov", 0, 0] = SETTINGS["noise"]
        model["transition", 0, 0] = phi
        model["state_intercept", 0, 0] = (1 - phi) * mean
        model["selection", 0, 0] = 1.0
        model["state_cov", 0, 0] = drift
        first = mean + phi * (SETTINGS["start"].beta - mean)
        model.initialize_known(np.array([first]), np.array([[phi**2 * SETTINGS["start"].variance + drift]]))
        result = model.filter()
        np.testing.assert_allclose(history.beta[:, a], result.filtered_state[0], rtol=1e-10)
        np.testing.assert_allclose(history.stderr[:, a] ** 2, result.filtered_state_cov[0, 0], rtol=1e-9)
        np.testing.assert_allclose(history.state.values[3, a], result.llf, rtol=1e-10)
        np.testing.assert_array_equal(history.n_obs[:, a], np.cumsum(np.isfinite(y[:, a])))


def test_without_drift_it_is_recursive_least_squares():
    """A random walk that does not walk gives the ridge regression through the origin on all rows so far."""
    y, m = panel(2)
    history = kalman_history(y, m, noise=1e-4, drift=0.0, start=KalmanStart(0.7, 2.0))
    precision = 1 / 2.0 + np.cumsum(m**2) / 1e-4
    beta = (0.7 / 2.0 + np.cumsum(m[:, None] * y, axis=0) / 1e-4) / precision[:, None]
    np.testing.assert_allclose(history.beta, beta, rtol=1e-9)
    np.testing.assert_allclose(history.stderr, np.repeat(precision[:, None] ** -0.5, 3, axis=1), rtol=1e-9)


def test_clipping_bounds_one_wild_day_and_spares_quiet_ones():
    """A huge return moves beta as far as one at the limit; a limit that is never reached changes nothing."""
    y, m = panel(3, n_assets=1)
    y[80] = 1e6
    higher = y.copy()
    higher[80] = 1e12
    one, two = (kalman_history(r, m, **SETTINGS, clip=2.0) for r in (y, higher))
    np.testing.assert_allclose(one.beta, two.beta, rtol=1e-12)
    calm, _ = panel(3, n_assets=1)
    assert_same(kalman_history(calm, m, **SETTINGS), kalman_history(calm, m, **SETTINGS, clip=1e9))


def test_a_clipped_step_is_worked_by_hand():
    """One row: P = .01, m = .1, noise = .0003: F = .0004, limit 2 x .02, so beta = 1 + .01 x .1 / .0004 x .04."""
    history = kalman_history([[9.9]], [0.1], noise=0.0003, drift=0.0, start=KalmanStart(variance=0.01), clip=2.0)
    np.testing.assert_allclose(history.beta, 1.1, rtol=1e-12)
    np.testing.assert_allclose(history.stderr**2, 0.01 * 0.0003 / 0.0004, rtol=1e-12)


@pytest.mark.parametrize(("phi", "horizon"), [(0.9, 1), (0.97, 21), (1.0, 63), (0.0, 5)])
def test_the_average_over_a_horizon_has_its_exact_mean_and_variance(phi, horizon):
    """The forecast of the average equals the one from the full covariance matrix of the days to come."""
    y, m = panel(4, 60, 2)
    now = kalman_history(y, m, **(SETTINGS | {"phi": phi}))
    ahead = kalman_history(y, m, **(SETTINGS | {"phi": phi}), horizon=horizon)
    k = np.arange(1, horizon + 1)
    shocks = np.tril(phi ** np.maximum(k[:, None] - k[None, :], 0).astype(float))
    noise_weight = shocks.mean(axis=0)
    a = np.mean(phi ** k.astype(float))
    mean = SETTINGS["mean"] + a * (now.beta - SETTINGS["mean"])
    variance = a**2 * now.stderr**2 + SETTINGS["drift"] * np.sum(noise_weight**2)
    np.testing.assert_allclose(ahead.beta, mean, rtol=1e-10)
    np.testing.assert_allclose(ahead.stderr, np.sqrt(variance), rtol=1e-10)
    assert average_ahead(phi, 0) == (1.0, 0.0)


def test_planted_wandering_beta_lies_within_its_error_bars():
    """Betas simulated from the model lie within 1.96 errors of the filtered value in 93-97% of cases."""
    rng = np.random.default_rng(5)
    n_dates, n_assets = 250, 400
    m = rng.normal(0, 0.01, n_dates)
    beta = np.empty((n_dates, n_assets))
    b = 1.0 + rng.normal(0, 0.3, n_assets)
    for t in range(n_dates):
        b = 1.0 + 0.98 * (b - 1.0) + rng.normal(0, 0.05, n_assets)
        beta[t] = b
    y = beta * m[:, None] + rng.normal(0, 0.01, beta.shape)
    history = kalman_history(y, m, noise=1e-4, drift=0.0025, phi=0.98, start=KalmanStart(variance=0.09))
    inside = np.abs(history.beta - beta)[20:] < 1.96 * history.stderr[20:]
    assert 0.93 < inside.mean() < 0.97


def test_settings_may_differ_by_asset():
    """One number per asset gives each column what it would have alone."""
    y, m = panel(6)
    noise, drift = np.array([1e-4, 2e-4, 3e-4]), np.array([0.0, 1e-4, 1e-3])
    table = kalman_history(y, m, noise=noise, drift=drift)
    for a in range(3):
        alone = kalman_history(y[:, [a]], m, noise=noise[a], drift=drift[a])
        np.testing.assert_array_equal(table.beta[:, [a]], alone.beta)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 149))
@settings(max_examples=20, deadline=None)
def test_one_run_is_many_runs_and_none_sees_the_future(seed, cut):
    """Rows fed in two parts through the state give the bits of one run, and later rows change no earlier one."""
    y, m = panel(seed, missing=0.2)
    keep = {**SETTINGS, "clip": 2.0, "horizon": 21}
    whole = kalman_history(y, m, **keep)
    first = kalman_history(y[:cut], m[:cut], **keep)
    second = kalman_history(y[cut:], m[cut:], **keep, state=first.state)
    for a, b, c in zip(whole[:3], first[:3], second[:3], strict=True):
        np.testing.assert_array_equal(a, np.vstack([b, c]))
    np.testing.assert_array_equal(whole.state.values, second.state.values)


def test_threads_and_own_benchmark_columns_change_nothing():
    """Any number of threads, and a table of equal benchmark columns, give the same bits."""
    y, m = panel(7, 60, 200, missing=0.1)
    base = kalman_history(y, m, **SETTINGS, threads=1)
    assert_same(base, kalman_history(y, m, **SETTINGS, threads=3))
    assert_same(base, kalman_history(y, np.repeat(m[:, None], 200, axis=1), **SETTINGS))


def test_values_begin_with_enough_pairs():
    """Below min_obs pairs nothing is given."""
    y, m = panel(8, missing=0.3)
    history = kalman_history(y, m, **SETTINGS, min_obs=10)
    np.testing.assert_array_equal(np.isnan(history.beta), history.n_obs < 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"noise": 0.0}, "noise above 0"),
        ({"drift": -1.0}, "drift 0 or more"),
        ({"phi": 1.01}, "phi from 0 to 1"),
        ({"clip": 0.0}, "clip above 0"),
        ({"horizon": -1}, "horizon of 0 or more"),
        ({"mean": [1.0, np.nan]}, "one per asset"),
        ({"start": KalmanStart([1.0, 1.0, 1.0])}, "one per asset"),
        ({"state": KalmanState(np.zeros((3, 2)))}, "a state of shape"),
    ],
)
def test_unusable_input_is_refused_with_a_way_out(change, message):
    """Settings that make no model raise InputError."""
    with pytest.raises(InputError, match=message):
        kalman_history(np.zeros((5, 2)), np.zeros(5), **(SETTINGS | change))
